/* The arena's limits and the clock's arithmetic. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void memory_is_zeroed_and_aligned(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	for (size_t size = 1; size < 5000; size += 77) {
		unsigned char *bytes = pf_arena_take(arena, size);
		assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, size);
	}
	pf_arena_free(arena);
}

static void a_large_object_does_not_close_the_current_block(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	char *before = pf_arena_take(arena, 16);
	memset(pf_arena_take(arena, 1024 * 1024), 1, 1024 * 1024);
	char *after = pf_arena_take(arena, 16);
	assert_ptr_equal(after, before + 16);
	pf_arena_free(arena);
}

/* Runs a function that should end the process; returns its exit status. */
static int exit_status_of(void (*function)(struct pf_arena *arena))
{
	pid_t pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		static struct pf_arena *volatile kept; /* so that valgrind counts it as reachable */
		kept = pf_arena_new(4096);
		function(kept);
		_exit(0);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void take_too_much(struct pf_arena *arena)
{
	for (int i = 0; i < 1000; i++)
		pf_arena_take(arena, 64);
}

static void multiply_too_far(struct pf_arena *arena)
{
	pf_arena_array(arena, SIZE_MAX / 2, 4);
}

static void the_limit_ends_the_process(void **state)
{
	(void)state;
	assert_int_equal(exit_status_of(take_too_much), 2);
}

static void an_overflowing_array_ends_the_process(void **state)
{
	(void)state;
	assert_int_equal(exit_status_of(multiply_too_far), 2);
}

static void arrays_grow_and_keep_their_items(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	size_t room = 0;
	int *numbers = NULL;
	for (int i = 0; i < 1000; i++) {
		numbers = pf_arena_grow(arena, numbers, (size_t)i, &room, sizeof *numbers);
		numbers[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(numbers[i], i);
	pf_arena_free(arena);
}

static void rewinding_gives_back_all_that_was_taken_since(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_arena_mark empty = pf_arena_mark(arena);
	char *kept = pf_arena_copy(arena, "kept");
	size_t used = pf_arena_used(arena);
	for (int round = 0; round < 100; round++) { /* far beyond the limit, together */
		struct pf_arena_mark mark = pf_arena_mark(arena);
		char *first = pf_arena_copy(arena, "first");
		memset(pf_arena_take(arena, 100 * 1000), 1, 100 * 1000);
		for (int i = 0; i < 100; i++)
			memset(pf_arena_take(arena, 1000), 1, 1000);
		assert_string_equal(first, "first");
		pf_arena_rewind(arena, mark);
		assert_int_equal(pf_arena_used(arena), used);
	}
	assert_string_equal(kept, "kept");
	pf_arena_rewind(arena, empty);
	assert_int_equal(pf_arena_used(arena), 0);
	assert_string_equal(pf_arena_copy(arena, "again"), "again");
	pf_arena_free(arena);
}

static void durations_are_read(void **state)
{
	(void)state;
	int64_t value;
	assert_true(pf_duration("26h", &value));
	assert_int_equal(value, 26 * 3600);
	assert_true(pf_duration("90", &value));
	assert_int_equal(value, 90);
	assert_true(pf_duration("1w", &value));
	assert_int_equal(value, 7 * 86400);
	assert_true(pf_duration_ms("500ms", &value));
	assert_int_equal(value, 500);
}

static void what_is_not_a_duration_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",     "h",           "-1h",     "1 h", "1y",
	                                    "1.5h", "9999999999s", "999999w", "5ms"};
	int64_t value;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(pf_duration(wrong[i], &value));
}

static void a_day_ends_where_the_next_begins(void **state)
{
	(void)state;
	int64_t seconds;
	assert_true(pf_end_of_day("2027-03-01", &seconds));
	assert_int_equal(seconds, 1803945600); /* 2027-03-02T00:00:00Z */
	assert_true(pf_end_of_day("2028-02-29", &seconds));
	assert_false(pf_end_of_day("2027-02-29", &seconds));
	assert_false(pf_end_of_day("2027-13-01", &seconds));
	assert_false(pf_end_of_day("2027-3-1", &seconds));
	assert_false(pf_end_of_day("2027-03-01T", &seconds));
}

static void times_are_written_in_utc(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(4096);
	assert_string_equal(pf_timestamp(arena, 1803945600), "2027-03-02T00:00:00Z");
	assert_string_equal(pf_timestamp(arena, INT64_MAX), "9999-12-31T23:59:59Z");
	pf_arena_free(arena);
}

static void spans_are_written_for_people(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(4096);
	assert_string_equal(pf_span(arena, 26 * 3600), "26 hours");
	assert_string_equal(pf_span(arena, 3 * 86400 + 5), "3 days");
	assert_string_equal(pf_span(arena, 1), "1 second");
	pf_arena_free(arena);
}

static void a_deadline_that_has_passed_leaves_nothing_to_wait_for(void **state)
{
	(void)state;
	assert_int_equal(pf_until_ms(pf_now_us() - 1), 0);
	int left = pf_until_ms(pf_now_us() + 1500);
	assert_in_range(left, 1, 2);
	assert_int_equal(pf_until_ms(INT64_MAX), INT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(a_large_object_does_not_close_the_current_block),
		cmocka_unit_test(the_limit_ends_the_process),
		cmocka_unit_test(an_overflowing_array_ends_the_process),
		cmocka_unit_test(arrays_grow_and_keep_their_items),
		cmocka_unit_test(rewinding_gives_back_all_that_was_taken_since),
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(what_is_not_a_duration_is_refused),
		cmocka_unit_test(a_day_ends_where_the_next_begins),
		cmocka_unit_test(times_are_written_in_utc),
		cmocka_unit_test(spans_are_written_for_people),
		cmocka_unit_test(a_deadline_that_has_passed_leaves_nothing_to_wait_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
