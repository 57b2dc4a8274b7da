/* Sweeping this machine: canaries and throw-away databases that a run left are removed by the next
 * one, and by the end of its own. */
#ifndef PF_RUN_SWEEP_H
#define PF_RUN_SWEEP_H

#include "base/arena.h"

/* Words of what was done: "removed PATH", "removed database NAME", "left ...: why", "held N" (by
 * runs under way). Nothing is started where there is no journal. Ends within a few seconds even
 * when a file system hangs, and then says so as "left ...". */
struct pf_words pf_sweep(struct pf_arena *arena);

/* The program that works for this one: beside it, as in a build folder, or where it is installed.
 */
const char *pf_worker_program(struct pf_arena *arena);

#endif
