/* caches.least-privilege and caches.supported-version: what Redis tells and lets the app. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(cache_rights);

static const char RIGHTS[] = "caches.least-privilege", VERSION[] = "caches.supported-version";

#define HELLO(server, version)                                                                     \
	"*14 $server $" server " $version $" version " $proto :2 $id :5 $mode $standalone"
#define DENIED "-NOPERM this user has no permissions to run the 'x' command"

static const struct pf_service cache = {
	.name = "default",
	.url = {.scheme = "redis", .host = "cache1", .port = 6379, .path = "/1"}};

static const char *const commands[] = {"HELLO",          "INFO replication", "CONFIG GET pf-none",
                                       "DEBUG HELP",     "MODULE LIST",      "ACL USERS",
                                       "EVAL return -1", "SORT pf-0123abcd", "LASTSAVE"};

enum { COMMANDS = sizeof commands / sizeof *commands };

/* The interview of a good host, with the reply to `command` changed (NULL: none). */
static struct rig *interviewed(const char *hello, const char *command, const char *reply)
{
	const char *replies[COMMANDS];
	struct rig *rig = rig_new(&pf_probe_cache_rights);
	rig->site.caches = &cache;
	rig->site.cache_count = 1;
	rig->subject = "redis://cache1:6379 [10.0.0.2]";
	for (size_t i = 0; i < COMMANDS; i++)
		replies[i] = command && strcmp(commands[i], command) == 0 ? reply : DENIED;
	replies[0] = hello;
	rig_put(rig, "greeting", PF_KIND_redis, PF_answered)->redis.replies =
		rig_words(rig, 1, (const char *const[]){"-NOAUTH Authentication required."});
	struct pf_answer *answer = rig_put(rig, "interview", PF_KIND_redis, PF_answered);
	answer->at = 1800000000;
	answer->redis.login = "+OK";
	answer->redis.replies = rig_words(rig, COMMANDS, replies);
	struct pf_question *question = rig_question(rig, "interview");
	question->redis.credentials = "caches/default";
	question->redis.user = "shop";
	question->redis.commands = rig_words(rig, COMMANDS, commands);
	return rig;
}

static void caches_least_privilege__passes_when_dangerous_commands_are_refused(void **state)
{
	(void)state;
	struct rig *rig = interviewed(HELLO("redis", "7.0.15"), NULL, NULL);
	rig_expect(rig, RIGHTS, PF_PASS);
	rig_free(rig);
	static const char *const refusals[] = {
		"-ERR unknown command 'DEBUG'",
		"-ERR DEBUG command not allowed. If the enable-debug-command option is set",
	};
	for (size_t i = 0; i < PF_COUNT(refusals); i++) {
		rig = interviewed(HELLO("redis", "7.0.15"), "DEBUG HELP", refusals[i]);
		rig_expect(rig, RIGHTS, PF_PASS);
		rig_free(rig);
	}
}

static void caches_least_privilege__fails_for_each_command_the_app_may_run(void **state)
{
	(void)state;
	static const char *const allowed[][3] = {
		{"CONFIG GET pf-none", "*0", "run CONFIG"},
		{"DEBUG HELP", "*20 +DEBUG", "run DEBUG"},
		{"MODULE LIST", "*0", "run MODULE"},
		{"ACL USERS", "*1 $default", "run ACL"},
		{"EVAL return -1", "-ERR Number of keys can't be negative", "run EVAL"},
		{"SORT pf-0123abcd", "*0", "KEYS, FLUSHALL"},
		{"SORT pf-0123abcd",
	         "-NOPERM this user has no permissions to access one of the keys used as arguments",
	         "KEYS, FLUSHALL"},
		{"LASTSAVE", ":1800000000", "REPLICAOF"},
	};
	for (size_t i = 0; i < PF_COUNT(allowed); i++) {
		struct rig *rig =
			interviewed(HELLO("redis", "7.0.15"), allowed[i][0], allowed[i][1]);
		rig_expect_said(rig, RIGHTS, PF_FAIL, PF_MEDIUM, allowed[i][2]);
		rig_free(rig);
	}
}

static void caches_least_privilege__fails_when_the_default_user_needs_no_password(void **state)
{
	(void)state;
	struct rig *rig = interviewed(HELLO("redis", "7.0.15"), NULL, NULL);
	static const char *const open[] = {"+PONG", "$pf-0123abcd", "-ERR unknown command"};
	rig_put(rig, "greeting", PF_KIND_redis, PF_answered)->redis.replies =
		rig_words(rig, 3, open);
	rig_expect_said(rig, RIGHTS, PF_FAIL, PF_MEDIUM, "default user in without");
	rig_free(rig);
}

