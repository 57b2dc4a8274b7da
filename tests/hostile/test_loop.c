/* The loop: a thousand questions at once, the limit for each address, deadlines, and a machine that
 * runs out of descriptors. */
#include "rig_loop.h"
#include "rig_peer.h"

#include "base/clock.h"
#include "drivers/turn.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	MANY = 1000,
	CONNECT_US = 300 * 1000,
	EXCHANGE_US = 700 * 1000,
	LOOKUP_US = 700 * 1000,
	PATIENCE_US = 20 * 1000 * 1000,
};

/* ---- a loop and what came of it ---- */

static struct {
	struct pf_loop *loop;
	unsigned times[MANY * 4]; /* each question was answered */
	enum pf_outcome outcomes[MANY * 4];
	int64_t at_us[MANY * 4];
	size_t answered;
	uint64_t again_of, again; /* when the first is answered, the second is asked */
	const struct pf_question *again_question;
} world;

static void note(void *context, uint64_t id, const struct pf_answer *answer)
{
	(void)context;
	assert_true(id < MANY * 4);
	world.times[id]++;
	world.outcomes[id] = answer->outcome;
	world.at_us[id] = pf_now_us();
	world.answered++;
	if (world.again_question && id == world.again_of)
		pf_loop_ask(world.loop, world.again, world.again_question,
		            pf_now_us() + PATIENCE_US);
}

static int open_world(void **state)
{
	(void)state;
	memset(&world, 0, sizeof world);
	world.loop = pf_loop_new(NULL, note, NULL);
	pf_loop_hurry(world.loop, CONNECT_US, EXCHANGE_US, LOOKUP_US);
	return 0;
}

/* The limits of the program, for what must not depend on how busy this machine is. */
static void be_patient(void)
{
	pf_loop_hurry(world.loop, PF_CONNECT_US, PF_EXCHANGE_US, PF_LOOKUP_US);
}

static int close_world(void **state)
{
	(void)state;
	pf_loop_free(world.loop);
	return 0;
}

static void ask(uint64_t id, struct pf_question question)
{
	pf_loop_ask(world.loop, id, &question, pf_now_us() + PATIENCE_US);
}

static void run(void)
{
	int64_t until = pf_now_us() + PATIENCE_US;
	while (pf_loop_pending(world.loop) && pf_now_us() < until)
		pf_loop_turn(world.loop, -1, until);
	assert_int_equal(pf_loop_pending(world.loop), 0);
}

#define assert_ended(id, expected)                                                                 \
	do {                                                                                       \
		assert_int_equal(world.times[id], 1);                                              \
		assert_string_equal(pf_outcome_name(world.outcomes[id]),                           \
		                    pf_outcome_name(expected));                                    \
	} while (0)

/* ---- questions ---- */

static struct pf_question raw(const struct rig_peer *peer, const char *send)
{
	return (struct pf_question){.kind = PF_KIND_raw,
	                            .raw = {.transport = "tcp",
	                                    .address = rig_peer_address(peer),
	                                    .port = rig_peer_port(peer),
	                                    .send = send}};
}

