/* What the site logs arrives, and what strangers ask for by a false name does not.
 *
 * A page that does not exist is asked for under a name of this run's own; Django logs a warning
 * about it, so within seconds the name stands in one of the files that LOGGING names. The same look
 * finds a bogus Host of this run, which Django logs when it refuses one: then the front let it
 * through.
 */
#include "django_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";

/* Of this question alone: other probes try the run's own bogus name in ways that may reach Django
 * without the front being to blame. */
static const char *bogus_host(struct pf_asking *asking)
{
	return pf_word(asking, "pf-log-%s.invalid", pf_canary_digits(asking));
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *missing = pf_word(asking, "/pf-%s/", pf_canary_digits(asking));
	pf_ask(asking, "marked", SUBJECT, pf_visit(asking, place, missing));
	pf_ask(asking, "bad-host", SUBJECT, pf_visit_as(asking, place, "/", bogus_host(asking)));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_ask_settings(asking);
	if (!pf_setting_is(pf_asked(asking, "settings", SUBJECT), "end", "settings"))
		return;
	pf_each_place(asking, url->scheme, url->host, ask_place);
	if (!pf_asked(asking, "marked", SUBJECT) || !pf_asked(asking, "bad-host", SUBJECT))
		return;
	const char *const marks[] = {pf_word(asking, "/pf-%s/", pf_canary_digits(asking)),
	                             bogus_host(asking)};
	pf_ask_marks(asking, SUBJECT, marks);
}

/* "path" of the log that has the mark; NULL: none has. */
static const char *log_with(const struct pf_case *facts, size_t number)
{
	struct pf_fact mark;
	if (!pf_fact(facts, pf_answer_of(facts, "marks"), "mark", number, &mark))
		return NULL;
	return strcmp(mark.word[1], "-") == 0 ? NULL : mark.word[1];
}

static struct pf_verdict judge_works(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "marks");
	const char *missing = pf_setting_missing(facts, "marks", "mark"), *files = "";
	struct pf_fact file;
	if (missing)
		return pf_unknown(facts, "marks", "%s", missing);
	if (!pf_fact(facts, answer, "looked_at", 0, &file))
		return pf_skip(facts, "settings", "LOGGING names no file");
	if (log_with(facts, 0))
		return pf_pass(facts, "marks", "a request that was marked stands in %s",
		               log_with(facts, 0));
	for (size_t i = 0; pf_fact(facts, answer, "looked_at", i, &file); i++) {
		files = pf_say(facts, "%s%s%s", files, i ? ", " : "", file.word[0]);
		if (strcmp(file.word[1], "read") != 0)
			return pf_fail(facts, "marks", "%s cannot be opened by the site's user: %s",
			               file.word[0], file.word[1]);
	}
	if (!pf_has_status(pf_answer_of(facts, "marked")) ||
	    pf_answer_of(facts, "marked")->http.status != 404)
		return pf_unknown(facts, "marked",
		                  "the marked request was not answered 404 by Django");
	return pf_fail(facts, "marks", "a request that was marked is in none of %s after 4 seconds",
	               files);
}

static struct pf_verdict judge_front(const struct pf_case *facts)
{
	const char *missing = pf_setting_missing(facts, "marks", "mark");
	if (missing)
		return pf_unknown(facts, "marks", "%s", missing);
	if (log_with(facts, 1))
		return pf_fail(facts, "marks",
		               "the front let a bogus Host through: Django wrote of it in %s",
		               log_with(facts, 1));
	if (!log_with(facts, 0))
		return pf_skip(facts, "marks", "the site's log does not show what reaches Django");
	return pf_pass(facts, "marks", "a bogus Host left no trace in %s", log_with(facts, 0));
}

static const struct pf_check checks[] = {
	{
		.id = "logging.works",
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! marked! bad-host marks!",
		.judge = judge_works,
		.title = "What the site logs arrives in its log",
		.why = "A log that nothing arrives in is found out on the day it is needed. Files "
		       "that "
		       "were moved by logrotate, wrong owners, a handler without a logger or a "
		       "level "
		       "too high all look like a quiet day. A request that must be logged is made, "
		       "and looked for as the site's user.",
		.remedy =
			"Django:\n"
			"    LOGGING = {'version': 1, 'disable_existing_loggers': False,\n"
			"        'handlers': {'file': {'class': "
                        "'logging.handlers.WatchedFileHandler',\n"
			"                              'filename': '/var/log/shop/django.log'}},\n"
			"        'loggers': {'django': {'handlers': ['file'], 'level': 'INFO'}}}\n"
			"and let the site's user write there.\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#logging",
	},
	{
		.id = "allowed-hosts.stopped-at-front",
		.stall_is_unknown = true,
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! marked! bad-host marks!",
		.judge = judge_front,
	},
};

const struct pf_probe pf_probe_site_log = {
	.name = "site_log",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
