/* Every request is judged, not only the first of a connection.
 *
 * Some balancers choose the backend by the first Host they see and pass on the rest of the
 * connection unread. A good host refuses an unknown Host that follows a good one just as it refuses
 * it alone, and the :authority of an HTTP/2 request like a Host.
 */
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static const char *get(struct pf_asking *asking, const char *path, const char *host,
                       const char *connection)
{
	return pf_word(asking,
	               "GET %s HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: postflight\\r\\n"
	               "Accept: */*\\r\\nConnection: %s\\r\\n\\r\\n",
	               path, host, connection);
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *path = pf_busted(asking, "second");
	struct pf_question question = pf_visit(asking, place, path);
	question.http.exact =
		get(asking, pf_busted(asking, "first"), place->authority, "keep-alive");
	question.http.exact_after = get(asking, path, pf_asking_canary(asking), "close");
	pf_ask(asking, "second", place->subject, question);
	if (strcmp(place->scheme, "https") == 0) {
		struct pf_question newer = pf_visit_unknown_host(asking, place);
		newer.http.http2 = true;
		pf_ask(asking, "http2", place->subject, newer);
	}
	pf_ask_good(asking, place, 0, NULL);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

/* The site's page, or a page that sends its readers to the bogus name. */
static bool is_taken(const struct pf_case *facts, enum pf_who who, const struct pf_answer *answer)
{
	return who == PF_WHO_SITE || pf_echo_of(facts, answer, facts->canary);
}

/* The first request of the two was not answered as a good one is: the second says nothing. */
static bool first_refused(const struct pf_seen *seen, const struct pf_answer *second)
{
	return pf_has_status(second) && second->http.first_status != seen->good->http.status &&
	       second->http.first_status >= 400;
}

static struct pf_verdict judge_second(const struct pf_case *facts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	const struct pf_answer *second = pf_answer_of(facts, "second");
	const struct pf_answer *newer = pf_answer_of(facts, "http2");
	enum pf_who who = pf_who_answered(&seen, second);
	const char *words = pf_who_words(facts, who, second);
	if (first_refused(&seen, second))
		return pf_unknown(facts, "second",
		                  "the first, good request of the connection was answered %lld, so "
		                  "the second shows nothing",
		                  (long long)second->http.first_status);
	if (is_taken(facts, who, second))
		return pf_fail(facts, "second",
		               "an unknown Host after a good one on the same connection %s", words);
	if (newer && pf_outcome_is_ours(newer->outcome))
		return pf_unknown(facts, "http2", "the HTTP/2 request %s",
		                  pf_outcome_sentence(newer->outcome));
	who = pf_who_answered(&seen, newer);
	if (is_taken(facts, who, newer))
		return pf_fail(facts, "http2", "an unknown host in a request over HTTP/%s %s",
		               newer->http.version ? newer->http.version : "2",
		               pf_who_words(facts, who, newer));
	return pf_pass(facts, "second",
	               "an unknown Host after a good one on the same connection %s", words);
}

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.second-request",
		.stall_is_unknown = true,
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "second http2? good! good-again!",
		.judge = judge_second,
		.title =
			"A bad Host is refused later on a connection, and over HTTP/2, as it is at "
			"first",
		.why = "A front that believes a connection once it has seen a good Host can be "
		       "passed "
		       "by anybody who sends a good request first: what follows reaches Django, or "
		       "an internal site behind the same front, unjudged. HTTP/2 carries the host "
		       "in :authority, which some fronts check by other rules than Host.",
		.remedy = "Let the front route every request, not every connection (nginx and "
                          "Apache do: look at what stands before them). Never mode tcp or `option "
                          "http-tunnel` before a shared backend.\n"
			  "HAProxy:\n"
			  "    mode http\n"
			  "    http-request deny unless { hdr(host) -i www.example.com }\n"
			  "Django: exact names refuse what still gets through:\n"
			  "    ALLOWED_HOSTS = ['www.example.com']\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/security/"
			     "#host-headers-virtual-hosting",
	},
};

const struct pf_probe pf_probe_second_request = {
	.name = "second_request",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
