/* What stands where Redis should: protected, closed to us, something else, or out for harm. */
#include "rig_loop.h"
#include "rig_peer.h"

#include "base/clock.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCRIPT(...)                                                                                \
	(const struct rig_step[])                                                                  \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.act = RIG_END                                                             \
		}                                                                                  \
	}
#define SAY(text)                                                                                  \
	{                                                                                          \
		.act = RIG_SEND, .bytes = (text)                                                   \
	}
#define SAY_BYTES(text)                                                                            \
	{                                                                                          \
		.act = RIG_SEND, .bytes = (text), .count = sizeof(text) - 1                        \
	}
#define HEAR(text)                                                                                 \
	{                                                                                          \
		.act = RIG_HEAR, .bytes = (text)                                                   \
	}
#define STALL                                                                                      \
	{                                                                                          \
		.act = RIG_STALL                                                                   \
	}

static const char *const greeting[] = {"PING", "ECHO nonce", "PFNONSENSE"};

static struct pf_question ask_all(const struct rig_peer *peer, size_t count,
                                  const char *const commands[])
{
	return (struct pf_question){.kind = PF_KIND_redis,
	                            .redis = {.address = rig_peer_address(peer),
	                                      .port = rig_peer_port(peer),
	                                      .commands = {commands, count}}};
}

static struct pf_question greet(const struct rig_peer *peer)
{
	return ask_all(peer, 3, greeting);
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

/* What a peer that answers PING with these bytes, and then stays, is taken for. */
static const struct pf_answer *said_to_ping(const char *bytes, size_t count)
{
	struct rig_step steps[] = {HEAR("PING"),
	                           {.act = RIG_SEND, .bytes = bytes, .count = count},
	                           STALL,
	                           {.act = RIG_END}};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = ask_all(peer, 1, greeting);
	const struct pf_answer *answer = rig_answer(&question);
	rig_peer_stop(peer);
	return answer;
}

#define SAID(text) said_to_ping(text, sizeof(text) - 1)

/* ---- what servers say ---- */

static void an_open_server_is_heard_out(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP,
		SCRIPT(HEAR("*1\r\n$4\r\nPING\r\n"), SAY("+PONG\r\n"),
	               HEAR("*2\r\n$4\r\nECHO\r\n$5\r\nnonce\r\n"), SAY("$5\r\nnonce\r\n"),
	               HEAR("*1\r\n$10\r\nPFNONSENSE\r\n"),
	               SAY("-ERR unknown command 'PFNONSENSE', with args beginning with: \r\n"),
	               STALL));
	struct pf_question question = greet(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->redis.replies.count, 3);
	assert_string_equal(answer->redis.replies.at[0], "+PONG");
	assert_string_equal(answer->redis.replies.at[1], "$nonce");
	assert_memory_equal(answer->redis.replies.at[2], "-ERR unknown command", 20);
	rig_peer_stop(peer);
}

static void a_command_waits_for_the_answer_to_the_one_before(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT(HEAR("PING"), STALL));
	struct pf_question question = greet(peer);
	(void)state;
	assert_outcome(rig_answer(&question), PF_stalled);
	assert_false(rig_peer_heard_text(peer, "ECHO"));
	rig_peer_stop(peer);
}

static void protected_mode_is_read_although_the_door_is_shut(void **state)
{
	static const char denied[] = "-DENIED Redis is running in protected mode\r\n";
	struct rig_peer *peers[] = {
		rig_peer_start(RIG_TCP, SCRIPT(SAY(denied), {.act = RIG_END})),
		rig_peer_start(RIG_TCP, SCRIPT(SAY(denied), {.act = RIG_PAUSE, .ms = 20},
	                                       {.act = RIG_RESET})),
	};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pf_question question = greet(peers[i]);
		const struct pf_answer *answer = rig_answer(&question);
		assert_outcome(answer, PF_answered);
		assert_int_equal(answer->redis.replies.count, 1);
		assert_memory_equal(answer->redis.replies.at[0], "-DENIED", 7);
		rig_peer_stop(peers[i]);
	}
}

