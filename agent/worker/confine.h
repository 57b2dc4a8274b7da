/* Confinement of worker processes: what they do not need is taken away before the first foreign
 * byte is read. */
#ifndef PF_WORKER_CONFINE_H
#define PF_WORKER_CONFINE_H

#include "base/arena.h"

/* Network worker: not root any more (nobody, when started as root), no new privileges, rlimits,
 * Landlock (reading what the resolver needs, writing nothing), seccomp (no exec, ptrace, mount,
 * ...). Layers a kernel lacks are left out; returns the layers in effect as words for -v, as in
 * "user no-new-privileges rlimits landlock seccomp". */
const char *pf_confine_network(struct pf_arena *arena);

/* Host worker: no new privileges, rlimits. */
const char *pf_confine_host(struct pf_arena *arena);

/* A process that reads one backup: memory, and of the files `path` alone; no programs, no network,
 * no writing. */
const char *pf_confine_sealed(struct pf_arena *arena, const char *path);

#endif
