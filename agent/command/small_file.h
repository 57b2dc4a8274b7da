/* Small text files of this host, read whole. */
#ifndef PF_COMMAND_SMALL_FILE_H
#define PF_COMMAND_SMALL_FILE_H

#include "base/arena.h"

/* Its text, ended by a NUL; NULL: it is no regular file, cannot be read, has a NUL in it or is
 * larger than a mebibyte. */
const char *pf_small_file(struct pf_arena *arena, const char *path);

#endif
