/* Reads HTTP answers by comparison with what the good host answers, never by a status alone. */
#include "response_reader.h"

#include "postflight/probe.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool starts(const char *text, const char *with)
{
	return text && strncmp(text, with, strlen(with)) == 0;
}

bool pf_has_status(const struct pf_answer *answer)
{
	return answer && answer->kind == PF_KIND_http && !pf_outcome_is_ours(answer->outcome) &&
	       answer->http.status >= 100;
}

bool pf_is_refusal(const struct pf_answer *answer)
{
	int64_t status = pf_has_status(answer) ? answer->http.status : 0;
	return status == 429 || status == 502 || status == 503 || status == 504;
}

bool pf_is_technical(const struct pf_answer *answer)
{
	static const char *const markers[] = {PF_TECHNICAL_FOOTER,    PF_TECHNICAL_PASTE,
	                                      PF_TECHNICAL_TRACEBACK, PF_TECHNICAL_PATTERNS,
	                                      PF_TECHNICAL_PLAIN,     PF_TECHNICAL_HELP};
	if (!pf_has_status(answer))
		return false;
	for (size_t i = 0; i < PF_COUNT(markers); i++)
		if (pf_words_have(answer->http.found_in_body, markers[i]))
			return true;
	return answer->http.status == 400 && starts(answer->http.title, "DisallowedHost at ");
}

bool pf_has_django_headers(const struct pf_answer *answer)
{
	const struct pf_facts_http *facts = &answer->http;
	return pf_has_status(answer) && pf_header(facts, "x-content-type-options") &&
	       (pf_header(facts, "referrer-policy") ||
	        pf_header(facts, "cross-origin-opener-policy"));
}

struct pf_seen pf_seen_of(const struct pf_case *facts)
{
	return (struct pf_seen){
		.good = pf_answer_of(facts, "good"),
		.again = pf_answer_of(facts, "good-again"),
		.front_error = pf_answer_of(facts, "front-error"),
	};
}

/* A good answer that does not show the site: refused, banned, broken. */
static bool shows_nothing(const struct pf_answer *answer)
{
	int64_t status = answer->http.status;
	return status == 400 || status == 403 || status == 429 || status >= 500;
}

const char *pf_seen_nothing(const struct pf_case *facts, const struct pf_seen *seen)
{
	if (!pf_has_status(seen->good))
		return "the site's own host was not answered, so there is nothing to compare with";
	if (shows_nothing(seen->good))
		return pf_say(facts,
		              "the site's own host was answered %lld, so there is nothing to "
		              "compare with",
		              (long long)seen->good->http.status);
	if (!pf_has_status(seen->again) || shows_nothing(seen->again))
		return "the site answered its own host at first and no longer at the end: "
		       "something "
		       "stopped this audit, and refusals in between mean nothing";
	return NULL;
}

/* Django's cookies in clear sight: the application spoke. */
static bool sets_django_cookie(const struct pf_facts_http *facts)
{
	for (size_t i = 0; i < facts->headers.count; i++)
		if (starts(facts->headers.at[i], "set-cookie: csrftoken=") ||
		    starts(facts->headers.at[i], "set-cookie: sessionid="))
			return true;
	return false;
}

static bool close_in_length(int64_t a, int64_t b)
{
	int64_t far = a > b ? a - b : b - a;
	return a > 0 && b > 0 && far * 10 <= (a > b ? a : b);
}

/* The same page in all that two good answers have in common: title, sequence of tags. A page
 * without either (JSON, plain text) is the same when its type and about its length are. */
static bool same_page(const struct pf_facts_http *good, const struct pf_facts_http *again,
                      const struct pf_facts_http *other)
{
	if (good->length > 0 && same_text(good->digest, other->digest))
		return true;
	bool title_holds = good->title && same_text(good->title, again->title);
	bool shape_holds = good->shape && same_text(good->shape, again->shape);
	if (title_holds && !same_text(good->title, other->title))
		return false;
	if (shape_holds && !same_text(good->shape, other->shape))
		return false;
	if (title_holds)
		return true;
	return same_text(pf_header(good, "content-type"), pf_header(other, "content-type")) &&
	       close_in_length(good->length, other->length);
}

static bool is_redirect(const struct pf_facts_http *facts)
{
	return facts->status >= 300 && facts->status < 400 && facts->location;
}

/* Where the host of an address begins; NULL: it is a path, which may quote an address. RFC 3986,
 * section 4.2. */
