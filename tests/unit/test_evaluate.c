/* Evaluation: when a judge is asked, what is said when it is not, and in what order. */
#include "rig_audit.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CACHE "redis://cache1:6379"

static void an_answered_need_is_judged(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "fail");
	const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
	assert_int_equal(finding->status, PF_FAIL);
	assert_int_equal(finding->severity, PF_HIGH);
	assert_string_equal(finding->subject, CACHE);
	assert_string_equal(finding->vantage, "bastion");
	assert_string_equal(finding->area, "a");
	assert_string_equal(finding->summary, "does not hold");
	assert_string_equal(finding->shown->tag, "word");
	assert_int_equal(rig_judged, 1);
}

static void a_need_that_was_never_asked_is_unknown(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->needs = "word other";
	rig_say(rig, "a.one", CACHE, "pass");
	const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
	assert_int_equal(finding->status, PF_UNKNOWN);
	assert_non_null(strstr(finding->summary, "was not asked for \"other\""));
	assert_int_equal(rig_judged, 0);
}

static void every_ending_of_our_own_making_is_unknown_and_never_judged(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	struct pf_exchange *exchange = rig_ask(rig, 0, "a.one", "word", CACHE, PF_deadline);
	for (enum pf_outcome outcome = 0; outcome < PF_OUTCOME_COUNT; outcome++) {
		if (!pf_outcome_is_ours(outcome))
			continue;
		rig_answer(exchange)->outcome = outcome;
		const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
		assert_int_equal(finding->status, PF_UNKNOWN);
		assert_non_null(strstr(finding->summary, pf_outcome_sentence(outcome)));
	}
	assert_int_equal(rig_judged, 0);
}

static void an_ending_the_world_made_is_judged(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_refused);
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_PASS);
	assert_int_equal(rig_judged, 1);
}

static void an_answer_insisted_on_and_not_given_is_unknown_with_the_reason(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->needs = "word!";
	rig_answer(rig_ask(rig, 0, "a.one", "word", CACHE, PF_refused))->detail = "errno 111";
	const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
	assert_int_equal(finding->status, PF_UNKNOWN);
	assert_string_equal(finding->summary, CACHE " refused the connection: errno 111");
	assert_int_equal(rig_judged, 0);
}

static void an_optional_need_may_be_missing(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->needs = "word? other";
	rig_ask(rig, 0, "a.one", "other", CACHE, PF_answered);
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_PASS);
}

static void an_optional_need_may_have_ended_by_our_doing(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->needs = "word?";
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_deadline);
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_PASS);
}

static void a_missing_answer_is_unknown(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "pass")->answer = NULL;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_UNKNOWN);
}

static void a_case_without_any_of_its_needs_is_not_the_check_s(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "pass");
	rig_ask(rig, 0, "a.one", "other", "redis://cache2:6379", PF_answered);
	rig_only(rig_evaluate(rig), "a.one");
}

static void tags_are_compared_whole(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->needs = "word";
	rig_ask(rig, 0, "a.one", "wordy", CACHE, PF_answered);
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_SKIP);
}

static void exchanges_of_one_subject_are_one_case(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->needs = "word other!";
	rig_say(rig, "a.one", "one", "pass");
	rig_say(rig, "a.one", "two", "fail");
	rig_ask(rig, 0, "a.one", "other", "one", PF_answered);
	rig_ask(rig, 0, "a.one", "other", "two", PF_answered);
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_count(audit, "a.one"), 2);
	assert_int_equal(rig_found(audit, "a.one", "one", NULL)->status, PF_PASS);
	assert_int_equal(rig_found(audit, "a.one", "two", NULL)->status, PF_FAIL);
}

static void each_vantage_has_its_own_cases(void **state)
{
	struct rig *rig = *state;
	size_t world = rig_vantage(rig, "world", "outside");
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "fail");
	rig_ask(rig, world, "a.one", "word", CACHE, PF_refused);
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_found(audit, "a.one", CACHE, "bastion")->status, PF_FAIL);
	assert_int_equal(rig_found(audit, "a.one", CACHE, "world")->status, PF_PASS);
}

static void silence_without_a_control_is_unknown(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->quiet_needs_control = true;
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_silent);
	rig->evidence[0].control_answered = false;
	const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
	assert_int_equal(finding->status, PF_UNKNOWN);
	assert_non_null(strstr(finding->summary, "silence proves nothing"));
	assert_int_equal(rig_judged, 0);
}

