/* Waivers: what they cover, when they stop, and what is said about those that want attention. */
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HOST "https://shop.example.com"

static enum pf_status status_with(struct rig *rig, const char *word)
{
	rig->evidence[0].count = 0;
	rig_say(rig, "hosts.subdomains", HOST, word);
	return rig_only(rig_evaluate(rig), "hosts.subdomains")->status;
}

static int setup(void **state)
{
	rig_setup(state);
	rig_check(*state, "hosts.subdomains", PF_HIGH);
	return 0;
}

static void a_valid_waiver_covers_a_fail(void **state)
{
	struct rig *rig = *state;
	struct pf_waiver *waiver = rig_waive(rig, "hosts.subdomains", 100);
	rig_say(rig, "hosts.subdomains", HOST, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	const struct pf_finding *finding = rig_only(audit, "hosts.subdomains");
	assert_int_equal(finding->status, PF_WAIVED);
	assert_ptr_equal(finding->waiver, waiver);
	assert_string_equal(finding->summary, "does not hold");
	assert_int_equal(audit->notice_count, 0);
}

static void only_fails_are_waived(void **state)
{
	struct rig *rig = *state;
	rig_waive(rig, "hosts.subdomains", 100);
	assert_int_equal(status_with(rig, "pass"), PF_PASS);
	assert_int_equal(status_with(rig, "unknown"), PF_UNKNOWN);
	assert_int_equal(status_with(rig, "skip"), PF_SKIP);
	assert_int_equal(status_with(rig, "fail"), PF_WAIVED);
}

static void a_waiver_ends_at_its_very_second(void **state)
{
	struct rig *rig = *state;
	struct pf_waiver *waiver = rig_waive(rig, "hosts.subdomains", 0);
	waiver->expires = rig->now + 1;
	assert_int_equal(status_with(rig, "fail"), PF_WAIVED);
	waiver->expires = rig->now;
	assert_int_equal(status_with(rig, "fail"), PF_FAIL);
	assert_true(rig_noticed(rig_evaluate(rig), "expired on 2027-03-01"));
}

static void an_expired_waiver_is_reported_and_counts_as_not_there(void **state)
{
	struct rig *rig = *state;
	rig_waive(rig, "hosts.subdomains", -1);
	rig_say(rig, "hosts.subdomains", HOST, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_only(audit, "hosts.subdomains")->status, PF_FAIL);
	assert_null(rig_only(audit, "hosts.subdomains")->waiver);
	assert_true(rig_noticed(audit, "expired on 2027-03-01"));
	assert_true(rig_noticed(audit, "hosts.subdomains"));
	assert_true(rig_noticed(audit, "(line 40)"));
	assert_true(rig_noticed(audit, "ops@example.com"));
}

static void a_star_covers_many_checks(void **state)
{
	struct rig *rig = *state;
	struct pf_waiver *waiver = rig_waive(rig, "hosts.*", 100);
	assert_int_equal(status_with(rig, "fail"), PF_WAIVED);
	waiver->check = "hosts.sub";
	assert_int_equal(status_with(rig, "fail"), PF_FAIL);
}

static void a_subject_narrows_a_waiver(void **state)
{
	struct rig *rig = *state;
	struct pf_waiver *waiver = rig_waive(rig, "hosts.subdomains", 100);
	waiver->subject = "https://other.example.com";
	assert_int_equal(status_with(rig, "fail"), PF_FAIL);
	waiver->subject = "https://*.example.com";
	assert_int_equal(status_with(rig, "fail"), PF_WAIVED);
	waiver->subject = HOST;
	assert_int_equal(status_with(rig, "fail"), PF_WAIVED);
}

static void only_the_subject_it_names_is_waived(void **state)
{
	struct rig *rig = *state;
	rig_waive(rig, "hosts.subdomains", 100)->subject = HOST;
	rig_say(rig, "hosts.subdomains", HOST, "fail");
	rig_say(rig, "hosts.subdomains", "https://www.example.com", "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_found(audit, "hosts.subdomains", HOST, NULL)->status, PF_WAIVED);
	assert_int_equal(audit->counts[PF_FAIL], 1);
	assert_int_equal(audit->score, 0);
}

static void a_waiver_that_covers_nothing_is_reported(void **state)
{
	struct rig *rig = *state;
	rig_waive(rig, "hosts.subdomains", 100);
	rig_say(rig, "hosts.subdomains", HOST, "pass");
	assert_true(rig_noticed(rig_evaluate(rig), "covers nothing"));
}

static void a_waiver_of_something_unknown_is_left_in_peace(void **state)
{
	struct rig *rig = *state;
	rig_waive(rig, "hosts.subdomains", 100);
	rig_say(rig, "hosts.subdomains", HOST, "unknown");
	assert_int_equal(rig_evaluate(rig)->notice_count, 0);
}

static void a_waiver_of_a_check_not_asked_for_is_left_in_peace(void **state)
{
	struct rig *rig = *state;
	static const char *const skip[] = {"hosts"};
	rig->selection.skip = (struct pf_words){skip, 1};
	rig_waive(rig, "hosts.subdomains", 100);
	assert_int_equal(rig_evaluate(rig)->notice_count, 0);
}

static void a_waiver_of_no_check_at_all_suggests_one(void **state)
{
	struct rig *rig = *state;
	rig_waive(rig, "hosts.subdomain", 100);
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_true(rig_noticed(audit, "there is no such check"));
	assert_true(rig_noticed(audit, "did you mean hosts.subdomains?"));
}

static void the_last_fourteen_days_are_announced(void **state)
{
	struct rig *rig = *state;
	struct pf_waiver *waiver = rig_waive(rig, "hosts.subdomains", 14);
	rig_say(rig, "hosts.subdomains", HOST, "fail");
	assert_true(rig_noticed(rig_evaluate(rig), "expires on 2027-03-01, in 14 days"));
	waiver->expires++;
	assert_int_equal(rig_evaluate(rig)->notice_count, 0);
	waiver->expires = rig->now + 60;
	assert_true(rig_noticed(rig_evaluate(rig), "today"));
}

static void the_first_valid_waiver_is_the_one_named(void **state)
{
	struct rig *rig = *state;
	rig_waive(rig, "hosts.*", -5);
	rig_waive(rig, "hosts.*", 100);
	rig_say(rig, "hosts.subdomains", HOST, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_ptr_equal(rig_only(audit, "hosts.subdomains")->waiver, &rig->waivers[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_valid_waiver_covers_a_fail),
		TEST(only_fails_are_waived),
		TEST(a_waiver_ends_at_its_very_second),
		TEST(an_expired_waiver_is_reported_and_counts_as_not_there),
		TEST(a_star_covers_many_checks),
		TEST(a_subject_narrows_a_waiver),
		TEST(only_the_subject_it_names_is_waived),
		TEST(a_waiver_that_covers_nothing_is_reported),
		TEST(a_waiver_of_something_unknown_is_left_in_peace),
		TEST(a_waiver_of_a_check_not_asked_for_is_left_in_peace),
		TEST(a_waiver_of_no_check_at_all_suggests_one),
		TEST(the_last_fourteen_days_are_announced),
		TEST(the_first_valid_waiver_is_the_one_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
