/* https.redirect-all, .redirect-same-host and .redirect-permanent. */
#include "rig_case.h"

PF_PROBE(https_redirect);

static const char ALL[] = "https.redirect-all", SAME[] = "https.redirect-same-host";
static const char PERMANENT[] = "https.redirect-permanent";

static struct rig *asked(int status, const char *location)
{
	struct rig *rig = rig_new(&pf_probe_https_redirect);
	rig->subject = "http://shop.test/admin/ [10.203.7.10]";
	rig_redirect(rig, "path", status, location);
	return rig;
}

static void expect(int status, const char *location, const char *id, enum pf_status wanted)
{
	struct rig *rig = asked(status, location);
	rig_expect(rig, id, wanted);
	rig_free(rig);
}

static void https_redirect_all__passes_when_redirected(void **state)
{
	(void)state;
	expect(301, "https://shop.test/admin/", ALL, PF_PASS);
	expect(302, "https://www.shop.test/", ALL, PF_PASS);
	expect(308, "HTTPS://shop.test:443/admin/", ALL, PF_PASS);
}

static void https_redirect_all__passes_when_nothing_answers_on_port_80(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://shop.test/");
	rig_put(rig, "path", PF_KIND_http, PF_refused);
	rig_expect_said(rig, ALL, PF_PASS, PF_HIGH, "nothing is served on port 80");
	rig_expect(rig, SAME, PF_SKIP);
	rig_expect(rig, PERMANENT, PF_SKIP);
	rig_put(rig, "path", PF_KIND_http, PF_silent);
	rig_expect(rig, ALL, PF_PASS);
	rig->control_answered = false;
	rig_expect(rig, ALL, PF_UNKNOWN);
	rig_free(rig);
}

static void https_redirect_all__passes_when_the_front_refuses(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://shop.test/");
	rig_page(rig, "path", 403, "403 Forbidden");
	rig_expect(rig, ALL, PF_PASS);
	rig_page(rig, "path", 426, NULL);
	rig_expect(rig, ALL, PF_PASS);
	rig_free(rig);
}

static void https_redirect_all__fails_when_a_page_is_served(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://shop.test/");
	rig_page(rig, "path", 200, "Log in | Django site admin");
	rig_expect_said(rig, ALL, PF_FAIL, PF_HIGH, "Log in | Django site admin");
	rig_expect(rig, SAME, PF_SKIP);
	rig_expect(rig, PERMANENT, PF_SKIP);
	rig_page(rig, "path", 404, "Nothing here");
	rig_expect(rig, ALL, PF_FAIL);
	rig_free(rig);
}

static void https_redirect_all__fails_when_it_stays_on_http(void **state)
{
	(void)state;
	expect(301, "http://www.shop.test/admin/", ALL, PF_FAIL);
	expect(302, "/admin/login/?next=/admin/", ALL, PF_FAIL);
	expect(302, "/?next=https://shop.test/", ALL, PF_FAIL);
}

static void https_redirect_all__fails_when_a_post_reaches_django(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_https_redirect);
	rig->subject = "POST http://shop.test/ [10.203.7.10]";
	rig_django_headers(rig, rig_page(rig, "post", 403, "403 Forbidden"));
	rig_expect(rig, ALL, PF_FAIL);
	rig_page(rig, "post", 405, "405 Not Allowed");
	rig_expect(rig, ALL, PF_PASS);
	rig_redirect(rig, "post", 308, "https://shop.test/");
	rig_expect(rig, ALL, PF_PASS);
	rig_expect(rig, SAME, PF_PASS);
	rig_expect(rig, PERMANENT, PF_PASS);
	rig_free(rig);
}

static void https_redirect_all__fails_when_the_site_has_no_https(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://shop.test/");
	rig->site.url.scheme = "http";
	rig->site.url.text = "http://shop.test";
	rig_expect_said(rig, ALL, PF_FAIL, PF_HIGH, "http://shop.test");
	rig_free(rig);
}

static void https_redirect_all__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://shop.test/");
	rig_put(rig, "path", PF_KIND_http, PF_deadline);
	rig_expect(rig, ALL, PF_UNKNOWN);
	rig_expect(rig, SAME, PF_UNKNOWN);
	rig_expect(rig, PERMANENT, PF_UNKNOWN);
	rig_page(rig, "path", 502, "502 Bad Gateway");
	rig_expect(rig, ALL, PF_UNKNOWN);
	rig_free(rig);
}

static void https_redirect_same_host__passes_when_the_name_stays(void **state)
{
	(void)state;
	expect(301, "https://SHOP.test/admin/", SAME, PF_PASS);
	expect(301, "https://shop.test:443", SAME, PF_PASS);
}

static void https_redirect_same_host__fails_when_it_leaps_to_another_name(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://www.shop.test/admin/");
	rig_expect_said(rig, SAME, PF_FAIL, PF_HIGH, "HSTS");
	rig_free(rig);
	expect(301, "https://shop.test@evil.test/", SAME, PF_FAIL);
	expect(301, "https://evil.test\\\\shop.test/", SAME, PF_FAIL);
	expect(301, "//shop.test/", SAME, PF_FAIL);
}

