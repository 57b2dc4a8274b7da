/* What stands where PostgreSQL should: who is let in and who is not, and what must not be believed.
 */
#include "rig_loop.h"
#include "rig_peer.h"

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

#define LET_IN "R\0\0\0\x08\0\0\0\0"
#define CLEARTEXT "R\0\0\0\x08\0\0\0\x03"
#define MD5 "R\0\0\0\x0c\0\0\0\x05salt"
#define SASL "R\0\0\0\x2a\0\0\0\x0aSCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"
#define VERSION "S\0\0\0\x18server_version\00015.7\0"
#define READY "Z\0\0\0\x05I"
#define NOTICE "N\0\0\0\x0dMhello\0\0\0"
#define REFUSED "E\0\0\0\x29SFATAL\0C28000\0Mno entry\0RClientAuth\0\0"

static const char ssl_request[] = "\x04\xd2\x16\x2f";

static struct pf_question knock(const struct rig_peer *peer, bool tls)
{
	return (struct pf_question){.kind = PF_KIND_postgres,
	                            .postgres = {.address = rig_peer_address(peer),
	                                         .port = rig_peer_port(peer),
	                                         .tls = tls,
	                                         .user = "shop",
	                                         .database = "shopdb"}};
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

/* What a server is taken for that says these bytes to StartupMessage, and stays. */
static const struct pf_answer *said_at_startup(const char *bytes, size_t count)
{
	struct rig_step steps[] = {HEAR("postflight"),
	                           {.act = RIG_SEND, .bytes = bytes, .count = count},
	                           STALL,
	                           {.act = RIG_END}};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer, false);
	const struct pf_answer *answer = rig_answer(&question);
	rig_peer_stop(peer);
	return answer;
}

#define SAID(text) said_at_startup(text, sizeof(text) - 1)

/* ---- what servers say ---- */

static void the_startup_names_user_database_and_us(void **state)
{
	static const char expected[] =
		"\0\0\0\x3f\0\3\0\0user\0shop\0database\0shopdb\0application_name\0postflight\0";
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR("postflight"), SAY(MD5), STALL));
	struct pf_question question = knock(peer, false);
	size_t count;
	(void)state;
	assert_outcome(rig_answer(&question), PF_answered);
	const char *heard = rig_peer_heard(peer, &count);
	assert_int_equal(count, sizeof expected);
	assert_int_equal(heard[3], count);
	assert_memory_equal(heard + 4, expected + 4, sizeof expected - 4);
	rig_peer_stop(peer);
}

static void every_request_is_told_by_its_number(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID(CLEARTEXT);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.message, "R");
	assert_int_equal(answer->postgres.auth, 3);
	assert_null(answer->postgres.tls);
	assert_int_equal(SAID(MD5)->postgres.auth, 5);
	answer = SAID(SASL);
	assert_int_equal(answer->postgres.auth, 10);
	assert_int_equal(answer->postgres.mechanisms.count, 2);
	assert_string_equal(answer->postgres.mechanisms.at[0], "SCRAM-SHA-256-PLUS");
	assert_string_equal(answer->postgres.mechanisms.at[1], "SCRAM-SHA-256");
}

static void nothing_is_ever_said_to_who_asks_for_a_password(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR("postflight"), SAY(CLEARTEXT), STALL));
	struct pf_question question = knock(peer, false);
	size_t before, after;
	(void)state;
	setenv("PGPASSWORD", "s3cret", 1);
	setenv("PGHOSTADDR", "192.0.2.1", 1);
	setenv("PGOPTIONS", "-c secret=1", 1);
	assert_outcome(rig_answer(&question), PF_answered);
	rig_peer_heard(peer, &before);
	rig_forget();
	rig_peer_heard(peer, &after);
	assert_int_equal(before, after);
	assert_false(rig_peer_heard_text(peer, "s3cret"));
	assert_false(rig_peer_heard_text(peer, "options"));
	unsetenv("PGPASSWORD");
	unsetenv("PGHOSTADDR");
	unsetenv("PGOPTIONS");
	rig_peer_stop(peer);
}

