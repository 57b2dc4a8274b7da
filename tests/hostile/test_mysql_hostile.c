/* What stands where MySQL should: who is greeted and who is not, and what must not be believed. */
#include "rig_loop.h"
#include "rig_peer.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define SAY(text)                                                                                  \
	{                                                                                          \
		.act = RIG_SEND, .bytes = (text), .count = sizeof(text) - 1                        \
	}
#define HEAR(text)                                                                                 \
	{                                                                                          \
		.act = RIG_HEAR, .bytes = (text)                                                   \
	}
#define END                                                                                        \
	{                                                                                          \
		.act = RIG_END                                                                     \
	}
#define STALL                                                                                      \
	{                                                                                          \
		.act = RIG_STALL                                                                   \
	}

/* MariaDB's greeting: thread, scramble, abilities (with TLS or without), more scramble, plugin. */
#define GREETING_OF(abilities)                                                                     \
	"\x53\0\0\0\x0a"                                                                           \
	"10.11.6-MariaDB\0"                                                                        \
	"\7\0\0\0"                                                                                 \
	"abcdefgh\0" abilities "\x21\2\0\xff\x81\x15\0\0\0\0\0\0\0\0\0\0"                          \
	"ijklmnopqrst\0"                                                                           \
	"mysql_native_password\0"
#define GREETING GREETING_OF("\xfe\xf7")
#define GREETING_TLS GREETING_OF("\xfe\xff")
#define OLD                                                                                        \
	"\x1a\0\0\0\x09"                                                                           \
	"3.20.32a\0\7\0\0\0abcdefgh\0\0\0\0"
#define NO_ACCOUNT "\x17\0\0\1\xff\x6a\4Host is not allowed."
#define NO_ACCOUNT_0 "\x17\0\0\0\xff\x6a\4Host is not allowed."
#define DENIED "\x16\0\0\2\xff\x15\4#28000Access denied"
#define WELCOME "\7\0\0\2\0\0\0\2\0\0\0"
#define WANTS_FILE "\x0c\0\0\2\xfb/etc/passwd"
#define SWITCH "\x15\0\0\2\xfemysql_clear_password"
#define SWITCH_AGAIN "\x15\0\0\4\xfemysql_clear_password"

static struct pf_question knock(const struct rig_peer *peer)
{
	return (struct pf_question){.kind = PF_KIND_mysql,
	                            .mysql = {.address = rig_peer_address(peer),
	                                      .port = rig_peer_port(peer),
	                                      .sni = "rig.test",
	                                      .user = "shopuser"}};
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

/* What a server is taken for that says these bytes at once, and stays. */
static const struct pf_answer *said(const char *bytes, size_t count)
{
	struct rig_step steps[] = {{.act = RIG_SEND, .bytes = bytes, .count = count}, STALL, END};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer);
	const struct pf_answer *answer = rig_answer(&question);
	rig_peer_stop(peer);
	return answer;
}

#define SAID(text) said(text, sizeof(text) - 1)

/* The same, said to a login. */
static const struct pf_answer *said_to_login(const char *bytes, size_t count)
{
	const struct rig_step steps[] = {SAY(GREETING),
	                                 HEAR("shopuser"),
	                                 {.act = RIG_SEND, .bytes = bytes, .count = count},
	                                 STALL,
	                                 END};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer);
	const struct pf_answer *answer = rig_answer(&question);
	rig_peer_stop(peer);
	return answer;
}

#define SAID_TO_LOGIN(text) said_to_login(text, sizeof(text) - 1)

static void an_error_before_the_greeting_is_told_by_its_number(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID(NO_ACCOUNT);
	assert_outcome(answer, PF_answered);
	assert_false(answer->mysql.greeted);
	assert_int_equal(answer->mysql.error, 1130);
	assert_null(answer->mysql.sqlstate);
	assert_string_equal(answer->mysql.text, "Host is not allowed.");
	assert_int_equal(SAID(NO_ACCOUNT_0)->mysql.error, 1130);
}

static void a_login_is_brought_to_its_end_without_a_password(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID_TO_LOGIN(DENIED);
	assert_outcome(answer, PF_answered);
	assert_true(answer->mysql.greeted);
	assert_int_equal(answer->mysql.protocol, 10);
	assert_string_equal(answer->mysql.server_version, "10.11.6-MariaDB");
	assert_string_equal(answer->mysql.plugin, "mysql_native_password");
	assert_false(answer->mysql.offers_tls);
	assert_int_equal(answer->mysql.error, 1045);
	assert_string_equal(answer->mysql.sqlstate, "28000");
}

