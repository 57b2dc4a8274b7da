/* The cleaning worker: removes what canaries and throw-away databases are left here, one line for
 * each. It is a process of
 * its own because a file system that hangs must not hang who waits for it. */
#include "worker/worker.h"

#include "base/limits.h"
#include "drivers/driver.h"

#include <stdio.h>

static void tell(void *context, const char *what, const char *problem)
{
	bool *failed = context;
	*failed |= problem != NULL;
	printf("%s %s%s%s\n", problem ? "left" : "removed", what, problem ? ": " : "",
	       problem ? problem : "");
	fflush(stdout);
}

int pf_clean_worker(const char *state)
{
	struct pf_arena *arena = pf_arena_new(PF_WORKER_ARENA);
	bool failed = false;
	size_t held = pf_canary_sweep(arena, state, tell, &failed);
	held += pf_drill_sweep(arena, state, tell, &failed);
	if (held)
		printf("held %zu\n", held);
	pf_arena_free(arena);
	return fflush(stdout) == 0 && !failed ? 0 : 1;
}
