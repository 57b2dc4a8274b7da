/* What the files of the history share. */
#ifndef PF_STORE_HISTORY_PARTS_H
#define PF_STORE_HISTORY_PARTS_H

#include "store/history.h"
#include "store/link.h"

/* The columns of an audit, in the order in which they are written and read. */
#define PF_AUDIT_COLUMNS                                                                           \
	"id, site, url, scope, version, started_at, duration_ms, score, grade, coverage, passed, " \
	"failed, unknown, skipped, waived, digest, seal"
enum { PF_AUDIT_CELLS = 17, PF_GRADE_CELL = 8 };

struct pf_history {
	struct pf_arena *arena;
	struct pf_link *link;
	const char *place;
};

/* One statement. False: *problem says why not. */
bool pf_history_run(struct pf_history *history, const char *statement, size_t count,
                    const char *const values[], pf_on_row *on_row, void *context,
                    const char **problem) PF_MUST_USE;

/* In decimal. */
const char *pf_history_number(struct pf_history *history, int64_t value);

/* Where the chain ends. */
struct pf_chain_end {
	int64_t links;
	const char *seal; /* "": there is none yet */
};
bool pf_history_end(struct pf_history *history, struct pf_chain_end *end,
                    const char **problem) PF_MUST_USE;

#endif
