/* A list that is searched from its end: findings of one check stand together. */
#include "report/seen.h"

#include <string.h>

bool pf_seen_add(struct pf_seen *seen, const char *word)
{
	for (size_t i = seen->count; i-- > 0;)
		if (strcmp(seen->words[i], word) == 0)
			return false;
	seen->words = pf_arena_grow(seen->arena, seen->words, seen->count, &seen->room,
	                            sizeof *seen->words);
	seen->words[seen->count++] = word;
	return true;
}
