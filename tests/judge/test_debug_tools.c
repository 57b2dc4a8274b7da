/* debug.tools-absent: tools that answer, and pages that only quote or echo them. */
#include "rig_case.h"

PF_PROBE(debug_tools);

static const char ID[] = "debug.tools-absent";

static struct pf_facts_http *answer(struct rig *rig, const char *tag, int status)
{
	struct pf_facts_http *facts = rig_page(rig, tag, status, "Page");
	rig_question(rig, tag)->http.url = pf_arena_print(rig->arena, "https://shop.test/%s", tag);
	return facts;
}

static struct rig *clean(void)
{
	static const char *const tags[] = {"toolbar", "silk",         "console", "debugger",
	                                   "reload",  "pyinstrument", "cprofile"};
	struct rig *rig = rig_new(&pf_probe_debug_tools);
	answer(rig, "home", 200);
	answer(rig, "missing", 404);
	for (size_t i = 0; i < PF_COUNT(tags); i++)
		answer(rig, tags[i], i < 3 ? 404 : 200);
	return rig;
}

static void debug_tools_absent__passes_when_none_answers(void **state)
{
	(void)state;
	struct rig *rig = clean();
	rig_expect(rig, ID, PF_PASS);
	rig_found(rig, answer(rig, "silk", 404), "Silky");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void debug_tools_absent__passes_when_every_page_has_the_word(void **state)
{
	(void)state;
	struct rig *rig = clean();
	rig_found(rig, answer(rig, "pyinstrument", 200), "pyinstrument");
	rig_found(rig, answer(rig, "home", 200), "pyinstrument"); /* a page about profilers */
	rig_expect(rig, ID, PF_PASS);
	rig_found(rig, answer(rig, "silk", 200), "Silky");
	rig_found(rig, answer(rig, "missing", 200), "Silky");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void debug_tools_absent__fails_when_a_tool_answers(void **state)
{
	(void)state;
	struct rig *rig = clean();
	rig_found(rig, answer(rig, "console", 200), "CONSOLE_MODE");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH,
	                "Werkzeug's console answers at https://shop.test/");
	rig_free(rig);
	rig = clean();
	rig_found(rig, answer(rig, "reload", 200), "\"versionId\"");
	rig->answers[6].outcome = PF_stalled; /* a stream without an end */
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void debug_tools_absent__fails_when_pages_carry_the_toolbar(void **state)
{
	(void)state;
	struct rig *rig = clean();
	rig_found(rig, answer(rig, "home", 200), "id=\"djDebug\"");
	rig_found(rig, answer(rig, "missing", 200), "id=\"djDebug\"");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "the first page carries django-debug-toolbar");
	rig_free(rig);
}

static void debug_tools_absent__is_unknown_when_one_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = clean();
	rig_silence(rig, "silk", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	answer(rig, "silk", 404);
	answer(rig, "missing", 403);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_silence(rig, "missing", PF_hung_up);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debug_tools_absent__passes_when_none_answers),
		cmocka_unit_test(debug_tools_absent__passes_when_every_page_has_the_word),
		cmocka_unit_test(debug_tools_absent__fails_when_a_tool_answers),
		cmocka_unit_test(debug_tools_absent__fails_when_pages_carry_the_toolbar),
		cmocka_unit_test(debug_tools_absent__is_unknown_when_one_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
