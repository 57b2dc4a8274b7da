/* A Content-Security-Policy that stops a stranger's script.
 *
 * A good host sends, with every page and error, a policy under which inline scripts run only with a
 * nonce or hash, nothing is evaluated from text, plug-ins are covered and framing is. What browsers
 * enforce is judged: the policies of all headers together, by their grammar.
 */
#include "csp_reader.h"
#include "response_reader.h"
#include "sample_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask_sample(asking, place);
	pf_ask_good(asking, place, 0, NULL); /* the page twice: is a nonce one? */
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

/* What the policies of a document leave open, as a list; "": nothing. */
static const char *gaps(const struct pf_case *facts, const struct pf_csp *csp)
{
	const struct {
		bool closed;
		const char *gap;
	} rows[] = {
		{csp->stops_inline && csp->stops_attributes,
	         "inline scripts run ('unsafe-inline', or no script-src)"},
		{csp->stops_eval, "text is evaluated as script ('unsafe-eval', or no script-src)"},
		{csp->limits_scripts, "scripts load from any host"},
		{csp->covers_objects, "plug-ins are not covered (object-src)"},
		{csp->covers_frames, "framing is not covered (frame-ancestors)"},
	};
	const char *all = "";
	for (size_t i = 0; i < PF_COUNT(rows); i++)
		if (!rows[i].closed)
			all = pf_say(facts, "%s%s%s", all, *all ? ", " : "", rows[i].gap);
	return all;
}

static bool same(struct pf_bit a, struct pf_bit b)
{
	return a.length && a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static const char *fault_of(const struct pf_case *facts, const struct pf_csp *csp)
{
	if (!csp->enforced && csp->reported)
		return "comes with a policy that only reports and stops nothing";
	if (!csp->enforced)
		return "comes without Content-Security-Policy";
	const char *open = gaps(facts, csp);
	return *open ? pf_say(facts, "has a policy under which %s", open) : NULL;
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const char *nothing = pf_sample_nothing(facts), *seen = "";
	if (nothing)
		return pf_unknown(facts, "page", "%s", nothing);
	for (size_t i = 0; i < PF_SAMPLES; i++) {
		const struct pf_sample *sample = &pf_samples[i];
		const struct pf_facts_http *http = pf_sample_of(facts, sample->tag);
		/* What is static is the developers' own: no visitor's script is in it. */
		if (!http || !pf_is_opened(http) || pf_is_hop(http) ||
		    strcmp(sample->tag, "static") == 0)
			continue;
		struct pf_csp csp = pf_csp_of(http);
		const char *fault = fault_of(facts, &csp);
		if (fault && csp.cut)
			return pf_unknown(facts, sample->tag,
			                  "the policy of %s is too long to be read whole",
			                  sample->what);
		if (fault)
			return pf_fail(facts, sample->tag, "%s (answered %lld) %s", sample->what,
			               (long long)http->status, fault);
		seen = pf_say(facts, "%s%s%s", seen, *seen ? ", " : "", sample->what);
	}
	struct pf_csp one = pf_csp_of(&pf_answer_of(facts, "page")->http), other = {0};
	const struct pf_answer *again = pf_answer_of(facts, "good-again");
	if (pf_has_status(again))
		other = pf_csp_of(&again->http);
	if (same(one.nonce, other.nonce))
		return pf_fail(facts, "good-again",
		               "the policy's nonce is the same for every visit, so a stranger "
		               "knows it too");
	const char *missed = pf_sample_missed(facts);
	if (missed)
		return pf_unknown(facts, "page", "%s", missed);
	if (!*seen)
		return pf_skip(facts, "page", "what the site serves here is no document");
	return pf_pass(facts, "page",
	               "scripts run only as the policy says, plug-ins and framing are covered, on: "
	               "%s",
	               seen);
}

static const struct pf_check checks[] = {
	{
		.id = "headers.csp",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "page! error? static? media? good? good-again?",
		.judge = judge,
		.title = "A Content-Security-Policy stops scripts that are not the site's",
		.why = "One template variable that is not escaped is enough for a stranger's "
		       "script to "
		       "act as every visitor who sees it. A policy makes the browser refuse it. "
		       "'unsafe-inline' without nonce or hash takes that back, 'unsafe-eval' half "
		       "of "
		       "it, and a policy that allows scripts from https: allows everybody's. "
		       "Pages, "
		       "errors, and uploads that are HTML or SVG are held to it; plain files are "
		       "not. Policies are read as browsers do: several together forbid what any of "
		       "them forbids, the first of two directives counts, Report-Only stops "
		       "nothing, "
		       "and a nonce must differ from visit to visit.",
		.remedy =
			"A strict policy has a nonce from the application on every script; before "
                        "Django 6.0 the package django-csp makes it, with the same directives.\n"
			"Django: from 6.0, with ContentSecurityPolicyMiddleware:\n"
			"    SECURE_CSP = {'default-src': [CSP.SELF], 'script-src': [CSP.SELF, "
                        "CSP.NONCE],\n"
			"                  'object-src': [CSP.NONE], 'frame-ancestors': "
                        "[CSP.NONE]}\n"
			"nginx: for a site without inline scripts, and for what it answers "
                        "itself:\n"
			"    add_header Content-Security-Policy \"default-src 'self'; object-src "
                        "'none'; base-uri 'self'; frame-ancestors 'none'\" always;\n"
			"Apache: the same:\n"
			"    Header always set Content-Security-Policy \"default-src 'self'; "
                        "object-src 'none'; base-uri 'self'; frame-ancestors 'none'\"\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/security/"
			     "#content-security-policy",
	},
};

const struct pf_probe pf_probe_csp = {
	.name = "csp",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
