/* Markdown for tickets, merge requests and wikis: CommonMark with GitHub's tables. */
#include "report/writers.h"

#include "base/clock.h"

#include <string.h>

/* Escaped is what means something in the middle of a line (CommonMark 0.31, section 2.4), so that
 * nothing foreign becomes a link, an image, HTML, emphasis or a new cell. */
static pf_instead escapes = {
	['\\'] = "\\\\", ['`'] = "\\`", ['*'] = "\\*", ['_'] = "\\_", ['['] = "\\[",
	[']'] = "\\]",   ['<'] = "\\<", ['>'] = "\\>", ['!'] = "\\!", ['|'] = "\\|",
	['~'] = "\\~",   ['&'] = "\\&", ['$'] = "\\$", ['\n'] = " "};

static void text(FILE *out, const char *words)
{
	pf_put_text(out, words, escapes);
}

/* In a block nothing is markup. */
static pf_instead nothing = {0};

/* Indented by four, so that no fence can be closed from within. */
static void block(FILE *out, const char *words)
{
	fputs("\n", out);
	while (*words) {
		size_t length = strcspn(words, "\n");
		fputs("      ", out);
		pf_put_words(out, words, length, nothing);
		fputc('\n', out);
		words += length + (words[length] == '\n');
	}
	fputc('\n', out);
}

static void head(struct pf_arena *arena, const struct pf_audit *audit, FILE *out)
{
	fputs("# postflight: ", out);
	text(out, audit->site->name);
	fputs("\n\n| | |\n|---|---|\n| site | ", out);
	text(out, audit->site->url.text);
	fprintf(out, " |\n| when | %s, %.1f s |\n", pf_timestamp(arena, audit->started_at),
	        (double)audit->duration_ms / 1e3);
	if (audit->score >= 0)
		fprintf(out, "| score | **%d** of 100 |\n", audit->score);
	fprintf(out, "| grade | %s", audit->grade ? audit->grade : "none: ");
	text(out, audit->grade ? "" : audit->no_grade_because);
	for (size_t i = 0; i < audit->grade_capped_by.count; i++) {
		fputs(i ? ", " : ", held there by ", out);
		text(out, audit->grade_capped_by.at[i]);
	}
	fprintf(out, " |\n| coverage | %d %% |\n", pf_percent(audit->coverage));
	fprintf(out,
	        "| findings | %zu fail, %zu unknown, %zu waived, %zu pass, %zu do not apply |\n",
	        audit->counts[PF_FAIL], audit->counts[PF_UNKNOWN], audit->counts[PF_WAIVED],
	        audit->counts[PF_PASS], audit->counts[PF_SKIP]);
}

static void changes(struct pf_arena *arena, const struct pf_changes *since, FILE *out)
{
	if (!since)
		return;
	fprintf(out, "\nSince the audit of %s: %s.\n", pf_timestamp(arena, since->since),
	        pf_change_counts(arena, since));
}

/* "place: summary" */
static void place(struct pf_arena *arena, const struct pf_finding *finding, FILE *out)
{
	struct pf_arena_mark mark = pf_arena_mark(arena);
	fputs("- ", out);
	text(out, pf_where(arena, finding));
	fputs(": ", out);
	text(out, finding->summary);
	text(out, pf_known(finding));
	fputc('\n', out);
	pf_arena_rewind(arena, mark);
}

/* All findings of one check that failed, under its heading; the audit has them one after another.
 */
static size_t failed(struct pf_arena *arena, const struct pf_audit *audit, size_t at, FILE *out)
{
	const struct pf_finding *first = &audit->findings[at];
	const char *command = first->shown ? pf_reproduce(arena, audit->site, first->shown) : NULL;
	fprintf(out, "\n### %s: ", pf_severity_name(first->severity));
	text(out, first->check->id);
	fputs("\n\n", out);
	for (; at < audit->finding_count; at++) {
		const struct pf_finding *finding = &audit->findings[at];
		if (finding->status != PF_FAIL || strcmp(finding->check->id, first->check->id) != 0)
			break;
		place(arena, finding, out);
	}
	if (first->check->why) {
		fputs("\n", out);
		text(out, first->check->why);
		fputs("\n", out);
	}
	if (first->check->remedy) {
		fputs("\n- How to mend it:\n", out);
		block(out, first->check->remedy);
	}
	if (command) {
		fputs("\n- See it yourself:\n", out);
		block(out, command);
	}
	return at;
}

static void table(struct pf_arena *arena, const struct pf_audit *audit, enum pf_status status,
                  const char *title, FILE *out)
{
	if (audit->counts[status] == 0)
		return;
	fprintf(out, "\n## %s\n\n| check | where | what |\n|---|---|---|\n", title);
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		if (finding->status != status)
			continue;
		struct pf_arena_mark mark = pf_arena_mark(arena);
		fputs("| ", out);
		text(out, finding->check->id);
		fputs(" | ", out);
		text(out, pf_where(arena, finding));
		fputs(" | ", out);
		text(out, finding->waiver ? finding->waiver->reason : finding->summary);
		fputs(" |\n", out);
		pf_arena_rewind(arena, mark);
	}
}

void pf_write_markdown(struct pf_arena *arena, const struct pf_audit *audit,
                       const struct pf_report_style *style, FILE *out)
{
	head(arena, audit, out);
	changes(arena, style->past.changes, out);
	if (audit->counts[PF_FAIL])
		fputs("\n## Fails\n", out);
	for (size_t i = 0; i < audit->finding_count;)
		if (audit->findings[i].status == PF_FAIL)
			i = failed(arena, audit, i, out);
		else
			i++;
	table(arena, audit, PF_UNKNOWN, "Could not be observed", out);
	table(arena, audit, PF_WAIVED, "Waived", out);
	for (size_t i = 0; i < audit->notice_count; i++) {
		fputs(i ? "- " : "\n## About this audit\n\n- ", out);
		text(out, audit->notices[i].text);
		fputc('\n', out);
	}
	fputs("\n100 means: the checklist holds from where we looked, no more.\n", out);
}
