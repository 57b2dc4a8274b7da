/* allowed-hosts.second-request: later on a connection, and over HTTP/2. */
#include "rig_case.h"

PF_PROBE(second_request);

static const char ID[] = "allowed-hosts.second-request";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_second_request);
	rig_good(rig);
	rig_put(rig, "second", PF_KIND_http, PF_hung_up);
	rig_put(rig, "http2", PF_KIND_http, PF_hung_up);
	return rig;
}

static struct pf_facts_http *second(struct rig *rig, int first, int status, const char *title)
{
	struct pf_facts_http *facts = rig_page(rig, "second", status, title);
	facts->first_status = first;
	return facts;
}

static void allowed_hosts_second_request__passes_when_the_connection_is_closed(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, ID, PF_PASS);
	second(rig, 200, 400, "Bad Request (400)");
	rig_page(rig, "http2", 421, NULL);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_second_request__fails_when_the_second_is_served(void **state)
{
	(void)state;
	struct rig *rig = site();
	second(rig, 200, 200, "Shop");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "on the same connection");
	rig_found(rig, second(rig, 200, 200, "Another page"), "//" CANARY);
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_second_request__fails_when_http2_is_served(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "http2", 200, "Shop")->version = "2";
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "HTTP/2");
	rig_free(rig);
}

static void allowed_hosts_second_request__is_unknown_when_the_first_was_refused(void **state)
{
	(void)state;
	struct rig *rig = site();
	second(rig, 403, 403, "Attention Required!");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_MEDIUM, "403");
	rig_put(rig, "second", PF_KIND_http, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "second", PF_KIND_http, PF_hung_up);
	rig_put(rig, "http2", PF_KIND_http, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "http2", PF_KIND_http, PF_hung_up);
	rig_page(rig, "good", 503, NULL);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			allowed_hosts_second_request__passes_when_the_connection_is_closed),
		cmocka_unit_test(allowed_hosts_second_request__fails_when_the_second_is_served),
		cmocka_unit_test(allowed_hosts_second_request__fails_when_http2_is_served),
		cmocka_unit_test(
			allowed_hosts_second_request__is_unknown_when_the_first_was_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
