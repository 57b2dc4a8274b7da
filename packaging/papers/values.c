/* What the arguments that the tables name stand for: files, folders, or words of a fixed list. */
#include "papers.h"

#include "evaluate/steps.h"
#include "report/report.h"
#include "run/registry.h"

#include <ctype.h>
#include <string.h>

/* Names of arguments that can be anything, and of which there is no list. */
static const char *const anything[] = {"NAME", "N", "TIME", "URL", "KEY"};

struct list {
	const char **at;
	size_t count, room;
};

static void add(struct pf_arena *arena, struct list *list, const char *word)
{
	list->at = pf_arena_grow(arena, list->at, list->count, &list->room, sizeof *list->at);
	list->at[list->count++] = word;
}

static void add_areas(struct pf_arena *arena, struct list *list)
{
	struct pf_rows rows = pf_rows_of(arena, pf_probe_count, pf_probes);
	for (size_t i = 0; i < rows.count; i++)
		if (!pf_words_have((struct pf_words){list->at, list->count}, rows.at[i].area))
			add(arena, list, rows.at[i].area);
}

static void add_ids(struct pf_arena *arena, struct list *list)
{
	struct pf_rows rows = pf_rows_of(arena, pf_probe_count, pf_probes);
	for (size_t i = 0; i < rows.count; i++)
		if (pf_row_is_first(rows, &rows.at[i]))
			add(arena, list, rows.at[i].words->id);
}

static void add_formats(struct pf_arena *arena, struct list *list)
{
	for (const struct pf_writer *writer = pf_writers; writer->format; writer++)
		add(arena, list, writer->format);
}

static void add_severities(struct pf_arena *arena, struct list *list)
{
	for (int severity = PF_CRITICAL; severity >= PF_LOW; severity--)
		add(arena, list, pf_severity_name((enum pf_severity)severity));
	add(arena, list, "never");
}

static bool is(const char *word, size_t length, const char *name)
{
	return strlen(name) == length && strncmp(word, name, length) == 0;
}

static bool is_anything(const char *word, size_t length)
{
	for (size_t i = 0; i < sizeof anything / sizeof *anything; i++)
		if (is(word, length, anything[i]))
			return true;
	return false;
}

/* One of the words between `|`. Small letters stand for themselves. */
static void take(struct pf_arena *arena, struct pf_paper_values *values, struct list *list,
                 const char *word, size_t length)
{
	if (is(word, length, "FILE"))
		values->files = true;
	else if (is(word, length, "DIR"))
		values->folders = true;
	else if (is(word, length, "SITE.yaml"))
		values->sites = true;
	else if (is(word, length, "AREA"))
		add_areas(arena, list);
	else if (is(word, length, "ID"))
		add_ids(arena, list);
	else if (is(word, length, "FORMAT"))
		add_formats(arena, list);
	else if (is(word, length, "SEVERITY"))
		add_severities(arena, list);
	else if (is(word, length, "WHEN"))
		for (const char *const *at = (const char *const[]){"auto", "always", "never", NULL};
		     *at; at++)
			add(arena, list, *at);
	else if (islower((unsigned char)*word))
		add(arena, list, pf_arena_copy_bytes(arena, word, length));
	else if (!is_anything(word, length))
		values->known = false;
}

/* The words of `names` that one of `between` parts. */
static struct pf_paper_values values_of(struct pf_arena *arena, const char *names,
                                        const char *between)
{
	struct pf_paper_values values = {.known = true};
	struct list list = {0};
	for (names += strspn(names, between); *names; names += strspn(names, between)) {
		size_t length = strcspn(names, between);
		bool many = length > 3 && strncmp(names + length - 3, "...", 3) == 0;
		take(arena, &values, &list, names, length - (many ? 3 : 0));
		names += length;
	}
	values.words = (struct pf_words){list.at, list.count};
	return values;
}

struct pf_paper_values pf_paper_values_of(struct pf_arena *arena, const char *argument)
{
	return values_of(arena, argument, "|");
}

struct pf_paper_values pf_paper_arguments_of(struct pf_arena *arena, const char *arguments)
{
	const char *own = strstr(arguments, " --"); /* an option, which has its own row */
	return values_of(arena,
	                 own ? pf_arena_copy_bytes(arena, arguments, (size_t)(own - arguments))
	                     : arguments,
	                 " |[]");
}

const char *pf_paper_joined(struct pf_arena *arena, struct pf_words words)
{
	const char *all = "";
	for (size_t i = 0; i < words.count; i++)
		all = pf_arena_print(arena, "%s%s%s", all, i ? " " : "", words.at[i]);
	return all;
}
