/* https.session-cookie and https.csrf-cookie: by name, by shape, on both schemes, and by settings.
 */
#include "rig_case.h"

PF_PROBE(cookies);

static const char SESSION[] = "https.session-cookie", CSRF[] = "https.csrf-cookie";

#define GOOD_SESSION                                                                               \
	"set-cookie: sessionid=<32 bytes>; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax; "      \
	"Secure"
#define GOOD_CSRF "set-cookie: csrftoken=<64 bytes>; Max-Age=31449600; Path=/; SameSite=Lax; Secure"

static struct rig *setting(const char *cookie)
{
	struct rig *rig = rig_new(&pf_probe_cookies);
	struct pf_facts_http *page = rig_page(rig, "page", 200, "Shop");
	if (cookie)
		rig_header(rig, page, cookie);
	return rig;
}

static void expect(const char *cookie, const char *id, enum pf_status status)
{
	struct rig *rig = setting(cookie);
	rig_expect(rig, id, status);
	rig_free(rig);
}

#define LINES(secure, httponly, samesite)                                                          \
	"postflight session_cookie_secure=" secure "\\npostflight csrf_cookie_secure=" secure      \
	"\\npostflight session_cookie_httponly=" httponly                                          \
	"\\npostflight session_cookie_samesite=" samesite                                          \
	"\\npostflight csrf_cookie_samesite=" samesite                                             \
	"\\npostflight csrf_use_sessions=False\\npostflight end=settings\\n"

static struct rig *settings(const char *output)
{
	static const char *const on[] = {"bastion"};
	struct rig *rig = rig_new(&pf_probe_cookies);
	rig->site.app = (struct pf_app){
		.declared = true, .on = {on, 1}, .settings = "shop.settings.production"};
	rig->subject = "settings";
	rig_put(rig, "settings", PF_KIND_exec, PF_answered)->exec.output = output;
	return rig;
}

static void https_session_cookie__passes_when_it_has_all_it_needs(void **state)
{
	(void)state;
	expect(GOOD_SESSION, SESSION, PF_PASS);
	expect("set-cookie: __Host-sess=<40 bytes>; secure; httponly; path=/; samesite=STRICT",
	       SESSION, PF_PASS);
	expect("set-cookie: theme=<4 bytes>", SESSION, PF_SKIP);
	struct rig *rig = settings(LINES("True", "True", "Strict"));
	rig_expect(rig, SESSION, PF_PASS);
	rig_free(rig);
}

static void https_session_cookie__fails_when_something_is_missing(void **state)
{
	(void)state;
	struct rig *rig = setting("set-cookie: sessionid=<32 bytes>; Path=/");
	rig_expect_said(rig, SESSION, PF_FAIL, PF_HIGH,
	                "without Secure, without HttpOnly, without SameSite");
	rig_free(rig);
	expect("set-cookie: sessionid=<32 bytes>; HttpOnly; SameSite=None; Secure", SESSION,
	       PF_FAIL);
	expect("set-cookie: sessionid=<32 bytes>; HttpOnly; SameSite=Lax; Path=/Secure", SESSION,
	       PF_FAIL);
}

static void https_session_cookie__fails_when_a_cookie_of_another_name_has_its_shape(void **state)
{
	(void)state;
	expect("set-cookie: shop=<32 bytes>; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax",
	       SESSION, PF_FAIL);
	expect("set-cookie: shop=<32 bytes>; HttpOnly; Max-Age=60; SameSite=Lax", SESSION, PF_SKIP);
}

static void https_session_cookie__fails_when_it_is_set_over_plain_http(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_cookies);
	rig->subject = "http://shop.test [10.203.7.10]";
	struct pf_facts_http *page = rig_page(rig, "plain", 200, "Shop");
	rig_expect(rig, SESSION, PF_SKIP);
	rig_header(rig, page, "set-cookie: sessionid=<32 bytes>; HttpOnly; SameSite=Lax");
	rig_header(rig, page, "set-cookie: csrftoken=<32 bytes>; SameSite=Lax");
	rig_expect_said(rig, SESSION, PF_FAIL, PF_HIGH, "without Secure");
	rig_expect_said(rig, CSRF, PF_FAIL, PF_HIGH, "without Secure");
	rig_free(rig);
}

