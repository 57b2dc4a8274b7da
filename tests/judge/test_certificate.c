/* https.certificate: trust, for each name at each address. */
#include "rig_case.h"

PF_PROBE(certificate);

static const char ID[] = "https.certificate";

static void https_certificate__passes_when_the_request_was_answered(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	rig_page(rig, "verified", 200, "Shop");
	rig_expect(rig, ID, PF_PASS);
	rig_page(rig, "verified", 502, "502 Bad Gateway");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_certificate__fails_when_it_is_not_trusted(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	rig_put(rig, "verified", PF_KIND_http, PF_tls_untrusted)->detail =
		"unable to get local issuer certificate";
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "unable to get local issuer certificate");
	rig_free(rig);
}

static void https_certificate__is_unknown_when_none_was_seen(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_tls_failed, PF_refused, PF_silent,
	                                          PF_deadline};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = rig_new(&pf_probe_certificate);
		rig_put(rig, "verified", PF_KIND_http, endings[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_certificate__passes_when_the_request_was_answered),
		cmocka_unit_test(https_certificate__fails_when_it_is_not_trusted),
		cmocka_unit_test(https_certificate__is_unknown_when_none_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
