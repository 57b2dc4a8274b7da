/* email.* and error-reporting.*: where mail goes and who reads it. */
#include "rig_story.h"

PF_PROBE(mail);

static void email_backend__passes_for_smtp(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
		"email_server=mail1 587 starttls\\npostflight admins=1\\npostflight "
		"managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
		"end=settings\\n");
	rig_story(rig, "email.backend", PF_PASS, "smtp");
}

static void email_backend__fails_for_the_console(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight "
	         "email_backend=django.core.mail.backends.console.EmailBackend\\npostflight "
	         "email_server=mail1 587 starttls\\npostflight admins=1\\npostflight "
	         "managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
	         "end=settings\\n");
	rig_story(rig, "email.backend", PF_FAIL, "never leaves");
}

static void email_backend__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "email.backend", PF_UNKNOWN, "KeyError");
}

static void error_reporting_recipients__passes_when_the_server_answers(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
		"email_server=mail1 587 starttls\\npostflight admins=1\\npostflight "
		"managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
		"end=settings\\n");
	rig_told(rig, "mail",
	         "postflight mail_hello=250\\npostflight mail_tls=250\\npostflight end=mail\\n");
	rig_story(rig, "error-reporting.recipients", PF_PASS, "STARTTLS");
}

static void error_reporting_recipients__passes_for_a_monitor(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
		"email_server=mail1 587 starttls\\npostflight admins=0\\npostflight "
		"managers=0\\npostflight monitor=sentry_sdk\\npostflight "
		"broken_links=False\\npostflight end=settings\\n");
	rig_story(rig, "error-reporting.recipients", PF_PASS, "sentry_sdk");
}

static void error_reporting_recipients__fails_without_admins(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
		"email_server=mail1 587 starttls\\npostflight admins=0\\npostflight "
		"managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
		"end=settings\\n");
	rig_story(rig, "error-reporting.recipients", PF_FAIL, "ADMINS is empty");
}

static void error_reporting_recipients__fails_when_the_server_is_away(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
		"email_server=mail1 587 starttls\\npostflight admins=1\\npostflight "
		"managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
		"end=settings\\n");
	rig_told(rig, "mail", "postflight mail_failed=Connection refused\\npostflight end=mail\\n");
	rig_story(rig, "error-reporting.recipients", PF_FAIL, "mail1:587");
}

static void error_reporting_recipients__is_unknown_when_the_server_is_slow(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
	         "email_server=mail1 587 starttls\\npostflight admins=1\\npostflight "
	         "managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
	         "end=settings\\n");
	rig_told(rig, "mail",
	         "postflight mail_slow=it did not answer to the end\\npostflight end=mail\\n");
	rig_story(rig, "error-reporting.recipients", PF_UNKNOWN, "eight seconds");
}

static void error_reporting_recipients__is_unknown_when_the_server_hangs(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
		"email_server=mail1 587 starttls\\npostflight admins=1\\npostflight "
		"managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
		"end=settings\\n");
	rig_story(rig, "error-reporting.recipients", PF_UNKNOWN, "");
}

static void error_reporting_managers__passes_without_the_middleware(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight email_backend=django.core.mail.backends.smtp.EmailBackend\\npostflight "
		"email_server=mail1 587 starttls\\npostflight admins=1\\npostflight "
		"managers=0\\npostflight monitor=\\npostflight broken_links=False\\npostflight "
		"end=settings\\n");
	rig_story(rig, "error-reporting.managers", PF_PASS, "");
}

static void error_reporting_managers__fails_without_a_reader(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight managers=0\\npostflight broken_links=True\\npostflight "
	         "ignorable_404=1\\npostflight end=settings\\n");
	rig_story(rig, "error-reporting.managers", PF_FAIL, "MANAGERS is empty");
}

static void error_reporting_managers__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_mail);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "error-reporting.managers", PF_UNKNOWN, "KeyError");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(email_backend__passes_for_smtp),
		cmocka_unit_test(email_backend__fails_for_the_console),
		cmocka_unit_test(email_backend__is_unknown_without_settings),
		cmocka_unit_test(error_reporting_recipients__passes_when_the_server_answers),
		cmocka_unit_test(error_reporting_recipients__passes_for_a_monitor),
		cmocka_unit_test(error_reporting_recipients__fails_without_admins),
		cmocka_unit_test(error_reporting_recipients__fails_when_the_server_is_away),
		cmocka_unit_test(error_reporting_recipients__is_unknown_when_the_server_is_slow),
		cmocka_unit_test(error_reporting_recipients__is_unknown_when_the_server_hangs),
		cmocka_unit_test(error_reporting_managers__passes_without_the_middleware),
		cmocka_unit_test(error_reporting_managers__fails_without_a_reader),
		cmocka_unit_test(error_reporting_managers__is_unknown_without_settings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
