/* allowed-hosts.setting: what Django itself is told. */
#include "rig_case.h"

PF_PROBE(django_hosts);

static const char ID[] = "allowed-hosts.setting";

#define NAMES "postflight allowed_host=shop.test\\npostflight allowed_host=www.shop.test\\n"
#define FORWARDED_OFF "postflight use_x_forwarded_host=False\\n"
#define FORWARDED_ON "postflight use_x_forwarded_host=True\\n"
#define END "postflight end=settings\\n"

static struct rig *settings(const char *output)
{
	static const char *const on[] = {"bastion"};
	struct rig *rig = rig_new(&pf_probe_django_hosts);
	rig->site.app =
		(struct pf_app){.declared = true, .on = {on, 1}, .settings = "shop.settings"};
	rig->subject = "settings";
	rig_put(rig, "settings", PF_KIND_exec, PF_answered)->exec.output = output;
	return rig;
}

static void allowed_hosts_setting__passes_when_names_are_exact(void **state)
{
	(void)state;
	struct rig *rig = settings(NAMES FORWARDED_OFF END);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "[shop.test, www.shop.test]");
	rig_free(rig);
}

static void allowed_hosts_setting__fails_when_a_star_is_among_them(void **state)
{
	(void)state;
	struct rig *rig = settings(NAMES "postflight allowed_host=*\\n" FORWARDED_OFF END);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "'*'");
	rig_free(rig);
}

static void allowed_hosts_setting__passes_when_the_front_overwrites_the_header(void **state)
{
	(void)state;
	struct rig *rig = settings(NAMES FORWARDED_ON END);
	rig_good(rig);
	rig_page(rig, "forwarded", 200, "Shop");
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "changes nothing");
	rig_free(rig);
}

static void allowed_hosts_setting__fails_when_the_front_passes_the_header_on(void **state)
{
	(void)state;
	struct rig *rig = settings(NAMES FORWARDED_ON END);
	rig_good(rig);
	rig_found(rig, rig_page(rig, "forwarded", 200, "Shop"), "//" CANARY);
	rig_expect(rig, ID, PF_FAIL);
	rig_page(rig, "forwarded", 400, "Bad Request (400)");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "passes on a client's");
	rig_free(rig);
}

static void allowed_hosts_setting__is_unknown_when_the_front_was_not_seen(void **state)
{
	(void)state;
	struct rig *rig = settings(NAMES FORWARDED_ON END);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_good(rig);
	rig_put(rig, "forwarded", PF_KIND_http, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void allowed_hosts_setting__is_unknown_when_the_settings_were_not_read(void **state)
{
	(void)state;
	struct rig *rig = settings(NAMES FORWARDED_OFF);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "settings", PF_KIND_exec, PF_no_program);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allowed_hosts_setting__passes_when_names_are_exact),
		cmocka_unit_test(allowed_hosts_setting__fails_when_a_star_is_among_them),
		cmocka_unit_test(
			allowed_hosts_setting__passes_when_the_front_overwrites_the_header),
		cmocka_unit_test(allowed_hosts_setting__fails_when_the_front_passes_the_header_on),
		cmocka_unit_test(allowed_hosts_setting__is_unknown_when_the_front_was_not_seen),
		cmocka_unit_test(allowed_hosts_setting__is_unknown_when_the_settings_were_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
