/* PostgreSQL's start-up messages as bytes: taken apart and put into facts. No I/O. */
#ifndef PF_DRIVERS_POSTGRES_MESSAGE_H
#define PF_DRIVERS_POSTGRES_MESSAGE_H

#include "base/arena.h"
#include "postflight/answer.h"

enum pf_postgres_progress {
	PF_POSTGRES_MORE,      /* feed on */
	PF_POSTGRES_SAID,      /* all that is asked for was said */
	PF_POSTGRES_OVERSIZED, /* a message says that it is longer than is read */
	PF_POSTGRES_BROKEN,    /* no PostgreSQL */
};

/* Reads whole messages off the front of `bytes` into the facts; *used is how many bytes they were.
 * Stops at an authentication request that wants something, at an error, or, once let in
 * (facts->message "R", auth 0), when the server is ready.
 * https://www.postgresql.org/docs/15/protocol-message-formats.html */
enum pf_postgres_progress pf_postgres_read(struct pf_arena *arena, const char *bytes, size_t count,
                                           size_t *used, struct pf_facts_postgres *facts);

/* StartupMessage, protocol 3.0. NULL: user and database do not fit one. */
char *pf_postgres_startup(struct pf_arena *arena, const char *user, const char *database,
                          size_t *count);

#endif
