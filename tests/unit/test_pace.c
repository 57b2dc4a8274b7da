/* The pace of asking: a burst, a steady rate, and Retry-After in all its forms. */
#include "base/limits.h"
#include "drivers/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t NOW = 1000 * 1000 * 1000;

static void a_healthy_audit_is_not_slowed_down(void **state)
{
	(void)state;
	struct pf_pace pace = {0};
	for (int i = 0; i < PF_REQUESTS_AT_ONCE; i++) {
		assert_int_equal(pf_pace_next(&pace, NOW), NOW);
		pf_pace_spend(&pace, NOW);
	}
	assert_true(pf_pace_next(&pace, NOW) > NOW);
}

static void beyond_the_burst_there_are_so_many_a_second(void **state)
{
	(void)state;
	struct pf_pace pace = {0};
	int64_t now = NOW;
	for (int i = 0; i < PF_REQUESTS_AT_ONCE + 3 * PF_REQUESTS_PER_SECOND; i++) {
		now = pf_pace_next(&pace, now);
		pf_pace_spend(&pace, now);
	}
	assert_in_range(now - NOW, 2900 * 1000, 3100 * 1000);
}

static void nothing_is_asked_while_it_is_on_hold(void **state)
{
	(void)state;
	struct pf_pace pace = {.hold_us = NOW + 5};
	assert_int_equal(pf_pace_next(&pace, NOW), NOW + 5);
	assert_int_equal(pf_pace_next(&pace, NOW + 9), NOW + 9);
}

enum { BRISK = PF_BRISK_US - 1, SLOW = PF_SLOW_US + 1 };

static void a_brisk_site_is_asked_more_and_more_at_once(void **state)
{
	(void)state;
	struct pf_pace pace = {0};
	assert_int_equal(pf_pace_window(&pace), PF_REQUESTS_AT_FIRST);
	pf_pace_learn(&pace, NOW, NOW + BRISK);
	assert_int_equal(pf_pace_window(&pace), PF_REQUESTS_AT_FIRST + 1);
	for (int i = 0; i < 100; i++)
		pf_pace_learn(&pace, NOW, NOW + BRISK);
	assert_int_equal(pf_pace_window(&pace), PF_IN_FLIGHT_PER_ADDRESS);
	pf_pace_learn(&pace, NOW, NOW + PF_BRISK_US + 1); /* neither brisk nor slow */
	assert_int_equal(pf_pace_window(&pace), PF_IN_FLIGHT_PER_ADDRESS);
}

static void a_slow_one_is_asked_half_as_much_once_for_all_that_were_in_flight(void **state)
{
	(void)state;
	struct pf_pace pace = {0};
	int64_t now = NOW;
	for (int i = 0; i < PF_REQUESTS_AT_FIRST; i++)
		pf_pace_learn(&pace, now, now + SLOW + i);
	assert_int_equal(pf_pace_window(&pace), PF_REQUESTS_AT_FIRST / 2);
	for (int i = 0; i < 10; i++) {
		now += 2 * SLOW;
		pf_pace_learn(&pace, now, now + SLOW);
	}
	assert_int_equal(pf_pace_window(&pace), PF_REQUESTS_AT_LEAST);
	pf_pace_learn(&pace, now, now + BRISK);
	assert_int_equal(pf_pace_window(&pace), PF_REQUESTS_AT_LEAST + 1);
}

static int64_t wait(int status, const char *header)
{
	struct pf_facts_http facts = {.status = status, .headers = {&header, header != NULL}};
	return pf_put_off(&facts, 784111777); /* Sun, 06 Nov 1994 08:49:37 GMT */
}

static void retry_after_is_seconds_or_a_date(void **state)
{
	(void)state;
	assert_int_equal(wait(429, "retry-after: 7"), 7);
	assert_int_equal(wait(503, "retry-after: 120"), 120);
	assert_int_equal(wait(429, "retry-after: Sun, 06 Nov 1994 08:50:37 GMT"), 60);
	assert_int_equal(wait(429, "retry-after: 99999999999999999999"), INT32_MAX);
}

static void what_makes_no_sense_waits_the_default(void **state)
{
	(void)state;
	assert_int_equal(wait(429, NULL), PF_PUT_OFF_DEFAULT_S);
	assert_int_equal(wait(429, "retry-after: soon"), PF_PUT_OFF_DEFAULT_S);
	assert_int_equal(wait(429, "retry-after: 0"), PF_PUT_OFF_DEFAULT_S);
	assert_int_equal(wait(503, NULL), 0);
	assert_int_equal(wait(503, "retry-after: -1"), 0);
	assert_int_equal(wait(200, "retry-after: 7"), 0);
}

static void a_site_that_is_far_is_asked_more_at_once_from_the_first_on(void **state)
{
	(void)state;
	struct pf_pace pace = {0};
	pf_pace_far(&pace, PF_FAR_US - 1);
	assert_int_equal(pf_pace_window(&pace), PF_REQUESTS_AT_FIRST);
	pf_pace_far(&pace, PF_BRISK_US);
	assert_int_equal(pf_pace_window(&pace), PF_REQUESTS_AT_FIRST);
	pf_pace_far(&pace, PF_FAR_US);
	assert_int_equal(pf_pace_window(&pace), PF_IN_FLIGHT_PER_ADDRESS);
	pf_pace_learn(&pace, 1, 1 + PF_SLOW_US);
	assert_int_equal(pf_pace_window(&pace), PF_IN_FLIGHT_PER_ADDRESS / 2);
	pf_pace_far(&pace, PF_FAR_US); /* it was slow: it is far no more */
	assert_int_equal(pf_pace_window(&pace), PF_IN_FLIGHT_PER_ADDRESS / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_audit_is_not_slowed_down),
		cmocka_unit_test(beyond_the_burst_there_are_so_many_a_second),
		cmocka_unit_test(nothing_is_asked_while_it_is_on_hold),
		cmocka_unit_test(a_brisk_site_is_asked_more_and_more_at_once),
		cmocka_unit_test(a_slow_one_is_asked_half_as_much_once_for_all_that_were_in_flight),
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
		cmocka_unit_test(what_makes_no_sense_waits_the_default),
		cmocka_unit_test(a_site_that_is_far_is_asked_more_at_once_from_the_first_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
