/* The text report: for people, worst first, at the width of their terminal. */
#include "report/writers.h"

#include "base/clock.h"
#include "report/paint.h"
#include "report/text_findings.h"
#include "report/text_matrix.h"

#include <string.h>

static void paint_spread(const struct pf_page *page, const char *left, const char *right)
{
	int gap = page->columns - pf_text_width(left) - pf_text_width(right);
	pf_paint(page, PF_INK_BOLD, left);
	pf_paint_fill(page, gap < 2 ? 2 : gap, ' ');
	pf_paint(page, PF_INK_DIM, right);
	fputc('\n', page->out);
}

static void paint_vantages(const struct pf_page *page, const struct pf_audit *audit)
{
	int widest = 0;
	for (size_t i = 0; i < audit->vantage_count; i++) {
		int width = pf_text_width(audit->vantages[i].vantage->name);
		widest = width > widest ? width : widest;
	}
	for (size_t i = 0; i < audit->vantage_count; i++) {
		const struct pf_vantage_evidence *from = &audit->vantages[i];
		bool complete = strcmp(from->status, "complete") == 0;
		const char *lead = pf_arena_print(page->arena, "%s%-*s  ",
		                                  i == 0 ? "seen from  " : "           ", widest,
		                                  from->vantage->name);
		const char *text = pf_arena_print(
			page->arena, "role %s, %s%s%s", from->vantage->role, from->status,
			from->detail ? ": " : "", from->detail ? from->detail : "");
		pf_paint_wrapped(page, lead, complete ? PF_INK_PLAIN : PF_INK_MAGENTA, text);
	}
}

static void paint_head(const struct pf_page *page, const struct pf_audit *audit)
{
	const struct pf_site *site = audit->site;
	const char *took = pf_arena_print(
		page->arena, "%s, %lld.%lld s", pf_timestamp(page->arena, audit->started_at),
		(long long)audit->duration_ms / 1000, (long long)audit->duration_ms % 1000 / 100);
	paint_spread(page, "postflight " PF_VERSION, took);
	fputc('\n', page->out);
	pf_paint_wrapped(page, "site       ", PF_INK_BOLD,
	                 pf_arena_print(page->arena, "%s  %s", site->name, site->url.text));
	paint_vantages(page, audit);
}

static enum pf_ink score_ink(int score)
{
	return score >= 90 ? PF_INK_GREEN : score >= 70 ? PF_INK_YELLOW : PF_INK_RED;
}

static const char *joined(struct pf_arena *arena, struct pf_words words)
{
	const char *text = "";
	for (size_t i = 0; i < words.count; i++)
		text = pf_arena_print(arena, "%s%s%s", text, i ? ", " : "", words.at[i]);
	return text;
}

/* What stands between the score and a better grade. */
static void paint_grade_reason(const struct pf_page *page, const struct pf_audit *audit)
{
	const char *text = NULL;
	if (!audit->grade)
		text = pf_arena_print(page->arena, "No grade: %s.", audit->no_grade_because);
	else if (audit->grade_capped_by.count)
		text = pf_arena_print(page->arena, "Held at %s by %s.", audit->grade,
		                      joined(page->arena, audit->grade_capped_by));
	else if (audit->score >= 97 && strcmp(audit->grade, "A") == 0)
		text = "An A+ wants a coverage of 95 %.";
	if (text)
		pf_paint_wrapped(page, "  ", PF_INK_PLAIN, text);
}

