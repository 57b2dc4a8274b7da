/* Hosts that are malformed, doubled, empty or missing.
 *
 * Two programs read the same request, the front and Django, and wherever they read it differently a
 * stranger chooses which of them to deceive. A good host refuses what RFC 9112 does not allow,
 * reads names whole, and lets only one of all the places where a host can stand decide. All
 * requests carry a query of their own, so that no cache keeps an answer.
 */
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

/* What comes back as an address when it was believed; how it was sent, in words. `served_is_fault`:
 * a server that shows the site for this has taken a Host that is not the site's. */
struct form {
	const char *tag, *words;
	bool served_is_fault;
};

static const struct form forms[] = {
	{"port-text", "a name as port", false},
	{"port-number", "a port that is not the site's", false},
	{"port-user", "an empty user and another host as port", false},
	{"dotted", "the site's name in capitals and with a last dot", false},
	{"underscore", "a name with an underscore", true},
	{"two-names", "two names with a space between", true},
	{"at-sign", "user and host as in an address", true},
	{"glued-before", "the site's name with letters before it", true},
	{"glued-after", "the site's name as the beginning of another", true},
	{"doubled", "Host twice, the right one first", true},
	{"doubled-bad-first", "Host twice, the right one last", true},
	{"folded", "a folded line before the right Host", false},
	{"space", "a space before the colon", true},
	{"empty", "an empty Host", true},
	{"missing", "no Host in HTTP/1.1", true},
	{"missing-1.0", "no Host in HTTP/1.0", true},
};

#define NEEDS                                                                                      \
	"port-text port-number port-user dotted underscore two-names at-sign glued-before "        \
	"glued-after doubled doubled-bad-first folded "                                            \
	"space empty missing missing-1.0 good! good-again!"

static void ask_host(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                     const char *host)
{
	pf_ask(asking, tag, place->subject,
	       pf_visit_as(asking, place, pf_busted(asking, tag), host));
}

/* An unlikely port, the same for all of a run: 20000 to 59999. */
static unsigned odd_port(struct pf_asking *asking)
{
	unsigned sum = 0;
	for (const char *at = pf_canary_digits(asking); *at; at++)
		sum = sum * 31 + (unsigned char)*at;
	return 20000 + sum % 40000;
}

/* Names know no case and may end in a dot (RFC 4343; RFC 1034, section 3.1). */
static const char *capitals(struct pf_asking *asking, const char *name)
{
	char *copy = (char *)pf_word(asking, "%s", name);
	for (char *at = copy; *at; at++)
		if (*at >= 'a' && *at <= 'z')
			*at += 'A' - 'a';
	return copy;
}

static void ask_names(struct pf_asking *asking, const struct pf_place *place)
{
	const char *canary = pf_asking_canary(asking), *good = place->host;
	if (strchr(good, ':'))
		good = pf_word(asking, "[%s]", good);
	ask_host(asking, place, "port-text", pf_word(asking, "%s:%s", good, canary));
	ask_host(asking, place, "port-number", pf_word(asking, "%s:%u", good, odd_port(asking)));
	ask_host(asking, place, "port-user", pf_word(asking, "%s:@%s", good, canary));
	ask_host(asking, place, "dotted", pf_word(asking, "%s.", capitals(asking, good)));
	ask_host(asking, place, "underscore",
	         pf_word(asking, "pf_%s.invalid", pf_canary_digits(asking)));
	ask_host(asking, place, "at-sign", pf_word(asking, "%s@%s", good, canary));
	ask_host(asking, place, "glued-before",
	         pf_word(asking, "pf-%s%s", pf_canary_digits(asking), good));
	ask_host(asking, place, "glued-after", pf_word(asking, "%s.%s", good, canary));
}

