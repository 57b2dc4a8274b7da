/* Score, grade, coverage: the arithmetic of README's "Score, grade, coverage", rule by rule. */
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A check of that severity whose only finding is `word`. */
static void finding(struct rig *rig, const char *id, enum pf_severity severity, const char *word)
{
	rig_check(rig, id, severity);
	rig_say(rig, id, "subject", word);
}

/* Passing checks that outweigh `low` fails by far: 97 of 100 and more. */
static void much_that_passes(struct rig *rig)
{
	static const char *const ids[] = {"p.1", "p.2", "p.3", "p.4", "p.5",
	                                  "p.6", "p.7", "p.8", "p.9", "p.10"};
	for (size_t i = 0; i < PF_COUNT(ids); i++)
		finding(rig, ids[i], PF_CRITICAL, "pass");
}

static void each_severity_has_its_weight(void **state)
{
	struct rig *rig = *state;
	/* Of 20 + 8 + 3 + 1 the severities in turn are missing. */
	static const int scores[] = {37, 75, 90, 96};
	static const enum pf_severity severities[] = {PF_CRITICAL, PF_HIGH, PF_MEDIUM, PF_LOW};
	static const char *const ids[] = {"a.critical", "a.high", "a.medium", "a.low"};
	for (size_t i = 0; i < 4; i++)
		rig_check(rig, ids[i], severities[i]);
	for (size_t failing = 0; failing < 4; failing++) {
		rig->evidence[0].count = 0;
		for (size_t i = 0; i < 4; i++)
			rig_say(rig, ids[i], "subject", i == failing ? "fail" : "pass");
		assert_int_equal(rig_evaluate(rig)->score, scores[failing]);
	}
}

static void the_score_is_rounded_down(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_LOW, "pass");
	finding(rig, "a.two", PF_LOW, "pass");
	finding(rig, "a.three", PF_LOW, "fail");
	assert_int_equal(rig_evaluate(rig)->score, 66);
}

static void info_is_never_scored(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_LOW, "pass");
	finding(rig, "a.two", PF_INFO, "fail");
	finding(rig, "a.three", PF_INFO, "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 100);
	assert_true(audit->coverage == 1.0);
	assert_string_equal(audit->grade, "A+");
}

static void a_check_counts_once_and_its_worst_finding_decides(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_HIGH, "pass");
	rig_say(rig, "a.two", "second", "pass");
	rig_say(rig, "a.two", "third", "fail");
	rig_say(rig, "a.two", "fourth", "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 50);
	assert_true(audit->coverage == 1.0);
}

static void an_unknown_finding_outweighs_passes(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_HIGH, "pass");
	rig_say(rig, "a.two", "second", "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 100);
	assert_true(audit->coverage == 0.5);
}

static void a_failing_check_weighs_as_its_worst_fail(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_CRITICAL, "fail low");
	rig_say(rig, "a.two", "second", "fail medium");
	/* 8 of 8 + 3 */
	assert_int_equal(rig_evaluate(rig)->score, 72);
}

static void a_fail_can_be_worse_than_declared(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_LOW, "fail critical");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 28);
	assert_string_equal(audit->grade, "F");
}

static void a_passing_check_weighs_as_declared(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_CRITICAL, "pass");
	finding(rig, "a.two", PF_HIGH, "fail");
	assert_int_equal(rig_evaluate(rig)->score, 71);
}

static void skips_leave_score_and_coverage_alone(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_CRITICAL, "skip");
	rig_check(rig, "a.three", PF_CRITICAL);
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 100);
	assert_true(audit->coverage == 1.0);
}

static void waived_checks_leave_score_coverage_and_grade(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_CRITICAL, "fail");
	rig_waive(rig, "a.two", 100);
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 100);
	assert_true(audit->coverage == 1.0);
	assert_string_equal(audit->grade, "A+");
	assert_int_equal(audit->counts[PF_WAIVED], 1);
}

static void unknowns_lower_coverage_and_not_the_score(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_HIGH, "pass");
	finding(rig, "a.three", PF_HIGH, "pass");
	finding(rig, "a.four", PF_HIGH, "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 100);
	assert_true(audit->coverage == 0.75);
	assert_string_equal(audit->grade, "A");
}

