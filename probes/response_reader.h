/* Reads HTTP answers: who answered (the site, its front, Django's own refusal, nobody), and whether
 * a bogus name came back. */
#ifndef PF_PROBES_RESPONSE_READER_H
#define PF_PROBES_RESPONSE_READER_H

#include "postflight/verdict.h"

/* Who answered a request that a good host would not take. */
enum pf_who {
	PF_WHO_NOBODY,      /* closed, reset, stalled, no TLS handshake */
	PF_WHO_MISDIRECTED, /* 421, RFC 9110 section 15.5.20 */
	PF_WHO_GUARD,       /* 403, 429 or 503 that the good host does not give: a firewall */
	PF_WHO_FRONT,       /* an error of the web server's own */
	PF_WHO_REDIRECT, /* sent elsewhere: to a declared host, or to what is not the site's page */
	PF_WHO_OTHER_PAGE, /* a page, but not the site's */
	PF_WHO_DJANGO,     /* Django refused it: it was forwarded */
	PF_WHO_TECHNICAL,  /* Django's technical page of DEBUG = True */
	PF_WHO_SITE,       /* the same as the good host */
};

/* What a good request was answered, for comparison. */
struct pf_seen {
	const struct pf_answer *good, *again;
	const struct pf_answer
		*front_error; /* to a request no web server accepts; NULL: not asked */
};

/* From the tags "good", "good-again" and "front-error" of the case. */
struct pf_seen pf_seen_of(const struct pf_case *facts);

/* Why nothing can be compared with it; NULL: it can. */
const char *pf_seen_nothing(const struct pf_case *facts, const struct pf_seen *seen);

/* What differs between the two good answers is not compared. */
enum pf_who pf_who_answered(const struct pf_seen *seen, const struct pf_answer *answer);

/* Was the request answered by Django, in whatever words? */
bool pf_who_is_django(enum pf_who who);

/* "was answered 200 with the site's own page (title "Shop")" */
const char *pf_who_words(const struct pf_case *facts, enum pf_who who,
                         const struct pf_answer *answer);

/* The site was served, or the debug page that stands in for it. */
bool pf_is_served(enum pf_who who, const struct pf_answer *answer);

/* "GET with Host "pf-....invalid" was answered ..." of the exchange with that tag. */
const char *pf_host_told(const struct pf_case *facts, const char *tag, enum pf_who who);

/* A 400 that may be Django's or the front's: only an error of the front's own tells. */
bool pf_is_undecided(const struct pf_answer *answer);

/* Where the host name `text` came back as part of an address ("in the Location header"); NULL:
 * nowhere. The question must have looked for `text` with two slashes before it. */
const char *pf_echo_of(const struct pf_case *facts, const struct pf_answer *answer,
                       const char *text);

/* The same, only where a client acts on it by itself: redirects, cookies, CORS; not a link. */
const char *pf_obeyed_echo_of(const struct pf_case *facts, const struct pf_answer *answer,
                              const char *text);

/* Did an HTTP status arrive? */
bool pf_has_status(const struct pf_answer *answer);

/* Is it what a limit, a firewall or a front without its backend says (429, 502, 503, 504)? Then it
 * is not the site's own word, and nothing about the site follows from it. */
bool pf_is_refusal(const struct pf_answer *answer);

/* Is it one of Django's technical pages? */
bool pf_is_technical(const struct pf_answer *answer);

/* Headers that Django's SecurityMiddleware puts on every answer. */
bool pf_has_django_headers(const struct pf_answer *answer);

/* "https", "http" or "" (relative), and the host in lower case without its port. */
struct pf_target {
	const char *scheme, *host;
};
struct pf_target pf_target_of(const struct pf_case *facts, const char *location);

/* Texts that only Django's technical pages hold, the same from 3.2 to 6.1. The footer's apostrophe
 * is U+2019 and the production CSRF page says "DEBUG=True", so neither is relied on. */
#define PF_TECHNICAL_FOOTER "DEBUG = True</code>"
#define PF_TECHNICAL_PASTE "id=\"pasteform\""
#define PF_TECHNICAL_TRACEBACK "id=\"browserTraceback\""
#define PF_TECHNICAL_PATTERNS "Django tried these URL patterns"
/* Of the page of a failed CSRF check, whose line ends within the setting. */
#define PF_TECHNICAL_HELP "re seeing the help section of this page because you have <code>DEBUG"
/* Of the 500 in plain text, for those who do not accept HTML. */
#define PF_TECHNICAL_PLAIN "\nPython Executable: "

#endif