static void caches_least_privilege__is_unknown_when_the_app_cannot_log_in(void **state)
{
	(void)state;
	struct rig *rig = interviewed("-NOAUTH Authentication required.", NULL, NULL);
	((struct pf_answer *)rig->exchanges[1].answer)->redis.login = "-WRONGPASS";
	rig_expect_said(rig, RIGHTS, PF_UNKNOWN, PF_MEDIUM, "does not take the password");
	rig_expect(rig, VERSION, PF_UNKNOWN);
	rig_put(rig, "interview", PF_KIND_redis, PF_refused);
	rig_expect(rig, RIGHTS, PF_UNKNOWN);
	rig_put(rig, "interview", PF_KIND_redis, PF_no_password);
	rig_expect(rig, RIGHTS, PF_UNKNOWN);
	rig_free(rig);
}

static void caches_least_privilege__is_skipped_without_a_password_in_the_site_file(void **state)
{
	(void)state;
	struct rig *rig = interviewed("-NOAUTH Authentication required.", NULL, NULL);
	rig_question(rig, "interview")->redis.credentials = NULL;
	rig_expect_said(rig, RIGHTS, PF_SKIP, PF_MEDIUM, "password_file");
	rig_expect_said(rig, VERSION, PF_SKIP, PF_LOW, "password_file");
	rig_free(rig);
}

static void expect_version(const char *hello, enum pf_status status)
{
	struct rig *rig = interviewed(hello, NULL, NULL);
	rig_expect(rig, VERSION, status);
	rig_free(rig);
}

static void caches_supported_version__passes_for_releases_that_are_mended(void **state)
{
	(void)state;
	expect_version(HELLO("redis", "7.0.15"), PF_PASS);
	expect_version(HELLO("redis", "6.0.16"), PF_PASS);
	expect_version(HELLO("redis", "8.2.1"), PF_PASS);
	expect_version(HELLO("valkey", "8.0.1"), PF_PASS);
}

static void caches_supported_version__fails_for_releases_that_nobody_mends(void **state)
{
	(void)state;
	expect_version(HELLO("redis", "5.0.7"), PF_FAIL);
	expect_version("-ERR unknown command `HELLO`, with args beginning with: ", PF_FAIL);
	struct rig *rig = interviewed(HELLO("redis", "6.0.16"), NULL, NULL);
	((struct pf_answer *)rig->exchanges[1].answer)->at = 1900000000; /* March 2030 */
	rig_expect(rig, VERSION, PF_FAIL);
	rig_free(rig);
}

static void caches_supported_version__is_unknown_when_no_version_is_told(void **state)
{
	(void)state;
	expect_version("-NOPERM this user has no permissions to run the 'hello' command",
	               PF_UNKNOWN);
	expect_version("-LOADING Redis is loading the dataset in memory", PF_UNKNOWN);
}

static void caches_supported_version__reads_memcached_too(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_cache_rights);
	rig->site.caches = &cache;
	rig->site.cache_count = 1;
	rig->subject = "memcached://cache1:11211 [10.0.0.2]";
	struct pf_answer *answer = rig_put(rig, "version", PF_KIND_raw, PF_answered);
	answer->at = 1800000000;
	answer->raw.reply = "VERSION 1.6.18\\r\\n";
	rig_expect_said(rig, VERSION, PF_PASS, PF_LOW, "memcached 1.6.18");
	answer->raw.reply = "VERSION 1.4.25 Ubuntu\\r\\n";
	rig_expect_said(rig, VERSION, PF_FAIL, PF_LOW, "memcached 1.4.25 gets no more fixes");
	answer->raw.reply = "CLIENT_ERROR unauthenticated\\r\\n";
	rig_expect(rig, VERSION, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			caches_least_privilege__passes_when_dangerous_commands_are_refused),
		cmocka_unit_test(caches_least_privilege__fails_for_each_command_the_app_may_run),
		cmocka_unit_test(
			caches_least_privilege__fails_when_the_default_user_needs_no_password),
		cmocka_unit_test(caches_least_privilege__is_unknown_when_the_app_cannot_log_in),
		cmocka_unit_test(
			caches_least_privilege__is_skipped_without_a_password_in_the_site_file),
		cmocka_unit_test(caches_supported_version__passes_for_releases_that_are_mended),
		cmocka_unit_test(caches_supported_version__fails_for_releases_that_nobody_mends),
		cmocka_unit_test(caches_supported_version__is_unknown_when_no_version_is_told),
		cmocka_unit_test(caches_supported_version__reads_memcached_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
