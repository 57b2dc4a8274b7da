/* The table of report writers, and what several of them say. */
#include "report/writers.h"

#include "base/text.h"

#include <string.h>

const struct pf_writer pf_writers[] = {
	{"text", "for people, in a terminal or a mail", pf_write_text},
	{"json", "everything, postflight.report/1", pf_write_json},
	{"jsonl", "the same as JSON Lines: the audit, then a finding a line", pf_write_jsonl},
	{"html", "one page to look at, to print and to send on", pf_write_html},
	{"sarif", "for code scanning, SARIF 2.1.0", pf_write_sarif},
	{"junit", "XML for continuous integration", pf_write_junit},
	{"prometheus", "for node_exporter's textfile collector", pf_write_prometheus},
	{"nagios", "one line, and the exit code of a plugin", pf_write_nagios},
	{"csv", "for spreadsheets", pf_write_csv},
	{"markdown", "for tickets and merge requests", pf_write_markdown},
	{"changes", "what changed since the audit before; nothing when nothing did",
         pf_write_changes},
	{NULL, NULL, NULL},
};

const char *pf_writer_list(struct pf_arena *arena)
{
	const char *list = "";
	for (const struct pf_writer *writer = pf_writers; writer->format; writer++)
		list = pf_arena_print(arena, "%s%s%s", list, *list ? ", " : "", writer->format);
	return list;
}

const struct pf_writer *pf_writer_named(const char *format)
{
	for (const struct pf_writer *writer = pf_writers; writer->format; writer++)
		if (strcmp(writer->format, format) == 0)
			return writer;
	return NULL;
}

int pf_percent(double ratio)
{
	return (int)(ratio * 100 + 1e-9);
}

const char *pf_where(struct pf_arena *arena, const struct pf_finding *finding)
{
	return pf_arena_print(arena, "%s%s%s", finding->subject, finding->vantage ? ", from " : "",
	                      finding->vantage ? finding->vantage : "");
}

const char *pf_known(const struct pf_finding *finding)
{
	return finding->known ? " (known)" : "";
}

const char *pf_change_counts(struct pf_arena *arena, const struct pf_changes *changes)
{
	const char *unseen =
		changes->unseen.count
			? pf_arena_print(arena, ", %zu not seen this time", changes->unseen.count)
			: "";
	return pf_arena_print(arena, "%zu new, %zu mended, %zu still open%s", changes->fresh.count,
	                      changes->mended.count, changes->open.count, unseen);
}

/* How many bytes from `at` on stand for themselves. */
static size_t plain_run(const char *at, size_t left, const pf_instead instead)
{
	size_t count = 0;
	for (; count < left; count++) {
		unsigned char byte = (unsigned char)at[count];
		if (byte >= 0x7f || instead[byte] || (byte < 0x20 && byte != '\n' && byte != '\t'))
			break;
	}
	return count;
}

void pf_put_words(FILE *out, const char *words, size_t count, const pf_instead instead)
{
	for (const char *end = words + count; words < end;) {
		size_t plain = plain_run(words, (size_t)(end - words), instead), length;
		fwrite(words, 1, plain, out);
		words += plain;
		if (words == end)
			return;
		unsigned char byte = (unsigned char)*words;
		if (byte < 0x80 && instead[byte]) {
			fputs(instead[byte], out);
			words++;
		} else if ((length = pf_visible_length(words, (size_t)(end - words))) > 0) {
			fwrite(words, 1, length, out);
			words += length;
		} else {
			fputs("\xef\xbf\xbd", out);
			words++;
		}
	}
}

void pf_put_text(FILE *out, const char *words, const pf_instead instead)
{
	if (words)
		pf_put_words(out, words, strlen(words), instead);
}
