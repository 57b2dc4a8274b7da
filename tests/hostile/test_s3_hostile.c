/* Object stores that lie, drip, flood, stall and never end: none hears the secret key, and none
 * costs more than its listing. */
#include "rig_loop.h"
#include "rig_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char secret[] = "the-secret-key-of-the-shop";
static char anchor[] = "/tmp/postflight-anchor-XXXXXX";

#define SCRIPT(...)                                                                                \
	(const struct rig_step[])                                                                  \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			RIG_END, NULL, 0, 0                                                        \
		}                                                                                  \
	}
#define TLS                                                                                        \
	{                                                                                          \
		RIG_TLS, NULL, 0, 0                                                                \
	}
#define HEAR                                                                                       \
	{                                                                                          \
		RIG_HEAR, "\r\n\r\n", 0, 0                                                         \
	}
#define SAY(text)                                                                                  \
	{                                                                                          \
		RIG_SEND, text, sizeof text - 1, 0                                                 \
	}
#define STALL                                                                                      \
	{                                                                                          \
		RIG_STALL, NULL, 0, 0                                                              \
	}
#define OK "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
#define OBJECT                                                                                     \
	"<Contents><Key>db/a.dump</Key><LastModified>2026-11-23T04:31:00Z</LastModified><Size>5"   \
	"</Size></Contents>"

static const struct pf_answer *list(const char *scheme, const char *host,
                                    const struct rig_step *steps, unsigned *visits)
{
	static char url[64];
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	snprintf(url, sizeof url, "%s://%s:%d", scheme, host, rig_peer_port(peer));
	struct pf_question question = {.kind = PF_KIND_s3,
	                               .s3 = {.url = url,
	                                      .address = rig_peer_address(peer),
	                                      .bucket = "b",
	                                      .prefix = "db/",
	                                      .region = "eu-1",
	                                      .access_key = "AK",
	                                      .credentials = "backups/far"}};
	const struct pf_answer *answer = rig_answer_with(&question, secret);
	assert_false(rig_peer_heard_text(peer, secret));
	if (visits)
		*visits = rig_peer_visits(peer);
	rig_peer_stop(peer);
	return answer;
}

/* Over plain HTTP, as to a store on this machine. */
static const struct pf_answer *plain(const struct rig_step *steps)
{
	return list("http", "127.0.0.1", steps, NULL);
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

static void a_listing_over_tls_is_read_and_signed(void **state)
{
	(void)state;
	const struct pf_answer *answer = list(
		"https", "localhost",
		SCRIPT(TLS, HEAR, SAY(OK "<ListBucketResult>" OBJECT "</ListBucketResult>")), NULL);
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->s3.status, 200);
	assert_int_equal(answer->s3.objects, 1);
	assert_string_equal(answer->s3.newest.at[0].path, "db/a.dump");
}

static void a_certificate_of_another_name_hears_no_request(void **state)
{
	(void)state;
	assert_outcome(list("https", "elsewhere.test", SCRIPT(TLS, HEAR, SAY(OK)), NULL),
	               PF_tls_untrusted);
}

static void refusals_are_answers_with_their_code(void **state)
{
	(void)state;
	const struct pf_answer *answer = plain(SCRIPT(
		HEAR,
		SAY("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n<Error><Code>AccessDenied"
	            "</Code><Message>no\x1b[2J</Message></Error>")));
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->s3.status, 403);
	assert_string_equal(answer->s3.code, "AccessDenied");
	assert_string_equal(answer->s3.message, "no\\x1b[2J");
	answer = plain(
		SCRIPT(HEAR, SAY("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n<html>")));
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->s3.status, 502);
}

static void what_is_no_listing_is_garbled(void **state)
{
	(void)state;
	assert_outcome(plain(SCRIPT(HEAR, SAY(OK "<html></html>"))), PF_garbled);
	assert_outcome(plain(SCRIPT(HEAR, SAY(OK "<ListBucketResult>"))), PF_garbled);
	assert_outcome(plain(SCRIPT(HEAR, SAY(OK "<Error><Code>x</Code></Error>"))), PF_garbled);
	assert_outcome(plain(SCRIPT(HEAR, SAY("SSH-2.0-OpenSSH\r\n"))), PF_garbled);
}

