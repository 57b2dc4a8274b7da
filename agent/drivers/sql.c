/* PostgreSQL asked about itself through libpq, as the site's own user.
 *
 * The password leaves only towards a server whose certificate is trusted for its name, and then
 * only in a form that is bound to that very connection (SCRAM with channel binding): a server that
 * asks for it in another way is told nothing. What is asked is one of the queries below, read only;
 * they are sent in one go (pipeline mode), so that they cost one round trip together. Whatever
 * comes back, error texts too, is a stranger's.
 */
#include "drivers/transport.h"
#include "drivers/turn.h"

#include "base/text.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
	QUERIES = 16,
	CELLS = 2000,
	CELL_BYTES = 200,
	MOST_BYTES = 1024 * 1024, /* of a server, all answers together */
};

/* Every query there is, by the name that a question has for it. */
static const struct query {
	const char *name, *text;
} queries[] = {
	{"version", "SELECT max(setting) FILTER (WHERE name = 'server_version_num') AS number,"
                    " max(setting) FILTER (WHERE name = 'server_version') AS name"
                    " FROM pg_catalog.pg_settings"},
	{"role", "SELECT rolname AS name, rolsuper AS superuser, rolcreaterole AS createrole,"
                 " rolcreatedb AS createdb, rolreplication AS replication,"
                 " rolbypassrls AS bypassrls FROM pg_catalog.pg_roles"
                 " WHERE rolname = current_user"},
	{"memberships", "SELECT rolname AS name, rolsuper AS superuser FROM pg_catalog.pg_roles"
                        " WHERE rolname <> current_user"
                        " AND pg_catalog.pg_has_role(current_user, oid, 'MEMBER')"
                        " ORDER BY rolname LIMIT 100"},
	{"hba", "SELECT line_number AS line, type, array_to_string(database, ',') AS databases,"
                " array_to_string(user_name, ',') AS users, address, netmask,"
                " auth_method AS method, error AS problem FROM pg_catalog.pg_hba_file_rules"
                " ORDER BY line_number LIMIT 200"},
	{"public_schema", "SELECT count(*) > 0 AS create FROM pg_catalog.pg_namespace n,"
                          " aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a"
                          " WHERE n.nspname = 'public' AND a.grantee = 0"
                          " AND a.privilege_type = 'CREATE'"},
	{"sessions", "SELECT s.ssl AS tls, count(*) AS count FROM pg_catalog.pg_stat_ssl s"
                     " JOIN pg_catalog.pg_stat_activity a USING (pid)"
                     " WHERE a.usename = current_user"
                     " AND NOT (a.client_addr <<= '127.0.0.0/8' OR a.client_addr = '::1')"
                     " GROUP BY s.ssl ORDER BY s.ssl"},
	{"archiver", "SELECT current_setting('archive_mode') AS mode, archived_count AS archived,"
                     " failed_count AS failed,"
                     " floor(extract(epoch FROM last_archived_time))::bigint AS last_archived,"
                     " floor(extract(epoch FROM last_failed_time))::bigint AS last_failed,"
                     " floor(extract(epoch FROM now()))::bigint AS now"
                     " FROM pg_catalog.pg_stat_archiver"},
	{"migration", "SELECT app, name, floor(extract(epoch FROM applied))::bigint AS applied"
                      " FROM public.django_migrations ORDER BY applied DESC, id DESC LIMIT 1"},
	{"activity", "SELECT xact_commit + xact_rollback AS transactions, sessions"
                     " FROM pg_catalog.pg_stat_database WHERE datname = current_database()"},
};

struct session {
	PGconn *connection;
	ConnStatusType reached; /* how far the login came */
	const struct query *asked[QUERIES];
	size_t count, next; /* queries; the one whose answer is read */
	const char *cells[CELLS];
	size_t cell_count;
	int64_t row; /* of the query that is read */
	int64_t received;
	bool sending;
};

static const char *address(const struct pf_question *question)
{
	return question->sql.address;
}

static const struct query *query_named(const char *name)
{
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
		if (strcmp(queries[i].name, name) == 0)
			return &queries[i];
	return NULL;
}

static bool choose(struct session *session, struct pf_words names)
{
	for (size_t i = 0; i < names.count && i < QUERIES; i++)
		if (!(session->asked[session->count++] = query_named(names.at[i])))
			return false;
	return names.count > 0 && names.count <= QUERIES;
}

