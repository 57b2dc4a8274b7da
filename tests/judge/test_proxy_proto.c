/* https.proxy-proto: headers by which a client claims that it came by HTTPS. */
#include "rig_case.h"

PF_PROBE(proxy_proto);

static const char ID[] = "https.proxy-proto";

static struct rig *redirected(void)
{
	struct rig *rig = rig_new(&pf_probe_proxy_proto);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "plain", 301, "https://shop.test/");
	rig_redirect(rig, "all", 301, "https://shop.test/");
	return rig;
}

static void https_proxy_proto__passes_when_a_claim_changes_nothing(void **state)
{
	(void)state;
	struct rig *rig = redirected();
	rig_expect(rig, ID, PF_PASS);
	rig_page(rig, "plain", 200, "Shop"); /* no redirect at all is another check's business */
	rig_page(rig, "all", 200, "Shop");
	rig_expect(rig, ID, PF_PASS);
	rig_silence(rig, "plain", PF_refused);
	rig_silence(rig, "all", PF_refused);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_proxy_proto__fails_when_a_claim_is_believed(void **state)
{
	(void)state;
	struct rig *rig = redirected();
	rig_page(rig, "all", 200, "Shop");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "taken for one over HTTPS");
	rig_redirect(rig, "claim-0", 301, "https://shop.test/");
	rig_page(rig, "claim-2", 200, "Shop");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "with \"X-Forwarded-Ssl: on\"");
	rig_free(rig);
}

static void https_proxy_proto__fails_when_only_a_header_shows_it(void **state)
{
	(void)state;
	struct rig *rig = redirected();
	rig_page(rig, "plain", 200, "Shop");
	rig_header(rig, rig_page(rig, "all", 200, "Shop"),
	           "strict-transport-security: max-age=31536000");
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

/* gunicorn calls headers that contradict each other a bad request. */
static void https_proxy_proto__fails_when_one_is_believed_and_all_together_are_refused(void **state)
{
	(void)state;
	struct rig *rig = redirected();
	rig_page(rig, "all", 400, "Bad Request");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_redirect(rig, "claim-1", 301, "https://shop.test/");
	rig_expect(rig, ID, PF_PASS);
	rig_page(rig, "claim-0", 200, "Shop");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "with \"X-Forwarded-Proto: https\"");
	rig_free(rig);
}

static void https_proxy_proto__is_unknown_when_the_claim_was_not_judged(void **state)
{
	(void)state;
	struct rig *rig = redirected();
	rig_page(rig, "all", 429, "Slow down");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_silence(rig, "all", PF_hung_up);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_silence(rig, "all", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_proxy_proto__passes_when_a_claim_changes_nothing),
		cmocka_unit_test(https_proxy_proto__fails_when_a_claim_is_believed),
		cmocka_unit_test(https_proxy_proto__fails_when_only_a_header_shows_it),
		cmocka_unit_test(
			https_proxy_proto__fails_when_one_is_believed_and_all_together_are_refused),
		cmocka_unit_test(https_proxy_proto__is_unknown_when_the_claim_was_not_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