static void silence_is_unknown_where_the_vantage_is_deaf_to_that_family(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->quiet_needs_control = true;
	rig_ask(rig, 0, "a.one", "word", CACHE " [192.0.2.20]", PF_silent);
	rig_ask(rig, 0, "a.one", "word", CACHE " [2001:db8::20]", PF_silent);
	rig->evidence[0].deaf[1] = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	const char *vantage = rig->evidence[0].vantage->name;
	assert_int_not_equal(rig_found(audit, "a.one", CACHE " [192.0.2.20]", vantage)->status,
	                     PF_UNKNOWN);
	const struct pf_finding *finding =
		rig_found(audit, "a.one", CACHE " [2001:db8::20]", vantage);
	assert_int_equal(finding->status, PF_UNKNOWN);
	assert_non_null(strstr(finding->summary, "silence proves nothing"));
}

static void a_firewall_s_word_without_a_control_is_unknown_too(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->quiet_needs_control = true;
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_unreachable);
	rig->evidence[0].control_answered = false;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_UNKNOWN);
}

static void silence_beside_a_control_is_judged(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->quiet_needs_control = true;
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_silent);
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_PASS);
}

static void a_refusal_is_an_answer_even_without_a_control(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->quiet_needs_control = true;
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_refused);
	rig->evidence[0].control_answered = false;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_PASS);
}

static void a_check_that_does_not_rest_on_silence_wants_no_control(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_silent);
	rig->evidence[0].control_answered = false;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_PASS);
}

static void a_pass_beside_an_optional_silence_wants_a_control(void **state)
{
	struct rig *rig = *state;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->quiet_needs_control = true;
	check->needs = "word other?";
	rig_say(rig, "a.one", CACHE, "pass");
	rig_ask(rig, 0, "a.one", "other", CACHE, PF_silent);
	rig->evidence[0].control_answered = false;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_UNKNOWN);
}

static void a_fail_that_was_answered_stands_beside_an_optional_silence(void **state)
{
	struct rig *rig = *state;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->quiet_needs_control = true;
	check->needs = "word other?";
	rig_say(rig, "a.one", CACHE, "fail");
	rig_ask(rig, 0, "a.one", "other", CACHE, PF_silent);
	rig->evidence[0].control_answered = false;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_FAIL);
}

static void a_pass_beside_an_optional_silence_and_a_control_stands(void **state)
{
	struct rig *rig = *state;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->quiet_needs_control = true;
	check->needs = "word other?";
	rig_say(rig, "a.one", CACHE, "pass");
	rig_ask(rig, 0, "a.one", "other", CACHE, PF_silent);
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_PASS);
}

static struct pf_verdict fails_for_silence(const struct pf_case *facts)
{
	return pf_fail(facts, "other", "should have answered");
}

static void a_fail_for_an_optional_silence_wants_a_control(void **state)
{
	struct rig *rig = *state;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->quiet_needs_control = true;
	check->needs = "word other?";
	check->judge = fails_for_silence;
	rig_say(rig, "a.one", CACHE, "pass");
	rig_ask(rig, 0, "a.one", "other", CACHE, PF_silent);
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_FAIL);
	rig->evidence[0].control_answered = false;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_UNKNOWN);
}

static void a_network_that_answers_for_others_proves_nothing_about_ports(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.port", PF_HIGH)->quiet_needs_control = true;
	rig_check(rig, "a.page", PF_HIGH);
	rig_say(rig, "a.port", CACHE, "fail");
	rig_say(rig, "a.page", CACHE, "fail");
	rig->evidence[0].control_contradicted = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_only(audit, "a.port")->status, PF_UNKNOWN);
	assert_int_equal(rig_only(audit, "a.page")->status, PF_FAIL);
}

/* One probe with two checks, `caches.first` and `caches.second`. */
static struct pf_check *two_checks(struct rig *rig)
{
	struct pf_check *first = rig_check(rig, "caches.first", PF_HIGH);
	struct pf_check *second = rig_check(rig, "caches.second", PF_HIGH);
	rig->probe_count = 1;
	rig->probes[0].check_count = 2;
	rig->probes[0].name = "caches";
	second->needs = "later";
	(void)first;
	return second;
}