static void paint_score(const struct pf_page *page, const struct pf_audit *audit)
{
	const char *score =
		audit->score < 0 ? "-" : pf_arena_print(page->arena, "%d", audit->score);
	const char *grade = audit->grade ? audit->grade : "none";
	enum pf_ink ink =
		audit->grade ? score_ink(*audit->grade == 'F' ? 0 : audit->score) : PF_INK_MAGENTA;
	fputc('\n', page->out);
	pf_paint_fill(page, page->columns, '=');
	fputs("\n  SCORE ", page->out);
	pf_paint(page, ink, score);
	fputs(" of 100      GRADE ", page->out);
	pf_paint(page, ink, grade);
	fputs("      COVERAGE ", page->out);
	pf_paint(page, PF_INK_BOLD,
	         pf_arena_print(page->arena, "%d %%", pf_percent(audit->coverage)));
	fputs("\n  ", page->out);
	pf_paint_bar(page, ink, page->columns > 24 ? page->columns - 4 : 20, audit->score);
	fputc('\n', page->out);
	paint_grade_reason(page, audit);
	pf_paint_fill(page, page->columns, '=');
	fputc('\n', page->out);
}

static void paint_areas(const struct pf_page *page, const struct pf_audit *audit)
{
	int widest = 0;
	for (size_t i = 0; i < audit->area_count; i++) {
		int width = pf_text_width(audit->areas[i].area);
		widest = width > widest ? width : widest;
	}
	if (audit->area_count == 0)
		return;
	pf_text_heading(page, PF_INK_BOLD, "AREAS", "score of what was seen, coverage");
	for (size_t i = 0; i < audit->area_count; i++) {
		const struct pf_area *area = &audit->areas[i];
		bool seen = area->score >= 0;
		fprintf(page->out, "  %-*s  ", widest, area->area);
		pf_paint_bar(page, score_ink(area->score), 24, area->score);
		pf_paint(page, seen ? score_ink(area->score) : PF_INK_DIM,
		         seen ? pf_arena_print(page->arena, "  %3d", area->score) : "    -");
		fprintf(page->out, "  %3d %%\n", pf_percent(area->coverage));
	}
}

static void paint_notices(const struct pf_page *page, const struct pf_audit *audit)
{
	if (audit->notice_count == 0)
		return;
	pf_text_heading(page, PF_INK_YELLOW, "NOTICES", NULL);
	for (size_t i = 0; i < audit->notice_count; i++)
		pf_paint_wrapped(page, "  ", PF_INK_PLAIN, audit->notices[i].text);
}

static void paint_counts(const struct pf_page *page, const struct pf_audit *audit)
{
	static const enum pf_status order[] = {PF_FAIL, PF_UNKNOWN, PF_WAIVED, PF_PASS, PF_SKIP};
	static const char *const words[] = {
		[PF_PASS] = "pass", [PF_SKIP] = "do not apply", [PF_UNKNOWN] = "unknown",
		[PF_FAIL] = "fail", [PF_WAIVED] = "waived",
	};
	const char *text = "";
	for (size_t i = 0; i < PF_COUNT(order); i++)
		text = pf_arena_print(page->arena, "%s%s%zu %s", text, i ? ", " : "",
		                      audit->counts[order[i]], words[order[i]]);
	fputc('\n', page->out);
	pf_paint_wrapped(page, "findings   ", PF_INK_PLAIN, text);
}

static void paint_unlock(const struct pf_page *page, const struct pf_audit *audit)
{
	const char *text = "";
	for (size_t i = 0; i < audit->unlock_count; i++)
		text = pf_arena_print(page->arena, "%s%s`%s` (%s)", text, i ? ", " : "",
		                      audit->unlock[i].block,
		                      pf_plural(page->arena, audit->unlock[i].checks, "check"));
	if (audit->unlock_count == 0)
		return;
	pf_paint_wrapped(page, "unlock     ", PF_INK_PLAIN,
	                 pf_arena_print(page->arena,
	                                audit->site->file
	                                        ? "more would be seen with these blocks in the "
	                                          "site file: %s"
	                                        : "more would be seen with a site file "
	                                          "(postflight init writes one) with: %s",
	                                text));
}

