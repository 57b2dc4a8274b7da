/* The certificate is trusted, for every name and at every address, and will be for a while.
 *
 * A good host shows, at each of its addresses and for each declared name, a certificate that a
 * browser accepts: chain complete, name right, in its days, with a key and a signature of today,
 * and the same one everywhere. All other probes look past a bad certificate, so that one fault does
 * not hide the others.
 */
#include "date_reader.h"
#include "visit_reader.h"

#include <string.h>

enum {
	DAY = 86400,
	SOON = 7,   /* days */
	LATER = 21, /* days */
	SHORT = 30, /* a certificate for fewer days is made to be renewed late */
	RSA_BITS = 2048,
	EC_BITS = 224,
};

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "shown", place->subject, pf_handshake(place));
	pf_ask(asking, "clock", place->subject,
	       pf_visit(asking, place, pf_asking_site(asking)->url.path));
}

/* The same questions once more, about all addresses of a name together. */
static void ask_everywhere(struct pf_asking *asking, const char *host)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *subject = pf_word(asking, "https://%s", host);
	struct pf_words addresses;
	struct pf_place place = {.host = host, .port = site->url.port};
	if (!pf_addresses(asking, host, subject, &addresses) || addresses.count < 2)
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		place.address = addresses.at[i];
		pf_ask(asking, pf_word(asking, "shown-%zu", i + 1), subject, pf_handshake(&place));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (!pf_is_https(site))
		return;
	pf_each_place(asking, "https", site->url.host, ask_place);
	for (size_t i = 0; i < site->hosts.count; i++)
		if (site->hosts.at[i][0] != '*' && site->hosts.at[i][0] != '.')
			pf_each_place(asking, "https", site->hosts.at[i], ask_place);
	ask_everywhere(asking, site->url.host);
}

/* "shop.test, www.shop.test and 3 more" */
static const char *names_told(const struct pf_case *facts, struct pf_words names)
{
	enum { TOLD = 3 };
	const char *list = "";
	for (size_t i = 0; i < names.count && i < TOLD; i++)
		list = pf_say(facts, "%s%s%s", list, *list ? ", " : "", names.at[i]);
	if (names.count > TOLD)
		list = pf_say(facts, "%s and %zu more", list, names.count - TOLD);
	return *list ? list : "no name at all";
}

static bool has(const char *text, const char *part)
{
	return text && strstr(text, part);
}

/* A key or a signature that could be made up by others; NULL: neither. */
static const char *weakness(const struct pf_case *facts, const struct pf_facts_tls *tls)
{
	long long bits = tls->key_bits;
	if (has(tls->key, "RSA") && bits > 0 && bits < RSA_BITS)
		return pf_say(facts, "its RSA key has %lld bits, 2048 are the least", bits);
	if (has(tls->key, "EC") && bits > 0 && bits < EC_BITS)
		return pf_say(facts, "its key has %lld bits", bits);
	if (has(tls->key, "DSA") && !has(tls->key, "EC"))
		return "its key is for DSA, which browsers do not take";
	if (has(tls->signature, "MD5") || has(tls->signature, "md5") ||
	    has(tls->signature, "SHA1") || has(tls->signature, "sha1"))
		return pf_say(facts, "it is signed with %s", tls->signature);
	return NULL;
}

/* Why no chain leads from it to an authority that is known here. */
static const char *distrust(const struct pf_case *facts, const struct pf_facts_tls *tls)
{
	if (!tls->missing_issuer)
		return tls->distrust;
	if (tls->sent > 1)
		return pf_say(facts,
		              "its chain of %lld ends at an issuer that is neither sent nor known "
		              "here (%s): %s",
		              (long long)tls->sent, tls->missing_issuer, tls->distrust);
	return pf_say(facts,
	              "it is sent alone, and its issuer (%s) is not known here: an intermediate "
	              "is missing or the authority is not trusted (%s)",
	              tls->missing_issuer, tls->distrust);
}

static const char *days_told(const struct pf_case *facts, int64_t seconds)
{
	long long days = seconds / DAY;
	return pf_say(facts, "%lld day%s", days, days == 1 ? "" : "s");
}

/* The clocks here and there are a day apart or more: one of them is wrong, and nobody's days count.
 */
