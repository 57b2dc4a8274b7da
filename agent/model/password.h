/* Files that hold passwords. */
#ifndef PF_MODEL_PASSWORD_H
#define PF_MODEL_PASSWORD_H

#include "postflight/fields.h"

/* A regular file that belongs to us or root and that nobody else may read or write. False: *problem
 * says what is wrong, and what would be right. */
bool pf_password_file_private(const char *path, const char **problem) PF_MUST_USE;

#endif
