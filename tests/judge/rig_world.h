/* A small world: nginx in front of Django, a database and a cache, as pure functions of a question.
 * The real plan asks it, the real evaluation judges it; switches break one thing at a time. */
#ifndef PF_TESTS_RIG_WORLD_H
#define PF_TESTS_RIG_WORLD_H

#include "rig_case.h"
#include "run/plan.h"

#define CANARY_2 "pf-89abcdef.invalid"

/* All false or NULL: a healthy site. Named like the scenarios of tests/live. */
struct world {
	bool unknown_host_proxied;   /* nginx passes unknown Hosts on, over HTTPS */
	bool http_host_passed;       /* ... as the header came ($http_host), and never judges it */
	bool port_echoed;            /* any text after the colon passes, and is passed on */
	bool suffix_matched;         /* names that begin or end like the site's are served */
	bool unknown_http_reflected; /* return 301 https://$host */
	bool unknown_sni_accepted;
	bool connection_pinned; /* only the first Host of a connection is judged */
	bool origin_reflected;
	bool forwarded_passed; /* X-Forwarded-Host of the client, to a Django that uses it */
	bool star;             /* ALLOWED_HOSTS = ['*'] */
	bool wildcard;         /* subdomains are served */
	bool ip_served;
	bool www_forgotten; /* ALLOWED_HOSTS lacks www.shop.test */
	bool debug;
	bool plain_served; /* no redirect to HTTPS at all */
	bool untrusted;
	bool old_tls;         /* TLS 1.0 too */
	bool rc4_taken;       /* and other ciphers of its time */
	bool expires_soon;    /* in five days */
	bool other_on_v6;     /* another certificate on the IPv6 address */
	bool headers_missing; /* those that browsers are told by */
	bool claim_believed;  /* X-Forwarded-Proto of the client, over HTTP */
	bool backend_open, redis_open, postgres_open;
	const char *replication;    /* what Redis says of its replicas; NULL: it has none */
	const char *plain_location; /* of the redirect from shop.test, without the path */
	int plain_status;           /* of the redirect; 0: 301 */
};

/* Asks and judges everything, from the bastion and from app1. */
struct pf_audit *world_audit(struct pf_arena *arena, const struct world *world);

/* The site file of that world. */
const struct pf_site *world_site(void);

/* The plan of one vantage, played to its end. */
struct pf_plan *world_plan(struct pf_arena *arena, const struct world *world,
                           const struct pf_site *site, const struct pf_vantage *vantage);

#endif
