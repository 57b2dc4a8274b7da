/* Names and the resolver's moods. getaddrinfo(3) is played by this file: it answers for *.test as a
 * test wants, and for everything else as it does. */
#include "rig_loop.h"
#include "rig_peer.h"

#include "base/clock.h"
#include "drivers/turn.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { STUCK = 64 };

/* ---- the resolver ---- */

static atomic_bool released;
static atomic_uint stuck;

static struct addrinfo *add(struct addrinfo *before, int family, const char *text, unsigned scope)
{
	struct addrinfo *one = calloc(1, sizeof *one);
	struct sockaddr_storage *name = calloc(1, sizeof *name);
	struct sockaddr_in *v4 = (struct sockaddr_in *)name;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)name;
	void *bytes = family == AF_INET ? (void *)&v4->sin_addr : (void *)&v6->sin6_addr;
	name->ss_family = (sa_family_t)family;
	if (inet_pton(family, text, bytes) != 1)
		abort();
	if (family == AF_INET6)
		v6->sin6_scope_id = scope;
	one->ai_family = family;
	one->ai_addr = (struct sockaddr *)name;
	one->ai_addrlen = family == AF_INET ? sizeof *v4 : sizeof *v6;
	one->ai_next = before;
	return one;
}

/* Five hundred of each family in no good order, each of them twice. */
static struct addrinfo *crowd(void)
{
	struct addrinfo *list = NULL;
	char text[64];
	for (unsigned i = 0; i < 1000; i++) {
		unsigned n = (i * 7 + 3) % 500;
		snprintf(text, sizeof text, "10.0.%u.%u", n / 100, n % 100 + 1);
		list = add(list, AF_INET, text, 0);
		snprintf(text, sizeof text, "2001:db8::%x", n + 1);
		list = add(list, AF_INET6, text, 0);
	}
	return list;
}

static int get_stuck(void)
{
	stuck++;
	while (!released)
		poll(NULL, 0, 5);
	stuck--;
	return EAI_AGAIN;
}

static int answer_for(const char *name, struct addrinfo **list)
{
	if (strcmp(name, "stuck.test") == 0)
		return get_stuck();
	if (strcmp(name, "crowd.test") == 0)
		return *list = crowd(), 0;
	if (strcmp(name, "near.test") == 0)
		return *list = add(NULL, AF_INET6, "fe80::1", 1), 0;
	if (strcmp(name, "both.test") == 0) {
		*list = add(add(NULL, AF_INET, "192.0.2.7", 0), AF_INET6, "2001:db8::7", 0);
		return 0;
	}
	if (strcmp(name, "again.test") == 0)
		return EAI_AGAIN;
	if (strcmp(name, "empty.test") == 0)
		return EAI_NODATA;
	if (strcmp(name, "memory.test") == 0)
		return EAI_MEMORY;
	if (strcmp(name, "files.test") == 0)
		return errno = EMFILE, EAI_SYSTEM;
	if (strcmp(name, "fails.test") == 0)
		return EAI_FAIL;
	return EAI_NONAME;
}

int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict list)
{
	int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
	size_t length = name ? strlen(name) : 0;
	*list = NULL;
	if (length > 5 && strcmp(name + length - 5, ".test") == 0)
		return answer_for(name, list);
	*(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
	struct addrinfo *theirs = NULL;
	int error = real(name, service, hints, &theirs);
	for (struct addrinfo *one = error ? NULL : theirs; one; one = one->ai_next) {
		char text[64];
		getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, NULL, 0,
		            NI_NUMERICHOST);
		*list = add(*list, one->ai_family, text, 0);
	}
	void (*give_back)(struct addrinfo *);
	*(void **)&give_back = dlsym(RTLD_NEXT, "freeaddrinfo");
	if (!error)
		give_back(theirs);
	return error;
}

void freeaddrinfo(struct addrinfo *list)
{
	for (struct addrinfo *next; list; list = next) {
		next = list->ai_next;
		free(list->ai_addr);
		free(list);
	}
}

/* ---- tests ---- */

static const struct pf_answer *look_up(const char *host)
{
	struct pf_question question = {.kind = PF_KIND_resolve, .resolve = {.host = host}};
	return rig_answer(&question);
}

static int forget(void **state)
{
	(void)state;
	rig_forget();
	return 0;
}

static void localhost_is_this_machine(void **state)
{
	(void)state;
	const struct pf_answer *answer = look_up("localhost");
	assert_outcome(answer, PF_answered);
	assert_true(pf_words_have(answer->resolve.addresses, "127.0.0.1") ||
	            pf_words_have(answer->resolve.addresses, "::1"));
}

static void an_address_is_its_own_answer(void **state)
{
	(void)state;
	const struct pf_answer *answer = look_up("192.0.2.1");
	assert_int_equal(answer->resolve.addresses.count, 1);
	assert_string_equal(answer->resolve.addresses.at[0], "192.0.2.1");
	answer = look_up("2001:db8::1");
	assert_string_equal(answer->resolve.addresses.at[0], "2001:db8::1");
}

static void the_old_family_comes_first(void **state)
{
	(void)state;
	const struct pf_answer *answer = look_up("both.test");
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->resolve.addresses.count, 2);
	assert_string_equal(answer->resolve.addresses.at[0], "192.0.2.7");
	assert_string_equal(answer->resolve.addresses.at[1], "2001:db8::7");
}

