/* One drill in PostgreSQL, as the two files that make it share it. */
#ifndef PF_DRIVERS_DRILL_POSTGRES_H
#define PF_DRIVERS_DRILL_POSTGRES_H

#include "drivers/drill_run.h"

struct pf_drill {
	struct pf_drill_run *run;
	struct pf_drill_server server;
	struct pf_drill_login login; /* of the throw-away database */
	const char *name;
	bool with_role; /* a throw-away one owns it */
	int64_t until_us;
};

#define PF_DRILL_SAY(drill, ...) pf_arena_print((drill)->run->arena, __VA_ARGS__)

/* It cannot be made to its end, or it was and failed: both return false. */
bool pf_drill_stop(struct pf_drill *drill, const char *hurdle);
bool pf_drill_fail(struct pf_drill *drill, const char *error);

/* Is the copy a script for psql? */
bool pf_drill_is_script(const struct pf_drill_run *run);

/* Restores the copy into the throw-away database, and counts what is in it then. False: one of the
 * above was said. */
bool pf_drill_restore(struct pf_drill *drill) PF_MUST_USE;

#endif
