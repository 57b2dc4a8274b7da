/* Canary files: made in a directory of their own below a root, and removed again. No link is ever
 * followed below the root. */
#ifndef PF_DRIVERS_CANARY_FILES_H
#define PF_DRIVERS_CANARY_FILES_H

#include "drivers/canary_journal.h"

#include <sys/types.h>

/* Makes them, 0644 in directories of 0755, for that owner. Returns 0, or the errno of the first
 * that could not be made; what was made stays. `contents`: one for each name, raw bytes. */
int pf_canary_make(const struct pf_planting *planting, const char *const contents[], uid_t uid,
                   gid_t gid);

/* Removes them: nothing but what the planting names. Returns 0, or the errno of what is left; one
 * that is not there is no error. */
int pf_canary_remove(const struct pf_planting *planting);

#endif
