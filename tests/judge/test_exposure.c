/* exposure.files and exposure.admin: files that are proven by their content, and pages that only
 * answer under such a name. */
#include "rig_case.h"

PF_PROBE(exposure);

static const char FILES[] = "exposure.files", ADMIN[] = "exposure.admin";

/* The answer to one path that looked for what its sort holds. */
static struct pf_facts_http *path(struct rig *rig, const char *path, int status)
{
	static const char *const look_for[] = {"<html", "<HTML", "<!doctype html", "<!DOCTYPE html",
	                                       "PRIVATE KEY-----"};
	struct pf_facts_http *facts = rig_page(rig, path, status, NULL);
	rig_question(rig, path)->http.look_for = (struct pf_words){look_for, PF_COUNT(look_for)};
	return facts;
}

static struct rig *closed_site(void)
{
	struct rig *rig = rig_new(&pf_probe_exposure);
	rig_page(rig, "stray", 404, "Not Found");
	rig_page(rig, "stray-hidden", 403, "403 Forbidden");
	rig_page(rig, "stray-again", 404, "Not Found");
	path(rig, "/.env", 404);
	path(rig, "/server.key", 404);
	return rig;
}

static void begin_with(struct rig *rig, struct pf_facts_http *facts, const char *bytes)
{
	facts->begins_with = rig_words(rig, 1, &bytes);
}

static void exposure_files__passes_when_nothing_is_served(void **state)
{
	(void)state;
	struct rig *rig = closed_site();
	rig_expect_said(rig, FILES, PF_PASS, PF_CRITICAL, "none of 2 paths");
	rig_redirect(rig, "/.env", 302, "/accounts/login/?next=/.env");
	rig_expect(rig, FILES, PF_PASS);
	rig_free(rig);
}

static void exposure_files__fails_when_a_text_or_a_beginning_proves_it(void **state)
{
	(void)state;
	struct rig *rig = closed_site();
	rig_found(rig, path(rig, "/server.key", 206), "PRIVATE KEY-----");
	rig_expect_said(rig, FILES, PF_FAIL, PF_CRITICAL, "/server.key is served: a private key");
	begin_with(rig, path(rig, "/.env", 200), "b0VIM ");
	rig_expect_said(rig, FILES, PF_FAIL, PF_CRITICAL, "and 1 more");
	rig_free(rig);
}

static void exposure_files__passes_when_every_path_shows_the_same(void **state)
{
	(void)state;
	struct rig *rig = closed_site();
	rig_found(rig, path(rig, "/server.key", 200), "PRIVATE KEY-----");
	rig_found(rig, rig_page(rig, "stray", 200, "Help"), "PRIVATE KEY-----");
	rig_expect(rig, FILES, PF_PASS);
	begin_with(rig, path(rig, "/.env", 200), "b0VIM ");
	begin_with(rig, rig_page(rig, "stray-hidden", 200, NULL), "b0VIM ");
	rig_expect(rig, FILES, PF_PASS);
	rig_free(rig);
}

static void exposure_files__passes_when_a_page_quotes_the_proof(void **state)
{
	(void)state;
	struct rig *rig = closed_site();
	struct pf_facts_http *page = path(rig, "/server.key", 200);
	rig_found(rig, page, "<!doctype html");
	rig_found(rig, page, "PRIVATE KEY-----");
	rig_expect(rig, FILES, PF_PASS);
	rig_free(rig);
}

static void exposure_files__passes_when_the_proof_comes_with_an_error(void **state)
{
	(void)state;
	struct rig *rig = closed_site();
	rig_found(rig, path(rig, "/server.key", 403), "PRIVATE KEY-----");
	rig_expect(rig, FILES, PF_PASS);
	rig_free(rig);
}

static void exposure_files__is_unknown_when_paths_were_not_answered(void **state)
{
	(void)state;
	struct rig *rig = closed_site();
	rig_silence(rig, "/.env", PF_deadline);
	rig_expect_said(rig, FILES, PF_UNKNOWN, PF_CRITICAL, "1 of 2 paths");
	path(rig, "/.env", 404);
	rig_silence(rig, "stray", PF_stalled);
	rig_expect(rig, FILES, PF_UNKNOWN);
	rig_free(rig);
}

static void exposure_files__is_unknown_when_the_audit_was_banned_half_way(void **state)
{
	(void)state;
	struct rig *rig = closed_site();
	rig_page(rig, "stray-again", 403, "Access denied");
	rig_expect_said(rig, FILES, PF_UNKNOWN, PF_CRITICAL, "blocked");
	rig_silence(rig, "stray-again", PF_hung_up);
	rig_expect_said(rig, FILES, PF_UNKNOWN, PF_CRITICAL, "blocked");
	rig_free(rig);
}

static struct rig *closed_over_http(void)
{
	struct rig *rig = rig_new(&pf_probe_exposure);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "plain-stray", 301, "https://shop.test/pf-0123abcd.txt");
	rig_redirect(rig, "plain-stray-again", 301, "https://shop.test/pf-0123abcd.txt");
	rig_redirect(rig, "/server.key", 301, "https://shop.test/server.key");
	return rig;
}

