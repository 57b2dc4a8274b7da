/* The name in the TLS handshake and the name in the request agree, or nobody is served.
 *
 * A handshake names the server it wants (SNI, RFC 6066), the request names it again (Host). A good
 * host completes no handshake for a name that is not its own, nor for none, and serves nothing when
 * the two differ: RFC 9110 section 7.4 has 421 for it. A site whose address is all it has sends no
 * name ever, so nothing is asked there.
 */
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

/* The site's own Host below a handshake for `name`, an address when none is to be sent. */
static struct pf_question under_name(struct pf_asking *asking, const struct pf_place *place,
                                     const char *name)
{
	struct pf_place other = *place;
	other.authority = pf_url_authority(asking, place->scheme, name, place->port);
	struct pf_question question = pf_visit(asking, &other, pf_busted(asking, "sni"));
	question.http.host = place->authority;
	return question;
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *subject = place->subject;
	if (strcmp(place->host, place->address) == 0)
		return;
	pf_ask(asking, "unknown-name", subject,
	       under_name(asking, place, pf_asking_canary(asking)));
	pf_ask(asking, "no-name", subject, under_name(asking, place, place->address));
	pf_ask(asking, "mismatch", subject, pf_visit_unknown_host(asking, place));
	pf_ask_good(asking, place, 0, NULL);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (pf_is_https(site))
		pf_each_place(asking, "https", site->url.host, ask_place);
}

static struct pf_verdict judge_sni(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *words;
	} ways[] = {
		{"unknown-name", "a handshake for an unknown name, then the site's own Host,"},
		{"no-name", "a handshake without a name, then the site's own Host,"},
		{"mismatch", "a handshake for the site's name, then an unknown Host,"},
	};
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen), *first = NULL;
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	for (size_t i = 0; i < PF_COUNT(ways); i++) {
		const struct pf_answer *answer = pf_answer_of(facts, ways[i].tag);
		enum pf_who who = pf_who_answered(&seen, answer);
		const char *words = pf_who_words(facts, who, answer);
		if (who == PF_WHO_SITE)
			return pf_fail(facts, ways[i].tag, "%s %s", ways[i].words, words);
		first = first ? first : words;
	}
	return pf_pass(facts, "unknown-name",
	               "a handshake for an unknown name, or none, does not lead to the site (%s), "
	               "nor does an unknown Host below the right name",
	               first);
}

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.sni",
		.stall_is_unknown = true,
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "unknown-name no-name mismatch good! good-again!",
		.judge = judge_sni,
		.title =
			"An unknown name in the TLS handshake, none, or another than Host does not "
			"reach the site",
		.why = "Whoever comes with a foreign name or none was not sent by a link to this "
		       "site: scanners, and attacks that lead a victim's browser to the wrong "
		       "server of a shared certificate. Completing the handshake also shows the "
		       "certificate, and with it the site's names, to everybody who tries an "
		       "address. Programs that send no name at all are older than 2010. If a load "
		       "balancer of yours comes without one, waive this for its address.",
		.remedy = "nginx: one server that ends such handshakes before they begin:\n"
			  "    server {\n"
			  "        listen 443 ssl default_server;\n"
			  "        listen [::]:443 ssl default_server;\n"
			  "        ssl_reject_handshake on;\n"
			  "    }\n"
			  "nginx: in the site's own server, for connections that are reused:\n"
			  "    if ($ssl_server_name != $host) { return 421; }\n"
			  "Apache: in the site's own virtual host:\n"
			  "    RewriteEngine on\n"
			  "    RewriteCond %{SSL:SSL_TLS_SNI} !^(www\\.)?example\\.com$ [NC]\n"
			  "    RewriteRule ^ - [R=421,L]\n",
		.reference = "https://nginx.org/en/docs/http/ngx_http_ssl_module.html"
			     "#ssl_reject_handshake",
	},
};

const struct pf_probe pf_probe_sni = {
	.name = "sni",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
