/* Wrong site files: each kind of mistake is said with its exact place and words, and all of them at
 * once. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/site_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct pf_arena *arena;

static int start(void **state)
{
	(void)state;
	arena = pf_arena_new(64 * 1024 * 1024);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pf_arena_free(arena);
	return 0;
}

/* All mistakes, one a line, as "line:column: text". */
static const char *mistakes_in(const char *text, size_t count)
{
	struct pf_site site;
	struct pf_mistakes mistakes = {0};
	const char *all = "";
	bool right = pf_site_parse(arena, "f", text, count, &site, &mistakes);
	assert_int_equal(right, mistakes.count == 0);
	for (size_t i = 0; i < mistakes.count; i++) {
		const char *line = pf_mistake_line(arena, "f", &mistakes.at[i]);
		assert_true(strncmp(line, "f:", 2) == 0 && pf_is_utf8(line, strlen(line)));
		all = pf_arena_print(arena, "%s%s\n", all, line + 2);
	}
	return all;
}

static void assert_mistakes(const char *text, const char *expected)
{
	assert_string_equal(mistakes_in(text, strlen(text)), expected);
}

/* The same with a right url in line 1, so that `more` begins in line 2. */
static void assert_more(const char *more, const char *expected)
{
	assert_mistakes(pf_arena_print(arena, "url: https://a.example\n%s", more), expected);
}

#define LINE(text) text "\n"
#define DATABASE "  - {name: a, url: \"postgresql://db/a\"}\n"

static void a_site_needs_a_url(void **state)
{
	(void)state;
	assert_mistakes("site: x\n", LINE("1:1: the site file needs the key \"url\": where the "
	                                  "site is; all that is needed"));
	assert_mistakes("", LINE(" the site file is empty; it needs at least `url: https://...`"));
	assert_mistakes("# nothing\n",
	                LINE(" the site file is empty; it needs at least `url: https://...`"));
}

static void the_root_is_a_map(void **state)
{
	(void)state;
	assert_mistakes("- x\n", LINE("1:1: a site file is a list of `key: value` lines, "
	                              "beginning with `url:`"));
	assert_mistakes("https://a.example\n", LINE("1:1: a site file is a list of `key: value` "
	                                            "lines, beginning with `url:`"));
}

static void an_unknown_key_is_refused_with_the_nearest_one_or_all(void **state)
{
	(void)state;
	assert_more("hots: [a.example]\n",
	            LINE("2:1: unknown key \"hots\" in the site file; did you mean \"hosts\"?"));
	assert_more(
		"logs:\n  on: bastion\n  files: /x\n  elephants: 1\n",
		LINE("5:3: unknown key \"elephants\" in logs; it can have: on, files, journal"));
	assert_more("databases:\n  - name: a\n    url: mysql://db/a\n    password: hunter2\n",
	            LINE("5:5: unknown key \"password\" in a database; it can have: name, url, "
	                 "username, password_file, password_env, password_credential, "
	                 "password_command, allow_from"));
	assert_more("\"\\u00e9\\\\\": 1\n",
	            LINE("2:1: unknown key \"\xc3\xa9\\\\\" in the site file; it can have: site, "
	                 "url, http_port, hosts, addresses, ca_file, login_path, admin_path, "
	                 "allow_writes, history, vantages, app, databases, caches, static, media, "
	                 "logs, "
	                 "backups, waivers"));
}

static void a_key_there_twice_is_refused_at_the_second(void **state)
{
	(void)state;
	assert_more("url: https://b.example\n",
	            LINE("2:1: the key \"url\" is there twice; the first is in line 1"));
	assert_more("vantages:\n  a: {role: app}\n  \"a\": {role: db}\n",
	            LINE("4:3: the key \"a\" is there twice; the first is in line 3"));
}

