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

static size_t mark_entries(const struct pf_case *facts, struct pf_entries entries, size_t count,
                           struct pf_mark marks[])
{
	for (size_t i = 0; i < entries.count && count < PF_MARKS; i++) {
		const struct pf_entry *entry = &entries.at[i];
		marks[count++] = (struct pf_mark){
			"file", pf_say(facts, "%s on %s", facts->subject, facts->vantage->name),
			pf_say(facts, "%s, owner %s, mode %04o: %s", entry->path, entry->owner,
		               (unsigned)entry->mode, entry->why ? entry->why : "")};
	}
	return count;
}

size_t pf_tree_marks(const struct pf_case *facts, struct pf_mark marks[])
{
	const struct pf_answer *answer = pf_answer_of(facts, "tree");
	if (!answer || answer->outcome != PF_answered)
		return 0;
	size_t count = mark_entries(facts, answer->tree.examples, 0, marks);
	return mark_entries(facts, answer->tree.parents, count, marks);
}
