/* TLS peers that stall, flood, lie and show what no certificate should hold: each gets its own
 * outcome, in time, and what it said is capped and escaped. */
#include "rig_loop.h"
#include "rig_peer.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SCRIPT(...)                                                                                \
	(const struct rig_step[])                                                                  \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.act = RIG_END                                                             \
		}                                                                                  \
	}
#define BYTES(text) .bytes = (text), .count = sizeof(text) - 1

enum { PATIENCE_MS = 4000, SOON_MS = 6000, DAY = 86400 };

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

/* ---- certificates and servers of a test's own ---- */

struct paper {
	const char *names; /* subjectAltName, as openssl.cnf has it; NULL: raw */
	const char *raw;   /* one DNS name in its very bytes */
	size_t raw_count;
	int from_days, for_days; /* from now */
	int padding;             /* bytes of a comment */
	int rsa_bits;            /* 0: EC */
};

static void add(X509 *certificate, X509_EXTENSION *extension)
{
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static void add_raw_name(X509 *certificate, const char *bytes, size_t count)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	assert_true(names && name && text);
	ASN1_STRING_set(text, bytes, (int)count);
	GENERAL_NAME_set0_value(name, GEN_DNS, text);
	sk_GENERAL_NAME_push(names, name);
	add(certificate, X509V3_EXT_i2d(NID_subject_alt_name, 0, names));
	GENERAL_NAMES_free(names);
}

static void add_padding(X509 *certificate, int count)
{
	char *text = malloc((size_t)count + 1);
	assert_non_null(text);
	memset(text, 'x', (size_t)count);
	text[count] = '\0';
	add(certificate, X509V3_EXT_conf_nid(NULL, NULL, NID_netscape_comment, text));
	free(text);
}

static X509 *make(const struct paper *paper, EVP_PKEY **key)
{
	X509 *certificate = X509_new();
	*key = paper->rsa_bits ? EVP_RSA_gen((unsigned)paper->rsa_bits) : EVP_EC_gen("P-256");
	assert_true(certificate && *key);
	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 0x1b5b32);
	X509_gmtime_adj(X509_getm_notBefore(certificate), (long)paper->from_days * DAY);
	X509_gmtime_adj(X509_getm_notAfter(certificate),
	                ((long)paper->from_days + paper->for_days) * DAY);
	X509_NAME *name = X509_get_subject_name(certificate);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	                           (const unsigned char *)"rig\x1b[2J<script>", -1, -1, 0);
	X509_set_issuer_name(certificate, name);
	X509_set_pubkey(certificate, *key);
	if (paper->names)
		add(certificate,
		    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, paper->names));
	if (paper->raw)
		add_raw_name(certificate, paper->raw, paper->raw_count);
	if (paper->padding)
		add_padding(certificate, paper->padding);
	assert_true(X509_sign(certificate, *key, EVP_sha256()) > 0);
	return certificate;
}

static SSL_CTX *server(const struct paper *paper)
{
	EVP_PKEY *key;
	X509 *certificate = make(paper, &key);
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	assert_non_null(context);
	SSL_CTX_set_security_level(context, 0);
	assert_int_equal(SSL_CTX_use_certificate(context, certificate), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(context, key), 1);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return context;
}

static const struct paper plain = {
	.names = "DNS:rig.test,DNS:*.wild.test,IP:127.0.0.1,email:a@b.test", .for_days = 30};

static const struct rig_step handshake[] = {{.act = RIG_TLS}, {.act = RIG_STALL}, {.act = RIG_END}};

static struct pf_question to(const struct rig_peer *peer)
{
	return (struct pf_question){.kind = PF_KIND_tls,
	                            .tls = {.address = rig_peer_address(peer),
	                                    .port = rig_peer_port(peer),
	                                    .sni = "rig.test",
	                                    .name = "rig.test"}};
}

/* What a server with that paper is seen to show. */
static const struct pf_facts_tls *shown(const struct paper *paper, const char *name)
{
	struct rig_peer *peer = rig_peer_start_with(handshake, server(paper));
	struct pf_question question = to(peer);
	question.tls.name = name;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	rig_peer_stop(peer);
	return &answer->tls;
}

/* The outcome of a script that is no server at all. */
static void expect(const struct rig_step *steps, enum pf_outcome outcome)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = to(peer);
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, outcome);
	assert_in_range(rig_took_ms(), 0, SOON_MS);
	assert_null(answer->tls.fingerprint);
	rig_peer_stop(peer);
}

/* ---- what is told ---- */

