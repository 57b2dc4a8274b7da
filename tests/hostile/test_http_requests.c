/* What goes over the wire for an HTTP question, and what is made of answers that are in order. */
#include "rig_loop.h"
#include "rig_peer.h"

#include "base/clock.h"
#include "drivers/turn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define OK "HTTP/1.1 200 OK\r\n"
#define HEAR                                                                                       \
	{                                                                                          \
		RIG_HEAR, "\r\n\r\n", 0, 0                                                         \
	}
#define SAY(text)                                                                                  \
	{                                                                                          \
		RIG_SEND, text, sizeof(text) - 1, 0                                                \
	}
#define STALL                                                                                      \
	{                                                                                          \
		RIG_STALL, NULL, 0, 0                                                              \
	}
#define TLS                                                                                        \
	{                                                                                          \
		RIG_TLS, NULL, 0, 0                                                                \
	}
#define END                                                                                        \
	{                                                                                          \
		RIG_END, NULL, 0, 0                                                                \
	}

static struct rig_peer *peer;

static int end(void **state)
{
	(void)state;
	rig_forget();
	if (peer)
		rig_peer_stop(peer);
	peer = NULL;
	return 0;
}

static struct pf_question question(enum rig_wire wire, const struct rig_step *steps,
                                   const char *url)
{
	end(NULL);
	peer = rig_peer_start(wire, steps);
	return (struct pf_question){.kind = PF_KIND_http,
	                            .http = {.url = url,
	                                     .address = rig_peer_address(peer),
	                                     .port = rig_peer_port(peer)}};
}

static const struct rig_step page[] = {
	HEAR,
	SAY("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nSet-Cookie: csrftoken=abcd; "
            "Path=/\r\n"
            "Content-Length: 53\r\n\r\n"
            "<html><title>Not\nFound</title><p>at pf-1.invalid</html>"),
	END};

static const struct rig_step tls_page[] = {TLS, HEAR, SAY(OK "Content-Length: 2\r\n\r\nok"), END};

static void an_answer_is_told_with_all_its_facts(void **state)
{
	static const char *const texts[] = {"pf-1.invalid", "absent"};
	(void)state;
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/a/../b?c=d");
	plain.http.look_for = (struct pf_words){texts, 2};
	const struct pf_facts_http *facts = &rig_answer(&plain)->http;
	assert_int_equal(facts->status, 404);
	assert_string_equal(facts->version, "1.1");
	assert_string_equal(facts->title, "Not Found");
	assert_string_equal(facts->headers.at[1], "set-cookie: csrftoken=<4 bytes>; Path=/");
	assert_int_equal(facts->found_in_body.count, 1);
	assert_int_equal(facts->length, 53);
	assert_false(facts->truncated);
}

static void the_request_is_plain_and_says_who_asks(void **state)
{
	(void)state;
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/a/../b?c=d");
	rig_answer(&plain);
	assert_true(rig_peer_heard_text(peer, "GET /a/../b?c=d HTTP/1.1\r\nHost: rig.test"));
	assert_true(rig_peer_heard_text(peer, "\r\nUser-Agent: postflight/" PF_VERSION
	                                      " (+https://github.com/postflight/postflight)\r\n"));
	assert_true(rig_peer_heard_text(peer, "\r\nAccept: text/html,*/*;q=0.8\r\n"));
	assert_true(rig_peer_heard_text(peer, "\r\nAccept-Encoding: identity\r\n"));
	assert_false(rig_peer_heard_text(peer, "Cookie:"));
}

