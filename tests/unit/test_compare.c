/* Two audits held against each other. */
#include "evaluate/record.h"

#include "base/limits.h"
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pf_verdict_kept verdict(const char *fingerprint, enum pf_status status,
                                      enum pf_severity severity)
{
	return (struct pf_verdict_kept){.fingerprint = fingerprint,
	                                .check = "caches.auth",
	                                .subject = fingerprint,
	                                .status = status,
	                                .severity = severity};
}

/* What became of one finding; PF_BECAME_WAYS: nothing to speak of. */
static enum pf_became became(enum pf_status before, enum pf_severity then, enum pf_status after,
                             enum pf_severity now)
{
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_verdict_kept old = verdict("a", before, then), new = verdict("a", after, now);
	struct pf_record left = {.verdicts = &old, .verdict_count = 1};
	struct pf_record right = {.verdicts = &new, .verdict_count = 1};
	const struct pf_comparison *comparison = pf_compare(arena, &left, &right);
	enum pf_became way = comparison->count ? comparison->at[0].became : PF_BECAME_WAYS;
	assert_true(comparison->count <= 1);
	pf_arena_free(arena);
	return way;
}

static void what_was_not_seen_to_pass_is_not_mended(void **state)
{
	(void)state;
	assert_int_equal(became(PF_FAIL, PF_HIGH, PF_PASS, PF_HIGH), PF_BECAME_MENDED);
	assert_int_equal(became(PF_FAIL, PF_HIGH, PF_UNKNOWN, PF_HIGH), PF_BECAME_UNSEEN);
	assert_int_equal(became(PF_FAIL, PF_HIGH, PF_SKIP, PF_HIGH), PF_BECAME_UNSEEN);
	assert_int_equal(became(PF_FAIL, PF_HIGH, PF_WAIVED, PF_HIGH), PF_BECAME_UNSEEN);
}

static void whatever_did_not_fail_before_is_new(void **state)
{
	(void)state;
	static const enum pf_status others[] = {PF_PASS, PF_UNKNOWN, PF_SKIP, PF_WAIVED};
	for (size_t i = 0; i < PF_COUNT(others); i++)
		assert_int_equal(became(others[i], PF_LOW, PF_FAIL, PF_LOW), PF_BECAME_NEW);
	assert_int_equal(became(PF_FAIL, PF_MEDIUM, PF_FAIL, PF_HIGH), PF_BECAME_NEW);
	assert_int_equal(became(PF_FAIL, PF_HIGH, PF_FAIL, PF_HIGH), PF_BECAME_OPEN);
	assert_int_equal(became(PF_FAIL, PF_HIGH, PF_FAIL, PF_LOW), PF_BECAME_OPEN);
}

static void what_fails_in_neither_is_not_told(void **state)
{
	(void)state;
	assert_int_equal(became(PF_PASS, PF_LOW, PF_UNKNOWN, PF_LOW), PF_BECAME_WAYS);
	assert_int_equal(became(PF_SKIP, PF_LOW, PF_PASS, PF_LOW), PF_BECAME_WAYS);
}

static void findings_that_only_one_has_are_told_too_and_the_worst_first(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_verdict_kept old[] = {verdict("b", PF_FAIL, PF_LOW),
	                                verdict("d", PF_FAIL, PF_LOW)};
	struct pf_verdict_kept new[] = {verdict("a", PF_FAIL, PF_LOW),
	                                verdict("c", PF_FAIL, PF_CRITICAL),
	                                verdict("d", PF_PASS, PF_LOW)};
	struct pf_record before = {.verdicts = old, .verdict_count = 2};
	struct pf_record after = {.verdicts = new, .verdict_count = 3};
	const struct pf_comparison *comparison = pf_compare(arena, &before, &after);
	static const char order[] = "cadb";
	assert_int_equal(comparison->count, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct pf_changed *one = &comparison->at[i];
		const char *name = (one->after ? one->after : one->before)->fingerprint;
		assert_int_equal(name[0], order[i]);
	}
	assert_int_equal(comparison->counts[PF_BECAME_NEW], 2);
	assert_int_equal(comparison->counts[PF_BECAME_UNSEEN], 1);
	pf_arena_free(arena);
}

static void marks_beyond_are_those_that_the_other_does_not_have(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_mark old[] = {{"listener", "app1", "gunicorn"}, {"listener", "app1", "sshd"}};
	struct pf_mark new[] = {{"listener", "app1", "sshd"},
	                        {"listener", "app1", "nc"},
	                        {"listener", "app1", "nc"}};
	size_t count = 3;
	pf_marks_sort(new, &count);
	assert_int_equal(count, 2);
	struct pf_record before = {.marks = old, .mark_count = 2},
			 after = {.marks = new, .mark_count = 2};
	struct pf_marks beyond = pf_marks_beyond(arena, &after, &before);
	assert_int_equal(beyond.count, 1);
	assert_string_equal(beyond.at[0].value, "nc");
	struct pf_record nothing = {0};
	assert_int_equal(pf_marks_beyond(arena, &after, &nothing).count, 2);
	pf_arena_free(arena);
}

static void a_scope_says_what_was_left_out(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	static const char *const only[] = {"https", "caches"}, *const from[] = {"app1"};
	struct pf_selection all = {0}, part = {.only = {only, 2}};
	assert_string_equal(pf_scope_of_run(arena, &all, (struct pf_words){0}), "");
	assert_string_equal(pf_scope_of_run(arena, &part, (struct pf_words){from, 1}),
	                    "only https, caches; from app1");
	pf_arena_free(arena);
}

static void a_digest_changes_with_every_word_that_counts(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(1024 * 1024);
	struct pf_verdict_kept kept = verdict("a", PF_FAIL, PF_HIGH);
	struct pf_record record = {.site = "shop",
	                           .url = "https://shop.test",
	                           .version = "1",
	                           .scope = "",
	                           .verdicts = &kept,
	                           .verdict_count = 1};
	const char *whole = pf_record_digest(arena, &record);
	kept.summary = "x";
	assert_string_not_equal(whole, pf_record_digest(arena, &record));
	kept.summary = NULL;
	kept.severity = PF_LOW;
	assert_string_not_equal(whole, pf_record_digest(arena, &record));
	kept.severity = PF_HIGH;
	record.started_at = 1;
	assert_string_not_equal(whole, pf_record_digest(arena, &record));
	record.started_at = 0;
	assert_string_equal(whole, pf_record_digest(arena, &record));
	record.digest = whole;
	const char *seal = pf_record_seal(arena, "", &record);
	assert_string_not_equal(seal, pf_record_seal(arena, "before", &record));
	record.scope = "only https";
	assert_string_not_equal(seal, pf_record_seal(arena, "", &record));
	pf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_not_seen_to_pass_is_not_mended),
		cmocka_unit_test(whatever_did_not_fail_before_is_new),
		cmocka_unit_test(what_fails_in_neither_is_not_told),
		cmocka_unit_test(findings_that_only_one_has_are_told_too_and_the_worst_first),
		cmocka_unit_test(marks_beyond_are_those_that_the_other_does_not_have),
		cmocka_unit_test(a_scope_says_what_was_left_out),
		cmocka_unit_test(a_digest_changes_with_every_word_that_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
