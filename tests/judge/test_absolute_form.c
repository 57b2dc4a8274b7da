/* allowed-hosts.absolute-form: two hosts in one request. */
#include "rig_case.h"

PF_PROBE(absolute_form);

static const char ID[] = "allowed-hosts.absolute-form";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_absolute_form);
	rig_good(rig);
	rig_put(rig, "absolute-good", PF_KIND_http, PF_hung_up);
	rig_put(rig, "absolute-bad", PF_KIND_http, PF_hung_up);
	return rig;
}

static void allowed_hosts_absolute_form__passes_when_both_are_dropped(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_absolute_form__passes_when_the_site_is_served_without_an_echo(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "absolute-good", 200, "Shop");
	rig_page(rig, "absolute-bad", 404, "Nothing here");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_absolute_form__passes_when_an_error_or_a_path_quotes_the_address(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "absolute-bad", 404, "Nothing here"), "//" CANARY);
	rig_expect(rig, ID, PF_PASS);
	rig_redirect(rig, "absolute-bad", 301, "/https://" CANARY "/");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_absolute_form__fails_when_the_bogus_name_comes_back(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "absolute-good", 200, "Shop"), "//" CANARY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "in an address on the page");
	rig_put(rig, "absolute-good", PF_KIND_http, PF_hung_up);
	rig_redirect(rig, "absolute-bad", 301, "https://" CANARY "/login/");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "Location");
	rig_free(rig);
}

static void allowed_hosts_absolute_form__fails_when_django_refuses_what_the_front_let_by(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "absolute-good", 400, "Bad Request (400)");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "by Django");
	rig_django_headers(rig, rig_page(rig, "absolute-good", 400, "We did not understand that"));
	rig_page(rig, "front-error", 400, "400 Bad Request");
	rig_expect(rig, ID, PF_FAIL);
	rig_page(rig, "absolute-good", 400, "400 Bad Request");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_absolute_form__is_unknown_when_one_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "absolute-bad", PF_KIND_http, PF_worker_hung);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "absolute-bad", PF_KIND_http, PF_hung_up);
	rig_page(rig, "good-again", 503, NULL);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_hosts_absolute_form__passes_when_both_are_dropped),
		cmocka_unit_test(
			allowed_hosts_absolute_form__passes_when_the_site_is_served_without_an_echo),
		cmocka_unit_test(
			allowed_hosts_absolute_form__passes_when_an_error_or_a_path_quotes_the_address),
		cmocka_unit_test(allowed_hosts_absolute_form__fails_when_the_bogus_name_comes_back),
		cmocka_unit_test(
			allowed_hosts_absolute_form__fails_when_django_refuses_what_the_front_let_by),
		cmocka_unit_test(allowed_hosts_absolute_form__is_unknown_when_one_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