static void https_redirect_same_host__fails_when_it_goes_back_to_http(void **state)
{
	(void)state;
	expect(301, "http://shop.test/login/", SAME, PF_FAIL);
}

static void https_redirect_same_host__skips_when_the_redirect_is_relative(void **state)
{
	(void)state;
	expect(302, "/admin/login/?next=https://shop.test/", SAME, PF_SKIP);
}

static void https_redirect_same_host__fails_when_an_unknown_host_is_repeated(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_https_redirect);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "bad-host", 301, "https://" CANARY "/?pf=0123abcd-host");
	rig_expect_said(rig, SAME, PF_FAIL, PF_HIGH, "redirected to itself");
	rig_redirect(rig, "bad-host", 301, "https://shop.test/");
	rig_expect(rig, SAME, PF_PASS);
	rig_put(rig, "bad-host", PF_KIND_http, PF_hung_up);
	rig_expect(rig, SAME, PF_PASS);
	rig_put(rig, "bad-host", PF_KIND_http, PF_deadline);
	rig_expect(rig, SAME, PF_UNKNOWN);
	rig_free(rig);
}

static void https_redirect_same_host__fails_low_when_an_alias_leaps_to_the_site(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_https_redirect);
	rig->subject = "http://www.shop.test/ [10.203.7.10]";
	rig_redirect(rig, "path", 301, "https://shop.test/");
	rig_question(rig, "path")->http.url = "http://www.shop.test/";
	rig_expect_said(rig, "https.redirect-same-host", PF_FAIL, PF_LOW, "leaves www.shop.test");
	rig->answers[0].http.location = "https://www.shop.test/";
	rig_expect(rig, "https.redirect-same-host", PF_PASS);
	rig->answers[0].http.location = "https://evil.test/";
	rig_expect_said(rig, "https.redirect-same-host", PF_FAIL, PF_HIGH, "evil.test");
	rig_free(rig);
}

static void https_redirect_same_host__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://shop.test/");
	rig_put(rig, "path", PF_KIND_http, PF_vantage_unreachable);
	rig_expect(rig, SAME, PF_UNKNOWN);
	rig_free(rig);
}

static void https_redirect_permanent__passes_when_it_is_301_or_308(void **state)
{
	(void)state;
	expect(301, "https://shop.test/", PERMANENT, PF_PASS);
	expect(308, "https://shop.test/", PERMANENT, PF_PASS);
}

static void https_redirect_permanent__fails_when_it_is_302(void **state)
{
	(void)state;
	struct rig *rig = asked(302, "https://shop.test/");
	rig_expect_said(rig, PERMANENT, PF_FAIL, PF_LOW, "302");
	rig_free(rig);
	expect(307, "https://shop.test/", PERMANENT, PF_FAIL);
}

static void https_redirect_permanent__skips_when_it_is_not_to_https(void **state)
{
	(void)state;
	expect(302, "http://www.shop.test/", PERMANENT, PF_SKIP);
	expect(302, "/login/", PERMANENT, PF_SKIP);
}

static void https_redirect_permanent__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = asked(301, "https://shop.test/");
	rig_put(rig, "path", PF_KIND_http, PF_no_route);
	rig_expect(rig, PERMANENT, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_redirect_all__passes_when_redirected),
		cmocka_unit_test(https_redirect_all__passes_when_nothing_answers_on_port_80),
		cmocka_unit_test(https_redirect_all__passes_when_the_front_refuses),
		cmocka_unit_test(https_redirect_all__fails_when_a_page_is_served),
		cmocka_unit_test(https_redirect_all__fails_when_it_stays_on_http),
		cmocka_unit_test(https_redirect_all__fails_when_a_post_reaches_django),
		cmocka_unit_test(https_redirect_all__fails_when_the_site_has_no_https),
		cmocka_unit_test(https_redirect_all__is_unknown_when_it_was_not_asked),
		cmocka_unit_test(https_redirect_same_host__passes_when_the_name_stays),
		cmocka_unit_test(https_redirect_same_host__fails_when_it_leaps_to_another_name),
		cmocka_unit_test(https_redirect_same_host__fails_when_it_goes_back_to_http),
		cmocka_unit_test(https_redirect_same_host__skips_when_the_redirect_is_relative),
		cmocka_unit_test(https_redirect_same_host__fails_when_an_unknown_host_is_repeated),
		cmocka_unit_test(
			https_redirect_same_host__fails_low_when_an_alias_leaps_to_the_site),
		cmocka_unit_test(https_redirect_same_host__is_unknown_when_it_was_not_asked),
		cmocka_unit_test(https_redirect_permanent__passes_when_it_is_301_or_308),
		cmocka_unit_test(https_redirect_permanent__fails_when_it_is_302),
		cmocka_unit_test(https_redirect_permanent__skips_when_it_is_not_to_https),
		cmocka_unit_test(https_redirect_permanent__is_unknown_when_it_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
