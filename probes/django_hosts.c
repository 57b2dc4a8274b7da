/* ALLOWED_HOSTS names the site and nothing else, and nobody but the front says what the Host was.
 *
 * Read from the settings themselves on the app host, since a strict front hides a lax setting until
 * the day it is changed. Django strips nothing: '*' allows every Host. USE_X_FORWARDED_HOST is
 * right only where the front always overwrites that header, so when it is on, the front is tried: a
 * client's own X-Forwarded-Host must change nothing.
 */
#include "django_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";

static struct pf_question forwarded(struct pf_asking *asking, const struct pf_place *place)
{
	struct pf_question question = pf_visit(asking, place, pf_busted(asking, "setting"));
	const char *line = pf_word(asking, "X-Forwarded-Host: %s", pf_asking_canary(asking));
	question.http.headers = pf_list(asking, 1, &line);
	return question;
}

/* The first address speaks for all: it is the setting that is judged here. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	static const char *const may_be_400[] = {"forwarded"};
	struct pf_place here = *place;
	here.subject = SUBJECT;
	pf_ask(asking, "forwarded", SUBJECT, forwarded(asking, place));
	pf_ask_good(asking, &here, PF_COUNT(may_be_400), may_be_400);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_ask_settings(asking);
	if (pf_setting_is(pf_asked(asking, "settings", SUBJECT), "use_x_forwarded_host", "True"))
		pf_each_place(asking, url->scheme, url->host, ask_place);
}

static struct pf_verdict judge_forwarding(const struct pf_case *facts, const char *hosts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	const struct pf_answer *answer = pf_answer_of(facts, "forwarded");
	if (nothing || !answer || pf_outcome_is_ours(answer->outcome))
		return pf_unknown(facts, "settings",
		                  "USE_X_FORWARDED_HOST is True, and whether the front overwrites "
		                  "the header could not be seen: %s",
		                  nothing ? nothing : "it was not asked");
	const char *echo = pf_echo_of(facts, answer, facts->canary);
	enum pf_who who = pf_who_answered(&seen, answer);
	if (echo)
		return pf_fail(facts, "forwarded",
		               "USE_X_FORWARDED_HOST is True and the front passes on a client's "
		               "own: the name came back %s",
		               echo);
	if (who == PF_WHO_DJANGO || who == PF_WHO_TECHNICAL)
		return pf_fail(facts, "forwarded",
		               "USE_X_FORWARDED_HOST is True and the front passes on a client's "
		               "own: the page %s",
		               pf_who_words(facts, who, answer));
	return pf_pass(facts, "forwarded",
	               "ALLOWED_HOSTS is [%s]; USE_X_FORWARDED_HOST is True and a client's own "
	               "header changes nothing",
	               hosts);
}

static struct pf_verdict judge_setting(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *unread = pf_untold(facts, answer, "settings"), *host, *hosts = "";
	if (unread)
		return pf_unknown(facts, "settings", "%s", unread);
	for (size_t i = 0; (host = pf_setting(facts, answer, "allowed_host", i)) != NULL; i++) {
		if (strcmp(host, "*") == 0)
			return pf_fail(facts, "settings",
			               "ALLOWED_HOSTS holds '*': Django accepts every Host");
		hosts = pf_say(facts, "%s%s%s", hosts, i ? ", " : "", host);
	}
	if (pf_setting_is(answer, "use_x_forwarded_host", "True"))
		return judge_forwarding(facts, hosts);
	return pf_pass(facts, "settings", "ALLOWED_HOSTS is [%s] and USE_X_FORWARDED_HOST is False",
	               hosts);
}

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.setting",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings! forwarded? good? good-again? front-error?",
		.judge = judge_setting,
		.title = "ALLOWED_HOSTS names the site's hosts, and no client chooses the Host",
		.why = "'*' switches Django's own guard off, and the next change of the front's "
		       "configuration opens the site to every Host. `manage.py check --deploy` "
		       "does "
		       "not object to it. USE_X_FORWARDED_HOST lets a header decide that any "
		       "client "
		       "can send; it is safe only where the front always sets it, so where it is "
		       "on, "
		       "a request with that header is sent to the site's first addresses.",
		.remedy = "Django:\n"
			  "    ALLOWED_HOSTS = ['www.example.com', 'example.com']\n"
			  "    USE_X_FORWARDED_HOST = False\n"
			  "nginx: if it must be True, in every proxied location:\n"
			  "    proxy_set_header X-Forwarded-Host $host;\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts",
	},
};

const struct pf_probe pf_probe_django_hosts = {
	.name = "django_hosts",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