static void exact_requests_say_who_asks_like_all_others(void **state)
{
	static const struct rig_step twice[] = {HEAR, SAY(OK "Content-Length: 2\r\n\r\nok"), HEAR,
	                                        SAY(OK "Content-Length: 2\r\n\r\nok"), END};
	static const char *const hosts[] = {"\r\nHost: first\r\n", "\r\nHost: second\r\n"};
	size_t count;
	(void)state;
	struct pf_question exact = question(RIG_TCP, twice, "http://rig.test/");
	exact.http.exact =
		"GET / HTTP/1.1\\r\\nHost: first\\r\\nUser-Agent: postflight\\r\\n\\r\\n";
	exact.http.exact_after =
		"GET / HTTP/1.1\\r\\nHost: second\\r\\nUser-Agent: postflight\\r\\n\\r\\n";
	assert_outcome(rig_answer(&exact), PF_answered);
	const char *heard = rig_peer_heard(peer, &count);
	for (size_t i = 0; i < 2; i++) {
		const char *at = memmem(heard, count, hosts[i], strlen(hosts[i]));
		assert_non_null(at);
		static const char line[] = "User-Agent: postflight/" PF_VERSION
					   " (+https://github.com/postflight/postflight)\r\n\r\n";
		assert_memory_equal(at + strlen(hosts[i]), line, sizeof line - 1);
	}
}

static void host_and_headers_are_sent_as_they_are(void **state)
{
	static const char *const lines[] = {"X-Forwarded-Host: evil.invalid", "Accept: x/y",
	                                    "X-Empty:"};
	(void)state;
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/");
	plain.http.host = "evil.invalid:81";
	plain.http.headers = (struct pf_words){lines, 3};
	rig_answer(&plain);
	assert_true(rig_peer_heard_text(peer, "\r\nHost: evil.invalid:81\r\n"));
	assert_true(rig_peer_heard_text(peer, "\r\nX-Forwarded-Host: evil.invalid\r\n"));
	assert_true(rig_peer_heard_text(peer, "\r\nAccept: x/y\r\n"));
	assert_true(rig_peer_heard_text(peer, "\r\nX-Empty:\r\n"));
	assert_false(rig_peer_heard_text(peer, "rig.test"));
	assert_false(rig_peer_heard_text(peer, "text/html"));
}

static void an_empty_host_is_sent_empty(void **state)
{
	(void)state;
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/");
	plain.http.host = "";
	rig_answer(&plain);
	assert_true(rig_peer_heard_text(peer, "\r\nHost:\r\n"));
}

static void a_post_sends_its_body(void **state)
{
	(void)state;
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/");
	plain.http.method = "POST";
	plain.http.body = "username=a";
	assert_outcome(rig_answer(&plain), PF_answered);
	assert_true(rig_peer_heard_text(peer, "POST / HTTP/1.1"));
	assert_true(rig_peer_heard_text(peer, "Content-Length: 10\r\n"));
}

static void a_head_request_waits_for_no_body(void **state)
{
	static const struct rig_step steps[] = {
		HEAR, SAY(OK "Content-Length: 99\r\n\r\n"), {RIG_STALL, NULL, 0, 0}, END};
	(void)state;
	struct pf_question plain = question(RIG_TCP, steps, "http://rig.test/");
	plain.http.method = "HEAD";
	const struct pf_answer *answer = rig_answer(&plain);
	assert_outcome(answer, PF_answered);
	assert_false(answer->http.truncated);
	assert_true(rig_peer_heard_text(peer, "HEAD / HTTP/1.1"));
}

static void redirects_are_told_and_not_followed(void **state)
{
	static const struct rig_step steps[] = {
		HEAR,
		SAY("HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\n"
	            "Content-Length: 0\r\n\r\n"),
		END};
	(void)state;
	struct pf_question plain = question(RIG_TCP, steps, "http://rig.test/");
	const struct pf_answer *answer = rig_answer(&plain);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->http.status, 302);
	assert_string_equal(answer->http.location, "ftp://127.0.0.1/x");
	assert_int_equal(rig_peer_visits(peer), 1);
}

static void the_name_is_shown_to_tls_and_an_address_is_not(void **state)
{
	static const char exact[] = "GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n";
	static const struct {
		const char *url, *sni;
	} cases[] = {{"https://rig.test/", "rig.test"}, {"https://127.0.0.1/", ""}};
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct pf_question plain = question(RIG_TCP, tls_page, cases[i / 2].url);
		plain.http.host = i % 2 ? NULL : "evil.invalid";
		plain.http.exact = i % 2 ? exact : NULL;
		assert_outcome(rig_answer(&plain), PF_answered);
		assert_string_equal(rig_peer_sni(peer), cases[i / 2].sni);
	}
}

