/* What the probes of databases have in common: how a database is named and asked, and how to read
 * the cells that its own queries brought back. */
#ifndef PF_PROBES_DATABASE_READER_H
#define PF_PROBES_DATABASE_READER_H

#include "service_reader.h"

bool pf_is_postgres(const struct pf_service *database);

/* Is one among the site's databases? */
bool pf_has_postgres(const struct pf_site *site);

/* As libpq has it: the user of the url, else `postgres`; the database is named like the user when
 * the url names none. */
const char *pf_database_user(const struct pf_service *database);
const char *pf_database_name(struct pf_asking *asking, const struct pf_service *database);

/* "postgresql://db1:5432/shop": the rules differ from one database to the next, so each is a
 * subject of its own. */
const char *pf_database_subject(struct pf_asking *asking, const struct pf_service *database);

/* Knock with this user and database, without any password. */
struct pf_question pf_start_up(const struct pf_service *database, const char *address, bool tls,
                               const char *user, const char *name);

/* Logs in to every PostgreSQL of the site from where the app must get in, with the site's own
 * credentials, and asks all that any probe wants to know: tag "login", and "login-again" at the
 * next address when the first one did not let it in, as libpq itself does. */
void pf_ask_logins(struct pf_asking *asking);

/* The login of the two that got in, else the first. */
const char *pf_login_tag(const struct pf_case *facts);

/* Why that query brought nothing; NULL: it did. */
const char *pf_login_unread(const struct pf_case *facts, const char *query);

/* The value of a cell in an answer of kind sql; NULL: there is none. */
const char *pf_cell(const struct pf_answer *answer, const char *query, size_t row,
                    const char *column);

/* Is it "t", as PostgreSQL writes true? */
bool pf_cell_true(const struct pf_answer *answer, const char *query, size_t row,
                  const char *column);

/* A cell that is a whole number; `otherwise` when there is none. */
int64_t pf_cell_number(const struct pf_answer *answer, const char *query, size_t row,
                       const char *column, int64_t otherwise);

#endif
