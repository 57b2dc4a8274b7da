/* Findings as people read them: what was seen and where, why it matters, how to mend it. */
#include "report/text_findings.h"

#include "report/writers.h"

#include <string.h>

enum { WHERES_SHOWN = 12 }; /* of one summary, unless -v asks for all */

void pf_text_heading(const struct pf_page *page, enum pf_ink ink, const char *heading,
                     const char *note)
{
	fputc('\n', page->out);
	pf_paint(page, ink, heading);
	if (note) {
		fputs("  ", page->out);
		pf_paint(page, PF_INK_DIM, note);
	}
	fputs("\n\n", page->out);
}

static bool same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool says_same(const struct pf_finding *a, const struct pf_finding *b)
{
	return a->check == b->check && a->severity == b->severity && same(a->summary, b->summary);
}

/* The findings of one status, and which of them have been written. */
struct pile {
	const struct pf_finding **at;
	bool *done;
	size_t count;
};

static struct pile pile_of(struct pf_arena *arena, const struct pf_audit *audit,
                           enum pf_status status)
{
	struct pile pile = {
		.at = pf_arena_array(arena, audit->finding_count, sizeof *pile.at),
		.done = pf_arena_array(arena, audit->finding_count, sizeof *pile.done),
	};
	for (size_t i = 0; i < audit->finding_count; i++)
		if (audit->findings[i].status == status)
			pile.at[pile.count++] = &audit->findings[i];
	return pile;
}

static size_t checks_in(const struct pile *pile)
{
	size_t checks = 0;
	for (size_t i = 0; i < pile->count; i++) {
		size_t first = 0;
		while (pile->at[first]->check != pile->at[i]->check)
			first++;
		checks += first == i;
	}
	return checks;
}

/* "redis://cache1:6379, from bastion, world": the places of one subject, which stand together.
 * Takes them off the pile, from `first` on. */
static const char *places(struct pf_arena *arena, struct pile *pile, size_t first)
{
	const struct pf_finding *said = pile->at[first];
	const char *text = pf_where(arena, said);
	pile->done[first] = true;
	for (size_t i = first + 1; i < pile->count; i++) {
		const struct pf_finding *finding = pile->at[i];
		if (pile->done[i] || !says_same(finding, said) || !finding->vantage ||
		    !same(finding->subject, said->subject))
			continue;
		pile->done[i] = true;
		text = pf_arena_print(arena, "%s, %s", text, finding->vantage);
	}
	return text;
}

/* All findings that say the same of the same check: what they say once, and the places. */
static void paint_summary(const struct pf_page *page, struct pile *pile, size_t first,
                          enum pf_severity expected, size_t most)
{
	const struct pf_finding *said = pile->at[first];
	const char *lead = "  ";
	if (said->status == PF_FAIL && said->severity != expected)
		lead = pf_arena_print(page->arena, "  (%s) ", pf_severity_name(said->severity));
	pf_paint_wrapped(page, lead, PF_INK_BOLD, said->summary);
	size_t shown = 0;
	for (size_t i = first; i < pile->count; i++) {
		if (pile->done[i] || !says_same(pile->at[i], said))
			continue;
		const char *text = places(page->arena, pile, i);
		if (shown++ < most)
			pf_paint_wrapped(page, "    ", PF_INK_PLAIN, text);
	}
	if (shown > most)
		pf_paint_wrapped(
			page, "    ", PF_INK_DIM,
			pf_arena_print(page->arena, "and %zu more (-v lists them)", shown - most));
}

/* Everything in the pile about the check of pile->at[first]. */
static void paint_summaries(const struct pf_page *page, struct pile *pile, size_t first,
                            size_t most)
{
	const struct pf_check *check = pile->at[first]->check;
	enum pf_severity severity = pile->at[first]->severity;
	for (size_t i = first; i < pile->count; i++)
		if (!pile->done[i] && pile->at[i]->check == check)
			paint_summary(page, pile, i, severity, most);
}

/* The reason, as far as a reader in a hurry needs it; `postflight explain` has all of it. */
static const char *first_sentences(struct pf_arena *arena, const char *text)
{
	enum { SENTENCES = 2 };
	size_t length = strcspn(text, "\n"), end = 0;
	for (int i = 0; i < SENTENCES && end < length; i++) {
		const char *stop = memmem(text + end, length - end, ". ", 2);
		end = stop ? (size_t)(stop + 2 - text) : length;
	}
	end -= end && text[end - 1] == ' ';
	return pf_arena_copy_bytes(arena, text, end);
}

static void paint_words(const struct pf_page *page, const struct pf_check *check)
{
	if (check->title)
		pf_paint_wrapped(page, "  a good site:      ", PF_INK_PLAIN, check->title);
	if (check->why)
		pf_paint_wrapped(page, "  why it matters:   ", PF_INK_PLAIN,
		                 first_sentences(page->arena, check->why));
	if (check->remedy) {
		fputs("  how to mend it:\n", page->out);
		pf_paint_remedy(page, 4, check->remedy);
	}
}

static void paint_reproduction(const struct pf_page *page, const struct pf_audit *audit,
                               const struct pf_finding *finding)
{
	if (!finding->shown)
		return;
	const char *command = pf_reproduce(page->arena, audit->site, finding->shown);
	if (!command)
		return;
	fputs("  see it yourself:", page->out);
	if (finding->vantage)
		pf_paint(page, PF_INK_DIM,
		         pf_arena_print(page->arena, "  (on %s)", finding->vantage));
	fputc('\n', page->out);
	pf_paint_verbatim(page, 4, command);
}