static void count_denials(void *context, uint64_t id, const struct pf_answer *answer)
{
	unsigned *denials = context;
	(void)id;
	*denials += answer->outcome == PF_answered && answer->redis.replies.count == 1 &&
	            strncmp(answer->redis.replies.at[0], "-DENIED", 7) == 0;
}

/* So many at once that the first doors are shut before anything is said to them: on a socket file
 * the sending fails then, with the words still to be read. */
static void words_are_read_although_nothing_can_be_said_any_more(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_UNIX, SCRIPT(SAY("-DENIED by rule\r\n")));
	struct pf_question question = greet(peer);
	unsigned denials = 0;
	struct pf_loop *loop = pf_loop_new(NULL, count_denials, &denials);
	(void)state;
	for (unsigned i = 0; i < 600; i++)
		pf_loop_ask(loop, i, &question, pf_now_us() + 10 * 1000 * 1000);
	while (pf_loop_pending(loop))
		pf_loop_turn(loop, -1, pf_now_us() + 1000 * 1000);
	pf_loop_free(loop);
	rig_peer_stop(peer);
	assert_int_equal(denials, 600);
}

static void a_password_that_is_asked_for_is_an_answer(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("-NOAUTH Authentication required.\r\n");
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->redis.replies.at[0], "-NOAUTH Authentication required.");
}

static void what_was_answered_is_kept_when_the_peer_leaves(void **state)
{
	struct rig_peer *closing =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR("PING"), SAY("+PONG\r\n"), {.act = RIG_END}));
	struct rig_peer *resetting = rig_peer_start(
		RIG_TCP, SCRIPT(HEAR("PING"), SAY("+PONG\r\n"), HEAR("ECHO"), {.act = RIG_RESET}));
	struct rig_peer *const peers[] = {closing, resetting};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pf_question question = greet(peers[i]);
		const struct pf_answer *answer = rig_answer(&question);
		assert_outcome(answer, PF_answered);
		assert_int_equal(answer->redis.replies.count, 1);
		assert_string_equal(answer->redis.replies.at[0], "+PONG");
		rig_peer_stop(peers[i]);
	}
}

static void every_type_of_reply_has_its_mark(void **state)
{
	(void)state;
	assert_string_equal(SAID(":1\r\n")->redis.replies.at[0], ":1");
	assert_string_equal(SAID(":-42\r\n")->redis.replies.at[0], ":-42");
	assert_string_equal(SAID("$0\r\n\r\n")->redis.replies.at[0], "$");
	assert_memory_equal(SAID("*0\r\n")->redis.replies.at[0], "*0", 2);
	assert_memory_equal(SAID("*2\r\n$1\r\na\r\n*1\r\n:7\r\n")->redis.replies.at[0], "*2", 2);
	assert_outcome(SAID("$-1\r\n"), PF_answered);
	assert_outcome(SAID("*-1\r\n"), PF_answered);
	assert_outcome(SAID("+\r\n"), PF_answered);
}

static void escape_sequences_in_errors_come_out_escaped(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("-ERR \x1b[2J\xff\x00 \xe2\x80\xae\r\n");
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->redis.replies.at[0], "-ERR \\x1b[2J\\xff\\x00 \\u{202e}");
}

/* ---- what else may stand there ---- */

static void other_protocols_are_garbled_and_shown(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("HTTP/1.1 400 Bad Request\r\n\r\n");
	assert_outcome(answer, PF_garbled);
	assert_memory_equal(answer->detail, "HTTP/1.1 400 Bad Request", 24);
	assert_outcome(SAID("SSH-2.0-OpenSSH_9.2\r\n"), PF_garbled);
	assert_outcome(SAID("\x15\x03\x01\x00\x02\x02\x28"), PF_garbled);
	assert_outcome(SAID("\x00\x00\x00\x00"), PF_garbled);
	assert_outcome(SAID("ERROR\r\n"), PF_garbled); /* memcached */
	assert_in_range(rig_took_ms(), 0, 300);        /* none of it needs a time-out */
}

