/* Ports that refuse, swallow, stall, drip, flood and lie: each gets its own outcome, in time. */
#include "rig_loop.h"
#include "rig_peer.h"

#include <openssl/ssl.h>
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

enum { SOON_MS = 2000 };

static struct pf_question to(const struct rig_peer *peer, const char *transport)
{
	return (struct pf_question){.kind = PF_KIND_raw,
	                            .raw = {.transport = transport,
	                                    .address = rig_peer_address(peer),
	                                    .port = rig_peer_port(peer)}};
}

static struct pf_question saying(const struct rig_peer *peer, const char *transport,
                                 const char *send, const char *until)
{
	struct pf_question question = to(peer, transport);
	question.raw.send = send;
	question.raw.until = until;
	return question;
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

/* ---- connecting ---- */

static void a_closed_port_refuses(void **state)
{
	struct pf_question question = {
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp", .address = "127.0.0.1", .port = rig_closed_port()}};
	(void)state;
	assert_outcome(rig_answer(&question), PF_refused);
	question.raw.transport = "tls";
	assert_outcome(rig_answer(&question), PF_refused);
	question.raw.transport = "udp";
	question.raw.send = "x";
	assert_outcome(rig_answer(&question), PF_refused);
}

static void a_port_that_never_accepts_is_silent_when_the_time_to_connect_is_over(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_BLACKHOLE, NULL);
	struct pf_question question = to(peer, "tcp");
	(void)state;
	assert_outcome(rig_answer(&question), PF_silent);
	assert_in_range(rig_took_ms(), 250, 550); /* not the time of a whole exchange */
	rig_peer_stop(peer);
}

static void a_run_that_is_over_ends_in_its_deadline_and_accuses_nobody(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_BLACKHOLE, NULL);
	struct pf_question question = to(peer, "tcp");
	(void)state;
	assert_outcome(rig_answer_within(&question, 100), PF_deadline);
	assert_in_range(rig_took_ms(), 90, 290);
	assert_outcome(rig_answer_within(&question, -1), PF_deadline);
	rig_peer_stop(peer);
}

static void connecting_is_an_answer_where_nothing_is_said(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_STALL}));
	struct pf_question question = to(peer, "tcp");
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->raw.received, 0);
	rig_peer_stop(peer);
}

static void version_six_and_socket_files_are_reached_too(void **state)
{
	const enum rig_wire wires[] = {RIG_TCP6, RIG_UNIX};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct rig_peer *peer = rig_peer_start(wires[i], SCRIPT(SAY("hello\r\n")));
		struct pf_question question = saying(peer, "tcp", NULL, "\\r\\n");
		const struct pf_answer *answer = rig_answer(&question);
		assert_outcome(answer, PF_answered);
		assert_string_equal(answer->raw.reply, "hello\\r\\n");
		rig_peer_stop(peer);
	}
}

static void a_socket_file_that_is_not_there_is_absent(void **state)
{
	struct pf_question question = {
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp", .address = "unix:/nowhere/at/all"}};
	(void)state;
	assert_outcome(rig_answer(&question), PF_absent);
}

/* ---- what they do once connected ---- */

static void accepting_and_closing_is_hanging_up(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_END}));
	struct pf_question question = saying(peer, "tcp", "version\\r\\n", NULL);
	(void)state;
	assert_outcome(rig_answer(&question), PF_hung_up);
	rig_peer_stop(peer);
}

static void accepting_and_resetting_is_hanging_up(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_RESET}));
	struct pf_question question = saying(peer, "tcp", "version\\r\\n", NULL);
	(void)state;
	assert_outcome(rig_answer(&question), PF_hung_up);
	rig_peer_stop(peer);
}

static void accepting_and_saying_nothing_is_stalling(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_STALL}));
	struct pf_question question = saying(peer, "tcp", "version\\r\\n", NULL);
	(void)state;
	assert_outcome(rig_answer(&question), PF_stalled);
	assert_in_range(rig_took_ms(), 550, 900);
	rig_peer_stop(peer);
}

