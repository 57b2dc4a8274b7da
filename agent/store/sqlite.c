/* The history in a file of SQLite's: the only file that knows the library.
 *
 * A rollback journal, not a write-ahead log: one run writes at a time and seldom, and readers then
 * need no right to write beside the file. */
#include "store/link.h"

#include "base/text.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

enum { BUSY_MS = 3000, LONGEST_TEXT = 1024 * 1024 };

struct sqlite_link {
	struct pf_link link;
	sqlite3 *database;
	sqlite3_stmt *statement; /* the last one, kept since it often comes again */
	const char *text;        /* of it: the same pointer is the same statement */
};

static bool failed(struct sqlite_link *link)
{
	link->link.problem = pf_escape_text(link->link.arena, sqlite3_errmsg(link->database), 200);
	return false;
}

static bool prepare(struct sqlite_link *link, const char *text)
{
	if (link->text == text && link->statement)
		return sqlite3_reset(link->statement) == SQLITE_OK || failed(link);
	sqlite3_finalize(link->statement);
	link->statement = NULL;
	link->text = text;
	return sqlite3_prepare_v3(link->database, text, -1, 0, &link->statement, NULL) ==
	               SQLITE_OK ||
	       failed(link);
}

static bool bind(struct sqlite_link *link, size_t count, const char *const values[])
{
	for (size_t i = 0; i < count; i++) {
		int code = values[i] ? sqlite3_bind_text(link->statement, (int)i + 1, values[i], -1,
		                                         SQLITE_STATIC)
		                     : sqlite3_bind_null(link->statement, (int)i + 1);
		if (code != SQLITE_OK)
			return failed(link);
	}
	return true;
}

static bool give_row(struct sqlite_link *link, pf_on_row *on_row, void *context)
{
	const char *cells[PF_LINK_VALUES] = {NULL};
	int columns = sqlite3_column_count(link->statement);
	for (int i = 0; i < columns && i < PF_LINK_VALUES; i++)
		cells[i] = (const char *)sqlite3_column_text(link->statement, i);
	return on_row(context, cells);
}

static bool run(struct pf_link *base, const char *text, size_t count, const char *const values[],
                pf_on_row *on_row, void *context)
{
	struct sqlite_link *link = (struct sqlite_link *)base;
	int code;
	if (!prepare(link, text) || !bind(link, count, values))
		return false;
	while ((code = sqlite3_step(link->statement)) == SQLITE_ROW)
		if (on_row && !give_row(link, on_row, context))
			break;
	bool well = code == SQLITE_DONE || code == SQLITE_ROW;
	if (!well)
		failed(link);
	sqlite3_reset(link->statement);
	return well;
}

static bool begin(struct pf_link *link)
{
	return run(link, "BEGIN IMMEDIATE", 0, NULL, NULL, NULL);
}

static bool commit(struct pf_link *link)
{
	return run(link, "COMMIT", 0, NULL, NULL, NULL);
}

static void close_link(struct pf_link *base)
{
	struct sqlite_link *link = (struct sqlite_link *)base;
	sqlite3_finalize(link->statement);
	sqlite3_close(link->database);
}

static const struct pf_link_kind sqlite_kind = {
	.run = run,
	.begin = begin,
	.commit = commit,
	.close = close_link,
	.id_column = "INTEGER PRIMARY KEY",
	.keyed_table = " WITHOUT ROWID",
};

/* The file may come from elsewhere: nothing that its schema says is run, and a page that is not
 * what it should be is an error, not a value. */
static bool make_wary(struct sqlite_link *link)
{
	static const char *const pragmas[] = {"PRAGMA trusted_schema = OFF",
	                                      "PRAGMA cell_size_check = ON",
	                                      "PRAGMA synchronous = FULL"};
	sqlite3_db_config(link->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(link->database, SQLITE_LIMIT_LENGTH, LONGEST_TEXT);
	sqlite3_busy_timeout(link->database, BUSY_MS);
	for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0]; i++)
		if (!run(&link->link, pragmas[i], 0, NULL, NULL, NULL))
			return false;
	return true;
}

struct pf_link *pf_sqlite_open(struct pf_arena *arena, const char *path, bool write,
                               const char **problem)
{
	int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
	struct sqlite_link *link = pf_arena_take(arena, sizeof *link);
	*link = (struct sqlite_link){.link = {.kind = &sqlite_kind, .arena = arena}};
	/* It tells what is wrong with the site: for its owner alone. */
	mode_t before = umask(077);
	int code = sqlite3_open_v2(path, &link->database, flags | SQLITE_OPEN_NOFOLLOW, NULL);
	if (code == SQLITE_OK && make_wary(link)) {
		umask(before);
		return &link->link;
	}
	umask(before);
	*problem = link->database ? pf_escape_text(arena, sqlite3_errmsg(link->database), 200)
	                          : "there is no memory for it";
	close_link(&link->link);
	return NULL;
}
