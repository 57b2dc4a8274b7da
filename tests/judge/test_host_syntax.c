/* allowed-hosts.malformed: sixteen Hosts that are none, and five over plain HTTP. */
#include "rig_case.h"

PF_PROBE(host_syntax);

static const char ID[] = "allowed-hosts.malformed";

static struct rig *site(void)
{
	static const char *const silent[] = {
		"doubled", "doubled-bad-first", "folded",      "space",
		"empty",   "missing",           "missing-1.0", "two-names"};
	struct rig *rig = rig_new(&pf_probe_host_syntax);
	rig_good(rig);
	rig_page_for(rig, "port-text", "shop.test:" CANARY, 400, "400 Bad Request");
	rig_page_for(rig, "port-number", "shop.test:23456", 400, "400 Bad Request");
	rig_page_for(rig, "port-user", "shop.test:@" CANARY, 400, "400 Bad Request");
	rig_page_for(rig, "dotted", "SHOP.TEST.", 200, "Shop");
	rig_page_for(rig, "underscore", "pf_0123abcd.invalid", 404, "404 Not Found");
	rig_page_for(rig, "at-sign", "shop.test@" CANARY, 400, "400 Bad Request");
	rig_page_for(rig, "glued-before", "pf-0123abcdshop.test", 404, "404 Not Found");
	rig_page_for(rig, "glued-after", "shop.test." CANARY, 404, "404 Not Found");
	for (size_t i = 0; i < PF_COUNT(silent); i++)
		rig_put(rig, silent[i], PF_KIND_http, PF_stalled);
	return rig;
}

static void allowed_hosts_malformed__passes_when_all_are_refused_or_hang(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_malformed__passes_when_django_refuses_them(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "glued-before", "pf-0123abcdshop.test", 400, "Bad Request (400)");
	rig_page(rig, "empty", 400, "Bad Request (400)");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_malformed__passes_when_a_nonsense_port_is_thrown_away(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "port-text", "shop.test:" CANARY, 200, "Shop");
	rig_page_for(rig, "port-number", "shop.test:23456", 200, "Shop");
	rig_page(rig, "folded", 200, "Shop");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_malformed__fails_when_a_port_comes_back(void **state)
{
	(void)state;
	struct rig *rig = site();
	struct pf_facts_http *page =
		rig_page_for(rig, "port-number", "shop.test:23456", 200, "Shop");
	rig_found(rig, page, "//shop.test:23456");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "shop.test:23456");
	rig_redirect(rig, "port-number", 301, "https://shop.test:23456/");
	rig_question(rig, "port-number")->http.host = "shop.test:23456";
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "Location");
	rig_free(rig);
}

static void allowed_hosts_malformed__fails_when_names_are_matched_in_part(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "glued-before", "pf-0123abcdshop.test", 200, "Shop");
	rig_page_for(rig, "glued-after", "shop.test." CANARY, 200, "Shop");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "pf-0123abcdshop.test");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "shop.test." CANARY);
	rig_free(rig);
}

static void allowed_hosts_malformed__fails_when_no_host_is_served_the_site(void **state)
{
	(void)state;
	static const char *const tags[] = {"doubled", "doubled-bad-first", "space",    "empty",
	                                   "missing", "missing-1.0",       "two-names"};
	for (size_t i = 0; i < PF_COUNT(tags); i++) {
		struct rig *rig = site();
		rig_page(rig, tags[i], 200, "Shop");
		rig_expect(rig, ID, PF_FAIL);
		rig_free(rig);
	}
}

static void allowed_hosts_malformed__is_unknown_when_one_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "missing-1.0", PF_KIND_http, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "missing-1.0", PF_KIND_http, PF_hung_up);
	rig_page(rig, "good", 429, NULL);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static struct rig *plain(void)
{
	static const char *const tags[] = {"plain-port",     "plain-at-sign", "plain-doubled",
	                                   "plain-absolute", "plain-missing", "plain-host"};
	struct rig *rig = rig_new(&pf_probe_host_syntax);
	rig->subject = "http://shop.test [10.203.7.10]";
	for (size_t i = 0; i < PF_COUNT(tags); i++)
		rig_redirect(rig, tags[i], 301, "https://shop.test/");
	return rig;
}

static void allowed_hosts_malformed__passes_over_http_when_redirects_are_literal(void **state)
{
	(void)state;
	struct rig *rig = plain();
	rig_expect(rig, ID, PF_PASS);
	rig_silence(rig, "plain-missing", PF_hung_up);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_malformed__fails_over_http_when_a_redirect_repeats_it(void **state)
{
	(void)state;
	struct rig *rig = plain();
	rig_redirect(rig, "plain-absolute", 301, "https://" CANARY "/");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "another Host");
	rig_free(rig);
	rig = plain();
	rig_redirect(rig, "plain-missing", 301, "https:///?pf=0123abcd-plain");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "nowhere");
	rig_redirect(rig, "plain-host", 301, "https://" CANARY "/");
	rig_expect(rig, ID, PF_SKIP); /* one fault, one finding */
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			allowed_hosts_malformed__passes_over_http_when_redirects_are_literal),
		cmocka_unit_test(
			allowed_hosts_malformed__fails_over_http_when_a_redirect_repeats_it),
		cmocka_unit_test(allowed_hosts_malformed__passes_when_all_are_refused_or_hang),
		cmocka_unit_test(allowed_hosts_malformed__passes_when_django_refuses_them),
		cmocka_unit_test(
			allowed_hosts_malformed__passes_when_a_nonsense_port_is_thrown_away),
		cmocka_unit_test(allowed_hosts_malformed__fails_when_a_port_comes_back),
		cmocka_unit_test(allowed_hosts_malformed__fails_when_names_are_matched_in_part),
		cmocka_unit_test(allowed_hosts_malformed__fails_when_no_host_is_served_the_site),
		cmocka_unit_test(allowed_hosts_malformed__is_unknown_when_one_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
