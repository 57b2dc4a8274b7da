/* Databases named, asked and read. */
#include "database_reader.h"

#include <stdlib.h>
#include <string.h>

bool pf_is_postgres(const struct pf_service *database)
{
	return pf_service_is(database, "postgresql", "postgres");
}

bool pf_has_postgres(const struct pf_site *site)
{
	return pf_site_has(site->databases, site->database_count, pf_is_postgres);
}

const char *pf_database_user(const struct pf_service *database)
{
	if (database->username)
		return database->username;
	return database->url.user ? database->url.user : "postgres";
}

const char *pf_database_name(struct pf_asking *asking, const struct pf_service *database)
{
	const char *path = database->url.path;
	size_t length = path && *path == '/' ? strcspn(path + 1, "?#") : 0;
	return length ? pf_word(asking, "%.*s", (int)length, path + 1) : pf_database_user(database);
}

const char *pf_database_subject(struct pf_asking *asking, const struct pf_service *database)
{
	return pf_word(asking, "%s/%s", pf_service_subject(asking, database),
	               pf_database_name(asking, database));
}

struct pf_question pf_start_up(const struct pf_service *database, const char *address, bool tls,
                               const char *user, const char *name)
{
	const struct pf_url *url = &database->url;
	return (struct pf_question){
		.kind = PF_KIND_postgres,
		.postgres = {.address = address,
	                     .port = url->port,
	                     .tls = tls,
	                     .sni = tls && !strchr(url->host, ':') ? url->host : NULL,
	                     .user = user,
	                     .database = name},
	};
}

/* One round trip brings them all, so every probe asks for all of them in one question. */
static const char *const queries[] = {
	"version",  "role",     "memberships", "hba",       "public_schema",
	"archiver", "sessions", "activity",    "migration",
};

static struct pf_question log_in(struct pf_asking *asking, const struct pf_service *database,
                                 const char *address)
{
	return (struct pf_question){
		.kind = PF_KIND_sql,
		.sql = {.address = address,
	                .port = database->url.port,
	                .host = database->url.host,
	                .user = pf_database_user(database),
	                .database = pf_database_name(asking, database),
	                .credentials = pf_word(asking, "databases/%s", database->name),
	                .queries = pf_list(asking, PF_COUNT(queries), queries)},
	};
}

/* "query.row.column=": what stands behind it; NULL: it is another cell. */
static const char *value_in(const char *cell, const char *query, size_t row, const char *column)
{
	size_t length = strlen(query);
	char *end;
	if (strncmp(cell, query, length) != 0 || cell[length] != '.')
		return NULL;
	if (strtoull(cell + length + 1, &end, 10) != row || *end != '.')
		return NULL;
	length = strlen(column);
	return strncmp(end + 1, column, length) == 0 && end[1 + length] == '=' ? end + 2 + length
	                                                                       : NULL;
}

const char *pf_cell(const struct pf_answer *answer, const char *query, size_t row,
                    const char *column)
{
	for (size_t i = 0; i < answer->sql.cells.count; i++) {
		const char *value = value_in(answer->sql.cells.at[i], query, row, column);
		if (value)
			return value;
	}
	return NULL;
}

bool pf_cell_true(const struct pf_answer *answer, const char *query, size_t row, const char *column)
{
	const char *value = pf_cell(answer, query, row, column);
	return value && strcmp(value, "t") == 0;
}

int64_t pf_cell_number(const struct pf_answer *answer, const char *query, size_t row,
                       const char *column, int64_t otherwise)
{
	const char *value = pf_cell(answer, query, row, column);
	char *end;
	int64_t number = value ? strtoll(value, &end, 10) : 0;
	return value && end != value && *end == '\0' ? number : otherwise;
}

static void ask_database(struct pf_asking *asking, const struct pf_service *database)
{
	const char *subject = pf_database_subject(asking, database);
	struct pf_words addresses;
	if (!pf_must_get_in(pf_asking_site(asking), database, pf_asking_vantage(asking)) ||
	    !pf_addresses(asking, database->url.host, subject, &addresses) || !addresses.count)
		return;
	pf_ask(asking, "login", subject, log_in(asking, database, addresses.at[0]));
	/* As libpq itself does: the next address when the first did not let it in. */
	const struct pf_answer *first = pf_asked(asking, "login", subject);
	if (first && addresses.count > 1 && !first->sql.connected)
		pf_ask(asking, "login-again", subject, log_in(asking, database, addresses.at[1]));
}

void pf_ask_logins(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->database_count; i++)
		if (pf_is_postgres(&site->databases[i]))
			ask_database(asking, &site->databases[i]);
}

const char *pf_login_tag(const struct pf_case *facts)
{
	const struct pf_answer *again = pf_answer_of(facts, "login-again");
	return again && again->outcome == PF_answered && again->sql.connected ? "login-again"
	                                                                      : "login";
}

const char *pf_login_unread(const struct pf_case *facts, const char *query)
{
	const struct pf_answer *answer = pf_answer_of(facts, pf_login_tag(facts));
	if (answer->outcome != PF_answered || !answer->sql.connected)
		return "nobody could log in to look";
	const char *state = pf_cell(answer, query, 0, "error");
	return state ? pf_say(facts, "the app's role may not read it (SQLSTATE %s)", state) : NULL;
}
