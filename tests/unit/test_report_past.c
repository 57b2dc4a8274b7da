/* Reports and the past: the line of changes, and the trend. */
#include "report/report.h"
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_has(text, part) assert_non_null(strstr(text, part))
#define assert_lacks(text, part) assert_null(strstr(text, part))

static const struct pf_change fresh[] = {
	{"caches.open", "redis://cache1:6379", "world", PF_CRITICAL, "answers <PING>", "01"},
};
static const struct pf_change mended[] = {
	{"debug.off", "https://shop.example.com/", NULL, PF_HIGH, "shows a technical page", "02"},
};
static const struct pf_change unseen[] = {
	{"backups.fresh", "backup database", NULL, PF_HIGH, "is three days old", "03"},
};
static const struct pf_changes changes = {
	.since = 1795321860, /* 2026-11-22T04:31:00Z */
	.fresh = {fresh, 1},
	.mended = {mended, 1},
	.open = {fresh, 1},
	.unseen = {unseen, 1},
};

static char *written(struct rig *rig, const char *format, struct pf_past past)
{
	struct pf_report_style style = {.columns = 120, .past = past};
	char *bytes = NULL;
	size_t count = 0;
	FILE *memory = open_memstream(&bytes, &count);
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", "https://shop.example.com/", "pass");
	pf_writer_named(format)->write(rig->arena, rig_evaluate(rig), &style, memory);
	assert_int_equal(fclose(memory), 0);
	char *text = pf_arena_copy(rig->arena, bytes);
	free(bytes);
	return text;
}

static void text_says_in_one_line_what_changed_and_then_lists_it(void **state)
{
	const char *text = written(*state, "text", (struct pf_past){.changes = &changes});
	assert_has(
		text,
		"\nsince      the audit of 2026-11-22T04:31:00Z: 1 new, 1 mended, 1 still open, 1 "
		"not seen this time\n"
		"  new        caches.open, redis://cache1:6379, from world\n"
		"  mended     debug.off, https://shop.example.com/\n"
		"  not seen   backups.fresh, backup database\n");
}

static void without_an_audit_before_nothing_is_said(void **state)
{
	assert_lacks(written(*state, "text", (struct pf_past){0}), "since ");
	assert_lacks(written(*state, "html", (struct pf_past){0}), "Trend");
	assert_lacks(written(*state, "markdown", (struct pf_past){0}), "Since");
	assert_lacks(written(*state, "json", (struct pf_past){0}), "\"changes\"");
}

static void html_lists_what_changed_and_nothing_of_it_is_markup(void **state)
{
	const char *text = written(*state, "html", (struct pf_past){.changes = &changes});
	assert_has(text, "<h2>Since the audit of 2026-11-22T04:31:00Z</h2><p>1 new, 1 mended, 1 "
	                 "still open, 1 not seen this time</p>");
	assert_has(text, "<b>caches.open</b> (critical), redis://cache1:6379, from world: answers "
	                 "&lt;PING&gt;</li>");
	assert_has(text, "<h3>Failed before, not observed this time</h3>\n<ul>\n"
	                 "<li><b>backups.fresh</b> (high), backup database: is three days old");
	assert_has(text, "<b>debug.off</b> (high), https://shop.example.com/: shows");
}

static void markdown_and_json_say_it_too(void **state)
{
	const struct pf_past past = {.changes = &changes};
	assert_has(written(*state, "markdown", past),
	           "\nSince the audit of 2026-11-22T04:31:00Z: 1 new, 1 mended, 1 still open, 1 "
	           "not seen this time.\n");
	const char *json = written(*state, "json", past);
	assert_has(json, "\"changes\":{\"since\":\"2026-11-22T04:31:00Z\",");
	assert_has(json, "\"new\":[{\"check\":\"caches.open\",\"subject\":\"redis://cache1:6379\","
	                 "\"vantage\":\"world\",\"severity\":\"critical\"");
	assert_has(json, "\"mended\":[{\"check\":\"debug.off\"");
	assert_has(json, "\"unseen\":[{\"check\":\"backups.fresh\"");
	assert_has(json, "\"open\":1}");
}