static void a_handshake_is_told_in_full(void **state)
{
	(void)state;
	const struct pf_facts_tls *tls = shown(&plain, "rig.test");
	assert_string_equal(tls->version, "1.3");
	assert_string_equal(tls->cipher, "TLS_AES_256_GCM_SHA384");
	assert_string_equal(tls->exchange, "X25519");
	assert_int_equal(tls->sent, 1);
	assert_string_equal(tls->key, "EC");
	assert_int_equal(tls->key_bits, 256);
	assert_string_equal(tls->signature, "ecdsa-with-SHA256");
	assert_string_equal(tls->serial, "1B5B32");
	assert_int_equal(strlen(tls->fingerprint), 64);
	assert_int_equal(tls->names.count, 3);
	assert_string_equal(tls->names.at[1], "*.wild.test");
	assert_string_equal(tls->names.at[2], "127.0.0.1");
	assert_in_range(tls->not_before, time(NULL) - 60, time(NULL) + 60);
	assert_int_equal(tls->not_after - tls->not_before, 30 * DAY);
	assert_true(tls->name_matches && tls->renegotiates_securely);
	assert_false(tls->asks_for_ours);
	assert_non_null(tls->distrust);
}

static void names_match_as_browsers_match_them(void **state)
{
	static const struct paper one = {.names = "DNS:*.wild.test,IP:127.0.0.1", .for_days = 30};
	(void)state;
	assert_true(shown(&one, "a.wild.test")->name_matches);
	assert_false(shown(&one, "a.b.wild.test")->name_matches);
	assert_false(shown(&one, "wild.test")->name_matches);
	assert_true(shown(&one, "127.0.0.1")->name_matches);
	assert_false(shown(&one, "127.0.0.2")->name_matches);
	assert_null(shown(&one, NULL)->distrust); /* not asked for */
}

static void versions_and_ciphers_are_those_that_were_offered(void **state)
{
	SSL_CTX *context = server(&plain);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
	struct rig_peer *peer = rig_peer_start_with(handshake, context);
	struct pf_question question = to(peer);
	(void)state;
	question.tls.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->tls.version, "1.2");
	assert_string_equal(answer->tls.cipher, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
	question.tls.least = "1.3";
	assert_outcome(rig_answer(&question), PF_tls_failed);
	question.tls.least = question.tls.most = "1.1";
	question.tls.ciphers = "ALL:COMPLEMENTOFALL";
	answer = rig_answer(&question);
	assert_outcome(answer, PF_tls_failed); /* the server's own least is 1.2 */
	assert_null(answer->tls.version);
	rig_peer_stop(peer);
}

static void an_old_server_does_not_look_closed(void **state)
{
	static const int numbers[] = {TLS1_VERSION, TLS1_1_VERSION};
	static const char *const names[] = {"1.0", "1.1"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct rig_peer *peer = rig_peer_start_old(handshake, numbers[i]);
		struct pf_question question = to(peer);
		question.tls.least = question.tls.most = names[i];
		question.tls.ciphers = "ALL:COMPLEMENTOFALL";
		const struct pf_answer *answer = rig_answer(&question);
		assert_outcome(answer, PF_answered);
		assert_string_equal(answer->tls.version, names[i]);
		rig_peer_stop(peer);
	}
}

static void the_sni_and_the_protocols_offered_are_ours(void **state)
{
	static const char *const offered[] = {"h2", "http/1.1"};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, handshake);
	struct pf_question question = to(peer);
	(void)state;
	question.tls.sni = "other.test";
	question.tls.alpn = (struct pf_words){offered, 2};
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	for (int64_t until = rig_now_ms() + 1000; !*rig_peer_sni(peer) && rig_now_ms() < until;)
		; /* the other side may still be at its end of the handshake */
	assert_string_equal(rig_peer_sni(peer), "other.test");
	assert_string_equal(answer->tls.alpn, "http/1.1");
	rig_peer_stop(peer);
}

static void expired_and_future_ones_are_told_with_their_dates(void **state)
{
	static const struct paper old = {.names = "DNS:rig.test", .from_days = -40, .for_days = 30};
	static const struct paper future = {.names = "DNS:rig.test", .from_days = 5, .for_days = 9};
	static const struct paper far = {.names = "DNS:rig.test", .for_days = 20 * 365};
	(void)state;
	const struct pf_facts_tls *tls = shown(&old, "rig.test");
	assert_true(tls->not_after < time(NULL) - 9 * DAY);
	assert_non_null(tls->distrust);
	assert_true(shown(&future, "rig.test")->not_before > time(NULL) + 4 * DAY);
	assert_true(shown(&far, "rig.test")->not_after > time(NULL) + INT64_C(19) * 365 * DAY);
}