static void who_lets_us_in_tells_its_version_and_is_told_good_bye(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT(HEAR("postflight"), SAY(LET_IN VERSION READY), STALL));
	struct pf_question question = knock(peer, false);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.message, "R");
	assert_int_equal(answer->postgres.auth, 0);
	assert_string_equal(answer->postgres.server_version, "15.7");
	rig_forget();
	assert_true(rig_peer_will_hear(peer, "X\0\0\0\x04", 5));
	rig_peer_stop(peer);
}

static void a_refusal_is_told_by_its_state_and_its_routine(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID(REFUSED);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.message, "E");
	assert_string_equal(answer->postgres.sqlstate, "28000");
	assert_string_equal(answer->postgres.routine, "ClientAuth");
	assert_string_equal(answer->postgres.text, "no entry");
}

static void notices_and_version_talk_before_the_answer_are_passed_over(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("v\0\0\0\x0c\0\3\0\0\0\0\0\0" NOTICE NOTICE MD5);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->postgres.auth, 5);
}

static void an_error_behind_the_permission_is_kept_beside_it(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID(LET_IN REFUSED);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.message, "R");
	assert_int_equal(answer->postgres.auth, 0);
	assert_string_equal(answer->postgres.sqlstate, "28000");
}

static void the_permission_is_the_answer_whatever_follows_it(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID(LET_IN); /* and then nothing */
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->postgres.auth, 0);
	answer = SAID(LET_IN "?????");
	assert_outcome(answer, PF_answered);
	answer = SAID(LET_IN "S\x7f\xff\xff\xff");
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.message, "R");
}

static void messages_cut_anywhere_are_put_together(void **state)
{
	static const char whole[] = NOTICE REFUSED;
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP,
		SCRIPT(HEAR("postflight"),
	               {.act = RIG_DRIP, .bytes = whole, .count = sizeof whole - 1, .ms = 3},
	               STALL));
	struct pf_question question = knock(peer, false);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.sqlstate, "28000");
	rig_peer_stop(peer);
}

/* ---- TLS ---- */

static void tls_is_asked_for_in_the_protocol(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR, .bytes = ssl_request}, SAY("S"), {.act = RIG_TLS},
	                        HEAR("postflight"), SAY(SASL), STALL));
	struct pf_question question = knock(peer, true);
	(void)state;
	question.postgres.sni = "rig.test";
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.tls, "S");
	assert_int_equal(answer->postgres.auth, 10);
	assert_string_equal(rig_peer_sni(peer), "rig.test");
	rig_peer_stop(peer);
}

static void a_server_without_tls_says_so_and_hears_no_name(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR, .bytes = ssl_request}, SAY("N"), STALL));
	struct pf_question question = knock(peer, true);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.tls, "N");
	assert_null(answer->postgres.message);
	assert_false(rig_peer_heard_text(peer, "shop"));
	rig_peer_stop(peer);
}

static void text_slipped_in_before_tls_is_not_believed(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_HEAR, .bytes = ssl_request},
	                                       SAY("S" LET_IN READY), STALL));
	struct pf_question question = knock(peer, true);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_garbled);
	assert_null(answer->postgres.message);
	assert_false(rig_peer_heard_text(peer, "shop"));
	rig_peer_stop(peer);
}

static void a_promise_of_tls_and_then_silence_is_stalling(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR, .bytes = ssl_request}, SAY("S"), STALL));
	struct pf_question question = knock(peer, true);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_stalled);
	assert_in_range(rig_took_ms(), 550, 900);
	rig_peer_stop(peer);
}

static void a_promise_of_tls_that_is_broken_fails_the_handshake(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR, .bytes = ssl_request}, SAY("S"), HEAR(NULL),
	                        SAY("E\0\0\0\x09"
	                            "FAIL\n")));
	struct pf_question question = knock(peer, true);
	(void)state;
	assert_outcome(rig_answer(&question), PF_tls_failed);
	assert_false(rig_peer_heard_text(peer, "shop"));
	rig_peer_stop(peer);
}

/* ---- what else may stand there ---- */

