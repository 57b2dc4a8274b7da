/* HTTP servers that misbehave: what each is called in the answer, in how much time and memory. Most
 * scripts are played to both ways of asking, libcurl's and the exact one. */
#include "rig_loop.h"
#include "rig_peer.h"

#include "base/clock.h"
#include "base/limits.h"
#include "drivers/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define REQUEST "GET / HTTP/1.1\\r\\nHost: rig.test\\r\\n\\r\\n"
#define HEAR                                                                                       \
	{                                                                                          \
		RIG_HEAR, "\r\n\r\n", 0, 0                                                         \
	}
#define SAY(text)                                                                                  \
	{                                                                                          \
		RIG_SEND, text, sizeof(text) - 1, 0                                                \
	}
#define FLOOD(text)                                                                                \
	{                                                                                          \
		RIG_FLOOD, text, sizeof(text) - 1, 0                                               \
	}
#define STALL                                                                                      \
	{                                                                                          \
		RIG_STALL, NULL, 0, 0                                                              \
	}
#define RESET                                                                                      \
	{                                                                                          \
		RIG_RESET, NULL, 0, 0                                                              \
	}
#define TLS                                                                                        \
	{                                                                                          \
		RIG_TLS, NULL, 0, 0                                                                \
	}
#define END                                                                                        \
	{                                                                                          \
		RIG_END, NULL, 0, 0                                                                \
	}

enum { PATIENCE_MS = 1500, MORE_KIB = 24 * 1024 };

static struct rig_peer *peer;

static void stop(void)
{
	rig_forget();
	if (peer)
		rig_peer_stop(peer);
	peer = NULL;
}

static int end(void **state)
{
	(void)state;
	stop();
	return 0;
}

static void play_to(enum rig_wire wire, const struct rig_step *steps)
{
	stop();
	peer = rig_peer_start(wire, steps);
}

static struct pf_question question(const char *url, const char *exact)
{
	return (struct pf_question){.kind = PF_KIND_http,
	                            .http = {.url = url,
	                                     .address = rig_peer_address(peer),
	                                     .port = rig_peer_port(peer),
	                                     .exact = exact}};
}

static const struct pf_answer *ask(const char *url)
{
	struct pf_question plain = question(url, NULL);
	return rig_answer(&plain);
}

static const struct pf_answer *ask_exactly(const char *exact)
{
	struct pf_question plain = question("http://rig.test/", exact);
	return rig_answer(&plain);
}

/* Both ways of asking end like that, in time and without hoarding. */
static void assert_ending(const struct rig_step *steps, enum pf_outcome expected)
{
	for (int exactly = 0; exactly < 2; exactly++) {
		play_to(RIG_TCP, steps);
		long before = rig_peak_kib();
		const struct pf_answer *answer =
			exactly ? ask_exactly(REQUEST) : ask("http://rig.test/");
		assert_outcome(answer, expected);
		assert_in_range(rig_took_ms(), 0, PATIENCE_MS);
#ifndef PF_SANITIZED
		assert_in_range(rig_peak_kib() - before, 0, MORE_KIB);
#endif
		(void)before;
	}
	stop(); /* the script may be gone when the test goes on */
}

/* ---- servers that never finish ---- */

static void a_server_that_never_speaks_has_stalled(void **state)
{
	(void)state;
	static const struct rig_step steps[] = {HEAR, STALL, END};
	assert_ending(steps, PF_stalled);
	play_to(RIG_TCP, steps);
	assert_false(ask("http://rig.test/")->http.began);
}

static void a_server_that_drips_its_headers_has_stalled(void **state)
{
	static const struct rig_step steps[] = {
		HEAR, {RIG_DRIP, OK "Content-Length: 5\r\n\r\nhello", 0, 100}, END};
	(void)state;
	assert_ending(steps, PF_stalled);
	for (int exactly = 0; exactly < 2; exactly++) {
		play_to(RIG_TCP, steps);
		assert_true((exactly ? ask_exactly(REQUEST) : ask("http://rig.test/"))->http.began);
	}
}

static void a_body_that_stops_is_stalled_and_its_headers_are_told(void **state)
{
	static const struct rig_step steps[] = {
		HEAR, SAY(OK "Content-Length: 9\r\nX: y\r\n\r\nhalf"), STALL, END};
	(void)state;
	assert_ending(steps, PF_stalled);
	play_to(RIG_TCP, steps);
	const struct pf_answer *answer = ask("http://rig.test/");
	assert_int_equal(answer->http.status, 200);
	assert_string_equal(answer->http.headers.at[1], "x: y");
	assert_int_equal(answer->http.length, 4);
}

