/* Workers: processes that turn questions into answers, started as `postflight worker network` and
 * `postflight worker host`.
 *
 * Protocol, one JSON object a line.
 *
 *   in:  {"id":7,"deadline_us":123,"question":{...}}    deadline: absolute, CLOCK_MONOTONIC
 *        with "secret":"70772e2e" behind it, in hexadecimal, where the question wants a password
 *   out: {"id":7,"answer":{...}}                        in the order they are ready
 *        {}                                             of the network worker, every few seconds
 *                                                       in which it waits for slow peers
 *
 * A line that cannot be read ends the worker with exit 2: the parent wrote it, so one of the two is
 * broken. End of input means no more questions: what is pending is answered, then the worker exits
 * 0.
 */
#ifndef PF_WORKER_WORKER_H
#define PF_WORKER_WORKER_H

#include "base/arena.h"

/* All questions at once on one loop. Reads ca_file (NULL: none), then confines itself, then starts
 * to read questions. */
int pf_network_worker(const char *ca_file);

/* One question at a time, in plain blocking code. Keeps the user it was started as: files and
 * commands need it. `state`: this directory keeps journals and ledgers; NULL: there is none.
 * Without consent, or without that directory, questions that write end as `no_consent`, whoever
 * asks. */
int pf_host_worker(const char *state, bool consent);

/* Removes what canaries and throw-away databases earlier runs left here, by the journals in
 * `state`: "removed PATH", "removed database NAME" or "left ...: why" on standard output for each,
 * "held N" for those of runs under way. Returns 0 when nothing is left. */
int pf_clean_worker(const char *state);

#endif
