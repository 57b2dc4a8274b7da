/* What the site answers keeps to HTTP and TLS, and comes to an end.
 *
 * A head without end, two lengths for one body, bytes that are no HTTP: clients and fronts each
 * make something else of those, and that difference is what request smuggling lives on. Whoever
 * answers so, a broken front, a box on the way or somebody hostile, leaves other checks without an
 * answer; this one says why. A good host answers a page, an error and a handshake as the RFCs have
 * it (9112, 8446), within the time that one question has.
 */
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *missing = pf_word(asking, "/pf-%s/", pf_canary_digits(asking));
	pf_ask(asking, "page", place->subject,
	       pf_visit(asking, place, pf_asking_site(asking)->url.path));
	pf_ask(asking, "missing-page", place->subject, pf_visit(asking, place, missing));
	if (strcmp(place->scheme, "https") == 0)
		pf_ask(asking, "handshake", place->subject, pf_handshake(place));
}

static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "plain-page", place->subject, pf_visit(asking, place, "/"));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
}

/* Silence alone is none: who began to answer and did not end is another matter. */
static bool misbehaves(const struct pf_answer *answer)
{
	bool begun = answer->kind == PF_KIND_http && answer->http.began;
	return answer->outcome == PF_garbled || answer->outcome == PF_oversized ||
	       (answer->outcome == PF_stalled && begun);
}

static struct pf_verdict misbehaviour(const struct pf_case *facts, const char *tag,
                                      const char *what)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	const char *detail = answer->detail ? answer->detail : "";
	return pf_fail(facts, tag, "the peer misbehaves: asked for %s it %s%s%s", what,
	               answer->outcome == PF_stalled ? "began to answer and did not end in time"
	                                             : pf_outcome_sentence(answer->outcome),
	               *detail ? ": " : "", detail);
}

static struct pf_verdict judge_answers(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *what;
	} asked[] = {
		{"page", "its first page"},
		{"missing-page", "a page that does not exist"},
		{"handshake", "a handshake"},
	};
	for (size_t i = 0; i < PF_COUNT(asked); i++) {
		const struct pf_answer *answer = pf_answer_of(facts, asked[i].tag);
		if (answer && misbehaves(answer))
			return misbehaviour(facts, asked[i].tag, asked[i].what);
	}
	const struct pf_answer *page = pf_answer_of(facts, "page");
	if (!pf_has_status(page))
		return pf_unknown(facts, "page", "the first page was not seen: the address %s",
		                  pf_outcome_sentence(page->outcome));
	return pf_pass(facts, "page", "a page and an error keep to HTTP/%s and end",
	               page->http.version ? page->http.version : "1.1");
}

static struct pf_verdict judge_plain(const struct pf_case *facts)
{
	const struct pf_answer *page = pf_answer_of(facts, "plain-page");
	if (misbehaves(page))
		return misbehaviour(facts, "plain-page", "its first page over plain HTTP");
	if (!pf_has_status(page))
		return pf_skip(facts, "plain-page", "plain HTTP %s",
		               pf_outcome_sentence(page->outcome));
	return pf_pass(facts, "plain-page", "what plain HTTP answers keeps to HTTP and ends");
}

static const struct pf_check checks[] = {
	{
		.id = "https.well-formed",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "page missing-page handshake?",
		.judge = judge_answers,
		.title = "What is answered keeps to HTTP and TLS, and ends",
		.why = "Headers without end, lengths that contradict each other, bytes that are no "
		       "HTTP and answers that begin and never end: each client and each proxy "
		       "makes something else of them, which is what request smuggling and cache "
		       "poisoning are made of. It is also why other checks of this address may be "
		       "unknown. The page, an error and a handshake are looked at; a slow answer "
		       "counts only when it began and was not complete after eight seconds, twice.",
		.remedy = "See who answers, the front, a box before it, or something else on that "
			  "port:\n"
			  "    curl -sv --http1.1 -o /dev/null https://www.example.com/\n"
			  "Content-Length and Transfer-Encoding are the servers' own to send, so "
			  "take every add_header for them out of nginx and every assignment out of "
			  "the views.\n",
		.reference = "https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length",
	},
	{
		.id = "https.well-formed",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "plain-page",
		.judge = judge_plain,
	},
};

const struct pf_probe pf_probe_well_formed = {
	.name = "well_formed",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