static void ask_lines(struct pf_asking *asking, const struct pf_place *place)
{
	const char *bad = pf_asking_canary(asking), *good = place->authority;
	const struct {
		const char *tag, *version, *hosts;
	} lines[] = {
		{"doubled", "1.1", pf_word(asking, "Host: %s\\r\\nHost: %s\\r\\n", good, bad)},
		{"doubled-bad-first", "1.1",
	         pf_word(asking, "Host: %s\\r\\nHost: %s\\r\\n", bad, good)},
		{"folded", "1.1", pf_word(asking, " Host: %s\\r\\nHost: %s\\r\\n", bad, good)},
		{"space", "1.1", pf_word(asking, "Host : %s\\r\\n", bad)},
		{"two-names", "1.1", pf_word(asking, "Host: %s %s\\r\\n", good, bad)},
		{"empty", "1.1", "Host:\\r\\n"},
		{"missing", "1.1", ""},
		{"missing-1.0", "1.0", ""},
	};
	for (size_t i = 0; i < PF_COUNT(lines); i++)
		pf_ask(asking, lines[i].tag, place->subject,
		       pf_visit_exact(asking, place, pf_busted(asking, lines[i].tag),
		                      lines[i].version, lines[i].hosts));
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	ask_names(asking, place);
	ask_lines(asking, place);
	pf_ask_good(asking, place, 0, NULL);
}

/* Over plain HTTP there is a redirect as a rule, and all that it can do wrong is where it leads. */
static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	const char *bad = pf_asking_canary(asking), *good = place->authority;
	const char *doubled = pf_word(asking, "Host: %s\\r\\nHost: %s\\r\\n", good, bad);
	const char *path = pf_busted(asking, "plain");
	pf_ask(asking, "plain-host", place->subject, pf_visit_unknown_host(asking, place));
	pf_ask(asking, "plain-port", place->subject,
	       pf_visit_as(asking, place, path, pf_word(asking, "%s:%s", place->host, bad)));
	pf_ask(asking, "plain-at-sign", place->subject,
	       pf_visit_as(asking, place, path, pf_word(asking, "%s@%s", place->host, bad)));
	pf_ask(asking, "plain-doubled", place->subject,
	       pf_visit_exact(asking, place, path, "1.1", doubled));
	pf_ask(asking, "plain-absolute", place->subject,
	       pf_visit_exact(asking, place, pf_word(asking, "http://%s%s", good, path), "1.1",
	                      pf_word(asking, "Host: %s\\r\\n", bad)));
	pf_ask(asking, "plain-missing", place->subject,
	       pf_visit_exact(asking, place, path, "1.0", ""));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
}

/* Where the Host that was sent came back: whole, or its bogus part. */
static const char *echo_of(const struct pf_case *facts, const struct pf_exchange *exchange)
{
	const char *host = exchange->question.http.host;
	const char *whole = host ? pf_echo_of(facts, exchange->answer, host) : NULL;
	return whole ? whole : pf_echo_of(facts, exchange->answer, facts->canary);
}

/* What is wrong with the answer to one form; NULL: nothing. */
static const char *fault_of(const struct pf_case *facts, const struct pf_seen *seen,
                            const struct form *form)
{
	const struct pf_exchange *exchange = pf_exchange_of(facts, form->tag);
	const char *host = exchange->question.http.host;
	const char *sent = host ? pf_say(facts, " (Host \"%s\")", host) : "";
	const char *echo = echo_of(facts, exchange);
	if (echo)
		return pf_say(facts, "%s%s came back %s", form->words, sent, echo);
	if (!form->served_is_fault || pf_who_answered(seen, exchange->answer) != PF_WHO_SITE)
		return NULL;
	return pf_say(facts, "%s%s %s", form->words, sent,
	              pf_who_words(facts, PF_WHO_SITE, exchange->answer));
}