static void grades_go_by_the_score(void **state)
{
	struct rig *rig = *state;
	/* So many of 100 low checks pass: low fails cap nothing. */
	static const struct {
		int passing;
		const char *grade;
	} steps[] = {{100, "A+"}, {97, "A+"}, {96, "A"}, {90, "A"}, {89, "B"}, {80, "B"},
	             {79, "C"},   {70, "C"},  {69, "D"}, {60, "D"}, {59, "F"}, {0, "F"}};
	static struct pf_check checks[100];
	rig_check(rig, "a.one", PF_LOW);
	rig->probes[0].checks = checks;
	rig->probes[0].check_count = PF_COUNT(checks);
	rig_ask(rig, 0, "a.one", "of-good", "good", PF_answered);
	rig_say(rig, "a.one", "good", "pass");
	rig_ask(rig, 0, "a.one", "of-bad", "bad", PF_answered);
	rig_say(rig, "a.one", "bad", "fail");
	for (size_t step = 0; step < PF_COUNT(steps); step++) {
		for (size_t i = 0; i < PF_COUNT(checks); i++) {
			/* Each check sees one subject alone: the good one or the bad. */
			bool passes = (int)i < steps[step].passing;
			checks[i] = (struct pf_check){
				.id = pf_arena_print(rig->arena, "a.c%zu", i),
				.severity = PF_LOW,
				.needs = passes ? "of-good" : "of-bad",
				.judge = rig_judge,
				.title = "It holds.",
			};
		}
		const struct pf_audit *audit = rig_evaluate(rig);
		assert_int_equal(audit->score, steps[step].passing);
		assert_string_equal(audit->grade, steps[step].grade);
	}
}

static void a_failing_critical_check_means_f(void **state)
{
	struct rig *rig = *state;
	much_that_passes(rig);
	finding(rig, "a.bad", PF_CRITICAL, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 90);
	assert_string_equal(audit->grade, "F");
	assert_int_equal(audit->grade_capped_by.count, 1);
	assert_string_equal(audit->grade_capped_by.at[0], "a.bad");
}

static void a_failing_high_check_means_at_most_c(void **state)
{
	struct rig *rig = *state;
	much_that_passes(rig);
	finding(rig, "a.medium", PF_MEDIUM, "fail");
	finding(rig, "a.bad", PF_HIGH, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 94);
	assert_string_equal(audit->grade, "C");
	assert_int_equal(audit->grade_capped_by.count, 1);
	assert_string_equal(audit->grade_capped_by.at[0], "a.bad");
}

static void a_failing_medium_check_means_at_most_b(void **state)
{
	struct rig *rig = *state;
	much_that_passes(rig);
	finding(rig, "a.bad", PF_MEDIUM, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 98);
	assert_string_equal(audit->grade, "B");
	assert_string_equal(audit->grade_capped_by.at[0], "a.bad");
}

static void a_failing_low_check_caps_nothing(void **state)
{
	struct rig *rig = *state;
	much_that_passes(rig);
	finding(rig, "a.bad", PF_LOW, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_string_equal(audit->grade, "A+");
	assert_int_equal(audit->grade_capped_by.count, 0);
}

static void a_cap_goes_by_the_fail_not_by_the_check(void **state)
{
	struct rig *rig = *state;
	much_that_passes(rig);
	finding(rig, "a.bad", PF_CRITICAL, "fail medium");
	assert_string_equal(rig_evaluate(rig)->grade, "B");
	finding(rig, "a.worse", PF_LOW, "fail critical");
	assert_string_equal(rig_evaluate(rig)->grade, "F");
}

static void a_low_score_stays_below_a_cap(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "pass");
	finding(rig, "a.two", PF_HIGH, "pass");
	finding(rig, "a.bad", PF_HIGH, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, 66);
	assert_string_equal(audit->grade, "D");
	assert_int_equal(audit->grade_capped_by.count, 0);
}

static void every_check_that_caps_is_named_in_order(void **state)
{
	struct rig *rig = *state;
	much_that_passes(rig);
	finding(rig, "z.bad", PF_HIGH, "fail");
	finding(rig, "a.bad", PF_HIGH, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->grade_capped_by.count, 2);
	assert_string_equal(audit->grade_capped_by.at[0], "z.bad");
	assert_string_equal(audit->grade_capped_by.at[1], "a.bad");
}

static void an_a_plus_wants_a_coverage_of_95_percent(void **state)
{
	struct rig *rig = *state;
	/* 19 of 20 are 95 %, 18 are not. */
	static const char *const ids[] = {"a.1",  "a.2",  "a.3",  "a.4",  "a.5",  "a.6",
	                                  "a.7",  "a.8",  "a.9",  "a.10", "a.11", "a.12",
	                                  "a.13", "a.14", "a.15", "a.16", "a.17", "a.18"};
	for (size_t i = 0; i < PF_COUNT(ids); i++)
		finding(rig, ids[i], PF_LOW, "pass");
	finding(rig, "a.19", PF_LOW, "unknown");
	rig_check(rig, "a.20", PF_LOW);
	struct pf_exchange *last = rig_say(rig, "a.20", "subject", "pass");
	assert_string_equal(rig_evaluate(rig)->grade, "A+");
	rig_answer(last)->raw.reply = "unknown";
	assert_string_equal(rig_evaluate(rig)->grade, "A");
}

