/* Hosts over plain HTTP, compared with both pages the site has. */
#include "plain_reader.h"

#include "response_reader.h"

void pf_ask_plain_good(struct pf_asking *asking, const struct pf_place *plain)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_place serving = *plain;
	serving.scheme = site->url.scheme;
	serving.port = site->url.port;
	serving.authority = pf_url_authority(asking, serving.scheme, serving.host, serving.port);
	pf_ask(asking, "plain-good", plain->subject, pf_visit(asking, plain, site->url.path));
	pf_ask(asking, "plain-home", plain->subject, pf_visit(asking, &serving, site->url.path));
}

/* Over plain HTTP the good host is redirected as a rule, and only a page can be the site. */
static enum pf_who who_over_http(const struct pf_case *facts, const struct pf_answer *answer)
{
	struct pf_seen plain = {.good = pf_answer_of(facts, "plain-good")};
	struct pf_seen home = {.good = pf_answer_of(facts, "plain-home")};
	enum pf_who who = pf_who_answered(&plain, answer);
	if (who == PF_WHO_SITE && answer->http.status < 300)
		return who;
	if (who == PF_WHO_SITE)
		return answer->http.status < 400 ? PF_WHO_REDIRECT : PF_WHO_FRONT;
	return who == PF_WHO_OTHER_PAGE ? pf_who_answered(&home, answer) : who;
}

/* What the audit itself may have been refused. */
static const char *nothing_over_http(const struct pf_case *facts, const struct pf_answer *answer)
{
	if (!pf_has_status(answer) || answer->http.status >= 300 ||
	    pf_has_status(pf_answer_of(facts, "plain-good")) ||
	    pf_has_status(pf_answer_of(facts, "plain-home")))
		return NULL;
	return "the site's own host was not answered, so there is nothing to compare with";
}

struct pf_verdict pf_judge_over_http(const struct pf_case *facts, const char *tag, bool front_only)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	const char *nothing = nothing_over_http(facts, answer);
	if (nothing)
		return pf_unknown(facts, tag, "%s", nothing);
	enum pf_who who = who_over_http(facts, answer);
	const char *words = pf_host_told(facts, tag, who);
	if (pf_is_served(who, answer) || (front_only && pf_who_is_django(who)))
		return pf_fail(facts, tag, "%s", words);
	return pf_pass(facts, tag, "%s", words);
}