static void the_login_holds_the_name_and_no_password(void **state)
{
	static const struct rig_step steps[] = {SAY(GREETING), HEAR("native_password"), SAY(DENIED),
	                                        STALL, END};
	static const char tail[] = "shopuser\0\0mysql_native_password";
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer);
	size_t count;
	(void)state;
	assert_outcome(rig_answer(&question), PF_answered);
	const char *heard = rig_peer_heard(peer, &count);
	assert_int_equal(count, 36 + sizeof tail);
	assert_int_equal(heard[0], count - 4);
	assert_int_equal(heard[3], 1);
	assert_memory_equal(heard + 36, tail, sizeof tail);
	rig_peer_stop(peer);
}

static void who_lets_us_in_is_told_good_bye(void **state)
{
	static const struct rig_step steps[] = {SAY(GREETING), HEAR("shopuser"), SAY(WELCOME),
	                                        STALL, END};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_true(answer->mysql.let_in);
	rig_forget();
	assert_true(rig_peer_will_hear(peer, "\1\0\0\0\1", 5));
	rig_peer_stop(peer);
}

static void tls_is_used_where_it_is_offered(void **state)
{
	static const struct rig_step steps[] = {SAY(GREETING_TLS),
	                                        {.act = RIG_HEAR, .count = 36}, /* the request */
	                                        {.act = RIG_TLS},
	                                        HEAR("shopuser"),
	                                        SAY("\x16\0\0\3\xff\x15\4#28000Access denied"),
	                                        STALL,
	                                        END};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_answered);
	assert_true(answer->mysql.offers_tls && answer->mysql.tls);
	assert_int_equal(answer->mysql.error, 1045);
	assert_string_equal(rig_peer_sni(peer), "rig.test");
	rig_peer_stop(peer);
}

static void a_greeting_of_old_is_not_logged_in_to(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID(OLD);
	assert_outcome(answer, PF_answered);
	assert_true(answer->mysql.greeted);
	assert_int_equal(answer->mysql.protocol, 9);
	assert_string_equal(answer->mysql.server_version, "3.20.32a");
}

static void a_wish_for_our_files_is_not_granted(void **state)
{
	static const struct rig_step steps[] = {SAY(GREETING), HEAR("shopuser"), SAY(WANTS_FILE),
	                                        STALL, END};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer);
	(void)state;
	const struct pf_answer *answer = rig_answer(&question);
	assert_outcome(answer, PF_garbled);
	assert_false(answer->mysql.let_in);
	rig_forget();
	assert_false(rig_peer_heard_text(peer, "root:"));
	rig_peer_stop(peer);
}

static void a_switch_to_clear_text_hears_nothing_and_ends(void **state)
{
	(void)state;
	const struct pf_answer *answer =
		SAID_TO_LOGIN(SWITCH "\x16\0\0\4\xff\x15\4#28000Access denied");
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->mysql.plugin, "mysql_clear_password");
	assert_int_equal(answer->mysql.error, 1045);
	answer = SAID_TO_LOGIN(SWITCH SWITCH_AGAIN SWITCH SWITCH_AGAIN SWITCH SWITCH_AGAIN);
	assert_outcome(answer, PF_garbled);
}

static void other_protocols_and_broken_packets_are_garbled(void **state)
{
	(void)state;
	assert_outcome(SAID("HTTP/1.1 400 Bad Request\r\n\r\n"), PF_garbled);
	assert_outcome(SAID("+PONG\r\n"), PF_garbled);
	assert_outcome(SAID("\0\0\0\0"), PF_garbled);
	assert_outcome(SAID("\1\0\0\0\x0a"), PF_garbled);
	assert_outcome(SAID("\4\0\0\0\x0a"
	                    "8.0"),
	               PF_garbled); /* a version without its end */
	assert_outcome(SAID("\2\0\0\1\xff\x6a"), PF_garbled);
	assert_outcome(SAID("\xff\xff\xff\0\x0a"), PF_garbled);
	assert_outcome(SAID(GREETING WELCOME), PF_garbled); /* said before it was asked */
	assert_in_range(rig_took_ms(), 0, 300);
	assert_outcome(SAID_TO_LOGIN("\1\0\0\2\0"), PF_garbled);
	assert_outcome(SAID_TO_LOGIN("\0\0\0\2"), PF_garbled);
}

