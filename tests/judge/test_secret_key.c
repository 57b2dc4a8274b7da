/* secret-key.*: lengths, fallbacks, the history of the code. */
#include "rig_story.h"

PF_PROBE(secret_key);

static void secret_key_strength__passes_for_a_long_random_key(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=60 30 False 00ff\\npostflight end=settings\\n");
	rig_story(rig, "secret-key.strength", PF_PASS, "60 characters");
}

static void secret_key_strength__fails_for_a_short_key(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=49 30 False 00ff\\npostflight end=settings\\n");
	rig_story(rig, "secret-key.strength", PF_FAIL, "fewer than 50");
}

static void secret_key_strength__fails_for_few_distinct_characters(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight secret_key=60 4 False 00ff\\npostflight end=settings\\n");
	rig_story(rig, "secret-key.strength", PF_FAIL, "4 distinct");
}

static void secret_key_strength__fails_for_the_key_of_startproject(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight secret_key=66 30 True 00ff\\npostflight end=settings\\n");
	rig_story(rig, "secret-key.strength", PF_FAIL, "django-insecure-");
}

static void secret_key_strength__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "secret-key.strength", PF_UNKNOWN, "KeyError");
}

static void secret_key_strength__is_unknown_when_that_group_failed(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight failed=key_facts TypeError\\npostflight end=settings\\n");
	rig_story(rig, "secret-key.strength", PF_UNKNOWN, "TypeError");
}

static void secret_key_not_in_git__passes_when_every_object_was_read(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=60 30 False 00ff\\npostflight end=settings\\n");
	rig_told(rig, "history",
	         "postflight repository=/srv/shop\\npostflight history=12 0 True\\npostflight "
	         "end=history\\n");
	rig_story(rig, "secret-key.not-in-git", PF_PASS, "12 objects");
}

static void secret_key_not_in_git__fails_when_an_object_holds_it(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=60 30 False 00ff\\npostflight end=settings\\n");
	rig_told(rig, "history",
	         "postflight repository=/srv/shop\\npostflight in_history=0 0badcafe\\npostflight "
	         "history=12 0 True\\npostflight end=history\\n");
	rig_story(rig, "secret-key.not-in-git", PF_FAIL, "0badcafe");
}

static void secret_key_not_in_git__is_unknown_when_the_history_is_read_in_part(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=60 30 False 00ff\\npostflight end=settings\\n");
	rig_told(rig, "history",
	         "postflight repository=/srv/shop\\npostflight history=12 0 False\\npostflight "
	         "end=history\\n");
	rig_story(rig, "secret-key.not-in-git", PF_UNKNOWN, "not be read whole");
}

static void secret_key_not_in_git__is_unknown_when_git_is_not_there(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=60 30 False 00ff\\npostflight end=settings\\n");
	rig_told(rig, "history",
	         "postflight repository=/srv/shop\\npostflight error=FileNotFoundError: git\\n");
	rig_story(rig, "secret-key.not-in-git", PF_UNKNOWN, "FileNotFoundError");
}

static void secret_key_fallbacks_strength__passes_without_any(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=60 30 False 00ff\\npostflight end=settings\\n");
	rig_story(rig, "secret-key.fallbacks-strength", PF_PASS, "no SECRET_KEY_FALLBACKS");
}

static void secret_key_fallbacks_strength__fails_for_the_weak_second(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight secret_key=60 30 False 00ff\\npostflight fallback=60 30 False "
	         "aa\\npostflight fallback=8 5 False bb\\npostflight end=settings\\n");
	rig_story(rig, "secret-key.fallbacks-strength", PF_FAIL, "[1]");
}

static void secret_key_fallbacks_strength__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_secret_key);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "secret-key.fallbacks-strength", PF_UNKNOWN, "KeyError");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_key_strength__passes_for_a_long_random_key),
		cmocka_unit_test(secret_key_strength__fails_for_a_short_key),
		cmocka_unit_test(secret_key_strength__fails_for_few_distinct_characters),
		cmocka_unit_test(secret_key_strength__fails_for_the_key_of_startproject),
		cmocka_unit_test(secret_key_strength__is_unknown_without_settings),
		cmocka_unit_test(secret_key_strength__is_unknown_when_that_group_failed),
		cmocka_unit_test(secret_key_not_in_git__passes_when_every_object_was_read),
		cmocka_unit_test(secret_key_not_in_git__fails_when_an_object_holds_it),
		cmocka_unit_test(
			secret_key_not_in_git__is_unknown_when_the_history_is_read_in_part),
		cmocka_unit_test(secret_key_not_in_git__is_unknown_when_git_is_not_there),
		cmocka_unit_test(secret_key_fallbacks_strength__passes_without_any),
		cmocka_unit_test(secret_key_fallbacks_strength__fails_for_the_weak_second),
		cmocka_unit_test(secret_key_fallbacks_strength__is_unknown_without_settings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
