/* The server in which throw-away databases are made, asked through the client programs of this
 * host: psql and pg_restore, as the account that the server knows. */
#ifndef PF_DRIVERS_DRILL_SERVER_H
#define PF_DRIVERS_DRILL_SERVER_H

#include "drivers/access.h"
#include "drivers/command.h"

struct pf_drill_server {
	struct pf_arena *arena;
	const char *host, *port, *user, *database; /* NULL: libpq's own choice */
	const char *more;       /* further settings, as in " sslmode='verify-full'" */
	const char *tools;      /* the directory of psql and pg_restore */
	struct pf_user account; /* who runs them */
	bool change_user;
};

/* Who is asked: a role, where, and what is thrown at it. */
struct pf_drill_login {
	const char *host, *user, *database; /* NULL: the server's own */
	const char *password;               /* of a throw-away role; NULL: none */
};

/* Takes `into` apart (postgresql://[user@][host][:port]/[database][?host=...]) and finds programs
 * and account. Root becomes the account that is named like the user, or postgres where no user is
 * given; anybody else stays who it is. False: *problem says what is missing. */
bool pf_drill_server_find(struct pf_arena *arena, const char *into, struct pf_drill_server *server,
                          const char **problem) PF_MUST_USE;

/* Percent-decoded; NULL: it is not well formed, or holds a NUL. */
const char *pf_drill_decoded(struct pf_arena *arena, const char *text, size_t length);

/* Who runs the tools, see above; `otherwise`: the account where the user has none (NULL: there is
 * none). False: *problem says what is missing. */
bool pf_drill_choose_account(struct pf_drill_server *server, const char *otherwise,
                             const char **problem) PF_MUST_USE;

/* Statements as a file that is read to its end by whoever wants to; -1: no memory. */
int pf_drill_statements(const char *text);

/* A conninfo string: every value is quoted. */
const char *pf_drill_conninfo(const struct pf_drill_server *server,
                              const struct pf_drill_login *login);

/* Runs one of the tools; argv[0] is its bare name, `input` its standard input. */
struct pf_command_result pf_drill_tool(const struct pf_drill_server *server, const char *argv[],
                                       const char *password, int input, int64_t deadline_us);

/* Statements of ours, in psql; output fields are parted by \x1f. *said: the last error, one line,
 * escaped; NULL: it went well. */
struct pf_command_result pf_drill_psql(const struct pf_drill_server *server,
                                       const struct pf_drill_login *login, const char *sql,
                                       int64_t deadline_us, const char **said);

/* Can this psql be kept from running what a script tells it to (\restrict, in the minor releases of
 * August 2025)? */
bool pf_drill_psql_restricts(const char *version);
const char *pf_drill_psql_version(const struct pf_drill_server *server, int64_t deadline_us);

/* The fields of a line of psql's output, which is cut apart; those that are missing are empty. */
enum { PF_DRILL_FIELDS = 8 };
void pf_drill_split(char *line, char *fields[PF_DRILL_FIELDS]);

/* Why a tool failed: what it said that looks most like an error, one line, escaped. */
const char *pf_drill_complaint(struct pf_arena *arena, const struct pf_command_result *result);

#endif
