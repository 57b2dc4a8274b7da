/* Every probe against one small world: a healthy site is green all over, and each way of being
 * wrong turns red what it should and nothing else. */
#include "rig_world.h"

#include <stdio.h>
#include <string.h>

static bool named(const char *ids, const char *id)
{
	const char *at = strstr(ids, id);
	size_t length = strlen(id);
	return at && (at[length] == ' ' || at[length] == '\0');
}

/* The audit's failures are exactly `ids`, and nothing is unknown. */
static void expect_red(struct world world, const char *ids)
{
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct pf_audit *audit = world_audit(arena, &world);
	size_t reds = 0, wrong = 0;
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		const char *id = finding->check->id;
		bool red = finding->status == PF_FAIL;
		bool first = i == 0 || strcmp(audit->findings[i - 1].check->id, id) != 0;
		if (finding->status == PF_UNKNOWN || (red && !named(ids, id))) {
			print_message("%s %s, %s from %s: %s\n", pf_status_name(finding->status),
			              id, finding->subject, finding->vantage, finding->summary);
			wrong++;
		}
		for (size_t k = 0; red && k < i; k++)
			first = first && strcmp(audit->findings[k].check->id, id) != 0;
		reds += red && first;
	}
	size_t wanted = *ids ? 1 : 0;
	for (const char *at = ids; *at; at++)
		wanted += *at == ' ';
	if (reds != wanted)
		print_message("%zu checks are red, not %zu: %s\n", reds, wanted, ids);
	assert_int_equal(wrong, 0);
	assert_int_equal(reds, wanted);
	pf_arena_free(arena);
}

#define RED(name, ids, ...)                                                                        \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		expect_red((struct world){__VA_ARGS__}, ids);                                      \
	}

RED(a_healthy_site_is_green, "", .debug = false)
RED(any_host,
    "allowed-hosts.unknown-host-rejected allowed-hosts.stopped-at-front "
    "allowed-hosts.ip-rejected allowed-hosts.absolute-form allowed-hosts.malformed "
    "allowed-hosts.no-reflection allowed-hosts.subdomains allowed-hosts.sni "
    "allowed-hosts.second-request allowed-hosts.setting",
    .unknown_host_proxied = true, .star = true)
RED(forwarded_to_django, "allowed-hosts.stopped-at-front allowed-hosts.absolute-form",
    .unknown_host_proxied = true)
/* Any port passes too, so it comes back in the page's addresses. */
RED(http_host_passed, "allowed-hosts.absolute-form allowed-hosts.malformed",
    .http_host_passed = true)
RED(port_echoed, "allowed-hosts.malformed", .port_echoed = true)
RED(suffix_matched, "allowed-hosts.malformed", .suffix_matched = true)
RED(redirect_reflected, "allowed-hosts.no-reflection https.redirect-same-host",
    .unknown_http_reflected = true)
RED(sni_default_serves, "allowed-hosts.sni", .unknown_sni_accepted = true)
RED(second_request, "allowed-hosts.second-request", .connection_pinned = true)
RED(cors_reflected, "allowed-hosts.no-reflection", .origin_reflected = true)
RED(x_forwarded_host,
    "allowed-hosts.forwarded-host allowed-hosts.no-reflection allowed-hosts.setting",
    .forwarded_passed = true, .star = true)
RED(x_forwarded_host_refused, "allowed-hosts.forwarded-host allowed-hosts.setting",
    .forwarded_passed = true)
RED(allowed_hosts_star_setting, "allowed-hosts.setting", .star = true)
RED(wildcard_subdomain, "allowed-hosts.subdomains", .wildcard = true)
RED(ip_served, "allowed-hosts.ip-rejected", .ip_served = true)
RED(declared_host_dead, "allowed-hosts.declared-hosts-work", .www_forgotten = true)
RED(debug_on, "debug.off error-views.custom", .debug = true)
RED(no_redirect, "https.redirect-all", .plain_served = true)
RED(redirect_other_host, "https.redirect-same-host", .plain_location = "https://www.shop.test")
RED(redirect_to_http, "https.redirect-all https.redirect-same-host",
    .plain_location = "http://www.shop.test")
RED(redirect_temporary, "https.redirect-permanent", .plain_status = 302)
RED(certificate_untrusted, "https.certificate", .untrusted = true)
RED(certificate_expires_soon, "https.certificate-expiry", .expires_soon = true)
RED(certificate_differs, "https.certificate", .other_on_v6 = true)
RED(tls_old, "https.protocols", .old_tls = true)
RED(tls_rc4, "https.ciphers", .rc4_taken = true)
RED(headers_missing,
    "headers.content-type-options headers.frame-options headers.referrer-policy "
    "headers.opener-policy headers.csp https.hsts",
    .headers_missing = true)
RED(client_claims_https, "https.proxy-proto", .claim_believed = true)
RED(backend_exposed, "https.backend-hidden", .backend_open = true)
RED(redis_open_to_all, "caches.only-app-servers caches.auth caches.least-privilege",
    .redis_open = true)
RED(postgres_trust, "databases.only-app-servers databases.auth-method", .postgres_open = true)