/* A server's notices are read by nobody, and by default would be printed. */
static void ignore(void *context, const PGresult *notice)
{
	(void)context;
	(void)notice;
}

/* Every setting that could come from elsewhere is given: environment and files have no say. */
static PGconn *connect_to(const struct pf_turn *turn)
{
	const struct pf_ask_sql *ask = &turn->question->sql;
	char port[16];
	snprintf(port, sizeof port, "%lld", (long long)ask->port);
	const char *const settings[][2] = {
		{"hostaddr", ask->address},
		{"host", ask->host},
		{"port", port},
		{"user", ask->user},
		{"dbname", ask->database},
		{"password", turn->secret ? pf_secret_bytes(turn->secret) : ""},
		{"passfile", "/dev/null"},
		{"sslmode", "verify-full"},
		{"sslrootcert", pf_trust_file(turn->ground->trust)},
		{"sslcert", "/dev/null/none"}, /* its own file in HOME is not ours to show */
		{"channel_binding", "require"},
		{"gssencmode", "disable"},
		{"target_session_attrs", "any"},
		{"client_encoding", "UTF8"},
		{"application_name", "postflight"},
		{"options", "-c default_transaction_read_only=on -c statement_timeout=3000"
	                    " -c search_path=pg_catalog"},
	};
	enum { COUNT = sizeof settings / sizeof *settings };
	const char *names[COUNT + 1] = {0}, *values[COUNT + 1] = {0};
	for (size_t i = 0; i < COUNT; i++) {
		names[i] = settings[i][0];
		values[i] = settings[i][1];
	}
	return PQconnectStartParams(names, values, 0);
}

static void start(struct pf_turn *turn)
{
	struct session *session = turn->state = pf_arena_take(turn->arena, sizeof *session);
	const struct pf_ask_sql *ask = &turn->question->sql;
	session->reached = CONNECTION_STARTED;
	if (!ask->user || !ask->database || !ask->host || !pf_is_literal(ask->address) ||
	    !choose(session, ask->queries)) {
		pf_turn_answer(turn, PF_malformed_question, "not a query that is asked with");
		return;
	}
	if (!pf_trust_file(turn->ground->trust)) {
		pf_turn_answer(turn, PF_no_resources, "the trust anchors cannot be handed on");
		return;
	}
	session->connection = connect_to(turn);
	if (!session->connection) {
		pf_turn_answer(turn, PF_no_resources, "out of memory");
		return;
	}
	PQsetNoticeReceiver(session->connection, ignore, NULL);
	if (PQstatus(session->connection) == CONNECTION_BAD)
		pf_turn_answer(turn, PF_no_resources, PQerrorMessage(session->connection));
	else
		pf_turn_wait(turn, PQsocket(session->connection), POLLOUT);
}

/* ---- logging in ---- */

/* libpq says in words of its own why it failed, and those of the server are among them; how far it
 * had come is what counts. */
static void answer_refused(struct pf_turn *turn)
{
	struct session *session = turn->state;
	const char *words = PQerrorMessage(session->connection);
	switch (session->reached) {
	case CONNECTION_STARTED:
		pf_turn_answer(turn, PF_refused, words);
		break;
	case CONNECTION_MADE:
	case CONNECTION_SSL_STARTUP:
		pf_turn_answer(turn, PF_tls_untrusted, words);
		break;
	default:
		turn->answer.sql.text = pf_escape_text(turn->arena, words, PF_DETAIL_BYTES);
		pf_turn_answer(turn, PF_answered, NULL);
	}
}

static void send_queries(struct pf_turn *turn)
{
	struct session *session = turn->state;
	PGconn *connection = session->connection;
	bool sent = PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1;
	for (size_t i = 0; sent && i < session->count; i++)
		sent = PQsendQueryParams(connection, session->asked[i]->text, 0, NULL, NULL, NULL,
		                         NULL, 0) == 1 &&
		       PQpipelineSync(connection) == 1;
	session->sending = true;
	if (!sent)
		pf_turn_answer(turn, PF_hung_up, PQerrorMessage(connection));
}

