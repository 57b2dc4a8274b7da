/* Journals: small files that say what was, or was about to be, made, so that it is removed whatever
 * becomes of us. One file for each thing, in a folder below the state directory. It is synced
 * before anything is made and goes after all of it is gone. Its lock says that whoever made it
 * still runs. */
#ifndef PF_DRIVERS_JOURNAL_H
#define PF_DRIVERS_JOURNAL_H

#include "base/arena.h"

/* Writes a journal and locks it. Returns a descriptor that holds the lock until it is closed, or
 * our process ends; -1 with errno. */
int pf_journal_put(struct pf_arena *arena, const char *state, const char *folder, const char *file,
                   const char *text);

/* Nothing is left of what it is about. */
void pf_journal_remove(struct pf_arena *arena, const char *state, const char *folder,
                       const char *file);

/* Calls `take` for every journal of that prefix whose writer is gone; those that it returns false
 * for are removed, since nothing was made before a journal was whole. Returns how many are held by
 * processes that run. */
size_t pf_journal_walk(struct pf_arena *arena, const char *state, const char *folder,
                       const char *prefix,
                       bool (*take)(void *context, const char *file, const char *text),
                       void *context);

#endif
