/* What an incident tells: what changed, then what is open, then what is in the dark. */
#include "command/incident_words.h"

#include "command/comparison.h"
#include "report/writers.h"

#include <stdio.h>
#include <string.h>

enum { ENOUGH = 100 }; /* audits that are gone back for a good one */

/* The last audit in which nothing from `high` up failed; without one, the last there is. */
static struct pf_record *last_good(struct pf_history *history, const struct pf_site *site)
{
	struct pf_records records = {0};
	struct pf_record *newest = NULL;
	const char *problem;
	if (!pf_history_list(history, site, "", ENOUGH, &records, &problem))
		return NULL;
	for (size_t i = records.count; i-- > 0;) {
		struct pf_record *record = pf_history_load(history, records.at[i].id, &problem);
		bool good = record != NULL;
		newest = newest ? newest : record;
		for (size_t j = 0; record && j < record->verdict_count; j++)
			good &= record->verdicts[j].status != PF_FAIL ||
			        record->verdicts[j].severity < PF_HIGH;
		if (good)
			return record;
	}
	return newest;
}

static void paint_marks(const struct pf_page *page, const char *heading, enum pf_ink ink,
                        struct pf_marks marks)
{
	if (marks.count == 0)
		return;
	fputc('\n', page->out);
	pf_paint(page, ink, heading);
	fprintf(page->out, "  %zu\n", marks.count);
	for (size_t i = 0; i < marks.count; i++) {
		const struct pf_mark *mark = &marks.at[i];
		pf_paint_wrapped(page, pf_arena_print(page->arena, "  %-12s ", mark->kind),
		                 PF_INK_PLAIN,
		                 pf_arena_print(page->arena, "%s: %s", mark->subject, mark->value));
	}
}

/* Marks of places that this run did not look at are not gone. */
static struct pf_marks of_same_places(struct pf_arena *arena, struct pf_marks marks,
                                      const struct pf_record *now)
{
	struct pf_mark *kept = pf_arena_array(arena, marks.count, sizeof *kept);
	size_t count = 0;
	for (size_t i = 0; i < marks.count; i++)
		for (size_t j = 0; j < now->mark_count; j++)
			if (strcmp(now->marks[j].kind, marks.at[i].kind) == 0 &&
			    strcmp(now->marks[j].subject, marks.at[i].subject) == 0) {
				kept[count++] = marks.at[i];
				break;
			}
	return (struct pf_marks){kept, count};
}

/* Of two audits, what the smaller one looked at. */
static const struct pf_comparison *relevant(struct pf_arena *arena, struct pf_words usable,
                                            const struct pf_record *before,
                                            const struct pf_record *now)
{
	struct pf_record *part = pf_arena_take(arena, sizeof *part);
	struct pf_verdict_kept *kept = pf_arena_array(arena, before->verdict_count, sizeof *kept);
	size_t count = 0;
	for (size_t i = 0; i < before->verdict_count; i++)
		if (pf_words_have(usable, before->verdicts[i].check))
			kept[count++] = before->verdicts[i];
	*part = *before;
	part->verdicts = kept;
	part->verdict_count = count;
	return pf_compare(arena, part, now);
}

static void tell_changes(const struct pf_page *page, struct pf_history *history,
                         const struct pf_audit *audit, struct pf_words usable)
{
	struct pf_arena *arena = page->arena;
	struct pf_record *now = pf_record_of(arena, audit, "incident");
	struct pf_record *before = history ? last_good(history, audit->site) : NULL;
	if (!before) {
		puts("There is no earlier audit of this site to compare with.");
		return;
	}
	const struct pf_comparison *comparison = relevant(arena, usable, before, now);
	struct pf_marks come = pf_marks_beyond(arena, now, before);
	struct pf_marks gone = of_same_places(arena, pf_marks_beyond(arena, before, now), now);
	pf_paint(page, PF_INK_BOLD, "CHANGED");
	printf(" since audit %lld of %s\n", (long long)before->id,
	       pf_when(arena, before->started_at));
	paint_marks(page, "WAS NOT THERE", PF_INK_RED, come);
	paint_marks(page, "IS NOT THERE ANY MORE", PF_INK_YELLOW, gone);
	pf_paint_comparison(page, comparison);
	if (comparison->count == 0 && come.count == 0 && gone.count == 0)
		puts("\nNothing that was looked at.");
}

