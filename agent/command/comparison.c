/* Comparisons in words. */
#include "command/comparison.h"

#include "base/clock.h"

#include <string.h>

static const struct {
	const char *word, *heading;
	enum pf_ink ink;
} ways[] = {
	[PF_BECAME_NEW] = {"new", "NEW", PF_INK_RED},
	[PF_BECAME_MENDED] = {"mended", "MENDED", PF_INK_GREEN},
	[PF_BECAME_OPEN] = {"still open", "STILL OPEN", PF_INK_YELLOW},
	[PF_BECAME_UNSEEN] = {"not seen any more", "FAILED BEFORE, NOT OBSERVED THIS TIME",
                              PF_INK_MAGENTA},
};

const char *pf_when(struct pf_arena *arena, int64_t seconds)
{
	const char *stamp = pf_timestamp(arena, seconds);
	return strlen(stamp) < 16 ? stamp : pf_arena_print(arena, "%.10s %.5s", stamp, stamp + 11);
}

const char *pf_comparison_words(struct pf_arena *arena, const struct pf_comparison *comparison)
{
	const char *words = "";
	for (int way = 0; way < PF_BECAME_WAYS; way++)
		if (way != PF_BECAME_OPEN && comparison->counts[way])
			words = pf_arena_print(arena, "%s%s%zu %s", words, *words ? ", " : "",
			                       comparison->counts[way], ways[way].word);
	return *words ? words : "nothing";
}

static const char *place(struct pf_arena *arena, const struct pf_verdict_kept *kept)
{
	return kept->vantage ? pf_arena_print(arena, "%s, from %s", kept->subject, kept->vantage)
	                     : kept->subject;
}

/* The check, once for all its findings that stand together, then where, then what was seen there.
 */
static void paint_one(const struct pf_page *page, const struct pf_changed *one, const char *last)
{
	const struct pf_verdict_kept *kept = one->after ? one->after : one->before;
	const struct pf_verdict_kept *failed =
		one->after && one->after->status == PF_FAIL ? one->after : one->before;
	if (!last || strcmp(last, kept->check) != 0) {
		fputs("  ", page->out);
		pf_paint(page, pf_severity_ink(failed->severity),
		         pf_severity_name(failed->severity));
		fputs("  ", page->out);
		pf_paint(page, PF_INK_BOLD, kept->check);
		fputc('\n', page->out);
	}
	pf_paint_wrapped(page, "    ", PF_INK_PLAIN, place(page->arena, kept));
	const char *words = one->after && one->after->summary ? one->after->summary
	                    : failed                          ? failed->summary
	                                                      : NULL;
	if (words)
		pf_paint_wrapped(page, "      ", PF_INK_DIM, words);
}

void pf_paint_comparison(const struct pf_page *page, const struct pf_comparison *comparison)
{
	for (int way = 0; way < PF_BECAME_WAYS; way++) {
		const char *last = NULL;
		if (!comparison->counts[way])
			continue;
		fputc('\n', page->out);
		pf_paint(page, ways[way].ink, ways[way].heading);
		fprintf(page->out, "  %zu\n", comparison->counts[way]);
		for (size_t i = 0; i < comparison->count; i++) {
			const struct pf_changed *one = &comparison->at[i];
			if ((int)one->became != way)
				continue;
			paint_one(page, one, last);
			last = (one->after ? one->after : one->before)->check;
		}
	}
}
