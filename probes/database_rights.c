/* What the app may do in its database, and what the database says of itself.
 *
 * From an app server, with the site's own credentials: a good host lets the app in over TLS, as a
 * role that owns its tables and is nothing special otherwise, on a version that still gets fixes.
 * All of it is read in one session of one round trip; what the role may not read is not known,
 * never fine.
 */
#include "database_reader.h"

#include <string.h>

/* SCRAM (RFC 5802) without the variant that is bound to the connection: pgbouncer offers no other,
 * and the app gets in all the same. */
static bool cannot_bind(const struct pf_answer *asks)
{
	enum { SASL = 10 };
	if (!asks || asks->outcome != PF_answered || asks->postgres.auth != SASL ||
	    !pf_words_have(asks->postgres.mechanisms, "SCRAM-SHA-256"))
		return false;
	return !pf_words_have(asks->postgres.mechanisms, "SCRAM-SHA-256-PLUS");
}

static struct pf_verdict judge_connects(const struct pf_case *facts)
{
	const char *tag = pf_login_tag(facts);
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	const char *user = pf_exchange_of(facts, tag)->question.sql.user;
	const char *name = facts->vantage->name;
	if (answer->outcome == PF_answered && answer->sql.connected)
		return pf_pass(facts, tag, "user \"%s\" logs in from %s over %s, bound to it", user,
		               name, answer->sql.tls ? answer->sql.tls : "TLS");
	const char *words = answer->sql.text ? answer->sql.text : answer->detail;
	if (answer->outcome == PF_answered && cannot_bind(pf_answer_of(facts, "asks")))
		return pf_unknown(facts, tag,
		                  "user \"%s\" was not logged in from %s: it is asked with SCRAM "
		                  "and without channel binding, as poolers do, and a password that "
		                  "is not bound to its connection is not used",
		                  user, name);
	return pf_fail(facts, tag, "user \"%s\" cannot log in from %s over verified TLS: %s", user,
	               name, words ? words : pf_outcome_sentence(answer->outcome));
}

/* Beside the login, how the server asks for a password: what that was made of. */
static void ask_how(struct pf_asking *asking, const struct pf_service *database)
{
	const char *subject = pf_database_subject(asking, database);
	const struct pf_answer *login = pf_asked(asking, "login", subject);
	struct pf_words addresses;
	if (!login || login->sql.connected ||
	    !pf_addresses(asking, database->url.host, subject, &addresses) || !addresses.count)
		return;
	pf_ask(asking, "asks", subject,
	       pf_start_up(database, addresses.at[0], true, pf_database_user(database),
	                   pf_database_name(asking, database)));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_ask_logins(asking);
	for (size_t i = 0; i < site->database_count; i++)
		if (pf_is_postgres(&site->databases[i]))
			ask_how(asking, &site->databases[i]);
}

/* Roles that reach past the database: into files, programs and everybody's tables. */
static bool is_dangerous(const char *role)
{
	static const char *const roles[] = {
		"pg_read_server_files", "pg_write_server_files", "pg_execute_server_program",
		"pg_read_all_data",     "pg_write_all_data",     "pg_create_subscription",
	};
	for (size_t i = 0; i < PF_COUNT(roles); i++)
		if (strcmp(role, roles[i]) == 0)
			return true;
	return false;
}

static struct pf_verdict judge_privilege(const struct pf_case *facts)
{
	static const char *const attributes[] = {"superuser", "createrole", "createdb",
	                                         "replication", "bypassrls"};
	const char *tag = pf_login_tag(facts), *why = pf_login_unread(facts, "role"), *role;
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	if (why || !pf_cell(answer, "role", 0, "name"))
		return pf_unknown(facts, tag, "the role's rights were not seen: %s",
		                  why ? why : "the server told nothing of it");
	const char *name = pf_cell(answer, "role", 0, "name");
	for (size_t i = 0; i < PF_COUNT(attributes); i++)
		if (pf_cell_true(answer, "role", 0, attributes[i]))
			return pf_fail(facts, tag, "the app's role \"%s\" is %s", name,
			               attributes[i]);
	for (size_t row = 0; (role = pf_cell(answer, "memberships", row, "name")); row++)
		if (is_dangerous(role) || pf_cell_true(answer, "memberships", row, "superuser"))
			return pf_fail(facts, tag, "the app's role \"%s\" is a member of \"%s\"",
			               name, role);
	return pf_pass(facts, tag, "the app's role \"%s\" has no right beyond its own objects",
	               name);
}

static struct pf_verdict judge_public_schema(const struct pf_case *facts)
{
	const char *tag = pf_login_tag(facts), *why = pf_login_unread(facts, "public_schema");
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	if (why || !pf_cell(answer, "public_schema", 0, "create"))
		return pf_unknown(facts, tag, "the rights on schema public were not seen: %s",
		                  why ? why : "the server told nothing of them");
	if (pf_cell_true(answer, "public_schema", 0, "create"))
		return pf_fail(facts, tag, "every role may create objects in schema public");
	return pf_pass(facts, tag, "PUBLIC may not create objects in schema public");
}

