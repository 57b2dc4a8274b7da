/* Two audits held against each other: what is new, what is mended, what is still open. */
#include "evaluate/record.h"

#include <stdlib.h>
#include <string.h>

static bool fails(const struct pf_verdict_kept *kept)
{
	return kept && kept->status == PF_FAIL;
}

/* False: nothing to speak of became of it. */
static bool changed(const struct pf_verdict_kept *before, const struct pf_verdict_kept *after,
                    enum pf_became *became)
{
	if (fails(after))
		*became = !fails(before) || after->severity > before->severity ? PF_BECAME_NEW
		                                                               : PF_BECAME_OPEN;
	else if (fails(before))
		*became = after && after->status == PF_PASS ? PF_BECAME_MENDED : PF_BECAME_UNSEEN;
	else
		return false;
	return true;
}

static const struct pf_verdict_kept *either(const struct pf_changed *one)
{
	return one->after ? one->after : one->before;
}

static int worst_first(const void *left, const void *right)
{
	const struct pf_changed *a = left, *b = right;
	const struct pf_verdict_kept *x = either(a), *y = either(b);
	if (a->became != b->became)
		return (int)a->became - (int)b->became;
	if (x->severity != y->severity)
		return (int)y->severity - (int)x->severity;
	int order = strcmp(x->check, y->check);
	if (order == 0)
		order = strcmp(x->subject, y->subject);
	return order ? order : strcmp(x->fingerprint, y->fingerprint);
}

static void add(struct pf_comparison *comparison, struct pf_changed *list,
                const struct pf_verdict_kept *before, const struct pf_verdict_kept *after)
{
	enum pf_became became;
	if (!changed(before, after, &became))
		return;
	list[comparison->count++] = (struct pf_changed){became, before, after};
	comparison->counts[became]++;
}

struct pf_comparison *pf_compare(struct pf_arena *arena, const struct pf_record *before,
                                 const struct pf_record *after)
{
	struct pf_comparison *comparison = pf_arena_take(arena, sizeof *comparison);
	struct pf_changed *list =
		pf_arena_array(arena, before->verdict_count + after->verdict_count, sizeof *list);
	size_t i = 0, j = 0;
	*comparison = (struct pf_comparison){.before = before, .after = after, .at = list};
	while (i < before->verdict_count || j < after->verdict_count) {
		const struct pf_verdict_kept *old = NULL, *now = NULL;
		int order = i == before->verdict_count  ? 1
		            : j == after->verdict_count ? -1
		                                        : strcmp(before->verdicts[i].fingerprint,
		                                                 after->verdicts[j].fingerprint);
		if (order <= 0)
			old = &before->verdicts[i++];
		if (order >= 0)
			now = &after->verdicts[j++];
		add(comparison, list, old, now);
	}
	if (comparison->count)
		qsort(list, comparison->count, sizeof *list, worst_first);
	return comparison;
}

static int by_words(const void *left, const void *right)
{
	const struct pf_mark *a = left, *b = right;
	int order = strcmp(a->kind, b->kind);
	if (order == 0)
		order = strcmp(a->subject, b->subject);
	return order ? order : strcmp(a->value, b->value);
}

struct pf_marks pf_marks_beyond(struct pf_arena *arena, const struct pf_record *record,
                                const struct pf_record *known)
{
	struct pf_mark *beyond = pf_arena_array(arena, record->mark_count, sizeof *beyond);
	size_t count = 0;
	for (size_t i = 0; i < record->mark_count; i++)
		if (!known->mark_count || !bsearch(&record->marks[i], known->marks,
		                                   known->mark_count, sizeof *beyond, by_words))
			beyond[count++] = record->marks[i];
	return (struct pf_marks){beyond, count};
}

void pf_marks_sort(struct pf_mark *marks, size_t *count)
{
	size_t kept = 0;
	if (*count == 0)
		return;
	qsort(marks, *count, sizeof *marks, by_words);
	for (size_t i = 1; i < *count; i++)
		if (by_words(&marks[kept], &marks[i]) != 0)
			marks[++kept] = marks[i];
	*count = kept + 1;
}
