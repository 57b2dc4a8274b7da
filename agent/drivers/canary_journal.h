/* The journal of canaries: what was, or was about to be, planted, so that it is removed whatever
 * becomes of us. One file for each planting, in `canaries` below the state directory. It is synced
 * before the first file is made and goes after the last is gone. Its lock says that whoever planted
 * them still runs. */
#ifndef PF_DRIVERS_CANARY_JOURNAL_H
#define PF_DRIVERS_CANARY_JOURNAL_H

#include "base/arena.h"

enum { PF_CANARY_NAMES = 32 };

/* What one planting is about. Texts are raw bytes. */
struct pf_planting {
	const char *root;      /* absolute path, without links */
	const char *directory; /* "pf-" and 8 hex digits, made in the root */
	struct pf_words names; /* files, "x.php" or "d/x.php" */
};

/* Is it one that we would make? Roots are absolute; names have letters, digits and . _ - in them,
 * at most one slash, and do not climb. */
bool pf_planting_is_sound(const struct pf_planting *planting);

/* Writes the journal of a planting and locks it. Returns a descriptor that holds the lock until it
 * is closed, or our process ends; -1 with errno. */
int pf_journal_write(struct pf_arena *arena, const char *state, const struct pf_planting *planting);

/* Nothing is left of it. */
void pf_journal_forget(struct pf_arena *arena, const char *state,
                       const struct pf_planting *planting);

/* The text of a journal; false: it is not one that we wrote to its end. */
bool pf_journal_read(struct pf_arena *arena, const char *text, struct pf_planting *planting);

/* Calls `found` for every journal whose writer is gone; unreadable ones are removed, since nothing
 * was planted before a journal was whole. Returns how many are held by processes that run. */
size_t pf_journal_each(struct pf_arena *arena, const char *state,
                       void (*found)(void *context, const struct pf_planting *planting),
                       void *context);

#endif
