/* A host in the request line and another in Host: only the one that was judged reaches Django.
 *
 * `GET https://shop.example/ HTTP/1.1` is what proxies send; the host in that address decides, and
 * Host is to be ignored (RFC 9112, section 3.2.2). A good host either refuses the contradiction or
 * lets the same name choose the server and go on to Django.
 */
#include "response_reader.h"
#include "visit_reader.h"

static void ask_target(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                       const char *target, const char *host)
{
	const char *address =
		pf_word(asking, "%s://%s%s", place->scheme, target, pf_busted(asking, tag));
	const char *line = pf_word(asking, "Host: %s\\r\\n", host);
	pf_ask(asking, tag, place->subject, pf_visit_exact(asking, place, address, "1.1", line));
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	static const char *const may_be_400[] = {"absolute-good", "absolute-bad"};
	const char *bad = pf_asking_canary(asking), *good = place->authority;
	ask_target(asking, place, "absolute-good", good, bad);
	ask_target(asking, place, "absolute-bad", bad, good);
	pf_ask_good(asking, place, PF_COUNT(may_be_400), may_be_400);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

static const char *absolute_fault(const struct pf_case *facts, const struct pf_seen *seen,
                                  const char *tag)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	const char *echo = pf_echo_of(facts, answer, facts->canary);
	if (echo)
		return pf_say(facts, "the bogus name came back %s", echo);
	enum pf_who who = pf_who_answered(seen, answer);
	if (who == PF_WHO_DJANGO || who == PF_WHO_TECHNICAL)
		return pf_who_words(facts, who, answer);
	return NULL;
}

static struct pf_verdict judge_absolute(const struct pf_case *facts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	const char *fault = absolute_fault(facts, &seen, "absolute-good");
	if (fault)
		return pf_fail(facts, "absolute-good",
		               "a request line with the site's address and Host \"%s\": %s",
		               facts->canary, fault);
	fault = absolute_fault(facts, &seen, "absolute-bad");
	if (fault)
		return pf_fail(facts, "absolute-bad",
		               "a request line with an address at \"%s\" and the right Host: %s",
		               facts->canary, fault);
	return pf_pass(facts, NULL,
	               "a whole address in the request line does not carry a bogus name to Django, "
	               "nor past it");
}

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#allowed-hosts"

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.absolute-form",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "absolute-good absolute-bad good! good-again! front-error?",
		.judge = judge_absolute,
		.title =
			"A whole address in the request line does not bring a bogus host to Django",
		.why = "In 'GET https://example.com/ HTTP/1.1' the address decides and the Host "
		       "line "
		       "is to be ignored (RFC 9112, section 3.2.2). A front that chooses the "
		       "server "
		       "by the address and then passes on the Host line as it came has checked one "
		       "name and forwards another: Django sees a host the front never judged. "
		       "Django's own 400 shows that it got there. The site served without a trace "
		       "of the bogus name is no fault.",
		.remedy = "nginx: pass on the name that chose the server, not the header "
                          "($http_host):\n"
			  "    proxy_set_header Host $host;\n"
			  "and drop what no server claims (default_server with return 444).\n"
			  "Apache: the name of the virtual host, whatever the header said:\n"
			  "    UseCanonicalName On\n"
			  "    ProxyPreserveHost On\n"
			  "    RequestHeader set Host \"www.example.com\"\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_absolute_form = {
	.name = "absolute_form",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
