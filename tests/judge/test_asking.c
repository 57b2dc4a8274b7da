/* What probes ask: of whom, from where, and what only when it is called for. */
#include "rig_world.h"

#include <stdlib.h>
#include <string.h>

struct asked {
	struct pf_arena *arena;
	struct pf_vantage_evidence evidence;
};

/* Everything asked of that world from one vantage of that site. */
static struct asked ask_all(const struct pf_site *site, const struct pf_vantage *vantage,
                            struct world world)
{
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct pf_plan *plan = world_plan(arena, &world, site, vantage);
	return (struct asked){arena, pf_plan_evidence(plan, "complete", NULL)};
}

static const struct pf_exchange *find(const struct asked *asked, const char *probe, const char *tag,
                                      const char *subject)
{
	for (size_t i = 0; i < asked->evidence.count; i++) {
		const struct pf_exchange *exchange = asked->evidence.exchanges[i];
		if (strcmp(exchange->probe, probe) == 0 && strcmp(exchange->tag, tag) == 0 &&
		    (!subject || strcmp(exchange->subject, subject) == 0))
			return exchange;
	}
	return NULL;
}

static bool has(const struct asked *asked, const char *probe, const char *tag, const char *subject)
{
	return find(asked, probe, tag, subject) != NULL;
}

static void every_address_is_a_subject_of_its_own(void **state)
{
	(void)state;
	const struct pf_site *site = world_site();
	struct asked asked = ask_all(site, &site->vantages[0], (struct world){0});
	static const char V4[] = "https://shop.test [10.203.7.10]";
	static const char V6[] = "https://shop.test [fd5f:706f:7374::10]";
	assert_true(has(&asked, "allowed_hosts", "unknown-host", V4));
	assert_true(has(&asked, "allowed_hosts", "unknown-host", V6));
	assert_true(has(&asked, "allowed_hosts", "plain-host", "http://shop.test [10.203.7.10]"));
	assert_true(has(&asked, "certificate", "shown", "https://www.shop.test [10.203.7.10]"));
	assert_true(has(&asked, "https_redirect", "path", "http://shop.test/admin/ [10.203.7.10]"));
	assert_true(has(&asked, "https_redirect", "post", "POST http://shop.test/ [10.203.7.10]"));
	assert_string_equal(find(&asked, "near_names", "ip-address", V6)->question.http.host,
	                    "[fd5f:706f:7374::10]");
	assert_string_equal(find(&asked, "sni", "no-name", V6)->question.http.url,
	                    "https://[fd5f:706f:7374::10]/?pf=0123abcd-sni");
	pf_arena_free(asked.arena);
}

static void only_app_servers_are_asked_from_inside(void **state)
{
	(void)state;
	const struct pf_site *site = world_site();
	struct asked out = ask_all(site, &site->vantages[0], (struct world){0});
	struct asked in = ask_all(site, &site->vantages[1], (struct world){0});
	assert_true(has(&out, "caches", "outside", "rediss://cache1:6379 [10.203.7.20]"));
	assert_true(has(&in, "caches", "inside-1", "rediss://cache1:6379"));
	assert_false(has(&in, "caches", "outside", NULL));
	assert_true(
		has(&out, "databases", "admin-plain", "postgresql://db1:5432/shop [10.203.7.20]"));
	assert_true(has(&in, "databases", "inside-1", "postgresql://db1:5432/shop"));
	assert_true(has(&out, "backend", "knock", "app1:8000 [10.203.7.10]"));
	assert_false(has(&in, "backend", "knock", NULL));
	assert_true(has(&in, "debug", "settings", "settings"));
	assert_false(has(&out, "debug", "settings", NULL));
	assert_true(has(&in, "static_files", "tree", "/var/www/shop/static"));
	assert_false(has(&out, "static_files", "tree", NULL));
	pf_arena_free(out.arena);
	pf_arena_free(in.arena);
}