static void an_echo_gives_itself_away(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_ECHO}));
	struct pf_question question = greet(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_string_not_equal(answer->redis.replies.count ? answer->redis.replies.at[0] : "",
	                        "+PONG");
	rig_peer_stop(peer);
}

static void one_that_says_pong_to_everything_is_quoted_as_doing_so(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR(NULL), SAY("+PONG\r\n"), {.act = RIG_AGAIN}));
	struct pf_question question = greet(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->redis.replies.count, 3);
	assert_string_equal(answer->redis.replies.at[2], "+PONG");
	rig_peer_stop(peer);
}

static void the_types_of_resp_three_were_not_asked_for(void **state)
{
	(void)state;
	assert_outcome(SAID("%1\r\n+a\r\n+b\r\n"), PF_garbled);
	assert_outcome(SAID(">1\r\n+a\r\n"), PF_garbled);
	assert_outcome(SAID("_\r\n"), PF_garbled);
	assert_outcome(SAID("#t\r\n"), PF_garbled);
}

static void malformed_lengths_and_numbers_are_garbled(void **state)
{
	(void)state;
	assert_outcome(SAID("*-2\r\n"), PF_garbled);
	assert_outcome(SAID("$-5\r\n"), PF_garbled);
	assert_outcome(SAID("$abc\r\n"), PF_garbled);
	assert_outcome(SAID("$\r\n"), PF_garbled);
	assert_outcome(SAID("$99999999999999999999\r\n"), PF_garbled);
	assert_outcome(SAID("$3\r\nabcde"), PF_garbled);
	assert_outcome(SAID(":one\r\n"), PF_garbled);
	assert_outcome(SAID(":99999999999999999999\r\n"), PF_garbled);
	assert_outcome(SAID("*1\r\n?\r\n"), PF_garbled);
}

/* ---- what is out for harm ---- */

static void announced_sizes_are_not_believed(void **state)
{
	(void)state;
	long before = rig_peak_kib();
	assert_outcome(SAID("$2147483647\r\n"), PF_oversized);
	assert_outcome(SAID("$65537\r\n"), PF_oversized);
	assert_outcome(SAID("*100000000\r\n"), PF_oversized);
	assert_outcome(SAID("*1025\r\n"), PF_oversized);
	assert_outcome(SAID("*4294967295\r\n"), PF_oversized);
	assert_in_range(rig_took_ms(), 0, 300);
	assert_in_range(rig_peak_kib() - before, 0, 32 * 1024);
}

static void arrays_in_arrays_end_at_the_fourth(void **state)
{
	(void)state;
	assert_outcome(SAID("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"), PF_answered);
	assert_outcome(SAID("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"), PF_oversized);
}

static void many_small_arrays_do_not_add_up(void **state)
{
	(void)state;
	static char wide[64 * 1024];
	size_t count = (size_t)snprintf(wide, sizeof wide, "*64\r\n");
	for (int i = 0; i < 63; i++) /* and the last never comes */
		count += (size_t)snprintf(wide + count, sizeof wide - count, "*64\r\n");
	assert_outcome(said_to_ping(wide, count), PF_oversized);
}

static void an_endless_line_ends_at_the_limit_and_costs_little(void **state)
{
	static char block[16384];
	memset(block, 'x', sizeof block);
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP,
		SCRIPT(SAY("-ERR "), {.act = RIG_FLOOD, .bytes = block, .count = sizeof block}));
	struct pf_question question = greet(peer);
	(void)state;
	assert_outcome(rig_answer(&question), PF_oversized);
	assert_in_range(rig_took_ms(), 0, 500);
	rig_peer_stop(peer);
}

static void a_flood_of_replies_does_not_outlast_the_commands(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_FLOOD, .bytes = "+PONG\r\n"}));
	struct pf_question question = greet(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_in_range(answer->redis.replies.count, 0, 3);
	assert_in_range(rig_took_ms(), 0, 500);
	rig_peer_stop(peer);
}