static struct pf_question raw_closed(void)
{
	return (struct pf_question){
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp", .address = "127.0.0.1", .port = rig_closed_port()}};
}

static struct pf_question http(const struct rig_peer *peer, const char *exact)
{
	return (struct pf_question){.kind = PF_KIND_http,
	                            .http = {.url = "http://rig.test/",
	                                     .address = rig_peer_address(peer),
	                                     .port = rig_peer_port(peer),
	                                     .exact = exact}};
}

static struct pf_question redis(const struct rig_peer *peer)
{
	static const char *const commands[] = {"PING"};
	return (struct pf_question){.kind = PF_KIND_redis,
	                            .redis = {.address = rig_peer_address(peer),
	                                      .port = rig_peer_port(peer),
	                                      .commands = {commands, 1}}};
}

static struct pf_question postgres(const struct rig_peer *peer)
{
	return (struct pf_question){.kind = PF_KIND_postgres,
	                            .postgres = {.address = rig_peer_address(peer),
	                                         .port = rig_peer_port(peer),
	                                         .user = "shop"}};
}

static struct pf_question resolve(const char *host)
{
	return (struct pf_question){.kind = PF_KIND_resolve, .resolve = {.host = host}};
}

static const struct rig_step web_steps[] = {
	{RIG_HEAR, "\r\n\r\n", 0, 0},
	{RIG_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0, 0},
	{RIG_END, NULL, 0, 0},
};

static const struct rig_step stall_steps[] = {{RIG_STALL, NULL, 0, 0}, {RIG_END, NULL, 0, 0}};

/* ---- the tests ---- */

static void a_thousand_mixed_questions_are_answered_once_each(void **state)
{
	static const struct rig_step pong[] = {
		{RIG_HEAR, NULL, 0, 0}, {RIG_SEND, "+PONG\r\n", 0, 0}, {RIG_END, NULL, 0, 0}};
	static const struct rig_step request[] = {{RIG_HEAR, NULL, 0, 0},
	                                          {RIG_SEND, "R\0\0\0\x08\0\0\0\x03", 9, 0},
	                                          {RIG_END, NULL, 0, 0}};
	(void)state;
	struct rig_peer *web = rig_peer_start(RIG_TCP, web_steps);
	struct rig_peer *cache = rig_peer_start(RIG_TCP6, pong);
	struct rig_peer *database = rig_peer_start(RIG_UNIX, request);
	be_patient();
	for (uint64_t id = 0; id < MANY; id += 8) {
		ask(id, http(web, NULL));
		ask(id + 1, http(web, "GET / HTTP/1.1\\r\\nHost: rig.test\\r\\n\\r\\n"));
		ask(id + 2, raw(web, NULL));
		ask(id + 3, redis(cache));
		ask(id + 4, postgres(database));
		ask(id + 5, raw_closed());
		ask(id + 6, resolve("localhost"));
		ask(id + 7, raw(web, "\\r\\n\\r\\n"));
	}
	assert_int_equal(pf_loop_pending(world.loop), MANY);
	int64_t before = pf_now_us();
	run();
	printf("%d mixed questions: %lld ms, at most %ld KiB\n", MANY,
	       (long long)(pf_now_us() - before) / 1000, rig_peak_kib());
	for (uint64_t id = 0; id < MANY; id++)
		assert_ended(id, id % 8 == 5 ? PF_refused : PF_answered);
	assert_int_equal(world.answered, MANY);
	rig_peer_stop(web);
	rig_peer_stop(cache);
	rig_peer_stop(database);
}

/* Takes all that have connected, hangs up on them, and says how many they were. */
static unsigned hang_up_on_all(int listener)
{
	int taken[4 * PF_IN_FLIGHT_PER_ADDRESS];
	unsigned count = 0;
	while (count < sizeof taken / sizeof *taken &&
	       (taken[count] = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
		count++;
	for (unsigned i = 0; i < count; i++)
		close(taken[i]);
	return count;
}

static void no_address_meets_more_than_its_limit_at_once(void **state)
{
	enum { ASKED = 3 * PF_IN_FLIGHT_PER_ADDRESS };
	struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
	socklen_t size = sizeof name;
	unsigned rounds = 0;
	(void)state;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&name, size), 0);
	assert_int_equal(listen(listener, 2 * ASKED), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&name, &size), 0);
	be_patient();
	for (uint64_t id = 0; id < ASKED; id++)
		ask(id, (struct pf_question){.kind = PF_KIND_raw,
		                             .raw = {.transport = "tcp",
		                                     .address = "127.0.0.1",
		                                     .port = ntohs(name.sin_port),
		                                     .send = "x"}});
	for (; pf_loop_pending(world.loop) && rounds < 100; rounds++) {
		pf_loop_turn(world.loop, -1, pf_now_us() + 20 * 1000);
		assert_in_range(hang_up_on_all(listener), 0, PF_IN_FLIGHT_PER_ADDRESS);
	}
	close(listener);
	assert_in_range(rounds, ASKED / PF_IN_FLIGHT_PER_ADDRESS, 99);
	for (uint64_t id = 0; id < ASKED; id++)
		assert_ended(id, PF_hung_up);
}

