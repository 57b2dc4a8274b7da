/* deploy-check.*: ids that are reported or hidden, and the wire beside the settings. */
#include "rig_story.h"

PF_PROBE(deploy_check);

static void deploy_check_clean__passes_when_nothing_is_reported(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_deploy_check);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight django=4.2\\npostflight end=settings\\n");
	rig_told(rig, "deploy", "postflight checked=True\\npostflight end=deploy\\n");
	rig_story(rig, "deploy-check.clean", PF_PASS, "4.2");
}

static void deploy_check_clean__is_unknown_when_the_checks_fail(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_deploy_check);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight django=4.2\\npostflight end=settings\\n");
	rig_told(rig, "deploy", "postflight error=ImportError: x\\n");
	rig_story(rig, "deploy-check.clean", PF_UNKNOWN, "ImportError");
}

static void deploy_check_silenced__is_unknown_when_the_checks_fail(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_deploy_check);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight django=4.2\\npostflight end=settings\\n");
	rig_told(rig, "deploy", "postflight error=ImportError: x\\n");
	rig_story(rig, "deploy-check.silenced", PF_UNKNOWN, "ImportError");
}

static void deploy_check_agrees__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_deploy_check);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "deploy-check.agrees", PF_UNKNOWN, "KeyError");
}

static struct rig *id(const char *tag, const char *name)
{
	struct rig *rig = rig_new(&pf_probe_deploy_check);
	rig->subject = name;
	rig_told(rig, tag, "postflight checked=True\\npostflight end=deploy\\n");
	rig_page(rig, "page", 200, "Shop");
	return rig;
}

static void deploy_check_clean__fails_for_an_id_that_nothing_makes_good(void **state)
{
	(void)state;
	struct rig *rig = id("reported", "security.W016");
	rig_expect_said(rig, "deploy-check.clean", PF_FAIL, PF_HIGH, "CSRF_COOKIE_SECURE");
	rig_free(rig);
}

static void deploy_check_clean__passes_when_the_front_does_it(void **state)
{
	(void)state;
	struct rig *rig = id("reported", "security.W008");
	rig_redirect(rig, "plain", 301, "https://shop.test/");
	rig_expect_said(rig, "deploy-check.clean", PF_PASS, PF_MEDIUM, "the front does");
	rig_redirect(rig, "plain", 301, "http://shop.test/");
	rig_expect(rig, "deploy-check.clean", PF_FAIL);
	rig_free(rig);
}

static void deploy_check_clean__is_unknown_when_the_wire_was_not_seen(void **state)
{
	(void)state;
	struct rig *rig = id("reported", "security.W004");
	rig_silence(rig, "page", PF_silent);
	rig_expect(rig, "deploy-check.clean", PF_UNKNOWN);
	rig_free(rig);
}

static void deploy_check_silenced__passes_when_the_wire_is_right(void **state)
{
	(void)state;
	struct rig *rig = id("hidden", "security.W004");
	rig_header(rig, rig_page(rig, "page", 200, "Shop"), "strict-transport-security: max-age=1");
	rig_expect(rig, "deploy-check.silenced", PF_PASS);
	rig_free(rig);
}

static void deploy_check_silenced__fails_when_the_wire_shows_the_fault(void **state)
{
	(void)state;
	struct rig *rig = id("hidden", "security.W004");
	rig_expect(rig, "deploy-check.silenced", PF_FAIL);
	rig_free(rig);
}

static struct rig *promises(const char *settings)
{
	struct rig *rig = rig_new(&pf_probe_deploy_check);
	rig->subject = "settings";
	rig_told(rig, "settings", settings);
	rig_page(rig, "page", 200, "Shop");
	rig_page(rig, "missing", 404, "Nothing here");
	return rig;
}

#define SECURED(fact)                                                                              \
	"postflight security_middleware=True\\npostflight " fact "\\npostflight end=settings\\n"

static void deploy_check_agrees__passes_when_what_is_promised_arrives(void **state)
{
	(void)state;
	struct rig *rig = promises(SECURED("hsts_seconds=63072000"));
	rig_header(rig, rig_page(rig, "page", 200, "Shop"),
	           "strict-transport-security: max-age=63072000; preload");
	rig_expect(rig, "deploy-check.agrees", PF_PASS);
	rig_free(rig);
}

static void deploy_check_agrees__fails_in_both_directions(void **state)
{
	(void)state;
	struct rig *rig = promises(SECURED("hsts_seconds=63072000"));
	rig_expect_said(rig, "deploy-check.agrees", PF_FAIL, PF_MEDIUM, "none arrives");
	rig_free(rig);
	rig = promises(SECURED("debug=True"));
	rig_expect_said(rig, "deploy-check.agrees", PF_FAIL, PF_MEDIUM, "no technical page");
	rig_free(rig);
	rig = promises(SECURED("ssl_redirect=True"));
	rig_page(rig, "plain", 200, "Shop");
	rig_expect_said(rig, "deploy-check.agrees", PF_FAIL, PF_MEDIUM, "not redirected");
	rig_free(rig);
	rig = promises(SECURED("csrf_cookie_secure=True"));
	rig_header(rig, rig_page(rig, "login", 200, "Log in"), "set-cookie: csrftoken=64; Path=/");
	rig_expect_said(rig, "deploy-check.agrees", PF_FAIL, PF_MEDIUM, "without Secure");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deploy_check_clean__passes_when_nothing_is_reported),
		cmocka_unit_test(deploy_check_clean__is_unknown_when_the_checks_fail),
		cmocka_unit_test(deploy_check_silenced__is_unknown_when_the_checks_fail),
		cmocka_unit_test(deploy_check_agrees__is_unknown_without_settings),
		cmocka_unit_test(deploy_check_clean__fails_for_an_id_that_nothing_makes_good),
		cmocka_unit_test(deploy_check_clean__passes_when_the_front_does_it),
		cmocka_unit_test(deploy_check_clean__is_unknown_when_the_wire_was_not_seen),
		cmocka_unit_test(deploy_check_silenced__passes_when_the_wire_is_right),
		cmocka_unit_test(deploy_check_silenced__fails_when_the_wire_shows_the_fault),
		cmocka_unit_test(deploy_check_agrees__passes_when_what_is_promised_arrives),
		cmocka_unit_test(deploy_check_agrees__fails_in_both_directions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
