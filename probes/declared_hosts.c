/* Every host that the site declares does answer, at each of its addresses.
 *
 * The other side of ALLOWED_HOSTS: a guard that is too strict locks out visitors who come by a name
 * that was announced. The site's first page is asked by each name; a page, a redirect or a request
 * to log in are all answers.
 */
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_question question = pf_visit(asking, place, site->url.path);
	pf_ask(asking, "declared", place->subject, question);
	struct pf_place home = *place;
	home.host = site->url.host;
	home.authority = pf_url_authority(asking, home.scheme, home.host, home.port);
	pf_ask(asking, "home", place->subject, pf_visit(asking, &home, site->url.path));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->hosts.count; i++)
		if (!strchr(site->hosts.at[i], '*') && site->hosts.at[i][0] != '.')
			pf_each_place(asking, site->url.scheme, site->hosts.at[i], ask_place);
}

static struct pf_verdict judge_declared(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "declared");
	const struct pf_answer *home = pf_answer_of(facts, "home");
	if (answer->outcome == PF_stalled)
		return pf_unknown(facts, "declared", "the declared host %s: it may be slow",
		                  pf_outcome_sentence(answer->outcome));
	if (!pf_has_status(answer))
		return pf_fail(facts, "declared", "the declared host %s",
		               pf_outcome_sentence(answer->outcome));
	int64_t status = answer->http.status;
	bool lives = status < 400 || status == 401 || status == 403 ||
	             (status == 404 && pf_has_status(home) && home->http.status == 404);
	const char *words = pf_who_words(facts, PF_WHO_REDIRECT, answer);
	return lives ? pf_pass(facts, "declared", "GET by the declared name %s", words)
	             : pf_fail(facts, "declared", "GET by the declared name %s", words);
}

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#allowed-hosts"

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.declared-hosts-work",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "declared home?",
		.quiet_needs_control = true,
		.judge = judge_declared,
		.title = "Every host that the site declares does answer",
		.why = "A name that is announced and answers 400 or nothing at all is an outage "
		       "that only some visitors see. The usual cause is a name in the web server's "
		       "configuration that ALLOWED_HOSTS forgot. Any answer below 400 counts as "
		       "working, and so do 401 and 403.",
		.remedy = "Django:\n"
			  "    ALLOWED_HOSTS = ['example.com', 'www.example.com']\n"
			  "nginx:\n"
			  "    server_name example.com www.example.com;\n"
			  "Apache:\n"
			  "    ServerName www.example.com\n"
			  "    ServerAlias example.com\n"
			  "Or take the name out of `hosts` in the site file, if it is not used.\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_declared_hosts = {
	.name = "declared_hosts",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
