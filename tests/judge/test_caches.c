/* caches.only-app-servers and caches.auth: Redis and memcached, from outside and from the app. */
#include "rig_case.h"

PF_PROBE(caches);

static const char ID[] = "caches.only-app-servers";

static const struct pf_service cache = {.name = "default",
                                        .url = {.text = "redis://cache1:6379/1",
                                                .scheme = "redis",
                                                .host = "cache1",
                                                .port = 6379,
                                                .path = "/1"}};

static struct rig *cached(const char *subject)
{
	struct rig *rig = rig_new(&pf_probe_caches);
	rig->site.caches = &cache;
	rig->site.cache_count = 1;
	rig->subject = subject;
	return rig;
}

static struct rig *outside(enum pf_outcome outcome)
{
	struct rig *rig = cached("redis://cache1:6379 [10.0.0.2]");
	rig_put(rig, "outside", PF_KIND_redis, outcome);
	return rig;
}

static void say(struct rig *rig, const char *tag, const char *ping, const char *echo,
                const char *nonsense)
{
	const char *const replies[] = {ping, echo, nonsense};
	size_t count = nonsense ? 3 : echo ? 2 : 1;
	rig_put(rig, tag, PF_KIND_redis, PF_answered)->redis.replies =
		rig_words(rig, count, replies);
}

#define NONCE "$pf-0123abcd"
#define NONSENSE "-ERR unknown command 'PFNONSENSE', with args beginning with: "

static void caches_only_app_servers__passes_when_the_port_is_closed(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_refused);
	rig_expect_said(rig, ID, PF_PASS, PF_CRITICAL, "refused the connection");
	rig_put(rig, "outside", PF_KIND_redis, PF_silent);
	rig_expect(rig, ID, PF_PASS);
	rig_put(rig, "outside", PF_KIND_redis, PF_unreachable);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void caches_only_app_servers__fails_when_redis_lets_in(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	say(rig, "outside", "+PONG", NONCE, NONSENSE);
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "answers PING without a password");
	say(rig, "outside", "+PONG", "-NOPERM no permissions to run 'echo'", "-NOPERM");
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "without a password");
	say(rig, "outside", "-LOADING Redis is loading the dataset in memory", NULL, NULL);
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "loading");
	rig_free(rig);
}

static void caches_only_app_servers__fails_when_redis_asks_for_a_password(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	say(rig, "outside", "-NOAUTH Authentication required.", NULL, NULL);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "asks for a password");
	rig_free(rig);
}

static void caches_only_app_servers__fails_when_redis_refuses_by_policy(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	say(rig, "outside", "-DENIED Redis is running in protected mode because", NULL, NULL);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "protected mode");
	say(rig, "outside", "-ERR max number of clients reached", NULL, NULL);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "no room");
	rig_free(rig);
}

static void caches_only_app_servers__is_unknown_when_pong_comes_to_everything(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	say(rig, "outside", "+PONG", "+PONG", "+PONG");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "honeypot");
	say(rig, "outside", "+PONG", "$pf-ffffffff", NONSENSE);
	rig_expect(rig, ID, PF_UNKNOWN);
	say(rig, "outside", "+PONG", NONCE, "+OK");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void caches_only_app_servers__is_unknown_when_it_accepts_and_says_nothing(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_hung_up, PF_stalled, PF_garbled, PF_oversized};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = outside(endings[i]);
		rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "something listens there");
		rig_free(rig);
	}
}

static void caches_only_app_servers__is_unknown_when_silence_has_no_control(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_silent);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig->control_answered = rig->control_contradicted = true;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig->control_contradicted = false;
	rig_put(rig, "outside", PF_KIND_redis, PF_no_route);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void reply(struct rig *rig, const char *text)
{
	rig_put(rig, "outside", PF_KIND_raw, PF_answered)->raw.reply = text;
}

