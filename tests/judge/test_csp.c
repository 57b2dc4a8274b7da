/* headers.csp: what all policies together still let happen. */
#include "rig_case.h"

PF_PROBE(csp);

static const char ID[] = "headers.csp";

#define REST "; object-src 'none'; frame-ancestors 'none'"

static struct rig *with(const char *header)
{
	struct rig *rig = rig_new(&pf_probe_csp);
	struct pf_facts_http *page = rig_page(rig, "page", 200, "Shop");
	if (header)
		rig_header(rig, page, header);
	return rig;
}

static void expect(const char *policy, enum pf_status status)
{
	struct rig *rig = with(NULL);
	rig_header(rig, &rig->answers[0].http,
	           pf_arena_print(rig->arena, "content-security-policy: %s", policy));
	rig_expect(rig, ID, status);
	rig_free(rig);
}

static void headers_csp__passes_when_a_policy_is_strict(void **state)
{
	(void)state;
	expect("default-src 'self'; frame-ancestors 'none'", PF_PASS);
	expect("Script-Src 'self'" REST, PF_PASS);
	expect("script-src 'nonce-abc' 'unsafe-inline'" REST, PF_PASS);
	expect("script-src 'sha256-abc=' 'unsafe-inline'" REST, PF_PASS);
	expect("script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'" REST, PF_PASS);
	expect("default-src 'none'; script-src-elem 'self'; frame-ancestors 'self'", PF_PASS);
	expect("default-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'", PF_PASS);
}

static void headers_csp__passes_when_several_policies_stop_it_together(void **state)
{
	(void)state;
	expect("script-src 'self' 'unsafe-inline', default-src 'self'; frame-ancestors 'none'",
	       PF_PASS);
	expect("frame-ancestors 'none', default-src 'self'", PF_PASS);
	struct rig *rig = with("content-security-policy: default-src 'self'");
	rig_header(rig, &rig->answers[0].http, "content-security-policy: frame-ancestors 'self'");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void headers_csp__passes_when_scripts_are_sandboxed(void **state)
{
	(void)state;
	expect("sandbox; object-src 'none'; frame-ancestors 'none'", PF_PASS);
	expect("sandbox allow-scripts" REST, PF_FAIL);
}

static void headers_csp__fails_when_the_policy_is_weak(void **state)
{
	(void)state;
	static const char *const weak[] = {
		"default-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
		"script-src 'self' 'unsafe-eval'" REST,
		"script-src 'self' https:" REST,
		"script-src *" REST,
		"script-src 'self' data:" REST,
		"script-src 'nonce-' 'unsafe-inline'" REST, /* an empty nonce is none */
		"script-src 'self'; script-src-attr 'unsafe-inline'" REST,
		"script-src 'unsafe-inline'; script-src 'none'" REST, /* the first one counts */
		"script-src 'self'; frame-ancestors 'none'",          /* plug-ins */
		"default-src 'self'",                                 /* framing */
		"upgrade-insecure-requests",
		"default-src-x 'self'" REST,
	};
	for (size_t i = 0; i < PF_COUNT(weak); i++)
		expect(weak[i], PF_FAIL);
}

static void headers_csp__fails_when_there_is_none_or_it_only_reports(void **state)
{
	(void)state;
	struct rig *rig = with(NULL);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "without Content-Security-Policy");
	rig_free(rig);
	rig = with("content-security-policy-report-only: default-src 'self'; frame-ancestors "
	           "'none'");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "only reports");
	rig_free(rig);
}

static void headers_csp__fails_when_the_nonce_never_changes(void **state)
{
	(void)state;
	static const char POLICY[] =
		"content-security-policy: script-src 'nonce-abc'; object-src 'none'; "
		"frame-ancestors 'none'";
	struct rig *rig = with(POLICY);
	rig_header(rig, rig_page(rig, "good-again", 200, "Shop"), POLICY);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "the same for every visit");
	rig_header(rig, rig_page(rig, "good-again", 200, "Shop"),
	           "content-security-policy: script-src 'nonce-xyz'");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void headers_csp__fails_when_an_error_lacks_it(void **state)
{
	(void)state;
	struct rig *rig = with("content-security-policy: default-src 'self'; frame-ancestors "
	                       "'none'");
	rig_page(rig, "error", 404, "Nothing here");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "error (answered 404)");
	rig_redirect(rig, "error", 302, "/elsewhere/"); /* nothing is shown of it */
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void headers_csp__is_unknown_when_it_was_not_seen_whole(void **state)
{
	(void)state;
	expect("img-src a.test b.test c...", PF_UNKNOWN);
	struct rig *rig = with(NULL);
	rig_silence(rig, "page", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_page(rig, "page", 403, "Go away");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_csp__passes_when_a_policy_is_strict),
		cmocka_unit_test(headers_csp__passes_when_several_policies_stop_it_together),
		cmocka_unit_test(headers_csp__passes_when_scripts_are_sandboxed),
		cmocka_unit_test(headers_csp__fails_when_the_policy_is_weak),
		cmocka_unit_test(headers_csp__fails_when_there_is_none_or_it_only_reports),
		cmocka_unit_test(headers_csp__fails_when_the_nonce_never_changes),
		cmocka_unit_test(headers_csp__fails_when_an_error_lacks_it),
		cmocka_unit_test(headers_csp__is_unknown_when_it_was_not_seen_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
