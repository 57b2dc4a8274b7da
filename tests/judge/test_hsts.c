/* https.hsts and its two smaller brothers, by the grammar of RFC 6797. */
#include "rig_case.h"

PF_PROBE(hsts);

static const char ID[] = "https.hsts", SUBDOMAINS[] = "https.hsts-subdomains",
		  PRELOAD[] = "https.hsts-preload";

static struct rig *saying(const char *value)
{
	struct rig *rig = rig_new(&pf_probe_hsts);
	struct pf_facts_http *page = rig_page(rig, "page", 200, "Shop");
	if (value)
		rig_header(rig, page,
		           pf_arena_print(rig->arena, "strict-transport-security: %s", value));
	return rig;
}

static void expect(const char *value, const char *id, enum pf_status status)
{
	struct rig *rig = saying(value);
	rig_expect(rig, id, status);
	rig_free(rig);
}

static void https_hsts__passes_when_it_holds_for_a_year(void **state)
{
	(void)state;
	expect("max-age=31536000", ID, PF_PASS);
	expect("MAX-AGE = \"63072000\" ; includeSubDomains", ID, PF_PASS);
	expect("max-age=99999999999999999999999", ID, PF_PASS);
}

static void https_hsts__passes_when_a_guard_answered_the_error(void **state)
{
	(void)state;
	struct rig *rig = saying("max-age=31536000");
	rig_page(rig, "error", 503, "Busy");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_hsts__fails_when_it_is_missing_or_short(void **state)
{
	(void)state;
	struct rig *rig = saying(NULL);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "has no Strict-Transport-Security");
	rig_free(rig);
	rig = saying("max-age=3600; includeSubDomains");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "less than a year");
	rig_free(rig);
	rig = saying("max-age=0");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "takes it back");
	rig_free(rig);
}

static void https_hsts__fails_when_browsers_overlook_it(void **state)
{
	(void)state;
	expect("includeSubDomains; preload", ID, PF_FAIL);
	expect("max-age=a year", ID, PF_FAIL);
	expect("max-age", ID, PF_FAIL);
	expect("max-age=31536000; max-age=0", ID, PF_FAIL);
}

static void https_hsts__fails_when_errors_lack_it(void **state)
{
	(void)state;
	struct rig *rig = saying("max-age=31536000");
	rig_page(rig, "error", 404, "Nothing here");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "error (answered 404)");
	rig_free(rig);
}

static void https_hsts__fails_when_it_is_said_over_plain_http(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_hsts);
	rig->subject = "http://shop.test [10.203.7.10]";
	struct pf_facts_http *hop = rig_redirect(rig, "plain", 301, "https://shop.test/");
	rig_expect(rig, ID, PF_PASS);
	rig_header(rig, hop, "strict-transport-security: max-age=31536000");
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "over plain HTTP");
	rig_silence(rig, "plain", PF_refused);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_hsts__is_unknown_when_no_page_was_seen(void **state)
{
	(void)state;
	struct rig *rig = saying(NULL);
	rig_page(rig, "page", 502, "Bad Gateway");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_expect(rig, SUBDOMAINS, PF_UNKNOWN);
	rig_expect(rig, PRELOAD, PF_UNKNOWN);
	rig_silence(rig, "page", PF_hung_up);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void https_hsts_subdomains__passes_when_it_says_so(void **state)
{
	(void)state;
	expect("max-age=300; includesubdomains", SUBDOMAINS, PF_PASS);
}

static void https_hsts_subdomains__fails_when_they_are_left_out(void **state)
{
	(void)state;
	expect("max-age=31536000; includeSubDomain", SUBDOMAINS, PF_FAIL);
	expect(NULL, SUBDOMAINS, PF_SKIP);
}

static void https_hsts_subdomains__is_unknown_when_the_page_was_not_answered(void **state)
{
	(void)state;
	struct rig *rig = saying(NULL);
	rig_silence(rig, "page", PF_deadline);
	rig_expect(rig, SUBDOMAINS, PF_UNKNOWN);
	rig_free(rig);
}

static void https_hsts_preload__passes_when_all_is_said(void **state)
{
	(void)state;
	expect("max-age=31536000; includeSubDomains; preload", PRELOAD, PF_PASS);
}

static void https_hsts_preload__fails_when_only_the_word_is_missing(void **state)
{
	(void)state;
	expect("max-age=31536000; includeSubDomains", PRELOAD, PF_FAIL);
	expect("max-age=300; includeSubDomains; preload", PRELOAD, PF_SKIP);
	expect("max-age=31536000; preload", PRELOAD, PF_SKIP);
}

static void https_hsts_preload__is_unknown_when_the_page_was_not_answered(void **state)
{
	(void)state;
	struct rig *rig = saying(NULL);
	rig_silence(rig, "page", PF_deadline);
	rig_expect(rig, PRELOAD, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_hsts__passes_when_it_holds_for_a_year),
		cmocka_unit_test(https_hsts__passes_when_a_guard_answered_the_error),
		cmocka_unit_test(https_hsts__fails_when_it_is_missing_or_short),
		cmocka_unit_test(https_hsts__fails_when_browsers_overlook_it),
		cmocka_unit_test(https_hsts__fails_when_errors_lack_it),
		cmocka_unit_test(https_hsts__fails_when_it_is_said_over_plain_http),
		cmocka_unit_test(https_hsts__is_unknown_when_no_page_was_seen),
		cmocka_unit_test(https_hsts_subdomains__passes_when_it_says_so),
		cmocka_unit_test(https_hsts_subdomains__fails_when_they_are_left_out),
		cmocka_unit_test(https_hsts_subdomains__is_unknown_when_the_page_was_not_answered),
		cmocka_unit_test(https_hsts_preload__passes_when_all_is_said),
		cmocka_unit_test(https_hsts_preload__fails_when_only_the_word_is_missing),
		cmocka_unit_test(https_hsts_preload__is_unknown_when_the_page_was_not_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
