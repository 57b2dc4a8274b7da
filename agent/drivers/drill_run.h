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

/* A copy of an SQLite database is restored by opening it: it is checked and counted where it is. */
void pf_drill_sqlite(struct pf_drill_run *run);

/* Is it a name that only a drill gives to a database? */
bool pf_drill_is_name(const char *name);

/* Drops what a journal names: true when nothing is left; else *problem says why. */
bool pf_drill_drop(const struct pf_drill_server *server, const char *name, bool with_role,
                   int64_t deadline_us, const char **problem);

/* The journal of one throw-away database. */
int pf_drill_note(struct pf_drill_run *run, const char *name, bool with_role);
void pf_drill_forget(struct pf_arena *arena, const char *state, const char *name);
bool pf_drill_journal_read(struct pf_arena *arena, const char *text, const char **name,
                           const char **into, bool *with_role) PF_MUST_USE;

/* Is there room for `bytes` more where that server keeps its data? False: *problem says that there
 * is not, or that it cannot be seen and they are too many to try. */
bool pf_drill_has_room(const struct pf_drill_server *server, int64_t bytes,
                       const char **problem) PF_MUST_USE;

/* A process that unpacks what `dump` reads, and nothing else: its end of a pipe is returned, or
 * -1. `script`: it goes to psql, and what is of roles is left out. */
int pf_drill_unpack(const struct pf_drill_run *run, int dump, bool script, pid_t *child);

enum pf_unpacked { PF_UNPACKED, PF_UNPACK_ELSEWHERE, PF_UNPACK_BROKEN };

/* How it ended; it is ended if it has not. */
enum pf_unpacked pf_drill_unpacked(pid_t child);

#endif
