/* Reports: one table of writers, one file each, all fed by the same audit. */
#ifndef PF_REPORT_REPORT_H
#define PF_REPORT_REPORT_H

#include "evaluate/audit.h"

#include <stdio.h>

/* An audit of the same site that was made before: what a trend shows of it. */
struct pf_earlier {
	int64_t started_at; /* seconds since 1970 */
	int score;          /* -1: nothing was observed */
	const char *grade;  /* NULL: none */
	double coverage;    /* 0..1 */
	size_t counts[5];   /* of findings, by enum pf_status */
};

/* A finding that fails now, or failed then. Texts are escaped. */
struct pf_change {
	const char *check, *subject;
	const char *vantage; /* NULL: none in particular */
	enum pf_severity severity;
	const char *summary; /* of the later audit that has it */
	const char *fingerprint;
};

struct pf_change_list {
	const struct pf_change *at; /* worst first */
	size_t count;
};

/* What is not as it was in the audit before: fails now, was seen to fail no more, fails still,
 * failed then and was not observed this time. */
struct pf_changes {
	int64_t since; /* when that audit was begun, seconds since 1970 */
	struct pf_change_list fresh, mended, open, unseen;
};

/* What is known of earlier audits. All zero: nothing. */
struct pf_past {
	const struct pf_earlier *audits; /* the oldest first, without this one */
	size_t audit_count;
	const struct pf_changes *changes; /* NULL: there is none to compare with */
};

struct pf_report_style {
	bool colour;
	bool quiet;  /* text: only what fails and the summary lines */
	int verbose; /* text: 1 passes too, 2 skips and every exchange too */
	int columns; /* text: width to wrap at; 80 when not a terminal */
	int fail_on; /* nagios: as pf_audit_exit has it */
	/* sarif: the site file, by its path and its text; NULL: there is none. */
	const char *site_path, *site_text;
	struct pf_past past; /* text, html, markdown, json: what to say of it */
};

struct pf_writer {
	const char *format; /* as in --format */
	const char *purpose;
	/* Writes the whole report; errors are left to the caller, who checks ferror and fclose. */
	void (*write)(struct pf_arena *arena, const struct pf_audit *audit,
	              const struct pf_report_style *style, FILE *out);
};

/* The table, ended by a writer without a format. */
extern const struct pf_writer pf_writers[];

const struct pf_writer *pf_writer_named(const char *format); /* NULL: none */
const char *pf_writer_list(struct pf_arena *arena);          /* "text, json, ..." */

/* What a monitoring plugin answers: 0 all is well, 1 something below `fail_on` failed or was not
 * observed, 2 something at or above it failed. */
int pf_nagios_exit(const struct pf_audit *audit, int fail_on);

/* The command a person can type to see what this question saw: a curl, psql, redis-cli, nc, find,
 * stat line, quoted for sh. NULL: there is none. Never holds a secret. */
const char *pf_reproduce(struct pf_arena *arena, const struct pf_site *site,
                         const struct pf_exchange *exchange);

/* Could a report be written there, as far as can be told without writing? False: *problem says why
 * not, without the path. */
bool pf_report_can_save(struct pf_arena *arena, const char *path, const char **problem) PF_MUST_USE;

/* Writes a report to a file, complete or not at all: temporary file beside it, every write, fsync
 * and close checked, rename. An old file keeps its mode, a new one is 0600 (prometheus: 0644). "-":
 * standard output; devices and pipes are written to as they are. False: *problem says why, without
 * the path. */
bool pf_report_save(struct pf_arena *arena, const struct pf_audit *audit,
                    const struct pf_writer *writer, const struct pf_report_style *style,
                    const char *path, const char **problem) PF_MUST_USE;

#endif
