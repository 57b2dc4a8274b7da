/* https.mixed-content: what pages load over plain HTTP. */
#include "rig_case.h"

PF_PROBE(mixed_content);

static const char ID[] = "https.mixed-content";

static struct rig *loading(const char *tag, const char *load)
{
	struct rig *rig = rig_new(&pf_probe_mixed_content);
	rig_page(rig, "page", 200, "Shop");
	struct pf_facts_http *page = rig_page(rig, tag, 200, "Shop");
	page->loads = rig_words(rig, 1, &load);
	return rig;
}

static void https_mixed_content__passes_when_all_is_loaded_over_https(void **state)
{
	(void)state;
	static const char *const fine[] = {"img src /logo.svg", "script src https://cdn.test/a.js",
	                                   "img src //cdn.test/a.png",
	                                   "img src /proxy?u=http://a.test/x"};
	for (size_t i = 0; i < PF_COUNT(fine); i++) {
		struct rig *rig = loading("page", fine[i]);
		rig_expect(rig, ID, PF_PASS);
		rig_free(rig);
	}
}

static void https_mixed_content__passes_when_a_policy_upgrades_it(void **state)
{
	(void)state;
	struct rig *rig = loading("page", "img src http://shop.test/logo.png");
	rig_header(rig, &rig->answers[0].http,
	           "content-security-policy: upgrade-insecure-requests");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_mixed_content__fails_when_something_is_loaded_over_http(void **state)
{
	(void)state;
	struct rig *rig = loading("page", "img src HTTP://shop.test/logo.png");
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "the first page has \"img src HTTP://");
	rig_free(rig);
	rig = loading("login", "form action http://shop.test/login/");
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "the login page has");
	rig_free(rig);
}

static void https_mixed_content__is_unknown_when_no_page_was_seen(void **state)
{
	(void)state;
	struct rig *rig = loading("page", "img src /logo.svg");
	rig_silence(rig, "page", PF_stalled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig->answers[0].outcome = PF_answered;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_mixed_content__passes_when_all_is_loaded_over_https),
		cmocka_unit_test(https_mixed_content__passes_when_a_policy_upgrades_it),
		cmocka_unit_test(https_mixed_content__fails_when_something_is_loaded_over_http),
		cmocka_unit_test(https_mixed_content__is_unknown_when_no_page_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
