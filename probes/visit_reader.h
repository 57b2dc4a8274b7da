/* Visits: requests to the site that several probes put in the same words, so that they are asked
 * once; and the places, one per address and scheme, that findings are about. */
#ifndef PF_PROBES_VISIT_READER_H
#define PF_PROBES_VISIT_READER_H

#include "postflight/probe.h"

/* One address of one host by one scheme. */
struct pf_place {
	const char *scheme, *host, *address;
	int64_t port;
	const char *authority; /* "shop.test", with its port unless that is the scheme's own */
	const char *subject;   /* "https://shop.test [203.0.113.10]" */
	bool first;            /* of the addresses of its host */
};

/* Calls `ask` for each address of `host` (the site's, or declared) that is known by now. */
void pf_each_place(struct pf_asking *asking, const char *scheme, const char *host,
                   void (*ask)(struct pf_asking *asking, const struct pf_place *place));

/* GET of a path of the site, by its right name. It looks for the canary and for Django's technical
 * pages, as every question here does. */
struct pf_question pf_visit(struct pf_asking *asking, const struct pf_place *place,
                            const char *path);

/* The same with `host` as Host, and looking for //host. */
struct pf_question pf_visit_as(struct pf_asking *asking, const struct pf_place *place,
                               const char *path, const char *host);

/* A further text whose presence is reported. */
void pf_look_for(struct pf_asking *asking, struct pf_question *question, const char *text);

/* GET of the site's first page with the canary as Host: the question that says most. */
struct pf_question pf_visit_unknown_host(struct pf_asking *asking, const struct pf_place *place);

/* A request in its very bytes, on a connection to the site by its right name: `target` and the Host
 * lines are in escaped notation. */
struct pf_question pf_visit_exact(struct pf_asking *asking, const struct pf_place *place,
                                  const char *target, const char *version, const char *lines);

/* The site's first page with a query of this run's own, so that no shared cache keeps an answer to
 * a poisonous request, nor has one from before. */
const char *pf_busted(struct pf_asking *asking, const char *tag);

/* The eight hex digits of the canary. */
const char *pf_canary_digits(struct pf_asking *asking);

/* Puts "good", and once all other answers are in, "good-again" and, where one of the answers to
 * `tags` is a 400 that may be Django's or the front's, "front-error". Call it on every round. */
void pf_ask_good(struct pf_asking *asking, const struct pf_place *place, size_t count,
                 const char *const tags[]);

/* The name that a TLS client sends for this place; NULL: none, for an address (RFC 6066, section
 * 3). */
const char *pf_sni_of(const struct pf_place *place);

/* A TLS handshake with the place as a browser would make it, and whether its certificate is
 * trusted. */
struct pf_question pf_handshake(const struct pf_place *place);

/* The site's own scheme is https. */
bool pf_is_https(const struct pf_site *site);

#endif
