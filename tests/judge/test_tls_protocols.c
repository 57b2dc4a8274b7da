/* https.protocols: which versions a server chose, and what counts as a refusal. */
#include "rig_case.h"

PF_PROBE(tls_protocols);

static const char ID[] = "https.protocols";

#define ALERT "\\x15\\x03\\x00\\x00\\x02\\x02\\x46"
#define SSL3_HELLO                                                                                 \
	"\\x16\\x03\\x00\\x00\\x30\\x02\\x00\\x00\\x2c\\x03\\x00"                                  \
	"0123456789abcdef0123456789abcdef\\x00\\x00\\x2f\\x00"

static void put(struct rig *rig, const char *tag, enum pf_outcome outcome, const char *version)
{
	rig_put(rig, tag, PF_KIND_tls, outcome)->tls.version = version;
}

static struct rig *healthy(void)
{
	struct rig *rig = rig_new(&pf_probe_tls_protocols);
	put(rig, "tls1.3", PF_answered, "1.3");
	put(rig, "tls1.2", PF_answered, "1.2");
	put(rig, "tls1.1", PF_tls_failed, NULL);
	put(rig, "tls1.0", PF_hung_up, NULL);
	rig_put(rig, "ssl3.0", PF_KIND_raw, PF_answered)->raw.reply = ALERT;
	return rig;
}

static void https_protocols__passes_when_only_new_versions_are_spoken(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	rig_expect(rig, ID, PF_PASS);
	put(rig, "tls1.3", PF_tls_failed, NULL);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "TLS 1.2 is spoken");
	put(rig, "tls1.3", PF_answered, "1.3");
	put(rig, "tls1.2", PF_tls_failed, NULL);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "TLS 1.3 is spoken");
	rig_put(rig, "ssl3.0", PF_KIND_raw, PF_hung_up);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_protocols__fails_when_an_old_version_is_spoken(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	put(rig, "tls1.1", PF_answered, "1.1");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "TLS 1.1 is spoken");
	put(rig, "tls1.0", PF_answered, "1.0");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "TLS 1.0, TLS 1.1 are spoken");
	rig_put(rig, "ssl3.0", PF_KIND_raw, PF_answered)->raw.reply = SSL3_HELLO;
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "SSL 3.0, TLS 1.0, TLS 1.1 are spoken");
	rig_free(rig);
}

/* The server chose it, and then our side would not go on: it is spoken all the same. */
static void https_protocols__fails_when_the_handshake_broke_after_the_choice(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	put(rig, "tls1.0", PF_tls_failed, "1.0");
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void https_protocols__is_unknown_when_a_version_was_not_decided(void **state)
{
	(void)state;
	static const enum pf_outcome open[] = {PF_stalled, PF_no_program, PF_deadline, PF_refused,
	                                       PF_oversized};
	for (size_t i = 0; i < PF_COUNT(open); i++) {
		struct rig *rig = healthy();
		put(rig, "tls1.0", open[i], NULL);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_free(rig);
	}
	struct rig *rig = healthy();
	rig_put(rig, "ssl3.0", PF_KIND_raw, PF_stalled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void https_protocols__is_unknown_when_nothing_was_agreed_on(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	put(rig, "tls1.2", PF_hung_up, NULL);
	put(rig, "tls1.3", PF_hung_up, NULL);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_protocols__passes_when_only_new_versions_are_spoken),
		cmocka_unit_test(https_protocols__fails_when_an_old_version_is_spoken),
		cmocka_unit_test(https_protocols__fails_when_the_handshake_broke_after_the_choice),
		cmocka_unit_test(https_protocols__is_unknown_when_a_version_was_not_decided),
		cmocka_unit_test(https_protocols__is_unknown_when_nothing_was_agreed_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
