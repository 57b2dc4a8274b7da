/* Caches answer the app servers and nobody else.
 *
 * Redis and memcached were made for trusted networks. Who gets in reads sessions and rendered
 * pages, writes pickles that Django will unpickle (which is running code), and with Redis can write
 * files. A good host binds them to a private address and drops everybody else in the firewall, for
 * every address family. So each vantage knocks on every address: the app must get through, for all
 * others the port must be closed. An open port is only called Redis after three consistent
 * answers: PING, a nonce that must come back, a nonsense command that must be refused.
 */
#include "cache_reader.h"

#include <string.h>

static void ask_cache(struct pf_asking *asking, const struct pf_service *cache)
{
	const char *subject = pf_service_subject(asking, cache);
	bool inside = pf_must_get_in(pf_asking_site(asking), cache, pf_asking_vantage(asking));
	struct pf_words addresses;
	if (!pf_addresses(asking, cache->url.host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		const char *address = addresses.at[i];
		const char *tag = inside ? pf_word(asking, "inside-%zu", i + 1) : "outside";
		const char *about = inside ? subject : pf_word(asking, "%s [%s]", subject, address);
		pf_ask(asking, tag, about, pf_cache_greeting(asking, cache, address));
		if (pf_memcached_wants_binary(pf_asked(asking, tag, about)))
			pf_ask(asking, pf_word(asking, "%s-binary", tag), about,
			       pf_memcached_binary_greeting(cache, address));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->cache_count; i++)
		if (pf_cache_is_redis(&site->caches[i]) || pf_cache_is_memcached(&site->caches[i]))
			ask_cache(asking, &site->caches[i]);
}

static struct pf_verdict judge_outside(const struct pf_case *facts)
{
	const struct pf_exchange *binary = pf_exchange_of(facts, "outside-binary");
	struct pf_reading reading = pf_read_cache(facts, pf_exchange_of(facts, "outside"));
	if (!binary || !binary->answer || pf_outcome_is_ours(binary->answer->outcome))
		return pf_judge_outside(facts, "outside", reading);
	return pf_judge_outside(facts, "outside-binary", pf_read_cache(facts, binary));
}

static struct pf_verdict judge_inside(const struct pf_case *facts)
{
	return pf_judge_inside(facts, pf_read_cache);
}

/* What lets somebody in without a password, at whatever address; else what asks for one. */
static struct pf_verdict judge_auth(const struct pf_case *facts)
{
	const struct pf_exchange *open = NULL, *asks = NULL, *other = NULL;
	const struct pf_service *cache = pf_cache_of(facts);
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		if (exchange->gate || !exchange->answer ||
		    pf_outcome_is_ours(exchange->answer->outcome))
			continue;
		enum pf_reach reach = pf_read_cache(facts, exchange).reach;
		*(reach == PF_REACH_OPEN       ? &open
		  : reach == PF_REACH_PASSWORD ? &asks
		                               : &other) = exchange;
	}
	const char *name = facts->vantage->name;
	if (open && cache && pf_cache_is_memcached(cache))
		return pf_skip(
			facts, open->tag,
			"memcached as it is usually built has no passwords: that nobody else "
			"reaches it is all that protects it");
	if (open)
		return pf_fail(facts, open->tag, "%s, from %s", pf_read_cache(facts, open).words,
		               name);
	if (asks)
		return pf_pass(facts, asks->tag, "%s, from %s", pf_read_cache(facts, asks).words,
		               name);
	if (other)
		return pf_unknown(facts, other->tag, "%s, from %s",
		                  pf_read_cache(facts, other).words, name);
	return pf_unknown(facts, NULL, "was not asked from %s", name);
}

static const struct pf_check checks[] = {
	{
		.id = "caches.only-app-servers",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "caches",
		.applies = pf_has_network_cache,
		.needs = "outside",
		.quiet_needs_control = true,
		.judge = judge_outside,
		.title = "The caches answer the app servers, and are closed to everybody else",
		.why = "Django keeps sessions, rendered pages and pickled objects in its cache. "
		       "Whoever can write there can become any user, or run code when the pickle "
		       "is read. The weight of a failure follows what was seen: critical when the "
		       "server lets in without a password, high when it asks for one (it can be "
		       "guessed, and flaws in the server are in reach), medium when it refuses by "
		       "its own rule. An app server that cannot get in is a failure too. A port "
		       "that accepts and says nothing is reported as not known, never as closed.",
		.remedy = "Bind to the private address, keep a password, and let the firewall drop "
			  "the rest, for both families.\n"
			  "redis.conf (and user default off in users.acl):\n"
			  "    bind 10.0.0.2 fd00::2\n"
			  "    protected-mode yes\n"
			  "    aclfile /etc/redis/users.acl\n"
			  "memcached.conf:\n"
			  "    -l 10.0.0.2\n"
			  "    -U 0\n"
			  "nftables: table inet covers IPv4 and IPv6:\n"
			  "    ip saddr 10.0.0.10 tcp dport { 6379, 11211 } accept\n"
			  "    ip6 saddr fd00::10 tcp dport { 6379, 11211 } accept\n"
			  "    tcp dport { 6379, 11211 } drop\n"
			  "Django:\n"
			  "    CACHES['default']['LOCATION'] = "
			  "'rediss://shop:PASSWORD@cache1:6379/1'\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#caches",
	},
	{
		.id = "caches.only-app-servers",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "caches",
		.applies = pf_has_network_cache,
		.needs = "inside-1?",
		.quiet_needs_control = true,
		.judge = judge_inside,
	},
	{
		.id = "caches.auth",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "caches",
		.applies = pf_has_network_cache,
		.needs = "inside-1?",
		.quiet_needs_control = true,
		.judge = judge_auth,
		.title = "Redis does nothing for those who show no password, app servers included",
		.why = "An app server runs more than Django: a request forgery in the site, "
		       "another "
		       "site on the same machine or a stolen deploy key can open a connection to "
		       "the "
		       "cache from there. A password keeps them out of sessions and pickles. "
		       "memcached has no password in its usual builds, so only one that asks for "
		       "it "
		       "is judged.",
		.remedy = "users.acl (aclfile in redis.conf), with a long random password:\n"
			  "    user default off\n"
			  "    user shop on >PASSWORD ~shop:* -@all +@connection +@read +@write "
			  "-@dangerous\n"
			  "redis.conf: or at least:\n"
			  "    requirepass PASSWORD\n"
			  "Django:\n"
			  "    CACHES['default']['LOCATION'] = "
			  "'rediss://shop:PASSWORD@cache1:6379/1'\n"
			  "memcached knows SASL (-S); without it only the firewall keeps it.\n",
		.reference =
			"https://redis.io/docs/latest/operate/oss_and_stack/management/security/"
			"acl/",
	},
};

const struct pf_probe pf_probe_caches = {
	.name = "caches",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.reach = pf_read_cache,
};
