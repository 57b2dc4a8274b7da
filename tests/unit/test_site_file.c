/* Right site files: every key of the complete example, the defaults, and the ways to write the same
 * thing. */
#include "base/clock.h"
#include "base/limits.h"
#include "model/site_file.h"
#include "rig_scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pf_site parsed(const struct scratch *scratch, const char *text, size_t count)
{
	struct pf_site site;
	struct pf_mistakes mistakes = {0};
	if (!pf_site_parse(scratch->arena, "site.yaml", text, count, &site, &mistakes))
		fail_msg("%s", mistakes.count
		                       ? pf_mistake_line(scratch->arena, "site.yaml", mistakes.at)
		                       : "refused without a mistake");
	assert_int_equal(mistakes.count, 0);
	return site;
}

static struct pf_site site_of(void **state, const char *text)
{
	return parsed(*state, text, strlen(text));
}

static struct pf_site complete(void **state)
{
	static char text[PF_SITE_FILE_BYTES];
	FILE *file = fopen(PF_SOURCE_DIR "/tests/unit/fixtures/complete.yaml", "rb");
	assert_non_null(file);
	size_t count = fread(text, 1, sizeof text, file);
	fclose(file);
	return parsed(*state, text, count);
}

static void assert_words(struct pf_words words, const char *expected)
{
	char joined[512] = "";
	for (size_t i = 0; i < words.count; i++) {
		strcat(joined, i ? " " : "");
		strcat(joined, words.at[i]);
	}
	assert_string_equal(joined, expected);
}

static void the_head_of_the_complete_example_is_read(void **state)
{
	struct pf_site site = complete(state);
	assert_string_equal(site.file, "site.yaml");
	assert_string_equal(site.name, "shop");
	assert_string_equal(site.url.text, "https://shop.example.com");
	assert_string_equal(site.url.host, "shop.example.com");
	assert_int_equal(site.http_port, 80);
	assert_words(site.hosts, "shop.example.com www.shop.example.com");
	assert_words(site.addresses, "203.0.113.10 2001:db8::10");
	assert_string_equal(site.ca_file, "/etc/ssl/private-ca.pem");
	assert_string_equal(site.login_path, "/accounts/login/");
	assert_string_equal(site.admin_path, "/admin/");
}

static void assert_vantage(const struct pf_vantage *vantage, const char *name, const char *role,
                           const char *ssh, int line)
{
	assert_string_equal(vantage->name, name);
	assert_string_equal(vantage->role, role);
	assert_int_equal(ssh == NULL, vantage->ssh == NULL);
	if (ssh)
		assert_string_equal(vantage->ssh, ssh);
	assert_int_equal(vantage->line, line);
}

static void its_vantages_keep_their_order(void **state)
{
	struct pf_site site = complete(state);
	assert_int_equal(site.vantage_count, 4);
	assert_vantage(&site.vantages[0], "bastion", "bastion", NULL, 10);
	assert_vantage(&site.vantages[1], "app1", "app", "deploy@app1", 11);
	assert_vantage(&site.vantages[2], "world", "outside", "probe@far-away", 12);
	assert_vantage(&site.vantages[3], "db1", "db", "db1", 13);
}

static void its_app_is_read(void **state)
{
	struct pf_site site = complete(state);
	assert_true(site.app.declared);
	assert_words(site.app.on, "app1");
	assert_string_equal(site.app.project, "/srv/shop");
	assert_string_equal(site.app.python, "/srv/shop/venv/bin/python");
	assert_string_equal(site.app.settings, "shop.settings.production");
	assert_string_equal(site.app.user, "shop");
	assert_string_equal(site.app.backend, "app1:8000");
	assert_int_equal(site.app.line, 16);
}

static void its_databases_and_caches_are_read(void **state)
{
	struct pf_site site = complete(state);
	assert_int_equal(site.database_count, 1);
	const struct pf_service *database = &site.databases[0], *cache = &site.caches[0];
	assert_string_equal(database->name, "default");
	assert_string_equal(database->url.scheme, "postgresql");
	assert_string_equal(database->url.user, "shop");
	assert_string_equal(database->url.host, "db1");
	assert_int_equal(database->url.port, 5432);
	assert_string_equal(database->url.path, "/shop");
	assert_null(database->username);
	assert_string_equal(database->password.file, "/etc/postflight/db.pw");
	assert_words(database->allow_from, "app1");
	assert_int_equal(site.cache_count, 1);
	assert_string_equal(cache->url.host, "cache1");
	assert_string_equal(cache->url.path, "/1");
	assert_string_equal(cache->username, "shop");
	assert_string_equal(cache->password.file, "/etc/postflight/redis.pw");
	assert_words(cache->allow_from, "app1");
}

