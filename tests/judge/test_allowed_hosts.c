/* allowed-hosts.unknown-host-rejected and .stopped-at-front: who answered a name nobody owns. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(allowed_hosts);

static const char UNKNOWN[] = "allowed-hosts.unknown-host-rejected";
static const char STOPPED[] = "allowed-hosts.stopped-at-front";

/* The good host is served; what the unknown one gets is the test's. */
static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_allowed_hosts);
	rig_good(rig);
	rig_silence(rig, "unknown-host", PF_hung_up);
	return rig;
}

/* Over plain HTTP: the good host is redirected. */
static struct rig *plain(void)
{
	struct rig *rig = rig_new(&pf_probe_allowed_hosts);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "plain-good", 301, "https://shop.test/");
	rig_page(rig, "plain-home", 200, "Shop");
	rig_silence(rig, "plain-host", PF_hung_up);
	return rig;
}

static void allowed_hosts_unknown_host_rejected__passes_when_the_front_hangs_up(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_expect(rig, STOPPED, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__fails_when_the_site_is_served(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "unknown-host", CANARY, 200, "Shop");
	rig_expect_said(rig, UNKNOWN, PF_FAIL, PF_HIGH,
	                "GET with Host \"" CANARY "\" was answered 200 with the site's own page "
	                "(title \"Shop\")");
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__is_unknown_when_it_does_not_end(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "unknown-host", PF_KIND_http, PF_stalled);
	rig_expect_said(rig, UNKNOWN, PF_UNKNOWN, PF_HIGH, "did not finish its answer in time");
	rig_put(rig, "unknown-host", PF_KIND_http, PF_hung_up);
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__fails_when_a_page_with_tokens_is_served(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "good", 200, "Shop")->digest = "one";
	rig_page(rig, "good-again", 200, "Shop")->digest = "two";
	rig_page_for(rig, "unknown-host", CANARY, 200, "Shop")->digest = "three";
	rig_expect(rig, UNKNOWN, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__fails_when_only_the_title_is_constant(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "good-again", 200, "Shop")->shape = "another, as every time";
	rig_page_for(rig, "unknown-host", CANARY, 200, "Shop")->shape = "a third";
	rig_expect(rig, UNKNOWN, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__fails_when_django_sets_its_cookie(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_header(rig, rig_page(rig, "good", 200, "Shop"), "set-cookie: csrftoken=(32)");
	struct pf_facts_http *page = rig_page_for(rig, "unknown-host", CANARY, 200, "Shop B");
	rig_header(rig, page, "set-cookie: csrftoken=(32)");
	rig_expect(rig, UNKNOWN, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__fails_when_the_login_redirect_is_the_same(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_redirect(rig, "good", 302, "/accounts/login/");
	rig_redirect(rig, "good-again", 302, "/accounts/login/");
	rig_redirect(rig, "unknown-host", 302, "/accounts/login/");
	rig_question(rig, "unknown-host")->http.host = CANARY;
	rig_expect(rig, UNKNOWN, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__fails_when_a_json_page_is_the_same(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "good", 200, NULL)->length = 400;
	rig_page(rig, "good-again", 200, NULL)->length = 400;
	rig_page_for(rig, "unknown-host", CANARY, 200, NULL)->length = 410;
	rig_expect(rig, UNKNOWN, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__passes_when_a_catch_all_page_answers(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "unknown-host", CANARY, 200, "Welcome to nginx!");
	rig_expect_said(rig, UNKNOWN, PF_PASS, PF_HIGH, "another page than the site's");
	rig_expect(rig, STOPPED, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__passes_when_an_empty_page_answers(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "unknown-host", CANARY, 200, NULL);
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__passes_when_a_firewall_says_403(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "unknown-host", CANARY, 403, "Attention Required!");
	rig_expect_said(rig, UNKNOWN, PF_PASS, PF_HIGH, "by the front or a firewall");
	rig_expect(rig, STOPPED, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__passes_when_redirected_to_the_right_name(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_redirect(rig, "good", 301, "https://www.shop.test/");
	rig_redirect(rig, "good-again", 301, "https://www.shop.test/");
	rig_redirect(rig, "unknown-host", 301, "https://www.shop.test/");
	rig_question(rig, "unknown-host")->http.host = CANARY;
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__is_unknown_when_the_good_host_is_not_seen(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "good", 403, "Attention Required!");
	rig_expect_said(rig, UNKNOWN, PF_UNKNOWN, PF_HIGH, "nothing to compare with");
	rig_expect(rig, STOPPED, PF_UNKNOWN);
	rig_silence(rig, "good", PF_stalled);
	rig_expect(rig, UNKNOWN, PF_UNKNOWN);
	rig_expect(rig, STOPPED, PF_UNKNOWN);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__is_unknown_when_the_audit_was_banned_midway(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "good-again", 429, "Slow down");
	rig_expect_said(rig, UNKNOWN, PF_UNKNOWN, PF_HIGH, "stopped this audit");
	rig_silence(rig, "good-again", PF_refused);
	rig_expect(rig, UNKNOWN, PF_UNKNOWN);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "unknown-host", PF_deadline);
	rig_expect(rig, UNKNOWN, PF_UNKNOWN);
	rig_expect(rig, STOPPED, PF_UNKNOWN);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__passes_over_http_when_it_only_redirects(
	void **state)
{
	(void)state;
	struct rig *rig = plain();
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_redirect(rig, "plain-host", 301, "https://shop.test/");
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_expect(rig, STOPPED, PF_PASS);
	rig_silence(rig, "plain-good", PF_refused);
	rig_silence(rig, "plain-host", PF_refused);
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__fails_over_http_when_the_site_is_served(
	void **state)
{
	(void)state;
	struct rig *rig = plain();
	rig_page_for(rig, "plain-host", CANARY, 200, "Shop");
	rig_expect(rig, UNKNOWN, PF_FAIL);
	rig_expect(rig, STOPPED, PF_FAIL);
	rig_page(rig, "plain-good", 200, "Shop");
	rig_page(rig, "plain-home", 200, "Another shop");
	rig_page_for(rig, "plain-host", CANARY, 200, "Shop");
	rig_expect(rig, UNKNOWN, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_unknown_host_rejected__is_unknown_over_http_when_silence_has_no_control(
	void **state)
{
	(void)state;
	struct rig *rig = plain();
	rig_silence(rig, "plain-host", PF_silent);
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig->control_answered = false;
	rig_expect(rig, UNKNOWN, PF_UNKNOWN);
	rig_page_for(rig, "plain-host", CANARY, 200, "Shop");
	rig_silence(rig, "plain-good", PF_hung_up);
	rig_silence(rig, "plain-home", PF_hung_up);
	rig_expect(rig, UNKNOWN, PF_UNKNOWN);
	rig_free(rig);
}

static void allowed_hosts_stopped_at_front__passes_when_the_front_says_421_or_404(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "unknown-host", CANARY, 421, "421 Misdirected Request");
	rig_expect_said(rig, STOPPED, PF_PASS, PF_MEDIUM, "misdirected");
	rig_page_for(rig, "unknown-host", CANARY, 404, "404 Not Found");
	rig_expect(rig, STOPPED, PF_PASS);
	rig_page_for(rig, "unknown-host", CANARY, 400, "400 Bad Request");
	rig_expect(rig, STOPPED, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_stopped_at_front__fails_when_django_says_400(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "unknown-host", CANARY, 400, "Bad Request (400)");
	rig_expect_said(rig, STOPPED, PF_FAIL, PF_MEDIUM, "by Django");
	rig_expect(rig, UNKNOWN, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_stopped_at_front__fails_when_django_has_a_page_of_its_own(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_django_headers(rig, rig_page_for(rig, "unknown-host", CANARY, 400, "What was that?"));
	rig_expect(rig, STOPPED, PF_FAIL);
	rig_page(rig, "front-error", 400, "400 Bad Request");
	rig_expect(rig, STOPPED, PF_FAIL);
	rig_free(rig);
}

static void allowed_hosts_stopped_at_front__passes_when_the_front_has_a_page_of_its_own(
	void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_django_headers(rig, rig_page_for(rig, "unknown-host", CANARY, 400, "What was that?"));
	rig_django_headers(rig, rig_page(rig, "front-error", 400, "What was that?"));
	rig_expect(rig, STOPPED, PF_PASS);
	rig_free(rig);
}

static void allowed_hosts_stopped_at_front__fails_when_the_site_is_served(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page_for(rig, "unknown-host", CANARY, 200, "Shop");
	rig_expect(rig, STOPPED, PF_FAIL);
	rig_page_for(rig, "unknown-host", CANARY, 400, "DisallowedHost at /");
	rig_expect_said(rig, STOPPED, PF_FAIL, PF_MEDIUM, "technical page");
	rig_free(rig);
}

static void allowed_hosts_stopped_at_front__is_unknown_when_the_good_host_is_broken(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "good", 502, "502 Bad Gateway");
	rig_expect(rig, STOPPED, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__is_unknown_when_it_does_not_end),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__passes_when_the_front_hangs_up),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__fails_when_the_site_is_served),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__fails_when_a_page_with_tokens_is_served),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__fails_when_only_the_title_is_constant),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__fails_when_django_sets_its_cookie),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__fails_when_the_login_redirect_is_the_same),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__fails_when_a_json_page_is_the_same),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__passes_when_a_catch_all_page_answers),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__passes_when_an_empty_page_answers),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__passes_when_a_firewall_says_403),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__passes_when_redirected_to_the_right_name),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__is_unknown_when_the_good_host_is_not_seen),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__is_unknown_when_the_audit_was_banned_midway),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__is_unknown_when_it_was_not_asked),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__passes_over_http_when_it_only_redirects),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__fails_over_http_when_the_site_is_served),
		cmocka_unit_test(
			allowed_hosts_unknown_host_rejected__is_unknown_over_http_when_silence_has_no_control),
		cmocka_unit_test(
			allowed_hosts_stopped_at_front__passes_when_the_front_says_421_or_404),
		cmocka_unit_test(allowed_hosts_stopped_at_front__fails_when_django_says_400),
		cmocka_unit_test(
			allowed_hosts_stopped_at_front__fails_when_django_has_a_page_of_its_own),
		cmocka_unit_test(
			allowed_hosts_stopped_at_front__passes_when_the_front_has_a_page_of_its_own),
		cmocka_unit_test(allowed_hosts_stopped_at_front__fails_when_the_site_is_served),
		cmocka_unit_test(
			allowed_hosts_stopped_at_front__is_unknown_when_the_good_host_is_broken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
