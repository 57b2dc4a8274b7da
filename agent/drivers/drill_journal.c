/* The journal of throw-away databases, and the one way in which they go. */
#include "drivers/drill_run.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/journal.h"

#include <string.h>
#include <unistd.h>

enum { DIGITS = 16 };

#define FOLDER "drills"

static const char HEAD[] = "postflight drill 1", TAIL[] = "end", PREFIX[] = "postflight_drill_";

bool pf_drill_is_name(const char *name)
{
	size_t length = strlen(PREFIX);
	return strncmp(name, PREFIX, length) == 0 &&
	       strspn(name + length, "0123456789abcdef") == DIGITS && !name[length + DIGITS];
}

int pf_drill_note(struct pf_drill_run *run, const char *name, bool with_role)
{
	const char *text = pf_arena_print(run->arena, "%s\n%s\n%s\n%s\n%s\n", HEAD, name,
	                                  pf_escape_text(run->arena, run->ask->into, 0),
	                                  with_role ? "role" : "no role", TAIL);
	return pf_journal_put(run->arena, run->state, FOLDER, name, text);
}

void pf_drill_forget(struct pf_arena *arena, const char *state, const char *name)
{
	pf_journal_remove(arena, state, FOLDER, name);
}

bool pf_drill_journal_read(struct pf_arena *arena, const char *text, const char **name,
                           const char **into, bool *with_role)
{
	char *rest = pf_arena_copy(arena, text), *raw;
	const char *lines[5] = {0};
	size_t length;
	for (size_t i = 0; i < 5 && rest; i++)
		lines[i] = strsep(&rest, "\n");
	if (!lines[4] || !rest || *rest || strcmp(lines[0], HEAD) != 0 ||
	    strcmp(lines[4], TAIL) != 0 || !pf_drill_is_name(lines[1]) ||
	    !pf_unescape(arena, lines[2], &raw, &length) || strlen(raw) != length)
		return false;
	*name = lines[1];
	*into = raw;
	*with_role = strcmp(lines[3], "role") == 0;
	return *with_role || strcmp(lines[3], "no role") == 0;
}

bool pf_drill_drop(const struct pf_drill_server *server, const char *name, bool with_role,
                   int64_t deadline_us, const char **problem)
{
	struct pf_arena *arena = server->arena;
	const struct pf_drill_login login = {0};
	*problem = "that is no name of a throw-away database";
	if (!pf_drill_is_name(name))
		return false;
	pf_drill_psql(server, &login,
	              pf_arena_print(arena, "DROP DATABASE IF EXISTS \"%s\" WITH (FORCE);\n", name),
	              deadline_us, problem);
	if (*problem && strstr(*problem, "syntax")) /* before PostgreSQL 13 there is no FORCE */
		pf_drill_psql(server, &login,
		              pf_arena_print(arena, "DROP DATABASE IF EXISTS \"%s\";\n", name),
		              deadline_us, problem);
	if (!*problem && with_role)
		pf_drill_psql(server, &login,
		              pf_arena_print(arena, "DROP ROLE IF EXISTS \"%s\";\n", name),
		              deadline_us, problem);
	return !*problem;
}

/* ---- what earlier runs left ---- */

struct sweep {
	struct pf_arena *arena;
	const char *state;
	pf_on_left *tell;
	void *context;
};

static bool sweep_one(void *context, const char *file, const char *text)
{
	const struct sweep *sweep = context;
	struct pf_drill_server server;
	const char *name, *into, *problem = NULL;
	bool with_role;
	if (!pf_drill_journal_read(sweep->arena, text, &name, &into, &with_role) ||
	    strcmp(name, file) != 0)
		return false;
	int64_t until = pf_now_us() + PF_DROP_US;
	bool mysql = strncmp(into, "mysql:", strlen("mysql:")) == 0;
	bool dropped = mysql ? pf_drill_mysql_drop(sweep->arena, into, name, until, &problem)
	                     : pf_drill_server_find(sweep->arena, into, &server, &problem) &&
	                               pf_drill_drop(&server, name, with_role, until, &problem);
	if (dropped)
		pf_drill_forget(sweep->arena, sweep->state, name);
	sweep->tell(sweep->context, pf_arena_print(sweep->arena, "database %s", name), problem);
	return true;
}

size_t pf_drill_sweep(struct pf_arena *arena, const char *state, pf_on_left *tell, void *context)
{
	struct sweep sweep = {arena, state, tell, context};
	return pf_journal_walk(arena, state, FOLDER, PREFIX, sweep_one, &sweep);
}
