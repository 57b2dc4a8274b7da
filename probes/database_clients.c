/* What the app's own connections to PostgreSQL are like: encrypted, to a server that it verifies.
 *
 * A server that refuses plain text is half of it. With sslmode=require libpq takes any certificate,
 * and prefer, its default, takes plain text too when it is told that there is no TLS: whoever poses
 * as the database is believed. The settings say what the app asks for; pg_stat_ssl says what its
 * sessions of this very moment got. https://www.postgresql.org/docs/current/libpq-ssl.html
 */
#include "database_reader.h"
#include "django_reader.h"

#include <string.h>

static void ask(struct pf_asking *asking)
{
	pf_ask_settings(asking);
	pf_ask_logins(asking);
}

/* A Unix socket, or this machine: nothing goes over a wire. */
static bool is_here(const char *host)
{
	return !*host || strcmp(host, "-") == 0 || *host == '/' || strcmp(host, "localhost") == 0 ||
	       strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static bool verifies(const char *mode)
{
	return strcmp(mode, "verify-full") == 0 || strcmp(mode, "verify-ca") == 0;
}

/* "alias mode host" */
static struct pf_verdict judge_mode(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *unread = pf_untold(facts, answer, "settings"), *seen = NULL, *elsewhere = NULL;
	struct pf_fact database;
	if (unread)
		return pf_unknown(facts, "settings", "%s", unread);
	for (size_t i = 0; pf_fact(facts, answer, "database_sslmode", i, &database); i++) {
		const char *alias = database.word[0], *mode = database.word[1];
		if (is_here(database.word[2]))
			continue;
		if (strcmp(mode, "service") == 0) {
			elsewhere = alias;
			continue;
		}
		if (!verifies(mode))
			return pf_fail(facts, "settings",
			               "DATABASES['%s'] connects to %s with sslmode=%s: the app "
			               "believes whoever poses as the database",
			               alias, database.word[2], mode);
		seen = pf_say(facts, "DATABASES['%s'] connects to %s with sslmode=%s", alias,
		              database.word[2], mode);
	}
	if (elsewhere)
		return pf_unknown(facts, "settings",
		                  "DATABASES['%s'] takes its sslmode from a service file",
		                  elsewhere);
	return seen ? pf_pass(facts, "settings", "%s", seen)
	            : pf_skip(facts, "settings",
	                      "no PostgreSQL of the settings is on another machine");
}

/* The app's sessions from other machines, ours among them, which has TLS. */
static struct pf_verdict judge_sessions(const struct pf_case *facts)
{
	const char *tag = pf_login_tag(facts), *why = pf_login_unread(facts, "sessions");
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	int64_t with = 0, without = 0;
	if (why)
		return pf_unknown(facts, tag, "the app's sessions were not seen: %s", why);
	for (size_t row = 0; pf_cell(answer, "sessions", row, "tls"); row++) {
		int64_t count = pf_cell_number(answer, "sessions", row, "count", 0);
		*(pf_cell_true(answer, "sessions", row, "tls") ? &with : &without) += count;
	}
	if (without)
		return pf_fail(facts, tag,
		               "%lld of the app's sessions come from another machine without TLS, "
		               "at this moment",
		               (long long)without);
	if (with == 0)
		return pf_skip(facts, tag, "no session of the app's comes from another machine");
	return pf_pass(facts, tag,
	               "all %lld of the app's sessions from other machines are over TLS",
	               (long long)with);
}

static const struct pf_check checks[] = {
	{
		.id = "databases.tls-required",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "app",
		.applies = pf_has_postgres,
		.needs = "settings!",
		.judge = judge_mode,
	},
	{
		.id = "databases.tls-required",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again?",
		.judge = judge_sessions,
	},
};

const struct pf_probe pf_probe_database_clients = {
	.name = "database_clients",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