static void a_drip_ends_with_the_exchange_and_what_came_is_kept(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_DRIP,
	                         .bytes = "VERSION 1.6.18 and much more of it than there is time",
	                         .ms = 40}));
	struct pf_question question = saying(peer, "tcp", "version\\r\\n", "\\r\\n");
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_stalled);
	assert_in_range(rig_took_ms(), 550, 900);
	assert_memory_equal(answer->raw.reply, "VERSION", 7);
	assert_int_equal(answer->raw.received, (int64_t)strlen(answer->raw.reply));
	rig_peer_stop(peer);
}

static void a_flood_is_cut_at_the_limit(void **state)
{
	static char block[16384];
	memset(block, 'a', sizeof block);
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_FLOOD, .bytes = block, .count = sizeof block}));
	struct pf_question question = saying(peer, "tcp", "stats\\r\\n", "END\\r\\n");
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_oversized);
	assert_int_equal(answer->raw.received, PF_RAW_KEPT);
	assert_in_range(rig_took_ms(), 0, 500);
	question.raw.limit = PF_REPLY_BYTES;
	answer = rig_answer(&question);
	assert_outcome(answer, PF_oversized);
	assert_int_equal(answer->raw.received, PF_REPLY_BYTES);
	rig_peer_stop(peer);
}

static void a_reply_in_pieces_is_put_together(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR, .bytes = "version\r\n"},
	                        {.act = RIG_DRIP, .bytes = "VERSION 1\r", .ms = 1},
	                        {.act = RIG_PAUSE, .ms = 30}, SAY("\n"), {.act = RIG_STALL}));
	struct pf_question question = saying(peer, "tcp", "version\\r\\n", "\\r\\n");
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->raw.reply, "VERSION 1\\r\\n");
	assert_int_equal(answer->raw.received, 11);
	assert_false(answer->raw.closed);
	rig_peer_stop(peer);
}

static void what_came_before_the_close_is_the_answer(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR}, SAY("half an ans"), {.act = RIG_END}));
	struct pf_question question = saying(peer, "tcp", "version\\r\\n", "\\r\\n");
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->raw.reply, "half an ans");
	assert_true(answer->raw.closed);
	rig_peer_stop(peer);
}

static void a_reset_between_our_bytes_and_theirs_kills_nobody(void **state)
{
	static char large[60000];
	struct pf_question question;
	(void)state;
	signal(SIGPIPE, SIG_DFL); /* the loop must see to it itself */
	memset(large, 'x', sizeof large - 1);
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_RESET}));
	question = saying(peer, "tcp", large, NULL);
	for (int i = 0; i < 20; i++)
		assert_outcome(rig_answer(&question), PF_hung_up);
	rig_peer_stop(peer);
}

static void terminal_codes_and_foreign_bytes_come_out_escaped(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT(SAY_BYTES("\x1b]0;own\x07\xff\x00\xe2\x80\xae|<script>\n")));
	struct pf_question question = saying(peer, "tcp", NULL, "\\n");
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->raw.reply, "\\x1b]0;own\\x07\\xff\\x00\\u{202e}|<script>\\n");
	rig_peer_stop(peer);
}

static void exactly_the_bytes_asked_for_are_sent(void **state)
{
	size_t count;
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR, .bytes = "END"}, SAY("ok"), {.act = RIG_STALL}));
	struct pf_question question = saying(peer, "tcp", "\\x00\\xff\\\\\\r\\nEND", NULL);
	(void)state;
	assert_outcome(rig_answer(&question), PF_answered);
	const char *heard = rig_peer_heard(peer, &count);
	assert_int_equal(count, 8);
	assert_memory_equal(heard, "\x00\xff\\\r\nEND", 8);
	rig_peer_stop(peer);
}

/* ---- TLS ---- */

