/* The disks and processes of the small world: all of it as it should be. */
#ifndef PF_TESTS_RIG_DISK_H
#define PF_TESTS_RIG_DISK_H

#include "postflight/answer.h"

/* Answers to questions of the kinds tree, access, process and canary. */
struct pf_answer disk_answer(const struct pf_question *question);

/* Is it a request for a canary? Then *answer is what a server says that runs none. */
bool disk_serves(const struct pf_ask_http *ask, struct pf_answer *answer);

#endif