static void caches_only_app_servers__fails_when_memcached_answers(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	reply(rig, "VERSION 1.6.18\\r\\n");
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "\"VERSION 1.6.18\"");
	reply(rig, "CLIENT_ERROR unauthenticated\\r\\n");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "password");
	rig_free(rig);
}

static void caches_only_app_servers__is_unknown_when_the_answer_is_not_memcached(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	reply(rig, "version\\r\\n");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "not memcached");
	rig_free(rig);
}

/* With SASL memcached speaks its binary protocol alone, so text is met with silence. */
static void binary(struct rig *rig, const char *header)
{
	rig_put(rig, "outside", PF_KIND_raw, PF_stalled);
	rig_put(rig, "outside-binary", PF_KIND_raw, PF_answered)->raw.reply = header;
}

static void caches_only_app_servers__fails_when_memcached_speaks_binary(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	binary(rig, "\\x81\\x0b\\x00\\x00\\x00\\x00\\x00 \\x00\\x00\\x00\\x09Auth failure.");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "asks for a password (SASL)");
	binary(rig, "\\x81\\x0b\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x061.6.18");
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "without a password");
	rig_free(rig);
}

static void caches_only_app_servers__is_unknown_when_neither_text_nor_binary_is_answered(
	void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	binary(rig, "\\x81\\x00");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "answers nothing known");
	rig_put(rig, "outside-binary", PF_KIND_raw, PF_hung_up);
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_CRITICAL, "something listens there");
	rig_put(rig, "outside-binary", PF_KIND_raw, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static struct rig *inside(enum pf_outcome first, enum pf_outcome second)
{
	struct rig *rig = cached("redis://cache1:6379");
	rig_put(rig, "inside-1", PF_KIND_redis, first);
	rig_put(rig, "inside-2", PF_KIND_redis, second);
	return rig;
}

static void caches_only_app_servers__passes_when_the_app_gets_through_by_one_address(void **state)
{
	(void)state;
	struct rig *rig = inside(PF_refused, PF_answered);
	say(rig, "inside-2", "-NOAUTH Authentication required.", NULL, NULL);
	rig_expect_said(rig, ID, PF_PASS, PF_CRITICAL, "the app gets through");
	rig_put(rig, "inside-1", PF_KIND_redis, PF_no_route);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void caches_only_app_servers__is_skipped_when_nobody_looks_from_outside(void **state)
{
	(void)state;
	struct rig *rig = inside(PF_refused, PF_answered);
	const char *allowed = "bastion";
	struct pf_service here = rig->site.caches[0];
	here.allow_from = (struct pf_words){&allowed, 1};
	rig->site.caches = &here;
	say(rig, "inside-2", "-NOAUTH Authentication required.", NULL, NULL);
	rig_expect_said(rig, ID, PF_SKIP, PF_CRITICAL, "no vantage that must stay out");
	rig_free(rig);
}

static void caches_only_app_servers__fails_when_the_app_is_locked_out(void **state)
{
	(void)state;
	struct rig *rig = inside(PF_refused, PF_refused);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "must get in");
	say(rig, "inside-2", "-DENIED Redis is running in protected mode", NULL, NULL);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "protected mode");
	rig_free(rig);
}

static void caches_only_app_servers__is_unknown_when_the_app_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = inside(PF_no_route, PF_refused);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "inside-1", PF_KIND_redis, PF_silent);
	rig_put(rig, "inside-2", PF_KIND_redis, PF_silent);
	rig_expect(rig, ID, PF_FAIL);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static const char AUTH[] = "caches.auth";

static void caches_auth__passes_when_a_password_is_asked_for(void **state)
{
	(void)state;
	struct rig *rig = inside(PF_refused, PF_answered);
	say(rig, "inside-2", "-NOAUTH Authentication required.", NULL, NULL);
	rig_expect_said(rig, AUTH, PF_PASS, PF_HIGH, "asks for a password");
	rig_free(rig);
}

