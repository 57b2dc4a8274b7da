/* A dump of MySQL or MariaDB, restored into a database that is thrown away.
 *
 * Grants there can be for databases by the pattern of their names, so the account of a drill has
 * all rights over postflight\_drill\_% and none over anything else; one that has more is not used.
 * The client runs in its binary mode, in which it takes no commands of its own from a script: none
 * that would start a program.
 */
#include "drivers/drill_run.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/site_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 20, TIMES = 3, MIB = 1024 * 1024 };

struct drill {
	struct pf_drill_run *run;
	struct pf_drill_server server; /* host, port and user as for PostgreSQL */
	const char *socket;
	const char *client; /* "mariadb" or "mysql" */
	const char *name;
	const char *data; /* the server's data directory */
	int64_t until_us;
};

static bool stop(struct drill *drill, const char *hurdle)
{
	drill->run->hurdle = hurdle;
	return false;
}

#define SAY(drill, ...) pf_arena_print((drill)->server.arena, __VA_ARGS__)

/* ---- the server ---- */

static bool take_url(struct drill *drill, const char *into, const char **problem)
{
	static const char parameter[] = "?socket=";
	struct pf_arena *arena = drill->server.arena;
	struct pf_url url;
	if (!pf_url_parse(arena, into, &url, problem))
		return false;
	const char *query = strchr(url.path, '?');
	*problem = "restore_into names no user";
	if (!url.user || !*url.user)
		return false;
	*problem = query ? pf_arena_print(arena, "restore_into has a parameter %.*s",
	                                  (int)strcspn(query + 1, "="), query + 1)
	                 : NULL;
	if (query && strncmp(query, parameter, strlen(parameter)) != 0)
		return false;
	if (query)
		drill->socket = pf_drill_decoded(arena, query + strlen(parameter),
		                                 strlen(query + strlen(parameter)));
	if (query && !drill->socket)
		return false;
	drill->server.user = pf_drill_decoded(arena, url.user, strlen(url.user));
	drill->server.host = *url.host ? url.host : NULL;
	drill->server.port = pf_arena_print(arena, "%lld", (long long)url.port);
	return drill->server.user != NULL;
}

static bool find_client(struct drill *drill, const char **problem)
{
	static const char *const names[] = {"mariadb", "mysql"};
	drill->server.tools = "/usr/bin";
	for (size_t i = 0; !drill->client && i < 2; i++)
		if (access(SAY(drill, "/usr/bin/%s", names[i]), X_OK) == 0)
			drill->client = names[i];
	*problem = "the mariadb or mysql client is not installed here";
	return drill->client != NULL;
}

static bool find_server(struct drill *drill, struct pf_arena *arena, const char *into,
                        const char **problem)
{
	drill->server = (struct pf_drill_server){.arena = arena, .more = ""};
	return take_url(drill, into, problem) && find_client(drill, problem) &&
	       pf_drill_choose_account(&drill->server, NULL, problem);
}

/* ---- asking ---- */

/* As its name is the option "name=value", so that no value is taken for an option. */
static const char *option(struct drill *drill, const char *name, const char *value)
{
	return SAY(drill, "--%s=%s", name, value);
}

static struct pf_command_result run_client(struct drill *drill, const char *database, int input)
{
	const char *argv[WORDS] = {drill->client,
	                           "--no-defaults",
	                           "--batch",
	                           "--raw",
	                           "--silent",
	                           "--binary-mode",
	                           "--local-infile=0",
	                           "--skip-column-names",
	                           "--skip-reconnect",
	                           "--connect-timeout=5",
	                           "--default-character-set=utf8mb4"};
	size_t count = 11;
	argv[count++] = option(drill, "user", drill->server.user);
	if (drill->socket)
		argv[count++] = option(drill, "socket", drill->socket);
	if (drill->server.host) {
		argv[count++] = option(drill, "host", drill->server.host);
		argv[count++] = option(drill, "port", drill->server.port);
	}
	if (database)
		argv[count++] = option(drill, "database", database);
	return pf_drill_tool(&drill->server, argv, NULL, input, drill->until_us);
}

static bool went_well(const struct pf_command_result *result)
{
	return result->hurdle == PF_STARTED && !result->late && WIFEXITED(result->status) &&
	       WEXITSTATUS(result->status) == 0;
}

