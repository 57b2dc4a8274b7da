/* allowed-hosts.sni: names in the handshake. */
#include "rig_case.h"

PF_PROBE(sni);

static const char ID[] = "allowed-hosts.sni";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_sni);
	rig_good(rig);
	rig_put(rig, "unknown-name", PF_KIND_http, PF_tls_failed);
	rig_put(rig, "no-name", PF_KIND_http, PF_tls_failed);
	rig_put(rig, "mismatch", PF_KIND_http, PF_hung_up);
	return rig;
}

static void allowed_hosts_sni__passes_when_the_handshake_is_rejected(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_sni__passes_when_the_request_is_misdirected(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "unknown-name", 421, "421 Misdirected Request");
	rig_page(rig, "no-name", 200, "Welcome to nginx!");
	rig_page(rig, "mismatch", 400, "Bad Request (400)");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_sni__fails_when_any_of_them_reaches_the_site(void **state)
{
	(void)state;
	static const char *const tags[] = {"unknown-name", "no-name", "mismatch"};
	for (size_t i = 0; i < PF_COUNT(tags); i++) {
		struct rig *rig = site();
		rig_page(rig, tags[i], 200, "Shop");
		rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "with the site's own page");
		rig_free(rig);
	}
}

static void allowed_hosts_sni__is_unknown_when_the_site_is_not_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "good", PF_KIND_http, PF_tls_failed);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_good(rig);
	rig_put(rig, "no-name", PF_KIND_http, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_hosts_sni__passes_when_the_handshake_is_rejected),
		cmocka_unit_test(allowed_hosts_sni__passes_when_the_request_is_misdirected),
		cmocka_unit_test(allowed_hosts_sni__fails_when_any_of_them_reaches_the_site),
		cmocka_unit_test(allowed_hosts_sni__is_unknown_when_the_site_is_not_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
