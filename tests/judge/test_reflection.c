/* allowed-hosts.no-reflection: does the bogus name come back at all? */
#include "rig_case.h"

#include <string.h>

PF_PROBE(reflection);

static const char ID[] = "allowed-hosts.no-reflection";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_reflection);
	rig_good(rig);
	rig_put(rig, "host", PF_KIND_http, PF_hung_up);
	rig_page(rig, "origin", 200, "Shop");
	rig_page(rig, "forwarded", 200, "Shop");
	rig_page(rig, "forwarded-login", 200, "Log in");
	return rig;
}

static void allowed_hosts_no_reflection__passes_when_nothing_comes_back(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_no_reflection__passes_when_an_error_page_quotes_it(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "host", 404, "No such site"), "//" CANARY);
	rig_expect(rig, ID, PF_PASS);
	rig_found(rig, rig_page(rig, "host", 400, "DisallowedHost at /"), CANARY);
	rig_expect(rig, ID, PF_PASS);
	rig_header(rig, rig_page(rig, "host", 421, NULL), "x-refused-host: " CANARY);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_no_reflection__fails_when_it_is_a_link_a_redirect_or_a_cookie(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "host", 200, "Shop"), "//" CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "in an address on the page");
	rig_redirect(rig, "host", 301, "https://PF-0123ABCD.invalid/");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "Location");
	struct pf_facts_http *page = rig_page(rig, "host", 200, "Shop");
	rig_header(rig, page, "set-cookie: sessionid=(32); Domain=" CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "set-cookie");
	rig_free(rig);
}

static void allowed_hosts_no_reflection__fails_when_any_origin_is_allowed(void **state)
{
	(void)state;
	struct rig *rig = site();
	struct pf_facts_http *page = rig_page(rig, "origin", 200, "Shop");
	rig_header(rig, page, "access-control-allow-origin: https://" CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "access-control-allow-origin");
	rig_free(rig);
}

static void allowed_hosts_no_reflection__fails_when_a_proxy_header_comes_back(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "forwarded", 200, "Shop"), "//xfh." CANARY);
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_no_reflection__passes_when_a_link_leads_back_to_the_referrer(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "origin", 200, "Shop"), "//ref." CANARY);
	rig_found(rig, rig_page(rig, "form", 200, "Log in"), "//" CANARY);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_no_reflection__fails_when_visitors_are_sent_to_the_referrer(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_redirect(rig, "origin", 302, "https://ref." CANARY "/");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "sent as Referer came back in the Location");
	rig_page(rig, "origin", 200, "Shop");
	rig_redirect(rig, "form", 302, "https://" CANARY "/");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "of a form came back in the Location");
	rig_free(rig);
}

static void allowed_hosts_no_reflection__fails_and_says_that_a_cache_kept_it(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "host", 200, "Shop"), "//" CANARY);
	rig_page(rig, "host-clean", 200, "Shop");
	rig_expect(rig, ID, PF_FAIL);
	assert_null(strstr(rig_find(rig, ID)->summary, "cache"));
	rig_found(rig, rig_page(rig, "host-clean", 200, "Shop"), "//" CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "a cache gave it to the next visitor");
	rig_put(rig, "host", PF_KIND_http, PF_hung_up);
	rig_found(rig, rig_page(rig, "origin", 200, "Shop"), "//ref." CANARY);
	rig_found(rig, rig_page(rig, "origin-clean", 200, "Shop"), "//ref." CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "a cache gave it to the next visitor");
	rig_free(rig);
}

static void allowed_hosts_no_reflection__fails_when_http_redirects_to_it(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_reflection);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "plain-host", 301, "https://shop.test/");
	rig_expect(rig, ID, PF_PASS);
	rig_redirect(rig, "plain-host", 301, "https://" CANARY "/?pf=0123abcd-host");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "over plain HTTP");
	rig_put(rig, "plain-host", PF_KIND_http, PF_refused);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_no_reflection__is_unknown_when_one_way_was_not_tried(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "origin", PF_KIND_http, PF_no_resources);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_page(rig, "origin", 200, "Shop");
	rig_put(rig, "good", PF_KIND_http, PF_refused);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_hosts_no_reflection__passes_when_nothing_comes_back),
		cmocka_unit_test(allowed_hosts_no_reflection__passes_when_an_error_page_quotes_it),
		cmocka_unit_test(
			allowed_hosts_no_reflection__fails_when_it_is_a_link_a_redirect_or_a_cookie),
		cmocka_unit_test(allowed_hosts_no_reflection__fails_when_any_origin_is_allowed),
		cmocka_unit_test(allowed_hosts_no_reflection__fails_when_a_proxy_header_comes_back),
		cmocka_unit_test(
			allowed_hosts_no_reflection__passes_when_a_link_leads_back_to_the_referrer),
		cmocka_unit_test(
			allowed_hosts_no_reflection__fails_when_visitors_are_sent_to_the_referrer),
		cmocka_unit_test(allowed_hosts_no_reflection__fails_and_says_that_a_cache_kept_it),
		cmocka_unit_test(allowed_hosts_no_reflection__fails_when_http_redirects_to_it),
		cmocka_unit_test(
			allowed_hosts_no_reflection__is_unknown_when_one_way_was_not_tried),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