static void anchors_aliases_and_tags_are_refused_each_at_its_place(void **state)
{
	(void)state;
	assert_mistakes(
		"url: &a https://a.example\nsite: *a\nhosts: !!seq [b.example]\n",
		LINE("1:6: anchors (&name) are not allowed here; write the value out")
			LINE("2:7: aliases (*name) are not allowed here; write the value out") LINE(
				"3:8: tags (!name) are not allowed here; write the plain value"));
	assert_more("app: &x {on: bastion}\n",
	            LINE("2:6: anchors (&name) are not allowed here; write the value out"));
	assert_more("hosts: [*a, b.example]\n",
	            LINE("2:9: aliases (*name) are not allowed here; write the value out"));
	assert_more("*a : 1\n",
	            LINE("2:1: aliases (*name) are not allowed here; write the value out"));
}

static void merge_keys_are_refused_even_where_names_are_free(void **state)
{
	(void)state;
	assert_more("vantages:\n  b: {role: bastion}\n  <<: {role: app}\n",
	            LINE("4:3: merge keys (<<) are not allowed here; write the keys out"));
}

static void a_key_is_a_word(void **state)
{
	(void)state;
	assert_more("[a, b]: 1\n", LINE("2:1: a key must be a plain word"));
}

static void a_second_document_is_refused(void **state)
{
	(void)state;
	assert_more("---\nsite: x\n",
	            LINE("2:1: a second document begins here; a site file has one"));
}

static void a_byte_order_mark_counts_for_nothing(void **state)
{
	(void)state;
	assert_mistakes("\xef\xbb\xbfurl: https://a.example\nsite: x\n", "");
	assert_mistakes("\xef\xbb\xbfurl: nonsense://\n",
	                LINE("1:6: url: a URL begins with a scheme that is known here, as in "
	                     "https://, postgresql://, redis://"));
}

static void tabs_are_refused_where_they_stand_except_in_comments(void **state)
{
	(void)state;
	assert_more("\tsite: x\n", LINE("2:1: this is a tab; YAML is indented with spaces"));
	assert_more("# \xc3\xa9\tfine\nsite: \xc3\xa9\tx\n",
	            LINE("3:8: this is a tab; YAML is indented with spaces"));
	assert_more("site: \"a #\tb\"\n", LINE("2:7: control and invisible characters are not "
	                                       "allowed in a value, and this one holds \\t"));
}

static void bytes_that_are_not_utf8_are_refused_where_they_stand(void **state)
{
	(void)state;
	assert_more("site: \xc3\xa9\xff\n", LINE("2:8: this is not UTF-8"));
	assert_more("site: \xed\xa0\x80\n", LINE("2:7: this is not UTF-8"));
	assert_more("site: \xc0\x80\n", LINE("2:7: this is not UTF-8"));
	assert_more("site: \xf0\x9f\x98", LINE("2:7: this is not UTF-8"));
	assert_string_equal(mistakes_in("\xff\xfeu\0", 4), LINE("1:1: this is not UTF-8"));
}

static void control_characters_are_refused_raw(void **state)
{
	(void)state;
	assert_more("site: a\x1b[2J\n", LINE("2:8: this is a control character"));
	assert_more("site: a\xc2\x9b"
	            "2J\n",
	            LINE("2:8: this is a control character"));
	assert_more("site: a\xe2\x80\xa8x\n", LINE("2:8: this is a control character"));
	assert_more("# \x7f\n", LINE("2:3: this is a control character"));
	assert_string_equal(mistakes_in("url: a\0b\n", 9),
	                    LINE("1:7: this is a control character"));
}

static void control_and_invisible_characters_are_refused_escaped(void **state)
{
	(void)state;
	static const char *const holds[][2] = {
		{"\\r\\nX: y", "\\r"}, {"\\0", "\\x00"},         {"\\x9b2J", "\\xc2\\x9b"},
		{"\\e[2J", "\\x1b"},   {"\\u202e", "\\u{202e}"}, {"\\ufeff", "\\u{feff}"},
	};
	for (size_t i = 0; i < sizeof holds / sizeof *holds; i++)
		assert_more(pf_arena_print(arena, "site: \"a%s\"\n", holds[i][0]),
		            pf_arena_print(arena,
		                           "2:7: control and invisible characters are not allowed "
		                           "in a value, and this one holds %s\n",
		                           holds[i][1]));
	assert_more("site: |\n  a\n  b\n", LINE("2:7: control and invisible characters are not "
	                                        "allowed in a value, and this one holds \\n"));
	assert_more("site: a\xe2\x80\x8b\n",
	            LINE("2:7: control and invisible characters are not allowed in a value, and "
	                 "this one holds \\u{200b}"));
}