static void paint_fail(const struct pf_page *page, const struct pf_audit *audit, struct pile *pile,
                       size_t first, size_t most)
{
	static const char *const badges[] = {" INFO ", " LOW ", " MEDIUM ", " HIGH ", " CRITICAL "};
	const struct pf_finding *worst = pile->at[first];
	fputc('[', page->out);
	pf_paint(page, pf_severity_ink(worst->severity), badges[worst->severity]);
	fputs("] ", page->out);
	pf_paint(page, PF_INK_BOLD, worst->check->id);
	fputc('\n', page->out);
	paint_summaries(page, pile, first, most);
	paint_words(page, worst->check);
	paint_reproduction(page, audit, worst);
	if (worst->check->reference) {
		fputs("  read more:\n", page->out);
		pf_paint_verbatim(page, 4, worst->check->reference);
	}
}

void pf_text_fails(const struct pf_page *page, const struct pf_audit *audit,
                   const struct pf_report_style *style)
{
	struct pile pile = pile_of(page->arena, audit, PF_FAIL);
	if (pile.count == 0)
		return;
	pf_text_heading(page, PF_INK_BOLD, "FAILS",
	                pf_arena_print(page->arena, "%s, %s",
	                               pf_plural(page->arena, checks_in(&pile), "check"),
	                               pf_plural(page->arena, pile.count, "finding")));
	for (size_t i = 0; i < pile.count; i++) {
		if (pile.done[i])
			continue;
		if (i > 0)
			fputc('\n', page->out);
		paint_fail(page, audit, &pile, i, style->verbose ? SIZE_MAX : WHERES_SHOWN);
	}
}

/* The ids of all unknowns of one reason at one vantage. */
static const char *ids_of(struct pf_arena *arena, struct pile *pile, size_t first)
{
	const char *ids = "";
	const struct pf_check *last = NULL;
	for (size_t i = first; i < pile->count; i++) {
		const struct pf_finding *finding = pile->at[i];
		if (pile->done[i] || !same(finding->summary, pile->at[first]->summary) ||
		    !same(finding->vantage, pile->at[first]->vantage))
			continue;
		pile->done[i] = true;
		if (finding->check != last)
			ids = pf_arena_print(arena, "%s%s%s", ids, *ids ? ", " : "",
			                     finding->check->id);
		last = finding->check;
	}
	return ids;
}

void pf_text_unknowns(const struct pf_page *page, const struct pf_audit *audit)
{
	struct pile pile = pile_of(page->arena, audit, PF_UNKNOWN);
	if (pile.count == 0)
		return;
	pf_text_heading(page, PF_INK_MAGENTA, "COULD NOT BE OBSERVED",
	                pf_plural(page->arena, pile.count, "finding"));
	for (size_t i = 0; i < pile.count; i++) {
		const struct pf_finding *finding = pile.at[i];
		if (pile.done[i])
			continue;
		/* A vantage that could not be reached is named by the reason already. */
		const char *from =
			finding->vantage && finding->shown
				? pf_arena_print(page->arena, " (from %s)", finding->vantage)
				: "";
		pf_paint_wrapped(page, "  ", PF_INK_PLAIN,
		                 pf_arena_print(page->arena, "%s%s", finding->summary, from));
		pf_paint_wrapped(page, "      ", PF_INK_DIM, ids_of(page->arena, &pile, i));
	}
}

void pf_text_waived(const struct pf_page *page, const struct pf_audit *audit)
{
	struct pile pile = pile_of(page->arena, audit, PF_WAIVED);
	if (pile.count == 0)
		return;
	pf_text_heading(page, PF_INK_BOLD, "WAIVED", pf_plural(page->arena, pile.count, "finding"));
	for (size_t i = 0; i < pile.count; i++) {
		const struct pf_finding *finding = pile.at[i];
		const struct pf_waiver *waiver = finding->waiver;
		pf_paint_wrapped(page, "  ", PF_INK_PLAIN,
		                 pf_arena_print(page->arena, "%s (%s): %s", finding->check->id,
		                                pf_severity_name(finding->severity),
		                                finding->summary));
		pf_paint_wrapped(page, "      ", PF_INK_PLAIN, pf_where(page->arena, finding));
		pf_paint_wrapped(page, "      ", PF_INK_DIM,
		                 pf_arena_print(page->arena, "until %s, %s: %s",
		                                waiver->expires_on ? waiver->expires_on : "?",
		                                waiver->owner ? waiver->owner : "no owner",
		                                waiver->reason ? waiver->reason : "no reason"));
	}
}

void pf_text_listed(const struct pf_page *page, const struct pf_audit *audit, enum pf_status status,
                    const char *heading, enum pf_ink ink)
{
	struct pile pile = pile_of(page->arena, audit, status);
	if (pile.count == 0)
		return;
	pf_text_heading(page, ink, heading, pf_plural(page->arena, pile.count, "finding"));
	for (size_t i = 0; i < pile.count; i++) {
		if (pile.done[i])
			continue;
		pf_paint_wrapped(page, "  ", ink, pile.at[i]->check->id);
		paint_summaries(page, &pile, i, SIZE_MAX);
	}
}
