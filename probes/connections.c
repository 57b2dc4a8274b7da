/* Whether connections to PostgreSQL are kept, as the database itself has counted.
 *
 * CONN_MAX_AGE is an intention. A worker that ends after each request, a thread for each request, a
 * middleware that closes what it used: the setting holds, and every request logs in all the same.
 * pg_stat_database counts sessions and transactions of the database since its statistics were
 * reset; on a good host there are many more transactions than sessions. Other programs count
 * there too, and in autocommit mode one request is several transactions, so only what is
 * clear is said. https://www.postgresql.org/docs/current/monitoring-stats.html
 */
#include "database_reader.h"
#include "django_reader.h"

#include <string.h>

enum {
	ENOUGH = 1000, /* transactions that say something */
	FEW = 3, /* so few for one session, whose start is one of them: it was made for the rest */
	MANY = 6,
};

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_ask_logins(asking);
	for (size_t i = 0; i < site->database_count; i++)
		if (pf_is_postgres(&site->databases[i]))
			pf_ask_django(asking, "kept",
			              pf_database_subject(asking, &site->databases[i]),
			              PF_ABOUT_SETTINGS);
}

/* What the settings intend for a PostgreSQL of that name: kept, not kept, or nothing is known. */
enum intention { UNKNOWN, KEPT, NOT_KEPT };

static enum intention intention_of(const struct pf_case *facts, const char *name)
{
	const struct pf_answer *answer = pf_answer_of(facts, "kept");
	struct pf_fact database, named;
	if (!answer || pf_untold(facts, answer, "settings"))
		return UNKNOWN;
	for (size_t i = 0; pf_fact(facts, answer, "database_name", i, &named); i++) {
		if (strcmp(named.word[1], name) != 0)
			continue;
		for (size_t k = 0; pf_fact(facts, answer, "database", k, &database); k++)
			if (strcmp(database.word[0], named.word[0]) == 0 &&
			    strstr(database.word[1], "postg"))
				return strcmp(database.word[2], "0") != 0 ||
				                       strcmp(database.word[4], "True") == 0
				               ? KEPT
				               : NOT_KEPT;
	}
	return UNKNOWN;
}

static struct pf_verdict judge_counts(const struct pf_case *facts)
{
	const char *tag = pf_login_tag(facts), *why = pf_login_unread(facts, "activity");
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	long long transactions = pf_cell_number(answer, "activity", 0, "transactions", -1);
	long long sessions = pf_cell_number(answer, "activity", 0, "sessions", -1);
	enum intention intention =
		intention_of(facts, pf_exchange_of(facts, tag)->question.sql.database);
	if (why || transactions < 0 || sessions < 0)
		return pf_unknown(facts, tag, "how often the app logs in was not seen: %s",
		                  why ? why : "the server counts no sessions");
	const char *counted =
		pf_say(facts, "the database counts %lld transactions in %lld sessions",
	               transactions, sessions);
	if (transactions < ENOUGH)
		return pf_unknown(facts, tag, "%s: too few to say whether connections are kept",
		                  counted);
	if (transactions < FEW * sessions)
		return pf_fail(facts, tag, "%s: one is made for almost every query%s", counted,
		               intention == KEPT ? ", although the settings keep connections" : "");
	if (transactions < MANY * sessions)
		return pf_unknown(facts, tag, "%s: that speaks neither for nor against kept ones",
		                  counted);
	return pf_pass(facts, tag, "%s%s", counted,
	               intention == NOT_KEPT
	                       ? ", although the settings close them after each request"
	                       : "");
}

static const struct pf_check checks[] = {
	{
		.id = "conn-max-age.persistent",
		.severity = PF_LOW,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again? kept?",
		.judge = judge_counts,
	},
};

const struct pf_probe pf_probe_connections = {
	.name = "connections",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