/* What it prints; NULL: *said says why it failed. */
static char *ask(struct drill *drill, const char *database, const char *sql, const char **said)
{
	int input = pf_drill_statements(sql);
	struct pf_command_result result = {.hurdle = PF_NO_PROCESS};
	if (input >= 0) {
		result = run_client(drill, database, input);
		close(input);
	}
	*said = went_well(&result) ? NULL : pf_drill_complaint(drill->server.arena, &result);
	return *said ? NULL
	             : pf_arena_copy_bytes(drill->server.arena, result.output.bytes,
	                                   result.output.count);
}

#define GRANTEE                                                                                    \
	"CONCAT('''', SUBSTRING_INDEX(CURRENT_USER(), '@', 1), '''@''',"                           \
	" SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')"

/* Rights over everything, over other databases, and by roles: all must be none. */
static const char RIGHTS[] =
	"SELECT (SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = " GRANTEE
	" AND PRIVILEGE_TYPE <> 'USAGE') + (SELECT COUNT(*) FROM"
	" information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = " GRANTEE
	" AND REPLACE(TABLE_SCHEMA, CHAR(92), '') <> 'postflight_drill_%')"
	" + (SELECT COUNT(*) FROM information_schema.TABLE_PRIVILEGES WHERE GRANTEE = " GRANTEE ")"
	" + (SELECT COUNT(*) FROM information_schema.APPLICABLE_ROLES);\n"
	"SELECT @@datadir;\n";

static bool look_at_rights(struct drill *drill)
{
	const char *said;
	char *rest = ask(drill, NULL, RIGHTS, &said);
	if (!rest)
		return stop(drill,
		            SAY(drill, "the server of restore_into does not let us in: %s", said));
	const char *more = strsep(&rest, "\n");
	drill->data = drill->server.host || !rest ? NULL : strsep(&rest, "\n");
	return strcmp(more, "0") == 0 ||
	       stop(drill, SAY(drill,
	                       "the account %s has rights over more than throw-away databases, and "
	                       "restoring runs what is in the dump: GRANT ALL ON "
	                       "`postflight\\_drill\\_%%`.* to an account that has nothing else",
	                       pf_escape_text(drill->server.arena, drill->server.user, 64)));
}

/* ---- restoring ---- */

static bool is_ours(const char *error)
{
	static const char *const words[] = {"Access denied",
	                                    "command denied",
	                                    "denied to user",
	                                    "server has gone away",
	                                    "Can't connect",
	                                    "Lost connection",
	                                    "No space left",
	                                    "is full",
	                                    "Unknown storage engine",
	                                    "Unknown collation",
	                                    "the program cannot be started",
	                                    "it did not end in time"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(error, words[i]))
			return true;
	return false;
}

