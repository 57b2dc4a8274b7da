/* What the site logs arrives, and what strangers ask for by a false name does not.
 *
 * A page that does not exist is asked for under a name of this run's own; Django logs a warning
 * about it, so within seconds the name stands in one of the files that LOGGING names, or in the
 * journal where it goes to stderr and systemd keeps that. The same look
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

/* Does a handler of LOGGING write to stderr, and none to a file? "name kind file" */
static bool goes_to_stderr(struct pf_asking *asking, const struct pf_answer *settings)
{
	const char *told;
	bool streams = false;
	for (size_t i = 0; (told = pf_setting_word(asking, settings, "log", i)) != NULL; i++) {
		if (strchr(told, '/'))
			return false;
		streams |= strstr(told, "StreamHandler") || strstr(told, "Journal");
	}
	return streams;
}

/* Only which unit said it is shown: what else stands in the line is nobody's business here. */
static void ask_journal(struct pf_asking *asking, const char *tag, const char *mark)
{
	const char *journal = pf_asking_site(asking)->logs.journal;
	const char *words[] = {
		"/usr/bin/journalctl",
		"--no-pager",
		"--since=-5min",
		"--lines=5",
		"--output=json",
		"--output-fields=_SYSTEMD_UNIT",
		pf_word(asking, "--grep=%s", mark),
		pf_word(asking, "--directory=%s", journal ? journal : ""),
	};
	struct pf_question question = {.kind = PF_KIND_exec};
	question.exec.argv = pf_list(asking, PF_COUNT(words) - !journal, words);
	pf_ask(asking, tag, SUBJECT, question);
}

static void ask_journals(struct pf_asking *asking)
{
	if (!pf_asked(asking, "marks", SUBJECT) ||
	    !goes_to_stderr(asking, pf_asked(asking, "settings", SUBJECT)))
		return;
	const char *digits = pf_canary_digits(asking);
	ask_journal(asking, "journal", pf_word(asking, "/pf-%s/", digits));
	ask_journal(asking, "journal-bad-host", pf_word(asking, "pf-log-%s[.]invalid", digits));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	struct pf_words addresses;
	pf_ask_settings(asking);
	/* Looked up at once: what follows takes all the rounds there are. */
	pf_addresses(asking, url->host, pf_word(asking, "%s://%s", url->scheme, url->host),
	             &addresses);
	if (!pf_setting_is(pf_asked(asking, "settings", SUBJECT), "end", "settings"))
		return;
	pf_each_place(asking, url->scheme, url->host, ask_place);
	if (!pf_asked(asking, "marked", SUBJECT) || !pf_asked(asking, "bad-host", SUBJECT))
		return;
	const char *const marks[] = {pf_word(asking, "/pf-%s/", pf_canary_digits(asking)),
	                             bogus_host(asking)};
	pf_ask_marks(asking, SUBJECT, marks);
	ask_journals(asking);
}

/* Does an answer of journalctl show an entry? One of its JSON is a line that begins with a brace.
 */
static bool shows_entry(const struct pf_answer *answer)
{
	return answer && answer->outcome == PF_answered && answer->exec.output &&
	       answer->exec.output[0] == '{';
}

/* "path" of the log that has the mark; NULL: none has. */
static const char *log_with(const struct pf_case *facts, size_t number)
{
	static const char *const journals[] = {"journal", "journal-bad-host"};
	struct pf_fact mark;
	if (shows_entry(pf_answer_of(facts, journals[number])))
		return "the journal";
	if (!pf_fact(facts, pf_answer_of(facts, "marks"), "mark", number, &mark))
		return NULL;
	return strcmp(mark.word[1], "-") == 0 ? NULL : mark.word[1];
}

/* Where stderr goes is not written anywhere: into the journal, a container's log, a file. Only
 * where the site file says that it is the journal is a mark that is not there a log that is lost.
 */
static struct pf_verdict judge_journal(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "journal");
	if (!answer)
		return pf_skip(facts, "settings", "LOGGING names no file");
	if (log_with(facts, 0))
		return pf_pass(facts, "journal", "a request that was marked stands in the journal");
	if (answer->outcome != PF_answered)
		return pf_unknown(facts, "journal", "LOGGING writes to stderr, and the journal %s",
		                  pf_outcome_sentence(answer->outcome));
	const char *errors = answer->exec.errors ? answer->exec.errors : "";
	if (*errors)
		return pf_unknown(facts, "journal",
		                  "LOGGING writes to stderr, and the journal cannot be read "
		                  "(postflight wants root or the group systemd-journal): %s",
		                  errors);
	if (!facts->site->logs.journal)
		return pf_unknown(facts, "journal",
		                  "LOGGING writes to stderr, which does not go to the journal of "
		                  "this host: where it goes is not known");
	if (!pf_has_status(pf_answer_of(facts, "marked")) ||
	    pf_answer_of(facts, "marked")->http.status != 404)
		return pf_unknown(facts, "marked",
		                  "the marked request was not answered 404 by Django");
	return pf_fail(facts, "journal", "a request that was marked is not in the journal in %s",
	               facts->site->logs.journal);
}

static struct pf_verdict judge_works(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "marks");
	const char *missing = pf_setting_missing(facts, "marks", "mark"), *files = "";
	struct pf_fact file;
	if (missing)
		return pf_unknown(facts, "marks", "%s", missing);
	if (!pf_fact(facts, answer, "looked_at", 0, &file))
		return judge_journal(facts);
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
		.needs = "settings! marked! bad-host marks! journal? journal-bad-host?",
		.judge = judge_works,
		.title = "What the site logs arrives in its log",
		.why = "A log that nothing arrives in is found out on the day it is needed. Files "
		       "that "
		       "were moved by logrotate, wrong owners, a handler without a logger or a "
		       "level "
		       "too high all look like a quiet day. A request that must be logged is made, "
		       "and looked for as the site's user; in the journal where LOGGING writes to "
		       "stderr.",
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
		.needs = "settings! marked! bad-host marks! journal? journal-bad-host?",
		.judge = judge_front,
	},
};

const struct pf_probe pf_probe_site_log = {
	.name = "site_log",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
