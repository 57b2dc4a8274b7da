/* debug.off: technical pages, and pages that only look like them. */
#include "rig_case.h"

PF_PROBE(debug);

static struct rig *quiet_errors(void)
{
	struct rig *rig = rig_new(&pf_probe_debug);
	rig_page(rig, "missing-page", 404, "Not Found");
	rig_silence(rig, "bad-host", PF_hung_up);
	rig_page(rig, "form", 403, "403 Forbidden");
	return rig;
}

static struct rig *settings(const char *output)
{
	static const char *const on[] = {"bastion"};
	struct rig *rig = rig_new(&pf_probe_debug);
	rig->site.app = (struct pf_app){
		.declared = true, .on = {on, 1}, .settings = "shop.settings.production"};
	rig->subject = "settings";
	rig_put(rig, "settings", PF_KIND_exec, PF_answered)->exec.output = output;
	return rig;
}

static void debug_off__passes_when_errors_are_short(void **state)
{
	(void)state;
	struct rig *rig = quiet_errors();
	rig_expect(rig, "debug.off", PF_PASS);
	rig_free(rig);
}

static void debug_off__passes_when_the_production_csrf_page_names_debug(void **state)
{
	(void)state; /* "More information is available with DEBUG=True." is no marker */
	struct rig *rig = quiet_errors();
	rig_found(rig, rig_page(rig, "form", 403, "403 Forbidden"), "DEBUG=True");
	rig_expect(rig, "debug.off", PF_PASS);
	rig_free(rig);
}

static void debug_off__fails_when_a_missing_page_lists_the_urls(void **state)
{
	(void)state;
	struct rig *rig = quiet_errors();
	struct pf_facts_http *page = rig_page(rig, "missing-page", 404, "Page not found at /pf-x/");
	rig_found(rig, page, "Django tried these URL patterns");
	rig_expect_said(rig, "debug.off", PF_FAIL, PF_CRITICAL, "Page not found at /pf-x/");
	rig_free(rig);
}

static void debug_off__fails_when_a_footer_has_the_curly_apostrophe(void **state)
{
	(void)state; /* the footer's "You’re" is never looked for, only what follows it */
	struct rig *rig = quiet_errors();
	rig_found(rig, rig_page(rig, "form", 403, "403 Forbidden"), "DEBUG = True</code>");
	rig_expect_said(rig, "debug.off", PF_FAIL, PF_CRITICAL, "without a token");
	rig_free(rig);
}

static void debug_off__fails_when_a_bad_host_shows_disallowedhost(void **state)
{
	(void)state;
	struct rig *rig = quiet_errors();
	rig_page(rig, "bad-host", 400, "DisallowedHost at /");
	rig_expect_said(rig, "debug.off", PF_FAIL, PF_CRITICAL, "DisallowedHost");
	rig_free(rig);
}

static void debug_off__fails_when_an_error_of_the_application_is_shown(void **state)
{
	(void)state; /* in HTML, or in plain text to those who do not accept it */
	struct rig *rig = quiet_errors();
	rig_page(rig, "broken", 500, "Server Error (500)");
	rig_expect_said(rig, "debug.off", PF_PASS, PF_CRITICAL, "cannot be decoded");
	rig_found(rig, rig_page(rig, "broken", 500, NULL), "\nPython Executable: ");
	rig_expect_said(rig, "debug.off", PF_FAIL, PF_CRITICAL, "decodes nothing");
	rig_found(rig, rig_page(rig, "broken", 500, "UnicodeError at /accounts/login/"),
	          "id=\"pasteform\"");
	rig_expect(rig, "debug.off", PF_FAIL);
	rig_free(rig);
}

static void debug_off__is_unknown_when_the_missing_page_is_not_answered(void **state)
{
	(void)state;
	struct rig *rig = quiet_errors();
	rig_silence(rig, "missing-page", PF_stalled);
	rig_expect(rig, "debug.off", PF_UNKNOWN);
	rig_silence(rig, "missing-page", PF_deadline);
	rig_expect(rig, "debug.off", PF_UNKNOWN);
	rig_page(rig, "missing-page", 502, "502 Bad Gateway");
	rig_expect(rig, "debug.off", PF_UNKNOWN);
	rig_page(rig, "missing-page", 429, "Too many requests");
	rig_expect(rig, "debug.off", PF_UNKNOWN);
	rig_free(rig);
}

static void debug_off__passes_when_the_setting_is_false(void **state)
{
	(void)state;
	struct rig *rig = settings("postflight debug=False\\npostflight end=settings\\n");
	rig_expect(rig, "debug.off", PF_PASS);
	rig_free(rig);
}

static void debug_off__fails_when_the_setting_is_true(void **state)
{
	(void)state;
	struct rig *rig = settings("postflight debug=True\\npostflight end=settings\\n");
	rig_expect_said(rig, "debug.off", PF_FAIL, PF_CRITICAL, "shop.settings.production");
	rig_free(rig);
}

static void debug_off__is_unknown_when_the_settings_do_not_load(void **state)
{
	(void)state;
	struct rig *rig = settings("");
	rig->answers[0].exec.status = 1;
	rig->answers[0].exec.errors = "Fatal\\nNo module named 'encodings'\\n";
	rig_expect_said(rig, "debug.off", PF_UNKNOWN, PF_CRITICAL, "No module named 'encodings'");
	rig->answers[0].exec.output = "postflight error=KeyError: 'DATABASE_PASSWORD'\\n";
	rig_expect_said(rig, "debug.off", PF_UNKNOWN, PF_CRITICAL, "'DATABASE_PASSWORD'");
	rig->answers[0].exec = (struct pf_facts_exec){.output = "postflight debug=False\\n"};
	rig_expect(rig, "debug.off", PF_UNKNOWN); /* cut: the last line is missing */
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debug_off__passes_when_errors_are_short),
		cmocka_unit_test(debug_off__passes_when_the_production_csrf_page_names_debug),
		cmocka_unit_test(debug_off__fails_when_a_missing_page_lists_the_urls),
		cmocka_unit_test(debug_off__fails_when_a_footer_has_the_curly_apostrophe),
		cmocka_unit_test(debug_off__fails_when_a_bad_host_shows_disallowedhost),
		cmocka_unit_test(debug_off__fails_when_an_error_of_the_application_is_shown),
		cmocka_unit_test(debug_off__is_unknown_when_the_missing_page_is_not_answered),
		cmocka_unit_test(debug_off__passes_when_the_setting_is_false),
		cmocka_unit_test(debug_off__fails_when_the_setting_is_true),
		cmocka_unit_test(debug_off__is_unknown_when_the_settings_do_not_load),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
