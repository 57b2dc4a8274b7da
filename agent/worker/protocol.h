/* The two lines of the worker protocol (worker.h), as a worker reads and writes them. */
#ifndef PF_WORKER_PROTOCOL_H
#define PF_WORKER_PROTOCOL_H

#include "base/arena.h"
#include "base/secret.h"
#include "postflight/answer.h"

struct pf_request {
	uint64_t id;
	int64_t deadline_us; /* absolute, CLOCK_MONOTONIC */
	struct pf_question question;
	struct pf_secret *secret; /* the caller's to free; NULL: the question needs none */
};

/* False: *problem says in one clause what is wrong. Everything is copied into the arena. */
bool pf_request_read(struct pf_arena *arena, const char *line, size_t length,
                     struct pf_request *request, const char **problem) PF_MUST_USE;

/* Writes the answer to `fd` as one line. One that is too long for a line goes out as `partial`,
 * without its facts. False: nobody reads any more. */
bool pf_reply_write(struct pf_arena *arena, int fd, uint64_t id,
                    const struct pf_answer *answer) PF_MUST_USE;

/* Said on standard error before a worker gives up on its parent; returns the exit code. */
int pf_protocol_broken(const char *problem);

#endif