static void assert_directory(const struct pf_directory *directory, const char *root,
                             const char *url, const char *owner)
{
	assert_true(directory->declared);
	assert_words(directory->on, "app1");
	assert_string_equal(directory->root, root);
	assert_string_equal(directory->url, url);
	assert_string_equal(directory->owner, owner);
	assert_string_equal(directory->web_user, "www-data");
}

static void its_directories_and_logs_are_read(void **state)
{
	struct pf_site site = complete(state);
	assert_directory(&site.static_files, "/srv/shop/static", "/static/", "deploy");
	assert_directory(&site.media, "/srv/shop/media", "/media/", "shop");
	assert_true(site.logs.declared);
	assert_words(site.logs.on, "app1");
	assert_words(site.logs.files, "/var/log/shop/django.log");
}

static void its_backups_are_read(void **state)
{
	struct pf_site site = complete(state);
	assert_int_equal(site.backup_count, 2);
	const struct pf_backup *database = &site.backups[0], *uploads = &site.backups[1];
	assert_string_equal(database->name, "database");
	assert_string_equal(database->of, "default");
	assert_words(database->on, "db1");
	assert_words(database->files, "/var/backups/shop/db-*.dump");
	assert_null(database->tool);
	assert_int_equal(database->max_age, 26 * 3600);
	assert_int_equal(database->keep, 7);
	assert_string_equal(database->restore_into, "postgresql:///?host=/run/postgresql");
	assert_int_equal(database->drill_max_age, 7 * 24 * 3600);
	assert_string_equal(uploads->of, "media");
	assert_words(uploads->files, "/var/backups/shop/media-*.tar.gz");
	assert_int_equal(uploads->keep, 0);
	assert_null(uploads->restore_into);
}

static void its_waiver_ends_with_the_day_in_utc(void **state)
{
	struct pf_site site = complete(state);
	assert_int_equal(site.waiver_count, 1);
	const struct pf_waiver *waiver = &site.waivers[0];
	assert_string_equal(waiver->check, "allowed-hosts.subdomains");
	assert_string_equal(waiver->subject, "https://shop.example.com");
	assert_string_equal(waiver->reason, "wildcard tenants, see OPS-112");
	assert_string_equal(waiver->owner, "ops@example.com");
	assert_string_equal(waiver->expires_on, "2027-03-01");
	assert_string_equal(pf_timestamp(((struct scratch *)*state)->arena, waiver->expires - 1),
	                    "2027-03-01T23:59:59Z");
}

static void a_url_is_enough_and_the_rest_has_defaults(void **state)
{
	struct pf_site site = site_of(state, "url: https://Shop.example.com/x\n");
	assert_string_equal(site.name, "shop.example.com");
	assert_words(site.hosts, "shop.example.com");
	assert_int_equal(site.http_port, 80);
	assert_int_equal(site.vantage_count, 1);
	assert_vantage(&site.vantages[0], "bastion", "bastion", NULL, 0);
	assert_false(site.app.declared || site.static_files.declared || site.media.declared ||
	             site.logs.declared);
	assert_int_equal(site.addresses.count + site.database_count + site.cache_count +
	                         site.backup_count + site.waiver_count,
	                 0);
}

static void the_host_of_the_url_leads_the_hosts_whatever_the_list_says(void **state)
{
	assert_words(
		site_of(state, "url: https://b.example\nhosts: [a.example, B.example]\n").hosts,
		"b.example a.example");
	assert_words(site_of(state, "url: https://b.example\nhosts: [a.example]\n").hosts,
	             "b.example a.example");
	assert_words(site_of(state, "url: https://a.example\nhosts: [\"*.a.example\", .b.example, "
	                            "\"::1\"]\n")
	                     .hosts,
	             "a.example *.a.example .b.example ::1");
}

static void a_vantage_has_its_own_ssh_configuration_and_program(void **state)
{
	struct pf_site site = site_of(
		state,
		"url: https://a.example\nhttp_port: 8080\nvantages:\n  far: {role: outside, "
		"ssh: far, ssh_config: /etc/x, command: /opt/postflight, ports: [22, 9100]}\n");
	assert_int_equal(site.http_port, 8080);
	assert_string_equal(site.vantages[0].ssh_config, "/etc/x");
	assert_int_equal(site.vantages[0].ports.count, 2);
	assert_string_equal(site.vantages[0].ports.at[1], "9100");
	assert_string_equal(site.vantages[0].command, "/opt/postflight");
	assert_ptr_equal(pf_vantage_named(&site, "far"), &site.vantages[0]);
	assert_null(pf_vantage_named(&site, "bastion"));
}