static void https_session_cookie__fails_when_a_setting_is_wrong(void **state)
{
	(void)state;
	struct rig *rig = settings(LINES("False", "False", "None"));
	rig_expect_said(rig, SESSION, PF_FAIL, PF_HIGH,
	                "SESSION_COOKIE_SECURE is False, SESSION_COOKIE_HTTPONLY is False, "
	                "SESSION_COOKIE_SAMESITE is None");
	rig_free(rig);
}

static void https_session_cookie__is_unknown_when_nothing_was_answered(void **state)
{
	(void)state;
	struct rig *rig = setting(NULL);
	rig_silence(rig, "page", PF_stalled);
	rig_expect(rig, SESSION, PF_UNKNOWN);
	rig_page(rig, "page", 200, "Shop");
	rig_silence(rig, "login", PF_deadline);
	rig_expect(rig, SESSION, PF_UNKNOWN);
	rig_free(rig);
	rig = settings("postflight error=KeyError: 'X'\\n");
	rig_expect(rig, SESSION, PF_UNKNOWN);
	rig_free(rig);
}

static void https_csrf_cookie__passes_when_it_is_secure_and_same_site(void **state)
{
	(void)state;
	expect(GOOD_CSRF, CSRF, PF_PASS);
	struct rig *rig = settings(LINES("True", "False", "Lax"));
	rig_expect(rig, CSRF, PF_PASS);
	rig->answers[0].exec.output = "postflight csrf_use_sessions=True\\npostflight end=settings\\n";
	rig_expect(rig, CSRF, PF_SKIP);
	rig_free(rig);
}

static void https_csrf_cookie__fails_when_it_is_not_secure(void **state)
{
	(void)state;
	expect("set-cookie: csrftoken=<32 bytes>; Max-Age=31449600; Path=/; SameSite=Lax", CSRF,
	       PF_FAIL);
	expect("set-cookie: shop_t=<32 bytes>; Max-Age=31449600; Path=/; SameSite=Lax", CSRF,
	       PF_FAIL);
	struct rig *rig = setting(NULL);
	rig_header(rig, rig_page(rig, "admin", 200, "Log in"),
	           "set-cookie: csrftoken=<32 bytes>; Secure; SameSite=None");
	rig_expect_said(rig, CSRF, PF_FAIL, PF_HIGH, "with SameSite=None");
	rig_free(rig);
	rig = settings(LINES("False", "False", "Lax"));
	rig_expect_said(rig, CSRF, PF_FAIL, PF_HIGH, "CSRF_COOKIE_SECURE is False");
	rig_free(rig);
}

static void https_csrf_cookie__is_unknown_when_nothing_was_answered(void **state)
{
	(void)state;
	struct rig *rig = setting(NULL);
	rig_silence(rig, "page", PF_stalled);
	rig_expect(rig, CSRF, PF_UNKNOWN);
	rig_free(rig);
	rig = settings("postflight end=settings\\n");
	rig_expect(rig, CSRF, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_session_cookie__passes_when_it_has_all_it_needs),
		cmocka_unit_test(https_session_cookie__fails_when_something_is_missing),
		cmocka_unit_test(
			https_session_cookie__fails_when_a_cookie_of_another_name_has_its_shape),
		cmocka_unit_test(https_session_cookie__fails_when_it_is_set_over_plain_http),
		cmocka_unit_test(https_session_cookie__fails_when_a_setting_is_wrong),
		cmocka_unit_test(https_session_cookie__is_unknown_when_nothing_was_answered),
		cmocka_unit_test(https_csrf_cookie__passes_when_it_is_secure_and_same_site),
		cmocka_unit_test(https_csrf_cookie__fails_when_it_is_not_secure),
		cmocka_unit_test(https_csrf_cookie__is_unknown_when_nothing_was_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