static void headers_without_end_are_oversized(void **state)
{
	static const struct rig_step many[] = {HEAR, SAY(OK), FLOOD("X-Header: and so on\r\n"),
	                                       END};
	static const struct rig_step cookies[] = {HEAR, SAY(OK), FLOOD("Set-Cookie: a=b\r\n"), END};
	static const struct rig_step one[] = {HEAR, SAY(OK "X: "), FLOOD("and on and on and on"),
	                                      END};
	(void)state;
	assert_ending(many, PF_oversized);
	assert_ending(cookies, PF_oversized);
	assert_ending(one, PF_oversized);
}

static void interim_responses_without_end_are_oversized(void **state)
{
	static const struct rig_step steps[] = {HEAR, FLOOD("HTTP/1.1 100 Continue\r\n\r\n"), END};
	(void)state;
	assert_ending(steps, PF_oversized);
}

#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static void trailers_without_end_are_oversized(void **state)
{
	static const struct rig_step steps[] = {HEAR, SAY(CHUNKED "2\r\nok\r\n0\r\n"),
	                                        FLOOD("X-Trailer: and so on\r\n"), END};
	(void)state;
	assert_ending(steps, PF_oversized);
}

static void assert_cut(const struct rig_step *steps)
{
	assert_ending(steps, PF_answered);
	for (int exactly = 0; exactly < 2; exactly++) {
		play_to(RIG_TCP, steps);
		const struct pf_answer *answer =
			exactly ? ask_exactly(REQUEST) : ask("http://rig.test/");
		assert_true(answer->http.truncated);
		assert_int_equal(answer->http.length, PF_BODY_BYTES);
	}
}

#define TIMES_4(text) text text text text
#define TIMES_64(text) TIMES_4(TIMES_4(TIMES_4(text)))
#define LONG TIMES_64("a body that goes on and on, in lines of some 60 letters\n")
#define CHUNK "400\r\n" TIMES_64("0123456789abcdef") "\r\n"

static void bodies_without_end_are_cut(void **state)
{
	static const struct rig_step endless[] = {HEAR, SAY(OK "\r\n"), FLOOD(LONG), END};
	static const struct rig_step chunks[] = {HEAR, SAY(CHUNKED), FLOOD(CHUNK CHUNK CHUNK), END};
	static const struct rig_step huge[] = {HEAR, SAY(OK "Content-Length: 99999999999\r\n\r\n"),
	                                       FLOOD(LONG), END};
	(void)state;
	assert_cut(endless);
	assert_cut(chunks);
	assert_cut(huge);
}

/* 64 KiB of zeros, packed so that any number of copies in a row can be unpacked. */
static const char packed_head[] = "\x1f\x8b\x08\0\0\0\0\0\x02\x03";
static const char packed_zeros[] = "53\r\n\xec\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee\x08\x0a"
				   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
				   "\0\0\0j\0\0\0\xff\xff\r\n";

static void assert_bomb_is_cut(const char *head)
{
	const struct rig_step steps[] = {
		HEAR,         {RIG_SEND, head, 0, 0},
		SAY("a\r\n"), {RIG_SEND, packed_head, 10, 0},
		SAY("\r\n"),  {RIG_FLOOD, packed_zeros, sizeof packed_zeros - 1, 0},
		END};
	play_to(RIG_TCP, steps);
	long before = rig_peak_kib();
	const struct pf_answer *answer = ask("http://rig.test/");
	assert_in_range(rig_took_ms(), 0, PATIENCE_MS);
	assert_outcome(answer, PF_answered);
	assert_true(answer->http.truncated);
	assert_int_equal(answer->http.length, PF_BODY_BYTES);
#ifndef PF_SANITIZED
	assert_in_range(rig_peak_kib() - before, 0, MORE_KIB);
#endif
	(void)before;
	stop();
}

