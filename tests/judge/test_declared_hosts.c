/* allowed-hosts.declared-hosts-work: the names that were announced. */
#include "rig_case.h"

PF_PROBE(declared_hosts);

static const char ID[] = "allowed-hosts.declared-hosts-work";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_declared_hosts);
	rig->subject = "https://www.shop.test [10.203.7.10]";
	rig_page(rig, "home", 200, "Shop");
	rig_page(rig, "declared", 200, "Shop");
	return rig;
}

static void allowed_hosts_declared_hosts_work__passes_when_it_answers(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, ID, PF_PASS);
	rig_redirect(rig, "declared", 301, "https://shop.test/");
	rig_expect(rig, ID, PF_PASS);
	rig_page(rig, "declared", 401, NULL);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_declared_hosts_work__passes_when_the_site_has_no_first_page(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "declared", 404, "Not Found");
	rig_expect(rig, ID, PF_FAIL);
	rig_page(rig, "home", 404, "Not Found");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_declared_hosts_work__fails_when_django_forgot_it(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "declared", 400, "Bad Request (400)");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "400");
	rig_free(rig);
}

static void allowed_hosts_declared_hosts_work__fails_when_nobody_answers(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "declared", PF_hung_up);
	rig_expect(rig, ID, PF_FAIL);
	rig_silence(rig, "declared", PF_silent);
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_declared_hosts_work__is_unknown_when_this_vantage_hears_nothing(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "declared", PF_silent);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_silence(rig, "declared", PF_no_route);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_silence(rig, "declared", PF_stalled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_hosts_declared_hosts_work__passes_when_it_answers),
		cmocka_unit_test(
			allowed_hosts_declared_hosts_work__passes_when_the_site_has_no_first_page),
		cmocka_unit_test(allowed_hosts_declared_hosts_work__fails_when_django_forgot_it),
		cmocka_unit_test(allowed_hosts_declared_hosts_work__fails_when_nobody_answers),
		cmocka_unit_test(
			allowed_hosts_declared_hosts_work__is_unknown_when_this_vantage_hears_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
