/* Opening what lies below a directory that is open already, and never anything else: no link is
 * followed, whatever is swapped in meanwhile. */
#ifndef PF_DRIVERS_BELOW_H
#define PF_DRIVERS_BELOW_H

#include "base/arena.h"

/* A directory for reading, by its path relative to `root` ("." is the root itself), of any length.
 * -1 with errno: ELOOP or ENOTDIR where a component is not a directory (any more). Linux without
 * openat2(2) is served one component at a time. */
int pf_below_open(int root, const char *path);

/* Does the link `name` lead out of the root, whose absolute path is `base`? `holder` is its open
 * directory, `directory` the path of that relative to the root. One that dangles inside does not.
 */
bool pf_below_leads_out(int root, const char *base, int holder, const char *directory,
                        const char *name);

#endif
