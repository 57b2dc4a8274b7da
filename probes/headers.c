/* Every response says how browsers must treat it.
 *
 * A good host sends four headers with every page, error, static file and upload: do not guess
 * types, do not let strangers frame it, do not tell its addresses to others, do not share windows.
 * Django sends them with what it answers itself; what nginx answers (files, its own errors) has
 * them only if nginx adds them, and one add_header in a location drops all those from above it.
 */
#include "csp_reader.h"
#include "sample_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask_sample(asking, place);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

/* What is wrong with a header of one response; NULL: nothing. */
typedef const char *find_fault(const struct pf_case *facts, const struct pf_facts_http *http);

/* https://fetch.spec.whatwg.org/#x-content-type-options-header: the first value counts. */
static const char *types_fault(const struct pf_case *facts, const struct pf_facts_http *http)
{
	const char *value = pf_header_all(facts, http, "x-content-type-options");
	struct pf_bit rest = pf_bit_of(value ? value : ""), first;
	if (!value)
		return "without X-Content-Type-Options";
	bool fine = pf_bit_next(&rest, ",", &first) && pf_bit_is(first, "nosniff");
	return fine ? NULL : pf_say(facts, "with X-Content-Type-Options \"%s\"", value);
}

/* https://html.spec.whatwg.org/#the-x-frame-options-header: frame-ancestors of an enforced policy
 * stands above it, and several values that differ refuse every frame. */
static const char *frame_fault(const struct pf_case *facts, const struct pf_facts_http *http)
{
	struct pf_csp csp = pf_csp_of(http);
	const char *value = pf_header_all(facts, http, "x-frame-options");
	struct pf_bit rest = pf_bit_of(value ? value : ""), one;
	if (pf_is_hop(http))
		return NULL;
	if (csp.covers_frames)
		return csp.limits_frames ? NULL
		                         : "with frame-ancestors that let everybody frame it";
	if (!value)
		return "without X-Frame-Options";
	while (pf_bit_next(&rest, ",", &one))
		if (pf_bit_is(one, "DENY") || pf_bit_is(one, "SAMEORIGIN"))
			return NULL;
	return pf_say(facts, "with X-Frame-Options \"%s\", which browsers overlook", value);
}

/* https://www.w3.org/TR/referrer-policy/#parse-referrer-policy-from-header: the last word that is
 * known counts. */
static const char *referrer_fault(const struct pf_case *facts, const struct pf_facts_http *http)
{
	static const struct {
		const char *policy;
		bool tells; /* whole addresses to other sites */
	} known[] = {
		{"no-referrer", false},   {"no-referrer-when-downgrade", true},
		{"same-origin", false},   {"origin", false},
		{"strict-origin", false}, {"origin-when-cross-origin", false},
		{"unsafe-url", true},     {"strict-origin-when-cross-origin", false},
	};
	const char *value = pf_header_all(facts, http, "referrer-policy");
	struct pf_bit rest = pf_bit_of(value ? value : ""), one;
	int tells = -1;
	if (!value)
		return "without Referrer-Policy";
	while (pf_bit_next(&rest, ",", &one))
		for (size_t i = 0; i < PF_COUNT(known); i++)
			if (pf_bit_is(one, known[i].policy))
				tells = known[i].tells;
	if (tells < 0)
		return pf_say(facts, "with Referrer-Policy \"%s\", which no browser knows", value);
	return tells ? pf_say(facts,
	                      "with Referrer-Policy \"%s\", which tells other sites whole "
	                      "addresses",
	                      value)
	             : NULL;
}

/* https://html.spec.whatwg.org/#cross-origin-opener-policies: for documents, and one value. */
static const char *opener_fault(const struct pf_case *facts, const struct pf_facts_http *http)
{
	static const char *const safe[] = {"same-origin", "same-origin-allow-popups",
	                                   "noopener-allow-popups"};
	const char *value = pf_header_all(facts, http, "cross-origin-opener-policy");
	struct pf_bit rest = pf_bit_of(value ? value : ""), first = {0};
	if (!pf_is_opened(http) || pf_is_hop(http))
		return NULL;
	if (!value)
		return "without Cross-Origin-Opener-Policy";
	if (pf_bit_next(&rest, ";", &first))
		for (size_t i = 0; i < PF_COUNT(safe); i++)
			if (pf_bit_is(first, safe[i]))
				return NULL;
	return pf_say(facts, "with Cross-Origin-Opener-Policy \"%s\"", value);
}

static struct pf_verdict judge(const struct pf_case *facts, find_fault *fault_of, const char *name)
{
	const char *nothing = pf_sample_nothing(facts), *fine = "", *faults = "", *shown = NULL;
	if (nothing)
		return pf_unknown(facts, "page", "%s", nothing);
	for (size_t i = 0; i < PF_SAMPLES; i++) {
		const struct pf_sample *sample = &pf_samples[i];
		const struct pf_facts_http *http = pf_sample_of(facts, sample->tag);
		const char *fault = http ? fault_of(facts, http) : NULL;
		if (fault && !shown)
			shown = sample->tag;
		if (fault)
			faults = pf_say(facts, "%s%s%s (answered %lld) comes %s", faults,
			                *faults ? "; " : "", sample->what, (long long)http->status,
			                fault);
		else if (http)
			fine = pf_say(facts, "%s%s%s", fine, *fine ? ", " : "", sample->what);
	}
	if (shown)
		return pf_fail(facts, shown, "%s", faults);
	const char *missed = pf_sample_missed(facts);
	if (missed)
		return pf_unknown(facts, "page", "%s", missed);
	return pf_pass(facts, "page", "%s is right on: %s", name, fine);
}

