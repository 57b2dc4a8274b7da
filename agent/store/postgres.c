/* The history in PostgreSQL. libpq is loaded when a site file or an option names such a history,
 * and not before: who keeps it in a file starts without the library. */
#include "store/link.h"

#include "base/clock.h"
#include "base/text.h"

#include <dlfcn.h>
#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

enum {
	CONNECT_US = 5 * 1000 * 1000,
	STATEMENT_US = 15 * 1000 * 1000,
	/* Statements sent ahead: their answers, some forty bytes each, fit the socket's buffers, so
	 * that neither side waits for the other to read. */
	AHEAD = 100,
};

/* What is used of libpq, by its own types. */
#define FUNCTIONS(F)                                                                               \
	F(PQconnectStartParams)                                                                    \
	F(PQconnectPoll)                                                                           \
	F(PQstatus)                                                                                \
	F(PQerrorMessage)                                                                          \
	F(PQsocket)                                                                                \
	F(PQsetNoticeProcessor)                                                                    \
	F(PQenterPipelineMode)                                                                     \
	F(PQexitPipelineMode)                                                                      \
	F(PQpipelineSync)                                                                          \
	F(PQsendQueryParams)                                                                       \
	F(PQsetSingleRowMode)                                                                      \
	F(PQconsumeInput)                                                                          \
	F(PQisBusy)                                                                                \
	F(PQgetResult)                                                                             \
	F(PQresultStatus)                                                                          \
	F(PQresultErrorMessage)                                                                    \
	F(PQnfields)                                                                               \
	F(PQntuples)                                                                               \
	F(PQgetisnull)                                                                             \
	F(PQgetvalue)                                                                              \
	F(PQclear)                                                                                 \
	F(PQfinish)

static struct {
#define F(name) __typeof__(name) *name;
	FUNCTIONS(F)
#undef F
} pq;

struct postgres_link {
	struct pf_link link;
	PGconn *connection;
	int ahead; /* statements in the pipeline; 0: it is not open */
};

static bool load(struct pf_arena *arena, const char **problem)
{
	void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		*problem = pf_arena_print(arena, "libpq.so.5 cannot be loaded: %s", dlerror());
		return false;
	}
	/* POSIX's way around a pointer to data that is one to a function. */
#define F(name)                                                                                    \
	*(void **)&pq.name = dlsym(library, #name);                                                \
	if (!pq.name) {                                                                            \
		*problem = "libpq.so.5 is too old: it has no " #name;                              \
		return false;                                                                      \
	}
	FUNCTIONS(F)
#undef F
	return true;
}

static bool failed(struct postgres_link *link, const char *words)
{
	size_t length = strcspn(words, "\n");
	link->link.problem = pf_escape(link->link.arena, words, length, 200);
	return false;
}

static bool await(const PGconn *connection, short events, int64_t until_us)
{
	struct pollfd at = {.fd = pq.PQsocket(connection), .events = events};
	return at.fd >= 0 && poll(&at, 1, pf_until_ms(until_us)) > 0;
}

/* The next result, or NULL between two statements; *late: it did not come in time. */
static PGresult *next(struct postgres_link *link, int64_t until_us, bool *late)
{
	*late = false;
	while (pq.PQisBusy(link->connection)) {
		if (!await(link->connection, POLLIN, until_us) ||
		    !pq.PQconsumeInput(link->connection)) {
			*late = true;
			return NULL;
		}
	}
	return pq.PQgetResult(link->connection);
}

static bool give_rows(const PGresult *result, pf_on_row *on_row, void *context)
{
	int columns = pq.PQnfields(result);
	for (int row = 0; row < pq.PQntuples(result); row++) {
		const char *cells[PF_LINK_VALUES] = {NULL};
		for (int i = 0; i < columns && i < PF_LINK_VALUES; i++)
			if (!pq.PQgetisnull(result, row, i))
				cells[i] = pq.PQgetvalue(result, row, i);
		if (!on_row(context, cells))
			return false;
	}
	return true;
}

/* Reads results until the mark that ends the pipeline, or the end of one statement. */
static bool drain(struct postgres_link *link, bool pipeline, pf_on_row *on_row, void *context)
{
	int64_t until_us = pf_now_us() + STATEMENT_US;
	bool well = true, late = false, wanted = on_row != NULL;
	for (;;) {
		PGresult *result = next(link, until_us, &late);
		if (late)
			return failed(link, "the database did not answer in time");
		if (!result && !pipeline)
			return well;
		if (!result && pq.PQstatus(link->connection) == CONNECTION_BAD)
			return failed(link, pq.PQerrorMessage(link->connection));
		if (!result)
			continue;
		ExecStatusType status = pq.PQresultStatus(result);
		if (status == PGRES_FATAL_ERROR && well)
			well = failed(link, pq.PQresultErrorMessage(result));
		if (wanted && (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK))
			wanted = give_rows(result, on_row, context);
		pq.PQclear(result);
		if (status == PGRES_PIPELINE_SYNC)
			return well;
	}
}