static const struct paper for_others = {.names = "DNS:default.test", .for_days = 30};

/* The name decides which paper is shown. */
static int choose_paper(SSL *ssl, int *alert, void *context)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	(void)alert;
	if (name && strcmp(name, "rig.test") == 0)
		SSL_set_SSL_CTX(ssl, context);
	return SSL_TLSEXT_ERR_OK;
}

static void what_is_shown_may_depend_on_the_sni(void **state)
{
	SSL_CTX *others = server(&for_others), *ours = server(&plain);
	(void)state;
	SSL_CTX_set_tlsext_servername_callback(others, choose_paper);
	SSL_CTX_set_tlsext_servername_arg(others, ours);
	struct rig_peer *peer = rig_peer_start_with(handshake, others);
	struct pf_question question = to(peer);
	assert_true(rig_answer(&question)->tls.name_matches);
	question.tls.sni = NULL;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->tls.names.at[0], "default.test");
	assert_false(answer->tls.name_matches);
	rig_peer_stop(peer);
	SSL_CTX_free(ours);
}

static void small_keys_are_told(void **state)
{
	static const struct paper weak = {.names = "DNS:rig.test", .for_days = 9, .rsa_bits = 1024};
	(void)state;
	const struct pf_facts_tls *tls = shown(&weak, "rig.test");
	assert_string_equal(tls->key, "RSA");
	assert_int_equal(tls->key_bits, 1024);
}

/* ---- what is not believed ---- */

static void names_with_nul_and_escapes_are_shown_as_they_are(void **state)
{
	static const char raw[] = "rig.test\0.evil.test\x1b]0;x\x07<b>\xff";
	static const struct paper strange = {
		.raw = raw, .raw_count = sizeof raw - 1, .for_days = 30};
	(void)state;
	const struct pf_facts_tls *tls = shown(&strange, "rig.test");
	assert_string_equal(tls->names.at[0], "rig.test\\x00.evil.test\\x1b]0;x\\x07<b>\\xff");
	assert_false(tls->name_matches);
	assert_null(strpbrk(tls->issuer, "\x1b\n"));
}

static void a_common_name_is_no_name(void **state)
{
	static const struct paper bare = {.for_days = 30};
	(void)state;
	const struct pf_facts_tls *tls = shown(&bare, "rig\x1b[2J<script>");
	assert_int_equal(tls->names.count, 0);
	assert_false(tls->name_matches);
}

static void many_and_long_names_are_capped(void **state)
{
	static char many[20000] = "DNS:rig.test", raw[2000];
	static const struct paper crowd = {.names = many, .for_days = 30};
	static const struct paper lengthy = {
		.raw = raw, .raw_count = sizeof raw - 1, .for_days = 30};
	(void)state;
	for (size_t i = 0; i < 300; i++)
		strcat(many, ",DNS:a.test");
	memset(raw, 'a', sizeof raw - 1);
	const struct pf_facts_tls *tls = shown(&crowd, "rig.test");
	assert_int_equal(tls->names.count, 64);
	assert_true(tls->name_matches);
	assert_true(strlen(shown(&lengthy, "rig.test")->names.at[0]) <= 256);
}

static void a_certificate_of_a_megabyte_is_refused(void **state)
{
	static const struct paper fat = {
		.names = "DNS:rig.test", .for_days = 30, .padding = 1000 * 1000};
	struct rig_peer *peer = rig_peer_start_with(handshake, server(&fat));
	struct pf_question question = to(peer);
	(void)state;
	assert_outcome(rig_answer(&question), PF_tls_failed);
	assert_in_range(rig_took_ms(), 0, SOON_MS);
	rig_peer_stop(peer);
}

static void a_chain_without_end_is_refused(void **state)
{
	SSL_CTX *context = server(&plain);
	(void)state;
	for (size_t i = 0; i < 400; i++) {
		EVP_PKEY *key;
		SSL_CTX_add_extra_chain_cert(context, make(&plain, &key));
		EVP_PKEY_free(key);
	}
	struct rig_peer *peer = rig_peer_start_with(handshake, context);
	struct pf_question question = to(peer);
	assert_outcome(rig_answer(&question), PF_tls_failed);
	assert_in_range(rig_took_ms(), 0, SOON_MS);
	rig_peer_stop(peer);
}