static void tls_carries_the_exchange_and_the_name(void **state)
{
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_TLS}, {.act = RIG_HEAR, .bytes = "hi"},
	                                       SAY("there\n"), {.act = RIG_STALL}));
	struct pf_question question = saying(peer, "tls", "hi", "\\n");
	(void)state;
	question.raw.sni = "rig.test";
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->raw.reply, "there\\n");
	assert_string_equal(rig_peer_sni(peer), "rig.test");
	question.raw.sni = NULL;
	assert_outcome(rig_answer(&question), PF_answered);
	assert_string_equal(rig_peer_sni(peer), "");
	rig_peer_stop(peer);
}

static void a_server_of_the_old_days_is_still_spoken_to(void **state)
{
	struct rig_peer *peer = rig_peer_start_old(
		SCRIPT({.act = RIG_TLS}, SAY("old\n"), {.act = RIG_STALL}), TLS1_VERSION);
	struct pf_question question = saying(peer, "tls", NULL, "\\n");
	(void)state;
	assert_outcome(rig_answer(&question), PF_answered);
	rig_peer_stop(peer);
}

static void a_large_reply_over_tls_is_read_to_its_end(void **state)
{
	static char large[40001];
	memset(large, 'b', sizeof large - 1);
	large[sizeof large - 2] = '!';
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_TLS}, SAY(large), {.act = RIG_STALL}));
	struct pf_question question = saying(peer, "tls", NULL, "!");
	(void)state;
	question.raw.limit = PF_REPLY_BYTES;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->raw.received, 40000);
	rig_peer_stop(peer);
}

static void plain_text_where_tls_was_expected_fails_the_handshake(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR}, SAY("HTTP/1.1 400 Bad Request\r\n\r\n")));
	struct pf_question question = saying(peer, "tls", "x", NULL);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_tls_failed);
	assert_non_null(answer->detail);
	rig_peer_stop(peer);
}

static void a_handshake_that_never_ends_is_stalling(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_STALL}));
	struct pf_question question = to(peer, "tls");
	(void)state;
	assert_outcome(rig_answer(&question), PF_stalled);
	assert_in_range(rig_took_ms(), 550, 900);
	rig_peer_stop(peer);
}

static void a_close_during_the_handshake_is_no_answer(void **state)
{
	struct rig_peer *silent = rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_HEAR}));
	struct rig_peer *alert = rig_peer_start(
		RIG_TCP, SCRIPT({.act = RIG_HEAR}, SAY_BYTES("\x15\x03\x01\x00\x02\x02\x28")));
	struct pf_question question = to(silent, "tls");
	(void)state;
	assert_outcome(rig_answer(&question), PF_hung_up);
	question = to(alert, "tls");
	assert_outcome(rig_answer(&question), PF_tls_failed);
	rig_peer_stop(silent);
	rig_peer_stop(alert);
}

static void a_flood_of_empty_tls_records_ends(void **state)
{
	/* change_cipher_spec, which TLS 1.3 has to ignore, for ever */
	static const char nothing[] = "\x14\x03\x03\x00\x01\x01";
	struct rig_peer *peer =
		rig_peer_start(RIG_TCP, SCRIPT({.act = RIG_HEAR},
	                                       {.act = RIG_FLOOD, .bytes = nothing, .count = 6}));
	struct pf_question question = to(peer, "tls");
	(void)state;
	assert_int_not_equal(rig_answer(&question)->outcome, PF_answered);
	assert_in_range(rig_took_ms(), 0, SOON_MS);
	rig_peer_stop(peer);
}

/* ---- UDP ---- */

static void one_datagram_is_sent_and_the_first_reply_read(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_UDP, SCRIPT(SAY_BYTES("\0\1\0\0\0\1\0\0VERSION 1\r\n"), SAY("again")));
	struct pf_question question =
		saying(peer, "udp", "\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00version\\r\\n", NULL);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_non_null(strstr(answer->raw.reply, "VERSION 1\\r\\n"));
	assert_int_equal(rig_peer_visits(peer), 1);
	rig_peer_stop(peer);
}

