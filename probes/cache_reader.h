/* Redis and memcached: how they are greeted, and what their answers say of how far one got. */
#ifndef PF_PROBES_CACHE_READER_H
#define PF_PROBES_CACHE_READER_H

#include "service_reader.h"

bool pf_cache_is_redis(const struct pf_service *cache);
bool pf_cache_is_memcached(const struct pf_service *cache);

/* Is one among the site's caches? */
bool pf_has_redis(const struct pf_site *site);
bool pf_has_memcached(const struct pf_site *site);
bool pf_has_network_cache(const struct pf_site *site); /* of these two */

/* The cache that a subject ("redis://cache1:6379", with or without " [address]") is about; NULL:
 * none. */
const struct pf_service *pf_cache_of(const struct pf_case *facts);

/* Where a Redis is met. */
struct pf_redis_place {
	const char *address;
	int64_t port;
	bool tls;
	const char *sni; /* NULL: none */
};

/* That of a cache at one of its addresses. */
struct pf_redis_place pf_redis_place_of(const struct pf_service *cache, const char *address);

/* What a Redis is asked in the app's name: who it is, what it knows of others, and what the app may
 * do there. Without a password in the site file, as anybody. */
struct pf_question pf_redis_interview(struct pf_asking *asking, const struct pf_service *cache,
                                      const char *address);

/* The reply to that command in an answer to a question; "": none. */
const char *pf_redis_reply(const struct pf_exchange *exchange, const char *command);

/* Can nothing be asked in the app's name, since Redis wants a password and the site file has none?
 */
bool pf_redis_lacks_password(const struct pf_exchange *interview);

/* Why an interview says nothing: how it ended, or a login that failed; NULL: it says something. */
const char *pf_redis_interview_failed(const struct pf_case *facts,
                                      const struct pf_exchange *interview);

/* PING, a nonce that must come back, a nonsense command that must be refused: an open port is only
 * called Redis after three consistent answers. */
struct pf_question pf_redis_greeting(struct pf_asking *asking, struct pf_redis_place place);

/* The harmless question that this cache is greeted with at one of its addresses. */
struct pf_question pf_cache_greeting(struct pf_asking *asking, const struct pf_service *cache,
                                     const char *address);

/* The same of a memcached that does not speak text, in its binary protocol (with SASL it speaks
 * that alone). */
struct pf_question pf_memcached_binary_greeting(const struct pf_service *cache,
                                                const char *address);

/* Did a memcached take the connection and make nothing of text? */
bool pf_memcached_wants_binary(const struct pf_answer *answer);

/* An answer to any of these greetings. */
struct pf_reading pf_read_cache(const struct pf_case *facts, const struct pf_exchange *exchange);

/* Is it an address of this machine alone, 127.0.0.0/8 or ::1? */
bool pf_is_loopback(const char *address);

#endif