static void the_role_app_stands_in_for_a_missing_allow_from(void **state)
{
	(void)state;
	struct pf_site site = *world_site();
	struct pf_service cache = site.caches[0];
	cache.allow_from = (struct pf_words){NULL, 0};
	site.caches = &cache;
	site.cache_count = 1;
	struct asked out = ask_all(&site, &site.vantages[0], (struct world){0});
	struct asked in = ask_all(&site, &site.vantages[1], (struct world){0});
	assert_true(has(&out, "caches", "outside", NULL));
	assert_true(has(&in, "caches", "inside-1", NULL));
	pf_arena_free(out.arena);
	pf_arena_free(in.arena);
}

static void what_is_not_called_for_is_not_asked(void **state)
{
	(void)state;
	const struct pf_site *site = world_site();
	struct asked asked = ask_all(site, &site->vantages[0], (struct world){0});
	assert_false(has(&asked, "allowed_hosts", "front-error", NULL));
	assert_false(has(&asked, "forwarded_host", "clean", NULL));
	pf_arena_free(asked.arena);
	asked = ask_all(site, &site->vantages[0],
	                (struct world){.unknown_host_proxied = true,
	                               .forwarded_passed = true,
	                               .star = true});
	assert_true(has(&asked, "forwarded_host", "clean", NULL));
	assert_false(has(&asked, "forwarded_host", "clean-login", NULL));
	pf_arena_free(asked.arena);
	asked = ask_all(site, &site->vantages[0], (struct world){.unknown_host_proxied = true});
	assert_true(has(&asked, "allowed_hosts", "front-error", NULL));
	pf_arena_free(asked.arena);
	asked = ask_all(site, &site->vantages[1], (struct world){0});
	assert_false(has(&asked, "django_hosts", "forwarded", NULL));
	pf_arena_free(asked.arena);
	asked = ask_all(site, &site->vantages[1], (struct world){.forwarded_passed = true});
	assert_true(has(&asked, "django_hosts", "forwarded", "settings"));
	pf_arena_free(asked.arena);
}

static void a_backend_on_loopback_is_looked_for_on_the_sites_addresses(void **state)
{
	(void)state;
	static const char *const hidden[] = {"unix:/run/shop.sock", "/run/shop.sock", "nonsense",
	                                     "app1:0", "app1:99999"};
	struct pf_site site = *world_site();
	site.app.backend = "127.0.0.1:8000";
	struct asked asked = ask_all(&site, &site.vantages[0], (struct world){0});
	assert_true(has(&asked, "backend", "knock", "shop.test:8000 [10.203.7.10]"));
	pf_arena_free(asked.arena);
	for (size_t i = 0; i < PF_COUNT(hidden); i++) {
		site.app.backend = hidden[i];
		asked = ask_all(&site, &site.vantages[0], (struct world){0});
		assert_false(has(&asked, "backend", "knock", NULL));
		pf_arena_free(asked.arena);
	}
}

static void a_database_without_a_backup_is_asked_about(void **state)
{
	(void)state;
	struct pf_site site = *world_site();
	struct pf_service two[] = {site.databases[0], site.databases[0]};
	two[1].name = "reports";
	site.databases = two;
	site.database_count = 2;
	struct asked asked = ask_all(&site, &site.vantages[0], (struct world){0});
	assert_true(has(&asked, "backups", "undeclared", "database reports"));
	assert_false(has(&asked, "backups", "undeclared", "database default"));
	assert_false(has(&asked, "backups", "undeclared", "media"));
	pf_arena_free(asked.arena);
}