static void a_packed_bomb_is_cut_however_it_is_announced(void **state)
{
	(void)state;
	assert_bomb_is_cut(OK "Transfer-Encoding: gzip, chunked\r\n\r\n");
	assert_bomb_is_cut(OK "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
}

/* ---- servers that make no sense ---- */

static void assert_garbled(const char *response)
{
	const struct rig_step steps[] = {HEAR, {RIG_SEND, response, 0, 0}, END};
	assert_ending(steps, PF_garbled);
}

static void other_protocols_are_garbled(void **state)
{
	(void)state;
	assert_garbled("<html>before there were headers</html>");
	assert_garbled("+PONG\r\n");
	assert_garbled("HTTP/7.3 200 OK\r\n\r\n");
	assert_ending((const struct rig_step[]){SAY("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), HEAR,
	                                        STALL, END},
	              PF_garbled);
}

static void lengths_that_make_no_sense_are_garbled(void **state)
{
	(void)state;
	assert_garbled(OK "Content-Length: -5\r\n\r\nhello");
	assert_garbled(OK "Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello");
	assert_garbled(OK "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n");
	assert_garbled(OK "X: a\r\nno colon here\r\n\r\nhello");
}

static void a_length_beyond_any_number_is_no_crash(void **state)
{
	static const struct rig_step steps[] = {
		HEAR, SAY(OK "Content-Length: 99999999999999999999\r\n\r\nhello"), END};
	(void)state;
	assert_ending(steps, PF_garbled);
}

static void a_body_that_is_cut_off_is_answered_in_part(void **state)
{
	static const struct rig_step shorter[] = {
		HEAR, SAY(OK "Content-Length: 50\r\nX: y\r\n\r\nhello"), END};
	static const struct rig_step unfinished[] = {
		HEAR, SAY(OK "X: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), END};
	const struct rig_step *const both[] = {shorter, unfinished};
	(void)state;
	for (int i = 0; i < 4; i++) {
		play_to(RIG_TCP, both[i / 2]);
		const struct pf_answer *answer =
			i % 2 ? ask_exactly(REQUEST) : ask("http://rig.test/");
		assert_outcome(answer, PF_answered);
		assert_true(answer->http.truncated);
		assert_int_equal(answer->http.length, 5);
		assert_int_equal(answer->http.status, 200);
	}
}

/* ---- servers that go away ---- */

static void closing_without_an_answer_is_hanging_up(void **state)
{
	(void)state;
	assert_ending((const struct rig_step[]){HEAR, END}, PF_hung_up);
	assert_ending((const struct rig_step[]){END}, PF_hung_up);
	assert_ending((const struct rig_step[]){HEAR, RESET, END}, PF_hung_up);
}

static void closing_within_the_headers_is_hanging_up(void **state)
{
	(void)state;
	assert_ending((const struct rig_step[]){HEAR, SAY(OK "Server: x\r\n"), END}, PF_hung_up);
}

static void a_closed_port_refuses(void **state)
{
	(void)state;
	play_to(RIG_TCP, (const struct rig_step[]){END});
	struct pf_question plain = question("http://rig.test/", NULL);
	plain.http.port = rig_closed_port();
	assert_outcome(rig_answer(&plain), PF_refused);
	plain.http.exact = REQUEST;
	assert_outcome(rig_answer(&plain), PF_refused);
}

static void a_server_that_does_not_accept_is_silent(void **state)
{
	(void)state;
	play_to(RIG_BLACKHOLE, (const struct rig_step[]){END});
	assert_outcome(ask("http://rig.test/"), PF_silent);
	assert_in_range(rig_took_ms(), 200, PATIENCE_MS);
	assert_outcome(ask_exactly(REQUEST), PF_silent);
}

/* ---- TLS ---- */

static void assert_tls_ending(const struct rig_step *steps, bool verify, enum pf_outcome expected)
{
	for (int exactly = 0; exactly < 2; exactly++) {
		play_to(RIG_TCP, steps);
		struct pf_question plain = question("https://rig.test/", exactly ? REQUEST : NULL);
		plain.http.verify = verify;
		assert_outcome(rig_answer(&plain), expected);
		assert_in_range(rig_took_ms(), 0, PATIENCE_MS);
	}
	stop();
}

static void a_handshake_that_never_begins_has_stalled(void **state)
{
	(void)state;
	assert_tls_ending((const struct rig_step[]){STALL, END}, false, PF_stalled);
}

static void tls_and_then_silence_has_stalled(void **state)
{
	(void)state;
	assert_tls_ending((const struct rig_step[]){TLS, HEAR, STALL, END}, false, PF_stalled);
}

static void plain_text_instead_of_tls_is_a_failed_handshake(void **state)
{
	(void)state;
	assert_tls_ending(
		(const struct rig_step[]){SAY("HTTP/1.1 400 Bad Request\r\n\r\n"), STALL, END},
		false, PF_tls_failed);
}

static void a_certificate_of_its_own_is_untrusted_only_when_trust_is_asked_for(void **state)
{
	static const struct rig_step steps[] = {TLS, HEAR, SAY(OK "Content-Length: 2\r\n\r\nok"),
	                                        END};
	(void)state;
	assert_tls_ending(steps, true, PF_tls_untrusted);
	assert_tls_ending(steps, false, PF_answered);
}

/* ---- servers that ask to be left alone ---- */

#define BUSY(seconds)                                                                              \
	"HTTP/1.1 429 Too Many Requests\r\nRetry-After: " seconds "\r\nContent-Length: 0\r\n\r\n"

static void who_asks_to_wait_a_second_is_asked_again_after_it(void **state)
{
	static const struct rig_step steps[] = {HEAR, SAY(BUSY("1")), END};
	(void)state;
	for (int exactly = 0; exactly < 2; exactly++) {
		play_to(RIG_TCP, steps);
		const struct pf_answer *answer =
			exactly ? ask_exactly(REQUEST) : ask("http://rig.test/");
		assert_outcome(answer, PF_blocked);
		assert_int_equal(answer->http.status, 429);
		assert_int_equal(rig_peer_visits(peer), 2);
		assert_in_range(rig_took_ms(), 1000, 1000 + 2 * PATIENCE_MS);
	}
}

static void who_asks_to_wait_an_hour_is_left_alone(void **state)
{
	static const struct rig_step steps[] = {HEAR, SAY(BUSY("3600")), END};
	(void)state;
	play_to(RIG_TCP, steps);
	assert_outcome(ask("http://rig.test/"), PF_blocked);
	assert_int_equal(rig_peer_visits(peer), 1);
	assert_in_range(rig_took_ms(), 0, PATIENCE_MS);
}

static unsigned blocked;

static void count_blocked(void *context, uint64_t id, const struct pf_answer *answer)
{
	(void)context, (void)id;
	blocked += answer->outcome == PF_blocked;
}

static void who_asks_so_of_everything_is_asked_no_more(void **state)
{
	static const struct rig_step steps[] = {HEAR, SAY(BUSY("3600")), END};
	(void)state;
	play_to(RIG_TCP, steps);
	struct pf_question asked = question("http://rig.test/", NULL);
	struct pf_loop *loop = pf_loop_new(NULL, count_blocked, NULL);
	blocked = 0;
	for (uint64_t id = 0; id < PF_REQUESTS_AT_ONCE; id++)
		pf_loop_ask(loop, id, &asked, pf_now_us() + 30 * 1000 * 1000);
	while (pf_loop_pending(loop))
		pf_loop_turn(loop, -1, pf_now_us() + 1000 * 1000);
	pf_loop_free(loop);
	assert_int_equal(blocked, PF_REQUESTS_AT_ONCE);
	assert_in_range(rig_peer_visits(peer), 1, PF_IN_FLIGHT_PER_ADDRESS + PF_REFUSALS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(who_asks_to_wait_a_second_is_asked_again_after_it, end),
		cmocka_unit_test_teardown(who_asks_to_wait_an_hour_is_left_alone, end),
		cmocka_unit_test_teardown(who_asks_so_of_everything_is_asked_no_more, end),
		cmocka_unit_test_teardown(a_server_that_never_speaks_has_stalled, end),
		cmocka_unit_test_teardown(a_server_that_drips_its_headers_has_stalled, end),
		cmocka_unit_test_teardown(a_body_that_stops_is_stalled_and_its_headers_are_told,
	                                  end),
		cmocka_unit_test_teardown(headers_without_end_are_oversized, end),
		cmocka_unit_test_teardown(interim_responses_without_end_are_oversized, end),
		cmocka_unit_test_teardown(trailers_without_end_are_oversized, end),
		cmocka_unit_test_teardown(bodies_without_end_are_cut, end),
		cmocka_unit_test_teardown(a_packed_bomb_is_cut_however_it_is_announced, end),
		cmocka_unit_test_teardown(other_protocols_are_garbled, end),
		cmocka_unit_test_teardown(lengths_that_make_no_sense_are_garbled, end),
		cmocka_unit_test_teardown(a_length_beyond_any_number_is_no_crash, end),
		cmocka_unit_test_teardown(a_body_that_is_cut_off_is_answered_in_part, end),
		cmocka_unit_test_teardown(closing_without_an_answer_is_hanging_up, end),
		cmocka_unit_test_teardown(closing_within_the_headers_is_hanging_up, end),
		cmocka_unit_test_teardown(a_closed_port_refuses, end),
		cmocka_unit_test_teardown(a_server_that_does_not_accept_is_silent, end),
		cmocka_unit_test_teardown(a_handshake_that_never_begins_has_stalled, end),
		cmocka_unit_test_teardown(tls_and_then_silence_has_stalled, end),
		cmocka_unit_test_teardown(plain_text_instead_of_tls_is_a_failed_handshake, end),
		cmocka_unit_test_teardown(
			a_certificate_of_its_own_is_untrusted_only_when_trust_is_asked_for, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