static const char *authority_in(const char *location)
{
	size_t head = strcspn(location, "/?#");
	bool after_scheme = head > 0 && location[head - 1] == ':';
	bool found = (head == 0 || after_scheme) && starts(location + head, "//");
	return found ? location + head + 2 : NULL;
}

/* Two places but for their queries: one may carry on what was asked for, and each of our questions
 * has a query of its own. */
static bool same_place(const char *a, const char *b)
{
	size_t length = strcspn(a, "?#");
	return length == strcspn(b, "?#") && strncmp(a, b, length) == 0;
}

static bool is_site(const struct pf_seen *seen, const struct pf_facts_http *other)
{
	const struct pf_facts_http *good = &seen->good->http;
	const struct pf_facts_http *again = pf_has_status(seen->again) ? &seen->again->http : good;
	if (good->status != other->status)
		return false;
	if (is_redirect(good))
		return is_redirect(other) && !authority_in(other->location) &&
		       same_place(good->location, other->location);
	if (other->status < 300 && sets_django_cookie(good) && sets_django_cookie(other))
		return true;
	return same_page(good, again, other);
}

/* Error pages that web servers, load balancers and content networks bring along. */
static bool is_front_title(const char *title)
{
	static const char *const heads[] = {"400 ",
	                                    "Bad Request",
	                                    "Error 400",
	                                    "ERROR: ",
	                                    "Invalid URL",
	                                    "Apache Tomcat",
	                                    "502 ",
	                                    "503 ",
	                                    "Invalid Hostname",
	                                    "Host not found",
	                                    "Direct IP access"};
	if (starts(title, "Bad Request (400)"))
		return false;
	for (size_t i = 0; i < PF_COUNT(heads); i++)
		if (starts(title, heads[i]))
			return true;
	return false;
}

static bool is_django_title(const char *title)
{
	return same_text(title, "Bad Request (400)") || same_text(title, "Server Error (500)");
}

bool pf_is_undecided(const struct pf_answer *answer)
{
	return pf_has_status(answer) && answer->http.status == 400 && !pf_is_technical(answer) &&
	       !is_django_title(answer->http.title) &&
	       (!is_front_title(answer->http.title) || pf_has_django_headers(answer));
}

static bool same_error(const struct pf_facts_http *a, const struct pf_facts_http *b)
{
	return same_text(a->digest, b->digest) ||
	       (a->title && same_text(a->title, b->title) && same_text(a->shape, b->shape));
}

/* Default pages say it by their title. A custom 400 is Django's when it has Django's headers or a
 * title, unless the front gives the same to what can only be its own error. */
static bool is_django_refusal(const struct pf_seen *seen, const struct pf_answer *answer)
{
	const struct pf_answer *front = seen->front_error;
	if (is_django_title(answer->http.title))
		return true;
	if (!pf_is_undecided(answer))
		return false;
	if (!pf_has_status(front))
		return pf_has_django_headers(answer) && !is_front_title(answer->http.title);
	if (same_error(&front->http, &answer->http))
		return false;
	return answer->http.title ||
	       (pf_has_django_headers(answer) && !pf_has_django_headers(front));
}

enum pf_who pf_who_answered(const struct pf_seen *seen, const struct pf_answer *answer)
{
	if (!pf_has_status(answer))
		return PF_WHO_NOBODY;
	const struct pf_facts_http *other = &answer->http;
	if (other->status == 421)
		return PF_WHO_MISDIRECTED;
	if (pf_is_technical(answer))
		return PF_WHO_TECHNICAL;
	if (is_django_refusal(seen, answer))
		return PF_WHO_DJANGO;
	if (pf_has_status(seen->good) && is_site(seen, other))
		return PF_WHO_SITE;
	if (other->status == 403 || other->status == 429 || other->status == 503)
		return PF_WHO_GUARD;
	if (other->status >= 400)
		return PF_WHO_FRONT;
	return other->status >= 300 ? PF_WHO_REDIRECT : PF_WHO_OTHER_PAGE;
}

bool pf_who_is_django(enum pf_who who)
{
	return who == PF_WHO_DJANGO || who == PF_WHO_TECHNICAL || who == PF_WHO_SITE;
}

/* " (title "Shop")", or nothing. */
static const char *title_words(const struct pf_case *facts, const struct pf_answer *answer)
{
	const char *title = answer->http.title;
	return title && *title ? pf_say(facts, " (title \"%s\")", title) : "";
}

