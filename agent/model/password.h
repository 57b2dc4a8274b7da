/* Passwords from files, the environment and systemd's credentials. */
#ifndef PF_MODEL_PASSWORD_H
#define PF_MODEL_PASSWORD_H

#include "base/secret.h"

/* A regular file that belongs to us or root and that nobody else may read or write. False: *problem
 * says what is wrong, and what would be right. */
bool pf_password_file_private(const char *path, const char **problem) PF_MUST_USE;

/* The password in bytes that somebody wrote: without the line end behind it. NULL: there is none,
 * or it is too long. The caller wipes the bytes. */
struct pf_secret *pf_password_of(const char *bytes, size_t count);

/* Reads one. NULL: *problem says why, without a word of what was read. A file must be private by
 * the rule above, held by the descriptor that is read; a credential is a file of that name in
 * $CREDENTIALS_DIRECTORY (systemd.exec(5)). */
struct pf_secret *pf_password_from_file(const char *path, const char **problem);
struct pf_secret *pf_password_from_environment(const char *name, const char **problem);
struct pf_secret *pf_password_from_credential(const char *name, const char **problem);

#endif