static void caches_auth__fails_when_one_address_lets_in_without(void **state)
{
	(void)state;
	struct rig *rig = inside(PF_answered, PF_answered);
	say(rig, "inside-1", "-NOAUTH Authentication required.", NULL, NULL);
	say(rig, "inside-2", "+PONG", NONCE, NONSENSE);
	rig_expect_said(rig, AUTH, PF_FAIL, PF_HIGH, "without a password");
	rig_free(rig);
}

static void caches_auth__is_unknown_when_the_app_is_not_let_speak(void **state)
{
	(void)state;
	struct rig *rig = inside(PF_refused, PF_refused);
	rig_expect_said(rig, AUTH, PF_UNKNOWN, PF_HIGH, "refused the connection");
	say(rig, "inside-2", "-DENIED Redis is running in protected mode", NULL, NULL);
	rig_expect(rig, AUTH, PF_UNKNOWN);
	rig_put(rig, "inside-1", PF_KIND_redis, PF_deadline);
	rig_put(rig, "inside-2", PF_KIND_redis, PF_no_route);
	rig_expect(rig, AUTH, PF_UNKNOWN);
	rig_free(rig);
}

static void caches_auth__is_skipped_for_a_memcached_without_passwords(void **state)
{
	(void)state;
	static const struct pf_service memcached = {.name = "default",
	                                            .url = {.text = "memcached://cache1:11211",
	                                                    .scheme = "memcached",
	                                                    .host = "cache1",
	                                                    .port = 11211,
	                                                    .path = "/"}};
	struct rig *rig = cached("memcached://cache1:11211");
	rig->site.caches = &memcached;
	rig_put(rig, "inside-1", PF_KIND_raw, PF_answered)->raw.reply = "VERSION 1.6.18\\r\\n";
	rig_expect_said(rig, AUTH, PF_SKIP, PF_HIGH, "has no passwords");
	rig_put(rig, "inside-1", PF_KIND_raw, PF_answered)->raw.reply =
		"CLIENT_ERROR unauthenticated\\r\\n";
	rig_expect(rig, AUTH, PF_PASS);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caches_only_app_servers__fails_when_memcached_speaks_binary),
		cmocka_unit_test(
			caches_only_app_servers__is_unknown_when_neither_text_nor_binary_is_answered),
		cmocka_unit_test(caches_auth__passes_when_a_password_is_asked_for),
		cmocka_unit_test(caches_auth__fails_when_one_address_lets_in_without),
		cmocka_unit_test(caches_auth__is_unknown_when_the_app_is_not_let_speak),
		cmocka_unit_test(caches_auth__is_skipped_for_a_memcached_without_passwords),
		cmocka_unit_test(caches_only_app_servers__passes_when_the_port_is_closed),
		cmocka_unit_test(caches_only_app_servers__fails_when_redis_lets_in),
		cmocka_unit_test(caches_only_app_servers__fails_when_redis_asks_for_a_password),
		cmocka_unit_test(caches_only_app_servers__fails_when_redis_refuses_by_policy),
		cmocka_unit_test(caches_only_app_servers__is_unknown_when_pong_comes_to_everything),
		cmocka_unit_test(
			caches_only_app_servers__is_unknown_when_it_accepts_and_says_nothing),
		cmocka_unit_test(caches_only_app_servers__is_unknown_when_silence_has_no_control),
		cmocka_unit_test(caches_only_app_servers__fails_when_memcached_answers),
		cmocka_unit_test(
			caches_only_app_servers__is_unknown_when_the_answer_is_not_memcached),
		cmocka_unit_test(
			caches_only_app_servers__passes_when_the_app_gets_through_by_one_address),
		cmocka_unit_test(
			caches_only_app_servers__is_skipped_when_nobody_looks_from_outside),
		cmocka_unit_test(caches_only_app_servers__fails_when_the_app_is_locked_out),
		cmocka_unit_test(caches_only_app_servers__is_unknown_when_the_app_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
