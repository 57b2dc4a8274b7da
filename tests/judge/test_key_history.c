/* secret-key.not-shared and .fallbacks-retired: what earlier audits know of the keys. */
#include "rig_story.h"

PF_PROBE(key_history);

#define NOW 1800000000
#define DAY (24 * 3600)

static const struct pf_sighting known[] = {
	{"staging",
         "https://staging.test",
         {"key", "SECRET_KEY", "aaaa"},
         NOW - 90 * DAY,
         NOW - DAY},
	{"shop", "https://shop.test", {"key", "SECRET_KEY", "bbbb"}, NOW - 90 * DAY, NOW - DAY},
	{"shop",
         "https://shop.test",
         {"key", "SECRET_KEY_FALLBACKS", "cccc"},
         NOW - 31 * DAY,
         NOW - DAY},
	{"shop",
         "https://shop.test",
         {"key", "SECRET_KEY", "dddd"},
         NOW - 90 * DAY,
         NOW - 20 * DAY},
	{"shop",
         "https://shop.test",
         {"key", "SECRET_KEY_FALLBACKS", "dddd"},
         NOW - 20 * DAY,
         NOW - DAY},
};
static const struct pf_memory memory = {known, PF_COUNT(known), NOW, NULL};
static const struct pf_memory own = {known + 1, PF_COUNT(known) - 1, NOW, NULL};
static const struct pf_memory broken = {NULL, 0, NOW, "it is locked"};

static struct rig *settings(const char *keys, const struct pf_memory *history)
{
	struct rig *rig = rig_new(&pf_probe_key_history);
	rig->subject = "settings";
	rig->memory = history;
	rig_told(rig, "settings", pf_arena_print(rig->arena, "%spostflight end=settings\\n", keys));
	return rig;
}

#define KEY(digest) "postflight secret_key=60 30 False " digest "\\n"
#define FALLBACK(digest) "postflight fallback=60 30 False " digest "\\n"

static void secret_key_not_shared__passes_when_no_other_site_has_it(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb"), &memory), "secret-key.not-shared", PF_PASS,
	          "none of the 1 other sites");
}

static void secret_key_not_shared__fails_when_another_site_has_it(void **state)
{
	(void)state;
	rig_story(settings(KEY("aaaa"), &memory), "secret-key.not-shared", PF_FAIL,
	          "site staging (https://staging.test)");
}

static void secret_key_not_shared__is_no_fault_of_a_site_that_was_renamed(void **state)
{
	(void)state;
	struct rig *rig = settings(KEY("aaaa"), &memory);
	rig->site.name = "staging";
	rig_story(rig, "secret-key.not-shared", PF_SKIP, "no other site");
}

static void secret_key_not_shared__is_skipped_when_no_other_site_is_known(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb"), &own), "secret-key.not-shared", PF_SKIP, "no other site");
}

static void secret_key_not_shared__is_skipped_without_a_history(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb"), NULL), "secret-key.not-shared", PF_SKIP, "no history");
}

static void secret_key_not_shared__is_unknown_when_the_history_is_not_available(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb"), &broken), "secret-key.not-shared", PF_UNKNOWN,
	          "it is locked");
}

static void secret_key_not_shared__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_key_history);
	rig->subject = "settings";
	rig->memory = &memory;
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "secret-key.not-shared", PF_UNKNOWN, "KeyError");
}

static void secret_key_fallbacks_retired__passes_without_fallbacks(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb"), NULL), "secret-key.fallbacks-retired", PF_PASS,
	          "no SECRET_KEY_FALLBACKS");
}

static void secret_key_fallbacks_retired__passes_for_a_new_one(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb") FALLBACK("eeee"), &memory), "secret-key.fallbacks-retired",
	          PF_PASS, "none of 1");
}

static void secret_key_fallbacks_retired__passes_for_one_that_was_the_key_until_lately(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb") FALLBACK("dddd"), &memory), "secret-key.fallbacks-retired",
	          PF_PASS, "none of 1");
}

static void secret_key_fallbacks_retired__fails_for_an_old_one(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb") FALLBACK("dddd") FALLBACK("cccc"), &memory),
	          "secret-key.fallbacks-retired", PF_FAIL,
	          "SECRET_KEY_FALLBACKS[1] has been there for 31 days");
}

static void secret_key_fallbacks_retired__fails_by_the_age_in_the_site_file(void **state)
{
	(void)state;
	struct rig *rig = settings(KEY("bbbb") FALLBACK("dddd"), &memory);
	rig->site.app.fallback_max_age = 10 * DAY;
	rig_story(rig, "secret-key.fallbacks-retired", PF_FAIL, "longer than 10 days");
}

static void secret_key_fallbacks_retired__is_unknown_when_the_history_is_not_available(void **state)
{
	(void)state;
	rig_story(settings(KEY("bbbb") FALLBACK("cccc"), &broken), "secret-key.fallbacks-retired",
	          PF_UNKNOWN, "it is locked");
}

static void secret_key_fallbacks_retired__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_key_history);
	rig->subject = "settings";
	rig->memory = &memory;
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "secret-key.fallbacks-retired", PF_UNKNOWN, "KeyError");
}

static void keys_are_marked_by_their_digests(void **state)
{
	(void)state;
	struct rig *rig = settings(KEY("bbbb") FALLBACK("cccc"), NULL);
	const struct pf_audit *audit = rig_audit(rig);
	assert_int_equal(audit->mark_count, 2);
	assert_string_equal(audit->marks[0].subject, "SECRET_KEY");
	assert_string_equal(audit->marks[0].value, "bbbb");
	assert_string_equal(audit->marks[1].value, "cccc");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_key_not_shared__passes_when_no_other_site_has_it),
		cmocka_unit_test(secret_key_not_shared__fails_when_another_site_has_it),
		cmocka_unit_test(secret_key_not_shared__is_no_fault_of_a_site_that_was_renamed),
		cmocka_unit_test(secret_key_not_shared__is_skipped_when_no_other_site_is_known),
		cmocka_unit_test(secret_key_not_shared__is_skipped_without_a_history),
		cmocka_unit_test(
			secret_key_not_shared__is_unknown_when_the_history_is_not_available),
		cmocka_unit_test(secret_key_not_shared__is_unknown_without_settings),
		cmocka_unit_test(secret_key_fallbacks_retired__passes_without_fallbacks),
		cmocka_unit_test(secret_key_fallbacks_retired__passes_for_a_new_one),
		cmocka_unit_test(
			secret_key_fallbacks_retired__passes_for_one_that_was_the_key_until_lately),
		cmocka_unit_test(secret_key_fallbacks_retired__fails_for_an_old_one),
		cmocka_unit_test(secret_key_fallbacks_retired__fails_by_the_age_in_the_site_file),
		cmocka_unit_test(
			secret_key_fallbacks_retired__is_unknown_when_the_history_is_not_available),
		cmocka_unit_test(secret_key_fallbacks_retired__is_unknown_without_settings),
		cmocka_unit_test(keys_are_marked_by_their_digests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
