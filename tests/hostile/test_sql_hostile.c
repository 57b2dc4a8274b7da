/* Servers that a PostgreSQL login could fall for: none ever hears the password, and none costs more
 * than its answer. */
#include "rig_loop.h"
#include "rig_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define HEAR_START                                                                                 \
	{                                                                                          \
		RIG_HEAR, NULL, 8, 0                                                               \
	} /* SSLRequest */
#define SAY_YES                                                                                    \
	{                                                                                          \
		RIG_SEND, "S", 1, 0                                                                \
	}
#define TLS                                                                                        \
	{                                                                                          \
		RIG_TLS, NULL, 0, 0                                                                \
	}
#define HEAR_LOGIN                                                                                 \
	{                                                                                          \
		RIG_HEAR, "application_name", 0, 0                                                 \
	}
#define SAY(text)                                                                                  \
	{                                                                                          \
		RIG_SEND, text, sizeof text - 1, 0                                                 \
	}
#define STALL                                                                                      \
	{                                                                                          \
		RIG_STALL, NULL, 0, 0                                                              \
	}
#define SCRIPT(...)                                                                                \
	(const struct rig_step[])                                                           \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			RIG_END, NULL, 0, 0                                                        \
		}                                                                                  \
	}

static const char password[] = "hunter2-of-the-shop";
static char anchor[] = "/tmp/postflight-anchor-XXXXXX";

static struct pf_question login(const struct rig_peer *peer)
{
	static const char *const queries[] = {"version", "role"};
	return (struct pf_question){.kind = PF_KIND_sql,
	                            .sql = {.address = rig_peer_address(peer),
	                                    .port = rig_peer_port(peer),
	                                    .host = "localhost",
	                                    .user = "shop",
	                                    .database = "shop",
	                                    .credentials = "databases/default",
	                                    .queries = {queries, 2}}};
}

/* One login against a server that follows the script; the password stays here. */
static const struct pf_answer *try(const struct rig_step *steps)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = login(peer);
	const struct pf_answer *answer = rig_answer_with(&question, password);
	assert_false(rig_peer_heard_text(peer, password));
	rig_peer_stop(peer);
	return answer;
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

static int make_anchor(void **state)
{
	(void)state;
	int fd = mkstemp(anchor);
	assert_true(fd >= 0);
	close(fd);
	rig_write_certificate(anchor);
	rig_trust(anchor);
	rig_be_patient(3000); /* libpq parses all anchors of the machine */
	return 0;
}

static int remove_anchor(void **state)
{
	(void)state;
	return unlink(anchor);
}

static void assert_kept_out(const struct pf_answer *answer)
{
	assert_outcome(answer, PF_answered);
	assert_false(answer->sql.connected);
	assert_non_null(answer->sql.text);
	assert_null(strstr(answer->sql.text, password));
}

static void a_server_without_tls_hears_no_name(void **state)
{
	(void)state;
	assert_outcome(try(SCRIPT(HEAR_START, SAY("N"), STALL)), PF_tls_untrusted);
}

static void a_certificate_that_is_not_trusted_ends_it(void **state)
{
	(void)state;
	rig_trust(NULL);
	const struct pf_answer *answer = try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN, STALL));
	rig_trust(anchor);
	assert_outcome(answer, PF_tls_untrusted);
}

static void a_certificate_of_another_name_ends_it(void **state)
{
	(void)state;
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN, STALL));
	struct pf_question question = login(peer);
	question.sql.host = "other.test";
	assert_outcome(rig_answer_with(&question, password), PF_tls_untrusted);
	assert_false(rig_peer_heard_text(peer, "shop"));
	rig_peer_stop(peer);
}

static void who_asks_in_clear_text_by_md5_or_unbound_is_told_nothing(void **state)
{
	(void)state;
	assert_kept_out(try(
		SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN, SAY("R\0\0\0\x08\0\0\0\x03"), STALL)));
	assert_kept_out(try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN,
	                           SAY("R\0\0\0\x0c\0\0\0\x05salt"), STALL)));
	assert_kept_out(try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN,
	                           SAY("R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0"), STALL)));
}

