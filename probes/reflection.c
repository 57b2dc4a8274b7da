/* A bogus host name never comes back, whichever way it was sent.
 *
 * What a stranger writes must not become an address that others follow. A good host builds its
 * redirects, links, cookie domains and CORS answers from names it was configured with. The canary
 * is sent as Host over both schemes, as Origin, as Referer, with a form from elsewhere, and in the
 * headers that proxies set. Where it came back the same address is visited again without it: what
 * comes back then was kept by a cache.
 */
#include "error_reader.h"
#include "forwarded_reader.h"
#include "response_reader.h"

/* What stands before the canary in Referer, so that it is told from Origin. */
#define REFERRER "ref."

static struct pf_question with_origin(struct pf_asking *asking, const struct pf_place *place)
{
	struct pf_question question = pf_visit(asking, place, pf_busted(asking, "origin"));
	const char *canary = pf_asking_canary(asking);
	const char *lines[] = {pf_word(asking, "Origin: https://%s", canary),
	                       pf_word(asking, "Referer: https://" REFERRER "%s/", canary)};
	question.http.headers = pf_list(asking, PF_COUNT(lines), lines);
	pf_look_for(asking, &question, pf_word(asking, "//" REFERRER "%s", canary));
	return question;
}

/* The same without what may have poisoned a cache, once that has come back. */
static void ask_clean(struct pf_asking *asking, const char *subject, const char *tag,
                      const char *clean, struct pf_question question)
{
	question.http.host = NULL;
	question.http.headers = (struct pf_words){NULL, 0};
	if (pf_came_back(pf_asked(asking, tag, subject)))
		pf_ask(asking, clean, subject, question);
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *subject = place->subject;
	struct pf_question host = pf_visit_unknown_host(asking, place);
	struct pf_question origin = with_origin(asking, place);
	pf_ask(asking, "host", subject, host);
	ask_clean(asking, subject, "host", "host-clean", host);
	pf_ask(asking, "origin", subject, origin);
	ask_clean(asking, subject, "origin", "origin-clean", origin);
	pf_ask_form(asking, place);
	pf_ask(asking, "forwarded", subject, pf_visit_forwarded(asking, place));
	pf_ask(asking, "forwarded-login", subject, pf_visit_forwarded_login(asking, place));
	pf_ask_good(asking, place, 0, NULL);
}

static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "plain-host", place->subject, pf_visit_unknown_host(asking, place));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
}

/* `name` came back `echo`. */
static struct pf_verdict reflected(const struct pf_case *facts, const char *tag, const char *how,
                                   const char *name, const char *echo)
{
	const struct pf_answer *clean = pf_answer_of(facts, pf_say(facts, "%s-clean", tag));
	bool kept = pf_echo_of(facts, clean, name);
	return pf_fail(facts, tag, "\"%s\" sent as %s came back %s%s", name, how, echo,
	               kept ? ", and a cache gave it to the next visitor as well" : "");
}

/* A link back to where the visitor came from leads nobody astray, unless others get to see it. */
static const char *referrer_echo(const struct pf_case *facts, const char *name)
{
	const char *obeyed = pf_obeyed_echo_of(facts, pf_answer_of(facts, "origin"), name);
	return obeyed ? obeyed : pf_echo_of(facts, pf_answer_of(facts, "origin-clean"), name);
}

static const char *form_echo(const struct pf_case *facts)
{
	return pf_obeyed_echo_of(facts, pf_answer_of(facts, "form"), facts->canary);
}

static struct pf_verdict judge_reflection(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *how;
	} ways[] = {
		{"host", "Host"},
		{"origin", "Origin"},
		{"forwarded", "X-Forwarded-Host or its like"},
		{"forwarded-login", "X-Forwarded-Host or its like, on the login page,"},
	};
	const char *referrer = pf_say(facts, REFERRER "%s", facts->canary);
	if (referrer_echo(facts, referrer))
		return reflected(facts, "origin", "Referer", referrer,
		                 referrer_echo(facts, referrer));
	if (form_echo(facts))
		return reflected(facts, "form", "Origin and Referer of a form", facts->canary,
		                 form_echo(facts));
	for (size_t i = 0; i < PF_COUNT(ways); i++) {
		const struct pf_answer *answer = pf_answer_of(facts, ways[i].tag);
		const char *echo = pf_echo_of(facts, answer, facts->canary);
		if (!echo && pf_believed(facts, answer))
			echo = "in an address";
		if (echo)
			return reflected(facts, ways[i].tag, ways[i].how, facts->canary, echo);
	}
	const struct pf_answer *good = pf_answer_of(facts, "good");
	if (pf_is_refusal(good))
		return pf_unknown(facts, "good",
		                  "the site's own host was answered %lld, so what it does with "
		                  "others is not seen",
		                  (long long)good->http.status);
	return pf_pass(
		facts, "host",
		"a bogus name sent as Host, Origin, Referer or X-Forwarded-Host does not come back "
		"in any address, cookie or header");
}

static struct pf_verdict judge_plain_reflection(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "plain-host");
	const char *echo = pf_echo_of(facts, answer, facts->canary);
	if (echo)
		return reflected(facts, "plain-host", "Host over plain HTTP", facts->canary, echo);
	if (!pf_has_status(answer))
		return pf_pass(facts, "plain-host", "plain HTTP %s",
		               pf_outcome_sentence(answer->outcome));
	return pf_pass(facts, "plain-host", "a bogus Host over plain HTTP does not come back");
}

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/topics/security/#host-headers-virtual-hosting"

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.no-reflection",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "host origin form? forwarded forwarded-login host-clean? origin-clean? "
			 "good!",
		.judge = judge_reflection,
		.title = "A bogus host name never comes back in Location, addresses, cookies or "
			 "CORS",
		.why = "What a stranger writes into Host, X-Forwarded-Host, Origin or Referer must "
		       "not become "
		       "a redirect, a link, a cookie's Domain or an "
		       "Access-Control-Allow-Origin. A redirect that repeats Host sends visitors "
		       "of "
		       "a poisoned cache to any site; an allowed Origin lets any site read "
		       "what your visitors may read. Error pages that merely quote the name are "
		       "not "
		       "counted.",
		.remedy = "nginx: redirect to a name you wrote, not to $host or $http_host:\n"
			  "    return 301 https://www.example.com$request_uri;\n"
			  "and never add Access-Control-Allow-Origin with $http_origin.\n"
			  "Apache:\n"
			  "    UseCanonicalName On\n"
			  "    Redirect permanent / https://www.example.com/\n"
			  "Django: exact names, and with django-cors-headers exact origins:\n"
			  "    ALLOWED_HOSTS = ['www.example.com', 'example.com']\n"
			  "    CORS_ALLOWED_ORIGINS = ['https://app.example.com']\n",
		.reference = CHECKLIST,
	},
	{
		.id = "allowed-hosts.no-reflection",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "plain-host",
		.quiet_needs_control = true,
		.judge = judge_plain_reflection,
	},
};

const struct pf_probe pf_probe_reflection = {
	.name = "reflection",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
