/* A dump put into a throw-away database by the tool that it is for, and what is in it then. */
#include "drivers/drill_postgres.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- restoring ---- */

/* Is it our arrangement that is at fault, and not the copy? */
static bool is_ours(const char *error)
{
	static const char *const words[] = {
		"permission denied",      "Permission denied",
		"must be superuser",      "must be owner of",
		"must be member of role", "must be able to SET ROLE",
		"No space left",          "out of memory",
		"unsupported version",    "unrecognized configuration parameter",
		"extension control file", "is not available",
		"connection to server",   "server closed the connection",
		"terminating connection", "the program cannot be started",
		"it did not end in time",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(error, words[i]))
			return true;
	return strstr(error, "role \"") && strstr(error, "does not exist");
}

static bool take_result(struct pf_drill *drill, const struct pf_command_result *result)
{
	if (result->hurdle == PF_STARTED && !result->late && WIFEXITED(result->status) &&
	    WEXITSTATUS(result->status) == 0)
		return true;
	const char *said = pf_drill_complaint(drill->run->arena, result);
	if (is_ours(said))
		return pf_drill_stop(
			drill, PF_DRILL_SAY(drill, "it could not be restored here: %s", said));
	return pf_drill_fail(drill, said);
}

static bool run_pg_restore(struct pf_drill *drill, int input, const char *directory)
{
	const char *argv[] = {"pg_restore",
	                      "--no-password",
	                      "--exit-on-error",
	                      "--no-owner",
	                      "--no-acl",
	                      "--no-comments",
	                      "--no-publications",
	                      "--no-subscriptions",
	                      "--no-security-labels",
	                      "--no-tablespaces",
	                      "-d",
	                      pf_drill_conninfo(&drill->server, &drill->login),
	                      directory,
	                      NULL};
	struct pf_command_result result =
		pf_drill_tool(&drill->server, argv, drill->login.password, input, drill->until_us);
	return take_result(drill, &result);
}

static bool run_psql(struct pf_drill *drill, int input)
{
	const char *argv[] = {"psql", "-X",
	                      "-w",   "-q",
	                      "-A",   "-t",
	                      "-o",   "/dev/null",
	                      "-v",   "ON_ERROR_STOP=1",
	                      "-v",   "VERBOSITY=verbose",
	                      "-d",   pf_drill_conninfo(&drill->server, &drill->login),
	                      "-f",   "-",
	                      NULL};
	struct pf_command_result result =
		pf_drill_tool(&drill->server, argv, drill->login.password, input, drill->until_us);
	return take_result(drill, &result);
}

bool pf_drill_is_script(const struct pf_drill_run *run)
{
	return strcmp(run->ask->form, "pg_dump plain") == 0;
}

static bool restore_stream(struct pf_drill *drill, int dump)
{
	struct pf_drill_run *run = drill->run;
	bool script = pf_drill_is_script(run);
	pid_t child;
	int pipe = pf_drill_unpack(run, dump, script ? PF_FOR_PSQL : PF_FOR_PG_RESTORE, &child);
	if (pipe < 0)
		return pf_drill_stop(drill, pf_error_words(errno));
	bool done = script ? run_psql(drill, pipe) : run_pg_restore(drill, pipe, NULL);
	close(pipe);
	enum pf_unpacked how = pf_drill_unpacked(child);
	const char *error = run->entry.error;
	if (how == PF_UNPACK_ELSEWHERE) {
		run->entry.error = NULL;
		return pf_drill_stop(
			drill, "it makes or goes to a database that it names, so it cannot be "
			       "tried in another (made by pg_dump --create?)");
	}
	if (error && strstr(error, "backslash commands are restricted"))
		return pf_drill_fail(
			drill, "it holds commands for psql (a line with a backslash), which can "
			       "run programs: it was not restored");
	if (done && how == PF_UNPACK_BROKEN)
		return pf_drill_fail(drill, "it cannot be unpacked to its end");
	return done;
}

