/* Browsers are told to come by HTTPS only, for a year, on every answer over HTTPS.
 *
 * A good host sends Strict-Transport-Security with pages and errors alike, under each of its names,
 * over HTTPS and nowhere else. It is learnt per name, from whatever answer a visitor happens to get
 * first. https://www.rfc-editor.org/rfc/rfc6797
 */
#include "header_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

enum { YEAR = 31536000 };

static bool is_name(const char *host)
{
	return !strchr(host, ':') && strspn(host, "0123456789.") < strlen(host);
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_ask(asking, "page", place->subject, pf_visit(asking, place, site->url.path));
	if (strcmp(place->host, site->url.host) == 0)
		pf_ask(asking, "error", place->subject,
		       pf_visit(asking, place,
		                pf_word(asking, "/pf-%s/", pf_canary_digits(asking))));
}

static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "plain", place->subject, pf_visit(asking, place, "/"));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (!pf_is_https(site) || !is_name(site->url.host)) /* RFC 6797, section 8.1.1 */
		return;
	for (size_t i = 0; i < site->hosts.count; i++)
		if (!strchr(site->hosts.at[i], '*') && site->hosts.at[i][0] != '.' &&
		    is_name(site->hosts.at[i]))
			pf_each_place(asking, "https", site->hosts.at[i], ask_place);
	pf_each_place(asking, "http", site->url.host, ask_plain);
}

struct hsts {
	const char *value; /* NULL: no header */
	const char *fault; /* why browsers overlook it; NULL: they do not */
	int64_t max_age;
	bool subdomains, preload;
};

static int64_t read_seconds(struct pf_bit value)
{
	int64_t seconds = 0;
	if (value.length >= 2 && value.at[0] == '"' && value.at[value.length - 1] == '"')
		value = (struct pf_bit){value.at + 1, value.length - 2};
	if (value.length == 0)
		return -1;
	for (size_t i = 0; i < value.length; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return -1;
		if (seconds < INT64_C(1) << 50)
			seconds = seconds * 10 + (value.at[i] - '0');
	}
	return seconds;
}

/* Section 6.1 and 8.1: the first header counts; each directive once; max-age is required. */
static struct hsts read_hsts(const struct pf_facts_http *http)
{
	struct hsts hsts = {.value = pf_header(http, "strict-transport-security"), .max_age = -1};
	struct pf_bit rest = pf_bit_of(hsts.value ? hsts.value : ""), one;
	while (pf_bit_next(&rest, ";", &one)) {
		struct pf_bit value = one, name;
		if (!pf_bit_next(&value, "=", &name))
			continue;
		if (pf_bit_is(name, "max-age")) {
			struct pf_bit seconds = {0};
			bool twice = hsts.max_age >= 0;
			if (!pf_bit_next(&value, "", &seconds) || read_seconds(seconds) < 0)
				hsts.fault = "its max-age is no number";
			else if (twice)
				hsts.fault = "it has two max-age";
			else
				hsts.max_age = read_seconds(seconds);
		}
		hsts.subdomains |= pf_bit_is(name, "includeSubDomains");
		hsts.preload |= pf_bit_is(name, "preload");
	}
	if (!hsts.fault && hsts.max_age < 0)
		hsts.fault = "it has no max-age";
	return hsts;
}

/* An answer that stands for those a visitor gets: a firewall's or a broken backend's does not. */
static bool says_much(const struct pf_answer *answer)
{
	int64_t status = pf_has_status(answer) ? answer->http.status : 0;
	return status && status != 429 && status != 502 && status != 503 && status != 504;
}

static struct pf_verdict judge_one(const struct pf_case *facts, const char *tag, const char *what)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	struct hsts hsts = read_hsts(&answer->http);
	long long status = answer->http.status;
	if (!hsts.value)
		return pf_fail(facts, tag, "%s (answered %lld) has no Strict-Transport-Security",
		               what, status);
	if (hsts.fault)
		return pf_fail(facts, tag, "%s has a header that browsers overlook, as %s: \"%s\"",
		               what, hsts.fault, hsts.value);
	if (hsts.max_age == 0)
		return pf_fail(facts, tag, "%s takes it back: \"%s\"", what, hsts.value);
	if (hsts.max_age < YEAR)
		return pf_at(pf_fail(facts, tag, "%s says it for less than a year: \"%s\"", what,
		                     hsts.value),
		             PF_MEDIUM);
	return pf_pass(facts, tag, "%s says \"%s\"", what, hsts.value);
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_answer *page = pf_answer_of(facts, "page");
	const struct pf_answer *error = pf_answer_of(facts, "error");
	if (!says_much(page))
		return pf_unknown(facts, "page", "the first page was not seen");
	struct pf_verdict first = judge_one(facts, "page", "the first page");
	if (first.status != PF_PASS || !says_much(error))
		return first;
	struct pf_verdict second = judge_one(facts, "error", "the page of an error");
	if (second.status == PF_FAIL)
		return pf_at(second, PF_MEDIUM);
	return pf_pass(facts, "page", "pages and errors say \"%s\"",
	               pf_header(&page->http, "strict-transport-security"));
}

