/* https.ciphers: offers taken and refused, read from the first bytes of the answer. */
#include "rig_case.h"

PF_PROBE(tls_ciphers);

static const char ID[] = "https.ciphers";

#define ALERT "\\x15\\x03\\x03\\x00\\x02\\x02\\x28"
#define WARNING "\\x15\\x03\\x03\\x00\\x02\\x01\\x70"
#define RANDOM "0123456789\\u{200b}\\\\\\n\\r\\tabcdefghijklmno" /* 32 bytes */
#define HELLO(suite)                                                                               \
	"\\x16\\x03\\x03\\x00\\x4a\\x02\\x00\\x00F\\x03\\x03" RANDOM "\\x00" suite "\\x00"

static void offer(struct rig *rig, const char *tag, const char *reply)
{
	rig_put(rig, tag, PF_KIND_raw, PF_answered)->raw.reply = reply;
}

static struct rig *healthy(void)
{
	static const char *const tags[] = {"broken-1.2", "broken-1.0", "static-rsa", "cbc"};
	struct rig *rig = rig_new(&pf_probe_tls_ciphers);
	rig_put(rig, "tls1.3", PF_KIND_tls, PF_answered)->tls.cipher = "TLS_AES_256_GCM_SHA384";
	rig_put(rig, "tls1.2", PF_KIND_tls, PF_answered);
	rig_put(rig, "dh", PF_KIND_tls, PF_tls_failed);
	for (size_t i = 0; i < PF_COUNT(tags); i++)
		offer(rig, tags[i], ALERT);
	return rig;
}

static void https_ciphers__passes_when_old_offers_are_refused(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	rig_expect_said(rig, ID, PF_PASS, PF_MEDIUM, "TLS_AES_256_GCM_SHA384");
	offer(rig, "broken-1.2", WARNING ALERT);
	rig_put(rig, "broken-1.0", PF_KIND_raw, PF_hung_up);
	rig_put(rig, "tls1.3", PF_KIND_tls, PF_tls_failed);
	rig_expect(rig, ID, PF_PASS);
	rig_put(rig, "dh", PF_KIND_tls, PF_answered)->tls.exchange_bits = 2048;
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_ciphers__fails_when_a_broken_class_is_taken(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	offer(rig, "broken-1.2", HELLO("\\xc0\\x11"));
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "suite 0xc011");
	offer(rig, "rc4", WARNING HELLO("\\xc0\\x11"));
	offer(rig, "null", ALERT);
	offer(rig, "3des", HELLO("\\x00\\x0a"));
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "agrees to RC4, 3DES");
	rig_free(rig);
}

static void https_ciphers__fails_when_the_group_is_small(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	rig_put(rig, "dh", PF_KIND_tls, PF_answered)->tls.exchange_bits = 1024;
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "1024 bits");
	rig_free(rig);
}

static void https_ciphers__fails_low_when_they_are_only_dated(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	offer(rig, "cbc", HELLO("\\xc0\\x13"));
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "CBC");
	offer(rig, "static-rsa", HELLO("\\x00\\x2f"));
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "without forward secrecy");
	rig_free(rig);
}

static void https_ciphers__is_unknown_when_an_offer_was_not_decided(void **state)
{
	(void)state;
	static const char *const unclear[] = {"",
	                                      WARNING,
	                                      "HTTP/1.1 400 Bad Request\\r\\n",
	                                      "\\x16\\x03\\x03\\x00\\x4a\\x02",
	                                      "\\x15\\x03\\x03\\x00\\x03\\x02\\x28",
	                                      "\\x16\\x03\\x03\\x00\\x04\\x0e\\x00\\x00\\x00",
	                                      "\\x15\\x03\\x03\\x00\\x02\\xzz"};
	for (size_t i = 0; i < PF_COUNT(unclear); i++) {
		struct rig *rig = healthy();
		offer(rig, "broken-1.2", unclear[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_free(rig);
	}
	struct rig *rig = healthy();
	rig_put(rig, "cbc", PF_KIND_raw, PF_stalled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "cbc", PF_KIND_raw, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void https_ciphers__is_unknown_when_nothing_was_agreed_on(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	rig_put(rig, "tls1.3", PF_KIND_tls, PF_hung_up);
	rig_put(rig, "tls1.2", PF_KIND_tls, PF_hung_up);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_ciphers__passes_when_old_offers_are_refused),
		cmocka_unit_test(https_ciphers__fails_when_a_broken_class_is_taken),
		cmocka_unit_test(https_ciphers__fails_when_the_group_is_small),
		cmocka_unit_test(https_ciphers__fails_low_when_they_are_only_dated),
		cmocka_unit_test(https_ciphers__is_unknown_when_an_offer_was_not_decided),
		cmocka_unit_test(https_ciphers__is_unknown_when_nothing_was_agreed_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
