/* allowed-hosts.ip-rejected and .subdomains: names that lead to the site without being its own. */
#include "rig_case.h"

PF_PROBE(near_names);

static const char IP[] = "allowed-hosts.ip-rejected", SUB[] = "allowed-hosts.subdomains";
static const char UNDER[] = "pf-0123abcd.shop.test";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_near_names);
	rig_good(rig);
	rig_page_for(rig, "ip-address", "10.203.7.10", 400, "Bad Request (400)");
	rig_page_for(rig, "ip-localhost", "localhost", 404, "404 Not Found");
	rig_page_for(rig, "ip-loopback", "127.0.0.1", 421, NULL);
	rig_page_for(rig, "ip-loopback-6", "[::1]", 421, NULL);
	rig_page_for(rig, "ip-private", "192.168.0.1", 421, NULL);
	rig_page_for(rig, "subdomain", UNDER, 400, "Bad Request (400)");
	return rig;
}

static void allowed_hosts_ip_rejected__passes_when_addresses_are_refused(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, IP, PF_PASS, PF_MEDIUM, "10.203.7.10");
	rig_free(rig);
}

static void allowed_hosts_ip_rejected__fails_when_an_address_is_served(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "ip-loopback", "127.0.0.1", 200, "Shop");
	rig_expect_said(rig, IP, PF_FAIL, PF_MEDIUM, "\"127.0.0.1\"");
	rig_page_for(rig, "ip-address", "[2001:db8::1]", 200, "Shop");
	rig_expect_said(rig, IP, PF_FAIL, PF_MEDIUM, "[2001:db8::1]");
	rig_free(rig);
}

static void allowed_hosts_ip_rejected__passes_when_the_address_is_declared(void **state)
{
	(void)state;
	static const char *const hosts[] = {"shop.test", "2001:db8::1"};
	struct rig *rig = site();
	rig->site.hosts = (struct pf_words){hosts, 2};
	rig_page_for(rig, "ip-address", "[2001:db8::1]", 200, "Shop");
	rig_expect(rig, IP, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_ip_rejected__is_unknown_when_one_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "ip-localhost", PF_worker_died);
	rig_expect(rig, IP, PF_UNKNOWN);
	rig_page_for(rig, "ip-localhost", "localhost", 404, NULL);
	rig_page(rig, "good", 500, "Server Error (500)");
	rig_expect(rig, IP, PF_UNKNOWN);
	rig_free(rig);
}

static void allowed_hosts_ip_rejected__fails_over_http_when_the_site_is_served(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_near_names);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "plain-good", 301, "https://shop.test/");
	rig_page(rig, "plain-home", 200, "Shop");
	rig_redirect(rig, "plain-ip", 301, "https://10.203.7.10/");
	rig_question(rig, "plain-ip")->http.host = "10.203.7.10";
	rig_expect(rig, IP, PF_PASS);
	rig_page_for(rig, "plain-ip", "10.203.7.10", 200, "Shop");
	rig_expect(rig, IP, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_subdomains__passes_when_one_is_refused(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, SUB, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_subdomains__fails_when_one_is_served(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "subdomain", UNDER, 200, "Shop");
	rig_expect_said(rig, SUB, PF_FAIL, PF_LOW, UNDER);
	rig_free(rig);
}

static void allowed_hosts_subdomains__skips_when_they_are_declared(void **state)
{
	(void)state;
	static const char *const hosts[] = {"shop.test", "*.shop.test"};
	struct rig *rig = site();
	rig->site.hosts = (struct pf_words){hosts, 2};
	rig_page_for(rig, "subdomain", UNDER, 200, "Shop");
	rig_expect(rig, SUB, PF_SKIP);
	rig_free(rig);
}

static void allowed_hosts_subdomains__is_unknown_when_the_site_is_not_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "good", PF_tls_failed);
	rig_expect(rig, SUB, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_hosts_ip_rejected__passes_when_addresses_are_refused),
		cmocka_unit_test(allowed_hosts_ip_rejected__fails_when_an_address_is_served),
		cmocka_unit_test(allowed_hosts_ip_rejected__passes_when_the_address_is_declared),
		cmocka_unit_test(allowed_hosts_ip_rejected__is_unknown_when_one_was_not_asked),
		cmocka_unit_test(
			allowed_hosts_ip_rejected__fails_over_http_when_the_site_is_served),
		cmocka_unit_test(allowed_hosts_subdomains__passes_when_one_is_refused),
		cmocka_unit_test(allowed_hosts_subdomains__fails_when_one_is_served),
		cmocka_unit_test(allowed_hosts_subdomains__skips_when_they_are_declared),
		cmocka_unit_test(allowed_hosts_subdomains__is_unknown_when_the_site_is_not_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
