/* A dump of PostgreSQL, restored into a database that is thrown away.
 *
 * Restoring runs what the dump's author wrote, so it is done with as few rights as can be: by a
 * role that is no superuser, makes no roles, reaches no files and owns no other database. Where the
 * role of restore_into has more rights, a throw-away role is made that owns the throw-away
 * database.
 */
#include "drivers/drill_postgres.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MIB = 1024 * 1024,
	TIMES = 3, /* data, its indexes, and WAL of both */
};

bool pf_drill_stop(struct pf_drill *drill, const char *hurdle)
{
	drill->run->hurdle = hurdle;
	return false;
}

bool pf_drill_fail(struct pf_drill *drill, const char *error)
{
	drill->run->entry.error = error;
	return false;
}

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

static bool is_true(const char *field)
{
	return strcmp(field, "t") == 0;
}

/* Who are we there, and is it somebody who may, and nobody who may too much? */
static bool look_at_rights(struct pf_drill *drill)
{
	const struct pf_drill_login admin = {0};
	const char *said;
	char *fields[PF_DRILL_FIELDS];
	struct pf_command_result result =
		pf_drill_psql(&drill->server, &admin, WHO_AM_I, drill->until_us, &said);
	if (said)
		return pf_drill_stop(
			drill,
			PF_DRILL_SAY(drill, "the server of restore_into does not let us in: %s",
		                     said));
	char *text =
		pf_arena_copy_bytes(drill->run->arena, result.output.bytes, result.output.count);
	pf_drill_split(strsep(&text, "\n"), fields);
	const char *role = pf_escape_text(drill->run->arena, fields[5], 64);
	drill->with_role = is_true(fields[0]);
	if (!drill->with_role && is_true(fields[3]))
		return pf_drill_stop(
			drill, PF_DRILL_SAY(drill,
		                            "the role %s may run programs or reach files on the "
		                            "server, and restoring runs what is in the dump: let "
		                            "restore_into name a role with CREATEDB alone",
		                            role));
	if (!drill->with_role && is_true(fields[4]))
		return pf_drill_stop(
			drill, PF_DRILL_SAY(drill,
		                            "the role %s owns a database, which a dump could then "
		                            "drop: let restore_into name a role with CREATEDB "
		                            "alone",
		                            role));
	if (!is_true(fields[1]) && !is_true(fields[2]))
		return pf_drill_stop(
			drill, PF_DRILL_SAY(drill,
		                            "the role %s may not make databases: ALTER ROLE %s "
		                            "CREATEDB",
		                            role, role));
	return true;
}

/* ---- making it ---- */

static const char *creation(struct pf_drill *drill)
{
	const char *name = drill->name, *role = "", *owner = "";
	if (drill->with_role) {
		drill->login.password = pf_random_hex(drill->run->arena, 32);
		role = PF_DRILL_SAY(drill,
		                    "CREATE ROLE \"%s\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
		                    " NOREPLICATION PASSWORD '%s' VALID UNTIL '%s';\n"
		                    "GRANT \"%s\" TO CURRENT_USER;\n",
		                    name, drill->login.password,
		                    pf_timestamp(drill->run->arena, pf_wall_seconds() + 24 * 3600),
		                    name);
		owner = PF_DRILL_SAY(drill, " OWNER \"%s\"", name);
		drill->login.user = name;
	}
	drill->login.database = name;
	return PF_DRILL_SAY(drill,
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
static bool find_way_in(struct pf_drill *drill)
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
	return pf_drill_stop(
		drill,
		drill->with_role
			? PF_DRILL_SAY(drill,
	                               "restore_into is a superuser's, and the role of few rights "
	                               "that was made for the drill does not get in (%s): name a "
	                               "role with CREATEDB alone",
	                               first)
			: PF_DRILL_SAY(drill, "the throw-away database does not let us in: %s",
	                               first));
}

static bool make(struct pf_drill *drill)
{
	const struct pf_drill_login admin = {0};
	const char *said;
	pf_drill_psql(&drill->server, &admin, creation(drill), drill->until_us, &said);
	if (said)
		return pf_drill_stop(
			drill,
			PF_DRILL_SAY(drill, "no throw-away database could be made: %s", said));
	return find_way_in(drill);
}

/* ---- all of it ---- */

static bool prepare(struct pf_drill *drill)
{
	struct pf_drill_run *run = drill->run;
	const char *problem;
	int64_t bytes = run->entry.size > run->ask->bytes ? run->entry.size : run->ask->bytes;
	drill->until_us = run->deadline_us - PF_DROP_US;
	if (run->deadline_us - pf_now_us() < PF_DRILL_LEAST_US)
		return pf_drill_stop(
			drill, "too little time was left in this run (a later --deadline gives "
			       "more)");
	if (!pf_drill_server_find(run->arena, run->ask->into, &drill->server, &problem))
		return pf_drill_stop(drill, problem);
	if (pf_drill_is_script(run) &&
	    !pf_drill_psql_restricts(pf_drill_psql_version(&drill->server, drill->until_us)))
		return pf_drill_stop(
			drill, "this psql cannot be kept from running programs that a script "
			       "names: update postgresql-client (to 13.22, 14.19, 15.14, 16.10, "
			       "17.6 or later)");
	if (!look_at_rights(drill))
		return false;
	if (!pf_drill_has_room(run->arena, pf_drill_data_directory(&drill->server),
	                       TIMES * bytes + 32 * (int64_t)MIB, &problem))
		return pf_drill_stop(drill, problem);
	return true;
}

void pf_drill_postgres(struct pf_drill_run *run)
{
	struct pf_drill drill = {.run = run};
	const char *problem;
	if (!prepare(&drill))
		return;
	drill.name =
		pf_arena_print(run->arena, "postflight_drill_%s", pf_random_hex(run->arena, 16));
	int journal = pf_drill_note(run, drill.name, drill.with_role);
	if (journal < 0) {
		pf_drill_stop(&drill, PF_DRILL_SAY(&drill, "the journal in %s: %s", run->state,
		                                   pf_error_words(errno)));
		return;
	}
	run->entry.restored = make(&drill) && pf_drill_restore(&drill);
	if (pf_drill_drop(&drill.server, drill.name, drill.with_role, run->deadline_us, &problem))
		pf_drill_forget(run->arena, run->state, drill.name);
	else
		run->left = drill.name;
	close(journal);
}
