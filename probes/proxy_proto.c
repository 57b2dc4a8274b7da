/* Only the front says whether a request came by HTTPS.
 *
 * Behind a front that ends TLS, Django learns the scheme from a header (SECURE_PROXY_SSL_HEADER). A
 * good front sets that header itself on every request and lets no client's through. Otherwise
 * anybody who asks over HTTP and says X-Forwarded-Proto: https is served over HTTP, secure cookies
 * and all.
 */
#include "header_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

/* The spellings in use: of proxies, balancers and of what Django sites are told to trust. */
static const char *const claims[] = {
	"X-Forwarded-Proto: https",
	"X-Forwarded-Protocol: ssl",
	"X-Forwarded-Ssl: on",
	"X-Forwarded-Scheme: https",
	"X-Scheme: https",
	"X-Url-Scheme: https",
	"X-Forwarded-Port: 443",
	"Front-End-Https: on",
	"Forwarded: proto=https",
	"X_Forwarded_Proto: https",
	"Cloudfront-Forwarded-Proto: https",
};

static bool leads_to_https(const struct pf_answer *answer)
{
	return answer->http.status >= 300 && answer->http.status < 400 && answer->http.location &&
	       strncmp(answer->http.location, "https://", 8) == 0;
}

/* Django sends this header only when it takes the request for a secure one. */
static bool is_taken_for_secure(const struct pf_answer *answer)
{
	return pf_header(&answer->http, "strict-transport-security");
}

/* Did the claim change how the request was taken? */
static bool is_believed(const struct pf_answer *plain, const struct pf_answer *claimed)
{
	if (!pf_has_status(plain) || !pf_has_status(claimed))
		return false;
	int64_t status = claimed->http.status;
	if (is_taken_for_secure(claimed) && !is_taken_for_secure(plain))
		return true;
	return leads_to_https(plain) && !leads_to_https(claimed) && status < 400;
}

/* Refused where the same request without claims is not. gunicorn answers 400 to headers that
 * contradict each other, so together they say nothing. */
static bool is_refused(const struct pf_answer *plain, const struct pf_answer *claimed)
{
	if (!pf_has_status(plain) || plain->http.status >= 400)
		return false;
	return !pf_has_status(claimed) || claimed->http.status >= 400;
}

static void ask_claim(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                      size_t count, const char *const headers[])
{
	struct pf_question question = pf_visit(asking, place, pf_busted(asking, "proto"));
	question.http.headers = pf_list(asking, count, headers);
	pf_ask(asking, tag, place->subject, question);
}

/* All at once first; one by one only where that changed something or was refused. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "plain", place->subject,
	       pf_visit(asking, place, pf_busted(asking, "proto")));
	ask_claim(asking, place, "all", PF_COUNT(claims), claims);
	const struct pf_answer *plain = pf_asked(asking, "plain", place->subject);
	const struct pf_answer *all = pf_asked(asking, "all", place->subject);
	if (!all || pf_outcome_is_ours(all->outcome) ||
	    !(is_believed(plain, all) || is_refused(plain, all)))
		return;
	for (size_t i = 0; i < PF_COUNT(claims); i++)
		ask_claim(asking, place, pf_word(asking, "claim-%zu", i), 1, &claims[i]);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_place);
}

/* The claims one by one: the first that was believed, or one that shows nothing. */
static struct pf_verdict judge_each(const struct pf_case *facts, const struct pf_answer *plain)
{
	const char *untold = NULL, *fine = NULL;
	for (size_t i = 0; i < PF_COUNT(claims); i++) {
		const char *tag = pf_say(facts, "claim-%zu", i);
		const struct pf_answer *claimed = pf_answer_of(facts, tag);
		if (!claimed)
			continue;
		fine = tag;
		if (is_believed(plain, claimed))
			return pf_fail(facts, tag,
			               "with \"%s\" a request over plain HTTP is answered %lld "
			               "instead of %lld",
			               claims[i], (long long)claimed->http.status,
			               (long long)plain->http.status);
		if (!pf_has_status(claimed) || claimed->http.status == 429 ||
		    claimed->http.status >= 500)
			untold = tag;
	}
	if (is_believed(plain, pf_answer_of(facts, "all")))
		return pf_fail(facts, "all",
		               "with forwarding headers of its own a request over plain HTTP is "
		               "taken for one over HTTPS");
	if (untold || !fine)
		return pf_unknown(facts, untold ? untold : "all",
		                  "a request with forwarding headers was not answered as a "
		                  "visitor's would be");
	return pf_pass(facts, fine,
	               "%zu headers that claim HTTPS, one by one, change nothing over plain HTTP",
	               PF_COUNT(claims));
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_answer *plain = pf_answer_of(facts, "plain");
	const struct pf_answer *all = pf_answer_of(facts, "all");
	if (!pf_has_status(plain))
		return pf_pass(facts, "plain", "nothing is served over plain HTTP: the port %s",
		               pf_outcome_sentence(plain->outcome));
	if (is_believed(plain, all) || is_refused(plain, all))
		return judge_each(facts, plain);
	if (!pf_has_status(all) || all->http.status == 429 || all->http.status >= 500)
		return pf_unknown(facts, "all",
		                  "the request with forwarding headers was not answered as a "
		                  "visitor's would be");
	return pf_pass(facts, "all",
	               "%zu headers that claim HTTPS change nothing over plain HTTP (answered "
	               "%lld)",
	               PF_COUNT(claims), (long long)all->http.status);
}

static const struct pf_check checks[] = {
	{
		.id = "https.proxy-proto",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "plain all",
		.quiet_needs_control = true,
		.judge = judge,
		.title = "A client cannot claim over plain HTTP that it came by HTTPS",
		.why = "SECURE_PROXY_SSL_HEADER makes Django believe a header. If the front passes "
		       "on "
		       "the client's own, everything that rests on is_secure() can be talked away: "
		       "no redirect, secure cookies over HTTP, the CSRF check of the Referer. "
		       "Django "
		       "warns that the setting is safe only behind a proxy that strips the header. "
		       "X-Forwarded-Proto, -Protocol, -Ssl, -Scheme, X-Scheme, X-Url-Scheme, "
		       "Front-End-Https, Forwarded and their kin are sent together in one request, "
		       "and one by one where that changed the answer or was refused.",
		.remedy = "Let the front set the header on every request, on port 80 too.\n"
			  "nginx (never $http_x_forwarded_proto, unless another proxy of yours "
                          "stands before it):\n"
			  "    proxy_set_header X-Forwarded-Proto $scheme;\n"
			  "Apache: in the virtual host for 443, and in the one for 80 `unset`:\n"
			  "    RequestHeader set X-Forwarded-Proto \"https\"\n"
			  "Django: just the header that the front sets:\n"
			  "    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/settings/"
			     "#secure-proxy-ssl-header",
	},
};

const struct pf_probe pf_probe_proxy_proto = {
	.name = "proxy_proto",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
