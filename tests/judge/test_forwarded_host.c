/* allowed-hosts.forwarded-host: headers for proxies, from a client. */
#include "rig_case.h"

PF_PROBE(forwarded_host);

static const char ID[] = "allowed-hosts.forwarded-host";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_forwarded_host);
	rig_good(rig);
	rig_page(rig, "forwarded", 200, "Shop");
	rig_page(rig, "forwarded-login", 200, "Log in");
	rig_page(rig, "rewritten", 200, "Shop");
	return rig;
}

static void allowed_hosts_forwarded_host__passes_when_nothing_changes(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "change nothing");
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__passes_when_a_firewall_blocks_it(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "forwarded", 403, "Attention Required!");
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "firewall");
	rig_put(rig, "forwarded", PF_KIND_http, PF_hung_up);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__fails_when_a_name_comes_back(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "forwarded", 200, "Shop"), "//xfh." CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "X-Forwarded-Host was believed");
	rig_page(rig, "forwarded", 200, "Shop");
	rig_redirect(rig, "forwarded-login", 302, "https://fwd." CANARY "/accounts/login/");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "Forwarded was believed");
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__fails_when_the_page_for_passwords_believes_it(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "forwarded-reset", 404, "Not Found");
	rig_expect(rig, ID, PF_PASS);
	rig_found(rig, rig_page(rig, "forwarded-reset", 200, "Reset"), "//xfh." CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "X-Forwarded-Host was believed");
	rig_found(rig, rig_page(rig, "clean-reset", 200, "Reset"), "//xfh." CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "a cache gave it to the next visitor");
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__fails_when_a_cache_kept_it(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "forwarded", 200, "Shop"), "//xhost." CANARY);
	rig_found(rig, rig_page(rig, "clean", 200, "Shop"), "//xhost." CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "a cache gave it to the next visitor");
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__fails_when_the_page_turns_into_djangos_400(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "forwarded", 400, "Bad Request (400)");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "believed the header and refused");
	rig_django_headers(rig, rig_page(rig, "forwarded", 400, "We did not understand that"));
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__is_unknown_when_another_page_answers(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "forwarded", 200, "Request Rejected");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "forwarded", PF_KIND_http, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_page(rig, "forwarded", 200, "Shop");
	rig_put(rig, "good", PF_KIND_http, PF_stalled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__fails_when_a_path_in_a_header_is_believed(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "rewritten", 404, "Nothing here");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "X-Original-URL");
	rig_page(rig, "rewritten", 403, "Attention Required!");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_forwarded_host__fails_over_http_when_a_redirect_believes_it(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_forwarded_host);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "plain-forwarded", 301, "https://shop.test/");
	rig_expect(rig, ID, PF_PASS);
	rig_redirect(rig, "plain-forwarded", 301, "https://xfh." CANARY "/");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "X-Forwarded-Host was believed");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			allowed_hosts_forwarded_host__fails_when_a_path_in_a_header_is_believed),
		cmocka_unit_test(
			allowed_hosts_forwarded_host__fails_over_http_when_a_redirect_believes_it),
		cmocka_unit_test(allowed_hosts_forwarded_host__passes_when_nothing_changes),
		cmocka_unit_test(allowed_hosts_forwarded_host__passes_when_a_firewall_blocks_it),
		cmocka_unit_test(allowed_hosts_forwarded_host__fails_when_a_name_comes_back),
		cmocka_unit_test(
			allowed_hosts_forwarded_host__fails_when_the_page_for_passwords_believes_it),
		cmocka_unit_test(allowed_hosts_forwarded_host__fails_when_a_cache_kept_it),
		cmocka_unit_test(
			allowed_hosts_forwarded_host__fails_when_the_page_turns_into_djangos_400),
		cmocka_unit_test(
			allowed_hosts_forwarded_host__is_unknown_when_another_page_answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
