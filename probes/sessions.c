/* Sessions and database connections: kept where they cost least, and cleared.
 */
#include "django_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";
static const char BACKENDS[] = "django.contrib.sessions.backends.";

static void ask(struct pf_asking *asking)
{
	const struct pf_answer *settings;
	pf_ask_settings(asking);
	settings = pf_asked(asking, "settings", SUBJECT);
	if (pf_setting_is(settings, "session_app", "True") &&
	    (pf_setting_is(settings, "session_engine", "django.contrib.sessions.backends.db") ||
	     pf_setting_is(settings, "session_engine",
	                   "django.contrib.sessions.backends.cached_db")))
		pf_ask_django(asking, "sessions", SUBJECT, PF_ABOUT_PROJECT);
}

static struct pf_verdict judge_backend(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *missing = pf_setting_missing(facts, "settings", "session_engine");
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	const char *engine = pf_setting(facts, answer, "session_engine", 0);
	if (!pf_setting_is(answer, "session_app", "True"))
		return pf_skip(facts, "settings", "the site keeps no sessions");
	if (strncmp(engine, BACKENDS, strlen(BACKENDS)) != 0)
		return pf_skip(facts, "settings", "SESSION_ENGINE is %s, none of Django's own",
		               engine);
	const char *kind = engine + strlen(BACKENDS);
	const char *serializer = pf_setting(facts, answer, "session_serializer", 0);
	if (strcmp(kind, "db") == 0 || strcmp(kind, "file") == 0)
		return pf_fail(
			facts, "settings",
			"SESSION_ENGINE is %s: every request of a logged-in visitor reads the "
			"%s",
			engine, strcmp(kind, "db") == 0 ? "database" : "disk");
	if (strcmp(kind, "signed_cookies") == 0 && serializer && strstr(serializer, "Pickle"))
		return pf_fail(
			facts, "settings",
			"sessions are in signed cookies and unpickled: who has SECRET_KEY runs "
			"code");
	if (strcmp(kind, "signed_cookies") == 0 &&
	    !pf_setting_is(answer, "session_cookie_httponly", "True"))
		return pf_fail(facts, "settings",
		               "sessions are in signed cookies that scripts may read");
	return pf_pass(facts, "settings", "SESSION_ENGINE is %s", engine);
}

static struct pf_verdict judge_cleared(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "sessions");
	const char *missing = pf_setting_missing(facts, answer ? "sessions" : "settings",
	                                         answer ? "sessions" : "session_engine");
	struct pf_fact rows;
	if (answer && answer->outcome != PF_answered)
		return pf_unknown(facts, "sessions", "the count of sessions %s",
		                  pf_outcome_sentence(answer->outcome));
	if (!missing && !answer)
		return pf_skip(facts, "settings", "sessions are not in the database");
	if (missing)
		return pf_unknown(facts, "sessions", "%s", missing);
	if (!pf_fact(facts, answer, "sessions", 0, &rows))
		return pf_unknown(facts, "sessions", "nothing is said of the sessions");
	if (rows.number[2] >= 100 || rows.number[1] >= 100000)
		return pf_fail(facts, "sessions",
		               "%s of %s%s rows of django_session are expired, %s of them for more "
		               "than a month",
		               rows.word[1], rows.number[0] >= 100000 ? "at least " : "",
		               rows.word[0], rows.word[2]);
	return pf_pass(facts, "sessions",
	               "%s of %s rows of django_session are expired, %s for long", rows.word[1],
	               rows.word[0], rows.word[2]);
}

/* "alias engine max-age health pool" of one that is far enough for a connection to cost. */
static const char *fault_of(const struct pf_case *facts, const struct pf_fact *database,
                            bool checks)
{
	bool pooled = strcmp(database->word[4], "True") == 0;
	bool kept = strcmp(database->word[2], "0") != 0;
	if (strstr(database->word[1], "sqlite") || pooled)
		return NULL;
	if (!kept)
		return pf_say(facts, "CONN_MAX_AGE of %s is 0: a connection for every request",
		              database->word[0]);
	if (checks && strcmp(database->word[3], "True") != 0)
		return pf_say(facts,
		              "CONN_HEALTH_CHECKS of %s is False: a connection that the server "
		              "closed becomes an error page",
		              database->word[0]);
	return NULL;
}

static struct pf_verdict judge_connections(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *missing = pf_setting_missing(facts, "settings", "django");
	struct pf_fact database;
	size_t count = 0;
	if (missing)
		return pf_unknown(facts, "settings", "%s", missing);
	const char *version = pf_setting(facts, answer, "django", 0);
	bool checks = strncmp(version, "3.", 2) != 0 && strncmp(version, "4.0", 3) != 0;
	for (; pf_fact(facts, answer, "database", count, &database); count++) {
		const char *fault = fault_of(facts, &database, checks);
		if (fault)
			return pf_fail(facts, "settings", "%s", fault);
	}
	if (count == 0)
		return pf_skip(facts, "settings", "the site has no database");
	return pf_pass(facts, "settings", "connections to all %zu databases are kept", count);
}

static const struct pf_check checks[] = {
	{
		.id = "sessions.backend",
		.severity = PF_LOW,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_backend,
		.title = "Sessions are read from a cache",
		.why = "The database and file backends cost a query or a disk read with every "
		       "request "
		       "of a visitor who has a session. Signed cookies cost nothing, and are fine "
		       "where they are HttpOnly and JSON: they cannot be taken back, and anybody "
		       "with SECRET_KEY can write them.",
		.remedy = "Django: with a shared cache (Redis, memcached) as CACHES['default']:\n"
			  "    SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#sessions",
	},
	{
		.id = "sessions.cleared",
		.severity = PF_MEDIUM,
		.seen_from = "app host, db",
		.block = "app",
		.needs = "settings! sessions?",
		.judge = judge_cleared,
		.title = "Expired sessions are cleared",
		.why = "Django never deletes expired rows of django_session by itself. The table "
		       "grows "
		       "with every visitor and every robot, backups grow with it, and sessions "
		       "that "
		       "should be gone lie about. It fails from a hundred rows that expired more "
		       "than a month ago, or a hundred thousand of any age.",
		.remedy = "Once a day, as the site's user (cron or a systemd timer):\n"
			  "    python manage.py clearsessions\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/http/sessions/"
			     "#clearing-the-session-store",
	},
	{
		.id = "conn-max-age.persistent",
		.severity = PF_LOW,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_connections,
		.title = "Database connections are kept from request to request",
		.why = "With CONN_MAX_AGE = 0 every request opens a connection, with a TLS "
		       "handshake "
		       "and a password exchange, before its first query. Kept ones want "
		       "CONN_HEALTH_CHECKS (Django 4.1), or a restart of the database shows as "
		       "error pages. A pool (Django 5.1) does as well. SQLite has no connection to "
		       "keep.",
		.remedy = "Django:\n"
			  "    DATABASES['default']['CONN_MAX_AGE'] = 60\n"
			  "    DATABASES['default']['CONN_HEALTH_CHECKS'] = True\n"
			  "Django: under ASGI a pool instead (PostgreSQL, from 5.1):\n"
			  "    DATABASES['default']['OPTIONS'] = {'pool': True}\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/databases/"
			     "#persistent-database-connections",
	},
};

const struct pf_probe pf_probe_sessions = {
	.name = "sessions",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
