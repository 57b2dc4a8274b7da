/* memcached answers nobody over UDP.
 *
 * One small datagram with a forged sender made old memcached servers throw megabytes at a victim
 * (CVE-2018-1000115), and UDP has no connection that a firewall could ask about. Nothing in Django
 * uses it, and it is off since 1.5.6. Every vantage sends exactly one datagram, a question for the
 * version, which is answered in about as many bytes as it has.
 */
#include "cache_reader.h"

static void ask_cache(struct pf_asking *asking, const struct pf_service *cache)
{
	const char *subject = pf_word(
		asking, "udp://%s", pf_url_authority(asking, "", cache->url.host, cache->url.port));
	struct pf_words addresses;
	if (!pf_addresses(asking, cache->url.host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++)
		pf_ask(asking, "datagram", pf_word(asking, "%s [%s]", subject, addresses.at[i]),
		       (struct pf_question){
			       .kind = PF_KIND_raw,
			       /* Frame: request 1, datagram 0 of 1 (doc/protocol.txt). */
			       .raw = {.transport = "udp",
		                       .address = addresses.at[i],
		                       .port = cache->url.port,
		                       .send = "\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00"
		                               "version\\r\\n"},
		       });
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->cache_count; i++)
		if (pf_cache_is_memcached(&site->caches[i]))
			ask_cache(asking, &site->caches[i]);
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "datagram");
	const char *name = facts->vantage->name, *role = facts->vantage->role;
	switch (answer->outcome) {
	case PF_answered:
	case PF_oversized:
		return pf_fail(facts, "datagram", "answers a datagram of %s (role %s)", name, role);
	case PF_refused:
	case PF_silent:
	case PF_unreachable:
		return pf_pass(facts, "datagram", "does not answer a datagram of %s (role %s)",
		               name, role);
	default:
		return pf_unknown(facts, "datagram", "%s, from %s (role %s)",
		                  pf_outcome_sentence(answer->outcome), name, role);
	}
}

static const struct pf_check checks[] = {
	{
		.id = "caches.memcached-udp",
		.severity = PF_HIGH,
		.seen_from = "every vantage",
		.block = "caches",
		.applies = pf_has_memcached,
		.needs = "datagram",
		.quiet_needs_control = true,
		.judge = judge,
		.title = "memcached does not answer over UDP",
		.why = "A datagram's sender can be forged, so a memcached that answers UDP can be "
		       "made "
		       "to flood somebody else's network, with answers fifty thousand times as "
		       "large "
		       "as the question. It also lets those read the cache whom only a TCP rule of "
		       "the firewall keeps out. Django's clients never use it.",
		.remedy = "memcached.conf:\n"
			  "    -U 0\n"
			  "nftables:\n"
			  "    udp dport 11211 drop\n",
		.reference = "https://nvd.nist.gov/vuln/detail/CVE-2018-1000115",
	},
};

const struct pf_probe pf_probe_memcached_udp = {
	.name = "memcached_udp",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
