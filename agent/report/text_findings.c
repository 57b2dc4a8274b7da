/* Findings as people read them: what was seen and where, why it matters, how to mend it. */
#include "report/text_findings.h"

#include "report/grouping.h"
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

static int by_text(const char *left, const char *right)
{
	return strcmp(left ? left : "", right ? right : "");
}

static int by_check(const struct pf_finding *left, const struct pf_finding *right)
{
	return left->check == right->check ? 0 : left->check < right->check ? -1 : 1;
}

static int by_words(const struct pf_finding *left, const struct pf_finding *right)
{
	if (left->severity != right->severity)
		return left->severity < right->severity ? -1 : 1;
	return by_text(left->summary, right->summary);
}

/* What no vantage in particular has seen stands for itself. */
static int by_subject(const struct pf_finding *left, const struct pf_finding *right)
{
	int order = by_text(left->subject, right->subject);
	return order ? order : (left->vantage != NULL) - (right->vantage != NULL);
}

static int by_reason(const struct pf_finding *left, const struct pf_finding *right)
{
	int order = by_text(left->summary, right->summary);
	return order ? order : by_text(left->vantage, right->vantage);
}

/* A check; what is said of it; the subjects that it is said of. */
enum { CHECK, WORDS, SUBJECT, LEVELS };

static struct pf_grouping grouping_of(struct pf_arena *arena, const struct pf_audit *audit,
                                      enum pf_status status)
{
	static pf_grouping_order *const orders[LEVELS] = {by_check, by_words, by_subject};
	return pf_grouping_of(arena, audit, status, LEVELS, orders);
}

/* "redis://cache1:6379, from bastion, world" */
static void paint_places(const struct pf_page *page, const struct pf_grouping *grouping,
                         size_t first)
{
	struct pf_arena_mark mark = pf_arena_mark(page->arena);
	size_t end = pf_grouping_end(grouping, SUBJECT, first);
	const char *text =
		pf_arena_print(page->arena, "%s%s", pf_where(page->arena, grouping->at[first]),
	                       pf_known(grouping->at[first]));
	for (size_t i = first + 1; i < end; i++)
		text = pf_arena_print(page->arena, "%s, %s%s", text, grouping->at[i]->vantage,
		                      pf_known(grouping->at[i]));
	pf_paint_wrapped(page, "    ", PF_INK_PLAIN, text);
	pf_arena_rewind(page->arena, mark);
}

/* All findings that say the same of the same check: what they say once, and the places. */
static void paint_summary(const struct pf_page *page, const struct pf_grouping *grouping,
                          size_t first, enum pf_severity expected, size_t most)
{
	struct pf_arena_mark mark = pf_arena_mark(page->arena);
	const struct pf_finding *said = grouping->at[first];
	size_t end = pf_grouping_end(grouping, WORDS, first), shown = 0;
	const char *lead = "  ";
	if (said->status == PF_FAIL && said->severity != expected)
		lead = pf_arena_print(page->arena, "  (%s) ", pf_severity_name(said->severity));
	pf_paint_wrapped(page, lead, PF_INK_BOLD, said->summary);
	for (size_t i = first; i < end; i = pf_grouping_end(grouping, SUBJECT, i))
		if (shown++ < most)
			paint_places(page, grouping, i);
	if (shown > most)
		pf_paint_wrapped(
			page, "    ", PF_INK_DIM,
			pf_arena_print(page->arena, "and %zu more (-v lists them)", shown - most));
	pf_arena_rewind(page->arena, mark);
}

