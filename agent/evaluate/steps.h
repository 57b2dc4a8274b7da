/* The steps of an evaluation, one file each, and what they hand on: rows, findings, notices. */
#ifndef PF_EVALUATE_STEPS_H
#define PF_EVALUATE_STEPS_H

#include "evaluate/audit.h"

/* One row of one probe. Rows of one id share their words: those of the first that has any. */
struct pf_row {
	const struct pf_probe *probe;
	const struct pf_check *check;
	const struct pf_check *words;
	const char *area; /* the id up to the dot */
	size_t area_rank; /* areas in the order of the registry, from 0 */
};

struct pf_rows {
	const struct pf_row *at;
	size_t count;
	size_t areas;
};

/* All rows of all probes, in the order of the registry. */
struct pf_rows pf_rows_of(struct pf_arena *arena, size_t probe_count,
                          const struct pf_probe *const probes[]);

/* The first row of that id; NULL: no such check. */
const struct pf_row *pf_row_named(struct pf_rows rows, const char *id);

/* Is it the first row of its id? Walking those visits every check once. */
bool pf_row_is_first(struct pf_rows rows, const struct pf_row *row);

/* The block that one of the rows of that id wants and the site file does not have; NULL: none. */
const char *pf_block_missing(struct pf_rows rows, const struct pf_site *site, const char *id);

/* Does the site file have that block? "app", "databases", "caches", "static", "media", "logs",
 * "backups", "vantages"; any other name is true. */
bool pf_block_declared(const struct pf_site *site, const char *block);

struct pf_findings {
	struct pf_finding *at;
	size_t count, room;
};

struct pf_mark_list {
	struct pf_mark *at;
	size_t count, room;
};

struct pf_notices {
	struct pf_notice *at;
	size_t count, room;
};

void pf_notices_add(struct pf_arena *arena, struct pf_notices *notices, const char *text);

/* One word of a check's `needs`. */
struct pf_need {
	const char *tag; /* not ended by a NUL */
	size_t length;
	enum { PF_NEED_ASKED, PF_NEED_ANSWERED, PF_NEED_OPTIONAL } how;
};

/* Takes the next need off *text; false at its end. */
bool pf_need_next(const char **text, struct pf_need *need);

/* Is the tag one of those in `needs`? */
bool pf_needs_have(const char *needs, const char *tag);

/* The exchange of a case that answers to the need; NULL: none was asked. */
const struct pf_exchange *pf_need_exchange(const struct pf_case *facts, const struct pf_need *need);

/* Why the judge of `check` must not be asked about this case: one sentence; NULL: all its needs are
 * met. *shown is the exchange that says so. */
const char *pf_need_unmet(const struct pf_case *facts, const struct pf_check *check,
                          const struct pf_vantage_evidence *from, const struct pf_exchange **shown);

/* Is a subject one at an IPv6 address: "https://shop.test [2001:db8::10]"? */
bool pf_is_v6_subject(const char *subject);

/* Does silence there say that something is closed? Only where this vantage heard something that
 * must answer, and is not deaf to that family of addresses. */
bool pf_silence_counts(const struct pf_vantage_evidence *from, const struct pf_exchange *exchange);

/* "<subject> <how the question ended>: <detail>" */
const char *pf_exchange_ending(struct pf_arena *arena, const struct pf_exchange *exchange);

/* What a judging works on. */
struct pf_bench {
	struct pf_arena *arena;
	const struct pf_site *site;
	struct pf_rows rows;
	const struct pf_selection *selection;
	const struct pf_memory *memory; /* NULL: there is no history */
};

/* Everything there is to find: every selected check at every vantage, once for each subject. Area,
 * fingerprint and all texts are set; the order is that of the rows. `marks` gets what the probes
 * want remembered. */
struct pf_findings pf_judge(const struct pf_bench *bench, size_t vantage_count,
                            const struct pf_vantage_evidence vantages[],
                            struct pf_mark_list *marks);

/* Turns fails that a valid waiver covers into waived, and says which waivers want attention. */
void pf_waive(struct pf_arena *arena, const struct pf_site *site, struct pf_rows rows,
              const struct pf_selection *selection, int64_t now, struct pf_findings findings,
              struct pf_notices *notices);

/* Fills in cells from what the probes asked of databases and caches. */
void pf_matrix(struct pf_arena *arena, size_t probe_count, const struct pf_probe *const probes[],
               struct pf_audit *audit);

/* Fills in score, grade, coverage, areas and unlock from audit->findings. */
void pf_score(struct pf_arena *arena, struct pf_rows rows, struct pf_audit *audit);

#endif