static void an_address_that_stalls_holds_up_no_other(void **state)
{
	(void)state;
	struct rig_peer *bad = rig_peer_start(RIG_TCP, stall_steps);
	struct rig_peer *good = rig_peer_start(RIG_TCP6, web_steps);
	int64_t before = pf_now_us();
	for (uint64_t id = 0; id < 2 * PF_IN_FLIGHT_PER_ADDRESS; id++)
		ask(id, raw(bad, "x"));
	ask(MANY, http(good, NULL));
	run();
	assert_ended(MANY, PF_answered);
	assert_in_range(world.at_us[MANY] - before, 0, EXCHANGE_US - 100 * 1000);
	/* The second half waited for the first, and had its whole time then. */
	for (uint64_t id = 0; id < 2 * PF_IN_FLIGHT_PER_ADDRESS; id++)
		assert_ended(id, PF_stalled);
	assert_in_range(pf_now_us() - before, 2 * EXCHANGE_US - 1000, 3 * EXCHANGE_US);
	rig_peer_stop(bad);
	rig_peer_stop(good);
}

static void who_answers_others_is_asked_once_more_before_its_silence_counts(void **state)
{
	(void)state;
	struct rig_peer *bad = rig_peer_start(RIG_TCP, stall_steps);
	struct rig_peer *good = rig_peer_start(RIG_TCP, web_steps); /* at the same address */
	struct rig_peer *alone = rig_peer_start(RIG_TCP6, stall_steps);
	const struct pf_question asked = raw(bad, "x");
	ask(1, http(bad, NULL));
	ask(2, http(good, NULL));
	ask(3, raw(alone, "x"));
	pf_loop_ask(world.loop, 4, &asked, pf_now_us() + EXCHANGE_US + EXCHANGE_US / 2);
	run();
	assert_ended(1, PF_stalled);
	assert_ended(2, PF_answered);
	assert_ended(3, PF_stalled);
	assert_ended(4, PF_stalled); /* the run had no time for more */
	assert_int_equal(rig_peer_visits(bad), 3);
	assert_int_equal(rig_peer_visits(good), 1);
	assert_int_equal(rig_peer_visits(alone), 1);
	rig_peer_stop(bad);
	rig_peer_stop(good);
	rig_peer_stop(alone);
}

static void the_deadline_of_the_run_is_ours_and_a_limit_is_the_peers(void **state)
{
	(void)state;
	struct rig_peer *staller = rig_peer_start(RIG_TCP, stall_steps);
	struct rig_peer *hole = rig_peer_start(RIG_BLACKHOLE, stall_steps);
	const struct pf_question asked[] = {raw(staller, "x"), raw(hole, "x"), http(staller, NULL),
	                                    http(hole, NULL)};
	for (uint64_t i = 0; i < 4; i++) {
		pf_loop_ask(world.loop, i, &asked[i], pf_now_us() + 100 * 1000);
		ask(i + 4, asked[i]);
	}
	run();
	for (uint64_t i = 0; i < 4; i++) {
		assert_ended(i, PF_deadline);
		assert_ended(i + 4, i % 2 ? PF_silent : PF_stalled);
	}
	rig_peer_stop(staller);
	rig_peer_stop(hole);
}

static void a_question_past_its_deadline_is_not_put(void **state)
{
	(void)state;
	struct rig_peer *peer = rig_peer_start(RIG_TCP, web_steps);
	struct pf_question question = http(peer, NULL);
	pf_loop_ask(world.loop, 1, &question, pf_now_us() - 1);
	run();
	assert_ended(1, PF_deadline);
	assert_int_equal(rig_peer_visits(peer), 0);
	rig_peer_stop(peer);
}