static bool end_pipeline(struct postgres_link *link)
{
	if (link->ahead == 0)
		return true;
	link->ahead = 0;
	return (pq.PQpipelineSync(link->connection) && drain(link, true, NULL, NULL) &&
	        pq.PQexitPipelineMode(link->connection)) ||
	       (link->link.problem ? false : failed(link, pq.PQerrorMessage(link->connection)));
}

static bool send_text(struct postgres_link *link, const char *text, size_t count,
                      const char *const values[])
{
	return pq.PQsendQueryParams(link->connection, text, (int)count, NULL, values, NULL, NULL,
	                            0) ||
	       failed(link, pq.PQerrorMessage(link->connection));
}

/* A statement whose rows nobody wants need not be waited for: its fault shows at the next that is.
 */
static bool run(struct pf_link *base, const char *text, size_t count, const char *const values[],
                pf_on_row *on_row, void *context)
{
	struct postgres_link *link = (struct postgres_link *)base;
	if (!on_row) {
		if (link->ahead == 0 && !pq.PQenterPipelineMode(link->connection))
			return failed(link, pq.PQerrorMessage(link->connection));
		link->ahead++;
		return send_text(link, text, count, values) &&
		       (link->ahead < AHEAD || end_pipeline(link));
	}
	return end_pipeline(link) && send_text(link, text, count, values) &&
	       pq.PQsetSingleRowMode(link->connection) && drain(link, false, on_row, context);
}

static bool begin(struct pf_link *link)
{
	return run(link, "BEGIN", 0, NULL, NULL, NULL) &&
	       run(link, "SELECT pg_advisory_xact_lock(7638153312)", 0, NULL, NULL, NULL);
}

static bool commit(struct pf_link *link)
{
	return run(link, "COMMIT", 0, NULL, NULL, NULL) &&
	       end_pipeline((struct postgres_link *)link);
}

static void close_link(struct pf_link *base)
{
	struct postgres_link *link = (struct postgres_link *)base;
	pq.PQfinish(link->connection);
}

static const struct pf_link_kind postgres_kind = {
	.run = run,
	.begin = begin,
	.commit = commit,
	.close = close_link,
	.id_column = "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
	.keyed_table = "",
};

static void ignore(void *context, const char *notice)
{
	(void)context;
	(void)notice;
}

static bool connect_in_time(PGconn *connection)
{
	int64_t until_us = pf_now_us() + CONNECT_US;
	PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
	while (pq.PQstatus(connection) != CONNECTION_BAD && wanted != PGRES_POLLING_OK) {
		if (wanted == PGRES_POLLING_FAILED ||
		    !await(connection, wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT,
		           until_us))
			return false;
		wanted = pq.PQconnectPoll(connection);
	}
	return wanted == PGRES_POLLING_OK;
}

struct pf_link *pf_postgres_open(struct pf_arena *arena, const char *url, bool write,
                                 const char **problem)
{
	const char *names[] = {"dbname", "application_name", "client_encoding", "options", NULL};
	const char *values[] = {
		url, "postflight", "UTF8",
		write ? "-c statement_timeout=10s -c lock_timeout=5s"
		      : "-c statement_timeout=10s -c default_transaction_read_only=on",
		NULL};
	if (!load(arena, problem))
		return NULL;
	struct postgres_link *link = pf_arena_take(arena, sizeof *link);
	*link = (struct postgres_link){.link = {.kind = &postgres_kind, .arena = arena}};
	link->connection = pq.PQconnectStartParams(names, values, 1);
	if (!link->connection) {
		*problem = "there is no memory for it";
		return NULL;
	}
	pq.PQsetNoticeProcessor(link->connection, ignore, NULL);
	if (connect_in_time(link->connection))
		return &link->link;
	bool refused = pq.PQstatus(link->connection) == CONNECTION_BAD;
	failed(link, refused ? pq.PQerrorMessage(link->connection) : "it did not answer in time");
	*problem = link->link.problem;
	close_link(&link->link);
	return NULL;
}
