/* The HTML report: one file to look at, to print and to send on. No script, nothing from elsewhere,
 * and a policy in the page that would stop both. */
#include "report/writers.h"

#include "base/clock.h"
#include "report/html_parts.h"
#include "report/html_style.h"

#include <string.h>

enum { SNIPPET_INDENT = 4 };

static const char *ink_of_severity(enum pf_severity severity)
{
	return severity >= PF_HIGH ? "bad" : severity == PF_MEDIUM ? "warn" : "dim";
}

/* ---- the head of the page ---- */

static void begin_page(const struct pf_audit *audit, FILE *out)
{
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src "
	      "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" "
	      "content=\"no-referrer\">\n<title>postflight: ",
	      out);
	pf_html_text(out, audit->site->name);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", pf_html_style);
}

static void mark(FILE *out, const char *what, const char *ink, const char *value, const char *more)
{
	fprintf(out, "<div class=\"mark\">%s<b class=\"%s\">", what, ink);
	pf_html_text(out, value);
	fputs("</b>", out);
	pf_html_text(out, more);
	fputs("</div>\n", out);
}

static const char *list(struct pf_arena *arena, struct pf_words words)
{
	const char *all = "";
	for (size_t i = 0; i < words.count; i++)
		all = pf_arena_print(arena, "%s%s%s", all, i ? ", " : "", words.at[i]);
	return all;
}

static void head(struct pf_arena *arena, const struct pf_audit *audit, FILE *out)
{
	bool scored = audit->score >= 0;
	pf_html_element(out, "h1", pf_arena_print(arena, "postflight: %s", audit->site->name));
	fputs("\n<p class=\"dim\">", out);
	pf_html_text(out, pf_arena_print(arena, "%s, audited %s in %.1f s", audit->site->url.text,
	                                 pf_timestamp(arena, audit->started_at),
	                                 (double)audit->duration_ms / 1e3));
	fputs("</p>\n<div class=\"marks\">\n", out);
	mark(out, "Score", scored ? pf_html_score_ink(audit->score) : "dim",
	     scored ? pf_arena_print(arena, "%d", audit->score) : "none",
	     scored ? "of 100" : "nothing was observed");
	mark(out, "Grade",
	     scored ? pf_html_score_ink(audit->grade_capped_by.count ? 0 : audit->score) : "dim",
	     audit->grade ? audit->grade : "none",
	     !audit->grade                  ? audit->no_grade_because
	     : audit->grade_capped_by.count ? pf_arena_print(arena, "held there by %s",
	                                                     list(arena, audit->grade_capped_by))
	                                    : "");
	mark(out, "Coverage", audit->coverage >= 0.95 ? "good" : "warn",
	     pf_arena_print(arena, "%d %%", pf_percent(audit->coverage)),
	     "of what applies was observed");
	mark(out, "Failing", audit->counts[PF_FAIL] ? "bad" : "good",
	     pf_arena_print(arena, "%zu", audit->counts[PF_FAIL]),
	     pf_arena_print(arena, "%zu unknown, %zu waived, %zu pass", audit->counts[PF_UNKNOWN],
	                    audit->counts[PF_WAIVED], audit->counts[PF_PASS]));
	fputs("</div>\n", out);
}

static void vantages(struct pf_arena *arena, const struct pf_audit *audit, FILE *out)
{
	fputs("<h2>Seen from</h2>\n<ul>\n", out);
	for (size_t i = 0; i < audit->vantage_count; i++) {
		const struct pf_vantage_evidence *from = &audit->vantages[i];
		pf_html_element(out, "li",
		                pf_arena_print(arena, "%s (%s): %s%s%s", from->vantage->name,
		                               from->vantage->role, from->status,
		                               from->detail ? ", " : "",
		                               from->detail ? from->detail : ""));
		fputc('\n', out);
	}
	fputs("</ul>\n", out);
}

/* ---- findings ---- */

static void where(struct pf_arena *arena, const struct pf_finding *finding, FILE *out)
{
	struct pf_arena_mark mark = pf_arena_mark(arena);
	pf_html_element(out, "li",
	                pf_arena_print(arena, "%s: %s%s", pf_where(arena, finding),
	                               finding->summary, pf_known(finding)));
	fputc('\n', out);
	pf_arena_rewind(arena, mark);
}

static void part(FILE *out, const char *title, const char *element_name, const char *words)
{
	if (!words || !*words)
		return;
	pf_html_element(out, "h3", title);
	pf_html_element(out, element_name, words);
	fputc('\n', out);
}

static bool is_snippet(const char *line)
{
	return *line == ' ' || *line == '\t';
}

