/* A dump of PostgreSQL, restored into a database that is thrown away.
 *
 * Restoring runs what the dump's author wrote, so it is done with as few rights as can be: by a
 * role that is no superuser, makes no roles, reaches no files and owns no other database. Where the
 * role of restore_into has more rights, a throw-away role is made that owns the throw-away
 * database.
 */
#include "drivers/drill_run.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	DROP_US = 4 * 1000 * 1000,  /* kept for dropping, whatever happens before */
	LEAST_US = 8 * 1000 * 1000, /* with less than this it is not begun */
	MIB = 1024 * 1024,
	TIMES = 3, /* data, its indexes, and WAL of both */
	FIELDS = 8,
};

struct drill {
	struct pf_drill_run *run;
	struct pf_drill_server server;
	struct pf_drill_login login; /* of the throw-away database */
	const char *name;
	bool with_role; /* a throw-away one owns it */
	int64_t until_us;
};

static bool stop(struct drill *drill, const char *hurdle)
{
	drill->run->hurdle = hurdle;
	return false;
}

static bool fail(struct drill *drill, const char *error)
{
	drill->run->entry.error = error;
	return false;
}

#define SAY(drill, ...) pf_arena_print((drill)->run->arena, __VA_ARGS__)

/* ---- rights ---- */

static const char WHO_AM_I[] =
	"SET search_path TO pg_catalog;\n"
	"SELECT rolsuper OR rolcreaterole, rolsuper, rolcreatedb,"
	" NOT rolsuper AND coalesce((SELECT bool_or(pg_has_role(current_user, g.oid, 'MEMBER'))"
	" FROM pg_roles g WHERE g.rolname IN ('pg_execute_server_program', 'pg_read_server_files',"
	" 'pg_write_server_files')), false),"
	" NOT rolsuper AND EXISTS (SELECT 1 FROM pg_database d WHERE NOT d.datistemplate"
	" AND d.datname !~ '^postflight_drill_[0-9a-f]{16}$'"
	" AND pg_has_role(current_user, d.datdba, 'MEMBER')), current_user"
	" FROM pg_roles WHERE rolname = current_user;\n";

/* The fields of a line, parted by \x1f; fewer are empty. */
static void split(char *line, char *fields[FIELDS])
{
	for (size_t i = 0; i < FIELDS; i++)
		fields[i] = line ? strsep(&line, "\x1f") : (char *)"";
}

static bool is_true(const char *field)
{
	return strcmp(field, "t") == 0;
}

/* Who are we there, and is it somebody who may, and nobody who may too much? */
static bool look_at_rights(struct drill *drill)
{
	const struct pf_drill_login admin = {0};
	const char *said;
	char *fields[FIELDS];
	struct pf_command_result result =
		pf_drill_psql(&drill->server, &admin, WHO_AM_I, drill->until_us, &said);
	if (said)
		return stop(drill,
		            SAY(drill, "the server of restore_into does not let us in: %s", said));
	char *text =
		pf_arena_copy_bytes(drill->run->arena, result.output.bytes, result.output.count);
	split(strsep(&text, "\n"), fields);
	const char *role = pf_escape_text(drill->run->arena, fields[5], 64);
	drill->with_role = is_true(fields[0]);
	if (!drill->with_role && is_true(fields[3]))
		return stop(drill, SAY(drill,
		                       "the role %s may run programs or reach files on the "
		                       "server, and restoring runs what is in the dump: let "
		                       "restore_into name a role with CREATEDB alone",
		                       role));
	if (!drill->with_role && is_true(fields[4]))
		return stop(drill, SAY(drill,
		                       "the role %s owns a database, which a dump could then "
		                       "drop: let restore_into name a role with CREATEDB "
		                       "alone",
		                       role));
	if (!is_true(fields[1]) && !is_true(fields[2]))
		return stop(drill, SAY(drill,
		                       "the role %s may not make databases: ALTER ROLE %s "
		                       "CREATEDB",
		                       role, role));
	return true;
}

/* ---- making it ---- */

static const char *creation(struct drill *drill)
{
	const char *name = drill->name, *role = "", *owner = "";
	if (drill->with_role) {
		drill->login.password = pf_random_hex(drill->run->arena, 32);
		role = SAY(drill,
		           "CREATE ROLE \"%s\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
		           " NOREPLICATION PASSWORD '%s' VALID UNTIL '%s';\n"
		           "GRANT \"%s\" TO CURRENT_USER;\n",
		           name, drill->login.password,
		           pf_timestamp(drill->run->arena, pf_wall_seconds() + 24 * 3600), name);
		owner = SAY(drill, " OWNER \"%s\"", name);
		drill->login.user = name;
	}
	drill->login.database = name;
	return SAY(drill,
	           "%sCREATE DATABASE \"%s\"%s TEMPLATE template0;\n"
	           "REVOKE CONNECT ON DATABASE \"%s\" FROM PUBLIC;\n",
	           role, name, owner, name);
}