/* Politeness: how much one address of the site is asked, over HTTPS and over HTTP. */
static void a_healthy_site_is_asked_no_more_than_needed(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct world world = {0};
	const struct pf_site *site = world_site();
	struct pf_plan *plan = world_plan(arena, &world, site, &site->vantages[0]);
	size_t https = 0, http = 0, second = 0;
	for (size_t i = 0; i < pf_plan_count(plan); i++) {
		const struct pf_question *question = pf_plan_question(plan, i);
		if (question->kind != PF_KIND_http)
			continue;
		if (strchr(question->http.address, ':'))
			second++;
		else
			*(strncmp(question->http.url, "https:", 6) == 0 ? &https : &http) += 1;
	}
	print_message("%zu over HTTPS, %zu over HTTP, %zu at the other address, %zu in all\n",
	              https, http, second, pf_plan_count(plan));
	assert_in_range(https, 20, 170);
	assert_in_range(second, 20, 80);
	assert_in_range(https + http + second, 1, 250);
	assert_in_range(http, 5, 30);
	pf_arena_free(arena);
}

/* The same evidence asks the same questions, in the same order. */
static void a_plan_is_the_same_each_time(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct world world = {.star = true, .forwarded_passed = true};
	const struct pf_site *site = world_site();
	for (size_t v = 0; v < site->vantage_count; v++) {
		struct pf_plan *one = world_plan(arena, &world, site, &site->vantages[v]);
		struct pf_plan *two = world_plan(arena, &world, site, &site->vantages[v]);
		assert_int_equal(pf_plan_count(one), pf_plan_count(two));
		for (size_t i = 0; i < pf_plan_count(one); i++)
			assert_string_equal(pf_plan_key(one, i), pf_plan_key(two, i));
	}
	pf_arena_free(arena);
}

/* No question with a bogus name goes to an address that a shared cache might keep. */
static void poisonous_requests_carry_a_query_of_their_own(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct world world = {.unknown_host_proxied = true};
	const struct pf_site *site = world_site();
	struct pf_plan *plan = world_plan(arena, &world, site, &site->vantages[0]);
	for (size_t i = 0; i < pf_plan_count(plan); i++) {
		const struct pf_question *question = pf_plan_question(plan, i);
		if (question->kind != PF_KIND_http)
			continue;
		const struct pf_ask_http *ask = &question->http;
		bool foreign_host = ask->host && strcmp(ask->host, "shop.test") != 0;
		bool poisonous = foreign_host || ask->exact || ask->headers.count > 1;
		const char *where = ask->exact ? ask->exact : ask->url;
		if (poisonous && !strstr(where, "?pf=0123abcd-"))
			fail_msg("no query of its own: %s", pf_plan_key(plan, i));
	}
	pf_arena_free(arena);
}

/* The site is nothing but a URL: what needs a block is skipped, and the rest is still seen. */
static void a_bare_url_is_audited_too(void **state)
{
	(void)state;
	static const char *const one[] = {"shop.test"};
	static const struct pf_vantage here = {.name = "bastion", .role = "bastion"};
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct world world = {0};
	struct pf_site site = {
		.name = "shop.test",
		.url = {"https://shop.test", "https", NULL, "shop.test", 443, "/"},
		.http_port = 80,
		.hosts = {one, 1},
		.vantages = &here,
		.vantage_count = 1,
	};
	struct pf_plan *plan = world_plan(arena, &world, &site, &here);
	for (size_t i = 0; i < pf_plan_count(plan); i++) {
		enum pf_kind kind = pf_plan_question(plan, i)->kind;
		assert_true(kind == PF_KIND_http || kind == PF_KIND_resolve ||
		            kind == PF_KIND_raw || kind == PF_KIND_tls);
	}
	pf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_site_is_green),
		cmocka_unit_test(any_host),
		cmocka_unit_test(forwarded_to_django),
		cmocka_unit_test(http_host_passed),
		cmocka_unit_test(port_echoed),
		cmocka_unit_test(suffix_matched),
		cmocka_unit_test(redirect_reflected),
		cmocka_unit_test(sni_default_serves),
		cmocka_unit_test(second_request),
		cmocka_unit_test(cors_reflected),
		cmocka_unit_test(x_forwarded_host),
		cmocka_unit_test(x_forwarded_host_refused),
		cmocka_unit_test(allowed_hosts_star_setting),
		cmocka_unit_test(wildcard_subdomain),
		cmocka_unit_test(ip_served),
		cmocka_unit_test(declared_host_dead),
		cmocka_unit_test(debug_on),
		cmocka_unit_test(no_redirect),
		cmocka_unit_test(redirect_other_host),
		cmocka_unit_test(redirect_to_http),
		cmocka_unit_test(redirect_temporary),
		cmocka_unit_test(certificate_untrusted),
		cmocka_unit_test(certificate_expires_soon),
		cmocka_unit_test(certificate_differs),
		cmocka_unit_test(tls_old),
		cmocka_unit_test(tls_rc4),
		cmocka_unit_test(headers_missing),
		cmocka_unit_test(client_claims_https),
		cmocka_unit_test(backend_exposed),
		cmocka_unit_test(redis_open_to_all),
		cmocka_unit_test(postgres_trust),
		cmocka_unit_test(a_healthy_site_is_asked_no_more_than_needed),
		cmocka_unit_test(a_plan_is_the_same_each_time),
		cmocka_unit_test(poisonous_requests_carry_a_query_of_their_own),
		cmocka_unit_test(a_bare_url_is_audited_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
