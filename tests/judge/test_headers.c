/* headers.*: the four headers on pages, errors and files, each by its own grammar. */
#include "rig_case.h"

PF_PROBE(headers);

static const char *const ids[] = {"headers.content-type-options", "headers.frame-options",
                                  "headers.referrer-policy", "headers.opener-policy"};

static void with_all(struct rig *rig, struct pf_facts_http *page)
{
	rig_header(rig, page, "x-content-type-options: nosniff");
	rig_header(rig, page, "x-frame-options: DENY");
	rig_header(rig, page, "referrer-policy: same-origin");
	rig_header(rig, page, "cross-origin-opener-policy: same-origin");
}

static struct rig *healthy(void)
{
	struct rig *rig = rig_new(&pf_probe_headers);
	with_all(rig, rig_page(rig, "page", 200, "Shop"));
	with_all(rig, rig_page(rig, "error", 404, "Nothing here"));
	with_all(rig, rig_page(rig, "static", 200, NULL));
	return rig;
}

/* The page of that tag with one header in place of the good one. */
static struct rig *with(const char *tag, const char *header)
{
	struct rig *rig = healthy();
	struct pf_facts_http *page = rig_page(rig, tag, 200, "Shop");
	if (header)
		rig_header(rig, page, header);
	return rig;
}

static void expect(const char *id, const char *tag, const char *header, enum pf_status status)
{
	struct rig *rig = with(tag, header);
	rig_expect(rig, id, status);
	rig_free(rig);
}

static void is_unknown(const char *id)
{
	struct rig *rig = healthy();
	rig_silence(rig, "page", PF_stalled);
	rig_expect(rig, id, PF_UNKNOWN);
	rig_page(rig, "page", 503, "Busy");
	rig_expect(rig, id, PF_UNKNOWN);
	with_all(rig, rig_page(rig, "page", 200, "Shop"));
	rig_silence(rig, "error", PF_deadline);
	rig_expect(rig, id, PF_UNKNOWN);
	rig_free(rig);
}

static void headers_content_type_options__passes_when_the_first_value_is_nosniff(void **state)
{
	(void)state;
	struct rig *rig = healthy();
	for (size_t i = 0; i < PF_COUNT(ids); i++)
		rig_expect(rig, ids[i], PF_PASS);
	rig_free(rig);
	expect(ids[0], "page", "x-content-type-options: NoSniff, other", PF_PASS);
}

static void headers_content_type_options__fails_when_a_file_or_an_error_lacks_it(void **state)
{
	(void)state;
	expect(ids[0], "page", "x-content-type-options: sniff, nosniff", PF_FAIL);
	struct rig *rig = with("static", NULL);
	rig_expect_said(rig, ids[0], PF_FAIL, PF_MEDIUM, "a static file (answered 200)");
	rig_free(rig);
	rig = with("media", NULL);
	rig_expect_said(rig, ids[0], PF_FAIL, PF_MEDIUM, "an upload");
	rig_page(rig, "media", 404, "Nothing here"); /* not there: says nothing of files */
	rig_expect(rig, ids[0], PF_PASS);
	rig_page(rig, "error", 404, "Nothing here");
	rig_expect_said(rig, ids[0], PF_FAIL, PF_MEDIUM, "error (answered 404)");
	rig_page(rig, "error", 503, "Busy"); /* a guard's answer says nothing of the site's */
	rig_expect(rig, ids[0], PF_PASS);
	rig_free(rig);
}

static void headers_content_type_options__is_unknown_when_no_page_was_seen(void **state)
{
	(void)state;
	is_unknown(ids[0]);
}

static void headers_frame_options__passes_when_a_policy_says_it(void **state)
{
	(void)state;
	expect(ids[1], "page", "x-frame-options: sameorigin", PF_PASS);
	expect(ids[1], "page", "x-frame-options: DENY, SAMEORIGIN", PF_PASS);
	expect(ids[1], "page", "content-security-policy: frame-ancestors 'self'", PF_PASS);
}