static bool clocks_differ(const struct pf_case *facts)
{
	int64_t off = pf_clock_off(pf_answer_of(facts, "clock"));
	return off >= DAY || off <= -DAY;
}

static struct pf_verdict no_clock(const struct pf_case *facts)
{
	int64_t off = pf_clock_off(pf_answer_of(facts, "clock"));
	return pf_unknown(facts, "clock",
	                  "the clocks of this machine and of the server are %s apart, so days "
	                  "cannot be counted",
	                  days_told(facts, off < 0 ? -off : off));
}

/* Out of its days by the clock of this machine. */
static bool is_out_of_days(const struct pf_answer *answer)
{
	const struct pf_facts_tls *tls = &answer->tls;
	return answer->at && ((tls->not_after && answer->at >= tls->not_after) ||
	                      (tls->not_before && answer->at < tls->not_before));
}

/* What is wrong with the certificate; NULL: nothing. Reasons that show more come first. */
static const char *fault_of(const struct pf_case *facts, const struct pf_answer *answer)
{
	const struct pf_facts_tls *tls = &answer->tls;
	if (tls->not_after && answer->at && answer->at >= tls->not_after)
		return pf_say(facts, "it expired %s ago",
		              days_told(facts, answer->at - tls->not_after));
	if (tls->not_before && answer->at && answer->at < tls->not_before)
		return pf_say(facts, "it is valid only in %s",
		              days_told(facts, tls->not_before - answer->at));
	if (!tls->name_matches)
		return pf_say(facts, "it is for %s", names_told(facts, tls->names));
	if (tls->distrust)
		return distrust(facts, tls);
	return weakness(facts, tls);
}

/* Was one shown, however the handshake ended? */
static bool is_shown(const struct pf_answer *answer)
{
	return !pf_outcome_is_ours(answer->outcome) && answer->tls.fingerprint;
}

static struct pf_verdict not_seen(const struct pf_case *facts, const struct pf_answer *answer)
{
	const char *detail = answer->detail ? answer->detail : "";
	return pf_unknown(facts, "shown", "no certificate was seen: the address %s%s%s",
	                  pf_outcome_sentence(answer->outcome), *detail ? ": " : "", detail);
}

static struct pf_verdict judge_certificate(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "shown");
	if (!is_shown(answer))
		return not_seen(facts, answer);
	if (is_out_of_days(answer) && clocks_differ(facts))
		return no_clock(facts);
	const char *fault = fault_of(facts, answer);
	if (fault)
		return pf_fail(facts, "shown", "the certificate is not right for this name: %s",
		               fault);
	return pf_pass(facts, "shown",
	               "trusted for this name by a chain of %lld, %s key of %lld bits, signed with "
	               "%s",
	               (long long)answer->tls.sent, answer->tls.key,
	               (long long)answer->tls.key_bits, answer->tls.signature);
}

/* Two that differ: the one that ends first is what some visitors get. */
static struct pf_verdict judge_everywhere(const struct pf_case *facts)
{
	const struct pf_exchange *first = NULL;
	size_t seen = 0;
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *one = facts->exchanges[i];
		if (one->question.kind != PF_KIND_tls || !one->answer || !is_shown(one->answer))
			continue;
		seen++;
		if (!first)
			first = one;
		if (strcmp(one->answer->tls.fingerprint, first->answer->tls.fingerprint) != 0)
			return pf_at(
				pf_fail(facts, one->tag,
			                "%s shows another certificate than %s (serial %s, not %s)",
			                one->question.tls.address, first->question.tls.address,
			                one->answer->tls.serial, first->answer->tls.serial),
				PF_MEDIUM);
	}
	if (seen < 2)
		return pf_skip(facts, "shown-1", "fewer than two addresses showed a certificate");
	return pf_pass(facts, "shown-1", "%zu addresses show the same certificate", seen);
}

