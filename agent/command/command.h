/* Commands: what each gets from the command line, and the ground they share. */
#ifndef PF_COMMAND_COMMAND_H
#define PF_COMMAND_COMMAND_H

#include "model/site_file.h"
#include "report/report.h"
#include "run/evidence.h"
#include "run/gather.h"

enum {
	PF_EXIT_OK = 0,
	PF_EXIT_FOUND = 1,
	PF_EXIT_USAGE = 2, /* usage, site file, internal error */
	PF_EXIT_INCOMPLETE = 3,
	PF_EXIT_LOCKED = 4,
	PF_EXIT_SIGNAL = 128,
};

enum { PF_OUTPUTS = 16, PF_REPEATS = 64 };

struct pf_output {
	const struct pf_writer *writer;
	const char *path; /* "-": standard output */
};

/* The command line, checked. Lists have room for PF_REPEATS words. */
struct pf_invocation {
	struct pf_arena *arena;
	const char *const *arguments;
	size_t argument_count;
	const char *as;
	const char *project;   /* of init; NULL: where it is started */
	const char *canary;    /* NULL: a fresh one */
	int64_t site_bytes;    /* of standard input, then lessons; -1: all of it is the site file */
	struct pf_words after; /* evidence files to learn from */
	struct pf_words from;
	struct pf_selection selection;
	struct pf_output outputs[PF_OUTPUTS];
	size_t output_count;
	const char *format; /* the last --format as it was written; NULL: none */
	int plugin_exit;    /* what a plugin answers; -1: no audit was made */
	int fail_on;        /* enum pf_severity; above PF_CRITICAL: never */
	int64_t deadline_ms;
	int64_t retry_ms;     /* how long a failing audit is made again; 0: it is not */
	const char *store;    /* where the history is; NULL: where the site file says */
	const char *baseline; /* "last" or a file; NULL: none */
	const char *key;      /* what a transcript is signed with; NULL: nothing */
	const char *signers;  /* whose signature counts; NULL: a signature is not looked for */
	bool dry_run, allow_writes;
	struct pf_report_style style;
};

/* One function a command, named after it: returns the exit code. */
#define PF_COMMAND(ID, name, arguments, purpose, least, most)                                      \
	int pf_do_##name(struct pf_invocation *invocation);
#include "command/commands.def"
#undef PF_COMMAND

/* Is it asked as a monitoring plugin is, one line on standard output and an exit code from 0 to 3?
 */
bool pf_is_plugin(const struct pf_invocation *invocation);

/* "postflight: ..." on standard error. */
void pf_complain(const char *format, ...) PF_PRINTF(1, 2);

/* What was printed is on its way out. False: it could not be written, and that was told. */
bool pf_flush_output(void) PF_MUST_USE;

/* A site file as read: what it says, and its bytes for the vantages that need them. */
struct pf_loaded_site {
	struct pf_site site;
	const char *text;
	size_t size;
};

/* Reads the site file or URL that the invocation names (./postflight.yaml, then
 * /etc/postflight/postflight.yaml when it names none). False: the mistakes were told, line by line.
 */
bool pf_load_site(struct pf_invocation *invocation, struct pf_loaded_site *loaded) PF_MUST_USE;

/* Evidence out of files, and which file each is from. */
struct pf_evidence_files {
	struct {
		struct pf_evidence *evidence;
		const char *path; /* escaped */
	} * at;
	size_t count, room;
};

/* Adds what an evidence file ("-": standard input) holds: one vantage, or, where it is a
 * transcript, several. False: it could not be read, and that was told. */
bool pf_load_evidence(struct pf_arena *arena, const struct pf_site *site, const char *path,
                      struct pf_evidence_files *files) PF_MUST_USE;

/* Holds the lock of this site until the process ends. False: another run holds it, or it cannot be
 * had; that was told. *code is the exit code then. A machine without a place for locks runs without
 * one. */
bool pf_lock_site(struct pf_arena *arena, const struct pf_site *site, int *code) PF_MUST_USE;

/* Removes what canaries are left on this machine, and tells it; `when`: "of an earlier run". */
void pf_tell_sweep(struct pf_arena *arena, const char *when);

/* Set by the first SIGINT, SIGTERM or SIGHUP to its number. */
extern volatile sig_atomic_t pf_signal;
void pf_catch_signals(void);

/* What was gathered, ready to be judged. */
struct pf_gathering {
	const struct pf_site *site;
	const struct pf_vantage_evidence *vantages;
	size_t vantage_count;
	struct pf_words notices;
	int64_t started_at; /* seconds since 1970 */
	int64_t started_us;
};

/* The verdicts on it, in `arena`. `memory`: what earlier audits saw; NULL: there is no history. */
struct pf_audit *pf_audit_of(struct pf_invocation *invocation, struct pf_arena *arena,
                             const struct pf_gathering *gathering, const struct pf_memory *memory);

/* Writes every report asked for. Returns the exit code. */
int pf_conclude(struct pf_invocation *invocation, struct pf_arena *arena,
                const struct pf_audit *audit);

#endif