static void a_datagram_without_an_answer_is_silence(void **state)
{
	struct rig_peer *peer = rig_peer_start(RIG_UDP, SCRIPT({.act = RIG_END}));
	struct pf_question question = saying(peer, "udp", "x", NULL);
	(void)state;
	assert_outcome(rig_answer(&question), PF_silent);
	assert_int_equal(rig_peer_visits(peer), 1);
	rig_peer_stop(peer);
}

static void an_empty_datagram_is_no_end(void **state)
{
	struct rig_peer *peer = rig_peer_start(
		RIG_UDP, SCRIPT({.act = RIG_SEND, .bytes = "", .count = 0}, SAY("late")));
	struct pf_question question = saying(peer, "udp", "x", NULL);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->raw.reply, "late");
	rig_peer_stop(peer);
}

/* ---- questions ---- */

static void questions_without_sense_are_malformed(void **state)
{
	static const struct pf_ask_raw senseless[] = {
		{.transport = "tcp", .address = "localhost", .port = 80}, /* a name */
		{.transport = "tcp", .address = "127.0.0.1", .port = 65536},
		{.transport = "tcp", .address = "127.0.0.1", .port = -1},
		{.transport = "tcp", .address = NULL, .port = 80},
		{.transport = "sctp", .address = "127.0.0.1", .port = 80},
		{.transport = NULL, .address = "127.0.0.1", .port = 80},
		{.transport = "tcp", .address = "127.0.0.1", .port = 80, .send = "\\q"},
		{.transport = "tcp", .address = "127.0.0.1", .port = 80, .limit = 65537},
		{.transport = "tcp", .address = "127.0.0.1", .port = 80, .limit = -1},
		{.transport = "udp", .address = "127.0.0.1", .port = 80},
		{.transport = "tcp", .address = "unix:relative", .port = 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
		struct pf_question question = {.kind = PF_KIND_raw, .raw = senseless[i]};
		assert_outcome(rig_answer(&question), PF_malformed_question);
	}
}

#define HOSTILE(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOSTILE(a_closed_port_refuses),
		HOSTILE(a_port_that_never_accepts_is_silent_when_the_time_to_connect_is_over),
		HOSTILE(a_run_that_is_over_ends_in_its_deadline_and_accuses_nobody),
		HOSTILE(connecting_is_an_answer_where_nothing_is_said),
		HOSTILE(version_six_and_socket_files_are_reached_too),
		HOSTILE(a_socket_file_that_is_not_there_is_absent),
		HOSTILE(accepting_and_closing_is_hanging_up),
		HOSTILE(accepting_and_resetting_is_hanging_up),
		HOSTILE(accepting_and_saying_nothing_is_stalling),
		HOSTILE(a_drip_ends_with_the_exchange_and_what_came_is_kept),
		HOSTILE(a_flood_is_cut_at_the_limit),
		HOSTILE(a_reply_in_pieces_is_put_together),
		HOSTILE(what_came_before_the_close_is_the_answer),
		HOSTILE(a_reset_between_our_bytes_and_theirs_kills_nobody),
		HOSTILE(terminal_codes_and_foreign_bytes_come_out_escaped),
		HOSTILE(exactly_the_bytes_asked_for_are_sent),
		HOSTILE(tls_carries_the_exchange_and_the_name),
		HOSTILE(a_server_of_the_old_days_is_still_spoken_to),
		HOSTILE(a_large_reply_over_tls_is_read_to_its_end),
		HOSTILE(plain_text_where_tls_was_expected_fails_the_handshake),
		HOSTILE(a_handshake_that_never_ends_is_stalling),
		HOSTILE(a_close_during_the_handshake_is_no_answer),
		HOSTILE(a_flood_of_empty_tls_records_ends),
		HOSTILE(one_datagram_is_sent_and_the_first_reply_read),
		HOSTILE(a_datagram_without_an_answer_is_silence),
		HOSTILE(an_empty_datagram_is_no_end),
		HOSTILE(questions_without_sense_are_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