static void a_shut_gate_makes_every_check_of_the_probe_unknown(void **state)
{
	struct rig *rig = *state;
	two_checks(rig);
	rig_ask(rig, 0, "caches", "name", CACHE, PF_no_such_name)->gate = true;
	rig_ask(rig, 0, "other", "name", CACHE, PF_no_such_name)->gate = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->finding_count, 2);
	assert_int_equal(rig_only(audit, "caches.first")->status, PF_UNKNOWN);
	assert_string_equal(rig_only(audit, "caches.second")->subject, CACHE);
	assert_string_equal(rig_only(audit, "caches.second")->summary,
	                    CACHE " has a name that does not resolve");
	assert_int_equal(rig_judged, 0);
}

static void an_open_gate_is_no_finding(void **state)
{
	struct rig *rig = *state;
	two_checks(rig);
	rig_ask(rig, 0, "caches", "name", CACHE, PF_answered)->gate = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_only(audit, "caches.first")->status, PF_SKIP);
}

static void a_shut_gate_says_nothing_of_checks_that_were_not_asked_for(void **state)
{
	struct rig *rig = *state;
	const char *const only[] = {"caches.second"};
	two_checks(rig);
	rig->selection.only = (struct pf_words){only, 1};
	rig_ask(rig, 0, "caches", "name", CACHE, PF_silent)->gate = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->finding_count, 1);
	assert_int_equal(rig_only(audit, "caches.second")->status, PF_UNKNOWN);
}

static void a_shut_gate_says_nothing_of_checks_whose_block_is_missing(void **state)
{
	struct rig *rig = *state;
	struct pf_check *second = two_checks(rig);
	second->block = "app";
	second->needs = "name";
	rig_ask(rig, 0, "caches", "name", CACHE, PF_silent)->gate = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_only(audit, "caches.first")->status, PF_UNKNOWN);
	assert_int_equal(rig_only(audit, "caches.second")->status, PF_SKIP);
}

static void a_shut_gate_and_an_exchange_make_one_finding(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "pass");
	rig_ask(rig, 0, "a.one", "name", CACHE, PF_no_such_name)->gate = true;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_UNKNOWN);
}

static void an_unreachable_vantage_makes_one_unknown_a_check(void **state)
{
	struct rig *rig = *state;
	size_t world = rig_vantage(rig, "world", "outside");
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.two", PF_HIGH);
	rig->evidence[world].status = "unreachable";
	rig->evidence[world].detail = "no route to host";
	rig_ask(rig, world, "a.one", "word", "one", PF_vantage_unreachable);
	rig_ask(rig, world, "a.one", "word", "two", PF_vantage_unreachable);
	rig_say(rig, "a.two", "one", "pass");
	const struct pf_audit *audit = rig_evaluate(rig);
	const struct pf_finding *finding = rig_only(audit, "a.one");
	assert_int_equal(finding->status, PF_UNKNOWN);
	assert_string_equal(finding->vantage, "world");
	assert_string_equal(finding->summary,
	                    "the vantage world could not be reached: no route to host");
	assert_int_equal(rig_only(audit, "a.two")->status, PF_PASS);
}

static bool asks_nowhere(const struct pf_site *site, const struct pf_vantage *vantage)
{
	(void)site;
	(void)vantage;
	return false;
}

static void an_unreachable_vantage_without_a_plan_goes_by_what_the_probe_says(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.two", PF_HIGH);
	rig_check(rig, "a.three", PF_HIGH)->block = "app";
	rig->probes[1].asks_from = asks_nowhere;
	rig->evidence[0].status = "unreachable";
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_only(audit, "a.three")->status, PF_SKIP);
	assert_int_equal(rig_only(audit, "a.one")->status, PF_UNKNOWN);
	assert_int_equal(rig_only(audit, "a.two")->status, PF_SKIP);
}

static bool never_applies(const struct pf_site *site)
{
	(void)site;
	return false;
}

static void what_is_declared_and_was_asked_by_nobody_is_unknown(void **state)
{
	struct rig *rig = *state;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->block = "app";
	check->seen_from = "app host";
	rig->site.app.declared = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	const struct pf_finding *finding = rig_only(audit, "a.one");
	assert_int_equal(finding->status, PF_UNKNOWN);
	assert_string_equal(finding->summary,
	                    "no vantage that was asked can see it: seen from app host, with all "
	                    "that it needs in the `app` block");
	assert_int_equal(audit->coverage, 0);
	assert_int_equal(pf_audit_exit(audit, PF_LOW), 3);
	assert_int_equal(rig_judged, 0);
}

