/* System call filters. */
#ifndef PF_WORKER_FILTER_H
#define PF_WORKER_FILTER_H

#include <stdbool.h>

/* For the network worker: no new programs, no looking into others, no kernel machinery, no changes
 * to files. What is denied fails with EPERM. Needs no_new_privs; false: the kernel has no filters.
 */
bool pf_filter_network(void);

/* For a process that reads one backup: memory, reading, writing to what is open already, and the
 * end. All else fails with EPERM. */
bool pf_filter_sealed(void);

#endif