static void under_60_percent_coverage_there_is_no_grade_and_a_reason(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_LOW, "pass");
	finding(rig, "a.two", PF_LOW, "pass");
	finding(rig, "a.three", PF_LOW, "pass");
	finding(rig, "a.four", PF_LOW, "unknown");
	finding(rig, "a.five", PF_LOW, "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_string_equal(audit->grade, "A");
	assert_null(audit->no_grade_because);
	finding(rig, "a.six", PF_LOW, "unknown");
	audit = rig_evaluate(rig);
	assert_null(audit->grade);
	assert_int_equal(audit->score, 100);
	assert_int_equal(audit->grade_capped_by.count, 0);
	assert_non_null(strstr(audit->no_grade_because, "50 %"));
}

static void nothing_observed_is_no_score_and_no_grade(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, -1);
	assert_null(audit->grade);
	assert_non_null(audit->no_grade_because);
	assert_true(audit->coverage == 0);
}

static void nothing_that_applies_is_no_score_either(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->score, -1);
	assert_null(audit->grade);
	assert_int_equal(audit->area_count, 0);
}

static void areas_are_scored_apart_in_the_order_of_the_registry(void **state)
{
	struct rig *rig = *state;
	finding(rig, "z.one", PF_HIGH, "pass");
	finding(rig, "a.one", PF_HIGH, "unknown");
	finding(rig, "z.two", PF_HIGH, "fail");
	finding(rig, "b.one", PF_HIGH, "pass");
	finding(rig, "b.two", PF_HIGH, "unknown");
	finding(rig, "c.one", PF_HIGH, "skip");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->area_count, 3);
	assert_string_equal(audit->areas[0].area, "z");
	assert_int_equal(audit->areas[0].score, 50);
	assert_true(audit->areas[0].coverage == 1.0);
	assert_string_equal(audit->areas[1].area, "a");
	assert_int_equal(audit->areas[1].score, -1);
	assert_true(audit->areas[1].coverage == 0);
	assert_string_equal(audit->areas[2].area, "b");
	assert_int_equal(audit->areas[2].score, 100);
	assert_true(audit->areas[2].coverage == 0.5);
}

static void blocks_that_would_unlock_checks_are_listed_most_first(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->block = "app";
	rig_check(rig, "b.one", PF_HIGH)->block = "backups";
	rig_check(rig, "b.two", PF_HIGH)->block = "backups";
	rig_check(rig, "c.one", PF_HIGH)->block = "caches";
	finding(rig, "d.one", PF_HIGH, "skip");
	rig_say(rig, "c.one", "subject", "pass");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->unlock_count, 2);
	assert_string_equal(audit->unlock[0].block, "backups");
	assert_int_equal(audit->unlock[0].checks, 2);
	assert_string_equal(audit->unlock[1].block, "app");
	assert_int_equal(audit->unlock[1].checks, 1);
}

static void a_skip_that_was_judged_unlocks_nothing(void **state)
{
	struct rig *rig = *state;
	finding(rig, "a.one", PF_HIGH, "skip");
	rig_check(rig, "a.one", PF_HIGH)->block = "app";
	rig->probes[1].name = "host";
	assert_int_equal(rig_evaluate(rig)->unlock_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_severity_has_its_weight),
		TEST(the_score_is_rounded_down),
		TEST(info_is_never_scored),
		TEST(a_check_counts_once_and_its_worst_finding_decides),
		TEST(an_unknown_finding_outweighs_passes),
		TEST(a_failing_check_weighs_as_its_worst_fail),
		TEST(a_fail_can_be_worse_than_declared),
		TEST(a_passing_check_weighs_as_declared),
		TEST(skips_leave_score_and_coverage_alone),
		TEST(waived_checks_leave_score_coverage_and_grade),
		TEST(unknowns_lower_coverage_and_not_the_score),
		TEST(grades_go_by_the_score),
		TEST(a_failing_critical_check_means_f),
		TEST(a_failing_high_check_means_at_most_c),
		TEST(a_failing_medium_check_means_at_most_b),
		TEST(a_failing_low_check_caps_nothing),
		TEST(a_cap_goes_by_the_fail_not_by_the_check),
		TEST(a_low_score_stays_below_a_cap),
		TEST(every_check_that_caps_is_named_in_order),
		TEST(an_a_plus_wants_a_coverage_of_95_percent),
		TEST(under_60_percent_coverage_there_is_no_grade_and_a_reason),
		TEST(nothing_observed_is_no_score_and_no_grade),
		TEST(nothing_that_applies_is_no_score_either),
		TEST(areas_are_scored_apart_in_the_order_of_the_registry),
		TEST(blocks_that_would_unlock_checks_are_listed_most_first),
		TEST(a_skip_that_was_judged_unlocks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