static void what_is_declared_but_of_another_sort_is_skipped(void **state)
{
	struct rig *rig = *state;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->block = "app";
	check->applies = never_applies;
	rig->site.app.declared = true;
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_only(audit, "a.one")->status, PF_SKIP);
	assert_string_equal(rig_only(audit, "a.one")->summary, "does not apply to this site");
}

static void a_check_that_needs_no_block_and_was_not_asked_is_skipped(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.one", PF_HIGH)->block = "app";
	rig->site.app.declared = true;
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_SKIP);
}

static void a_check_nobody_could_see_names_the_block_it_wants(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->block = "caches";
	rig_check(rig, "a.two", PF_HIGH);
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(rig_only(audit, "a.one")->status, PF_SKIP);
	assert_string_equal(rig_only(audit, "a.one")->summary,
	                    "the site file has no `caches` block");
	assert_string_equal(rig_only(audit, "a.two")->summary, "does not apply to this site");
	assert_null(rig_only(audit, "a.two")->vantage);
}

static void every_block_counts_as_missing_until_it_is_declared(void **state)
{
	struct rig *rig = *state;
	static const struct pf_service service;
	static const struct pf_backup backup;
	const char *const blocks[] = {"app",   "databases", "caches",  "static",
	                              "media", "logs",      "backups", "vantages"};
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	for (size_t i = 0; i < PF_COUNT(blocks); i++) {
		check->block = blocks[i];
		assert_non_null(strstr(rig_only(rig_evaluate(rig), "a.one")->summary, blocks[i]));
	}
	rig->site.app.declared = rig->site.static_files.declared = true;
	rig->site.media.declared = rig->site.logs.declared = true;
	rig->site.databases = rig->site.caches = &service;
	rig->site.database_count = rig->site.cache_count = rig->site.backup_count = 1;
	rig->site.backups = &backup;
	rig->vantages[0].line = 7;
	for (size_t i = 0; i < PF_COUNT(blocks); i++) {
		check->block = blocks[i];
		assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_UNKNOWN);
	}
}

static void a_second_vantage_is_a_vantages_block(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->block = "vantages";
	rig_vantage(rig, "world", "outside");
	assert_int_equal(rig_only(rig_evaluate(rig), "a.one")->status, PF_UNKNOWN);
}

static void words_may_stand_in_a_later_row(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->title = NULL;
	rig_check(rig, "a.one", PF_HIGH)->title = "These words.";
	rig_say(rig, "a.one", CACHE, "pass");
	assert_string_equal(rig_only(rig_evaluate(rig), "a.one")->check->title, "These words.");
}

static void a_second_row_has_the_words_of_the_first(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	struct pf_check *second = rig_check(rig, "a.one", PF_MEDIUM);
	second->title = second->why = second->remedy = second->reference = NULL;
	rig->probes[1].name = "host";
	rig_say(rig, "host", "/srv/shop", "fail");
	const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
	assert_string_equal(finding->check->title, "It holds.");
	assert_int_equal(finding->severity, PF_MEDIUM);
}

static void two_rows_about_one_subject_make_one_finding_the_worse(void **state)
{
	struct rig *rig = *state;
	static const char *const words[] = {"skip", "pass", "unknown", "fail low", "fail high"};
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.one", PF_HIGH);
	rig->probes[1].name = "host";
	for (size_t i = 0; i + 1 < PF_COUNT(words); i++) {
		rig->evidence[0].count = 0;
		rig_say(rig, "host", CACHE, words[i]);
		rig_say(rig, "a.one", CACHE, words[i + 1]);
		const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
		static const enum pf_status expected[] = {PF_PASS, PF_UNKNOWN, PF_FAIL, PF_FAIL};
		static const enum pf_severity severities[] = {PF_HIGH, PF_HIGH, PF_LOW, PF_HIGH};
		assert_int_equal(finding->status, expected[i]);
		assert_int_equal(finding->severity, severities[i]);
	}
}