static void paint_exchange(const struct pf_page *page, const struct pf_audit *audit,
                           const struct pf_exchange *exchange)
{
	const struct pf_answer *answer = exchange->answer;
	enum pf_outcome outcome = answer ? answer->outcome : PF_not_recorded;
	const char *command = pf_reproduce(page->arena, audit->site, exchange);
	const char *detail = answer && answer->detail ? answer->detail : NULL;
	pf_paint_wrapped(page, "    ", PF_INK_PLAIN,
	                 pf_arena_print(page->arena, "%s/%s %s: %s in %lld.%lld ms%s%s",
	                                exchange->probe, exchange->tag, exchange->subject,
	                                pf_outcome_name(outcome),
	                                answer ? (long long)answer->took_us / 1000 : 0LL,
	                                answer ? (long long)answer->took_us % 1000 / 100 : 0LL,
	                                detail ? ": " : "", detail ? detail : ""));
	if (command)
		pf_paint_verbatim(page, 8, command);
}

static void paint_exchanges(const struct pf_page *page, const struct pf_audit *audit)
{
	for (size_t v = 0; v < audit->vantage_count; v++) {
		const struct pf_vantage_evidence *from = &audit->vantages[v];
		pf_text_heading(page, PF_INK_BOLD,
		                pf_arena_print(page->arena, "ASKED FROM %s", from->vantage->name),
		                pf_plural(page->arena, from->count, "question"));
		for (size_t i = 0; i < from->count; i++) {
			struct pf_arena_mark mark = pf_arena_mark(page->arena);
			paint_exchange(page, audit, from->exchanges[i]);
			pf_arena_rewind(page->arena, mark);
		}
	}
}

/* The first few of them; `postflight diff` has all. */
static void paint_change_list(const struct pf_page *page, const char *lead, enum pf_ink ink,
                              struct pf_change_list list)
{
	enum { LISTED = 8 };
	for (size_t i = 0; i < list.count && i < LISTED; i++) {
		const struct pf_change *change = &list.at[i];
		pf_paint_wrapped(page, lead, ink,
		                 pf_arena_print(page->arena, "%s, %s%s%s", change->check,
		                                change->subject, change->vantage ? ", from " : "",
		                                change->vantage ? change->vantage : ""));
	}
	if (list.count > LISTED)
		pf_paint_wrapped(page, "             ", PF_INK_DIM,
		                 pf_arena_print(page->arena, "and %zu more", list.count - LISTED));
}

static void paint_changes(const struct pf_page *page, const struct pf_changes *changes)
{
	if (!changes)
		return;
	pf_paint_wrapped(page, "since      ", PF_INK_BOLD,
	                 pf_arena_print(page->arena, "the audit of %s: %s",
	                                pf_timestamp(page->arena, changes->since),
	                                pf_change_counts(page->arena, changes)));
	paint_change_list(page, "  new        ", PF_INK_RED, changes->fresh);
	paint_change_list(page, "  mended     ", PF_INK_GREEN, changes->mended);
	paint_change_list(page, "  not seen   ", PF_INK_MAGENTA, changes->unseen);
}

enum { NARROWEST = 60 };

void pf_write_text(struct pf_arena *arena, const struct pf_audit *audit,
                   const struct pf_report_style *style, FILE *out)
{
	int columns = style->columns < NARROWEST ? NARROWEST : style->columns;
	struct pf_page page = {arena, out, style->colour, columns};
	paint_head(&page, audit);
	paint_score(&page, audit);
	pf_text_fails(&page, audit, style);
	if (!style->quiet) {
		pf_text_unknowns(&page, audit);
		pf_text_waived(&page, audit);
		paint_notices(&page, audit);
		if (style->verbose > 0)
			pf_text_listed(&page, audit, PF_PASS, "HOLDS", PF_INK_GREEN);
		if (style->verbose > 1)
			pf_text_listed(&page, audit, PF_SKIP, "DOES NOT APPLY", PF_INK_DIM);
		if (style->verbose > 1)
			paint_exchanges(&page, audit);
		pf_text_matrix(&page, audit);
		paint_areas(&page, audit);
	}
	paint_counts(&page, audit);
	paint_changes(&page, style->past.changes);
	if (!style->quiet)
		paint_unlock(&page, audit);
	pf_paint_wrapped(&page, "", PF_INK_DIM,
	                 "100 means: the checklist holds from where we looked, no more.");
}
