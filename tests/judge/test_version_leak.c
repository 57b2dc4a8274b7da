/* headers.version-leak: versions, and digits that are none. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(version_leak);

static const char ID[] = "headers.version-leak";

static struct rig *saying(const char *tag, const char *header)
{
	struct rig *rig = rig_new(&pf_probe_version_leak);
	rig_page(rig, "page", 200, "Shop");
	rig_header(rig, rig_page(rig, tag, strcmp(tag, "error") == 0 ? 404 : 200, "Shop"), header);
	return rig;
}

static void headers_version_leak__passes_when_digits_are_no_version(void **state)
{
	(void)state;
	static const char *const fine[] = {"server: nginx",           "server: AmazonS3",
	                                   "via: 1.1 varnish, 2 cdn", "via: HTTP/1.1 proxy",
	                                   "x-powered-by: Express",   "date: 10.10.10"};
	for (size_t i = 0; i < PF_COUNT(fine); i++) {
		struct rig *rig = saying("page", fine[i]);
		rig_expect(rig, ID, PF_PASS);
		rig_free(rig);
	}
}

static void headers_version_leak__fails_when_a_version_is_named(void **state)
{
	(void)state;
	static const char *const told[] = {
		"server: nginx/1.22.1",
		"server: WSGIServer/0.2 CPython/3.11.2",
		"server: Apache/2",
		"x-powered-by: Phusion Passenger 6.0.2",
		"via: 1.1 front (Varnish/7.1)",
		"x-aspnet-version: 4.0.30319",
		"server: cloud, gunicorn/20.1.0",
	};
	for (size_t i = 0; i < PF_COUNT(told); i++) {
		struct rig *rig = saying("page", told[i]);
		rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "the first page says");
		rig_free(rig);
	}
	struct rig *rig = saying("static", "server: nginx/1.22.1");
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "a static file says");
	rig_free(rig);
}

static void headers_version_leak__is_unknown_when_no_page_was_seen(void **state)
{
	(void)state;
	struct rig *rig = saying("error", "server: nginx");
	rig_silence(rig, "page", PF_stalled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_page(rig, "page", 429, "Slow down");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_version_leak__passes_when_digits_are_no_version),
		cmocka_unit_test(headers_version_leak__fails_when_a_version_is_named),
		cmocka_unit_test(headers_version_leak__is_unknown_when_no_page_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
