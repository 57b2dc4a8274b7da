/* The catalogue: every check with its words, for people and for programs. */
#include "report/catalogue.h"

#include "base/text.h"
#include "evaluate/steps.h"
#include "model/codec.h"
#include "report/paint.h"

#include <string.h>

/* Where a check is seen from, over all its rows, each place once. */
static const char *seen_from(struct pf_arena *arena, struct pf_rows rows, const char *id)
{
	const char *places = "";
	for (size_t i = 0; i < rows.count; i++) {
		const struct pf_check *check = rows.at[i].check;
		if (strcmp(check->id, id) != 0 || !check->seen_from)
			continue;
		if (!*places)
			places = check->seen_from;
		else if (!strstr(places, check->seen_from))
			places = pf_arena_print(arena, "%s, %s", places, check->seen_from);
	}
	return places;
}

/* The block without which nothing of it is seen; NULL: one of its rows needs none. */
static const char *block_of(struct pf_rows rows, const char *id)
{
	const char *block = NULL;
	for (size_t i = 0; i < rows.count; i++) {
		if (strcmp(rows.at[i].check->id, id) != 0)
			continue;
		if (!rows.at[i].check->block)
			return NULL;
		block = rows.at[i].check->block;
	}
	return block;
}

static void write_member(struct pf_arena *arena, FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s\"%s\":%s", strcmp(name, "id") == 0 ? "" : ",", name,
	        value ? pf_json_string(arena, value) : "null");
}

static void write_json(struct pf_arena *arena, FILE *out, struct pf_rows rows,
                       const struct pf_row *row)
{
	const struct pf_check *words = row->words;
	fputc('{', out);
	write_member(arena, out, "id", words->id);
	write_member(arena, out, "area", row->area);
	write_member(arena, out, "severity", pf_severity_name(words->severity));
	write_member(arena, out, "seen_from", seen_from(arena, rows, words->id));
	write_member(arena, out, "block", block_of(rows, words->id));
	write_member(arena, out, "title", words->title);
	write_member(arena, out, "why", words->why);
	write_member(arena, out, "remedy", words->remedy);
	write_member(arena, out, "reference", words->reference);
	fputc('}', out);
}

static int widest_id(struct pf_rows rows)
{
	int widest = 0;
	for (size_t i = 0; i < rows.count; i++) {
		int width = pf_text_width(rows.at[i].check->id);
		widest = width > widest ? width : widest;
	}
	return widest;
}

void pf_checks_list(struct pf_arena *arena, FILE *out, size_t probe_count,
                    const struct pf_probe *const probes[], bool json)
{
	struct pf_rows rows = pf_rows_of(arena, probe_count, probes);
	int width = widest_id(rows);
	const char *between = "[\n";
	for (size_t i = 0; i < rows.count; i++) {
		const struct pf_row *row = &rows.at[i];
		if (!pf_row_is_first(rows, row))
			continue;
		if (json) {
			fputs(between, out);
			write_json(arena, out, rows, row);
			between = ",\n";
			continue;
		}
		fprintf(out, "%-*s  %-8s  %s\n", width, row->words->id,
		        pf_severity_name(row->words->severity),
		        seen_from(arena, rows, row->words->id));
	}
	if (json)
		fprintf(out, "%s\n]\n", rows.count ? "" : "[");
}

static const char *after_dot(const char *id)
{
	const char *dot = strchr(id, '.');
	return dot ? dot + 1 : id;
}

/* The closest id: by its spelling, or by its name in another area. */
static const char *closest(struct pf_arena *arena, struct pf_rows rows, const char *id)
{
	const char **ids = pf_arena_array(arena, rows.count, sizeof *ids);
	for (size_t i = 0; i < rows.count; i++)
		ids[i] = rows.at[i].check->id;
	const char *near = pf_closest(id, rows.count, ids);
	for (size_t i = 0; i < rows.count && !near; i++)
		if (strcmp(after_dot(ids[i]), after_dot(id)) == 0)
			near = ids[i];
	return near;
}

static void suggest(struct pf_arena *arena, struct pf_rows rows, const char *id)
{
	const char *near = closest(arena, rows, id);
	size_t length = strlen(id);
	fprintf(stderr, "postflight: there is no check \"%s\"", pf_escape_text(arena, id, 80));
	if (near)
		fprintf(stderr, "; did you mean %s?", near);
	fputc('\n', stderr);
	bool any = false;
	for (size_t i = 0; i < rows.count; i++) {
		const struct pf_row *row = &rows.at[i];
		if (length == 0 || strncmp(row->check->id, id, length) != 0 ||
		    !pf_row_is_first(rows, row))
			continue;
		if (!any)
			fputs("Checks that begin so:\n", stderr);
		any = true;
		fprintf(stderr, "  %s\n", row->check->id);
	}
	if (!near && !any)
		fputs("`postflight checks` lists them all.\n", stderr);
}

static void explain(const struct pf_page *page, struct pf_rows rows, const struct pf_check *words)
{
	const char *block = block_of(rows, words->id);
	const char *severity = pf_severity_name(words->severity);
	pf_paint(page, PF_INK_BOLD, words->id);
	fputs("  ", page->out);
	pf_paint(page, pf_severity_ink(words->severity), severity);
	fputs("\n\n", page->out);
	if (words->title)
		pf_paint_wrapped(page, "  ", PF_INK_BOLD, words->title);
	pf_paint_wrapped(page, "  seen from: ", PF_INK_PLAIN,
	                 seen_from(page->arena, rows, words->id));
	if (block)
		pf_paint_wrapped(
			page, "  needs:     ", PF_INK_PLAIN,
			pf_arena_print(page->arena, "the `%s` block of the site file", block));
	if (words->why) {
		fputs("\nWhy it matters\n", page->out);
		pf_paint_remedy(page, 2, words->why);
	}
	if (words->remedy) {
		fputs("\nHow to mend it\n", page->out);
		pf_paint_remedy(page, 2, words->remedy);
	}
	if (words->reference) {
		fputs("\nRead more\n", page->out);
		pf_paint_verbatim(page, 2, words->reference);
	}
}

bool pf_check_explain(struct pf_arena *arena, FILE *out, size_t probe_count,
                      const struct pf_probe *const probes[], const char *id,
                      const struct pf_report_style *style)
{
	struct pf_rows rows = pf_rows_of(arena, probe_count, probes);
	const struct pf_row *row = pf_row_named(rows, id);
	if (!row) {
		suggest(arena, rows, id);
		return false;
	}
	struct pf_page page = {arena, out, style->colour,
	                       style->columns < 40 ? 40 : style->columns};
	explain(&page, rows, row->words);
	return true;
}
