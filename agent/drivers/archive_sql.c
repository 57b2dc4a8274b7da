/* SQL as pg_dump, pg_dumpall, mysqldump and sqlite3 write it: tables, rows, databases, and the last
 * line, which says that the program came to its end. */
#include "drivers/archive_reading.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LINE_KEPT = 512 };

struct script {
	struct pf_reading *reading;
	char line[LINE_KEPT]; /* the beginning of the line that is passing by */
	size_t length;        /* of it, as far as it is kept */
	bool copying;         /* rows of COPY ... FROM stdin, up to \. */
};

static bool begins(const char *line, size_t length, const char *head)
{
	size_t count = strlen(head);
	return length >= count && memcmp(line, head, count) == 0;
}

/* The identifier at `at`, without quotes and without the schema before it. */
static size_t identifier(const char *at, size_t length, const char **name)
{
	size_t end = 0, from = 0;
	char quote = '\0';
	for (; end < length; end++) {
		char c = at[end];
		if (quote ? c == quote : c == '"' || c == '`')
			quote = quote ? '\0' : c;
		else if (!quote && strchr(" (;\t\r", c))
			break;
		else if (!quote && c == '.')
			from = end + 1;
	}
	if (end - from >= 2 && (at[from] == '"' || at[from] == '`')) {
		from++;
		end--;
	}
	*name = at + from;
	return end - from;
}

static void note_table(struct script *script, size_t skip)
{
	const char *name, *at = script->line + skip;
	size_t left = script->length - skip;
	if (begins(at, left, "IF NOT EXISTS ")) {
		at += 14;
		left -= 14;
	}
	size_t length = identifier(at, left, &name);
	if (!length)
		return;
	pf_reading_table(script->reading, name, length);
	pf_reading_look(script->reading, name, length);
}

static void note_database(struct script *script, size_t skip)
{
	const char *name;
	size_t length = identifier(script->line + skip, script->length - skip, &name);
	if (length && !begins(name, length, "-"))
		pf_reading_database(script->reading, name, length);
}

/* "2026-11-25 04:00:01", the clock of the machine that dumped, taken for ours. */
static int64_t moment(const char *text)
{
	struct tm tm = {.tm_isdst = -1};
	if (sscanf(text, "%4d-%2d-%2d %2d:%2d:%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
	           &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	time_t seconds = mktime(&tm);
	return seconds > 0 ? seconds : 0;
}

static void note_comment(struct script *script)
{
	struct pf_facts_archive *facts = &script->reading->facts;
	char text[LINE_KEPT + 1];
	memcpy(text, script->line, script->length);
	text[script->length] = '\0';
	const char *database = strstr(text, "    Database: ");
	if (begins(text, script->length, "-- Host: ") && database && database[14])
		pf_reading_database(script->reading, database + 14, strcspn(database + 14, " \r"));
	if (begins(text, script->length, "-- Dump completed")) {
		facts->trailer = true;
		if (begins(text, script->length, "-- Dump completed on "))
			facts->dumped_at = moment(text + 21);
	}
	if (begins(text, script->length, "-- Started on "))
		facts->dumped_at = moment(text + 14);
	const char *last = strcmp(facts->form, "pg_dumpall") == 0
	                           ? "-- PostgreSQL database cluster dump complete"
	                           : "-- PostgreSQL database dump complete";
	if (strcmp(text, last) == 0)
		facts->trailer = true;
}

static void copy_begins(struct script *script)
{
	static const char tail[] = "FROM stdin;";
	size_t count = sizeof tail - 1;
	script->copying = script->length >= count &&
	                  memcmp(script->line + script->length - count, tail, count) == 0;
	/* A list of columns that did not fit ends with it all the same. */
	script->copying |= script->length == LINE_KEPT;
}

static void end_of_line(struct script *script)
{
	const char *line = script->line;
	size_t length = script->length;
	if (script->copying) {
		script->copying = !(length == 2 && memcmp(line, "\\.", 2) == 0);
		script->reading->facts.rows += script->copying;
	} else if (begins(line, length, "-- ")) {
		note_comment(script);
	} else if (begins(line, length, "COPY ")) {
		copy_begins(script);
	} else if (begins(line, length, "CREATE TABLE ")) {
		note_table(script, 13);
	} else if (begins(line, length, "CREATE DATABASE ")) {
		if (!strchr("/", line[16]))
			note_database(script, 16);
	} else if (begins(line, length, "\\connect ")) {
		note_database(script, 9);
	} else if (begins(line, length, "USE ")) {
		note_database(script, 4);
	} else if (begins(line, length, "COMMIT;") &&
	           strcmp(script->reading->facts.form, "sqlite3 .dump") == 0) {
		script->reading->facts.trailer = true;
	}
	script->length = 0;
}

static void keep(struct script *script, const unsigned char *at, size_t count)
{
	size_t room = LINE_KEPT - script->length;
	if (count > room)
		count = room;
	memcpy(script->line + script->length, at, count);
	script->length += count;
}

void pf_sql_read(struct pf_reading *reading, struct pf_flow *stream)
{
	struct script script = {.reading = reading};
	while (pf_flow_more(stream)) {
		const unsigned char *newline = memchr(stream->at, '\n', stream->left);
		size_t part = newline ? (size_t)(newline - stream->at) : stream->left;
		keep(&script, stream->at, part);
		if (newline)
			end_of_line(&script);
		part += newline != NULL;
		stream->at += part;
		stream->left -= part;
	}
	if (script.length)
		end_of_line(&script);
}