/* The first second after the last fix, UTC. https://www.postgresql.org/support/versioning/ */
static const struct {
	int64_t major, until;
} supported[] = {
	{13, 1763078400}, {14, 1794528000}, {15, 1825977600},
	{16, 1857427200}, {17, 1888876800}, {18, 1920931200},
};

static struct pf_verdict judge_version(const struct pf_case *facts)
{
	const char *tag = pf_login_tag(facts), *why = pf_login_unread(facts, "version");
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	int64_t number = pf_cell_number(answer, "version", 0, "number", 0);
	if (why || number == 0)
		return pf_unknown(facts, tag, "the version was not seen: %s",
		                  why ? why : "the server told none");
	const char *name = pf_cell(answer, "version", 0, "name");
	for (size_t i = 0; i < PF_COUNT(supported); i++)
		if (number / 10000 == supported[i].major && answer->at < supported[i].until)
			return pf_pass(facts, tag, "PostgreSQL %s still gets fixes", name);
	if (number / 10000 > supported[PF_COUNT(supported) - 1].major)
		return pf_pass(facts, tag, "PostgreSQL %s is newer than this list", name);
	return pf_fail(facts, tag, "PostgreSQL %s gets no fixes any more", name);
}

#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#databases"

static const struct pf_check checks[] = {
	{
		.id = "databases.app-connects",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again? asks?",
		.judge = judge_connects,
		.title = "The app's own credentials log in, over TLS that is verified",
		.why = "A site whose database refuses its own app is down, or soon will be when "
		       "the "
		       "last connection of the pool ends. The login is made as a careful client "
		       "makes it: the certificate must be trusted for the database's name, and the "
		       "password is only used bound to that connection (SCRAM with channel "
		       "binding), so that nobody in between learns it. A server that takes the "
		       "password in no such way is a fault of its own.",
		.remedy = "pg_hba.conf:\n"
			  "    hostssl shop shop 10.0.0.10/32 scram-sha-256\n"
			  "postgresql.conf:\n"
			  "    ssl = on\n"
			  "    password_encryption = 'scram-sha-256'\n"
			  "Django:\n"
			  "    DATABASES['default']['OPTIONS'] = {'sslmode': 'verify-full',\n"
			  "                                       'sslrootcert': "
			  "'/etc/ssl/db-ca.pem'}\n"
			  "site file: an authority of your own:\n"
			  "    ca_file: /etc/ssl/db-ca.pem\n",
		.reference = CHECKLIST,
	},
	{
		.id = "databases.least-privilege",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again?",
		.judge = judge_privilege,
		.title = "The app's role can do nothing but work with its own tables",
		.why = "An SQL injection is as powerful as the role behind it. A superuser reads "
		       "files and starts programs on the database host, createrole and bypassrls "
		       "reach everybody's data, replication takes a copy of all of it. Membership "
		       "in a role that may do such things counts like the right itself.",
		.remedy = "PostgreSQL: as a superuser:\n"
			  "    ALTER ROLE shop NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION "
			  "NOBYPASSRLS;\n"
			  "    REVOKE pg_read_server_files FROM shop;\n"
			  "Migrations need ownership of the tables, not more.\n",
		.reference = CHECKLIST,
	},
	{
		.id = "databases.public-schema",
		.severity = PF_LOW,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again?",
		.judge = judge_public_schema,
		.title = "Nobody but its owner can create objects in schema public",
		.why = "Before PostgreSQL 15 every role could create functions and tables in "
		       "schema public, and a database that was upgraded keeps that right. Another "
		       "role can then put a function where the app looks for one (CVE-2018-1058).",
		.remedy = "PostgreSQL: in the site's database, as its owner or a superuser:\n"
			  "    REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n",
		.reference = "https://www.postgresql.org/docs/current/ddl-schemas.html"
			     "#DDL-SCHEMAS-PATTERNS",
	},
	{
		.id = "databases.supported-version",
		.severity = PF_LOW,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again?",
		.judge = judge_version,
		.title = "The database server's version still gets fixes",
		.why = "A major version of PostgreSQL gets fixes for five years. After that, flaws "
		       "that are found are published and stay open.",
		.remedy = "Move to a version that is supported: in place, or by a dump and a "
                          "restore (https://www.postgresql.org/support/versioning/ has the dates). "
                          "On Debian:\n"
			  "    apt-get install postgresql\n"
			  "    pg_lsclusters\n"
			  "    pg_upgradecluster 13 main\n",
		.reference = "https://www.postgresql.org/support/versioning/",
	},
};

const struct pf_probe pf_probe_database_rights = {
	.name = "database_rights",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
