/* What changed since the audit before, and nothing at all when nothing did: what cron(8) mails. */
#include "base/clock.h"
#include "report/paint.h"
#include "report/writers.h"

enum { LISTED = 25 };

static void paint_list(const struct pf_page *page, const char *heading, enum pf_ink ink,
                       struct pf_change_list list)
{
	if (list.count == 0)
		return;
	fputc('\n', page->out);
	pf_paint(page, ink, heading);
	fprintf(page->out, "  %zu\n", list.count);
	for (size_t i = 0; i < list.count && i < LISTED; i++) {
		const struct pf_change *change = &list.at[i];
		pf_paint_wrapped(page, "  ", PF_INK_BOLD,
		                 pf_arena_print(page->arena, "%s (%s)", change->check,
		                                pf_severity_name(change->severity)));
		pf_paint_wrapped(page, "    ", PF_INK_PLAIN,
		                 pf_arena_print(page->arena, "%s%s%s: %s", change->subject,
		                                change->vantage ? ", from " : "",
		                                change->vantage ? change->vantage : "",
		                                change->summary));
	}
	if (list.count > LISTED)
		fprintf(page->out, "  and %zu more: postflight diff has all\n",
		        list.count - LISTED);
}

/* A night in which less could be seen than before is a change, too. */
static size_t in_the_dark(const struct pf_audit *audit, const struct pf_past *past)
{
	size_t before =
		past->audit_count ? past->audits[past->audit_count - 1].counts[PF_UNKNOWN] : 0;
	size_t now = audit->counts[PF_UNKNOWN];
	return now > before ? now - before : 0;
}

/* The audit that changes count from is the last of the earlier ones. */
static const char *score_words(struct pf_arena *arena, const struct pf_audit *audit,
                               const struct pf_past *past)
{
	int before = past->audit_count ? past->audits[past->audit_count - 1].score : -1;
	if (audit->score < 0)
		return "no score";
	if (before < 0 || before == audit->score)
		return pf_arena_print(arena, "score %d, grade %s", audit->score,
		                      audit->grade ? audit->grade : "none");
	return pf_arena_print(arena, "score %d (was %d), grade %s", audit->score, before,
	                      audit->grade ? audit->grade : "none");
}

void pf_write_changes(struct pf_arena *arena, const struct pf_audit *audit,
                      const struct pf_report_style *style, FILE *out)
{
	const struct pf_past *past = &style->past;
	const struct pf_changes *changes = past->changes;
	struct pf_page page = {arena, out, style->colour, style->columns};
	if (!changes) { /* the first one, or no history: then all of it is news */
		struct pf_report_style brief = *style;
		brief.quiet = true;
		pf_write_text(arena, audit, &brief, out);
		return;
	}
	size_t dark = in_the_dark(audit, past);
	if (!changes->fresh.count && !changes->mended.count && !changes->unseen.count && !dark)
		return;
	pf_paint_wrapped(&page, "changed  ", PF_INK_BOLD,
	                 pf_arena_print(arena, "%s: %s; %s since the audit of %s",
	                                audit->site->name, score_words(arena, audit, past),
	                                pf_change_counts(arena, changes),
	                                pf_timestamp(arena, changes->since)));
	paint_list(&page, "NEW", PF_INK_RED, changes->fresh);
	paint_list(&page, "MENDED", PF_INK_GREEN, changes->mended);
	paint_list(&page, "FAILED BEFORE, NOT OBSERVED THIS TIME", PF_INK_MAGENTA, changes->unseen);
	if (dark)
		fprintf(out, "\n%zu findings more than before could not be observed.\n", dark);
	fputc('\n', out);
	for (size_t i = 0; i < audit->notice_count; i++)
		pf_paint_wrapped(&page, "note  ", PF_INK_DIM, audit->notices[i].text);
}