static void other_protocols_are_garbled_and_shown(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("HTTP/1.1 400 Bad Request\r\n\r\n");
	assert_outcome(answer, PF_garbled);
	assert_memory_equal(answer->detail, "HTTP/1.1 400", 12);
	assert_outcome(SAID("J\0\0\0\x0a"
	                    "5.5.5-10.11.6-MariaDB\0"),
	               PF_garbled);
	assert_outcome(SAID("+PONG\r\n"), PF_garbled);
	assert_outcome(SAID(READY), PF_garbled);   /* out of turn */
	assert_outcome(SAID(VERSION), PF_garbled); /* out of turn */
	assert_in_range(rig_took_ms(), 0, 300);
}

static void a_server_that_cannot_fork_is_not_taken_for_another_answer(void **state)
{
	(void)state;
	const struct pf_answer *answer =
		SAID("Ecould not fork new process for connection: Cannot allocate memory\n\0");
	assert_true(answer->outcome == PF_garbled || answer->outcome == PF_answered);
	assert_in_range(rig_took_ms(), 0, 300);
}

static void hanging_up_without_a_word_is_told_apart_from_silence(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT(HEAR("postflight")));
	struct rig_peer *hole = rig_peer_start(RIG_BLACKHOLE, NULL);
	struct pf_question question = knock(peer, false);
	(void)state;
	assert_outcome(rig_answer(&question), PF_hung_up);
	question = knock(peer, true);
	assert_outcome(rig_answer(&question), PF_stalled); /* it waits for the name */
	question = knock(hole, false);
	assert_outcome(rig_answer(&question), PF_silent);
	question.postgres.port = rig_closed_port();
	assert_outcome(rig_answer(&question), PF_refused);
	rig_peer_stop(peer);
	rig_peer_stop(hole);
}

static void half_a_message_and_a_close_is_no_answer(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT(HEAR("postflight"), SAY("R\0\0\0\x0c\0\0")));
	struct pf_question question = knock(peer, false);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_int_not_equal(answer->outcome, PF_answered);
	assert_null(answer->postgres.message);
	rig_peer_stop(peer);
}

/* ---- what is out for harm ---- */

static void announced_sizes_are_not_believed(void **state)
{
	(void)state;
	long before = rig_peak_kib();
	assert_int_not_equal(SAID("E\x7f\xff\xff\xff")->outcome, PF_answered);
	assert_outcome(SAID("R\xff\xff\xff\xff"), PF_oversized);
	assert_outcome(SAID("N\x7f\xff\xff\xff"), PF_oversized);
	assert_outcome(SAID("N\0\1\0\1"), PF_oversized);
	assert_outcome(SAID("R\0\0\0\0"), PF_garbled);
	assert_outcome(SAID("R\0\0\0\3"), PF_garbled);
	assert_outcome(SAID("R\0\0\0\4"), PF_garbled); /* a request without its code */
	assert_in_range(rig_took_ms(), 0, 300);
	assert_in_range(rig_peak_kib() - before, 0, 32 * 1024);
}

static void texts_without_their_end_stay_within_their_message(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("E\0\0\0\x0d"
	                                      "C28000"
	                                      "Mno"
	                                      "SECRET");
	if (answer->postgres.text)
		assert_null(strstr(answer->postgres.text, "SECRET"));
	answer = SAID("R\0\0\0\x0c\0\0\0\x0aSCRA"
	              "SECRET");
	for (size_t i = 0; i < answer->postgres.mechanisms.count; i++)
		assert_null(strstr(answer->postgres.mechanisms.at[i], "SECRET"));
	assert_int_not_equal(SAID("E\0\0\0\4")->outcome, PF_stalled);
}

static void terminal_codes_in_the_servers_words_come_out_escaped(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("E\0\0\0\x16"
	                                      "C2\x1b"
	                                      "800\0M\x1b[2J\xff\xe2\x80\xae\0\0");
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.sqlstate, "2\\x1b800");
	assert_string_equal(answer->postgres.text, "\\x1b[2J\\xff\\u{202e}");
}