static void a_site_on_plain_http_is_asked_there_alone(void **state)
{
	(void)state;
	static const char *const hosts[] = {"shop.test"};
	struct pf_site site = *world_site();
	site.url = (struct pf_url){"http://shop.test:8080", "http", NULL, "shop.test", 8080, "/"};
	site.http_port = 8080;
	site.hosts = (struct pf_words){hosts, 1};
	struct asked asked = ask_all(&site, &site.vantages[0], (struct world){0});
	static const char SUBJECT_8080[] = "http://shop.test:8080 [10.203.7.10]";
	assert_true(has(&asked, "allowed_hosts", "unknown-host", SUBJECT_8080));
	assert_false(has(&asked, "allowed_hosts", "plain-host", NULL));
	assert_false(has(&asked, "certificate", "verified", NULL));
	assert_false(has(&asked, "sni", "unknown-name", NULL));
	assert_false(has(&asked, "second_request", "http2", NULL));
	pf_arena_free(asked.arena);
}

static void a_site_that_is_an_address_sends_no_name(void **state)
{
	(void)state;
	static const char *const hosts[] = {"10.203.7.10"};
	struct pf_site site = *world_site();
	site.url.host = hosts[0];
	site.hosts = (struct pf_words){hosts, 1};
	struct asked asked =
		ask_all(&site, &site.vantages[0],
	                (struct world){.ip_served = true, .unknown_sni_accepted = true});
	assert_true(has(&asked, "allowed_hosts", "unknown-host", NULL));
	assert_false(has(&asked, "sni", "unknown-name", NULL));
	pf_arena_free(asked.arena);
}

/* NULL would run the project's code as root when nobody said whose it is. */
static void a_projects_code_never_runs_as_whoever_asks(void **state)
{
	(void)state;
	struct pf_site site = *world_site();
	static const char *const on[] = {"app1"};
	site.app = (struct pf_app){.declared = true,
	                           .on = {on, 1},
	                           .project = "/srv/shop",
	                           .python = "/srv/shop/venv/bin/python",
	                           .settings = "shop.settings"};
	struct asked asked = ask_all(&site, &site.vantages[1], (struct world){0});
	size_t commands = 0;
	for (size_t i = 0; i < asked.evidence.count; i++) {
		const struct pf_question *question = &asked.evidence.exchanges[i]->question;
		if (question->kind != PF_KIND_exec ||
		    strcmp(question->exec.argv.at[0], site.app.python) != 0)
			continue;
		commands++;
		assert_non_null(question->exec.user);
		assert_string_equal(question->exec.user, "");
	}
	assert_true(commands > 0);
	pf_arena_free(asked.arena);
}

static void a_name_that_is_not_found_ends_the_asking(void **state)
{
	(void)state;
	struct pf_site site = *world_site();
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	struct pf_selection only = {0};
	struct pf_plan *plan =
		pf_plan_new(arena, &site, &site.vantages[0], "pf-0123abcd.invalid", &only);
	do
		for (size_t i = 0; i < pf_plan_count(plan); i++)
			if (!pf_plan_answer(plan, i))
				pf_plan_give_up(plan, i, PF_no_such_name, NULL);
	while (pf_plan_advance(plan));
	struct pf_vantage_evidence evidence = pf_plan_evidence(plan, "complete", NULL);
	for (size_t i = 0; i < evidence.count; i++) {
		/* What lies on this host has nothing to do with the site's name. */
		enum pf_kind kind = evidence.exchanges[i]->question.kind;
		assert_true(kind == PF_KIND_resolve || kind == PF_KIND_file ||
		            kind == PF_KIND_process || kind == PF_KIND_exec);
	}
	pf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_address_is_a_subject_of_its_own),
		cmocka_unit_test(only_app_servers_are_asked_from_inside),
		cmocka_unit_test(the_role_app_stands_in_for_a_missing_allow_from),
		cmocka_unit_test(what_is_not_called_for_is_not_asked),
		cmocka_unit_test(a_backend_on_loopback_is_looked_for_on_the_sites_addresses),
		cmocka_unit_test(a_database_without_a_backup_is_asked_about),
		cmocka_unit_test(a_site_on_plain_http_is_asked_there_alone),
		cmocka_unit_test(a_site_that_is_an_address_sends_no_name),
		cmocka_unit_test(a_projects_code_never_runs_as_whoever_asks),
		cmocka_unit_test(a_name_that_is_not_found_ends_the_asking),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
