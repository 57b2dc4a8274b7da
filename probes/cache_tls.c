/* Between machines, Redis is spoken to over TLS, by a certificate that is checked.
 *
 * The password, sessions and pickles cross the network otherwise for whoever listens there, and
 * pickles can be changed on the way. A good host has no plain-text port for others than itself, and
 * clients that insist on the certificate. From the app servers each address is asked twice: over
 * TLS, insisting, and in plain text, which must lead nowhere.
 */
#include "cache_reader.h"

#include <string.h>

enum { USUAL_PORT = 6379 };

static struct pf_question verified(struct pf_asking *asking, const struct pf_service *cache,
                                   const char *address)
{
	struct pf_question question = pf_redis_greeting(asking, pf_redis_place_of(cache, address));
	question.redis.verify = true;
	return question;
}

static struct pf_question plain(struct pf_asking *asking, const char *address, int64_t port)
{
	return pf_redis_greeting(asking, (struct pf_redis_place){.address = address, .port = port});
}

static void ask_cache(struct pf_asking *asking, const struct pf_service *cache)
{
	const char *subject = pf_service_subject(asking, cache);
	bool tls = strcmp(cache->url.scheme, "rediss") == 0;
	struct pf_words addresses;
	if (!pf_addresses(asking, cache->url.host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		const char *address = addresses.at[i];
		const char *about = pf_word(asking, "%s [%s]", subject, address);
		pf_ask(asking, "plain", about, plain(asking, address, cache->url.port));
		if (tls)
			pf_ask(asking, "verified", about, verified(asking, cache, address));
		if (tls && cache->url.port != USUAL_PORT)
			pf_ask(asking, "usual-port", about, plain(asking, address, USUAL_PORT));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->cache_count; i++)
		if (pf_cache_is_redis(&site->caches[i]) &&
		    pf_must_get_in(site, &site->caches[i], pf_asking_vantage(asking)))
			ask_cache(asking, &site->caches[i]);
}

static bool answers(const struct pf_answer *answer)
{
	return answer && answer->outcome == PF_answered;
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_exchange *exchange = pf_exchange_of(facts, "plain");
	const struct pf_answer *over_tls = pf_answer_of(facts, "verified");
	const char *name = facts->vantage->name;
	if (pf_is_loopback(exchange->question.redis.address))
		return pf_skip(facts, "plain", "is on the same machine as %s", name);
	if (answers(exchange->answer))
		return pf_fail(facts, "plain", "speaks plain text, from %s", name);
	if (answers(pf_answer_of(facts, "usual-port")))
		return pf_fail(facts, "usual-port", "speaks plain text on port %d, from %s",
		               USUAL_PORT, name);
	if (!over_tls || pf_outcome_is_ours(over_tls->outcome))
		return pf_unknown(facts, over_tls ? "verified" : "plain", "%s, from %s",
		                  pf_outcome_sentence(over_tls ? over_tls->outcome
		                                               : exchange->answer->outcome),
		                  name);
	if (over_tls->outcome == PF_tls_untrusted)
		return pf_fail(facts, "verified", "%s, from %s%s%s",
		               pf_outcome_sentence(over_tls->outcome), name,
		               over_tls->detail ? ": " : "",
		               over_tls->detail ? over_tls->detail : "");
	if (over_tls->outcome != PF_answered)
		return pf_unknown(facts, "verified", "%s, from %s",
		                  pf_outcome_sentence(over_tls->outcome), name);
	return pf_pass(facts, "verified",
	               "speaks TLS with a trusted certificate, and no plain text, from %s", name);
}

static const struct pf_check checks[] = {
	{
		.id = "caches.tls",
		.severity = PF_MEDIUM,
		.seen_from = "app",
		.block = "caches",
		.applies = pf_has_redis,
		.needs = "plain verified? usual-port?",
		.judge = judge,
		.title = "Redis on another machine is spoken to over TLS alone, with a trusted "
			 "certificate",
		.why = "Redis sends its password and all data as plain text. Whoever can listen on "
		       "the "
		       "network between app and cache reads sessions; whoever can answer in its "
		       "place "
		       "hands Django a pickle that runs code. memcached is not judged: most of its "
		       "builds and clients have no TLS, so it belongs on the app's own machine or "
		       "on a "
		       "network that nobody else is on.",
		.remedy = "redis.conf:\n"
			  "    port 0\n"
			  "    tls-port 6379\n"
			  "    tls-cert-file /etc/redis/cache.pem\n"
			  "    tls-key-file /etc/redis/cache.key\n"
			  "    tls-ca-cert-file /etc/redis/ca.pem\n"
			  "    tls-auth-clients no\n"
			  "Django:\n"
			  "    CACHES['default']['LOCATION'] = "
                          "'rediss://shop:PASSWORD@cache1:6379/1'\n"
			  "    CACHES['default']['OPTIONS'] = {'ssl_ca_certs': "
                          "'/etc/ssl/private-ca.pem'}\n"
			  "site file:\n"
			  "    caches:\n"
			  "      - {name: default, url: \"rediss://cache1:6379/1\"}\n",
		.reference =
			"https://redis.io/docs/latest/operate/oss_and_stack/management/security/"
			"encryption/",
	},
};

const struct pf_probe pf_probe_cache_tls = {
	.name = "cache_tls",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
