/* The past in the HTML report: the trend of the score as a drawing and as a table, and what has
 * changed since the audit before. */
#include "report/html_parts.h"

#include "base/clock.h"
#include "report/writers.h"

/* The drawing's own units; the page scales it. */
enum { SHOWN = 60, WIDTH = 640, HEIGHT = 130, EDGE = 10, LEFT = 34, LISTED = 50 };

/* The audits that are drawn, this one last. */
struct trend {
	const struct pf_earlier *at;
	size_t count;
};

static struct trend trend_of(struct pf_arena *arena, const struct pf_audit *audit,
                             const struct pf_past *past)
{
	size_t first = past->audit_count > SHOWN - 1 ? past->audit_count - (SHOWN - 1) : 0;
	size_t count = past->audit_count - first;
	struct pf_earlier *all = pf_arena_array(arena, count + 1, sizeof *all);
	for (size_t i = 0; i < count; i++)
		all[i] = past->audits[first + i];
	all[count] = (struct pf_earlier){.started_at = audit->started_at,
	                                 .score = audit->score,
	                                 .grade = audit->grade,
	                                 .coverage = audit->coverage};
	for (size_t i = 0; i < PF_COUNT(audit->counts); i++)
		all[count].counts[i] = audit->counts[i];
	return (struct trend){all, count + 1};
}

static double across(const struct trend *trend, size_t at)
{
	return LEFT + (double)at * (WIDTH - LEFT - EDGE) / (double)(trend->count - 1);
}

static double down(int score)
{
	return EDGE + (100 - score) * (HEIGHT - 2 * EDGE) / 100.0;
}

/* An audit that observed nothing leaves a gap. */
static void draw_line(const struct trend *trend, FILE *out)
{
	bool drawing = false;
	fputs("<path class=\"line\" d=\"", out);
	for (size_t i = 0; i < trend->count; i++) {
		int score = trend->at[i].score;
		if (score >= 0)
			fprintf(out, "%c%.1f %.1f", drawing ? 'L' : 'M', across(trend, i),
			        down(score));
		drawing = score >= 0;
	}
	fputs("\"/>\n", out);
}

static void draw(struct pf_arena *arena, const struct trend *trend, FILE *out)
{
	const struct pf_earlier *first = trend->at, *last = &trend->at[trend->count - 1];
	fprintf(out, "<svg class=\"trend\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH,
	        HEIGHT);
	pf_html_text(out, pf_arena_print(arena, "Score of the last %zu audits, from %s to %s",
	                                 trend->count, pf_timestamp(arena, first->started_at),
	                                 pf_timestamp(arena, last->started_at)));
	fputs("\">\n", out);
	for (int score = 0; score <= 100; score += 50)
		fprintf(out,
		        "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" "
		        "y=\"%.1f\">%d</text>\n",
		        LEFT, down(score), WIDTH - EDGE, LEFT - 6, down(score) + 4, score);
	draw_line(trend, out);
	for (size_t i = 0; i < trend->count; i++) {
		if (trend->at[i].score < 0)
			continue;
		fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"><title>",
		        pf_html_score_ink(trend->at[i].score), across(trend, i),
		        down(trend->at[i].score));
		pf_html_text(out, pf_arena_print(arena, "%s: %d",
		                                 pf_timestamp(arena, trend->at[i].started_at),
		                                 trend->at[i].score));
		fputs("</title></circle>\n", out);
	}
	fputs("</svg>\n", out);
}

/* The same for who cannot see it, the latest first. */
static void tell(struct pf_arena *arena, const struct trend *trend, FILE *out)
{
	fputs("<details>\n<summary>The figures</summary>\n", out);
	pf_html_begin_table(out, "Earlier audits", "figures");
	fputs("<tr><th scope=\"col\">audit of</th><th scope=\"col\">score</th>"
	      "<th scope=\"col\">grade</th><th scope=\"col\">coverage</th>"
	      "<th scope=\"col\">fails</th><th scope=\"col\">unknown</th></tr>\n",
	      out);

	for (size_t i = trend->count; i-- > 0;) {
		const struct pf_earlier *one = &trend->at[i];
		fputs("<tr>", out);
		pf_html_element(out, "th scope=\"row\"", pf_timestamp(arena, one->started_at));
		pf_html_element(out, "td",
		                one->score < 0 ? "none" : pf_arena_print(arena, "%d", one->score));
		pf_html_element(out, "td", one->grade ? one->grade : "none");
		fprintf(out, "<td>%d %%</td><td>%zu</td><td>%zu</td></tr>\n",
		        pf_percent(one->coverage), one->counts[PF_FAIL], one->counts[PF_UNKNOWN]);
	}
	pf_html_end_table(out);
	fputs("</details>\n", out);
}

static void list(struct pf_arena *arena, const char *title, struct pf_change_list changes,
                 FILE *out)
{
	if (changes.count == 0)
		return;
	pf_html_element(out, "h3", title);
	fputs("\n<ul>\n", out);
	for (size_t i = 0; i < changes.count && i < LISTED; i++) {
		const struct pf_change *change = &changes.at[i];
		fputs("<li>", out);
		pf_html_element(out, "b", change->check);
		pf_html_text(out, pf_arena_print(arena, " (%s), %s%s%s: %s",
		                                 pf_severity_name(change->severity),
		                                 change->subject, change->vantage ? ", from " : "",
		                                 change->vantage ? change->vantage : "",
		                                 change->summary));
		fputs("</li>\n", out);
	}
	if (changes.count > LISTED)
		fprintf(out, "<li>and %zu more</li>\n", changes.count - LISTED);
	fputs("</ul>\n", out);
}

void pf_html_past(struct pf_arena *arena, const struct pf_audit *audit, const struct pf_past *past,
                  FILE *out)
{
	if (past->changes) {
		pf_html_element(out, "h2",
		                pf_arena_print(arena, "Since the audit of %s",
		                               pf_timestamp(arena, past->changes->since)));
		pf_html_element(out, "p", pf_change_counts(arena, past->changes));
		fputc('\n', out);
		list(arena, "New", past->changes->fresh, out);
		list(arena, "Mended", past->changes->mended, out);
		list(arena, "Failed before, not observed this time", past->changes->unseen, out);
	}
	if (past->audit_count == 0)
		return;
	struct trend trend = trend_of(arena, audit, past);
	fputs("<h2>Trend of the score</h2>\n", out);
	draw(arena, &trend, out);
	pf_html_element(out, "p class=\"dim\"",
	                pf_arena_print(arena, "%zu audits, from %s to %s", trend.count,
	                               pf_timestamp(arena, trend.at->started_at),
	                               pf_timestamp(arena, audit->started_at)));
	fputc('\n', out);
	tell(arena, &trend, out);
}