static void exposure_files__passes_over_plain_http_when_all_is_redirected_or_closed(void **state)
{
	(void)state;
	struct rig *rig = closed_over_http();
	rig_expect_said(rig, FILES, PF_PASS, PF_CRITICAL, "over plain HTTP none of 1 paths");
	rig_silence(rig, "plain-stray", PF_refused);
	rig_silence(rig, "/server.key", PF_refused);
	rig_expect_said(rig, FILES, PF_PASS, PF_CRITICAL, "plain HTTP refused");
	rig_free(rig);
}

static void exposure_files__fails_when_plain_http_serves_what_https_does_not(void **state)
{
	(void)state;
	struct rig *rig = closed_over_http();
	rig_found(rig, path(rig, "/server.key", 200), "PRIVATE KEY-----");
	rig_expect_said(rig, FILES, PF_FAIL, PF_CRITICAL, "over plain HTTP /server.key is served");
	rig_free(rig);
}

static void exposure_files__is_unknown_when_plain_http_is_not_seen(void **state)
{
	(void)state;
	struct rig *rig = closed_over_http();
	rig_silence(rig, "plain-stray", PF_stalled);
	rig_expect(rig, FILES, PF_UNKNOWN);
	rig_silence(rig, "plain-stray", PF_silent);
	rig->control_answered = false;
	rig_expect(rig, FILES, PF_UNKNOWN);
	rig_page(rig, "plain-stray", 404, "Not Found");
	rig_page(rig, "plain-stray-again", 403, "Forbidden");
	rig_expect_said(rig, FILES, PF_UNKNOWN, PF_CRITICAL, "blocked");
	rig_free(rig);
}

static struct rig *with_admin(int status, const char *admin_path)
{
	struct rig *rig = rig_new(&pf_probe_exposure);
	rig->site.admin_path = admin_path;
	rig_found(rig, rig_page(rig, "admin-login", status, "Anmelden"), "id=\"login-form\"");
	rig_question(rig, "admin-login")->http.url = "https://shop.test/admin/login/";
	return rig;
}

static void exposure_admin__passes_and_says_where_it_is_seen(void **state)
{
	(void)state;
	struct rig *rig = with_admin(200, "/admin/");
	rig_expect_said(rig, ADMIN, PF_PASS, PF_INFO, "https://shop.test/admin/login/");
	rig_page(rig, "admin-login", 404, "Not Found");
	rig_question(rig, "admin-login")->http.url = "https://shop.test/admin/login/";
	rig_expect_said(rig, ADMIN, PF_PASS, PF_INFO, "no admin is seen from bastion");
	rig_silence(rig, "admin-login", PF_hung_up);
	rig_question(rig, "admin-login")->http.url = "https://shop.test/admin/login/";
	rig_expect(rig, ADMIN, PF_PASS);
	rig_free(rig);
}

static void exposure_admin__fails_when_the_old_door_is_open(void **state)
{
	(void)state;
	struct rig *rig = with_admin(200, "/office/");
	rig_page(rig, "admin-default", 404, "Not Found");
	rig_expect(rig, ADMIN, PF_PASS);
	rig_found(rig, rig_page(rig, "admin-default", 200, "Log in"), "id=\"login-form\"");
	rig_expect_said(rig, ADMIN, PF_FAIL, PF_INFO, "/admin/ too");
	rig_free(rig);
}

static void exposure_admin__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = with_admin(200, NULL);
	rig_silence(rig, "admin-login", PF_worker_died);
	rig_expect(rig, ADMIN, PF_UNKNOWN);
	rig_free(rig);
}

static void where_the_admin_answers_is_remembered(void **state)
{
	(void)state;
	struct rig *rig = with_admin(200, "/admin/");
	const struct pf_audit *audit = rig_audit(rig);
	assert_int_equal(audit->mark_count, 1);
	assert_string_equal(audit->marks[0].value,
	                    "answers bastion at https://shop.test/admin/login/");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exposure_files__passes_when_nothing_is_served),
		cmocka_unit_test(exposure_files__fails_when_a_text_or_a_beginning_proves_it),
		cmocka_unit_test(exposure_files__passes_when_every_path_shows_the_same),
		cmocka_unit_test(exposure_files__passes_when_a_page_quotes_the_proof),
		cmocka_unit_test(exposure_files__passes_when_the_proof_comes_with_an_error),
		cmocka_unit_test(exposure_files__is_unknown_when_paths_were_not_answered),
		cmocka_unit_test(exposure_files__is_unknown_when_the_audit_was_banned_half_way),
		cmocka_unit_test(
			exposure_files__passes_over_plain_http_when_all_is_redirected_or_closed),
		cmocka_unit_test(exposure_files__fails_when_plain_http_serves_what_https_does_not),
		cmocka_unit_test(exposure_files__is_unknown_when_plain_http_is_not_seen),
		cmocka_unit_test(exposure_admin__passes_and_says_where_it_is_seen),
		cmocka_unit_test(exposure_admin__fails_when_the_old_door_is_open),
		cmocka_unit_test(exposure_admin__is_unknown_when_it_was_not_asked),
		cmocka_unit_test(where_the_admin_answers_is_remembered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
