/* What every vantage must be able to see, or its silences mean nothing.
 *
 * "Closed from here" is often seen as silence, and a vantage whose own network is broken hears
 * nothing either. So each vantage also knocks at the site's public port, where something must
 * answer: a connection or a refusal is a sign of life. And where "closed" will matter, it knocks at
 * a port that nobody uses (1, tcpmux, RFC 1078): if that one answers, a proxy on the way answers
 * for others.
 */
#include "postflight/probe.h"

#include <string.h>

static struct pf_question knock(const char *address, int64_t port)
{
	return (struct pf_question){
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp", .address = address, .port = port},
	};
}

static bool wants_closed_ports(const struct pf_site *site)
{
	return site->cache_count || site->database_count || site->app.backend;
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_words addresses;
	if (!pf_addresses(asking, site->url.host, site->url.text, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		const char *subject = pf_word(asking, "%s [%s]", site->url.text, addresses.at[i]);
		pf_ask(asking, "control", subject, knock(addresses.at[i], site->url.port));
		if (wants_closed_ports(site))
			pf_ask(asking, "closed-port", subject, knock(addresses.at[i], 1));
	}
}

const struct pf_probe pf_probe_control = {
	.name = "control",
	.ask = ask,
};