static void a_crowd_is_sorted_and_cut_to_sixteen_of_each_family(void **state)
{
	(void)state;
	const struct pf_answer *answer = look_up("crowd.test");
	assert_outcome(answer, PF_answered);
	assert_int_equal(answer->resolve.addresses.count, 32);
	for (unsigned i = 0; i < 16; i++) {
		char expected[64];
		snprintf(expected, sizeof expected, "10.0.0.%u", i + 1);
		assert_string_equal(answer->resolve.addresses.at[i], expected);
		snprintf(expected, sizeof expected, "2001:db8::%x", i + 1);
		assert_string_equal(answer->resolve.addresses.at[16 + i], expected);
	}
}

static void each_failure_has_its_outcome(void **state)
{
	(void)state;
	assert_outcome(look_up("nobody.test"), PF_no_such_name);
	assert_outcome(look_up("empty.test"), PF_no_such_name);
	assert_outcome(look_up("again.test"), PF_name_unanswered);
	assert_outcome(look_up("fails.test"), PF_name_unanswered);
	assert_outcome(look_up("memory.test"), PF_no_resources);
	assert_outcome(look_up("files.test"), PF_no_resources);
}

static void names_without_sense_are_not_looked_up(void **state)
{
	static char endless[300];
	(void)state;
	memset(endless, 'a', sizeof endless - 1);
	assert_outcome(look_up(NULL), PF_malformed_question);
	assert_outcome(look_up(""), PF_malformed_question);
	assert_int_not_equal(look_up(endless)->outcome, PF_answered);
}

/* ---- resolvers that hang ---- */

static void wait_until_none_is_stuck(void)
{
	released = true;
	for (int i = 0; i < 400 && stuck; i++)
		poll(NULL, 0, 5);
	poll(NULL, 0, 50); /* from getaddrinfo to the end of the thread */
	released = false;
}

static void a_resolver_that_hangs_is_given_up_in_time(void **state)
{
	(void)state;
	assert_outcome(look_up("stuck.test"), PF_name_unanswered);
	assert_in_range(rig_took_ms(), 350, 570); /* not the time of a whole exchange */
	int64_t before = rig_now_ms();
	rig_forget();
	assert_in_range(rig_now_ms() - before, 0, 200);
	wait_until_none_is_stuck();
}

struct tally {
	unsigned answers, unanswered;
	unsigned before_good; /* answers when the good one came */
};

static void count_answer(void *context, uint64_t id, const struct pf_answer *answer)
{
	struct tally *tally = context;
	tally->answers++;
	if (answer->outcome == PF_name_unanswered)
		tally->unanswered++;
	if (id == 1)
		tally->before_good = tally->answers - 1;
}

static void names_behind_a_hanging_one_do_not_wait_for_it(void **state)
{
	struct tally tally = {0};
	struct pf_question hanging = {.kind = PF_KIND_resolve, .resolve = {.host = "stuck.test"}};
	struct pf_question good = {.kind = PF_KIND_resolve, .resolve = {.host = "both.test"}};
	struct pf_loop *loop = pf_loop_new(NULL, count_answer, &tally);
	(void)state;
	pf_loop_hurry(loop, 300000, 600000, 600000);
	for (uint64_t i = 0; i < 8; i++)
		pf_loop_ask(loop, 100 + i, &hanging, pf_now_us() + 5000000);
	pf_loop_ask(loop, 1, &good, pf_now_us() + 5000000);
	while (pf_loop_pending(loop))
		pf_loop_turn(loop, -1, pf_now_us() + 1000000);
	assert_int_equal(tally.answers, 9);
	assert_int_equal(tally.unanswered, 8);
	assert_int_equal(tally.before_good, 0);
	pf_loop_free(loop);
	wait_until_none_is_stuck();
}

static void lookups_that_hang_do_not_pile_up(void **state)
{
	struct tally tally = {0};
	struct pf_question hanging = {.kind = PF_KIND_resolve, .resolve = {.host = "stuck.test"}};
	struct pf_loop *loop = pf_loop_new(NULL, count_answer, &tally);
	(void)state;
	pf_loop_hurry(loop, 300000, 200000, 200000);
	for (uint64_t i = 0; i < 3 * STUCK; i++)
		pf_loop_ask(loop, 100 + i, &hanging, pf_now_us() + 5000000);
	int64_t before = rig_now_ms();
	while (pf_loop_pending(loop))
		pf_loop_turn(loop, -1, pf_now_us() + 1000000);
	assert_int_equal(tally.answers, 3 * STUCK);
	assert_int_equal(tally.unanswered, 3 * STUCK);
	assert_int_equal(stuck, STUCK);
	assert_in_range(rig_now_ms() - before, 0, 1500);
	pf_loop_free(loop);
	wait_until_none_is_stuck();
}

#define HOSTILE(test) cmocka_unit_test_teardown(test, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOSTILE(localhost_is_this_machine),
		HOSTILE(an_address_is_its_own_answer),
		HOSTILE(the_old_family_comes_first),
		HOSTILE(a_crowd_is_sorted_and_cut_to_sixteen_of_each_family),
		HOSTILE(each_failure_has_its_outcome),
		HOSTILE(names_without_sense_are_not_looked_up),
		HOSTILE(a_resolver_that_hangs_is_given_up_in_time),
		HOSTILE(names_behind_a_hanging_one_do_not_wait_for_it),
		HOSTILE(lookups_that_hang_do_not_pile_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