static void foreign_text_is_escaped_and_cut(void **state)
{
	(void)state;
	const struct pf_answer *answer = SAID("\x0c\0\0\1\xff\x6a\4\x1b[2Jno\r\n\xff");
	assert_outcome(answer, PF_answered);
	assert_string_equal(answer->mysql.text, "\\x1b[2Jno\\r\\n\\xff");
}

static void who_hangs_up_stalls_or_drips_is_told_apart(void **state)
{
	static const struct rig_step leaves[] = {END};
	static const struct rig_step leaves_later[] = {SAY(GREETING), HEAR("shopuser"), END};
	static const struct rig_step stays[] = {STALL, END};
	static const struct rig_step drips[] = {
		{.act = RIG_DRIP, .bytes = GREETING, .count = sizeof GREETING - 1, .ms = 50},
		STALL,
		END};
	static const struct {
		const struct rig_step *steps;
		enum pf_outcome outcome;
	} peers[] = {{leaves, PF_hung_up},
	             {leaves_later, PF_hung_up},
	             {stays, PF_stalled},
	             {drips, PF_stalled}};
	(void)state;
	for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
		struct rig_peer *peer = rig_peer_start(RIG_TCP, peers[i].steps);
		struct pf_question question = knock(peer);
		assert_outcome(rig_answer(&question), peers[i].outcome);
		assert_in_range(rig_took_ms(), 0, 1500);
		rig_peer_stop(peer);
	}
}

static void a_flood_is_cut(void **state)
{
	static const struct rig_step steps[] = {
		{.act = RIG_FLOOD, .bytes = GREETING, .count = sizeof GREETING - 1}, END};
	struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
	struct pf_question question = knock(peer);
	long before = rig_peak_kib();
	(void)state;
	assert_outcome(rig_answer(&question), PF_garbled);
	assert_in_range(rig_peak_kib() - before, 0, 4096);
	rig_peer_stop(peer);
}

static void packets_cut_anywhere_are_put_together(void **state)
{
	for (size_t cut = 1; cut < sizeof DENIED - 1; cut += 5) {
		const struct rig_step steps[] = {
			{.act = RIG_SEND, .bytes = GREETING, .count = cut},
			{.act = RIG_PAUSE, .ms = 5},
			{.act = RIG_SEND,
		         .bytes = &GREETING[cut],
		         .count = sizeof GREETING - 1 - cut},
			HEAR("shopuser"),
			{.act = RIG_SEND, .bytes = DENIED, .count = cut},
			{.act = RIG_PAUSE, .ms = 5},
			{.act = RIG_SEND, .bytes = &DENIED[cut], .count = sizeof DENIED - 1 - cut},
			STALL,
			END};
		struct rig_peer *peer = rig_peer_start(RIG_TCP, steps);
		struct pf_question question = knock(peer);
		const struct pf_answer *answer = rig_answer(&question);
		assert_outcome(answer, PF_answered);
		assert_int_equal(answer->mysql.error, 1045);
		rig_peer_stop(peer);
	}
	(void)state;
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
#define TEST(name) cmocka_unit_test_teardown(name, forget)
	const struct CMUnitTest tests[] = {
		TEST(an_error_before_the_greeting_is_told_by_its_number),
		TEST(a_login_is_brought_to_its_end_without_a_password),
		TEST(the_login_holds_the_name_and_no_password),
		TEST(who_lets_us_in_is_told_good_bye),
		TEST(tls_is_used_where_it_is_offered),
		TEST(a_greeting_of_old_is_not_logged_in_to),
		TEST(a_wish_for_our_files_is_not_granted),
		TEST(a_switch_to_clear_text_hears_nothing_and_ends),
		TEST(other_protocols_and_broken_packets_are_garbled),
		TEST(foreign_text_is_escaped_and_cut),
		TEST(who_hangs_up_stalls_or_drips_is_told_apart),
		TEST(a_flood_is_cut),
		TEST(packets_cut_anywhere_are_put_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