static void findings_stand_worst_first(void **state)
{
	struct rig *rig = *state;
	/* Neither areas nor names are in this order. */
	static const char *const order[] = {"y.critical", "z.high",   "b.low",   "a.unknown",
	                                    "a.waived",   "z.passes", "a.passes"};
	rig_check(rig, "b.low", PF_LOW);
	rig_check(rig, "z.passes", PF_LOW);
	rig_check(rig, "z.high", PF_HIGH);
	rig_check(rig, "y.critical", PF_CRITICAL);
	rig_check(rig, "a.waived", PF_CRITICAL);
	rig_check(rig, "a.unknown", PF_INFO);
	rig_check(rig, "a.passes", PF_CRITICAL);
	rig_check(rig, "a.skipped", PF_CRITICAL);
	rig_waive(rig, "a.waived", 100);
	rig_say(rig, "z.passes", CACHE, "pass");
	rig_say(rig, "a.passes", CACHE, "pass");
	rig_say(rig, "a.unknown", CACHE, "unknown");
	rig_say(rig, "a.waived", CACHE, "fail");
	rig_say(rig, "b.low", CACHE, "fail");
	rig_say(rig, "z.high", CACHE, "fail");
	rig_say(rig, "y.critical", CACHE, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->finding_count, 8);
	for (size_t i = 0; i < PF_COUNT(order); i++)
		assert_string_equal(audit->findings[i].check->id, order[i]);
	assert_string_equal(audit->findings[7].check->id, "a.skipped");
}

static void findings_of_one_rank_stand_by_area_id_subject_and_vantage(void **state)
{
	struct rig *rig = *state;
	size_t early = rig_vantage(rig, "aside", "outside");
	rig_check(rig, "z.two", PF_LOW);
	rig_check(rig, "z.one", PF_LOW);
	rig_check(rig, "a.one", PF_LOW);
	rig_say(rig, "a.one", "s", "fail");
	rig_say(rig, "z.two", "s", "fail");
	rig_say(rig, "z.one", "t", "fail");
	rig_say(rig, "z.one", "s", "fail");
	rig_answer(rig_ask(rig, early, "z.one", "word", "s", PF_answered))->raw.reply = "fail";
	const struct pf_audit *audit = rig_evaluate(rig);
	static const char *const order[][3] = {{"z.one", "s", "aside"},
	                                       {"z.one", "s", "bastion"},
	                                       {"z.one", "t", "bastion"},
	                                       {"z.two", "s", "bastion"},
	                                       {"a.one", "s", "bastion"}};
	for (size_t i = 0; i < PF_COUNT(order); i++) {
		assert_string_equal(audit->findings[i].check->id, order[i][0]);
		assert_string_equal(audit->findings[i].subject, order[i][1]);
		assert_string_equal(audit->findings[i].vantage, order[i][2]);
	}
}

static void the_order_of_arrival_changes_nothing(void **state)
{
	struct rig *rig = *state;
	static const char *const subjects[] = {"c", "a", "d", "b"};
	rig_check(rig, "a.one", PF_LOW);
	for (size_t i = 0; i < PF_COUNT(subjects); i++)
		rig_say(rig, "a.one", subjects[i], "fail");
	const struct pf_audit *one = rig_evaluate(rig);
	rig->evidence[0].count = 0;
	for (size_t i = PF_COUNT(subjects); i > 0; i--)
		rig_say(rig, "a.one", subjects[i - 1], "fail");
	const struct pf_audit *other = rig_evaluate(rig);
	for (size_t i = 0; i < one->finding_count; i++)
		assert_string_equal(one->findings[i].fingerprint, other->findings[i].fingerprint);
}

static void a_fingerprint_is_of_check_subject_and_vantage(void **state)
{
	struct rig *rig = *state;
	const char *text = "a.one\n" CACHE "\nbastion";
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "fail");
	const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
	assert_string_equal(finding->fingerprint, pf_sha256(rig->arena, text, strlen(text), 16));
	assert_int_equal(strlen(finding->fingerprint), 16);
}