static void version_6_and_socket_files_are_reached(void **state)
{
	static const enum rig_wire wires[] = {RIG_TCP6, RIG_UNIX};
	(void)state;
	for (int i = 0; i < 4; i++) {
		struct pf_question plain = question(wires[i / 2], page, "http://rig.test/");
		if (i % 2)
			plain.http.exact = "GET / HTTP/1.0\\r\\n\\r\\n";
		assert_outcome(rig_answer(&plain), PF_answered);
	}
}

static void questions_that_make_no_sense_are_not_asked(void **state)
{
	static const char *const urls[] = {
		"ftp://rig.test/",     "file:///etc/passwd",       "rig.test",
		"http://rig.test/a b", "http://rig.test/\r\nX: y", "http://a:b@rig.test/"};
	(void)state;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct pf_question plain = question(RIG_TCP, page, urls[i]);
		assert_outcome(rig_answer(&plain), PF_malformed_question);
		assert_int_equal(rig_peer_visits(peer), 0);
	}
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/");
	plain.http.host = "a\r\nX-Injected: b";
	assert_outcome(rig_answer(&plain), PF_malformed_question);
	plain.http.host = NULL;
	plain.http.exact = "not \\quite";
	assert_outcome(rig_answer(&plain), PF_malformed_question);
	assert_int_equal(rig_peer_visits(peer), 0);
}

/* ---- exact requests ---- */

static void exact_bytes_are_the_request(void **state)
{
	(void)state;
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/");
	plain.http.exact = "GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: b\\r\\nX:\\x01\\n y\\r\\n\\r\\n";
	const struct pf_answer *answer = rig_answer(&plain);
	size_t count;
	const char *heard = rig_peer_heard(peer, &count);
	static const char expected[] = "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nX:\x01\n y\r\n\r\n";
	assert_outcome(answer, PF_answered);
	assert_int_equal(count, sizeof expected - 1);
	assert_memory_equal(heard, expected, count);
	assert_string_equal(answer->http.title, "Not Found");
}

#define FIRST "GET /first HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
#define SECOND "GET /second HTTP/1.1\\r\\nHost: b\\r\\n\\r\\n"

static const struct pf_answer *ask_twice(const struct rig_step *steps, const char *url)
{
	struct pf_question plain = question(RIG_TCP, steps, url);
	plain.http.exact = FIRST;
	plain.http.exact_after = SECOND;
	return rig_answer(&plain);
}

static void the_second_request_goes_over_the_same_connection(void **state)
{
	static const struct rig_step steps[] = {
		HEAR, SAY("HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nfirst"), HEAR,
		SAY("HTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\nsecond"), END};
	static const struct rig_step over_tls[] = {
		TLS,
		HEAR,
		SAY("HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nfirst"),
		HEAR,
		SAY("HTTP/1.1 201 Created\r\nContent-Length: 6\r\n\r\nsecond"),
		END};
	(void)state;
	for (int tls = 0; tls < 2; tls++) {
		const struct pf_answer *answer = ask_twice(
			tls ? over_tls : steps, tls ? "https://rig.test/" : "http://rig.test/");
		assert_outcome(answer, PF_answered);
		assert_int_equal(answer->http.first_status, 400);
		assert_int_equal(answer->http.status, 201);
		assert_int_equal(answer->http.length, 6);
		assert_int_equal(rig_peer_visits(peer), 1);
	}
}

static void a_connection_that_ends_after_the_first_response_is_hung_up(void **state)
{
	static const struct rig_step closes[] = {
		HEAR, SAY("HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nfirst"), END};
	static const struct rig_step until_close[] = {
		HEAR, SAY("HTTP/1.1 400 Bad Request\r\n\r\nfirst"), END};
	static const struct rig_step later[] = {
		HEAR, SAY("HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nfirst"), HEAR, END};
	const struct rig_step *const all[] = {closes, until_close, later};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct pf_answer *answer = ask_twice(all[i], "http://rig.test/");
		assert_outcome(answer, PF_hung_up);
		assert_int_equal(answer->http.first_status, 400);
		assert_int_equal(answer->http.status, 0);
	}
}