static struct pf_verdict judge_malformed(const struct pf_case *facts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	const char *said = NULL, *tag = NULL;
	for (size_t i = 0; i < PF_COUNT(forms); i++) {
		const char *fault = fault_of(facts, &seen, &forms[i]);
		if (!fault)
			continue;
		said = said ? pf_say(facts, "%s; %s", said, fault) : fault;
		tag = tag ? tag : forms[i].tag;
	}
	if (said)
		return pf_fail(facts, tag, "%s", said);
	return pf_pass(facts, NULL,
	               "none of %zu malformed, doubled, empty or missing Hosts was believed",
	               PF_COUNT(forms));
}

/* "https:///": a redirect to the Host that was not there. */
static bool leads_nowhere(const struct pf_answer *answer)
{
	const char *location = pf_has_status(answer) ? answer->http.location : NULL;
	const char *host = location ? strstr(location, "://") : NULL;
	return host && (host[3] == '/' || host[3] == '\0');
}

static struct pf_verdict judge_plain(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *words;
	} ways[] = {
		{"plain-port", "a name as port"},
		{"plain-at-sign", "user and host as in an address"},
		{"plain-doubled", "Host twice"},
		{"plain-absolute", "a whole address in the request line, and another Host,"},
		{"plain-missing", "no Host in HTTP/1.0"},
	};
	if (pf_echo_of(facts, pf_answer_of(facts, "plain-host"), facts->canary))
		return pf_skip(facts, "plain-host",
		               "over plain HTTP any Host comes back, which is a finding of its own "
		               "(allowed-hosts.no-reflection)");
	for (size_t i = 0; i < PF_COUNT(ways); i++) {
		const struct pf_exchange *exchange = pf_exchange_of(facts, ways[i].tag);
		const char *echo = echo_of(facts, exchange);
		if (echo)
			return pf_fail(facts, ways[i].tag, "over plain HTTP %s came back %s",
			               ways[i].words, echo);
		if (leads_nowhere(exchange->answer))
			return pf_fail(
				facts, ways[i].tag,
				"over plain HTTP %s is redirected to \"%s\", which is nowhere",
				ways[i].words, exchange->answer->http.location);
	}
	return pf_pass(facts, "plain-port",
	               "over plain HTTP none of %zu malformed, doubled or missing Hosts comes back",
	               PF_COUNT(ways));
}

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#allowed-hosts"

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.malformed",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = NEEDS,
		.judge = judge_malformed,
		.title = "Malformed, doubled, empty and missing Hosts are refused and do not come "
			 "back",
		.why = "Name filters that look for the beginning or the end of a name let "
		       "'example.com.evil.org' and 'evilexample.com' through; what follows the "
		       "colon is often passed on unread and comes back in links; two Host lines "
		       "are "
		       "read as the first by one program and as the last by the other. Sixteen "
		       "such "
		       "requests are sent. A refusal of any kind is right, a hanging request too. "
		       "So is serving the site when only the port was nonsense and was thrown "
		       "away, or when a folded line was skipped, as RFC 9112 section 2.2 allows; "
		       "serving it without any Host, or for one of two, is not.",
		.remedy = "nginx: exact server names (no unanchored ~regex), a default server that "
                          "drops the rest, and a Host that nginx has judged itself ($host, never "
                          "$http_host):\n"
			  "    server_name example.com www.example.com;\n"
			  "    proxy_set_header Host $host;\n"
			  "    if ($http_host !~* ^(www\\.)?example\\.com$) { return 444; }\n"
			  "Apache:\n"
			  "    HttpProtocolOptions Strict\n"
			  "    UseCanonicalName On\n"
			  "Django:\n"
			  "    ALLOWED_HOSTS = ['example.com', 'www.example.com']\n",
		.reference = CHECKLIST,
	},
	{
		.id = "allowed-hosts.malformed",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "plain-host plain-port plain-at-sign plain-doubled plain-absolute "
			 "plain-missing",
		.quiet_needs_control = true,
		.judge = judge_plain,
	},
};

const struct pf_probe pf_probe_host_syntax = {
	.name = "host_syntax",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