static struct pf_verdict judge_plain(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "plain");
	if (!pf_has_status(answer))
		return pf_pass(facts, "plain", "nothing says it over plain HTTP: the port %s",
		               pf_outcome_sentence(answer->outcome));
	const char *value = pf_header(&answer->http, "strict-transport-security");
	if (value)
		return pf_at(pf_fail(facts, "plain",
		                     "an answer over plain HTTP says \"%s\", where browsers must "
		                     "overlook it",
		                     value),
		             PF_LOW);
	return pf_pass(facts, "plain", "not said over plain HTTP");
}

/* The header that the two smaller checks are about; false: https.hsts says what there is to say. */
static bool find(const struct pf_case *facts, struct hsts *hsts)
{
	const struct pf_answer *page = pf_answer_of(facts, "page");
	*hsts = says_much(page) ? read_hsts(&page->http) : (struct hsts){0};
	return hsts->value && !hsts->fault && hsts->max_age > 0;
}

static struct pf_verdict judge_subdomains(const struct pf_case *facts)
{
	struct hsts hsts;
	if (!says_much(pf_answer_of(facts, "page")))
		return pf_unknown(facts, "page", "the first page was not seen");
	if (!find(facts, &hsts))
		return pf_skip(facts, "page", "there is no Strict-Transport-Security to extend");
	return hsts.subdomains
	               ? pf_pass(facts, "page", "said as \"%s\"", hsts.value)
	               : pf_fail(facts, "page", "subdomains are left out: \"%s\"", hsts.value);
}

/* https://hstspreload.org/: a year, all subdomains, and the word. */
static struct pf_verdict judge_preload(const struct pf_case *facts)
{
	struct hsts hsts;
	if (!says_much(pf_answer_of(facts, "page")))
		return pf_unknown(facts, "page", "the first page was not seen");
	if (!find(facts, &hsts) || hsts.max_age < YEAR || !hsts.subdomains)
		return pf_skip(facts, "page",
		               "what preloading asks for first is not there: a year, and all "
		               "subdomains");
	return hsts.preload
	               ? pf_pass(facts, "page", "said as \"%s\"", hsts.value)
	               : pf_fail(facts, "page", "preload is not asked for: \"%s\"", hsts.value);
}

#define SETTINGS "https://docs.djangoproject.com/en/stable/ref/settings/"

static const struct pf_check checks[] = {
	{
		.id = "https.hsts",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "page! error?",
		.judge = judge,
		.title = "Every answer over HTTPS tells browsers to use HTTPS for at least a year",
		.why = "The redirect from HTTP is itself plain: on somebody else's network the "
		       "first "
		       "request of a visitor can be answered by anybody. A browser that once saw "
		       "Strict-Transport-Security never makes it. The header is learnt per name "
		       "and "
		       "from any answer, so each declared name is asked for its first page, and an "
		       "error is looked at too (nginx leaves it off errors without the word "
		       "always). "
		       "Less than a year weighs medium, errors alone too; over plain HTTP it means "
		       "nothing, and shows that the front does not know how it was asked.",
		.remedy = "Start with an hour, then a day, then for good; it cannot be taken back "
			  "at once.\n"
			  "nginx: in the server for 443 only:\n"
			  "    add_header Strict-Transport-Security \"max-age=31536000; "
			  "includeSubDomains\" always;\n"
			  "Apache:\n"
			  "    Header always set Strict-Transport-Security \"max-age=31536000\"\n"
			  "Django (what the web server answers itself needs its own):\n"
			  "    SECURE_HSTS_SECONDS = 31536000\n",
		.reference = SETTINGS "#secure-hsts-seconds",
	},
	{
		.id = "https.hsts",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "plain",
		.quiet_needs_control = true,
		.judge = judge_plain,
	},
	{
		.id = "https.hsts-subdomains",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "page!",
		.judge = judge_subdomains,
		.title = "Strict-Transport-Security holds for all subdomains",
		.why = "A subdomain that browsers still visit over HTTP, even one that does not "
		       "exist, "
		       "can set cookies for the whole domain: whoever sits on the way invents one "
		       "and plants a session or CSRF cookie of their own.",
		.remedy = "When every subdomain has HTTPS, internal ones too.\n"
			  "Django:\n"
			  "    SECURE_HSTS_INCLUDE_SUBDOMAINS = True\n"
			  "nginx:\n"
			  "    add_header Strict-Transport-Security \"max-age=31536000; "
			  "includeSubDomains\" always;\n"
			  "Apache:\n"
			  "    Header always set Strict-Transport-Security \"max-age=31536000; "
			  "includeSubDomains\"\n",
		.reference = SETTINGS "#secure-hsts-include-subdomains",
	},
	{
		.id = "https.hsts-preload",
		.severity = PF_INFO,
		.seen_from = "any",
		.needs = "page!",
		.judge = judge_preload,
		.title = "The site asks to be in the lists that browsers bring along",
		.why = "Even with Strict-Transport-Security the very first visit can be by HTTP. A "
		       "name in the preload list has none. It is a promise for the whole domain "
		       "that "
		       "takes months to take back, so this is told, not scored.",
		.remedy = "Django: then enter the name at https://hstspreload.org:\n"
			  "    SECURE_HSTS_PRELOAD = True\n",
		.reference = SETTINGS "#secure-hsts-preload",
	},
};

const struct pf_probe pf_probe_hsts = {
	.name = "hsts",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
