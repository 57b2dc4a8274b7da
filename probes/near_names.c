/* Names near the site's own are not the site's: its bare address, localhost, a subdomain.
 *
 * A good host answers for the names it was given, whole, and for no other that happens to lead to
 * it. Each is tried on every address; the bare address over plain HTTP as well, where scanners
 * knock first.
 */
#include "plain_reader.h"
#include "response_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *subject = place->subject;
	const char *bare = pf_url_authority(asking, "", place->address, 0);
	const char *under = pf_word(asking, "pf-%s.%s", pf_canary_digits(asking), place->host);
	pf_ask(asking, "ip-address", subject,
	       pf_visit_as(asking, place, pf_busted(asking, "ip"), bare));
	pf_ask(asking, "ip-localhost", subject,
	       pf_visit_as(asking, place, pf_busted(asking, "localhost"), "localhost"));
	pf_ask(asking, "ip-loopback", subject,
	       pf_visit_as(asking, place, pf_busted(asking, "loopback"), "127.0.0.1"));
	pf_ask(asking, "ip-loopback-6", subject,
	       pf_visit_as(asking, place, pf_busted(asking, "loopback6"), "[::1]"));
	/* A front that asks whatever host it is told reaches into the private network. */
	pf_ask(asking, "ip-private", subject,
	       pf_visit_as(asking, place, pf_busted(asking, "private"), "192.168.0.1"));
	pf_ask(asking, "subdomain", subject,
	       pf_visit_as(asking, place, pf_busted(asking, "subdomain"), under));
	pf_ask_good(asking, place, 0, NULL);
}

static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	const char *bare = pf_url_authority(asking, "", place->address, 0);
	pf_ask(asking, "plain-ip", place->subject,
	       pf_visit_as(asking, place, pf_busted(asking, "ip"), bare));
	pf_ask_plain_good(asking, place);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
}

static bool is_declared(const struct pf_case *facts, const char *host)
{
	if (host[0] == '[')
		host = pf_say(facts, "%.*s", (int)strcspn(host + 1, "]"), host + 1);
	return pf_words_have(facts->site->hosts, host);
}

static struct pf_verdict judge_ip(const struct pf_case *facts)
{
	static const char *const tags[] = {"ip-address", "ip-localhost", "ip-loopback",
	                                   "ip-loopback-6", "ip-private"};
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	const char *first = NULL;
	for (size_t i = 0; i < PF_COUNT(tags); i++) {
		const struct pf_exchange *exchange = pf_exchange_of(facts, tags[i]);
		if (is_declared(facts, exchange->question.http.host))
			continue;
		enum pf_who who = pf_who_answered(&seen, exchange->answer);
		if (pf_is_served(who, exchange->answer))
			return pf_fail(facts, tags[i], "%s", pf_host_told(facts, tags[i], who));
		if (!first)
			first = pf_host_told(facts, tags[i], who);
	}
	if (!first)
		return pf_skip(facts, NULL, "the site declares these names as its own");
	return pf_pass(
		facts, NULL,
		"%s; localhost, 127.0.0.1, [::1] and 192.168.0.1 are not served the site either",
		first);
}

/* Declared as "*.example.com" or ".example.com". */
static bool declares_subdomains(const struct pf_site *site)
{
	for (size_t i = 0; i < site->hosts.count; i++) {
		const char *host = site->hosts.at[i];
		host += host[0] == '*';
		if (host[0] == '.' && strcasecmp(host + 1, site->url.host) == 0)
			return true;
	}
	return false;
}

static struct pf_verdict judge_subdomain(const struct pf_case *facts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (declares_subdomains(facts->site))
		return pf_skip(facts, "subdomain", "the site declares all its subdomains");
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	const struct pf_answer *answer = pf_answer_of(facts, "subdomain");
	enum pf_who who = pf_who_answered(&seen, answer);
	const char *words = pf_host_told(facts, "subdomain", who);
	if (pf_is_served(who, answer))
		return pf_fail(facts, "subdomain", "%s", words);
	return pf_pass(facts, "subdomain", "%s", words);
}

static struct pf_verdict judge_plain_ip(const struct pf_case *facts)
{
	if (is_declared(facts, pf_exchange_of(facts, "plain-ip")->question.http.host))
		return pf_skip(facts, "plain-ip", "the site declares this address as its own");
	return pf_judge_over_http(facts, "plain-ip", false);
}

#define DEFAULT_SERVER                                                                             \
	"nginx: one server that takes what no other claims, for every listen, IPv6 too:\n"         \
	"    server {\n"                                                                           \
	"        listen 80 default_server;\n"                                                      \
	"        listen [::]:80 default_server;\n"                                                 \
	"        listen 443 ssl default_server;\n"                                                 \
	"        listen [::]:443 ssl default_server;\n"                                            \
	"        ssl_reject_handshake on;\n"                                                       \
	"        return 444;\n"                                                                    \
	"    }\n"                                                                                  \
	"Apache: the first virtual host of a port takes what no other claims:\n"                   \
	"    <VirtualHost *:80>\n"                                                                 \
	"        ServerName unknown.invalid\n"                                                     \
	"        Redirect 403 /\n"                                                                 \
	"    </VirtualHost>\n"

#define DJANGO_SETTING                                                                             \
	"Django: the very names, no pattern wider than the site:\n"                                \
	"    ALLOWED_HOSTS = ['www.example.com', 'example.com']\n"

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#allowed-hosts"

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.ip-rejected",
		.stall_is_unknown = true,
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "ip-address ip-localhost ip-loopback ip-loopback-6 ip-private good! "
                         "good-again!",
		.judge = judge_ip,
		.title = "The site is not served under its bare address, localhost or 127.0.0.1",
		.why = "Scanners come by address. A site that answers them is found, indexed and "
		       "attacked without its name being known, tells which name belongs to the "
		       "address, and hands out cookies and links that do not belong to the site. "
		       "localhost is tried because development settings allow it, a private "
		       "address because a front that forwards by Host would reach it.",
		.remedy = DEFAULT_SERVER DJANGO_SETTING
		"If a load balancer checks health by address, give that check a location of its "
		"own.\n",
		.reference = CHECKLIST,
	},
	{
		.id = "allowed-hosts.ip-rejected",
		.stall_is_unknown = true,
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "plain-ip plain-good? plain-home?",
		.quiet_needs_control = true,
		.judge = judge_plain_ip,
	},
	{
		.id = "allowed-hosts.subdomains",
		.stall_is_unknown = true,
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "subdomain good! good-again!",
		.judge = judge_subdomain,
		.title = "A subdomain that was never declared is not served the site",
		.why = "'.example.com' in ALLOWED_HOSTS, or a wildcard server name, lets every "
		       "subdomain in. Whoever gets hold of a forgotten one (a dangling CNAME will "
		       "do) has a name that the site believes in, inside its cookie domain.",
		.remedy = "nginx: each name, and no *.example.com:\n"
			  "    server_name example.com www.example.com;\n"
			  "Apache:\n"
			  "    ServerName www.example.com\n"
			  "    ServerAlias example.com\n"
			  "Django:\n"
			  "    ALLOWED_HOSTS = ['example.com', 'www.example.com']\n"
			  "site file: if subdomains are tenants, declare it:\n"
			  "    hosts: [example.com, \"*.example.com\"]\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_near_names = {
	.name = "near_names",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