static void a_drip_ends_with_the_exchange(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_DRIP,
	                                        .bytes = "$500\r\nxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	                                        .ms = 40}));
	struct pf_question question = greet(peer);
	(void)state;
	assert_outcome(rig_answer(&question), PF_stalled);
	assert_in_range(rig_took_ms(), 550, 900);
	rig_peer_stop(peer);
}

static void replies_cut_anywhere_are_put_together(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP,
		SCRIPT(HEAR("PING"),
	               {.act = RIG_DRIP, .bytes = "*2\r\n$3\r\na\r\n\r\n:5\r\n", .ms = 3}, STALL));
	struct pf_question question = ask_all(peer, 1, greeting);
	(void)state;
	assert_outcome(rig_answer(&question), PF_answered);
	rig_peer_stop(peer);
}

static void a_reset_between_commands_kills_nobody(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR("PING"), SAY("+PONG\r\n"), {.act = RIG_RESET}));
	(void)state;
	signal(SIGPIPE, SIG_DFL);
	for (int i = 0; i < 20; i++) {
		struct pf_question question = greet(peer);
		assert_int_not_equal(rig_answer(&question)->outcome, PF_no_resources);
	}
	rig_peer_stop(peer);
}

static void hanging_up_without_a_word_is_told_apart_from_silence(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT(HEAR("PING")));
	struct rig_peer *hole = rig_peer_start(RIG_BLACKHOLE, NULL);
	struct pf_question question = greet(peer);
	(void)state;
	assert_outcome(rig_answer(&question), PF_hung_up);
	question = greet(hole);
	assert_outcome(rig_answer(&question), PF_silent);
	question.redis.port = rig_closed_port();
	assert_outcome(rig_answer(&question), PF_refused);
	rig_peer_stop(peer);
	rig_peer_stop(hole);
}

static void it_works_over_tls(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_TLS}, HEAR("PING"), SAY("+PONG\r\n"), STALL));
	struct pf_question question = ask_all(peer, 1, greeting);
	(void)state;
	question.redis.tls = true;
	question.redis.sni = "rig.test";
	assert_outcome(rig_answer(&question), PF_answered);
	assert_string_equal(rig_peer_sni(peer), "rig.test");
	rig_peer_stop(peer);
}

/* ---- what is sent ---- */

static void nothing_but_the_list_is_ever_sent(void **state)
{
	static const char *const forbidden[] = {
		"GET key",
		"SET key value",
		"AUTH secret",
		"CONFIG GET *",
		"KEYS *",
		"FLUSHALL",
		"EVAL x 0",
		"DEBUG SLEEP 9",
		"PFADD key element",
		"PFMERGE a b",
		"PFCOUNT key",
		"PFDEBUG x y",
		"pfadd key x",
		"PFSELFTEST",
		"HELLO 3 AUTH default secret",
		"HELLO 3",
		"ECHO",
		"ECHO a b",
		"PING a b",
		"SHUTDOWN",
		"",
		" PING",
		"INFO a b",
		"PING\r\nFLUSHALL",
		"PFNONSENSE\r\nFLUSHALL",
		"CONFIG GET requirepass",
		"EVAL return 0",
		"DEBUG",
		"MODULE LOAD x",
		"ACL LIST",
		"SORT key",
		"SORT pf-0 STORE key",
		"SORT pf-xyz",
		"CLUSTER RESET",
		"SENTINEL FAILOVER shop",
	};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_ECHO}));
	(void)state;
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
		const char *const commands[] = {"PING", forbidden[i]};
		struct pf_question question = ask_all(peer, 2, commands);
		const struct pf_answer *answer = rig_answer(&question);
		if (answer->outcome != PF_malformed_question)
			fail_msg("\"%s\" was sent", forbidden[i]);
	}
	struct pf_question question = ask_all(peer, 0, NULL);
	assert_outcome(rig_answer(&question), PF_malformed_question);
	assert_int_equal(rig_peer_visits(peer), 0);
	rig_peer_stop(peer);
}

/* ---- passwords ---- */

static const char password[] = "hunter2-of-the-shop";

