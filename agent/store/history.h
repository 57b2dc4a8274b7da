/* The history of audits: every run is one link of a chain, so that one that was removed or altered
 * is seen.
 *
 * Five tables, the same in SQLite and in PostgreSQL (agent/store/schema.c). A history that cannot
 * be had never stops an audit: every function that can fail says why in *problem, and nothing is
 * ever deleted or repaired. Read the texts as a stranger's: others may have written there. */
#ifndef PF_STORE_HISTORY_H
#define PF_STORE_HISTORY_H

#include "evaluate/record.h"

struct pf_history;

/* Where a history is: "postgresql://..." or the path of a file; NULL: history.db in the state
 * directory. A URL holds no password (~/.pgpass and the service file are libpq's ways). With
 * `write`, tables that are not there are made. NULL: it cannot be had, *problem says why. */
struct pf_history *pf_history_open(struct pf_arena *arena, const char *where, bool write,
                                   const char **problem);
void pf_history_close(struct pf_history *history); /* NULL is fine */

/* Its place, for messages: a path, or a URL. */
const char *pf_history_place(const struct pf_history *history);

/* Adds a record, whole or not at all, as the chain's next link; sets its id and seal. */
bool pf_history_add(struct pf_history *history, struct pf_record *record,
                    const char **problem) PF_MUST_USE;

struct pf_records {
	struct pf_record *at; /* without verdicts and marks */
	size_t count;
};

/* The newest `limit` audits of a site, oldest first. `scope` NULL: of any scope. */
bool pf_history_list(struct pf_history *history, const struct pf_site *site, const char *scope,
                     size_t limit, struct pf_records *records, const char **problem) PF_MUST_USE;

/* One audit with its verdicts and marks. NULL: it cannot be read, or (*problem is NULL) there is
 * none of that id. */
struct pf_record *pf_history_load(struct pf_history *history, int64_t id, const char **problem);

/* The id of the audit with that seal; 0: there is none. */
bool pf_history_find(struct pf_history *history, const char *seal, int64_t *id,
                     const char **problem) PF_MUST_USE;

/* Marks of one kind, of all sites, each with when it was seen first and last: at most 10,000. */
bool pf_history_memory(struct pf_history *history, const char *kind, struct pf_memory *memory,
                       const char **problem) PF_MUST_USE;

/* Walks the whole chain. `tell` gets one sentence for each fault: an audit that was altered, one
 * that is missing. *count: audits looked at; *head: the newest seal, "" where there is none. False:
 * it could not be read to its end. */
typedef void pf_on_fault(void *context, const char *sentence);
bool pf_history_verify(struct pf_history *history, pf_on_fault *tell, void *context, size_t *count,
                       const char **head, const char **problem) PF_MUST_USE;

#endif
