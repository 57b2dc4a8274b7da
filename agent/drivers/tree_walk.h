/* The walk itself: threads that read directories, until the tree or the time is at its end. */
#ifndef PF_DRIVERS_TREE_WALK_H
#define PF_DRIVERS_TREE_WALK_H

#include "drivers/tree_tally.h"

struct pf_walk_result {
	struct pf_tally tally; /* example paths are in the arena; not to be freed */
	bool late;             /* the deadline ended it */
	bool overfull;         /* directories were left out: too many were waiting */
	unsigned stuck;        /* threads left behind in the kernel */
};

/* Walks everything below `root` (closed in the end), the root itself included; `base` is its
 * absolute path. Returns soon after the deadline even when the file system does not answer: threads
 * that hang in it are left behind, with memory of their own. */
struct pf_walk_result pf_walk(struct pf_arena *arena, int root, const char *base,
                              const struct pf_guard *top, const struct pf_suspicion *suspicion,
                              int64_t deadline_us);

#endif
