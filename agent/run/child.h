/* A child process on three pipes: lines in, lines out, and the last words it said on standard
 * error. */
#ifndef PF_RUN_CHILD_H
#define PF_RUN_CHILD_H

#include "base/arena.h"

#include <poll.h>
#include <sys/types.h>

struct pf_child; /* one process; its memory is its own and given back by pf_child_end */

/* Starts argv[0] (looked up in PATH when it has no slash) in its own process group. `environment`:
 * "NAME=value" words, or NULL for ours. NULL: it could not be started, *problem says why. */
struct pf_child *pf_child_start(const char *const argv[], const char *const environment[],
                                const char **problem);

/* Queue bytes for its standard input; they are written as it takes them. */
void pf_child_send(struct pf_child *child, const void *bytes, size_t count);

/* No more input after what is queued. */
void pf_child_send_end(struct pf_child *child);

/* What to poll for: up to 3 entries are written to `polls`; returns how many. */
size_t pf_child_polls(struct pf_child *child, struct pollfd polls[3]);

/* Called after poll with the same entries: reads and writes what is possible. on_line gets each
 * whole line without its newline; a line longer than PF_LINE_BYTES is handed over as NULL with its
 * length so far, once, and skipped. */
typedef void pf_on_line(void *context, const char *line, size_t length);
void pf_child_serve(struct pf_child *child, const struct pollfd polls[], size_t count,
                    pf_on_line *on_line, void *context);

/* Both of its outputs are closed: nothing more will come. */
bool pf_child_is_silent(const struct pf_child *child);

/* Its last line on standard error, escaped, at most 256 bytes; "" when there was none. */
const char *pf_child_last_words(const struct pf_child *child, struct pf_arena *arena);

/* Tells it to end, and waits for nothing: its input is closed, and unless it is on its way out by
 * itself its group gets SIGKILL. For who has several to end. */
void pf_child_dismiss(struct pf_child *child);

/* Ends it: SIGKILL to its group unless it has exited, never waiting longer than a moment (a process
 * stuck in the kernel is left behind). Returns its wait status, -1 when it could not be had. */
int pf_child_end(struct pf_child *child);

#endif
