/* What a driver is: it turns one kind of question into one answer, and every path ends in the same
 * call. */
#ifndef PF_DRIVERS_DRIVER_H
#define PF_DRIVERS_DRIVER_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/secret.h"
#include "postflight/answer.h"

/* Host drivers block and return; the caller sees to it that they can be killed. `deadline_us`:
 * absolute. */
struct pf_answer pf_tree_answer(struct pf_arena *arena, const struct pf_ask_tree *ask,
                                int64_t deadline_us);
struct pf_answer pf_access_answer(struct pf_arena *arena, const struct pf_ask_access *ask,
                                  int64_t deadline_us);
struct pf_answer pf_file_answer(struct pf_arena *arena, const struct pf_ask_file *ask,
                                int64_t deadline_us);
struct pf_answer pf_exec_answer(struct pf_arena *arena, const struct pf_ask_exec *ask,
                                int64_t deadline_us);
struct pf_answer pf_process_answer(struct pf_arena *arena, const struct pf_ask_process *ask,
                                   int64_t deadline_us);

struct pf_answer pf_manifest_answer(struct pf_arena *arena, const struct pf_ask_manifest *ask,
                                    int64_t deadline_us);

/* `state`: directory for the journal of what is written; NULL: there is none, and nothing is. */
struct pf_answer pf_canary_answer(struct pf_arena *arena, const struct pf_ask_canary *ask,
                                  const char *state);

/* Removes the canaries of processes that are gone; `tell` gets what each was, escaped, and why it
 * is left (NULL: it is not). Returns how many plantings belong to processes that run. */
typedef void pf_on_left(void *context, const char *what, const char *problem);
size_t pf_canary_sweep(struct pf_arena *arena, const char *state, pf_on_left *tell, void *context);

/* How a process that meets foreign bytes gives up all but reading `path`. */
typedef const char *pf_seal(struct pf_arena *arena, const char *path);

/* `state`: directory of the ledger; NULL: there is none. `consent`: a drill may be made; its
 * journal is kept in that directory, too. */
struct pf_answer pf_drill_answer(struct pf_arena *arena, const struct pf_ask_drill *ask,
                                 const char *state, bool consent, pf_seal *seal,
                                 int64_t deadline_us);

/* The same for throw-away databases: "database postflight_drill_..." */
size_t pf_drill_sweep(struct pf_arena *arena, const char *state, pf_on_left *tell, void *context);

/* Meets foreign bytes: the caller confines the process first (worker/sealed.h). */
struct pf_answer pf_archive_answer(struct pf_arena *arena, const struct pf_ask_archive *ask,
                                   int64_t deadline_us);

/* Network drivers share one loop. */
struct pf_loop;

/* Called once per question, from the loop. The answer lives in the loop's arena until the next
 * turn. */
typedef void pf_on_answer(void *context, uint64_t id, const struct pf_answer *answer);

/* ca_file: a further trust anchor beside the system's; NULL: none. Read here, before privileges are
 * dropped. */
struct pf_loop *pf_loop_new(const char *ca_file, pf_on_answer *on_answer, void *context);

/* Queue a question. It is put when its address has room, in the order of asking, then has the time
 * that the limits of its kind allow, and is answered by deadline_us at the latest. The texts are
 * copied. */
void pf_loop_ask(struct pf_loop *loop, uint64_t id, const struct pf_question *question,
                 int64_t deadline_us);

/* The same with the password that the question asks with, which is the loop's from here on; NULL:
 * none. */
void pf_loop_ask_with(struct pf_loop *loop, uint64_t id, const struct pf_question *question,
                      struct pf_secret *secret, int64_t deadline_us);

/* Work until something was answered, `watch_fd` (-1: none) is readable, or `until_us`. Returns true
 * when watch_fd is readable. */
bool pf_loop_turn(struct pf_loop *loop, int watch_fd, int64_t until_us);

/* Questions queued or in flight. */
size_t pf_loop_pending(const struct pf_loop *loop);

void pf_loop_free(struct pf_loop *loop);

#endif
