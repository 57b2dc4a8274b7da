/* What a run has to do with the audits before it: the baseline it is held against, the history that
 * it becomes part of, and what reports say of both. */
#ifndef PF_COMMAND_CHRONICLE_H
#define PF_COMMAND_CHRONICLE_H

#include "command/command.h"
#include "evaluate/record.h"
#include "store/history.h"

struct pf_chronicle {
	struct pf_history *history; /* NULL: there is none, `problem` says why */
	const char *problem;        /* NULL: none was wanted */
	const char *scope;          /* of this run (pf_scope_of_run) */
	struct pf_memory memory;    /* for the judges; empty without a history */
	struct pf_record *before;   /* the last audit of that scope; NULL: none */
	struct pf_record *baseline; /* NULL: none was wanted, or there is none */
	const char *baseline_name;
};

/* Opens what the invocation asks for. A history that cannot be had is told in the report and stops
 * nothing; false: the file that --baseline names is no report, which was told. */
bool pf_chronicle_open(struct pf_invocation *invocation, const struct pf_site *site, bool write,
                       struct pf_chronicle *chronicle) PF_MUST_USE;

/* What the judges may know of earlier audits; NULL: nothing, since there is no history. */
const struct pf_memory *pf_chronicle_memory(const struct pf_chronicle *chronicle);

/* Holds the audit against the baseline: what that has just so is known and fails no run. */
void pf_chronicle_hold_against(struct pf_arena *arena, const struct pf_chronicle *chronicle,
                               struct pf_audit *audit);

/* Adds the audit to the history, and tells the reports what came before it. */
void pf_chronicle_add(struct pf_invocation *invocation, struct pf_arena *arena,
                      const struct pf_chronicle *chronicle, struct pf_audit *audit);

/* Is that the number of a stored audit, and no path? */
bool pf_is_audit_number(const char *name);

/* "12" or the path of a JSON report: the record of it. NULL: there is none, which was told.
 */
struct pf_record *pf_record_named(struct pf_invocation *invocation, struct pf_history *history,
                                  const char *name);

/* All of a file, up to PF_REPORT_FILE_BYTES. False: *problem says why not. */
bool pf_read_file(struct pf_arena *arena, const char *path, const char **text, size_t *length,
                  const char **problem) PF_MUST_USE;

#endif
