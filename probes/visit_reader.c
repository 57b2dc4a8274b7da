/* Visits to the site, in one wording for all probes. */
#include "visit_reader.h"

#include "response_reader.h"

#include <string.h>

bool pf_is_https(const struct pf_site *site)
{
	return strcmp(site->url.scheme, "https") == 0;
}

const char *pf_sni_of(const struct pf_place *place)
{
	const char *host = place->host;
	bool literal = strchr(host, ':') || strspn(host, "0123456789.") == strlen(host);
	return literal ? NULL : host;
}

static struct pf_place place_at(struct pf_asking *asking, const char *scheme, const char *host,
                                const char *address)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_place place = {.scheme = scheme, .host = host, .address = address};
	place.port = strcmp(scheme, site->url.scheme) == 0 ? site->url.port : site->http_port;
	place.authority = pf_url_authority(asking, scheme, host, place.port);
	place.subject = pf_word(asking, "%s://%s [%s]", scheme, place.authority, address);
	return place;
}

void pf_each_place(struct pf_asking *asking, const char *scheme, const char *host,
                   void (*ask)(struct pf_asking *asking, const struct pf_place *place))
{
	struct pf_words addresses;
	const char *subject = pf_word(asking, "%s://%s", scheme, host);
	if (!pf_addresses(asking, host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		struct pf_place place = place_at(asking, scheme, host, addresses.at[i]);
		place.first = i == 0;
		ask(asking, &place);
	}
}

struct pf_question pf_visit(struct pf_asking *asking, const struct pf_place *place,
                            const char *path)
{
	const char *canary = pf_asking_canary(asking);
	const char *const look_for[] = {
		canary,
		pf_word(asking, "//%s", canary),
		PF_TECHNICAL_FOOTER,
		PF_TECHNICAL_PASTE,
		PF_TECHNICAL_TRACEBACK,
		PF_TECHNICAL_PATTERNS,
	};
	return (struct pf_question){
		.kind = PF_KIND_http,
		.http =
			{
				.url = pf_word(asking, "%s://%s%s", place->scheme, place->authority,
	                                       path),
				.address = place->address,
				.port = place->port,
				.look_for = pf_list(asking, PF_COUNT(look_for), look_for),
			},
	};
}

void pf_look_for(struct pf_asking *asking, struct pf_question *question, const char *text)
{
	enum { ROOM = 16 };
	const char *list[ROOM];
	size_t count = 0;
	for (; count < question->http.look_for.count && count + 1 < ROOM; count++)
		list[count] = question->http.look_for.at[count];
	list[count++] = text;
	question->http.look_for = pf_list(asking, count, list);
}

struct pf_question pf_visit_as(struct pf_asking *asking, const struct pf_place *place,
                               const char *path, const char *host)
{
	struct pf_question question = pf_visit(asking, place, path);
	question.http.host = host;
	const char *address = pf_word(asking, "//%s", host);
	if (!pf_words_have(question.http.look_for, address))
		pf_look_for(asking, &question, address);
	return question;
}

struct pf_question pf_visit_unknown_host(struct pf_asking *asking, const struct pf_place *place)
{
	return pf_visit_as(asking, place, pf_busted(asking, "host"), pf_asking_canary(asking));
}

const char *pf_canary_digits(struct pf_asking *asking)
{
	const char *canary = pf_asking_canary(asking), *dash = strchr(canary, '-');
	const char *digits = dash ? dash + 1 : canary;
	return pf_word(asking, "%.*s", (int)strcspn(digits, "."), digits);
}

const char *pf_busted(struct pf_asking *asking, const char *tag)
{
	return pf_word(asking, "%s?pf=%s-%s", pf_asking_site(asking)->url.path,
	               pf_canary_digits(asking), tag);
}

struct pf_question pf_visit_exact(struct pf_asking *asking, const struct pf_place *place,
                                  const char *target, const char *version, const char *lines)
{
	struct pf_question question = pf_visit(asking, place, pf_busted(asking, "exact"));
	question.http.exact = pf_word(asking,
	                              "GET %s HTTP/%s\\r\\n%sUser-Agent: postflight\\r\\n"
	                              "Accept: */*\\r\\nConnection: close\\r\\n\\r\\n",
	                              target, version, lines);
	return question;
}

/* No web server that judges lengths accepts this one (RFC 9110, section 8.6), and none forwards it.
 */
static struct pf_question front_error(struct pf_asking *asking, const struct pf_place *place)
{
	const char *lines =
		pf_word(asking, "Host: %s\\r\\nContent-Length: pf\\r\\n", place->authority);
	return pf_visit_exact(asking, place, pf_busted(asking, "error"), "1.1", lines);
}

void pf_ask_good(struct pf_asking *asking, const struct pf_place *place, size_t count,
                 const char *const tags[])
{
	const char *subject = place->subject;
	struct pf_question good = pf_visit(asking, place, pf_asking_site(asking)->url.path);
	pf_ask(asking, "good", subject, good);
	if (!pf_asked(asking, "good", subject))
		return;
	static const char *const fresh[] = {"Cache-Control: no-cache"};
	good.http.headers = pf_list(asking, PF_COUNT(fresh), fresh);
	pf_ask(asking, "good-again", subject, good);
	for (size_t i = 0; i < count; i++)
		if (pf_is_undecided(pf_asked(asking, tags[i], subject))) {
			pf_ask(asking, "front-error", subject, front_error(asking, place));
			return;
		}
}

struct pf_question pf_handshake(const struct pf_place *place)
{
	return (struct pf_question){
		.kind = PF_KIND_tls,
		.tls = {.address = place->address,
	                .port = place->port,
	                .sni = pf_sni_of(place),
	                .name = place->host},
	};
}
