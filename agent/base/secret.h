/* A secret: bytes in memory of their own that is locked, left out of core dumps and children, and
 * wiped when it goes. Nothing prints it; who sends it reads its bytes. */
#ifndef PF_BASE_SECRET_H
#define PF_BASE_SECRET_H

#include "postflight/fields.h"

enum { PF_SECRET_BYTES = 4000 }; /* the longest */

struct pf_secret;

/* Copies the bytes; the caller wipes its own. NULL: empty, longer than PF_SECRET_BYTES, or no
 * memory. Given back by pf_secret_free. */
struct pf_secret *pf_secret_new(const void *bytes, size_t count);
void pf_secret_free(struct pf_secret *secret); /* NULL is fine */

/* A NUL stands behind them, for libraries that want text. */
const char *pf_secret_bytes(const struct pf_secret *secret);
size_t pf_secret_length(const struct pf_secret *secret);

/* In lower-case hexadecimal digits and back: how it crosses the pipe to a worker. `digits` has room
 * for 2 * PF_SECRET_BYTES + 1 and is wiped by the caller. NULL: not such digits. */
void pf_secret_write(const struct pf_secret *secret, char *digits);
struct pf_secret *pf_secret_read(const char *digits, size_t count);

#endif