static void headers_frame_options__fails_when_browsers_overlook_it(void **state)
{
	(void)state;
	expect(ids[1], "page", NULL, PF_FAIL);
	expect(ids[1], "page", "x-frame-options: ALLOW-FROM https://partner.test", PF_FAIL);
	expect(ids[1], "page", "content-security-policy-report-only: frame-ancestors 'none'",
	       PF_FAIL);
	struct rig *rig = with("page", "x-frame-options: DENY");
	rig_header(rig, &rig->answers[0].http, "content-security-policy: frame-ancestors *");
	rig_expect(rig, ids[1], PF_FAIL);
	rig_free(rig);
}

static void headers_frame_options__is_unknown_when_no_page_was_seen(void **state)
{
	(void)state;
	is_unknown(ids[1]);
}

static void headers_referrer_policy__passes_when_the_last_known_word_is_safe(void **state)
{
	(void)state;
	expect(ids[2], "page", "referrer-policy: unsafe-url, strict-origin", PF_PASS);
	expect(ids[2], "page", "referrer-policy: no-referrer, made-up", PF_PASS);
}

static void headers_referrer_policy__fails_when_addresses_are_told(void **state)
{
	(void)state;
	expect(ids[2], "page", NULL, PF_FAIL);
	expect(ids[2], "page", "referrer-policy: same-origin, unsafe-url", PF_FAIL);
	expect(ids[2], "page", "referrer-policy: no-referrer-when-downgrade", PF_FAIL);
	expect(ids[2], "page", "referrer-policy: made-up", PF_FAIL);
}

static void headers_referrer_policy__is_unknown_when_no_page_was_seen(void **state)
{
	(void)state;
	is_unknown(ids[2]);
}

static void headers_opener_policy__passes_when_what_lacks_it_is_no_document(void **state)
{
	(void)state;
	struct rig *rig = with("static", NULL);
	static const char *const css[] = {"content-type: text/css"};
	rig->answers[2].http.headers = rig_words(rig, 1, css);
	rig_expect(rig, ids[3], PF_PASS);
	rig_free(rig);
	expect(ids[3], "page", "cross-origin-opener-policy: same-origin; report-to=\"x\"", PF_PASS);
	expect(ids[3], "page", "cross-origin-opener-policy: same-origin-allow-popups", PF_PASS);
}

static void headers_opener_policy__fails_when_windows_are_shared(void **state)
{
	(void)state;
	expect(ids[3], "page", NULL, PF_FAIL);
	expect(ids[3], "page", "cross-origin-opener-policy: unsafe-none", PF_FAIL);
}

static void headers_opener_policy__is_unknown_when_no_page_was_seen(void **state)
{
	(void)state;
	is_unknown(ids[3]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			headers_content_type_options__passes_when_the_first_value_is_nosniff),
		cmocka_unit_test(
			headers_content_type_options__fails_when_a_file_or_an_error_lacks_it),
		cmocka_unit_test(headers_content_type_options__is_unknown_when_no_page_was_seen),
		cmocka_unit_test(headers_frame_options__passes_when_a_policy_says_it),
		cmocka_unit_test(headers_frame_options__fails_when_browsers_overlook_it),
		cmocka_unit_test(headers_frame_options__is_unknown_when_no_page_was_seen),
		cmocka_unit_test(headers_referrer_policy__passes_when_the_last_known_word_is_safe),
		cmocka_unit_test(headers_referrer_policy__fails_when_addresses_are_told),
		cmocka_unit_test(headers_referrer_policy__is_unknown_when_no_page_was_seen),
		cmocka_unit_test(headers_opener_policy__passes_when_what_lacks_it_is_no_document),
		cmocka_unit_test(headers_opener_policy__fails_when_windows_are_shared),
		cmocka_unit_test(headers_opener_policy__is_unknown_when_no_page_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