const char *pf_who_words(const struct pf_case *facts, enum pf_who who,
                         const struct pf_answer *answer)
{
	static const char *const whose[] = {
		[PF_WHO_NOBODY] = "",
		[PF_WHO_MISDIRECTED] = ": misdirected, as it should be",
		[PF_WHO_GUARD] = " by the front or a firewall",
		[PF_WHO_FRONT] = " by the web server itself",
		[PF_WHO_REDIRECT] = "",
		[PF_WHO_OTHER_PAGE] = " with another page than the site's",
		[PF_WHO_DJANGO] = " by Django, so it was forwarded",
		[PF_WHO_TECHNICAL] = " with Django's technical page",
		[PF_WHO_SITE] = " with the site's own page",
	};
	if (who == PF_WHO_NOBODY)
		return pf_say(facts, "got no answer: the peer %s",
		              pf_outcome_sentence(answer->outcome));
	if (answer->http.location)
		return pf_say(facts, "was answered %lld%s, Location \"%s\"",
		              (long long)answer->http.status, whose[who], answer->http.location);
	return pf_say(facts, "was answered %lld%s%s", (long long)answer->http.status, whose[who],
	              title_words(facts, answer));
}

bool pf_is_served(enum pf_who who, const struct pf_answer *answer)
{
	return who == PF_WHO_SITE || (who == PF_WHO_TECHNICAL && answer->http.status != 400);
}

const char *pf_host_told(const struct pf_case *facts, const char *tag, enum pf_who who)
{
	const struct pf_exchange *exchange = pf_exchange_of(facts, tag);
	return pf_say(facts, "GET with Host \"%s\" %s", exchange->question.http.host,
	              pf_who_words(facts, who, exchange->answer));
}

static const char *lower(const struct pf_case *facts, const char *text, size_t length)
{
	char *copy = (char *)pf_say(facts, "%.*s", (int)length, text);
	for (char *at = copy; *at; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at += 'a' - 'A';
	return copy;
}

/* Host names know no case (RFC 4343). */
static bool names(const struct pf_case *facts, const char *text, size_t length, const char *host)
{
	return strstr(lower(facts, text, length), lower(facts, host, strlen(host)));
}

/* The name of the header, other than Location, that holds `text` where a client would obey it. */
static const char *echoing_header(const struct pf_case *facts, const struct pf_facts_http *http,
                                  const char *text)
{
	for (size_t i = 0; i < http->headers.count; i++) {
		const char *header = http->headers.at[i];
		const char *colon = strchr(header, ':');
		if (!colon || starts(header, "location:") ||
		    !names(facts, colon, strlen(colon), text))
			continue;
		if (starts(header, "set-cookie:") || strstr(colon, "//"))
			return pf_say(facts, "in the %.*s header", (int)(colon - header), header);
	}
	return NULL;
}

/* Does the host part of an absolute Location hold it? A path may quote anything. */
static bool leads_to(const struct pf_case *facts, const char *location, const char *text)
{
	const char *authority = location ? authority_in(location) : NULL;
	return authority && names(facts, authority, strcspn(authority, "/?#"), text);
}

const char *pf_obeyed_echo_of(const struct pf_case *facts, const struct pf_answer *answer,
                              const char *text)
{
	if (!pf_has_status(answer))
		return NULL;
	if (leads_to(facts, answer->http.location, text))
		return "in the Location header";
	return echoing_header(facts, &answer->http, text);
}

const char *pf_echo_of(const struct pf_case *facts, const struct pf_answer *answer,
                       const char *text)
{
	if (!pf_has_status(answer))
		return NULL;
	const char *obeyed = pf_obeyed_echo_of(facts, answer, text);
	if (obeyed)
		return obeyed;
	/* Error pages quote what they refuse, and nobody follows those. */
	if (answer->http.status < 400 &&
	    pf_words_have(answer->http.found_in_body, pf_say(facts, "//%s", text)))
		return "in an address on the page";
	return NULL;
}

/* RFC 3986, section 3.2: user, host and port end at the first of / ? #; the host follows the last @
 * there. A backslash is written twice in escaped notation and counts as a slash in browsers. */
struct pf_target pf_target_of(const struct pf_case *facts, const char *location)
{
	const char *host = authority_in(location);
	if (!host)
		return (struct pf_target){"", ""};
	size_t scheme = (size_t)(host - location) - strlen("//");
	const char *end = host + strcspn(host, "/?#\\");
	for (const char *at = host; at < end; at++)
		if (*at == '@')
			host = at + 1;
	bool bracketed = *host == '[';
	host += bracketed;
	return (struct pf_target){
		.scheme = scheme ? lower(facts, location, scheme - 1) : "",
		.host = lower(facts, host, strcspn(host, bracketed ? "]" : ":/?#\\")),
	};
}
