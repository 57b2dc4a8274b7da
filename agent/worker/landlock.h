/* Landlock: which files a process may still open. */
#ifndef PF_WORKER_LANDLOCK_H
#define PF_WORKER_LANDLOCK_H

#include <stdbool.h>

/* For the network worker: reading what name lookup and OpenSSL need, writing nothing, serving
 * nothing. Needs no_new_privs. False: the kernel has no Landlock. */
bool pf_landlock_network(void);

/* For a process that reads one backup: `path` and what is below it, nothing else. */
bool pf_landlock_sealed(const char *path);

#endif