static struct pf_verdict judge_types(const struct pf_case *facts)
{
	return judge(facts, types_fault, "X-Content-Type-Options");
}

static struct pf_verdict judge_frames(const struct pf_case *facts)
{
	return judge(facts, frame_fault, "X-Frame-Options or frame-ancestors");
}

static struct pf_verdict judge_referrer(const struct pf_case *facts)
{
	return judge(facts, referrer_fault, "Referrer-Policy");
}

static struct pf_verdict judge_opener(const struct pf_case *facts)
{
	return judge(facts, opener_fault, "Cross-Origin-Opener-Policy");
}

#define NEEDS "page! error? static? media?"
#define ONCE                                                                                       \
	"nginx adds headers of a level above only where the level below has none of its own: "     \
	"keep them in one file and include it in every server and location that has an "           \
	"add_header.\n"                                                                            \
	"nginx:\n"                                                                                 \
	"    include snippets/security-headers.conf;\n"
#define SETTINGS "https://docs.djangoproject.com/en/stable/ref/settings/"

static const struct pf_check checks[] = {
	{
		.id = "headers.content-type-options",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = NEEDS,
		.judge = judge_types,
		.title = "Browsers are told not to guess types, on pages, errors and files",
		.why = "Without nosniff a browser may take an uploaded text or image for a script "
		       "or "
		       "a page and run it in the site's name. It matters most where strangers' "
		       "files are served, which is just where Django's own header is missing "
		       "because the web server answers alone.",
		.remedy = "nginx:\n"
			  "    add_header X-Content-Type-Options nosniff always;\n" ONCE "Apache:\n"
			  "    Header always set X-Content-Type-Options nosniff\n"
			  "Django: the default, with SecurityMiddleware first in MIDDLEWARE:\n"
			  "    SECURE_CONTENT_TYPE_NOSNIFF = True\n",
		.reference = SETTINGS "#secure-content-type-nosniff",
	},
	{
		.id = "headers.frame-options",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = NEEDS,
		.judge = judge_frames,
		.title = "No other site can put this one in a frame",
		.why = "A page that can be framed can be laid invisibly over a stranger's buttons, "
		       "so "
		       "that a visitor who is logged in clicks in the admin without knowing. "
		       "frame-ancestors of an enforced Content-Security-Policy counts as well, and "
		       "stands above X-Frame-Options. ALLOW-FROM is overlooked by all browsers.",
		.remedy = "nginx:\n"
			  "    add_header X-Frame-Options DENY always;\n" ONCE "Apache:\n"
			  "    Header always set X-Frame-Options DENY\n"
			  "Django: with XFrameOptionsMiddleware:\n"
			  "    X_FRAME_OPTIONS = 'DENY'\n"
			  "Views meant to be framed: Content-Security-Policy with frame-ancestors "
                          "and the names of those who may.\n",
		.reference = SETTINGS "#x-frame-options",
	},
	{
		.id = "headers.referrer-policy",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = NEEDS,
		.judge = judge_referrer,
		.title = "Other sites are not told the addresses of this one's pages",
		.why = "Addresses hold search words, ids and sometimes tokens (a password reset). "
		       "Without a policy it is up to each browser how much of them every linked or "
		       "loaded host is told; unsafe-url and no-referrer-when-downgrade tell all.",
		.remedy = "nginx:\n"
			  "    add_header Referrer-Policy same-origin always;\n" ONCE "Apache:\n"
			  "    Header always set Referrer-Policy same-origin\n"
			  "Django: the default:\n"
			  "    SECURE_REFERRER_POLICY = 'same-origin'\n",
		.reference = SETTINGS "#secure-referrer-policy",
	},
	{
		.id = "headers.opener-policy",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = NEEDS,
		.judge = judge_opener,
		.title = "Pages do not share a browsing context with windows of other sites",
		.why = "A site that opened this one in a window, or was opened by it, keeps a "
		       "handle "
		       "on it: it can send it elsewhere, count its frames and share its process. "
		       "same-origin cuts that. Browsers overlook the header on what is no "
		       "document, "
		       "so plain files are not held to it; uploads that are HTML or SVG are.",
		.remedy = "nginx:\n"
			  "    add_header Cross-Origin-Opener-Policy same-origin always;\n" ONCE
			  "Apache:\n"
			  "    Header always set Cross-Origin-Opener-Policy same-origin\n"
			  "Django: from 4.0 (same-origin-allow-popups where a payment window must "
			  "answer):\n"
			  "    SECURE_CROSS_ORIGIN_OPENER_POLICY = 'same-origin'\n",
		.reference = SETTINGS "#secure-cross-origin-opener-policy",
	},
};

const struct pf_probe pf_probe_headers = {
	.name = "headers",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
