/* Confinement of worker processes: what they do not need is taken away before the first foreign
 * byte is read. */
#ifndef PF_WORKER_CONFINE_H
#define PF_WORKER_CONFINE_H

#include "base/arena.h"

/* For every process of the program, first thing in main: SIGPIPE ignored, descriptors 0-2 open,
 * umask 077, no core files, not dumpable, LC_ALL=C.UTF-8, TZ untouched. */
void pf_harden_process(void);

/* Empty environment but for PATH and LANG; descriptors above 2 closed. */
void pf_empty_environment(void);

/* Network worker: not root any more (nobody, when started as root), no new privileges, rlimits,
 * Landlock (reading what the resolver needs, writing nothing), seccomp (no exec, ptrace, mount,
 * ...). Layers a kernel lacks are left out; returns the layers in effect as words for -v, as in
 * "user no-new-privileges rlimits landlock seccomp". */
const char *pf_confine_network(struct pf_arena *arena);

/* Host worker: no new privileges, rlimits. */
const char *pf_confine_host(struct pf_arena *arena);

#endif