static void prefixes_select_at_a_dot(void **state)
{
	(void)state;
	static const char *const only[] = {"caches", "https.hsts"}, *const skip[] = {"caches.auth"};
	const struct pf_selection selection = {{only, 2}, {skip, 1}};
	assert_true(pf_selected(&selection, "caches.only-app-servers"));
	assert_true(pf_selected(&selection, "https.hsts"));
	assert_false(pf_selected(&selection, "https.hsts-subdomains"));
	assert_false(pf_selected(&selection, "caches.auth"));
	assert_false(pf_selected(&selection, "cachesque.one"));
	assert_false(pf_selected(&selection, "debug.off"));
	assert_true(pf_selected(&(struct pf_selection){.skip = {skip, 1}}, "debug.off"));
	assert_true(pf_selected(NULL, "debug.off"));
}

static void a_pattern_selects_by_its_star(void **state)
{
	(void)state;
	static const char *const only[] = {"https.hsts*", "debug."};
	const struct pf_selection selection = {.only = {only, 2}};
	assert_true(pf_selected(&selection, "https.hsts-subdomains"));
	assert_true(pf_selected(&selection, "debug.off"));
	assert_false(pf_selected(&selection, "https.redirect-all"));
}

static void checks_that_were_not_asked_for_are_nowhere(void **state)
{
	struct rig *rig = *state;
	static const char *const skip[] = {"a"};
	rig->selection.skip = (struct pf_words){skip, 1};
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.two", PF_HIGH);
	rig_check(rig, "b.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->finding_count, 1);
	assert_int_equal(rig_judged, 0);
}

static void what_strangers_say_is_escaped_at_birth(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->needs = "word!";
	struct pf_exchange *exchange =
		rig_ask(rig, 0, "a.one", "word", "evil\033[2J\n\xe2\x80\xae", PF_refused);
	rig_answer(exchange)->detail = "\033]0;owned\007 \xff";
	const struct pf_finding *finding = rig_only(rig_evaluate(rig), "a.one");
	assert_string_equal(finding->subject, "evil\\x1b[2J\\n\\u{202e}");
	assert_null(strchr(finding->summary, '\033'));
	assert_null(strchr(finding->summary, '\n'));
	assert_true(pf_is_utf8(finding->summary, strlen(finding->summary)));
	assert_non_null(strstr(finding->summary, "\\xff"));
}

static void counts_are_of_findings(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.two", PF_HIGH);
	rig_say(rig, "a.one", "one", "fail");
	rig_say(rig, "a.one", "two", "fail");
	rig_say(rig, "a.one", "three", "pass");
	rig_say(rig, "a.one", "four", "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->counts[PF_FAIL], 2);
	assert_int_equal(audit->counts[PF_PASS], 1);
	assert_int_equal(audit->counts[PF_UNKNOWN], 1);
	assert_int_equal(audit->counts[PF_SKIP], 1);
	assert_int_equal(audit->counts[PF_WAIVED], 0);
}

static int exit_of(struct rig *rig, const char *word, int fail_on)
{
	rig->evidence[0].count = 0;
	rig_say(rig, "a.one", CACHE, word);
	return pf_audit_exit(rig_evaluate(rig), fail_on);
}

static void the_exit_says_whether_something_at_the_threshold_failed(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	assert_int_equal(exit_of(rig, "pass", PF_HIGH), 0);
	assert_int_equal(exit_of(rig, "fail", PF_HIGH), 1);
	assert_int_equal(exit_of(rig, "fail medium", PF_HIGH), 0);
	assert_int_equal(exit_of(rig, "fail medium", PF_LOW), 1);
	assert_int_equal(exit_of(rig, "fail critical", PF_CRITICAL + 1), 0);
	assert_int_equal(exit_of(rig, "skip", PF_LOW), 0);
}

static void the_exit_says_that_something_could_not_be_observed(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.two", PF_HIGH);
	assert_int_equal(exit_of(rig, "unknown", PF_HIGH), 3);
	rig_say(rig, "a.two", CACHE, "fail");
	assert_int_equal(pf_audit_exit(rig_evaluate(rig), PF_HIGH), 1);
	assert_int_equal(pf_audit_exit(rig_evaluate(rig), PF_CRITICAL), 3);
}

static void a_waived_fail_does_not_fail_the_run(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_waive(rig, "a.one", 100);
	assert_int_equal(exit_of(rig, "fail", PF_LOW), 0);
}

static void notices_can_be_added_and_are_escaped(void **state)
{
	struct rig *rig = *state;
	struct pf_audit *audit = rig_evaluate(rig);
	pf_audit_notice(rig->arena, audit, "first");
	pf_audit_notice(rig->arena, audit, "line 3:\033[2J");
	assert_int_equal(audit->notice_count, 2);
	assert_string_equal(audit->notices[0].text, "first");
	assert_string_equal(audit->notices[1].text, "line 3:\\x1b[2J");
}

static void thousands_of_exchanges_are_no_trouble(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_LOW);
	for (int i = 0; i < RIG_EXCHANGES; i++)
		rig_say(rig, "a.one", pf_arena_print(rig->arena, "subject %d", i * 7919 % 4096),
		        i % 2 ? "pass" : "fail");
	const struct pf_audit *audit = rig_evaluate(rig);
	assert_int_equal(audit->finding_count, RIG_EXCHANGES);
	assert_int_equal(audit->counts[PF_FAIL], RIG_EXCHANGES / 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answered_need_is_judged),
		TEST(a_need_that_was_never_asked_is_unknown),
		TEST(every_ending_of_our_own_making_is_unknown_and_never_judged),
		TEST(an_ending_the_world_made_is_judged),
		TEST(an_answer_insisted_on_and_not_given_is_unknown_with_the_reason),
		TEST(an_optional_need_may_be_missing),
		TEST(an_optional_need_may_have_ended_by_our_doing),
		TEST(a_missing_answer_is_unknown),
		TEST(a_case_without_any_of_its_needs_is_not_the_check_s),
		TEST(tags_are_compared_whole),
		TEST(exchanges_of_one_subject_are_one_case),
		TEST(each_vantage_has_its_own_cases),
		TEST(silence_without_a_control_is_unknown),
		TEST(silence_is_unknown_where_the_vantage_is_deaf_to_that_family),
		TEST(a_firewall_s_word_without_a_control_is_unknown_too),
		TEST(silence_beside_a_control_is_judged),
		TEST(a_refusal_is_an_answer_even_without_a_control),
		TEST(a_check_that_does_not_rest_on_silence_wants_no_control),
		TEST(a_pass_beside_an_optional_silence_wants_a_control),
		TEST(a_fail_that_was_answered_stands_beside_an_optional_silence),
		TEST(a_pass_beside_an_optional_silence_and_a_control_stands),
		TEST(a_fail_for_an_optional_silence_wants_a_control),
		TEST(a_network_that_answers_for_others_proves_nothing_about_ports),
		TEST(a_shut_gate_makes_every_check_of_the_probe_unknown),
		TEST(an_open_gate_is_no_finding),
		TEST(a_shut_gate_says_nothing_of_checks_that_were_not_asked_for),
		TEST(a_shut_gate_says_nothing_of_checks_whose_block_is_missing),
		TEST(a_shut_gate_and_an_exchange_make_one_finding),
		TEST(an_unreachable_vantage_makes_one_unknown_a_check),
		TEST(an_unreachable_vantage_without_a_plan_goes_by_what_the_probe_says),
		TEST(what_is_declared_and_was_asked_by_nobody_is_unknown),
		TEST(what_is_declared_but_of_another_sort_is_skipped),
		TEST(a_check_that_needs_no_block_and_was_not_asked_is_skipped),
		TEST(a_check_nobody_could_see_names_the_block_it_wants),
		TEST(every_block_counts_as_missing_until_it_is_declared),
		TEST(a_second_vantage_is_a_vantages_block),
		TEST(words_may_stand_in_a_later_row),
		TEST(a_second_row_has_the_words_of_the_first),
		TEST(two_rows_about_one_subject_make_one_finding_the_worse),
		TEST(findings_stand_worst_first),
		TEST(findings_of_one_rank_stand_by_area_id_subject_and_vantage),
		TEST(the_order_of_arrival_changes_nothing),
		TEST(a_fingerprint_is_of_check_subject_and_vantage),
		TEST(prefixes_select_at_a_dot),
		TEST(a_pattern_selects_by_its_star),
		TEST(checks_that_were_not_asked_for_are_nowhere),
		TEST(what_strangers_say_is_escaped_at_birth),
		TEST(counts_are_of_findings),
		TEST(the_exit_says_whether_something_at_the_threshold_failed),
		TEST(the_exit_says_that_something_could_not_be_observed),
		TEST(a_waived_fail_does_not_fail_the_run),
		TEST(notices_can_be_added_and_are_escaped),
		TEST(thousands_of_exchanges_are_no_trouble),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
