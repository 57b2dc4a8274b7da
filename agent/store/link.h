/* A connection to the database that holds a history, whichever that is: SQLite in a file, or
 * PostgreSQL by URL. Statements have one text for both; their parameters are $1, $2 ... in the
 * order of their first use, at most PF_LINK_VALUES, and all values travel as text. */
#ifndef PF_STORE_LINK_H
#define PF_STORE_LINK_H

#include "base/arena.h"

enum { PF_LINK_VALUES = 20 };

struct pf_link;

/* One row; a cell is NULL where the value is. The texts live until the next call. False: no more
 * rows are wanted. */
typedef bool pf_on_row(void *context, const char *const cells[]);

struct pf_link_kind {
	/* Runs a statement; `on_row` NULL: its rows are of no interest. False: *problem says why.
	 */
	bool (*run)(struct pf_link *link, const char *statement, size_t count,
	            const char *const values[], pf_on_row *on_row, void *context);
	/* A transaction that no other writer of a history enters. */
	bool (*begin)(struct pf_link *link);
	bool (*commit)(struct pf_link *link);
	void (*close)(struct pf_link *link); /* what was not committed is undone */
	const char *id_column;               /* type of a primary key that numbers itself */
	const char *keyed_table; /* what a table that is nothing but its key ends with */
};

/* What all kinds share; each kind's own struct begins with it. */
struct pf_link {
	const struct pf_link_kind *kind;
	struct pf_arena *arena;
	const char *problem; /* of the last call that failed, escaped */
};

/* Opens what is there; with `write`, makes a file that is not. NULL: *problem says why. */
struct pf_link *pf_sqlite_open(struct pf_arena *arena, const char *path, bool write,
                               const char **problem);
struct pf_link *pf_postgres_open(struct pf_arena *arena, const char *url, bool write,
                                 const char **problem);

#endif