static void what_is_no_yaml_is_refused_where_it_stops_being_it(void **state)
{
	(void)state;
	assert_more("hosts: [a.example\nsite: x\n",
	            LINE("3:5: this is not YAML: did not find expected ',' or ']'"));
	assert_more("site: \"x\n", LINE("3:1: this is not YAML: found unexpected end of stream"));
	assert_more("  site: x\n",
	            LINE("2:7: this is not YAML: mapping values are not allowed in this context"));
}

static void too_large_too_deep_too_long_and_too_much_are_refused(void **state)
{
	(void)state;
	static char large[PF_SITE_FILE_BYTES + 1];
	memset(large, '#', sizeof large);
	assert_string_equal(mistakes_in(large, sizeof large),
	                    LINE(" a site file is at most 1 MiB"));
	assert_more("x: [[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]\n",
	            LINE("2:19: this is nested too deep"));
	memset(large, 'x', 4097);
	large[4097] = '\0';
	assert_more(pf_arena_print(arena, "site: %s\n", large),
	            LINE("2:7: this is too long; a value has at most 4096 bytes"));
	for (size_t i = 0; i < 20000; i++)
		memcpy(large + 5 * i, "[],\n ", 5);
	large[5 * 20000] = '\0';
	assert_mistakes(pf_arena_print(arena, "x: [ %s]", large),
	                LINE("19998:2: this is too much: a site file has at most 20000 keys and "
	                     "values"));
}

static void a_key_without_a_value_is_refused(void **state)
{
	(void)state;
	assert_more(
		"site:\nca_file: ~\nhosts: null\nstatic: ''\n",
		LINE("2:6: site: there is no value; write one, or leave the key out") LINE(
			"3:10: ca_file: there is no value; write one, or leave the key out")
			LINE("4:8: hosts: there is no value; write one, or leave the key out") LINE(
				"5:9: static: there is no value; write one, or leave the key out"));
}

