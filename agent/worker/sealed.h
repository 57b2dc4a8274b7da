/* Questions whose answer lies in foreign bytes on disk: each is answered in a process of its own
 * that can read what it was asked about and nothing else. */
#ifndef PF_WORKER_SEALED_H
#define PF_WORKER_SEALED_H

#include "worker/protocol.h"

/* Answers an archive question on `fd`, as one line, by `deadline_us` or a moment later: a process
 * that hangs, dies or floods is an outcome. False: nobody reads any more. */
bool pf_sealed_reply(struct pf_arena *arena, int fd, const struct pf_request *request,
                     int64_t deadline_us) PF_MUST_USE;

#endif
