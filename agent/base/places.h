/* Where the program keeps what outlives a run: one directory for its state, one for its locks. */
#ifndef PF_BASE_PLACES_H
#define PF_BASE_PLACES_H

#include "base/arena.h"

/* History, ledgers and journals: $STATE_DIRECTORY (systemd.exec(5)), for root /var/lib/postflight,
 * else $XDG_STATE_HOME/postflight or ~/.local/state/postflight. Made with mode 0700 when it is not
 * there. NULL: there is none, *problem says why. */
const char *pf_state_directory(struct pf_arena *arena, const char **problem);

/* Locks: $RUNTIME_DIRECTORY (systemd.exec(5)), for root /run/postflight, else $XDG_RUNTIME_DIR or,
 * as under cron(8), the directory of the state. Never one that others may write to: who holds a
 * file there could hold up every run. NULL: there is none, *problem says why. */
const char *pf_lock_directory(struct pf_arena *arena, const char **problem);

#endif