static void a_long_chain_is_told_in_part(void **state)
{
	SSL_CTX *context = server(&plain);
	(void)state;
	for (size_t i = 0; i < 30; i++) {
		EVP_PKEY *key;
		SSL_CTX_add_extra_chain_cert(context, make(&plain, &key));
		EVP_PKEY_free(key);
	}
	struct rig_peer *peer = rig_peer_start_with(handshake, context);
	struct pf_question question = to(peer);
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->tls.sent, 31);
	assert_int_equal(answer->tls.chain.count, 16);
	rig_peer_stop(peer);
}

/* It showed its own before it asked for ours, and is judged by that. */
static void a_demand_for_our_certificate_hides_nothing(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		SSL_CTX *context = server(&plain);
		SSL_CTX_set_max_proto_version(context, versions[i]);
		SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
		                   NULL);
		struct rig_peer *peer = rig_peer_start_with(handshake, context);
		struct pf_question question = to(peer);
		const struct pf_answer *answer = rig_answer(&question);
		assert_true(answer->outcome == PF_answered || answer->outcome == PF_tls_failed);
		assert_true(answer->tls.asks_for_ours);
		assert_non_null(answer->tls.fingerprint);
		assert_true(answer->tls.name_matches);
		rig_peer_stop(peer);
	}
}

/* ---- what is no TLS, or never ends ---- */

static void a_handshake_that_stalls_or_drips_ends_in_time(void **state)
{
	(void)state;
	expect(SCRIPT({.act = RIG_STALL}), PF_stalled);
	expect(SCRIPT({.act = RIG_DRIP,
	               .ms = 30,
	               BYTES("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"
	                     "0123456789012345678901234567890123456789")},
	              {.act = RIG_STALL}),
	       PF_stalled);
}

static void closing_resetting_and_other_protocols_have_their_outcomes(void **state)
{
	(void)state;
	expect(SCRIPT({.act = RIG_END}), PF_hung_up);
	expect(SCRIPT({.act = RIG_HEAR}, {.act = RIG_RESET}), PF_hung_up);
	expect(SCRIPT({.act = RIG_HEAR},
	              {.act = RIG_SEND, BYTES("HTTP/1.1 400 Bad Request\r\n\r\n")}),
	       PF_tls_failed);
	expect(SCRIPT({.act = RIG_HEAR}, {.act = RIG_SEND, BYTES("\x15\x03\x03\x00\x02\x02\x28")}),
	       PF_tls_failed);
}

/* A ServerHello of TLS 1.2 with ECDHE-ECDSA-AES128-GCM-SHA256. */
#define CHOICE                                                                                     \
	"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03"                                             \
	"0123456789abcdef0123456789abcdef\x00\xc0\x2b\x00"

static void a_certificate_that_is_none_is_a_failed_handshake_with_a_version(void **state)
{
	static const struct rig_step steps[] = {
		{.act = RIG_HEAR},
		{.act = RIG_SEND,
	         BYTES(CHOICE "\x16\x03\x03\x00\x14\x0b\x00\x00\x10\x00\x00\x0d"
	                      "\x00\x00\x0a\x30\x82\xff\xff\x02\x84\xff\xff\xff\xff")},
		{.act = RIG_STALL},
		{.act = RIG_END}};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = to(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_tls_failed);
	assert_string_equal(answer->tls.version, "1.2");
	assert_null(answer->tls.fingerprint);
	rig_peer_stop(peer);
}

static void a_message_of_sixteen_megabytes_is_not_waited_for(void **state)
{
	(void)state;
	expect(SCRIPT({.act = RIG_HEAR},
	              {.act = RIG_SEND,
	               BYTES(CHOICE "\x16\x03\x03\x00\x08\x0b\xff\xff\xff\xff\xff\xfc"
	                            "\x00")},
	              {.act = RIG_STALL}),
	       PF_tls_failed);
}

static char flood[64 * 1024];

/* 64 KiB of one record over and over. */
static const char *fill(const char *record, size_t count)
{
	size_t used = 0;
	for (; used + count <= sizeof flood; used += count)
		memcpy(flood + used, record, count);
	flood[used] = '\0';
	return flood;
}

static void expect_flood(const char *record, size_t count, enum pf_outcome outcome)
{
	struct rig_step steps[] = {{.act = RIG_HEAR},
	                           {.act = RIG_FLOOD, .bytes = fill(record, count)},
	                           {.act = RIG_END}};
	steps[1].count = sizeof flood / count * count;
	expect(steps, outcome);
}

static void floods_of_records_without_an_end_are_cut_off(void **state)
{
	(void)state;
	/* Empty records, warnings, and requests to begin anew, which OpenSSL passes over silently.
	 */
	expect_flood("\x16\x03\x03\x00\x00", 5, PF_tls_failed);
	expect_flood("\x15\x03\x03\x00\x02\x01\x70", 7, PF_tls_failed);
	expect_flood("\x16\x03\x03\x00\x04\x00\x00\x00\x00", 9, PF_oversized);
}