/* Everything about the check of grouping->at[first]. */
static void paint_summaries(const struct pf_page *page, const struct pf_grouping *grouping,
                            size_t first, size_t most)
{
	size_t end = pf_grouping_end(grouping, CHECK, first);
	for (size_t i = first; i < end; i = pf_grouping_end(grouping, WORDS, i))
		paint_summary(page, grouping, i, grouping->at[first]->severity, most);
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

static void paint_fail(const struct pf_page *page, const struct pf_audit *audit,
                       const struct pf_grouping *grouping, size_t first, size_t most)
{
	static const char *const badges[] = {" INFO ", " LOW ", " MEDIUM ", " HIGH ", " CRITICAL "};
	const struct pf_finding *worst = grouping->at[first];
	fputc('[', page->out);
	pf_paint(page, pf_severity_ink(worst->severity), badges[worst->severity]);
	fputs("] ", page->out);
	pf_paint(page, PF_INK_BOLD, worst->check->id);
	fputc('\n', page->out);
	paint_summaries(page, grouping, first, most);
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
	struct pf_grouping grouping = grouping_of(page->arena, audit, PF_FAIL);
	if (grouping.count == 0)
		return;
	pf_text_heading(page, PF_INK_BOLD, "FAILS",
	                pf_arena_print(page->arena, "%s, %s",
	                               pf_plural(page->arena, pf_grouping_groups(&grouping, CHECK),
	                                         "check"),
	                               pf_plural(page->arena, grouping.count, "finding")));
	for (size_t i = 0; i < grouping.count; i = pf_grouping_end(&grouping, CHECK, i)) {
		if (i > 0)
			fputc('\n', page->out);
		paint_fail(page, audit, &grouping, i, style->verbose ? SIZE_MAX : WHERES_SHOWN);
	}
}

/* The ids of all unknowns from `first` to `end`. */
static const char *ids_of(struct pf_arena *arena, const struct pf_grouping *grouping, size_t first,
                          size_t end)
{
	const char *ids = "";
	const struct pf_check *last = NULL;
	for (size_t i = first; i < end; i++) {
		if (grouping->at[i]->check != last)
			ids = pf_arena_print(arena, "%s%s%s", ids, *ids ? ", " : "",
			                     grouping->at[i]->check->id);
		last = grouping->at[i]->check;
	}
	return ids;
}

void pf_text_unknowns(const struct pf_page *page, const struct pf_audit *audit)
{
	static pf_grouping_order *const orders[] = {by_reason};
	struct pf_grouping grouping = pf_grouping_of(page->arena, audit, PF_UNKNOWN, 1, orders);
	if (grouping.count == 0)
		return;
	pf_text_heading(page, PF_INK_MAGENTA, "COULD NOT BE OBSERVED",
	                pf_plural(page->arena, grouping.count, "finding"));
	for (size_t i = 0, end; i < grouping.count; i = end) {
		struct pf_arena_mark mark = pf_arena_mark(page->arena);
		const struct pf_finding *finding = grouping.at[i];
		/* A vantage that could not be reached is named by the reason already. */
		const char *from =
			finding->vantage && finding->shown
				? pf_arena_print(page->arena, " (from %s)", finding->vantage)
				: "";
		end = pf_grouping_end(&grouping, 0, i);
		pf_paint_wrapped(page, "  ", PF_INK_PLAIN,
		                 pf_arena_print(page->arena, "%s%s", finding->summary, from));
		pf_paint_wrapped(page, "      ", PF_INK_DIM,
		                 ids_of(page->arena, &grouping, i, end));
		pf_arena_rewind(page->arena, mark);
	}
}

void pf_text_waived(const struct pf_page *page, const struct pf_audit *audit)
{
	struct pf_grouping grouping = grouping_of(page->arena, audit, PF_WAIVED);
	if (grouping.count == 0)
		return;
	pf_text_heading(page, PF_INK_BOLD, "WAIVED",
	                pf_plural(page->arena, grouping.count, "finding"));
	for (size_t i = 0; i < grouping.count; i++) {
		struct pf_arena_mark mark = pf_arena_mark(page->arena);
		const struct pf_finding *finding = grouping.at[i];
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
		pf_arena_rewind(page->arena, mark);
	}
}

void pf_text_listed(const struct pf_page *page, const struct pf_audit *audit, enum pf_status status,
                    const char *heading, enum pf_ink ink)
{
	struct pf_grouping grouping = grouping_of(page->arena, audit, status);
	if (grouping.count == 0)
		return;
	pf_text_heading(page, ink, heading, pf_plural(page->arena, grouping.count, "finding"));
	for (size_t i = 0; i < grouping.count; i = pf_grouping_end(&grouping, CHECK, i)) {
		pf_paint_wrapped(page, "  ", ink, grouping.at[i]->check->id);
		paint_summaries(page, &grouping, i, SIZE_MAX);
	}
}