static void the_trend_has_a_point_an_audit_and_a_gap_where_nothing_was_observed(void **state)
{
	static const struct pf_earlier audits[] = {
		{.started_at = 1795235460, .score = 40, .grade = "F", .coverage = 0.5},
		{.started_at = 1795300000, .score = -1},
		{.started_at = 1795321860,
	         .score = 71,
	         .grade = "C",
	         .coverage = 0.999,
	         .counts = {[PF_FAIL] = 3, [PF_UNKNOWN] = 4}},
	};
	const char *text =
		written(*state, "html", (struct pf_past){.audits = audits, .audit_count = 3});
	assert_has(text, "aria-label=\"Score of the last 4 audits, from 2026-11-21T04:31:00Z to "
	                 "2026-11-23T04:31:00Z\"");
	assert_has(text, "<path class=\"line\" d=\"M34.0 76.0M431.3 41.9L630.0 10.0\"/>");
	assert_has(text, "<circle class=\"bad\" cx=\"34.0\"");
	assert_has(text, "<circle class=\"good\" cx=\"630.0\"");
	assert_lacks(text, "<script");
	assert_has(text, "</th><td>71</td><td>C</td><td>99 %</td><td>3</td><td>4</td></tr>");
	assert_has(text, "</th><td>none</td><td>none</td><td>0 %</td>");
}

/* Two fails and something unseen, of which the baseline has one fail and what is unseen. */
static const char *of_known(struct rig *rig, const char *format)
{
	struct pf_report_style style = {.columns = 80};
	char *bytes = NULL;
	size_t count = 0;
	FILE *memory = open_memstream(&bytes, &count);
	rig_check(rig, "a.one", PF_HIGH);
	rig_say(rig, "a.one", "http://new/", "fail");
	rig_say(rig, "a.one", "http://old/", "fail");
	rig_say(rig, "a.one", "http://dark/", "unknown");
	const struct pf_audit *audit = rig_evaluate(rig);
	struct pf_finding *findings = pf_arena_array(rig->arena, 3, sizeof *findings);
	for (size_t i = 0; i < 3; i++) {
		findings[i] = audit->findings[i];
		findings[i].known = strcmp(findings[i].subject, "http://new/") != 0;
	}
	struct pf_audit known = *audit;
	known.findings = findings;
	pf_writer_named(format)->write(rig->arena, &known, &style, memory);
	assert_int_equal(fclose(memory), 0);
	char *text = pf_arena_copy(rig->arena, bytes);
	free(bytes);
	return text;
}

static void what_the_baseline_has_is_marked(void **state)
{
	struct rig *rig = *state;
	const char *text = of_known(rig, "text");
	assert_has(text, "http://old/, from bastion (known)\n");
	assert_has(text, "http://new/, from bastion\n");
}

static void what_the_baseline_has_fails_no_build(void **state)
{
	const char *text = of_known(*state, "junit");
	assert_has(text, "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"2\"");
	assert_has(text, "<skipped message=\"known from the baseline: does not hold\"/>");
}

static void of_many_audits_the_last_sixty_are_drawn(void **state)
{
	static struct pf_earlier audits[500];
	for (size_t i = 0; i < PF_COUNT(audits); i++)
		audits[i] = (struct pf_earlier){.started_at = (int64_t)i * 86400,
		                                .score = (int)i % 100};
	const char *text =
		written(*state, "html", (struct pf_past){.audits = audits, .audit_count = 500});
	size_t circles = 0;
	for (const char *at = text; (at = strstr(at, "<circle")); at++)
		circles++;
	assert_int_equal(circles, 60);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_says_in_one_line_what_changed_and_then_lists_it),
		TEST(without_an_audit_before_nothing_is_said),
		TEST(html_lists_what_changed_and_nothing_of_it_is_markup),
		TEST(markdown_and_json_say_it_too),
		TEST(the_trend_has_a_point_an_audit_and_a_gap_where_nothing_was_observed),
		TEST(what_the_baseline_has_is_marked),
		TEST(what_the_baseline_has_fails_no_build),
		TEST(of_many_audits_the_last_sixty_are_drawn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
