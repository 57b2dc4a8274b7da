/* Examples out of a walk. */
#include "tree_reader.h"

#include <string.h>

const char *pf_example(const struct pf_case *facts, struct pf_entries entries, const char *trait)
{
	const struct pf_entry *entry = entries.count ? &entries.at[0] : NULL;
	for (size_t i = entries.count; i-- > 0;)
		if (entries.at[i].why && strstr(entries.at[i].why, trait))
			entry = &entries.at[i];
	if (!entry)
		return "";
	return pf_say(facts, " (such as %s, owner %s, mode %04llo%s%s)", entry->path, entry->owner,
	              (unsigned long long)entry->mode, entry->why ? ": " : "",
	              entry->why ? entry->why : "");
}
