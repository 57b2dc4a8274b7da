/* Visitors who meet an error see a page of the site's.
 *
 * Django's own error pages are one line of English without a way back, and tell everybody that this
 * is Django. A good host has templates for them. Four errors are caused, the same as for debug.off;
 * those that Django answered itself are compared with its default pages, which are the same byte
 * for byte from 3.2 to 6.1.
 */
#include "error_reader.h"
#include "response_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask_errors(asking, place);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

/* django/views/defaults.py: ERROR_PAGE_TEMPLATE filled in, and how long it then is. */
static bool is_default(const struct pf_facts_http *http)
{
	static const struct {
		int64_t status, length;
		const char *title;
	} pages[] = {
		{400, 143, "Bad Request (400)"},
		{403, 135, "403 Forbidden"},
		{404, 179, "Not Found"},
		{500, 145, "Server Error (500)"},
	};
	for (size_t i = 0; i < PF_COUNT(pages); i++)
		if (http->status == pages[i].status && http->length == pages[i].length &&
		    http->title && strcmp(http->title, pages[i].title) == 0)
			return true;
	return http->status == 403 && pf_words_have(http->found_in_body, PF_CSRF_ROBOTS);
}

static struct pf_verdict judge_pages(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *what, *template;
	} errors[] = {
		{"missing-page", "a page that does not exist", "404.html"},
		{"form", "a form without its token", "403_csrf.html"},
		{"bad-host", "a Host that is not allowed", "400.html"},
		{"broken", "an error of the application", "500.html"},
	};
	const char *fine = "";
	for (size_t i = 0; i < PF_COUNT(errors); i++) {
		const struct pf_answer *answer = pf_answer_of(facts, errors[i].tag);
		if (!pf_has_status(answer) || answer->http.status < 400)
			continue;
		const char *status = pf_say(facts, "%lld", (long long)answer->http.status);
		if (pf_is_technical(answer))
			return pf_fail(facts, errors[i].tag,
			               "%s is answered %s with the technical page of DEBUG = True",
			               errors[i].what, status);
		if (is_default(&answer->http))
			return pf_fail(facts, errors[i].tag,
			               "%s is answered %s with Django's default page: there is no "
			               "template %s",
			               errors[i].what, status, errors[i].template);
		fine = pf_say(facts, "%s%s%s (%s)", fine, *fine ? ", " : "", errors[i].what,
		              status);
	}
	int64_t status = pf_answer_of(facts, "missing-page")->http.status;
	if (pf_is_refusal(pf_answer_of(facts, "missing-page")))
		return pf_unknown(facts, "missing-page",
		                  "a page that does not exist was answered %lld: not what a "
		                  "visitor would see",
		                  (long long)status);
	if (!*fine)
		return pf_skip(facts, "missing-page",
		               "no error could be caused: a page that does "
		               "not exist was answered %lld",
		               (long long)status);
	return pf_pass(facts, "missing-page", "not Django's default page: %s", fine);
}

static const struct pf_check checks[] = {
	{
		.id = "error-views.custom",
		.severity = PF_LOW,
		.seen_from = "any, app host",
		.needs = "missing-page! bad-host? form? broken?",
		.judge = judge_pages,
	},
};

const struct pf_probe pf_probe_error_views = {
	.name = "error_views",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