/* In small pieces, and in pieces so large that all there is room for comes at once. */
static void a_flood_of_notices_ends_at_the_limit(void **state)
{
	static char notices[128 * 1024 / 14 * 14];
	const size_t sizes[] = {14 * 64, sizeof notices};
	(void)state;
	for (size_t at = 0; at < sizeof notices; at += 14)
		memcpy(notices + at, NOTICE, 14);
	for (size_t i = 0; i < 2; i++) {
		struct rig_peer *peer = rig_peer_start(
			RIG_TCP, SCRIPT({.act = RIG_FLOOD, .bytes = notices, .count = sizes[i]}));
		struct pf_question question = knock(peer, false);
		assert_outcome(rig_answer(&question), PF_oversized);
		assert_in_range(rig_took_ms(), 0, 500);
		rig_forget();
		rig_peer_stop(peer);
	}
}

static void a_flood_of_parameters_ends_and_the_permission_stands(void **state)
{
	static const char more[] = "S\0\0\0\x0aname\0v\0";
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT(SAY(LET_IN), {.act = RIG_FLOOD, .bytes = more, .count = 11}));
	struct pf_question question = knock(peer, false);
	(void)state;
	long before = rig_peak_kib();
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->postgres.message, "R");
	assert_in_range(rig_took_ms(), 0, 500);
	assert_in_range(rig_peak_kib() - before, 0, 32 * 1024);
	rig_peer_stop(peer);
}

static void a_drip_ends_with_the_exchange(void **state)
{
	static const char slow[] = NOTICE NOTICE NOTICE NOTICE NOTICE;
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP,
		SCRIPT({.act = RIG_DRIP, .bytes = slow, .count = sizeof slow - 1, .ms = 30}));
	struct pf_question question = knock(peer, false);
	(void)state;
	assert_outcome(rig_answer(&question), PF_stalled);
	assert_in_range(rig_took_ms(), 550, 900);
	rig_peer_stop(peer);
}

static void questions_without_sense_are_malformed(void **state)
{
	static char endless[10000];
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT(STALL));
	struct pf_question question = knock(peer, false);
	(void)state;
	memset(endless, 'u', sizeof endless - 1);
	question.postgres.user = NULL;
	assert_outcome(rig_answer(&question), PF_malformed_question);
	question.postgres.user = "";
	assert_outcome(rig_answer(&question), PF_malformed_question);
	question.postgres.user = endless;
	assert_outcome(rig_answer(&question), PF_malformed_question);
	question.postgres.user = "shop";
	question.postgres.address = "db.example.com";
	assert_outcome(rig_answer(&question), PF_malformed_question);
	assert_int_equal(rig_peer_visits(peer), 0);
	rig_peer_stop(peer);
}

#define HOSTILE(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOSTILE(the_startup_names_user_database_and_us),
		HOSTILE(every_request_is_told_by_its_number),
		HOSTILE(nothing_is_ever_said_to_who_asks_for_a_password),
		HOSTILE(who_lets_us_in_tells_its_version_and_is_told_good_bye),
		HOSTILE(a_refusal_is_told_by_its_state_and_its_routine),
		HOSTILE(notices_and_version_talk_before_the_answer_are_passed_over),
		HOSTILE(an_error_behind_the_permission_is_kept_beside_it),
		HOSTILE(the_permission_is_the_answer_whatever_follows_it),
		HOSTILE(messages_cut_anywhere_are_put_together),
		HOSTILE(tls_is_asked_for_in_the_protocol),
		HOSTILE(a_server_without_tls_says_so_and_hears_no_name),
		HOSTILE(text_slipped_in_before_tls_is_not_believed),
		HOSTILE(a_promise_of_tls_and_then_silence_is_stalling),
		HOSTILE(a_promise_of_tls_that_is_broken_fails_the_handshake),
		HOSTILE(other_protocols_are_garbled_and_shown),
		HOSTILE(a_server_that_cannot_fork_is_not_taken_for_another_answer),
		HOSTILE(hanging_up_without_a_word_is_told_apart_from_silence),
		HOSTILE(half_a_message_and_a_close_is_no_answer),
		HOSTILE(announced_sizes_are_not_believed),
		HOSTILE(texts_without_their_end_stay_within_their_message),
		HOSTILE(terminal_codes_in_the_servers_words_come_out_escaped),
		HOSTILE(a_flood_of_notices_ends_at_the_limit),
		HOSTILE(a_flood_of_parameters_ends_and_the_permission_stands),
		HOSTILE(a_drip_ends_with_the_exchange),
		HOSTILE(questions_without_sense_are_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