static void a_queued_question_is_answered_at_its_deadline(void **state)
{
	(void)state;
	struct rig_peer *peer = rig_peer_start(RIG_TCP, stall_steps);
	struct pf_question question = raw(peer, "x");
	int64_t before = pf_now_us();
	for (uint64_t id = 0; id < PF_IN_FLIGHT_PER_ADDRESS; id++)
		ask(id, question);
	pf_loop_ask(world.loop, MANY, &question, before + 150 * 1000);
	run();
	assert_ended(MANY, PF_deadline);
	assert_in_range(world.at_us[MANY] - before, 150 * 1000, 400 * 1000);
	rig_peer_stop(peer);
}

/* Leaves `spare` descriptors; returns how many it took, in `taken`. */
static size_t take_descriptors(int taken[], size_t room, size_t spare)
{
	size_t count = 0;
	while (count < room && (taken[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		count++;
	assert_true(count < room && count > spare);
	for (; spare; spare--)
		close(taken[--count]);
	return count;
}

static void a_lack_of_descriptors_is_never_a_closed_port(void **state)
{
	enum { ROOM = 4096 };
	static int taken[ROOM];
	struct rlimit before, low;
	(void)state;
	struct rig_peer *hole = rig_peer_start(RIG_BLACKHOLE, stall_steps);
	const struct pf_question asked[] = {
		raw(hole, NULL), http(hole, NULL), http(hole, "GET / HTTP/1.0\\r\\n\\r\\n"),
		redis(hole),     postgres(hole),   resolve("rig.invalid")};
	enum { ASKED = sizeof asked / sizeof *asked };
	getrlimit(RLIMIT_NOFILE, &before);
	low = (struct rlimit){ROOM / 2, before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	for (size_t spare = 0; spare < 2; spare++) {
		size_t count = take_descriptors(taken, ROOM, spare);
		for (uint64_t i = 0; i < ASKED; i++)
			ask(spare * ASKED + i, asked[i]);
		run();
		while (count)
			close(taken[--count]);
	}
	setrlimit(RLIMIT_NOFILE, &before);
	for (uint64_t i = 0; i < ASKED; i++)
		assert_ended(i, PF_no_resources);
	/* With one to share, the first took it, and the others could not be asked. */
	assert_ended(ASKED, PF_silent);
	for (uint64_t i = 1; i < ASKED; i++)
		assert_ended(ASKED + i, PF_no_resources);
	rig_peer_stop(hole);
}

static void questions_of_hosts_make_no_sense_here(void **state)
{
	(void)state;
	ask(1, (struct pf_question){.kind = PF_KIND_tree, .tree = {.root = "/"}});
	ask(2, (struct pf_question){.kind = PF_KIND_exec});
	ask(3, (struct pf_question){.kind = PF_KIND_raw});
	ask(4, (struct pf_question){.kind = PF_KIND_http});
	ask(5, (struct pf_question){.kind = PF_KIND_redis});
	ask(6, (struct pf_question){.kind = PF_KIND_postgres});
	ask(7, (struct pf_question){.kind = PF_KIND_resolve});
	run();
	for (uint64_t id = 1; id <= 7; id++)
		assert_ended(id, PF_malformed_question);
}

static void texts_of_a_question_are_copied(void **state)
{
	(void)state;
	struct rig_peer *peer = rig_peer_start(RIG_TCP, web_steps);
	char url[] = "http://kept.test/", header[] = "X-Kept: yes";
	const char *headers[] = {header};
	struct pf_question question = http(peer, NULL);
	question.http.url = url;
	question.http.headers = (struct pf_words){headers, 1};
	ask(1, question);
	memset(url, '!', sizeof url - 1);
	memset(header, '!', sizeof header - 1);
	headers[0] = NULL;
	run();
	assert_ended(1, PF_answered);
	assert_true(rig_peer_heard_text(peer, "Host: kept.test\r\n"));
	assert_true(rig_peer_heard_text(peer, "X-Kept: yes\r\n"));
	rig_peer_stop(peer);
}

static void an_answer_may_lead_to_the_next_question(void **state)
{
	(void)state;
	struct rig_peer *peer = rig_peer_start(RIG_TCP, web_steps);
	struct pf_question question = http(peer, NULL);
	world.again_question = &question;
	world.again_of = 1;
	world.again = 2;
	ask(1, raw_closed());
	run();
	assert_ended(1, PF_refused);
	assert_ended(2, PF_answered);
	rig_peer_stop(peer);
}

static void the_loop_returns_when_there_is_something_to_read_or_its_writer_is_gone(void **state)
{
	int ends[2];
	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	int64_t before = pf_now_us();
	assert_false(pf_loop_turn(world.loop, ends[0], before + 50 * 1000));
	assert_in_range(pf_now_us() - before, 50 * 1000, 1000 * 1000);
	assert_int_equal(write(ends[1], "x", 1), 1);
	assert_true(pf_loop_turn(world.loop, ends[0], pf_now_us() + PATIENCE_US));
	char byte;
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[1]);
	assert_true(pf_loop_turn(world.loop, ends[0], pf_now_us() + PATIENCE_US));
	close(ends[0]);
	assert_false(pf_loop_turn(world.loop, -1, pf_now_us() + PATIENCE_US)); /* nothing to do */
	assert_in_range(pf_now_us() - before, 0, 5 * 1000 * 1000);
}

static void a_loop_can_be_freed_with_questions_in_flight_and_queued(void **state)
{
	(void)state;
	struct rig_peer *peer = rig_peer_start(RIG_TCP, stall_steps);
	for (uint64_t id = 0; id < 3 * PF_IN_FLIGHT_PER_ADDRESS; id += 3) {
		ask(id, raw(peer, "x"));
		ask(id + 1, http(peer, NULL));
		ask(id + 2, redis(peer));
	}
	pf_loop_turn(world.loop, -1, pf_now_us() + 50 * 1000);
	assert_int_equal(world.answered, 0);
	pf_loop_free(world.loop); /* what leaks here, the sanitizer tells */
	world.loop = NULL;
	rig_peer_stop(peer);
}

static size_t resident_kib(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
	fclose(file);
	return pages * (size_t)sysconf(_SC_PAGESIZE) / 1024;
}

static void memory_stays_flat_over_thousands_of_questions(void **state)
{
	enum { ROUND = 100, ROUNDS = 5, MOST_KIB = 1024 }; /* the pace allows 50 a second */
	size_t early = 0;
	(void)state;
	struct rig_peer *peer = rig_peer_start(RIG_TCP, web_steps);
	be_patient();
	for (int i = 0; i < ROUNDS; i++) {
		for (uint64_t id = 0; id < ROUND; id++)
			ask(id, http(peer, id % 2 ? "GET / HTTP/1.0\\r\\n\\r\\n" : NULL));
		run();
		if (i == 1)
			early = resident_kib();
	}
	assert_int_equal(world.answered, ROUND * ROUNDS);
	size_t late = resident_kib();
	rig_peer_stop(peer);
	printf("resident after %d questions: %zu KiB, after %d: %zu KiB\n", 2 * ROUND, early,
	       ROUND * ROUNDS, late);
#ifdef PF_SANITIZED
	print_message("SKIPPED: the sanitizer keeps freed memory, growth is not looked at\n");
#else
	assert_true(late < early + MOST_KIB);
#endif
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_thousand_mixed_questions_are_answered_once_each),
		TEST(no_address_meets_more_than_its_limit_at_once),
		TEST(an_address_that_stalls_holds_up_no_other),
		TEST(who_answers_others_is_asked_once_more_before_its_silence_counts),
		TEST(the_deadline_of_the_run_is_ours_and_a_limit_is_the_peers),
		TEST(a_question_past_its_deadline_is_not_put),
		TEST(a_queued_question_is_answered_at_its_deadline),
		TEST(a_lack_of_descriptors_is_never_a_closed_port),
		TEST(questions_of_hosts_make_no_sense_here),
		TEST(texts_of_a_question_are_copied),
		TEST(an_answer_may_lead_to_the_next_question),
		TEST(the_loop_returns_when_there_is_something_to_read_or_its_writer_is_gone),
		TEST(a_loop_can_be_freed_with_questions_in_flight_and_queued),
		TEST(memory_stays_flat_over_thousands_of_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