static void a_vantage_is_in_a_list_by_name_or_by_role(void **state)
{
	(void)state;
	static const char *const words[] = {"app", "db1"};
	struct pf_words list = {words, 2};
	assert_true(pf_vantage_in(&(struct pf_vantage){.name = "x", .role = "app"}, list));
	assert_true(pf_vantage_in(&(struct pf_vantage){.name = "db1", .role = "db"}, list));
	assert_false(pf_vantage_in(&(struct pf_vantage){.name = "x", .role = "db"}, list));
}

static const char *backend(void **state, const char *text)
{
	const struct scratch *scratch = *state;
	return site_of(state, pf_arena_print(scratch->arena,
	                                     "url: https://a.example\napp: {on: bastion, backend: "
	                                     "\"%s\"}\n",
	                                     text))
	        .app.backend;
}

static void a_backend_is_a_port_or_a_socket(void **state)
{
	assert_string_equal(backend(state, "/run/gunicorn.sock"), "unix:/run/gunicorn.sock");
	assert_string_equal(backend(state, "unix:/run/gunicorn.sock"), "unix:/run/gunicorn.sock");
	assert_string_equal(backend(state, "127.0.0.1:8000"), "127.0.0.1:8000");
	assert_string_equal(backend(state, "[::1]:8000"), "[::1]:8000");
}

static void a_tool_can_keep_a_backup(void **state)
{
	static const char *const tools[][3] = {{"pgbackrest", "stanza", "shop"},
	                                       {"restic", "repo", "/srv/r"},
	                                       {"borg", "repo", "ssh://b/./r"},
	                                       {"barman", "server", "main"},
	                                       {"s3", "bucket", "b1"}};
	const struct scratch *scratch = *state;
	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
		struct pf_site site = site_of(
			state, pf_arena_print(scratch->arena,
		                              "url: https://a.example\nbackups:\n  - {name: b, of: "
		                              "media, on: bastion, %s: {%s: \"%s\"}}\n",
		                              tools[i][0], tools[i][1], tools[i][2]));
		assert_string_equal(site.backups[0].tool, tools[i][0]);
		assert_string_equal(site.backups[0].tool_target, tools[i][2]);
		assert_int_equal(site.backups[0].files.count, 0);
	}
}

static void a_tool_is_told_how_it_is_run(void **state)
{
	struct pf_site site = site_of(
		state, "url: https://a.example\nbackups:\n  - {name: b, of: media, on: bastion, "
		       "borg: {repo: /srv/b}, user: backup, password_file: /etc/b.pw, program: "
		       "/opt/borg, select: \"media-*\"}\n  - {name: c, of: media, on: bastion, "
		       "barman: {server: main}, config: /etc/b.conf}\n");
	assert_string_equal(site.backups[0].user, "backup");
	assert_string_equal(site.backups[0].password_file, "/etc/b.pw");
	assert_string_equal(site.backups[0].program, "/opt/borg");
	assert_string_equal(site.backups[1].config, "/etc/b.conf");
	assert_string_equal(site.backups[0].select, "media-*");
}

static void a_bucket_may_have_a_prefix(void **state)
{
	struct pf_site site =
		site_of(state, "url: https://a.example\nbackups:\n  - {name: b, of: media, on: "
	                       "bastion, s3: {prefix: shop/db, bucket: b1}}\n");
	assert_string_equal(site.backups[0].tool, "s3");
	assert_string_equal(site.backups[0].tool_target, "b1/shop/db");
	assert_string_equal(site.backups[0].s3.bucket, "b1");
	assert_string_equal(site.backups[0].s3.prefix, "shop/db");
	assert_null(site.backups[0].s3.endpoint.text);
}

static void a_bucket_may_be_of_any_store(void **state)
{
	struct pf_site site = site_of(
		state,
		"url: https://a.example\nbackups:\n  - {name: b, of: media, on: bastion, s3: "
		"{bucket: b1, endpoint: \"https://s3.example:9000\", region: eu-1, "
		"access_key: AK, password_env: SK}}\n");
	const struct pf_bucket *s3 = &site.backups[0].s3;
	assert_true(s3->declared);
	assert_string_equal(s3->endpoint.host, "s3.example");
	assert_int_equal(s3->endpoint.port, 9000);
	assert_string_equal(s3->region, "eu-1");
	assert_string_equal(s3->access_key, "AK");
	assert_string_equal(s3->password.environment, "SK");
	site = site_of(state, "url: https://a.example\nbackups:\n  - {name: b, of: media, on: "
	                      "bastion, s3: {bucket: b1, endpoint: \"http://10.0.0.9:9000\"}}\n");
	assert_string_equal(site.backups[0].s3.endpoint.scheme, "http");
}