/* All that fails of one check: each thing seen once with where, and how to see the first for
 * oneself. */
static void tell_check(const struct pf_page *page, const struct pf_audit *audit, const char *check)
{
	const struct pf_finding *first = NULL, *last = NULL;
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		if (finding->status != PF_FAIL || strcmp(finding->check->id, check) != 0)
			continue;
		if (!first) {
			first = finding;
			fputs("  ", page->out);
			pf_paint(page, pf_severity_ink(finding->severity),
			         pf_severity_name(finding->severity));
			fputs("  ", page->out);
			pf_paint(page, PF_INK_BOLD, check);
			fputc('\n', page->out);
		}
		if (!last || strcmp(last->summary, finding->summary) != 0)
			pf_paint_wrapped(page, "    ", PF_INK_PLAIN, finding->summary);
		pf_paint_wrapped(page, "      ", PF_INK_DIM, pf_where(page->arena, finding));
		last = finding;
	}
	const char *command =
		first && first->shown ? pf_reproduce(page->arena, audit->site, first->shown) : NULL;
	if (command)
		pf_paint_verbatim(page, 6, command);
}

static void tell_fails(const struct pf_page *page, const struct pf_audit *audit,
                       struct pf_words usable)
{
	if (audit->counts[PF_FAIL] == 0)
		return;
	fputc('\n', page->out);
	pf_paint(page, PF_INK_ALARM, "OPEN TO AN INTRUDER NOW, what is of most use first");
	fprintf(page->out, "  %zu\n", audit->counts[PF_FAIL]);
	for (size_t rank = 0; rank < usable.count; rank++)
		tell_check(page, audit, usable.at[rank]);
}

static bool same_reason(const struct pf_finding *a, const struct pf_finding *b)
{
	return a->status == b->status && strcmp(a->summary, b->summary) == 0 &&
	       strcmp(a->vantage ? a->vantage : "", b->vantage ? b->vantage : "") == 0;
}

/* A vantage that cannot be reached says the same of every check: each reason once, with all that it
 * leaves in the dark. */
static void tell_unknown(const struct pf_page *page, const struct pf_audit *audit)
{
	if (audit->counts[PF_UNKNOWN] == 0)
		return;
	fputc('\n', page->out);
	pf_paint(page, PF_INK_MAGENTA, "COULD NOT BE OBSERVED");
	fprintf(page->out, "  %zu\n", audit->counts[PF_UNKNOWN]);
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		const char *ids = "", *last = "";
		bool told = finding->status != PF_UNKNOWN;
		for (size_t j = 0; j < i && !told; j++)
			told = same_reason(&audit->findings[j], finding);
		for (size_t j = i; j < audit->finding_count && !told; j++) {
			const char *id = audit->findings[j].check->id;
			if (!same_reason(&audit->findings[j], finding) || strcmp(id, last) == 0)
				continue;
			ids = pf_arena_print(page->arena, "%s%s%s", ids, *ids ? ", " : "", id);
			last = id;
		}
		if (told)
			continue;
		pf_paint_wrapped(page, "  ", PF_INK_PLAIN, finding->summary);
		pf_paint_wrapped(page, "    ", PF_INK_DIM, ids);
	}
}

void pf_incident_tell(struct pf_invocation *invocation, struct pf_history *history,
                      const struct pf_audit *audit, struct pf_words usable)
{
	struct pf_page page = {invocation->arena, stdout, invocation->style.colour,
	                       invocation->style.columns};
	pf_paint(&page, PF_INK_BOLD, "postflight incident");
	printf("  %s  %s, %.1f s\n\n", audit->site->name,
	       pf_when(invocation->arena, audit->started_at), (double)audit->duration_ms / 1e3);
	tell_changes(&page, history, audit, usable);
	tell_fails(&page, audit, usable);
	tell_unknown(&page, audit);
	printf("\n%zu fail, %zu unknown, %zu pass. A host in an intruder's hands can lie about "
	       "itself.\n",
	       audit->counts[PF_FAIL], audit->counts[PF_UNKNOWN], audit->counts[PF_PASS]);
	for (size_t i = 0; i < audit->notice_count; i++)
		pf_paint_wrapped(&page, "  ", PF_INK_DIM, audit->notices[i].text);
}