/* The same below HTTP, where libcurl does the talking. */
static void a_flood_below_http_is_cut_off_too(void **state)
{
	static const char again[] = "\x16\x03\x03\x00\x04\x00\x00\x00\x00";
	struct rig_step steps[] = {{.act = RIG_HEAR},
	                           {.act = RIG_FLOOD, .bytes = fill(again, sizeof again - 1)},
	                           {.act = RIG_END}};
	(void)state;
	steps[1].count = sizeof flood / (sizeof again - 1) * (sizeof again - 1);
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = {.kind = PF_KIND_http,
	                               .http = {.url = "https://rig.test/",
	                                        .address = rig_peer_address(peer),
	                                        .port = rig_peer_port(peer)}};
	const struct pf_answer *answer = rig_answer(&question);
	assert_true(answer->outcome == PF_tls_failed || answer->outcome == PF_hung_up);
	assert_in_range(rig_took_ms(), 0, SOON_MS);
	rig_peer_stop(peer);
}

static void senseless_questions_are_not_put(void **state)
{
	static const char *const endless[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9"};
	static const char *const empty[] = {""};
	const struct pf_ask_tls senseless[] = {
		{.address = "rig.test", .port = 443},
		{.address = "127.0.0.1", .port = 70000},
		{.address = "127.0.0.1", .port = 1, .least = "2.0"},
		{.address = "127.0.0.1", .port = 1, .least = "1.3", .most = "1.2"},
		{.address = "127.0.0.1", .port = 1, .alpn = {endless, 9}},
		{.address = "127.0.0.1", .port = 1, .alpn = {empty, 1}},
		{.port = 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
		struct pf_question question = {.kind = PF_KIND_tls, .tls = senseless[i]};
		assert_outcome(rig_answer(&question), PF_malformed_question);
	}
}

static void ciphers_that_nobody_has_are_our_own_fault(void **state)
{
	struct rig_peer *peer = rig_peer_start_with(handshake, server(&plain));
	struct pf_question question = to(peer);
	(void)state;
	question.tls.most = "1.2";
	question.tls.ciphers = "NO-SUCH-CIPHER";
	assert_outcome(rig_answer(&question), PF_no_program);
	rig_peer_stop(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_handshake_is_told_in_full, forget),
		cmocka_unit_test_teardown(names_match_as_browsers_match_them, forget),
		cmocka_unit_test_teardown(versions_and_ciphers_are_those_that_were_offered, forget),
		cmocka_unit_test_teardown(an_old_server_does_not_look_closed, forget),
		cmocka_unit_test_teardown(the_sni_and_the_protocols_offered_are_ours, forget),
		cmocka_unit_test_teardown(expired_and_future_ones_are_told_with_their_dates,
	                                  forget),
		cmocka_unit_test_teardown(what_is_shown_may_depend_on_the_sni, forget),
		cmocka_unit_test_teardown(small_keys_are_told, forget),
		cmocka_unit_test_teardown(names_with_nul_and_escapes_are_shown_as_they_are, forget),
		cmocka_unit_test_teardown(a_common_name_is_no_name, forget),
		cmocka_unit_test_teardown(many_and_long_names_are_capped, forget),
		cmocka_unit_test_teardown(a_certificate_of_a_megabyte_is_refused, forget),
		cmocka_unit_test_teardown(a_chain_without_end_is_refused, forget),
		cmocka_unit_test_teardown(a_long_chain_is_told_in_part, forget),
		cmocka_unit_test_teardown(a_demand_for_our_certificate_hides_nothing, forget),
		cmocka_unit_test_teardown(a_handshake_that_stalls_or_drips_ends_in_time, forget),
		cmocka_unit_test_teardown(closing_resetting_and_other_protocols_have_their_outcomes,
	                                  forget),
		cmocka_unit_test_teardown(
			a_certificate_that_is_none_is_a_failed_handshake_with_a_version, forget),
		cmocka_unit_test_teardown(a_message_of_sixteen_megabytes_is_not_waited_for, forget),
		cmocka_unit_test_teardown(floods_of_records_without_an_end_are_cut_off, forget),
		cmocka_unit_test_teardown(a_flood_below_http_is_cut_off_too, forget),
		cmocka_unit_test_teardown(senseless_questions_are_not_put, forget),
		cmocka_unit_test_teardown(ciphers_that_nobody_has_are_our_own_fault, forget),
	};
	rig_be_patient(PATIENCE_MS);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