static bool restore(struct pf_drill *drill)
{
	struct pf_drill_run *run = drill->run;
	const char *form = run->ask->form;
	if (strcmp(form, "pg_dump directory") == 0) {
		int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
		bool done = run_pg_restore(drill, nothing, run->path);
		close(nothing);
		return done;
	}
	int dump = open(run->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (dump < 0)
		return pf_drill_stop(drill, pf_error_words(errno));
	bool done = pf_drill_is_script(run) || run->ask->packing
	                    ? restore_stream(drill, dump)
	                    : run_pg_restore(drill, dump, NULL);
	close(dump);
	return done;
}

/* ---- counting ---- */

/* What may be long comes last: should it be cut, nothing else is lost. */
static const char COUNT[] =
	"SET search_path TO pg_catalog;\n"
	"SELECT 'tables', count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema'"
	" AND n.nspname !~ '^pg_';\n"
	"SELECT 'made', datname FROM pg_database d WHERE NOT d.datistemplate"
	" AND d.datname !~ '^postflight_drill_[0-9a-f]{16}$'"
	" AND pg_has_role(current_user, d.datdba, 'MEMBER') LIMIT 1;\n"
	"SELECT format('SELECT ''migrations'', count(*) FROM %I.%I', n.nspname, c.relname)"
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relname = 'django_migrations' AND c.relkind IN ('r', 'p')"
	" ORDER BY n.nspname <> 'public', n.nspname LIMIT 1 \\gexec\n"
	"SELECT format('SELECT ''newest'', floor(extract(epoch FROM applied))::bigint, app, name"
	" FROM %I.%I ORDER BY applied DESC, id DESC LIMIT 1', n.nspname, c.relname)"
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relname = 'django_migrations' AND c.relkind IN ('r', 'p')"
	" ORDER BY n.nspname <> 'public', n.nspname LIMIT 1 \\gexec\n"
	"SELECT format('SELECT ''rows'', count(*) FROM (SELECT FROM ONLY %I.%I LIMIT 1000000) t',"
	" n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
	" ORDER BY c.oid LIMIT 10000 \\gexec\n";

static void take_count(struct pf_drill *drill, char *fields[PF_DRILL_FIELDS])
{
	struct pf_drill_entry *entry = &drill->run->entry;
	int64_t number = strtoll(fields[1], NULL, 10);
	if (strcmp(fields[0], "tables") == 0)
		entry->tables = number;
	else if (strcmp(fields[0], "rows") == 0)
		entry->rows += number;
	else if (strcmp(fields[0], "migrations") == 0)
		entry->migrations = number;
	else if (strcmp(fields[0], "made") == 0)
		pf_drill_fail(drill,
		              PF_DRILL_SAY(drill,
		                           "restoring it made the database %s, which is left there",
		                           pf_escape_text(drill->run->arena, fields[1], 64)));
	else if (strcmp(fields[0], "newest") == 0) {
		entry->migrated_at = number;
		entry->migration = pf_escape_text(
			drill->run->arena, PF_DRILL_SAY(drill, "%s.%s", fields[2], fields[3]), 200);
	}
}

static bool count(struct pf_drill *drill)
{
	const char *said;
	struct pf_command_result result =
		pf_drill_psql(&drill->server, &drill->login, COUNT, drill->until_us, &said);
	if (said)
		return is_ours(said)
		               ? pf_drill_stop(
					 drill,
					 PF_DRILL_SAY(drill, "it could not be counted: %s", said))

		               : pf_drill_fail(drill,
		                               PF_DRILL_SAY(drill,
		                                            "what was restored cannot be read: %s",
		                                            said));
	char *rest =
		pf_arena_copy_bytes(drill->run->arena, result.output.bytes, result.output.count);
	drill->run->entry.migrations = -1;
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *fields[PF_DRILL_FIELDS];
		pf_drill_split(line, fields);
		take_count(drill, fields);
	}
	return !drill->run->entry.error;
}

/* Dumps of a schema by its name make it, and every new database has one that is called public. */
static bool restore_without_public(struct pf_drill *drill)
{
	const char *error = drill->run->entry.error, *said;
	if (!error || !strstr(error, "schema \"public\" already exists"))
		return false;
	drill->run->entry.error = NULL;
	pf_drill_psql(&drill->server, &drill->login, "DROP SCHEMA public;\n", drill->until_us,
	              &said);
	return said ? pf_drill_stop(
			      drill,
			      PF_DRILL_SAY(drill, "its schema public is in the way: %s", said))
	            : restore(drill);
}

bool pf_drill_restore(struct pf_drill *drill)
{
	return (restore(drill) || restore_without_public(drill)) && count(drill);
}
