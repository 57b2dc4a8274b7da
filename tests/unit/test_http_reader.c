/* Reading HTTP/1.x responses: where each ends, and what is refused. */
#include "drivers/http_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct pf_http_reader reader;
static size_t used;

static void start_afresh(void)
{
	pf_response_free(&reader.response);
	reader = (struct pf_http_reader){0};
	used = 0;
}

static int end(void **state)
{
	(void)state;
	start_afresh();
	return 0;
}

static void feed(const char *bytes, size_t count)
{
	used += pf_http_read(&reader, bytes, count);
}

static void read_bytes(const char *bytes, size_t count)
{
	start_afresh();
	feed(bytes, count);
}

#define read_text(text) read_bytes(text, sizeof(text) - 1)

#define assert_progress(expected) assert_int_equal(reader.progress, expected)

#define assert_body(expected)                                                                      \
	do {                                                                                       \
		assert_int_equal(reader.response.body.count, sizeof(expected) - 1);                \
		assert_memory_equal(reader.response.body.at, expected, sizeof(expected) - 1);      \
	} while (0)

static int status(void)
{
	const char *version;
	return pf_status_line(reader.response.head.at, reader.response.head.count, &version);
}

#define OK "HTTP/1.1 200 OK\r\n"

static void a_body_ends_where_its_length_says(void **state)
{
	(void)state;
	read_text(OK "Content-Length: 5\r\n\r\nhelloHTTP/1.1");
	assert_progress(PF_HTTP_COMPLETE);
	assert_body("hello");
	assert_int_equal(used, strlen(OK "Content-Length: 5\r\n\r\nhello"));
	assert_int_equal(status(), 200);
}

static void a_body_without_length_ends_with_the_connection(void **state)
{
	(void)state;
	read_text("HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\ngone");
	assert_progress(PF_HTTP_MORE);
	assert_true(reader.until_close);
	pf_http_read_end(&reader);
	assert_progress(PF_HTTP_COMPLETE);
	assert_body("gone");
	assert_int_equal(status(), 404);
}

static const char chunked[] = OK "Transfer-Encoding: chunked\r\n\r\n"
				 "5\r\nhello\r\n006;a=b\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n";

static void chunks_are_put_together(void **state)
{
	(void)state;
	read_bytes(chunked, sizeof chunked - 1);
	assert_progress(PF_HTTP_COMPLETE);
	assert_body("hello world");
	assert_int_equal(used, sizeof chunked - 1);
}

static void bytes_may_come_one_at_a_time(void **state)
{
	(void)state;
	start_afresh();
	for (size_t i = 0; i < sizeof chunked - 1; i++) {
		assert_progress(PF_HTTP_MORE);
		feed(chunked + i, 1);
	}
	assert_progress(PF_HTTP_COMPLETE);
	assert_body("hello world");
}

static void interim_responses_are_passed_over(void **state)
{
	(void)state;
	read_text("HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n"
	          "HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 2\r\n\r\nok");
	assert_progress(PF_HTTP_COMPLETE);
	assert_body("ok");
	assert_int_equal(status(), 200);
	assert_null(memmem(reader.response.head.at, reader.response.head.count, "103", 3));
}

static void some_statuses_have_no_body(void **state)
{
	(void)state;
	read_text("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n");
	assert_progress(PF_HTTP_COMPLETE);
	read_text("HTTP/1.1 204 No Content\r\n\r\n");
	assert_progress(PF_HTTP_COMPLETE);
	read_text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x81");
	assert_progress(PF_HTTP_COMPLETE);
}

static void bare_line_feeds_are_good_enough(void **state)
{
	(void)state;
	read_text("HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
	assert_progress(PF_HTTP_COMPLETE);
	assert_body("ok");
}

static void folded_lines_are_kept(void **state)
{
	(void)state;
	read_text(OK "X-Long: a\r\n b\r\n\tc\r\nContent-Length: 0\r\n\r\n");
	assert_progress(PF_HTTP_COMPLETE);
}

static void lengths_that_readers_could_disagree_about_are_refused(void **state)
{
	static const char *const broken[] = {
		OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
		OK "Content-Length: 2, 3\r\n\r\nabc",
		OK "Content-Length: -1\r\n\r\n",
		OK "Content-Length: +1\r\n\r\n",
		OK "Content-Length: 0x10\r\n\r\n",
		OK "Content-Length: 1 1\r\n\r\n",
		OK "Content-Length: 5\r\n 6\r\n\r\n",
		OK "Content-Length:\r\n 6\r\n\r\n",
		OK "Content-Length: 99999999999999999999\r\n\r\n",
		OK "Content-Length : 5\r\n\r\nhello",
		OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		OK "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		OK "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
		OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		read_bytes(broken[i], strlen(broken[i]));
		if (reader.progress != PF_HTTP_BROKEN)
			fail_msg("accepted: %s", broken[i]);
		assert_non_null(reader.why);
	}
}

static void equal_lengths_are_one(void **state)
{
	(void)state;
	read_text(OK "Content-Length: 2\r\ncontent-length: 2\r\n\r\nok");
	assert_progress(PF_HTTP_COMPLETE);
	assert_body("ok");
}

static void broken_chunks_are_refused(void **state)
{
	static const char *const broken[] = {
		"\r\n",
		"x\r\n",
		"-1\r\n",
		"ffffffffffffffffff\r\n",
		"5\r\nhello!\r\n",
		"1\r\na\r\r\n",
		" 1\r\na\r\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		read_text(OK "Transfer-Encoding: chunked\r\n\r\n");
		feed(broken[i], strlen(broken[i]));
		if (reader.progress != PF_HTTP_BROKEN)
			fail_msg("accepted: %s", broken[i]);
	}
}

static void other_protocols_are_recognized_by_their_first_bytes(void **state)
{
	static const char *const others[] = {"SSH-2.0-OpenSSH_9.2", "<html>",
	                                     "-ERR unknown",        "220 mail",
	                                     "HTTP/2 200\r\n",      "\r\n",
	                                     "HTTP/1.2 200\r\n",    "HTTP/1.1 20\r\n",
	                                     "HTTP/1.1 2000\r\n",   "HTTP/1.1  200\r\n"};
	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		read_bytes(others[i], strlen(others[i]));
		if (reader.progress != PF_HTTP_BROKEN)
			fail_msg("accepted: %s", others[i]);
	}
}

