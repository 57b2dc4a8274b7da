/* TLS 1.2 and 1.3 are spoken, and nothing older.
 *
 * A good host refuses whatever is older than TLS 1.2. Each version from 1.0 on is tried with a
 * whole handshake of its own, at security level 0: with the policy of today's systems the client
 * itself would refuse an old server, and call it closed. SSL 3.0, which no library speaks any more,
 * is tried with a hello written by hand.
 */
#include "hello_reader.h"

#include <string.h>

enum { SSL3 = 0x0300 };

/* Everything that SSL 3.0 servers had in common. RFC 6101, appendix A.6 */
static const uint16_t ssl3_suites[] = {0x0035, 0x002f, 0x000a, 0x0005, 0x0004, 0x0039,
                                       0x0033, 0x0016, 0x0009, 0x0003, 0x0001, 0x0002};

static void ask_version(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                        const char *version, bool old)
{
	pf_ask(asking, tag, place->subject,
	       (struct pf_question){
		       .kind = PF_KIND_tls,
		       .tls = {.address = place->address,
	                       .port = place->port,
	                       .sni = pf_sni_of(place),
	                       .least = version,
	                       .most = version,
	                       .ciphers = old ? "ALL:COMPLEMENTOFALL" : NULL},
	       });
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	ask_version(asking, place, "tls1.3", "1.3", false);
	ask_version(asking, place, "tls1.2", "1.2", false);
	ask_version(asking, place, "tls1.1", "1.1", true);
	ask_version(asking, place, "tls1.0", "1.0", true);
	pf_ask(asking, "ssl3.0", place->subject,
	       pf_hello(asking, place, SSL3, PF_COUNT(ssl3_suites), ssl3_suites));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (pf_is_https(site))
		pf_each_place(asking, "https", site->url.host, ask_place);
}

/* The server chose it, whether or not the rest of the handshake went well. */
static bool speaks(const struct pf_answer *answer)
{
	return answer->tls.version || answer->outcome == PF_answered;
}

/* An alert, or a close in the middle of the handshake. */
static bool refuses(const struct pf_answer *answer)
{
	return !speaks(answer) &&
	       (answer->outcome == PF_tls_failed || answer->outcome == PF_hung_up);
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *name;
	} old[] = {{"tls1.0", "TLS 1.0"}, {"tls1.1", "TLS 1.1"}};
	const struct pf_answer *new3 = pf_answer_of(facts, "tls1.3");
	const struct pf_answer *new2 = pf_answer_of(facts, "tls1.2"), *ssl;
	const char *spoken = "", *shown = NULL;
	struct pf_hello_reply hello = pf_hello_answer(ssl = pf_answer_of(facts, "ssl3.0"));
	if (hello.end == PF_HELLO_TAKEN && hello.version == SSL3) {
		spoken = "SSL 3.0";
		shown = "ssl3.0";
	}
	for (size_t i = 0; i < PF_COUNT(old); i++) {
		if (!speaks(pf_answer_of(facts, old[i].tag)))
			continue;
		spoken = pf_say(facts, "%s%s%s", spoken, *spoken ? ", " : "", old[i].name);
		shown = shown ? shown : old[i].tag;
	}
	bool current = speaks(new2) || speaks(new3);
	if (shown)
		return pf_fail(facts, shown, "%s %s spoken%s", spoken,
		               strchr(spoken, ',') ? "are" : "is",
		               current ? "" : ", and neither TLS 1.2 nor 1.3");
	if (!current)
		return pf_unknown(facts, "tls1.2",
		                  "no version of TLS was agreed on, so no refusal says anything");
	for (size_t i = 0; i < PF_COUNT(old); i++)
		if (!refuses(pf_answer_of(facts, old[i].tag)))
			return pf_unknown(
				facts, old[i].tag, "asked for %s the server %s", old[i].name,
				pf_outcome_sentence(pf_answer_of(facts, old[i].tag)->outcome));
	if (hello.end != PF_HELLO_REFUSED && ssl->outcome != PF_answered)
		return pf_unknown(facts, "ssl3.0", "asked for SSL 3.0 the server %s",
		                  pf_outcome_sentence(ssl->outcome));
	return pf_pass(facts, speaks(new3) ? "tls1.3" : "tls1.2",
	               "%s%s%s spoken; SSL 3.0, TLS 1.0 and 1.1 are refused",
	               speaks(new2) ? "TLS 1.2" : "", speaks(new2) && speaks(new3) ? " and " : "",
	               speaks(new3) ? (speaks(new2) ? "1.3 are" : "TLS 1.3 is") : " is");
}

static const struct pf_check checks[] = {
	{
		.id = "https.protocols",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "tls1.0 tls1.1 tls1.2 tls1.3 ssl3.0",
		.judge = judge,
		.title = "TLS 1.2 and 1.3 are spoken, and nothing older",
		.why = "TLS 1.0 and 1.1 rest on MD5 and SHA-1 and were retired in 2021 (RFC 8996); "
		       "SSL "
		       "3.0 leaks cookies. No browser of today needs them, and while a server "
		       "still "
		       "speaks them, rules for payments and for the public sector call it broken. "
		       "Each "
		       "version is asked for by itself with every cipher there is, so that a "
		       "server "
		       "which speaks it only with ciphers that this machine's policy forbids does "
		       "not "
		       "look closed.",
		.remedy = "nginx (in old versions the default_server of a port decides for all of "
                          "them):\n"
			  "    ssl_protocols TLSv1.2 TLSv1.3;\n"
			  "Apache:\n"
			  "    SSLProtocol -all +TLSv1.2 +TLSv1.3\n"
			  "HAProxy: in `global`:\n"
			  "    ssl-default-bind-options ssl-min-ver TLSv1.2\n"
			  "Look at what stands before it, too: a load balancer or CDN has a "
			  "setting of its own.\n",
		.reference = "https://www.rfc-editor.org/rfc/rfc8996",
	},
};

const struct pf_probe pf_probe_tls_protocols = {
	.name = "tls_protocols",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