static void who_asks_for_no_proof_is_not_believed(void **state)
{
	(void)state;
	assert_kept_out(try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN,
	                           SAY("R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"), STALL)));
}

/* A server that claims to know the password and cannot prove it. */
static void who_cannot_prove_that_it_knows_the_password_is_not_believed(void **state)
{
	(void)state;
	assert_kept_out(
		try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN,
	                   SAY("R\0\0\0\x2a\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"),
	                   {RIG_HEAR, "r=", 0, 0},
	                   SAY("R\0\0\0\x21\0\0\0\x0br=other,s=c2FsdA==,i=4096"), STALL)));
}

static void words_of_a_refusal_are_escaped_and_hold_no_password(void **state)
{
	(void)state;
	const struct pf_answer *answer =
		try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN,
	                   SAY("E\0\0\0\x22SFATAL\0C28000\0M\x1b[2Jno entry!\0\0"), STALL));
	assert_kept_out(answer);
	assert_null(strchr(answer->sql.text, '\x1b'));
	assert_non_null(strstr(answer->sql.text, "no entry"));
}

static void garbage_instead_of_an_answer_is_no_login(void **state)
{
	(void)state;
	const struct pf_answer *answer =
		try(SCRIPT(HEAR_START, SAY("HTTP/1.1 400 Bad Request\r\n\r\n"), STALL));
	assert_false(answer->sql.connected);
	answer = try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN, SAY("?\xff\xff\xff\xff"), STALL));
	assert_false(answer->sql.connected);
	answer = try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN, SAY("R\x7f\xff\xff\xff\0\0\0\0"),
	                    STALL));
	assert_false(answer->sql.connected);
}

static void silence_after_a_promise_ends_with_the_exchange(void **state)
{
	(void)state;
	assert_outcome(try(SCRIPT(HEAR_START, STALL)), PF_stalled);
	assert_outcome(try(SCRIPT(HEAR_START, SAY_YES, STALL)), PF_stalled);
	assert_outcome(try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN, STALL)), PF_stalled);
}

static void a_flood_of_notices_ends_with_the_exchange(void **state)
{
	static const char notice[] = "N\0\0\0\x19SNOTICE\0Mover here!\0\0";
	(void)state;
	const struct pf_answer *answer = try(SCRIPT(HEAR_START, SAY_YES, TLS, HEAR_LOGIN,
	                                            {RIG_FLOOD, notice, sizeof notice - 1, 0}));
	assert_false(answer->sql.connected);
	assert_true(rig_took_ms() < 10000);
	assert_true(rig_peak_kib() < 512 * 1024);
}

static void a_query_that_is_none_of_ours_is_malformed(void **state)
{
	static const char *const queries[] = {"DROP TABLE users"};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT(STALL));
	struct pf_question question = login(peer);
	(void)state;
	question.sql.queries = (struct pf_words){queries, 1};
	assert_outcome(rig_answer_with(&question, password), PF_malformed_question);
	question = login(peer);
	question.sql.address = "localhost";
	assert_outcome(rig_answer_with(&question, password), PF_malformed_question);
	assert_int_equal(rig_peer_visits(peer), 0);
	rig_peer_stop(peer);
}

#define HOSTILE(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOSTILE(a_server_without_tls_hears_no_name),
		HOSTILE(a_certificate_that_is_not_trusted_ends_it),
		HOSTILE(a_certificate_of_another_name_ends_it),
		HOSTILE(who_asks_in_clear_text_by_md5_or_unbound_is_told_nothing),
		HOSTILE(who_asks_for_no_proof_is_not_believed),
		HOSTILE(who_cannot_prove_that_it_knows_the_password_is_not_believed),
		HOSTILE(words_of_a_refusal_are_escaped_and_hold_no_password),
		HOSTILE(garbage_instead_of_an_answer_is_no_login),
		HOSTILE(silence_after_a_promise_ends_with_the_exchange),
		HOSTILE(a_flood_of_notices_ends_with_the_exchange),
		HOSTILE(a_query_that_is_none_of_ours_is_malformed),
	};
	return cmocka_run_group_tests(tests, make_anchor, remove_anchor);
}
