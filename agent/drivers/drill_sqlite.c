/* A copy of an SQLite database, checked where it lies: read only, by the sqlite3 program, as the
 * account that it belongs to. */
#include "drivers/drill_run.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT = 256 * 1024, SHOWN = 200 };

static const char LOOK[] =
	"PRAGMA trusted_schema=OFF;\n"
	"SELECT 'check ' || integrity_check FROM pragma_integrity_check(1);\n"
	"SELECT 'tables ' || count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
	" 'sqlite~_%' ESCAPE '~';\n";

/* Statements that count, written by the first look: "rows N". */
static const char COUNTS[] =
	"PRAGMA trusted_schema=OFF;\n"
	"SELECT 'SELECT ''migrations '' || count(*) FROM django_migrations;' FROM sqlite_schema"
	" WHERE type = 'table' AND name = 'django_migrations';\n"
	"SELECT 'SELECT ''newest '' || CAST(strftime(''%s'', applied) AS INTEGER) || '' '' || app "
	"||"
	" ''.'' || name FROM django_migrations ORDER BY applied DESC, id DESC LIMIT 1;'"
	" FROM sqlite_schema WHERE type = 'table' AND name = 'django_migrations';\n"
	"SELECT 'SELECT ''rows '' || count(*) FROM (SELECT 1 FROM \"' || replace(name, '\"', "
	"'\"\"')"
	" || '\" LIMIT 1000000);' FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE"
	" 'sqlite~_%' ESCAPE '~' AND instr(name, char(10)) = 0 LIMIT 1000;\n";

static const char *find_tool(void)
{
	static const char *const places[] = {"/usr/bin/sqlite3", "/usr/local/bin/sqlite3"};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

/* As a URI, so that nothing is made beside it: https://sqlite.org/uri.html */
static const char *uri_of(struct pf_arena *arena, const char *path)
{
	char *out = pf_arena_take(arena, 3 * strlen(path) + 40), *to = out;
	to = stpcpy(to, "file:");
	for (; *path; path++) {
		if (strchr("?#%", *path) || (unsigned char)*path <= ' ')
			to += sprintf(to, "%%%02X", (unsigned char)*path);
		else
			*to++ = *path;
	}
	stpcpy(to, "?mode=ro&immutable=1");
	return out;
}

/* What it prints, NULL: it did not work, and the run says why. */
static char *ask(struct pf_drill_run *run, const char *tool, const char *sql)
{
	struct stat seen;
	const char *argv[] = {
		tool,    "-batch",    "-bail",     "-readonly", "-safe",
		"-init", "/dev/null", "-noheader", "-list",     uri_of(run->arena, run->path),
		NULL};
	char *environment[] = {(char *)"PATH=/usr/bin:/bin", (char *)"LANG=C.UTF-8", NULL};
	int input = pf_drill_statements(sql);
	if (input < 0 || lstat(run->path, &seen) != 0) {
		run->hurdle = pf_error_words(errno);
		return NULL;
	}
	const struct pf_command command = {
		.argv = (char *const *)argv,
		.environment = environment,
		.directory = "/",
		.change_user = geteuid() == 0 && seen.st_uid != 0,
		.uid = seen.st_uid,
		.gid = seen.st_gid,
		.input = input,
		.limit = OUTPUT,
		.deadline_us = run->deadline_us,
	};
	struct pf_command_result result = pf_command_run(run->arena, &command);
	close(input);
	if (result.hurdle != PF_STARTED || result.late) {
		run->hurdle = "sqlite3 did not look at it to its end";
		return NULL;
	}
	if (!WIFEXITED(result.status) || WEXITSTATUS(result.status) != 0) {
		run->entry.error = pf_escape(run->arena, result.errors.bytes,
		                             strcspn(result.errors.bytes, "\n"), SHOWN);
		return NULL;
	}
	return pf_arena_copy_bytes(run->arena, result.output.bytes, result.output.count);
}

static bool begins(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

static void take_line(struct pf_drill_run *run, const char *line)
{
	struct pf_drill_entry *entry = &run->entry;
	const char *value = strchr(line, ' ');
	char *end;
	if (!value++)
		return;
	if (begins(line, "tables "))
		entry->tables = strtoll(value, NULL, 10);
	else if (begins(line, "rows "))
		entry->rows += strtoll(value, NULL, 10);
	else if (begins(line, "migrations "))
		entry->migrations = strtoll(value, NULL, 10);
	else if (begins(line, "newest ")) {
		entry->migrated_at = strtoll(value, &end, 10);
		entry->migration = pf_escape_text(run->arena, end + (*end == ' '), SHOWN);
	} else if (begins(line, "check ") && strcmp(value, "ok") != 0) {
		entry->error = pf_escape_text(run->arena, value, SHOWN);
	}
}

static void take_lines(struct pf_drill_run *run, char *text)
{
	for (char *line; text && (line = strsep(&text, "\n"));)
		take_line(run, line);
}

void pf_drill_sqlite(struct pf_drill_run *run)
{
	const char *tool = find_tool();
	if (!tool) {
		run->hurdle = "the sqlite3 program is not installed here";
		return;
	}
	run->entry.migrations = -1;
	char *seen = ask(run, tool, LOOK);
	take_lines(run, seen);
	char *counts = seen && !run->entry.error ? ask(run, tool, COUNTS) : NULL;
	char *counted = counts ? ask(run, tool, counts) : NULL;
	take_lines(run, counted);
	run->entry.restored = counted && !run->entry.error;
}
