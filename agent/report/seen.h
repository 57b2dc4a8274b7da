/* Words that were met before, for writers that say each once. */
#ifndef PF_REPORT_SEEN_H
#define PF_REPORT_SEEN_H

#include "base/arena.h"

/* With `arena` set and all else zero at first. */
struct pf_seen {
	struct pf_arena *arena;
	const char **words;
	size_t count, room;
};

/* Notes the word, which is not copied; false: it was there. For a few hundred, not for thousands.
 */
bool pf_seen_add(struct pf_seen *seen, const char *word);

#endif