static void no_answer_to_the_second_request_is_stalled(void **state)
{
	static const struct rig_step steps[] = {
		HEAR,
		SAY("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"),
		{RIG_STALL, NULL, 0, 0},
		END};
	(void)state;
	const struct pf_answer *answer = ask_twice(steps, "http://rig.test/");
	assert_outcome(answer, PF_stalled);
	assert_int_equal(answer->http.first_status, 200);
}

/* ---- many at once, and trust ---- */

static size_t answered;

static void count_answer(void *context, uint64_t id, const struct pf_answer *answer)
{
	(void)context;
	(void)id;
	answered += answer->outcome == PF_answered && answer->http.status == 404;
}

static void two_hundred_questions_are_answered_politely(void **state)
{
	enum { MANY = 200 };
	(void)state;
	struct pf_question plain = question(RIG_TCP, page, "http://rig.test/");
	struct pf_loop *loop = pf_loop_new(NULL, count_answer, NULL);
	int64_t until = pf_now_us() + 3 * 1000 * 1000;
	answered = 0;
	for (uint64_t i = 0; i < MANY; i++) {
		plain.http.exact = i % 2 ? "GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" : NULL;
		pf_loop_ask(loop, i, &plain, until);
	}
	while (pf_loop_pending(loop) && pf_now_us() < until)
		pf_loop_turn(loop, -1, until);
	pf_loop_free(loop);
	assert_int_equal(answered, MANY);
	assert_int_equal(rig_peer_visits(peer), MANY);
	assert_in_range(rig_peer_most_at_once(peer), 2, PF_IN_FLIGHT_PER_ADDRESS * 2);
}

/* ---- connections that plain visits share ---- */

#define NONE "HTTP/1.1 404 Not Found\r\n"

static const struct rig_step again[] = {
	HEAR, SAY(NONE "Content-Length: 2\r\n\r\nok"), {RIG_AGAIN, NULL, 0, 0}, END};
static const struct rig_step again_tls[] = {TLS,
                                            HEAR,
                                            SAY(NONE "Content-Length: 2\r\n\r\nok"),
                                            HEAR,
                                            SAY(NONE "Content-Length: 2\r\n\r\nok"),
                                            STALL,
                                            END};

/* One after another on one loop; how many connections that took. */
static unsigned visits_of(struct pf_question *questions, size_t count)
{
	struct pf_loop *loop = pf_loop_new(NULL, count_answer, NULL);
	int64_t until = pf_now_us() + 3 * 1000 * 1000;
	answered = 0;
	for (size_t i = 0; i < count; i++) {
		pf_loop_ask(loop, i, &questions[i], until);
		while (pf_loop_pending(loop) && pf_now_us() < until)
			pf_loop_turn(loop, -1, until);
	}
	pf_loop_free(loop);
	assert_int_equal(answered, count);
	return rig_peer_visits(peer);
}

static void plain_visits_share_a_connection(void **state)
{
	static const char *const range[] = {"Range: bytes=0-99"};
	(void)state;
	struct pf_question plain = question(RIG_TCP, again, "http://rig.test/");
	struct pf_question ranged = plain, other = plain;
	ranged.http.headers = (struct pf_words){range, 1};
	other.http.url = "http://rig.test/other";
	assert_int_equal(visits_of((struct pf_question[]){plain, ranged, other}, 3), 1);
	plain = question(RIG_TCP, again_tls, "https://rig.test/");
	assert_int_equal(visits_of((struct pf_question[]){plain, plain}, 2), 1);
}

static void odd_visits_have_connections_of_their_own(void **state)
{
	static const char *const forwarded[] = {"X-Forwarded-Host: pf.invalid"};
	(void)state;
	struct pf_question plain = question(RIG_TCP, again, "http://rig.test/");
	struct pf_question host = plain, header = plain, post = plain, name = plain;
	host.http.host = "pf.invalid";
	header.http.headers = (struct pf_words){forwarded, 1};
	post.http.method = "POST";
	post.http.body = "a=b";
	name.http.url = "http://www.rig.test/";
	struct pf_question all[] = {plain, host, header, post, name, plain};
	assert_int_equal(visits_of(all, 6), 5);
}

