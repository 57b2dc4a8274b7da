/* Ciphers with forward secrecy and authenticated encryption, and no others.
 *
 * A good host agrees to nothing that was broken or never was safe: no encryption, no certificate,
 * export grades, DES, RC4, 3DES. All of these are offered in one hello, written by hand since no
 * library speaks them any more, once as TLS 1.2 and once as TLS 1.0 (some are known to one only);
 * only a server that takes the offer is asked class by class. What is merely dated weighs low.
 */
#include "hello_reader.h"

#include <string.h>

enum { TLS10 = 0x0301, TLS12 = 0x0303, WEAK_DH = 2048 };

/* https://www.iana.org/assignments/tls-parameters/ */
static const uint16_t no_cipher[] = {0x0001, 0x0002, 0x003b, 0xc001, 0xc006, 0xc00b, 0xc010};
static const uint16_t nobody[] = {0x0018, 0x001a, 0x001b, 0x0034, 0x003a, 0x0046, 0x006c, 0x006d,
                                  0x0089, 0x00a6, 0x00a7, 0xc015, 0xc016, 0xc017, 0xc018, 0xc019};
static const uint16_t export_grade[] = {0x0003, 0x0006, 0x0008, 0x000b, 0x000e,
                                        0x0011, 0x0014, 0x0017, 0x0019, 0x0060,
                                        0x0061, 0x0062, 0x0063, 0x0064, 0x0065};
static const uint16_t des[] = {0x0009, 0x000c, 0x000f, 0x0012, 0x0015};
static const uint16_t rc4[] = {0x0004, 0x0005, 0x0066, 0xc002, 0xc007, 0xc00c, 0xc011};
static const uint16_t triple_des[] = {0x000a, 0x000d, 0x0010, 0x0013, 0x0016,
                                      0xc003, 0xc008, 0xc00d, 0xc012};
static const uint16_t no_secrecy[] = {0x009c, 0x009d, 0x002f, 0x0035, 0x003c, 0x003d, 0x0041,
                                      0x0084, 0x0096, 0x0007, 0xc09c, 0xc09d, 0xc0a0, 0xc0a1};
static const uint16_t no_aead[] = {0xc013, 0xc014, 0xc027, 0xc028, 0xc009, 0xc00a, 0xc023,
                                   0xc024, 0x0033, 0x0039, 0x0067, 0x006b, 0x0045, 0x0088,
                                   0x0032, 0x0038, 0x009a, 0xc076, 0xc077};

#define SUITES(list) PF_COUNT(list), list
struct class
{
	const char *tag, *what;
	size_t count;
	const uint16_t *suites;
};
static const struct class broken[] = {
	{"null", "no encryption at all (NULL)", SUITES(no_cipher)},
	{"anonymous", "no certificate at all (anonymous)", SUITES(nobody)},
	{"export", "export grades of 40 and 56 bits", SUITES(export_grade)},
	{"des", "DES", SUITES(des)},
	{"rc4", "RC4", SUITES(rc4)},
	{"3des", "3DES", SUITES(triple_des)},
};
static const struct class dated[] = {
	{"static-rsa", "key exchange without forward secrecy (TLS_RSA_*)", SUITES(no_secrecy)},
	{"cbc", "encryption without authentication of its own (CBC)", SUITES(no_aead)},
};

static void ask_all_broken(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                           int version)
{
	enum { ROOM = 80 };
	uint16_t all[ROOM];
	size_t count = 0;
	for (size_t i = 0; i < PF_COUNT(broken); i++)
		for (size_t k = 0; k < broken[i].count && count < ROOM; k++)
			all[count++] = broken[i].suites[k];
	pf_ask(asking, tag, place->subject, pf_hello(asking, place, version, count, all));
}

static void ask_class(struct pf_asking *asking, const struct pf_place *place,
                      const struct class *class, int version)
{
	pf_ask(asking, class->tag, place->subject,
	       pf_hello(asking, place, version, class->count, class->suites));
}

static bool takes(const struct pf_answer *answer)
{
	return pf_hello_answer(answer).end == PF_HELLO_TAKEN;
}

static struct pf_question handshake(const struct pf_place *place, const char *version,
                                    const char *ciphers)
{
	return (struct pf_question){
		.kind = PF_KIND_tls,
		.tls = {.address = place->address,
	                .port = place->port,
	                .sni = pf_sni_of(place),
	                .least = version,
	                .most = version,
	                .ciphers = ciphers},
	};
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *subject = place->subject;
	pf_ask(asking, "tls1.3", subject, handshake(place, "1.3", NULL));
	pf_ask(asking, "tls1.2", subject, handshake(place, "1.2", NULL));
	pf_ask(asking, "dh", subject, handshake(place, "1.2", "kDHE"));
	ask_all_broken(asking, place, "broken-1.2", TLS12);
	ask_all_broken(asking, place, "broken-1.0", TLS10);
	for (size_t i = 0; i < PF_COUNT(dated); i++)
		ask_class(asking, place, &dated[i], TLS12);
	bool newer = takes(pf_asked(asking, "broken-1.2", subject));
	bool older = takes(pf_asked(asking, "broken-1.0", subject));
	for (size_t i = 0; (newer || older) && i < PF_COUNT(broken); i++)
		ask_class(asking, place, &broken[i], newer ? TLS12 : TLS10);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (pf_is_https(site))
		pf_each_place(asking, "https", site->url.host, ask_place);
}