static bool is_local(const struct pf_drill_server *server)
{
	return !server->host || *server->host == '/';
}

/* A role without an account gets in by its password: over the socket where it is asked for one,
 * else over loopback. */
static bool find_way_in(struct drill *drill)
{
	static const char *const hosts[] = {NULL, "127.0.0.1", "::1"};
	size_t count = drill->with_role && is_local(&drill->server) ? 3 : 1;
	const char *said = NULL, *first = NULL;
	for (size_t i = 0; i < count; i++) {
		drill->login.host = hosts[i];
		pf_drill_psql(&drill->server, &drill->login, "SELECT 1;\n", drill->until_us, &said);
		if (!said)
			return true;
		first = first ? first : said;
	}
	return stop(drill,
	            drill->with_role
	                    ? SAY(drill,
	                          "restore_into is a superuser's, and the role of few rights "
	                          "that was made for the drill does not get in (%s): name a "
	                          "role with CREATEDB alone",
	                          first)
	                    : SAY(drill, "the throw-away database does not let us in: %s", first));
}

static bool make(struct drill *drill)
{
	const struct pf_drill_login admin = {0};
	const char *said;
	pf_drill_psql(&drill->server, &admin, creation(drill), drill->until_us, &said);
	if (said)
		return stop(drill, SAY(drill, "no throw-away database could be made: %s", said));
	return find_way_in(drill);
}

/* ---- restoring ---- */

/* Is it our arrangement that is at fault, and not the copy? */
static bool is_ours(const char *error)
{
	static const char *const words[] = {
		"permission denied",
		"must be superuser",
		"must be owner of",
		"must be member of role",
		"must be able to SET ROLE",
		"No space left",
		"out of memory",
		"unsupported version",
		"unrecognized configuration parameter",
		"extension control file",
		"is not available",
		"connection to server",
		"server closed the connection",
		"terminating connection",
		"the program cannot be started",
		"it did not end in time",
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(error, words[i]))
			return true;
	return false;
}

static bool take_result(struct drill *drill, const struct pf_command_result *result)
{
	if (result->hurdle == PF_STARTED && !result->late && WIFEXITED(result->status) &&
	    WEXITSTATUS(result->status) == 0)
		return true;
	const char *said = pf_drill_complaint(drill->run->arena, result);
	return is_ours(said) ? stop(drill, SAY(drill, "it could not be restored here: %s", said))
	                     : fail(drill, said);
}

static bool run_pg_restore(struct drill *drill, int input, const char *directory)
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

static bool run_psql(struct drill *drill, int input)
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

static bool is_script(const struct pf_drill_run *run)
{
	return strcmp(run->ask->form, "pg_dump plain") == 0;
}

static bool restore_stream(struct drill *drill, int dump)
{
	struct pf_drill_run *run = drill->run;
	bool script = is_script(run);
	pid_t child;
	int pipe = pf_drill_unpack(run, dump, script, &child);
	if (pipe < 0)
		return stop(drill, pf_error_words(errno));
	bool done = script ? run_psql(drill, pipe) : run_pg_restore(drill, pipe, NULL);
	close(pipe);
	enum pf_unpacked how = pf_drill_unpacked(child);
	const char *error = run->entry.error;
	if (how == PF_UNPACK_ELSEWHERE) {
		run->entry.error = NULL;
		return stop(drill, "it makes or goes to a database that it names, so it cannot be "
		                   "tried in another (made by pg_dump --create?)");
	}
	if (error && strstr(error, "backslash commands are restricted"))
		return fail(drill,
		            "it holds commands for psql (a line with a backslash), which can "
		            "run programs: it was not restored");
	if (done && how == PF_UNPACK_BROKEN)
		return fail(drill, "it cannot be unpacked to its end");
	return done;
}

static bool restore(struct drill *drill)
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
		return stop(drill, pf_error_words(errno));
	bool done = is_script(run) || run->ask->packing ? restore_stream(drill, dump)
	                                                : run_pg_restore(drill, dump, NULL);
	close(dump);
	return done;
}

/* ---- counting ---- */

