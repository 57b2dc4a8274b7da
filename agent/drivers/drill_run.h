/* One drill on its way: what is asked, what came of it, and the ways in which copies are restored.
 */
#ifndef PF_DRIVERS_DRILL_RUN_H
#define PF_DRIVERS_DRILL_RUN_H

#include "drivers/drill_ledger.h"
#include "drivers/drill_server.h"
#include "drivers/driver.h"

#include <sys/types.h>

struct pf_drill_run {
	struct pf_arena *arena;
	const struct pf_ask_drill *ask;
	const char *state; /* for the journal */
	const char *path;  /* raw bytes */
	int64_t deadline_us;
	pf_seal *seal;
	struct pf_drill_entry entry; /* tables, rows, migrations, restored, error */
	const char *hurdle;          /* what kept it from coming to an end; NULL: nothing */
	const char *left;            /* a database that could not be dropped */
};

/* Restores into a throw-away database of a PostgreSQL server, counts, and drops it. */
void pf_drill_postgres(struct pf_drill_run *run);

/* The same with a server of MySQL or MariaDB. */
void pf_drill_mysql(struct pf_drill_run *run);

/* A copy of an SQLite database is restored by opening it: it is checked and counted where it is. */
void pf_drill_sqlite(struct pf_drill_run *run);

/* Is it a name that only a drill gives to a database? */
bool pf_drill_is_name(const char *name);

/* Drops what a journal names: true when nothing is left; else *problem says why. */
bool pf_drill_drop(const struct pf_drill_server *server, const char *name, bool with_role,
                   int64_t deadline_us, const char **problem);

/* The same with a server of MySQL or MariaDB. */
bool pf_drill_mysql_drop(struct pf_arena *arena, const char *into, const char *name,
                         int64_t deadline_us, const char **problem);

/* What is kept of the time for dropping, and without what a drill is not begun. */
enum { PF_DROP_US = 4 * 1000 * 1000, PF_DRILL_LEAST_US = 8 * 1000 * 1000 };

/* The journal of one throw-away database. */
int pf_drill_note(struct pf_drill_run *run, const char *name, bool with_role);
void pf_drill_forget(struct pf_arena *arena, const char *state, const char *name);
bool pf_drill_journal_read(struct pf_arena *arena, const char *text, const char **name,
                           const char **into, bool *with_role) PF_MUST_USE;

/* Where that server of PostgreSQL keeps its data, if it is on this machine; NULL: it cannot be
 * seen. */
const char *pf_drill_data_directory(const struct pf_drill_server *server);

/* Is there room for `bytes` more in that directory? False: *problem says that there is not, or that
 * it cannot be seen (NULL) and they are too many to try. */
bool pf_drill_has_room(struct pf_arena *arena, const char *directory, int64_t bytes,
                       const char **problem) PF_MUST_USE;

/* Whom the unpacked bytes are for; what scripts should not say there is left out. */
enum pf_reader { PF_FOR_PG_RESTORE, PF_FOR_PSQL, PF_FOR_MYSQL };

/* A process that unpacks what `dump` reads, and nothing else: its end of a pipe is returned, or
 * -1. */
int pf_drill_unpack(const struct pf_drill_run *run, int dump, enum pf_reader reader, pid_t *child);

enum pf_unpacked { PF_UNPACKED, PF_UNPACK_ELSEWHERE, PF_UNPACK_BROKEN };

/* How it ended; it is ended if it has not. */
enum pf_unpacked pf_drill_unpacked(pid_t child);

#endif