static void a_shared_connection_that_was_closed_is_made_anew(void **state)
{
	static const struct rig_step once[] = {HEAR, SAY(NONE "Content-Length: 2\r\n\r\nok"), END};
	static const struct rig_step hangs_up[] = {HEAR, SAY(NONE "Content-Length: 2\r\n\r\nok"),
	                                           HEAR, END};
	(void)state;
	struct pf_question plain = question(RIG_TCP, once, "http://rig.test/");
	assert_int_equal(visits_of((struct pf_question[]){plain, plain, plain}, 3), 3);
	plain = question(RIG_TCP, hangs_up, "http://rig.test/");
	assert_int_equal(visits_of((struct pf_question[]){plain, plain}, 2), 2);
}

static enum pf_outcome outcome;

static void see_outcome(void *context, uint64_t id, const struct pf_answer *answer)
{
	(void)context;
	(void)id;
	outcome = answer->outcome;
}

static enum pf_outcome ask_trusting(const char *ca_file, const char *url, const char *exact)
{
	struct pf_question plain = question(RIG_TCP, tls_page, url);
	struct pf_loop *loop = pf_loop_new(ca_file, see_outcome, NULL);
	int64_t until = pf_now_us() + 2 * 1000 * 1000;
	plain.http.verify = true;
	plain.http.exact = exact;
	pf_loop_ask(loop, 1, &plain, until);
	while (pf_loop_pending(loop))
		pf_loop_turn(loop, -1, until);
	pf_loop_free(loop);
	return outcome;
}

static void a_declared_anchor_is_trusted_for_its_name_only(void **state)
{
	static const char *const exact[] = {NULL, "GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"};
	char path[] = "/tmp/pf-anchor-XXXXXX";
	(void)state;
	int fd = mkstemp(path);
	close(fd);
	rig_write_certificate(path);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ask_trusting(path, "https://rig.test/", exact[i]), PF_answered);
		assert_int_equal(ask_trusting(path, "https://127.0.0.1/", exact[i]), PF_answered);
		assert_int_equal(ask_trusting(path, "https://other.test/", exact[i]),
		                 PF_tls_untrusted);
		assert_int_equal(ask_trusting("/nonexistent", "https://rig.test/", exact[i]),
		                 PF_no_permission);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(an_answer_is_told_with_all_its_facts, end),
		cmocka_unit_test_teardown(the_request_is_plain_and_says_who_asks, end),
		cmocka_unit_test_teardown(exact_requests_say_who_asks_like_all_others, end),
		cmocka_unit_test_teardown(host_and_headers_are_sent_as_they_are, end),
		cmocka_unit_test_teardown(an_empty_host_is_sent_empty, end),
		cmocka_unit_test_teardown(a_post_sends_its_body, end),
		cmocka_unit_test_teardown(a_head_request_waits_for_no_body, end),
		cmocka_unit_test_teardown(redirects_are_told_and_not_followed, end),
		cmocka_unit_test_teardown(the_name_is_shown_to_tls_and_an_address_is_not, end),
		cmocka_unit_test_teardown(version_6_and_socket_files_are_reached, end),
		cmocka_unit_test_teardown(questions_that_make_no_sense_are_not_asked, end),
		cmocka_unit_test_teardown(exact_bytes_are_the_request, end),
		cmocka_unit_test_teardown(the_second_request_goes_over_the_same_connection, end),
		cmocka_unit_test_teardown(
			a_connection_that_ends_after_the_first_response_is_hung_up, end),
		cmocka_unit_test_teardown(no_answer_to_the_second_request_is_stalled, end),
		cmocka_unit_test_teardown(two_hundred_questions_are_answered_politely, end),
		cmocka_unit_test_teardown(plain_visits_share_a_connection, end),
		cmocka_unit_test_teardown(odd_visits_have_connections_of_their_own, end),
		cmocka_unit_test_teardown(a_shared_connection_that_was_closed_is_made_anew, end),
		cmocka_unit_test_teardown(a_declared_anchor_is_trusted_for_its_name_only, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