static const char COUNT[] =
	"SET search_path TO pg_catalog;\n"
	"SELECT 'tables', count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema'"
	" AND n.nspname !~ '^pg_';\n"
	"SELECT 'made', datname FROM pg_database d WHERE NOT d.datistemplate"
	" AND d.datname !~ '^postflight_drill_[0-9a-f]{16}$'"
	" AND pg_has_role(current_user, d.datdba, 'MEMBER') LIMIT 1;\n"
	"SELECT format('SELECT ''rows'', count(*) FROM (SELECT FROM ONLY %I.%I LIMIT 1000000) t',"
	" n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'"
	" ORDER BY c.oid LIMIT 10000 \\gexec\n"
	"SELECT format('SELECT ''migrations'', count(*) FROM %I.%I', n.nspname, c.relname)"
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relname = 'django_migrations' AND c.relkind IN ('r', 'p')"
	" ORDER BY n.nspname <> 'public', n.nspname LIMIT 1 \\gexec\n"
	"SELECT format('SELECT ''newest'', floor(extract(epoch FROM applied))::bigint, app, name"
	" FROM %I.%I ORDER BY applied DESC, id DESC LIMIT 1', n.nspname, c.relname)"
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE c.relname = 'django_migrations' AND c.relkind IN ('r', 'p')"
	" ORDER BY n.nspname <> 'public', n.nspname LIMIT 1 \\gexec\n";

static void take_count(struct drill *drill, char *fields[FIELDS])
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
		fail(drill, SAY(drill, "restoring it made the database %s, which is left there",
		                pf_escape_text(drill->run->arena, fields[1], 64)));
	else if (strcmp(fields[0], "newest") == 0) {
		entry->migrated_at = number;
		entry->migration = pf_escape_text(drill->run->arena,
		                                  SAY(drill, "%s.%s", fields[2], fields[3]), 200);
	}
}

static bool count(struct drill *drill)
{
	const char *said;
	struct pf_command_result result =
		pf_drill_psql(&drill->server, &drill->login, COUNT, drill->until_us, &said);
	if (said)
		return is_ours(said)
		               ? stop(drill, SAY(drill, "it could not be counted: %s", said))
		               : fail(drill,
		                      SAY(drill, "what was restored cannot be read: %s", said));
	char *rest =
		pf_arena_copy_bytes(drill->run->arena, result.output.bytes, result.output.count);
	drill->run->entry.migrations = -1;
	for (char *line; (line = strsep(&rest, "\n"));) {
		char *fields[FIELDS];
		split(line, fields);
		take_count(drill, fields);
	}
	return !drill->run->entry.error;
}

/* ---- all of it ---- */

static bool prepare(struct drill *drill)
{
	struct pf_drill_run *run = drill->run;
	const char *problem;
	int64_t bytes = run->entry.size > run->ask->bytes ? run->entry.size : run->ask->bytes;
	drill->until_us = run->deadline_us - DROP_US;
	if (run->deadline_us - pf_now_us() < LEAST_US)
		return stop(drill, "too little time was left in this run (a later --deadline gives "
		                   "more)");
	if (!pf_drill_server_find(run->arena, run->ask->into, &drill->server, &problem))
		return stop(drill, problem);
	if (is_script(run) &&
	    !pf_drill_psql_restricts(pf_drill_psql_version(&drill->server, drill->until_us)))
		return stop(drill,
		            "this psql cannot be kept from running programs that a script "
		            "names: update postgresql-client (to 13.22, 14.19, 15.14, 16.10, "
		            "17.6 or later)");
	if (!look_at_rights(drill))
		return false;
	if (!pf_drill_has_room(&drill->server, TIMES * bytes + 32 * (int64_t)MIB, &problem))
		return stop(drill, problem);
	return true;
}

void pf_drill_postgres(struct pf_drill_run *run)
{
	struct drill drill = {.run = run};
	const char *problem;
	if (!prepare(&drill))
		return;
	drill.name =
		pf_arena_print(run->arena, "postflight_drill_%s", pf_random_hex(run->arena, 16));
	int journal = pf_drill_note(run, drill.name, drill.with_role);
	if (journal < 0) {
		stop(&drill,
		     SAY(&drill, "the journal in %s: %s", run->state, pf_error_words(errno)));
		return;
	}
	run->entry.restored = make(&drill) && restore(&drill) && count(&drill);
	if (pf_drill_drop(&drill.server, drill.name, drill.with_role, run->deadline_us, &problem))
		pf_drill_forget(run->arena, run->state, drill.name);
	else
		run->left = drill.name;
	close(journal);
}
