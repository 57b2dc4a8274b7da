/* Headers by which a client could put another host's name in Django's mouth.
 *
 * X-Forwarded-Host and its relatives are for proxies to set. If the front passes on what a client
 * wrote, Django (USE_X_FORWARDED_HOST), a framework or a cache may believe it: it is then the Host
 * all over again, past every server_name. A good host's answers do not change. All headers go in
 * one request, each with a canary of its own, on a page, on the login page and, at one address, on
 * the page for a forgotten password, whose mail carries a link; only if one came back is the same
 * address visited again without them, to see whether a cache kept it.
 */
#include "forwarded_reader.h"
#include "response_reader.h"

/* Headers by which IIS and its kin tell the path; whoever believes a client's lets every rule about
 * paths be passed. */
static struct pf_question rewritten(struct pf_asking *asking, const struct pf_place *place)
{
	const char *path = pf_word(asking, "/pf-%s/", pf_canary_digits(asking));
	const char *lines[] = {pf_word(asking, "X-Original-URL: %s", path),
	                       pf_word(asking, "X-Rewrite-URL: %s", path)};
	struct pf_question question = pf_visit(asking, place, pf_busted(asking, "rewritten"));
	question.http.headers = pf_list(asking, PF_COUNT(lines), lines);
	return question;
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	static const char *const may_be_400[] = {"forwarded", "forwarded-login"};
	static const char *const pages[] = {"forwarded", "forwarded-login", "forwarded-reset"};
	static const char *const clean[] = {"clean", "clean-login", "clean-reset"};
	const char *subject = place->subject;
	struct pf_question asked[] = {pf_visit_forwarded(asking, place),
	                              pf_visit_forwarded_login(asking, place),
	                              pf_visit_forwarded_reset(asking, place)};
	for (size_t i = 0; i < PF_COUNT(pages) - !place->first; i++) {
		pf_ask(asking, pages[i], subject, asked[i]);
		if (!pf_came_back(pf_asked(asking, pages[i], subject)))
			continue;
		asked[i].http.headers = (struct pf_words){NULL, 0};
		pf_ask(asking, clean[i], subject, asked[i]);
	}
	pf_ask(asking, "rewritten", subject, rewritten(asking, place));
	pf_ask_good(asking, place, PF_COUNT(may_be_400), may_be_400);
}

static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "plain-forwarded", place->subject, pf_visit_forwarded(asking, place));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
}

static bool kept(const struct pf_case *facts, const char *clean)
{
	const struct pf_answer *answer = pf_answer_of(facts, clean);
	return answer && pf_believed(facts, answer);
}

/* The verdict on one of the pages; `done` is set when it decides. */
static struct pf_verdict on_page(const struct pf_case *facts, const struct pf_seen *seen,
                                 const char *tag, const char *clean, bool *done)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	const char *echo = pf_believed(facts, answer);
	enum pf_who who = pf_who_answered(seen, answer);
	*done = true;
	if (echo)
		return pf_fail(facts, tag, "%s%s", echo,
		               kept(facts, clean)
		                       ? ", and a cache gave it to the next visitor as well"
		                       : "");
	if ((who == PF_WHO_DJANGO || who == PF_WHO_TECHNICAL) && answer->http.status == 400)
		return pf_fail(
			facts, tag,
			"with X-Forwarded-Host and its like the page %s: Django believed the "
			"header and refused the name in it",
			pf_who_words(facts, who, answer));
	*done = false;
	return pf_pass(facts, tag, "with X-Forwarded-Host and its like the page %s",
	               pf_who_words(facts, who, answer));
}

static struct pf_verdict judge_forwarded(const struct pf_case *facts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	bool done;
	struct pf_verdict page = on_page(facts, &seen, "forwarded", "clean", &done);
	if (done)
		return page;
	struct pf_verdict login = on_page(facts, &seen, "forwarded-login", "clean-login", &done);
	if (done)
		return login;
	if (pf_answer_of(facts, "forwarded-reset")) {
		struct pf_verdict reset =
			on_page(facts, &seen, "forwarded-reset", "clean-reset", &done);
		if (done)
			return reset;
	}
	const struct pf_answer *rewrite = pf_answer_of(facts, "rewritten");
	if (pf_has_status(rewrite) && rewrite->http.status == 404 && seen.good->http.status != 404)
		return pf_fail(facts, "rewritten",
		               "X-Original-URL or X-Rewrite-URL was believed: with another path in "
		               "it the first page was answered 404");
	enum pf_who who = pf_who_answered(&seen, pf_answer_of(facts, "forwarded"));
	if (who == PF_WHO_SITE)
		return pf_pass(facts, "forwarded",
		               "six headers that name another host change nothing, on the first "
		               "page and on the login page");
	if (who == PF_WHO_OTHER_PAGE || who == PF_WHO_REDIRECT)
		return pf_unknown(facts, "forwarded",
		                  "%s, unlike without them; none of the bogus names came back",
		                  page.summary);
	return page;
}

static struct pf_verdict judge_plain(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "plain-forwarded");
	const char *echo = pf_believed(facts, answer);
	if (echo)
		return pf_fail(facts, "plain-forwarded", "over plain HTTP %s", echo);
	if (!pf_has_status(answer))
		return pf_pass(facts, "plain-forwarded", "plain HTTP %s",
		               pf_outcome_sentence(answer->outcome));
	return pf_pass(facts, "plain-forwarded",
	               "over plain HTTP six headers that name another host change nothing");
}

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.forwarded-host",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "forwarded forwarded-login forwarded-reset? rewritten good! good-again! "
			 "front-error? clean? clean-login? clean-reset?",
		.judge = judge_forwarded,
		.title = "X-Forwarded-Host and its like, sent by a client, change nothing",
		.why = "With USE_X_FORWARDED_HOST Django prefers this header to Host. A front that "
		       "lets a client's own header through hands the choice of the site's name to "
		       "strangers: reset mails, redirects and cached pages can then be made to "
		       "lead elsewhere, although the Host was right and no server_name objected. "
		       "If ALLOWED_HOSTS refuses the name, anybody can still turn a page into a "
		       "400, and a cache may keep it. A firewall that blocks the request is fine.",
		.remedy = "nginx: overwrite or drop it (\"\" drops), for every proxied location:\n"
			  "    proxy_set_header X-Forwarded-Host $host;\n"
			  "    proxy_set_header Forwarded \"\";\n"
			  "    proxy_set_header X-Host \"\";\n"
			  "Apache:\n"
			  "    RequestHeader unset Forwarded\n"
			  "    RequestHeader unset X-Host\n"
			  "    RequestHeader unset X-Forwarded-Host\n"
			  "Django: unless the front sets the header itself:\n"
			  "    USE_X_FORWARDED_HOST = False\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/settings/"
			     "#use-x-forwarded-host",
	},
	{
		.id = "allowed-hosts.forwarded-host",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "plain-forwarded",
		.quiet_needs_control = true,
		.judge = judge_plain,
	},
};

const struct pf_probe pf_probe_forwarded_host = {
	.name = "forwarded_host",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