static void log_in(struct pf_turn *turn)
{
	struct session *session = turn->state;
	PostgresPollingStatusType step = PQconnectPoll(session->connection);
	ConnStatusType status = PQstatus(session->connection);
	if (status != CONNECTION_BAD)
		session->reached = status;
	if (step == PGRES_POLLING_FAILED) {
		answer_refused(turn);
	} else if (step != PGRES_POLLING_OK) {
		pf_turn_wait(turn, PQsocket(session->connection),
		             step == PGRES_POLLING_READING ? POLLIN : POLLOUT);
	} else {
		turn->answer.sql.connected = true;
		turn->answer.sql.tls = pf_escape_text(
			turn->arena, PQsslAttribute(session->connection, "protocol"), CELL_BYTES);
		send_queries(turn);
	}
}

/* ---- answers ---- */

static void add_cell(struct pf_turn *turn, const char *column, const char *value)
{
	struct session *session = turn->state;
	if (session->cell_count == CELLS)
		return;
	session->cells[session->cell_count++] = pf_arena_print(
		turn->arena, "%s.%lld.%s=%s", session->asked[session->next]->name,
		(long long)session->row, column, pf_escape_text(turn->arena, value, CELL_BYTES));
}

static void add_rows(struct pf_turn *turn, const PGresult *result)
{
	struct session *session = turn->state;
	for (int row = 0; row < PQntuples(result); row++, session->row++)
		for (int column = 0; column < PQnfields(result); column++)
			if (!PQgetisnull(result, row, column))
				add_cell(turn, PQfname(result, column),
				         PQgetvalue(result, row, column));
}

/* An error is the answer of its own query alone; its words are left out, its SQLSTATE says enough.
 */
static void take_result(struct pf_turn *turn, const PGresult *result)
{
	struct session *session = turn->state;
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	switch (PQresultStatus(result)) {
	case PGRES_PIPELINE_SYNC:
		session->next++;
		session->row = 0;
		break;
	case PGRES_TUPLES_OK:
		add_rows(turn, result);
		break;
	default:
		add_cell(turn, "error", state ? state : "unknown");
	}
}

static void answer(struct pf_turn *turn, enum pf_outcome outcome, const char *detail)
{
	struct session *session = turn->state;
	turn->answer.sql.cells = pf_arena_words(turn->arena, session->cell_count, session->cells);
	pf_turn_answer(turn, outcome, detail);
}

static void read_answers(struct pf_turn *turn)
{
	struct session *session = turn->state;
	PGconn *connection = session->connection;
	int waiting = 0;
	if (ioctl(PQsocket(connection), FIONREAD, &waiting) == 0)
		session->received += waiting;
	if (session->received > MOST_BYTES) {
		answer(turn, PF_oversized, NULL);
		return;
	}
	if (PQconsumeInput(connection) != 1) {
		answer(turn, PF_hung_up, PQerrorMessage(connection));
		return;
	}
	/* Between two queries there is a NULL; after the last sync nothing comes. */
	while (session->next < session->count && !PQisBusy(connection)) {
		PGresult *result = PQgetResult(connection);
		if (!result && PQstatus(connection) == CONNECTION_BAD)
			break;
		if (result)
			take_result(turn, result);
		PQclear(result);
	}
	if (PQstatus(connection) == CONNECTION_BAD)
		answer(turn, PF_hung_up, PQerrorMessage(connection));
	else if (session->next == session->count)
		answer(turn, PF_answered, NULL);
}

static void exchange(struct pf_turn *turn)
{
	struct session *session = turn->state;
	if (session->sending) {
		int left = PQflush(session->connection);
		session->sending = left == 1;
		if (left < 0) {
			answer(turn, PF_hung_up, PQerrorMessage(session->connection));
			return;
		}
	}
	read_answers(turn);
	if (!turn->answered)
		pf_turn_wait(turn, PQsocket(session->connection),
		             session->sending ? POLLIN | POLLOUT : POLLIN);
}

static void advance(struct pf_turn *turn)
{
	if (!turn->answer.sql.connected)
		log_in(turn);
	if (!turn->answered && turn->answer.sql.connected)
		exchange(turn);
}

static void expire(struct pf_turn *turn)
{
	struct session *session = turn->state;
	turn->answer.sql.cells = pf_arena_words(turn->arena, session->cell_count, session->cells);
	pf_turn_late(turn, session->reached != CONNECTION_STARTED);
}

/* Says good-bye first; a socket that is full is not waited for. */
static void end(struct pf_turn *turn)
{
	struct session *session = turn->state;
	PQfinish(session->connection);
}

const struct pf_driver pf_driver_sql = {
	.kind = PF_KIND_sql,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