static void headers_that_are_none_are_refused(void **state)
{
	(void)state;
	read_text(OK "no colon\r\n\r\n");
	assert_progress(PF_HTTP_BROKEN);
	read_text(OK ": no name\r\n\r\n");
	assert_progress(PF_HTTP_BROKEN);
	read_text(OK " folded at once\r\n\r\n");
	assert_progress(PF_HTTP_BROKEN);
	read_text(OK "X: a\0b\r\n\r\n");
	assert_progress(PF_HTTP_BROKEN);
}

/* Feeds `text` until the reader has enough; returns how many bytes it took. */
static size_t feed_without_end(const char *text)
{
	size_t most = (size_t)4 * 1024 * 1024;
	while (reader.progress == PF_HTTP_MORE && used < most)
		feed(text, strlen(text));
	return used;
}

static void headers_without_end_are_given_up(void **state)
{
	static const char *const floods[] = {"a: b\r\n c\r\n", "X: y\r\n", "one: line without end"};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		read_text(OK);
		assert_in_range(feed_without_end(floods[i]), 0, PF_HEADER_BYTES + 64);
		assert_progress(PF_HTTP_OVERSIZED);
	}
	start_afresh();
	assert_in_range(feed_without_end("HTTP/1.1 100 Continue\r\n\r\n"), 0, PF_HEADER_BYTES + 64);
	assert_progress(PF_HTTP_OVERSIZED);
}

static void trailers_and_chunk_extensions_without_end_are_given_up(void **state)
{
	(void)state;
	read_text(OK "Transfer-Encoding: chunked\r\n\r\n0\r\n");
	assert_in_range(feed_without_end("X-Trailer: y\r\n"), 0, PF_HEADER_BYTES + 128);
	assert_progress(PF_HTTP_OVERSIZED);
	read_text(OK "Transfer-Encoding: chunked\r\n\r\n1;");
	assert_in_range(feed_without_end("extension=y;"), 0, PF_HEADER_BYTES + 128);
	assert_progress(PF_HTTP_OVERSIZED);
}

static void many_small_chunks_are_no_offence(void **state)
{
	(void)state;
	read_text(OK "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 200000; i++)
		feed("1\r\nx\r\n", 6);
	feed("0\r\n\r\n", 5);
	assert_progress(PF_HTTP_COMPLETE);
	assert_int_equal(reader.response.body.count, 200000);
}

static void a_body_without_end_is_cut(void **state)
{
	static const char *const heads[] = {OK "\r\n", OK "Content-Length: 999999999999\r\n\r\n"};
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		read_bytes(heads[i], strlen(heads[i]));
		feed_without_end("a body that goes on and on ");
		assert_progress(PF_HTTP_TRUNCATED);
		assert_true(reader.response.truncated);
		assert_int_equal(reader.response.body.count, PF_BODY_BYTES);
	}
}

static void a_body_of_just_the_limit_is_whole(void **state)
{
	(void)state;
	read_text(OK "Content-Length: 1048576\r\n\r\n");
	char *body = calloc(1, PF_BODY_BYTES);
	feed(body, PF_BODY_BYTES);
	free(body);
	assert_progress(PF_HTTP_COMPLETE);
	assert_false(reader.response.truncated);
}

static void a_close_in_the_middle_completes_nothing(void **state)
{
	static const char *const begun[] = {"HTT", OK "Server: x\r\n",
	                                    OK "Content-Length: 5\r\n\r\nhell",
	                                    OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"};
	(void)state;
	for (size_t i = 0; i < sizeof begun / sizeof *begun; i++) {
		read_bytes(begun[i], strlen(begun[i]));
		pf_http_read_end(&reader);
		assert_progress(PF_HTTP_MORE);
		assert_int_equal(reader.head_done, i >= 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_ends_where_its_length_says),
		cmocka_unit_test(a_body_without_length_ends_with_the_connection),
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(bytes_may_come_one_at_a_time),
		cmocka_unit_test(interim_responses_are_passed_over),
		cmocka_unit_test(some_statuses_have_no_body),
		cmocka_unit_test(bare_line_feeds_are_good_enough),
		cmocka_unit_test(folded_lines_are_kept),
		cmocka_unit_test(lengths_that_readers_could_disagree_about_are_refused),
		cmocka_unit_test(equal_lengths_are_one),
		cmocka_unit_test(broken_chunks_are_refused),
		cmocka_unit_test(other_protocols_are_recognized_by_their_first_bytes),
		cmocka_unit_test(headers_that_are_none_are_refused),
		cmocka_unit_test(headers_without_end_are_given_up),
		cmocka_unit_test(trailers_and_chunk_extensions_without_end_are_given_up),
		cmocka_unit_test(many_small_chunks_are_no_offence),
		cmocka_unit_test(a_body_without_end_is_cut),
		cmocka_unit_test(a_body_of_just_the_limit_is_whole),
		cmocka_unit_test(a_close_in_the_middle_completes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, end);
}