/* Days left and share of its life left. One that lives for days only is judged by its share. */
static struct pf_verdict judge_expiry(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "shown");
	const struct pf_facts_tls *tls = &answer->tls;
	if (!is_shown(answer))
		return not_seen(facts, answer);
	if (!tls->not_after || !tls->not_before || !answer->at)
		return pf_unknown(facts, "shown", "its dates cannot be read");
	if (clocks_differ(facts))
		return no_clock(facts);
	int64_t life = tls->not_after - tls->not_before, left = tls->not_after - answer->at;
	int64_t days = left / DAY;
	bool brief = life <= (int64_t)SHORT * DAY;
	if (left <= 0)
		return pf_fail(facts, "shown", "it expired %s ago", days_told(facts, -left));
	const char *told =
		pf_say(facts, "%s left of %s", days_told(facts, left), days_told(facts, life));
	if (brief ? left * 10 < life : days < SOON)
		return pf_fail(facts, "shown", "%s", told);
	if (left * 3 < life || (!brief && days < LATER))
		return pf_at(pf_fail(facts, "shown", "%s", told), PF_MEDIUM);
	return pf_pass(facts, "shown", "%s", told);
}

#define RENEW                                                                                      \
	"certbot renews and reloads:\n"                                                            \
	"    certbot renew --deploy-hook 'systemctl reload nginx'\n"
#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#https"

static size_t marks(const struct pf_case *facts, struct pf_mark out[])
{
	const struct pf_answer *answer = pf_answer_of(facts, "shown");
	if (!answer || answer->outcome != PF_answered || !answer->tls.fingerprint)
		return 0;
	out[0] = (struct pf_mark){"certificate", facts->subject,
	                          pf_say(facts, "%.32s, signed by %s", answer->tls.fingerprint,
	                                 answer->tls.issuer ? answer->tls.issuer : "nobody")};
	return 1;
}

static const struct pf_check checks[] = {
	{
		.id = "https.certificate",
		.severity = PF_CRITICAL,
		.seen_from = "any",
		.needs = "shown clock?",
		.judge = judge_certificate,
		.title = "Every address shows a trusted certificate for every declared name",
		.why = "Visitors who meet a warning leave, or learn to click it away, and then "
		       "nothing tells them of the day when somebody really sits in between. "
		       "Programs refuse outright. A chain without its intermediate works in some "
		       "browsers and in no program; a renewed certificate that one of several "
		       "servers never loaded fails for every n-th visitor, so every address is "
		       "asked and all must show the same (a difference alone weighs medium). Trust "
		       "is "
		       "judged against this machine's authorities and the site file's ca_file, and "
		       "only with what the server sends. Names are the alternative names alone; "
		       "RSA "
		       "keys below 2048 bits and signatures with SHA-1 or MD5 count as untrusted.",
		.remedy = RENEW
		"nginx: the whole chain, not the certificate alone:\n"
		"    ssl_certificate     /etc/letsencrypt/live/www.example.com/fullchain.pem;\n"
		"    ssl_certificate_key /etc/letsencrypt/live/www.example.com/privkey.pem;\n"
		"Apache:\n"
		"    SSLCertificateFile    /etc/letsencrypt/live/www.example.com/fullchain.pem\n"
		"    SSLCertificateKeyFile /etc/letsencrypt/live/www.example.com/privkey.pem\n"
		"site file: an authority of your own:\n"
		"    ca_file: /etc/ssl/private-ca.pem\n",
		.reference = CHECKLIST,
	},
	{
		.id = "https.certificate",
		.severity = PF_CRITICAL,
		.seen_from = "any",
		.needs = "shown-1? shown-2?",
		.judge = judge_everywhere,
	},
	{
		.id = "https.certificate-expiry",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "shown clock?",
		.judge = judge_expiry,
		.title = "The certificate is renewed well before it expires",
		.why = "Renewal is automatic until the day it silently is not: a changed DNS "
		       "record, a "
		       "closed port 80, a hook that fails. Certificates are renewed with a third "
		       "of "
		       "their life left, so one that is past that point was not. Fewer than 7 days "
		       "weighs high, fewer than 21 or less than a third medium; a certificate that "
		       "lives 30 days at most is judged by its share alone, high below a tenth.",
		.remedy = RENEW "and see why it did not:\n"
				"    certbot renew --dry-run\n"
				"    systemctl list-timers certbot.timer\n"
				"A renewed file that is not served yet:\n"
				"    systemctl reload nginx\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_certificate = {
	.name = "certificate",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.marks = marks,
};