static void passwords_come_from_the_environment_or_a_command(void **state)
{
	struct pf_site site = site_of(
		state, "url: https://a.example\ndatabases:\n  - {name: a, url: \"mysql://db/a\", "
		       "password_env: DB_PW, allow_from: app}\n  - {name: b, url: "
		       "\"sqlite:///srv/b\", password_command: [/bin/pass, show, b]}\n");
	assert_string_equal(site.databases[0].password.environment, "DB_PW");
	assert_words(site.databases[0].allow_from, "app");
	assert_words(site.databases[1].password.command, "/bin/pass show b");
}

static void values_have_the_type_of_the_key_not_that_of_yaml(void **state)
{
	struct pf_site site =
		site_of(state, "url: https://a.example\nsite: no\nhttp_port: \"81\"\n"
	                       "app: {on: [bastion], user: 012, settings: \"null\"}\n");
	assert_string_equal(site.name, "no");
	assert_int_equal(site.http_port, 81);
	assert_string_equal(site.app.user, "012");
	assert_string_equal(site.app.settings, "null");
}

static void a_byte_order_mark_crlf_json_and_letters_are_fine(void **state)
{
	static const char marked[] = "\xef\xbb\xbf# caf\xc3\xa9 #\t\r\nurl: https://a.example\r\n"
				     "site: caf\xc3\xa9\r\n";
	assert_string_equal(site_of(state, marked).name, "caf\xc3\xa9");
	assert_string_equal(
		site_of(state, "{\"url\": \"https://a.example\", \"site\": \"x\"}").name, "x");
	assert_string_equal(site_of(state, "---\nurl: https://a.example\nsite: a\\b\n...\n").name,
	                    "a\\b");
}

static void a_site_file_may_have_exactly_one_mebibyte(void **state)
{
	static char text[PF_SITE_FILE_BYTES];
	memset(text, '#', sizeof text);
	memcpy(text, "url: https://a.example\n", 23);
	assert_string_equal(parsed(*state, text, sizeof text).name, "a.example");
}

static void hosts_and_addresses_count_once_however_often_they_are_written(void **state)
{
	struct pf_site site = site_of(
		state, "url: https://a.example\n"
		       "hosts: [b.example, A.example, B.example, b.example]\n"
		       "addresses: [192.0.2.1, \"2001:db8::a\", 192.0.2.1, \"2001:DB8::A\"]\n");
	assert_words(site.hosts, "a.example b.example");
	assert_words(site.addresses, "192.0.2.1 2001:db8::a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_of_the_complete_example_is_read),
		cmocka_unit_test(its_vantages_keep_their_order),
		cmocka_unit_test(its_app_is_read),
		cmocka_unit_test(its_databases_and_caches_are_read),
		cmocka_unit_test(its_directories_and_logs_are_read),
		cmocka_unit_test(its_backups_are_read),
		cmocka_unit_test(its_waiver_ends_with_the_day_in_utc),
		cmocka_unit_test(a_url_is_enough_and_the_rest_has_defaults),
		cmocka_unit_test(the_host_of_the_url_leads_the_hosts_whatever_the_list_says),
		cmocka_unit_test(hosts_and_addresses_count_once_however_often_they_are_written),
		cmocka_unit_test(a_vantage_has_its_own_ssh_configuration_and_program),
		cmocka_unit_test(a_vantage_is_in_a_list_by_name_or_by_role),
		cmocka_unit_test(a_backend_is_a_port_or_a_socket),
		cmocka_unit_test(a_tool_can_keep_a_backup),
		cmocka_unit_test(a_tool_is_told_how_it_is_run),
		cmocka_unit_test(a_bucket_may_have_a_prefix),
		cmocka_unit_test(a_bucket_may_be_of_any_store),
		cmocka_unit_test(passwords_come_from_the_environment_or_a_command),
		cmocka_unit_test(values_have_the_type_of_the_key_not_that_of_yaml),
		cmocka_unit_test(a_byte_order_mark_crlf_json_and_letters_are_fine),
		cmocka_unit_test(a_site_file_may_have_exactly_one_mebibyte),
	};
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