static void wrong_types_are_refused_with_what_would_be_right(void **state)
{
	(void)state;
	static const char *const wrong[][3] = {
		{"site: [x]", "7", "site: this must be a text"},
		{"http_port: 65536", "12", "http_port: this must be a port, from 1 to 65535"},
		{"http_port: 0", "12", "http_port: this must be a port, from 1 to 65535"},
		{"http_port: 0x50", "12", "http_port: this must be a port, from 1 to 65535"},
		{"hosts: 5", "8",
	         "hosts: this must be a list of host names, as in [shop.example.com]"},
		{"hosts: [a.example, a/b]", "20",
	         "hosts: this must be a list of host names, as in [shop.example.com]"},
		{"hosts: [\"a.example:80\"]", "9",
	         "hosts: this must be a list of host names, as in [shop.example.com]"},
		{"hosts: [\"*.\"]", "9",
	         "hosts: this must be a list of host names, as in [shop.example.com]"},
		{"addresses: [192.0.2.1, a.example]", "24",
	         "addresses: this must be a list of addresses, as in [203.0.113.10, "
	         "\"2001:db8::10\"]"},
		{"ca_file: ca.pem", "10", "ca_file: this must be an absolute path"},
		{"login_path: login/", "13",
	         "login_path: this must be the path of a URL, as in /static/"},
		{"admin_path: //evil.example/", "13",
	         "admin_path: this must be the path of a URL, as in /static/"},
		{"admin_path: \"/a b\"", "13",
	         "admin_path: this must be the path of a URL, as in /static/"},
		{"allow_writes: maybe", "15", "allow_writes: this must be true or false"},
		{"allow_writes: \"true\"", "15", "allow_writes: this must be true or false"},
		{"app: [x]", "6", "app must be a block of keys, as in {on: ...}"},
		{"caches: {a: b}", "9", "this must be a list of blocks, each beginning with -"},
		{"caches: [x]", "10", "a cache must be a block of keys, as in {name: ...}"},
		{"vantages: [x]", "11",
	         "this must be names, each with a block: {bastion: {role: bastion}}"},
		{"vantages: {}", "11",
	         "this must be names, each with a block: {bastion: {role: bastion}}"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_more(wrong[i][0],
		            pf_arena_print(arena, "2:%s: %s\n", wrong[i][1], wrong[i][2]));
}

static void vantages_have_plain_names_known_roles_and_harmless_destinations(void **state)
{
	(void)state;
	assert_more(
		"vantages:\n  a b: {role: app}\n  -x: {role: king}\n  c: {ssh: c}\n"
		"  d: {role: db, ssh: -oX}\n  e: {role: db, ssh: \"e;reboot\"}\n",
		LINE("3:3: the name of a vantage has letters, digits and _ . - in it, as in app1")
			LINE("4:3: the name of a vantage has letters, digits and _ . - in it, as "
	                     "in app1") LINE("4:14: role: a role is one of bastion, app, db, "
	                                     "outside, backup")
				LINE("5:6: a vantage needs the key \"role\": what kind of place it "
	                             "is: bastion, app, db, outside or backup")
					LINE("6:22: ssh: this must be a destination for ssh, as in "
	                                     "deploy@app1")
						LINE("7:22: ssh: this must be a destination for "
	                                             "ssh, as in deploy@app1"));
}

static void a_name_that_leads_nowhere_is_refused_even_beside_other_mistakes(void **state)
{
	(void)state;
	assert_more(
		"vantages: {bastion: {role: bastion}, app1: {role: app}}\n"
		"databases:\n  - {name: main, url: \"mysql://db/a\", allow_from: [app, app2]}\n"
		"logs: {on: [bastion, app11], files: /x}\n"
		"backups:\n  - {name: b, of: mian, on: nobody, files: /x}\n"
		"http_port: x\n",
		LINE("4:57: allow_from: \"app2\" is neither a vantage of this file nor a role; "
	             "did you mean \"app1\"?") LINE("5:22: on: \"app11\" is not a vantage of this "
	                                            "file; did you mean \"app1\"?")
			LINE("7:19: of: \"mian\" is neither a database of this file nor media; did "
	                     "you "
	                     "mean \"main\"?")
				LINE("7:29: on: \"nobody\" is not a vantage of this file") LINE(
					"8:12: http_port: this must be a port, from 1 to 65535"));
}

/* Each would be compared with each: minutes, where the fiftieth mistake is the last one told. */
static void thousands_of_names_that_lead_nowhere_are_refused_at_once(void **state)
{
	(void)state;
	enum { VANTAGES = 500, NAMES = 15000, ROOM = 64 };
	char *text = pf_arena_take(arena, (VANTAGES + NAMES + 2) * ROOM);
	size_t used = (size_t)sprintf(text, "url: https://a.example\nvantages:\n");
	for (int i = 0; i < VANTAGES; i++)
		used += (size_t)sprintf(text + used, "  %040d: {role: app}\n", i);
	used += (size_t)sprintf(text + used, "logs:\n  files: /x\n  on:\n");
	for (int i = 0; i < NAMES; i++)
		used += (size_t)sprintf(text + used, "    - %041d\n", i);
	struct pf_site site;
	struct pf_mistakes mistakes = {0};
	int64_t start_us = pf_now_us();
	assert_false(pf_site_parse(arena, "f", text, used, &site, &mistakes));
	assert_int_equal(mistakes.count, 50);
	assert_true(pf_now_us() - start_us < 30 * 1000 * 1000);
}

static void names_are_given_once(void **state)
{
	(void)state;
	assert_more("databases:\n" DATABASE DATABASE,
	            LINE("4:12: name: \"a\" is the name of a database before; each needs its own"));
}

static void a_url_of_another_kind_of_service_is_refused(void **state)
{
	(void)state;
	assert_more("databases:\n  - {name: a, url: \"redis://db/1\"}\ncaches:\n" DATABASE,
	            LINE("3:20: url: a database's URL begins with postgresql://, mysql:// or "
	                 "sqlite:///") LINE("5:20: url: a cache's URL begins with redis://, "
	                                    "rediss:// or memcached://"));
	assert_mistakes("url: redis://a.example\n",
	                LINE("1:6: url: the site's URL begins with https:// (or http://)"));
}

static void passwords_are_refused_and_never_repeated(void **state)
{
	(void)state;
#define NO_PASSWORD                                                                                \
	"a password does not belong into the site file; use password_file, password_env or "       \
	"password_command"
	assert_more("databases:\n  - name: a\n    url: postgresql://shop:hunter2@db/a\n"
	            "backups:\n  - {name: b, of: media, on: bastion, files: /x, restore_into: "
	            "\"mysql://u:hunter2@db/x\"}\n",
	            LINE("4:10: url: " NO_PASSWORD) LINE("6:64: restore_into: " NO_PASSWORD));
	assert_mistakes("url: https://user:hunter2@a.example\n", LINE("1:6: url: " NO_PASSWORD));
}

static void passwords_are_refused_in_any_text(void **state)
{
	(void)state;
#define ELSEWHERE                                                                                  \
	"a password does not belong into the site file; keep it where the one who needs it reads " \
	"it itself"
	assert_more("site: a b=mysql://u:hunter2@h\nhosts: [b.example, \"x://u:@h\"]\n",
	            LINE("2:7: site: " ELSEWHERE) LINE("3:20: hosts: " ELSEWHERE));
	assert_more("backups:\n  - {name: b, of: media, on: bastion, restic: {repo: "
	            "\"rest:https://u:hunter2@h/r\"}}\n",
	            LINE("3:54: restic: " ELSEWHERE));
	assert_more("caches:\n  - name: a\n    url: redis://c\n    password_command:\n"
	            "      - curl\n      - ftp://u@x:hunter2@h/r\n",
	            LINE("7:9: password_command: " ELSEWHERE));
	assert_more("site: \"https://a:1/@b x://u@h y://h/a:b@c\"\n", "");
}

static void a_password_comes_from_one_place(void **state)
{
	(void)state;
	assert_more("caches:\n  - name: a\n    url: redis://c\n    password_env: A\n"
	            "    password_file: /a\n",
	            LINE("6:5: the password comes from one place: password_file, password_env, "
	                 "password_credential or password_command"));
}

#define BACKUP(rest) "backups:\n  - {name: b, of: media, on: bastion" rest "}\n"
#define ONE_PLACE "a backup is kept in one place: files, pgbackrest, restic, borg, barman or s3"

static void a_backup_is_kept_in_one_place(void **state)
{
	(void)state;
	assert_more(BACKUP(""), LINE("3:5: " ONE_PLACE));
	assert_more(BACKUP(", files: /x, borg: {repo: x}"), LINE("3:50: " ONE_PLACE));
	assert_more(BACKUP(", restic: {repo: x}, borg: {repo: x}"), LINE("3:58: " ONE_PLACE));
	assert_more(BACKUP(", borg: {rope: x}"),
	            LINE("3:45: borg: this must be borg: {repo: ...}"));
	assert_more(BACKUP(", s3: {prefix: x}"),
	            LINE("3:43: s3 needs the key \"bucket\": the bucket's name"));
	assert_more(BACKUP(", s3: {bucket: x, prefix: [y]}"),
	            LINE("3:63: prefix: this must be a text"));
	assert_more(BACKUP(", borg: {repo: x, prefix: y}"),
	            LINE("3:45: borg: this must be borg: {repo: ...}"));
	assert_more(BACKUP(", files: [x]"), LINE("3:47: files: this must be an absolute path or "
	                                         "pattern, or a list of them"));
}

static void a_history_is_a_place_without_a_password(void **state)
{
	(void)state;
#define PLACE LINE("2:10: history: this must be an absolute path, a postgresql:// URL, or none")
	assert_more("history: audits.db\n", PLACE);
	assert_more("history: mysql://db1/audits\n", PLACE);
	assert_more("history: [/var/lib/audits.db]\n", PLACE);
	assert_more("history: postgresql://db1/audits?password=hunter2\n",
	            LINE("2:10: history: a password does not belong into the site file; put it "
	                 "into ~/.pgpass"));
	assert_more("history: postgresql://audits:hunter2@db1/audits\n",
	            LINE("2:10: history: a password does not belong into the site file; keep it "
	                 "where the one who needs it reads it itself"));
}

static void what_a_tool_has_no_use_for_is_a_mistake(void **state)
{
	(void)state;
	assert_more(BACKUP(", files: /x, user: backup"),
	            LINE("3:50: user goes with pgbackrest, restic, borg or barman alone"));
	assert_more(BACKUP(", borg: {repo: x}, config: /x"),
	            LINE("3:56: config goes with pgbackrest or barman alone"));
	assert_more(BACKUP(", barman: {server: x}, select: x"),
	            LINE("3:60: select goes with restic or borg alone"));
	assert_more(BACKUP(", pgbackrest: {stanza: x}, password_file: /x"),
	            LINE("3:64: password_file goes with restic or borg alone"));
}

static void an_endpoint_is_a_url_that_can_be_believed(void **state)
{
	(void)state;
#define S3(rest) BACKUP(", s3: {bucket: x, " rest "}")
#define NO_PATH                                                                                    \
	"endpoint: an endpoint is a URL without a path, as in "                                    \
	"https://s3.eu-central-1.amazonaws.com"
	assert_more(S3("endpoint: \"https://s3.example/x\""), LINE("3:65: " NO_PATH));
	assert_more(S3("endpoint: \"redis://s3.example\""), LINE("3:65: " NO_PATH));
	assert_more(S3("endpoint: \"https://key@s3.example\""), LINE("3:65: " NO_PATH));
	assert_more(
		S3("endpoint: \"http://s3.example\""),
		LINE("3:65: endpoint: over plain http:// anybody in between can tell us of copies "
	             "that are not there; it is taken for private addresses alone: use "
	             "https://"));
	assert_more(S3("password_env: A, password_file: /x"),
	            LINE("3:72: the password comes from one place: password_file, password_env, "
	                 "password_credential or password_command"));
	assert_more(S3("secret_key: x"),
	            LINE("3:55: unknown key \"secret_key\" in s3; it can have: bucket, prefix, "
	                 "endpoint, region, access_key, password_file, password_env, "
	                 "password_credential, password_command"));
}

static void ages_and_numbers_of_backups_are_checked(void **state)
{
	(void)state;
	assert_more(BACKUP(", files: /x, max_age: 26x"),
	            LINE("3:59: max_age: this must be a time, as in 26h or 7d"));
	assert_more(BACKUP(", files: /x, max_age: 0h"),
	            LINE("3:59: max_age: this must be a time, as in 26h or 7d"));
	assert_more(BACKUP(", files: /x, keep: 0"),
	            LINE("3:56: keep: this must be a number, 1 or more"));
}

static void a_waiver_needs_a_check_a_reason_an_owner_and_a_day(void **state)
{
	(void)state;
	assert_more(
		"waivers:\n  - subject: x\n",
		LINE("3:5: a waiver needs the key \"check\": the check's id; it may end in *")
			LINE("3:5: a waiver needs the key \"reason\": why this is as it should be")
				LINE("3:5: a waiver needs the key \"owner\": who answers for it")
					LINE("3:5: a waiver needs the key \"expires\": the last "
	                                     "day that it holds, in UTC"));
	assert_more("waivers:\n  - {check: a.b, reason: r, owner: o, expires: 2027-02-29}\n",
	            LINE("3:48: expires: this must be a day, as in 2027-03-01"));
}

static void a_backend_is_refused_unless_it_is_a_port_or_a_socket(void **state)
{
	(void)state;
	static const char *const wrong[] = {"app1",      "app1:",      "app1:0",  "http://app1:80",
	                                    "u@app1:80", "run/x.sock", "::1:8000"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_more(
			pf_arena_print(arena, "app: {on: bastion, backend: \"%s\"}\n", wrong[i]),
			LINE("2:29: backend: this must be host:port, or the path of a socket"));
}

static void at_most_fifty_mistakes_are_listed_in_the_order_of_the_file(void **state)
{
	(void)state;
	char text[2048] = "";
	size_t used = 0;
	for (int i = 0; i < 80; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "unknown%02d: 1\n", i);
	struct pf_site site;
	struct pf_mistakes mistakes = {0};
	assert_false(pf_site_parse(arena, "f", text, used, &site, &mistakes));
	assert_int_equal(mistakes.count, 50);
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(mistakes.at[i].line, i + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_site_needs_a_url),
		cmocka_unit_test(the_root_is_a_map),
		cmocka_unit_test(an_unknown_key_is_refused_with_the_nearest_one_or_all),
		cmocka_unit_test(a_key_there_twice_is_refused_at_the_second),
		cmocka_unit_test(anchors_aliases_and_tags_are_refused_each_at_its_place),
		cmocka_unit_test(merge_keys_are_refused_even_where_names_are_free),
		cmocka_unit_test(a_key_is_a_word),
		cmocka_unit_test(a_second_document_is_refused),
		cmocka_unit_test(a_byte_order_mark_counts_for_nothing),
		cmocka_unit_test(tabs_are_refused_where_they_stand_except_in_comments),
		cmocka_unit_test(bytes_that_are_not_utf8_are_refused_where_they_stand),
		cmocka_unit_test(control_characters_are_refused_raw),
		cmocka_unit_test(control_and_invisible_characters_are_refused_escaped),
		cmocka_unit_test(what_is_no_yaml_is_refused_where_it_stops_being_it),
		cmocka_unit_test(too_large_too_deep_too_long_and_too_much_are_refused),
		cmocka_unit_test(a_key_without_a_value_is_refused),
		cmocka_unit_test(wrong_types_are_refused_with_what_would_be_right),
		cmocka_unit_test(vantages_have_plain_names_known_roles_and_harmless_destinations),
		cmocka_unit_test(a_name_that_leads_nowhere_is_refused_even_beside_other_mistakes),
		cmocka_unit_test(thousands_of_names_that_lead_nowhere_are_refused_at_once),
		cmocka_unit_test(names_are_given_once),
		cmocka_unit_test(a_url_of_another_kind_of_service_is_refused),
		cmocka_unit_test(passwords_are_refused_and_never_repeated),
		cmocka_unit_test(passwords_are_refused_in_any_text),
		cmocka_unit_test(a_password_comes_from_one_place),
		cmocka_unit_test(a_backup_is_kept_in_one_place),
		cmocka_unit_test(a_history_is_a_place_without_a_password),
		cmocka_unit_test(what_a_tool_has_no_use_for_is_a_mistake),
		cmocka_unit_test(an_endpoint_is_a_url_that_can_be_believed),
		cmocka_unit_test(ages_and_numbers_of_backups_are_checked),
		cmocka_unit_test(a_waiver_needs_a_check_a_reason_an_owner_and_a_day),
		cmocka_unit_test(a_backend_is_refused_unless_it_is_a_port_or_a_socket),
		cmocka_unit_test(at_most_fifty_mistakes_are_listed_in_the_order_of_the_file),
	};
	return cmocka_run_group_tests(tests, start, end);
}