/* A remedy: sentences as paragraphs, what is to be typed or copied as it is. */
static void remedy(FILE *out, const char *lines)
{
	if (!lines)
		return;
	pf_html_element(out, "h3", "How to mend it");
	while (*lines) {
		bool snippet = is_snippet(lines);
		fputs(snippet ? "<pre>" : "<p>", out);
		do {
			size_t skipped = snippet ? strspn(lines, " ") : 0, length;
			skipped = skipped > SNIPPET_INDENT ? SNIPPET_INDENT : skipped;
			length = strcspn(lines, "\n");
			pf_html_words(out, lines + skipped, length - skipped);
			fputs(snippet ? "\n" : "", out);
			lines += length + (lines[length] == '\n');
		} while (snippet && *lines && is_snippet(lines));
		fputs(snippet ? "</pre>\n" : "</p>\n", out);
	}
}

static bool is_same(const struct pf_finding *left, const struct pf_finding *right)
{
	return left->status == right->status && strcmp(left->check->id, right->check->id) == 0;
}

static size_t count_same(const struct pf_audit *audit, size_t at)
{
	size_t end = at;
	while (end < audit->finding_count && is_same(&audit->findings[at], &audit->findings[end]))
		end++;
	return end - at;
}

/* All findings of one check with one status, which the audit has one after another. */
static size_t check(struct pf_arena *arena, const struct pf_audit *audit, size_t at, FILE *out)
{
	const struct pf_finding *first = &audit->findings[at];
	bool failed = first->status == PF_FAIL;
	const char *command =
		failed && first->shown ? pf_reproduce(arena, audit->site, first->shown) : NULL;
	fprintf(out, "<details%s>\n<summary><span class=\"tag %s\">%s</span>",
	        failed ? " open" : "", failed ? ink_of_severity(first->severity) : "odd",
	        failed ? pf_severity_name(first->severity) : pf_status_name(first->status));
	pf_html_text(out, first->check->id);
	if (count_same(audit, at) > 1)
		fprintf(out, " <span class=\"many\">%zu</span>", count_same(audit, at));
	fputs("</summary>\n<div>\n<ul>\n", out);
	for (; at < audit->finding_count && is_same(first, &audit->findings[at]); at++)
		where(arena, &audit->findings[at], out);
	fputs("</ul>\n", out);
	if (first->waiver)
		part(out, "Waived", "p",
		     pf_arena_print(arena, "%s (%s, until %s)", first->waiver->reason,
		                    first->waiver->owner, first->waiver->expires_on));
	part(out, "A good site", "p", first->check->title);
	part(out, "Why it matters", "p", failed ? first->check->why : NULL);
	remedy(out, failed ? first->check->remedy : NULL);
	part(out, "See it yourself", "pre", command);
	if (failed && first->check->reference) {
		fputs("<p><a rel=\"noreferrer\" href=\"", out);
		pf_html_text(out, first->check->reference);
		fputs("\">Read more</a></p>\n", out);
	}
	fputs("</div>\n</details>\n", out);
	return at;
}

static void findings(struct pf_arena *arena, const struct pf_audit *audit, enum pf_status status,
                     const char *title, FILE *out)
{
	if (audit->counts[status] == 0)
		return;
	pf_html_element(out, "h2", title);
	fputc('\n', out);
	for (size_t i = 0; i < audit->finding_count;)
		if (audit->findings[i].status == status)
			i = check(arena, audit, i, out);
		else
			i++;
}

/* Folded away: each check once, with what it says of a good site. */
static void passes(const struct pf_audit *audit, FILE *out)
{
	const char *last = NULL;
	if (audit->counts[PF_PASS] == 0)
		return;
	fprintf(out, "<h2>Passes</h2>\n<details>\n<summary>%zu findings</summary>\n<div>\n<ul>\n",
	        audit->counts[PF_PASS]);
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		if (finding->status != PF_PASS || (last && strcmp(last, finding->check->id) == 0))
			continue;
		last = finding->check->id;
		fputs("<li>", out);
		pf_html_element(out, "b", last);
		fputs(": ", out);
		pf_html_text(out, finding->check->title);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n</div>\n</details>\n", out);
}

static void notices(const struct pf_audit *audit, FILE *out)
{
	if (audit->notice_count == 0)
		return;
	fputs("<h2>About this audit</h2>\n<ul>\n", out);
	for (size_t i = 0; i < audit->notice_count; i++) {
		pf_html_element(out, "li", audit->notices[i].text);
		fputc('\n', out);
	}
	fputs("</ul>\n", out);
}

void pf_write_html(struct pf_arena *arena, const struct pf_audit *audit,
                   const struct pf_report_style *style, FILE *out)
{
	begin_page(audit, out);
	head(arena, audit, out);
	pf_html_past(arena, audit, &style->past, out);
	findings(arena, audit, PF_FAIL, "Fails", out);
	findings(arena, audit, PF_UNKNOWN, "Could not be observed", out);
	findings(arena, audit, PF_WAIVED, "Waived", out);
	pf_html_matrix(audit, out);
	pf_html_areas(audit, out);
	passes(audit, out);
	vantages(arena, audit, out);
	notices(audit, out);
	fputs("<p class=\"dim\">100 means: the checklist holds from where we looked, no more. "
	      "postflight " PF_VERSION "</p>\n</main>\n</body>\n</html>\n",
	      out);
}