/* The classes of which the server took one, as a list; "": none. */
static const char *taken(const struct pf_case *facts, size_t count, const struct class classes[],
                         const char **shown)
{
	const char *list = "";
	for (size_t i = 0; i < count; i++) {
		if (!takes(pf_answer_of(facts, classes[i].tag)))
			continue;
		list = pf_say(facts, "%s%s%s", list, *list ? ", " : "", classes[i].what);
		*shown = *shown ? *shown : classes[i].tag;
	}
	return list;
}

/* An offer that was neither taken nor refused; NULL: all were decided. */
static const char *undecided(const struct pf_case *facts)
{
	static const char *const tags[] = {"broken-1.2", "broken-1.0", "static-rsa", "cbc"};
	for (size_t i = 0; i < PF_COUNT(tags); i++)
		if (pf_hello_answer(pf_answer_of(facts, tags[i])).end == PF_HELLO_UNCLEAR)
			return tags[i];
	return NULL;
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_answer *best = pf_answer_of(facts, "tls1.3");
	const struct pf_answer *dh = pf_answer_of(facts, "dh");
	const char *shown = NULL, *list = taken(facts, PF_COUNT(broken), broken, &shown);
	if (*list)
		return pf_fail(facts, shown, "agrees to %s", list);
	for (const char *tag = "broken-1.2"; tag;
	     tag = strcmp(tag, "broken-1.2") == 0 ? "broken-1.0" : NULL)
		if (takes(pf_answer_of(facts, tag)))
			return pf_fail(facts, tag, "agrees to a broken cipher (suite 0x%04x)",
			               (unsigned)pf_hello_answer(pf_answer_of(facts, tag)).suite);
	if (dh->outcome == PF_answered && dh->tls.exchange_bits > 0 &&
	    dh->tls.exchange_bits < WEAK_DH)
		return pf_fail(facts, "dh", "agrees to a Diffie-Hellman group of %lld bits",
		               (long long)dh->tls.exchange_bits);
	list = taken(facts, PF_COUNT(dated), dated, &shown);
	if (*list)
		return pf_at(pf_fail(facts, shown, "still agrees to %s", list), PF_LOW);
	if (best->outcome != PF_answered)
		best = pf_answer_of(facts, "tls1.2");
	if (best->outcome != PF_answered)
		return pf_unknown(facts, "tls1.2",
		                  "no cipher was agreed on, so no refusal says anything");
	const char *open = undecided(facts);
	if (open)
		return pf_unknown(facts, open,
		                  "an offer of old ciphers was neither taken nor refused");
	return pf_pass(
		facts, best == pf_answer_of(facts, "tls1.2") ? "tls1.2" : "tls1.3",
		"agrees to %s and refuses NULL, anonymous, EXPORT, DES, RC4, 3DES, static RSA "
		"and CBC",
		best->tls.cipher ? best->tls.cipher : "a modern cipher");
}

static const struct pf_check checks[] = {
	{
		.id = "https.ciphers",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "tls1.3 tls1.2 dh broken-1.2 broken-1.0 static-rsa cbc null? anonymous? "
			 "export? des? rc4? 3des?",
		.judge = judge,
		.title = "Only ciphers with forward secrecy and authenticated encryption are "
			 "agreed to",
		.why = "Without forward secrecy whoever gets the key some day reads all traffic "
		       "that "
		       "was ever recorded. RC4, 3DES, DES, export grades and Diffie-Hellman groups "
		       "below 2048 bits can be broken by those who mean to; NULL and anonymous "
		       "suites "
		       "do not even try. They are offered in hellos written by hand, so what this "
		       "machine's OpenSSL cannot speak is looked at as well. CBC suites and static "
		       "RSA, "
		       "which nginx and Apache still have by default, weigh low.",
		.remedy = "nginx:\n"
			  "    ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;\n"
			  "Apache:\n"
			  "    SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20\n"
			  "    SSLHonorCipherOrder off\n"
			  "The suites of TLS 1.3 are all fine and are set apart from these.\n"
			  "For older clients see https://ssl-config.mozilla.org (intermediate).\n",
		.reference =
			"https://www.rfc-editor.org/rfc/rfc9325#name-recommendations-cipher-suit",
	},
};

const struct pf_probe pf_probe_tls_ciphers = {
	.name = "tls_ciphers",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