static bool restore(struct drill *drill)
{
	struct pf_drill_run *run = drill->run;
	pid_t child;
	int dump = open(run->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int pipe = dump < 0 ? -1 : pf_drill_unpack(run, dump, PF_FOR_MYSQL, &child);
	if (dump >= 0)
		close(dump);
	if (pipe < 0)
		return stop(drill, pf_error_words(errno));
	struct pf_command_result result = run_client(drill, drill->name, pipe);
	close(pipe);
	enum pf_unpacked how = pf_drill_unpacked(child);
	const char *said = went_well(&result) ? NULL : pf_drill_complaint(run->arena, &result);
	if (how == PF_UNPACK_ELSEWHERE)
		return stop(drill, "it is of several databases, and a drill takes the dump of one");
	if (said && strstr(said, "Unknown command"))
		said = "it holds commands for the client (a line with a backslash), which can run "
		       "programs: it was not restored";
	if (said && is_ours(said))
		return stop(drill, SAY(drill, "it could not be restored here: %s", said));
	run->entry.error = said                      ? said
	                   : how == PF_UNPACK_BROKEN ? "it cannot be unpacked to its end"
	                                             : NULL;
	return !run->entry.error;
}

/* Statements that count, written by the server, which knows how names are quoted. */
static const char TABLES[] =
	"SELECT CONCAT('SELECT ''tables'', ', COUNT(*), ';') FROM information_schema.TABLES WHERE"
	" TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE';\n"
	"SELECT 'SELECT ''migrations'', COUNT(*) FROM django_migrations;' FROM"
	" information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME ="
	" 'django_migrations';\n"
	"SELECT 'SET time_zone = ''+00:00''; SELECT ''newest'', UNIX_TIMESTAMP(applied) DIV 1,"
	" CONCAT(app, ''.'', name) FROM django_migrations ORDER BY applied DESC, id DESC LIMIT 1;'"
	" FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME ="
	" 'django_migrations';\n"
	"SELECT CONCAT('SELECT ''rows'', COUNT(*) FROM (SELECT 1 FROM `', REPLACE(TABLE_NAME, '`',"
	" '``'), '` LIMIT 1000000) AS t;') FROM information_schema.TABLES WHERE TABLE_SCHEMA ="
	" DATABASE() AND TABLE_TYPE = 'BASE TABLE' LIMIT 1000;\n";

static void take_count(struct drill *drill, char *line)
{
	struct pf_drill_entry *entry = &drill->run->entry;
	const char *word = strsep(&line, "\t"), *number = line ? strsep(&line, "\t") : "";
	int64_t value = strtoll(number, NULL, 10);
	if (strcmp(word, "tables") == 0) {
		entry->tables = value;
	} else if (strcmp(word, "rows") == 0) {
		entry->rows += value;
	} else if (strcmp(word, "migrations") == 0) {
		entry->migrations = value;
	} else if (strcmp(word, "newest") == 0 && line) {
		entry->migrated_at = value;
		entry->migration = pf_escape_text(drill->run->arena, line, 200);
	}
}

static bool count(struct drill *drill)
{
	const char *said;
	const char *statements = ask(drill, drill->name, TABLES, &said);
	char *rest = statements ? ask(drill, drill->name, statements, &said) : NULL;
	drill->run->entry.migrations = -1;
	if (!rest && is_ours(said))
		return stop(drill, SAY(drill, "it could not be counted: %s", said));
	if (!rest)
		drill->run->entry.error = SAY(drill, "what was restored cannot be read: %s", said);
	for (char *line; rest && (line = strsep(&rest, "\n"));)
		take_count(drill, line);
	return !drill->run->entry.error;
}

/* ---- all of it ---- */

static bool drop(struct drill *drill, const char **problem)
{
	*problem = "that is no name of a throw-away database";
	if (!pf_drill_is_name(drill->name))
		return false;
	ask(drill, NULL, SAY(drill, "DROP DATABASE IF EXISTS `%s`;\n", drill->name), problem);
	return !*problem;
}

bool pf_drill_mysql_drop(struct pf_arena *arena, const char *into, const char *name,
                         int64_t deadline_us, const char **problem)
{
	struct drill drill = {.name = name, .until_us = deadline_us};
	return find_server(&drill, arena, into, problem) && drop(&drill, problem);
}

static bool prepare(struct drill *drill)
{
	struct pf_drill_run *run = drill->run;
	const char *problem;
	int64_t bytes = run->entry.size > run->ask->bytes ? run->entry.size : run->ask->bytes;
	drill->until_us = run->deadline_us - PF_DROP_US;
	if (!find_server(drill, run->arena, run->ask->into, &problem))
		return stop(drill, problem);
	if (run->deadline_us - pf_now_us() < PF_DRILL_LEAST_US)
		return stop(drill, "too little time was left in this run (a later --deadline gives "
		                   "more)");
	if (!look_at_rights(drill))
		return false;
	return pf_drill_has_room(run->arena, drill->data, TIMES * bytes + 32 * (int64_t)MIB,
	                         &problem) ||
	       stop(drill, problem);
}

static bool make(struct drill *drill)
{
	const char *said;
	ask(drill, NULL, SAY(drill, "CREATE DATABASE `%s`;\n", drill->name), &said);
	return !said || stop(drill, SAY(drill, "no throw-away database could be made: %s", said));
}

void pf_drill_mysql(struct pf_drill_run *run)
{
	struct drill drill = {.run = run};
	const char *problem;
	if (!prepare(&drill))
		return;
	drill.name =
		pf_arena_print(run->arena, "postflight_drill_%s", pf_random_hex(run->arena, 16));
	int journal = pf_drill_note(run, drill.name, false);
	if (journal < 0) {
		stop(&drill,
		     SAY(&drill, "the journal in %s: %s", run->state, pf_error_words(errno)));
		return;
	}
	run->entry.restored = make(&drill) && restore(&drill) && count(&drill);
	drill.until_us = run->deadline_us;
	if (drop(&drill, &problem))
		pf_drill_forget(run->arena, run->state, drill.name);
	else
		run->left = drill.name;
	close(journal);
}