static void the_login_goes_first_and_its_code_alone_comes_back(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP,
		SCRIPT(HEAR("*3\r\n$4\r\nAUTH\r\n$4\r\nshop\r\n$19\r\nhunter2-of-the-shop\r\n"),
	               SAY("-WRONGPASS you said hunter2-of-the-shop\r\n"), HEAR("PING"),
	               SAY("-NOAUTH Authentication required.\r\n"), STALL));
	struct pf_question question = ask_all(peer, 1, greeting);
	question.redis.user = "shop";
	(void)state;
	const struct pf_answer *answer = rig_answer_with(&question, password);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->redis.login, "-WRONGPASS");
	assert_string_equal(answer->redis.replies.at[0], "-NOAUTH Authentication required.");
	rig_peer_stop(peer);
}

static void a_password_that_is_thrown_back_is_not_kept(void **state)
{
	struct rig_peer *replying =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR("AUTH"), SAY("+OK\r\n"), HEAR("PING"),
	                                       SAY("$24\r\nyou: hunter2-of-the-shop\r\n"), STALL));
	struct rig_peer *babbling = rig_peer_start(
		RIG_TCP, SCRIPT(HEAR("AUTH"), SAY("you said hunter2-of-the-shop\r\n"), STALL));
	struct pf_question question = ask_all(replying, 1, greeting);
	(void)state;
	const struct pf_answer *answer = rig_answer_with(&question, password);
	assert_string_equal(answer->redis.login, "+OK");
	assert_string_equal(answer->redis.replies.at[0], "-[holds the password]");
	question = ask_all(babbling, 1, greeting);
	answer = rig_answer_with(&question, password);
	assert_outcome(answer, PF_garbled);
	assert_null(strstr(answer->detail, password));
	rig_peer_stop(replying);
	rig_peer_stop(babbling);
}

static void a_stranger_over_tls_never_hears_the_password(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_TLS}, HEAR("AUTH"), SAY("+OK\r\n"), STALL));
	struct pf_question question = ask_all(peer, 1, greeting);
	question.redis.tls = true;
	(void)state;
	assert_outcome(rig_answer_with(&question, password), PF_tls_untrusted);
	assert_false(rig_peer_heard_text(peer, password));
	rig_peer_stop(peer);
}

#define HOSTILE(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOSTILE(an_open_server_is_heard_out),
		HOSTILE(a_command_waits_for_the_answer_to_the_one_before),
		HOSTILE(protected_mode_is_read_although_the_door_is_shut),
		HOSTILE(words_are_read_although_nothing_can_be_said_any_more),
		HOSTILE(a_password_that_is_asked_for_is_an_answer),
		HOSTILE(what_was_answered_is_kept_when_the_peer_leaves),
		HOSTILE(every_type_of_reply_has_its_mark),
		HOSTILE(escape_sequences_in_errors_come_out_escaped),
		HOSTILE(other_protocols_are_garbled_and_shown),
		HOSTILE(an_echo_gives_itself_away),
		HOSTILE(one_that_says_pong_to_everything_is_quoted_as_doing_so),
		HOSTILE(the_types_of_resp_three_were_not_asked_for),
		HOSTILE(malformed_lengths_and_numbers_are_garbled),
		HOSTILE(announced_sizes_are_not_believed),
		HOSTILE(arrays_in_arrays_end_at_the_fourth),
		HOSTILE(many_small_arrays_do_not_add_up),
		HOSTILE(an_endless_line_ends_at_the_limit_and_costs_little),
		HOSTILE(a_flood_of_replies_does_not_outlast_the_commands),
		HOSTILE(a_drip_ends_with_the_exchange),
		HOSTILE(replies_cut_anywhere_are_put_together),
		HOSTILE(a_reset_between_commands_kills_nobody),
		HOSTILE(hanging_up_without_a_word_is_told_apart_from_silence),
		HOSTILE(it_works_over_tls),
		HOSTILE(nothing_but_the_list_is_ever_sent),
		HOSTILE(the_login_goes_first_and_its_code_alone_comes_back),
		HOSTILE(a_password_that_is_thrown_back_is_not_kept),
		HOSTILE(a_stranger_over_tls_never_hears_the_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