static void a_token_that_comes_back_is_not_followed_for_ever(void **state)
{
	(void)state;
	unsigned visits;
	const struct pf_answer *answer =
		list("http", "127.0.0.1",
	             SCRIPT(HEAR, SAY(OK "<ListBucketResult><IsTruncated>true</IsTruncated>"
	                                 "<NextContinuationToken>t</NextContinuationToken>" OBJECT
	                                 "</ListBucketResult>")),
	             &visits);
	assert_outcome(answer, PF_answered);
	assert_true(answer->s3.truncated);
	assert_int_equal(visits, 2);
	assert_int_equal(answer->s3.pages, 2);
}

static void floods_drips_stalls_and_silence_end_in_time(void **state)
{
	(void)state;
	static const struct rig_step flood[] = {
		HEAR, SAY(OK "<ListBucketResult>"), {RIG_FLOOD, OBJECT, sizeof OBJECT - 1, 0}};
	assert_outcome(plain(flood), PF_oversized);
	static const struct rig_step headers[] = {
		HEAR, SAY("HTTP/1.1 200 OK\r\n"), {RIG_FLOOD, "X: y\r\n", 6, 0}};
	assert_outcome(plain(headers), PF_oversized);
	static const struct rig_step drip[] = {HEAR,
	                                       SAY(OK),
	                                       {RIG_DRIP, "<ListBucketResult><a></a>", 0, 300},
	                                       {RIG_END, NULL, 0, 0}};
	assert_outcome(plain(drip), PF_stalled);
	assert_true(rig_took_ms() < 6000);
	assert_outcome(plain(SCRIPT(HEAR, STALL)), PF_stalled);
	assert_outcome(plain(SCRIPT(HEAR)), PF_hung_up);
	assert_true(rig_peak_kib() < 512 * 1024);
}

static void a_redirect_is_told_and_not_followed(void **state)
{
	(void)state;
	unsigned visits;
	const struct pf_answer *answer = list(
		"http", "127.0.0.1",
		SCRIPT(HEAR, SAY("HTTP/1.1 301 Moved\r\nLocation: /evil\r\nConnection: "
	                         "close\r\n\r\n<Error><Code>PermanentRedirect</Code></Error>")),
		&visits);
	assert_int_equal(answer->s3.status, 301);
	assert_string_equal(answer->s3.code, "PermanentRedirect");
	assert_int_equal(visits, 1);
}

static void questions_that_could_be_taken_for_another_are_not_put(void **state)
{
	(void)state;
	static const struct pf_ask_s3 whole = {.url = "https://s3.test",
	                                       .address = "127.0.0.1",
	                                       .bucket = "b",
	                                       .region = "eu-1",
	                                       .access_key = "AK"};
	struct pf_ask_s3 asks[8];
	for (size_t i = 0; i < 8; i++)
		asks[i] = whole;
	asks[0].url = "https://s3.test/x";
	asks[1].url = "ftp://s3.test";
	asks[2].url = "https://user@s3.test";
	asks[3].address = "s3.test";
	asks[4].bucket = "../b";
	asks[5].region = "a:b";
	asks[6].access_key = "a:b";
	asks[7].access_key = NULL;
	for (size_t i = 0; i < 8; i++) {
		struct pf_question question = {.kind = PF_KIND_s3, .s3 = asks[i]};
		assert_outcome(rig_answer_with(&question, secret), PF_malformed_question);
	}
	struct pf_question question = {.kind = PF_KIND_s3, .s3 = whole};
	assert_outcome(rig_answer(&question), PF_no_password);
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_listing_over_tls_is_read_and_signed),
		TEST(a_certificate_of_another_name_hears_no_request),
		TEST(refusals_are_answers_with_their_code),
		TEST(what_is_no_listing_is_garbled),
		TEST(a_token_that_comes_back_is_not_followed_for_ever),
		TEST(floods_drips_stalls_and_silence_end_in_time),
		TEST(a_redirect_is_told_and_not_followed),
		TEST(questions_that_could_be_taken_for_another_are_not_put),
	};
	int fd = mkstemp(anchor);
	if (fd < 0)
		return 1;
	close(fd);
	rig_write_certificate(anchor);
	rig_trust(anchor);
	rig_be_patient(3000);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(anchor);
	return failed;
}
