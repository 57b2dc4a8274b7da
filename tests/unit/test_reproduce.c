/* Reproducing: the lines are run by a real sh, with programs in its PATH that show what they got.
 */
#include "report/report.h"
#include "rig_audit.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/postflight-reproduce-XXXXXX";

/* Shows its name, its arguments in <>, and after | what came on a pipe. */
static const char show[] = "#!/bin/sh\n"
			   "printf '%s' \"${0##*/}\"\n"
			   "for word in \"$@\"; do printf '<%s>' \"$word\"; done\n"
			   "if [ -p /dev/stdin ]; then printf '|'; /bin/cat; fi\n";

static const char *const programs[] = {"curl", "openssl", "nc",     "redis-cli", "psql",
                                       "find", "namei",   "ls",     "sudo",      "getent",
                                       "env",  "sleep",   "python", "touch"};

static void install(const char *name)
{
	char path[200];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(strcmp(name, "sleep") == 0 ? "#!/bin/sh\n" : show, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

static int install_all(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	for (size_t i = 0; i < PF_COUNT(programs); i++)
		install(programs[i]);
	return 0;
}

static int remove_all(void **state)
{
	(void)state;
	char path[200];
	for (size_t i = 0; i < PF_COUNT(programs); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, programs[i]);
		unlink(path);
	}
	return rmdir(folder);
}

/* What the programs show when sh runs the line that is proposed for the question. */
static const char *ran(struct rig *rig, const struct pf_exchange *exchange)
{
	const char *line = pf_reproduce(rig->arena, &rig->site, exchange);
	assert_non_null(line);
	char *script = pf_arena_print(rig->arena,
	                              "PATH=%s; export PATH; cd %s || exit; exec </dev/null; %s",
	                              folder, folder, line);
	assert_int_equal(setenv("PF_LINE", script, 1), 0);
	FILE *pipe = popen("eval \"$PF_LINE\" 2>&1", "r");
	assert_non_null(pipe);
	char *shown = pf_arena_take(rig->arena, 8192);
	size_t count = fread(shown, 1, 8191, pipe);
	for (size_t i = 0; i < count; i++)
		if (shown[i] == '\0')
			shown[i] = '0';
	assert_int_equal(pclose(pipe), 0);
	return shown;
}

static struct pf_exchange http(struct pf_ask_http ask)
{
	if (!ask.url)
		ask.url = "https://shop.example.com/";
	return (struct pf_exchange){.question = {.kind = PF_KIND_http, .http = ask}};
}

static const char *ran_http(struct rig *rig, struct pf_ask_http ask)
{
	struct pf_exchange exchange = http(ask);
	return ran(rig, &exchange);
}

#define CURL "curl<-sSi><-m><10><--http1.1>"

static void http_goes_to_the_address_with_the_host_that_was_sent(void **state)
{
	assert_string_equal(
		ran_http(*state, (struct pf_ask_http){.address = "203.0.113.10", .host = "evil"}),
		CURL "<-k><--connect-to><::203.0.113.10:><-H><Host: evil>"
		     "<https://shop.example.com/>");
}

static void an_ipv6_address_is_in_brackets_and_a_port_is_kept(void **state)
{
	assert_string_equal(
		ran_http(*state, (struct pf_ask_http){.address = "2001:db8::10", .port = 8443}),
		CURL "<-k><--connect-to><::[2001:db8::10]:8443><https://shop.example.com/>");
}

static void a_unix_socket_is_one(void **state)
{
	assert_string_equal(ran_http(*state, (struct pf_ask_http){.address = "unix:/run/a b",
	                                                          .url = "http://x/"}),
	                    CURL "<-k><--unix-socket></run/a b><http://x/>");
}

static void certificates_are_verified_when_the_question_did(void **state)
{
	struct rig *rig = *state;
	assert_string_equal(ran_http(rig, (struct pf_ask_http){.verify = true}),
	                    CURL "<https://shop.example.com/>");
	rig->site.ca_file = "/etc/ssl/our ca.pem";
	assert_string_equal(ran_http(rig, (struct pf_ask_http){.verify = true}),
	                    CURL "<--cacert></etc/ssl/our ca.pem><https://shop.example.com/>");
}

static void methods_bodies_and_http2_are_kept(void **state)
{
	assert_non_null(strstr(ran_http(*state, (struct pf_ask_http){.method = "HEAD"}), "<-I>"));
	assert_non_null(
		strstr(ran_http(*state, (struct pf_ask_http){.method = "TRACE"}), "<-X><TRACE>"));
	assert_non_null(strstr(ran_http(*state, (struct pf_ask_http){.http2 = true}), "<--http2>"));
	const char *post =
		ran_http(*state, (struct pf_ask_http){.method = "POST", .body = "@/etc/passwd"});
	assert_non_null(strstr(post, "<--data-raw><@/etc/passwd>"));
	assert_null(strstr(post, "<-X>"));
}

static void empty_headers_and_headers_like_files_stay_headers(void **state)
{
	static const char *const headers[] = {"X-Empty:", "@/etc/passwd", "X: it's $(touch x)"};
	assert_string_equal(
		ran_http(*state, (struct pf_ask_http){.host = "", .headers = {headers, 3}}),
		CURL "<-k><-H><Host;><-H><X-Empty;><-H>< @/etc/passwd;>"
		     "<-H><X: it's $(touch x)><https://shop.example.com/>");
}

static void nothing_secret_is_shown(void **state)
{
	static const char *const headers[] = {"Authorization: Bearer hunter2",
	                                      "cookie: sessionid=hunter2"};
	const char *shown = ran_http(
		*state, (struct pf_ask_http){.url = "https://shop:hunter2@shop.example.com/",
	                                     .headers = {headers, 2}});
	assert_null(strstr(shown, "hunter2"));
	assert_non_null(strstr(shown, "<Authorization: (left out)>"));
	assert_non_null(strstr(shown, "<https://shop@shop.example.com/>"));
}

static void no_text_escapes_its_quotes(void **state)
{
	static const char *const evil[] = {"'; touch x; '", "$(touch x)", "`touch x`",
	                                   "a\\'; touch x", "& touch x",  "| touch x",
	                                   "> x",           "*",          "~",
	                                   "a\" b",         "#",          "!!",
	                                   "-o x",          "{a,b}",      "$HOME"};
	struct rig *rig = *state;
	for (size_t i = 0; i < PF_COUNT(evil); i++) {
		const char *url = pf_arena_print(rig->arena, "http://h/%s", evil[i]);
		const char *shown =
			ran_http(rig, (struct pf_ask_http){.url = url, .host = evil[i]});
		assert_non_null(strstr(shown, pf_arena_print(rig->arena, "<Host: %s>", evil[i])));
		assert_non_null(strstr(shown, pf_arena_print(rig->arena, "<%s>", url)));
		assert_null(strstr(shown, "touch<"));
	}
}

static void control_bytes_are_shown_and_not_sent_to_the_terminal(void **state)
{
	struct rig *rig = *state;
	struct pf_exchange exchange =
		http((struct pf_ask_http){.host = "a\033[2J\nb\xe2\x80\xae\xff\x07"});
	const char *line = pf_reproduce(rig->arena, &rig->site, &exchange);
	for (const char *at = line; *at; at++)
		assert_in_range((unsigned char)*at, 0x20, 0x7e);
	assert_non_null(strstr(line, "a\\x1b[2J\\nb\\u{202e}\\xff\\x07"));
}

static void exact_bytes_go_through_openssl(void **state)
{
	assert_string_equal(
		ran_http(*state, (struct pf_ask_http){.address = "2001:db8::10",
	                                              .exact = "GET / HTTP/1.1\\r\\n"
	                                                       "Host: 100%%\\\\'\\x00\\xff\\r\\n"}),
		"openssl<s_client><-quiet><-connect><[2001:db8::10]:443>"
		"<-servername><shop.example.com>|"
		"GET / HTTP/1.1\r\nHost: 100%%\\'0\xff\r\n");
}

static void an_address_in_the_url_is_no_server_name(void **state)
{
	const char *shown =
		ran_http(*state, (struct pf_ask_http){.url = "https://203.0.113.10:8443/",
	                                              .address = "203.0.113.10",
	                                              .exact = "x"});
	assert_string_equal(
		shown, "openssl<s_client><-quiet><-connect><203.0.113.10:8443><-noservername>|x");
}

static void exact_bytes_over_plain_http_go_through_nc(void **state)
{
	assert_string_equal(ran_http(*state, (struct pf_ask_http){.url = "http://shop.example.com/",
	                                                          .address = "203.0.113.10",
	                                                          .exact = "-e hi\\n"}),
	                    "nc<-w><5><203.0.113.10><80>|-e hi\n");
}

static void a_second_request_follows_on_the_same_connection(void **state)
{
	assert_string_equal(ran_http(*state, (struct pf_ask_http){.url = "http://shop.example.com/",
	                                                          .address = "203.0.113.10",
	                                                          .exact = "one\\n",
	                                                          .exact_after = "two\\n"}),
	                    "nc<-w><5><203.0.113.10><80>|one\ntwo\n");
}

static void bytes_that_are_not_well_formed_have_no_line(void **state)
{
	struct rig *rig = *state;
	struct pf_exchange exchange = http((struct pf_ask_http){.exact = "\\q"});
	assert_null(pf_reproduce(rig->arena, &rig->site, &exchange));
}

static const char *ran_raw(struct rig *rig, struct pf_ask_raw ask)
{
	struct pf_exchange exchange = {.question = {.kind = PF_KIND_raw, .raw = ask}};
	return ran(rig, &exchange);
}

static void raw_bytes_go_through_nc_or_openssl(void **state)
{
	assert_string_equal(
		ran_raw(*state,
	                (struct pf_ask_raw){.transport = "tcp", .address = "::1", .port = 9}),
		"nc<-vz><-w><5><::1><9>");
	assert_string_equal(ran_raw(*state, (struct pf_ask_raw){.transport = "udp",
	                                                        .address = "203.0.113.10",
	                                                        .port = 11211,
	                                                        .send = "\\x00\\x01stats\\r\\n"}),
	                    "nc<-w><5><-u><203.0.113.10><11211>|0\001stats\r\n");
	assert_string_equal(ran_raw(*state, (struct pf_ask_raw){.transport = "tls",
	                                                        .address = "203.0.113.10",
	                                                        .port = 443,
	                                                        .sni = "x"}),
	                    "openssl<s_client><-quiet><-connect><203.0.113.10:443>"
	                    "<-servername><x>");
	assert_string_equal(ran_raw(*state, (struct pf_ask_raw){.transport = "tcp",
	                                                        .address = "unix:/run/it's",
	                                                        .send = "x"}),
	                    "nc<-w><5><-U></run/it's>|x");
}

static const char *ran_tls(struct rig *rig, struct pf_ask_tls ask)
{
	struct pf_exchange exchange = {.question = {.kind = PF_KIND_tls, .tls = ask}};
	return ran(rig, &exchange);
}

static void handshakes_are_made_with_openssl(void **state)
{
	struct rig *rig = *state;
	assert_string_equal(ran_tls(rig, (struct pf_ask_tls){.address = "203.0.113.10",
	                                                     .port = 443,
	                                                     .sni = "shop.test",
	                                                     .least = "1.0",
	                                                     .most = "1.0",
	                                                     .ciphers = "ALL"}),
	                    "openssl<s_client><-brief><-connect><203.0.113.10:443><-servername>"
	                    "<shop.test><-tls1><-cipher><ALL:@SECLEVEL=0>");
	rig->site.ca_file = "/etc/ssl/our ca.pem";
	assert_string_equal(ran_tls(rig, (struct pf_ask_tls){.address = "::1",
	                                                     .port = 8443,
	                                                     .name = "203.0.113.10"}),
	                    "openssl<s_client><-showcerts><-connect><[::1]:8443><-noservername>"
	                    "<-verify_ip><203.0.113.10><-CAfile></etc/ssl/our ca.pem>");
	rig->site.ca_file = NULL;
}

static const char *ran_redis(struct rig *rig, struct pf_ask_redis ask)
{
	struct pf_exchange exchange = {.question = {.kind = PF_KIND_redis, .redis = ask}};
	return ran(rig, &exchange);
}

static void redis_is_asked_with_redis_cli(void **state)
{
	static const char *const ping[] = {"PING"}, *const two[] = {"ECHO it's", "INFO server"},
				 *const login[] = {"PING", "AUTH shop hunter2", "HELLO 3"};
	assert_string_equal(ran_redis(*state, (struct pf_ask_redis){.address = "203.0.113.10",
	                                                            .port = 6379,
	                                                            .commands = {ping, 1}}),
	                    "redis-cli<-h><203.0.113.10><-p><6379><PING>");
	assert_string_equal(ran_redis(*state, (struct pf_ask_redis){.address = "2001:db8::1",
	                                                            .port = 6380,
	                                                            .tls = true,
	                                                            .sni = "cache1",
	                                                            .commands = {two, 2}}),
	                    "redis-cli<-h><2001:db8::1><-p><6380><--tls><--insecure>"
	                    "<--sni><cache1>|ECHO it's\nINFO server\n");
	assert_string_equal(ran_redis(*state, (struct pf_ask_redis){.address = "unix:/run/r",
	                                                            .commands = {login, 3}}),
	                    "redis-cli<-s></run/r>|PING\n");
}

static const char *ran_postgres(struct rig *rig, struct pf_ask_postgres ask)
{
	struct pf_exchange exchange = {.question = {.kind = PF_KIND_postgres, .postgres = ask}};
	return ran(rig, &exchange);
}

static void postgres_is_asked_with_psql_and_never_prompts(void **state)
{
	assert_string_equal(ran_postgres(*state, (struct pf_ask_postgres){.address = "203.0.113.10",
	                                                                  .port = 5432,
	                                                                  .user = "shop",
	                                                                  .database = "it's \\ in",
	                                                                  .tls = true}),
	                    "psql<-w><host=203.0.113.10 port=5432 user=shop "
	                    "dbname='it\\'s \\\\ in' sslmode=require><-c><select version()>");
	assert_string_equal(ran_postgres(*state, (struct pf_ask_postgres){.address = "203.0.113.10",
	                                                                  .port = 5432,
	                                                                  .sni = "db1"}),
	                    "psql<-w><host=db1 hostaddr=203.0.113.10 port=5432 sslmode=disable>"
	                    "<-c><select version()>");
}

static void a_walk_is_found_again_by_its_traits(void **state)
{
	static const char *const users[] = {"www-data"};
	struct pf_answer answer = {.kind = PF_KIND_tree};
	struct pf_exchange exchange = {
		.question = {.kind = PF_KIND_tree,
	                     .tree = {.root = "/srv/our shop",
	                              .owner = "deploy",
	                              .users = {users, 1}}},
		.answer = &answer,
	};
	assert_string_equal(ran(*state, &exchange), "namei<-l></srv/our shop>");
	answer.tree.world_writable = 3;
	answer.tree.foreign = 1;
	assert_string_equal(ran(*state, &exchange),
	                    "find</srv/our shop><(><!><-type><l><-perm><-0002><-o>"
	                    "<!><-user><deploy><)><-ls>");
	answer.tree.world_writable = answer.tree.foreign = 0;
	answer.tree.user_writable = 9;
	assert_string_equal(ran(*state, &exchange),
	                    "sudo<-u><www-data><find></srv/our shop><-writable>");
}

static void file_patterns_stay_patterns_and_nothing_else_does(void **state)
{
	struct rig *rig = *state;
	const char *curls = pf_arena_print(rig->arena, "%s/c*l", folder);
	const char *const patterns[] = {curls, "/no/such $(touch x);`touch x`'\"*"};
	struct pf_exchange exchange = {
		.question = {.kind = PF_KIND_file, .file = {.patterns = {patterns, 2}}}};
	assert_string_equal(ran(rig, &exchange),
	                    pf_arena_print(rig->arena,
	                                   "ls<-ldt><--time-style=long-iso><--><%s/curl>"
	                                   "</no/such $(touch x);`touch x`'\"*>",
	                                   folder));
}

static void names_are_looked_up_with_getent(void **state)
{
	struct pf_exchange exchange = {
		.question = {.kind = PF_KIND_resolve, .resolve = {.host = "shop.example.com"}}};
	assert_string_equal(ran(*state, &exchange), "getent<ahosts><shop.example.com>");
}

static void commands_are_run_as_their_user_without_their_environment(void **state)
{
	static const char *const argv[] = {"python", "manage.py", "check", "--deploy"};
	static const char *const environment[] = {"DB_PASSWORD=hunter2",
	                                          "DJANGO_SETTINGS_MODULE=shop.settings"};
	struct pf_exchange exchange = {.question = {.kind = PF_KIND_exec,
	                                            .exec = {.argv = {argv, 4},
	                                                     .user = "shop",
	                                                     .directory = "/",
	                                                     .environment = {environment, 2}}}};
	assert_string_equal(ran(*state, &exchange),
	                    "sudo<-u><shop><env><DJANGO_SETTINGS_MODULE=shop.settings>"
	                    "<python><manage.py><check><--deploy>");
	exchange.question.exec.input = "print('a script of ours')";
	struct rig *rig = *state;
	assert_null(pf_reproduce(rig->arena, &rig->site, &exchange));
}

static void processes_are_listed_with_ss_and_ps(void **state)
{
	struct rig *rig = *state;
	struct pf_exchange exchange = {.question = {.kind = PF_KIND_process}};
	assert_string_equal(pf_reproduce(rig->arena, &rig->site, &exchange), "ss -lntup");
	exchange.question.process.all = true;
	assert_string_equal(pf_reproduce(rig->arena, &rig->site, &exchange),
	                    "ps -eo pid,user,args; ss -lntup");
}

static void questions_without_a_target_have_no_line(void **state)
{
	struct rig *rig = *state;
	for (enum pf_kind kind = 0; kind < PF_KIND_COUNT; kind++) {
		struct pf_exchange exchange = {.question = {.kind = kind}};
		if (kind == PF_KIND_process) /* its target is the host itself */
			continue;
		assert_null(pf_reproduce(rig->arena, &rig->site, &exchange));
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(http_goes_to_the_address_with_the_host_that_was_sent),
		TEST(an_ipv6_address_is_in_brackets_and_a_port_is_kept),
		TEST(a_unix_socket_is_one),
		TEST(certificates_are_verified_when_the_question_did),
		TEST(methods_bodies_and_http2_are_kept),
		TEST(empty_headers_and_headers_like_files_stay_headers),
		TEST(nothing_secret_is_shown),
		TEST(no_text_escapes_its_quotes),
		TEST(control_bytes_are_shown_and_not_sent_to_the_terminal),
		TEST(exact_bytes_go_through_openssl),
		TEST(an_address_in_the_url_is_no_server_name),
		TEST(exact_bytes_over_plain_http_go_through_nc),
		TEST(a_second_request_follows_on_the_same_connection),
		TEST(bytes_that_are_not_well_formed_have_no_line),
		TEST(raw_bytes_go_through_nc_or_openssl),
		TEST(handshakes_are_made_with_openssl),
		TEST(redis_is_asked_with_redis_cli),
		TEST(postgres_is_asked_with_psql_and_never_prompts),
		TEST(a_walk_is_found_again_by_its_traits),
		TEST(file_patterns_stay_patterns_and_nothing_else_does),
		TEST(names_are_looked_up_with_getent),
		TEST(commands_are_run_as_their_user_without_their_environment),
		TEST(processes_are_listed_with_ss_and_ps),
		TEST(questions_without_a_target_have_no_line),
	};
	return cmocka_run_group_tests(tests, install_all, remove_all);
}
