/* The text report: what a person sees, in what order, at what width, and what a stranger cannot do
 * to their terminal. */
#include "base/text.h"
#include "report/catalogue.h"
#include "report/report.h"
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CACHE "redis://cache1:6379"

static const struct pf_report_style plain = {.columns = 80};

static char *copied(struct rig *rig, char *bytes)
{
	char *text = pf_arena_copy(rig->arena, bytes);
	free(bytes);
	return text;
}

static char *written(struct rig *rig, const struct pf_audit *audit,
                     const struct pf_report_style *style)
{
	char *bytes = NULL;
	size_t count = 0;
	FILE *memory = open_memstream(&bytes, &count);
	pf_writer_named("text")->write(rig->arena, audit, style, memory);
	assert_int_equal(fclose(memory), 0);
	assert_int_equal(strlen(bytes), count);
	return copied(rig, bytes);
}

static char *report(struct rig *rig, const struct pf_report_style *style)
{
	return written(rig, rig_evaluate(rig), style);
}

#define assert_has(text, part) assert_non_null(strstr(text, part))
#define assert_lacks(text, part) assert_null(strstr(text, part))

static size_t times(const char *text, const char *part)
{
	size_t count = 0;
	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

/* `first` and `second` are both there, in that order. */
static void assert_before(const char *text, const char *first, const char *second)
{
	const char *at = strstr(text, first);
	assert_non_null(at);
	assert_non_null(strstr(at, second));
}

static void the_head_names_site_time_and_every_vantage(void **state)
{
	struct rig *rig = *state;
	size_t world = rig_vantage(rig, "world", "outside");
	rig->evidence[world].status = "unreachable";
	rig->evidence[world].detail = "no route to host";
	const char *text = report(rig, &plain);
	assert_has(text, "shop  https://shop.example.com");
	assert_has(text, "2026-11-23T04:31:00Z");
	assert_has(text, "bastion  role bastion, complete");
	assert_has(text, "role outside, unreachable: no route to host");
}

static void a_fail_shows_what_where_why_how_and_the_line_to_type(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "caches.open", PF_CRITICAL);
	rig_say(rig, "caches.open", CACHE, "fail");
	const char *text = report(rig, &plain);
	assert_has(text, "[ CRITICAL ] caches.open\n");
	assert_before(text, "[ CRITICAL ]", "  does not hold\n    " CACHE ", from bastion\n");
	assert_before(text, "does not hold", "why it matters:   It matters.");
	assert_before(text, "why it matters:", "how to mend it:\n    Say so:\n        say pass\n");
	assert_before(text, "how to mend it:", "see it yourself:  (on bastion)\n");
	assert_before(text, "see it yourself:", "\n    nc -vz -w 5 203.0.113.10 6379\n");
	assert_before(text, "see it yourself:", "https://docs.djangoproject.com/\n");
}

static void equal_fails_are_grouped_and_mended_once(void **state)
{
	struct rig *rig = *state;
	size_t world = rig_vantage(rig, "world", "outside");
	rig_check(rig, "caches.open", PF_CRITICAL);
	rig_say(rig, "caches.open", "one", "fail");
	rig_say(rig, "caches.open", "two", "fail");
	rig_say(rig, "caches.open", "three", "fail low");
	rig_answer(rig_ask(rig, world, "caches.open", "word", "one", PF_answered))->raw.reply =
		"fail";
	const char *text = report(rig, &plain);
	assert_int_equal(times(text, "] caches.open"), 1);
	assert_int_equal(times(text, "how to mend it:"), 1);
	assert_has(text, "one, from bastion, world\n");
	assert_has(text, "two, from bastion\n");
	assert_has(text, "(low) does not hold");
	assert_has(text, "1 check, 4 findings");
}

static void a_long_list_of_places_is_cut_unless_asked_for(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	for (int i = 0; i < 30; i++)
		rig_say(rig, "a.one", pf_arena_print(rig->arena, "place %02d", i), "fail");
	assert_has(report(rig, &plain), "and 18 more (-v lists them)");
	const char *text = report(rig, &(struct pf_report_style){.columns = 80, .verbose = 1});
	assert_lacks(text, "more (-v");
	assert_has(text, "place 29");
}

static void the_worst_stands_first(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.low", PF_LOW);
	rig_check(rig, "a.critical", PF_CRITICAL);
	rig_say(rig, "a.low", CACHE, "fail");
	rig_say(rig, "a.critical", CACHE, "fail");
	assert_before(report(rig, &plain), "] a.critical", "] a.low");
}

static void the_score_is_shown_with_what_holds_the_grade(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_CRITICAL);
	rig_check(rig, "a.two", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "pass");
	rig_say(rig, "a.two", CACHE, "fail");
	const char *text = report(rig, &plain);
	assert_has(text, "SCORE 71 of 100      GRADE C      COVERAGE 100 %");
	assert_has(text, "Held at C by a.two.");
}

static void without_a_grade_the_reason_is_shown(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_CRITICAL);
	rig_say(rig, "a.one", CACHE, "unknown");
	const char *text = report(rig, &plain);
	assert_has(text, "SCORE - of 100      GRADE none      COVERAGE 0 %");
	assert_has(text, "No grade: nothing that counts could be observed.");
}

static void an_a_that_is_an_a_plus_but_for_coverage_says_so(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_CRITICAL);
	rig_check(rig, "a.two", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "pass");
	rig_say(rig, "a.two", CACHE, "unknown");
	assert_has(report(rig, &plain), "An A+ wants a coverage of 95 %.");
}

static void unknowns_are_grouped_by_reason(void **state)
{
	struct rig *rig = *state;
	size_t world = rig_vantage(rig, "world", "outside");
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "a.two", PF_HIGH);
	rig->evidence[world].status = "unreachable";
	rig_ask(rig, world, "a.one", "word", CACHE, PF_vantage_unreachable);
	rig_ask(rig, world, "a.two", "word", CACHE, PF_vantage_unreachable);
	rig_ask(rig, 0, "a.one", "word", CACHE, PF_deadline);
	const char *text = report(rig, &plain);
	assert_has(text, "COULD NOT BE OBSERVED  3 findings");
	assert_has(text, "the vantage world could not be reached\n      a.one, a.two\n");
	assert_has(text, "run's deadline\n  (from bastion)\n      a.one\n");
}

static void notices_waivers_areas_and_counts_are_shown(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH);
	rig_check(rig, "b.one", PF_HIGH);
	rig_say(rig, "a.one", CACHE, "fail");
	rig_say(rig, "b.one", CACHE, "pass");
	rig_waive(rig, "a.one", 5);
	const char *text = report(rig, &plain);
	assert_has(text, "WAIVED  1 finding\n");
	assert_has(text, "until 2027-03-01, ops@example.com: see OPS-112");
	assert_has(text, "NOTICES");
	assert_has(text, "expires on 2027-03-01, in 5 days");
	assert_has(text, "  b  ########################  100  100 %\n");
	assert_has(text, "0 fail, 0 unknown, 1 waived, 1 pass, 0 do not apply");
	assert_lacks(text, "FAILS");
}

static void what_would_unlock_more_is_said(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->block = "backups";
	assert_has(report(rig, &plain), "postflight init");
	rig->site.file = "postflight.yaml";
	const char *text = report(rig, &(struct pf_report_style){.columns = 120});
	assert_has(text, "`backups` (1 check)");
	assert_lacks(text, "postflight init");
}

static void the_honest_sentence_is_always_there(void **state)
{
	static const char honest[] =
		"100 means: the checklist holds from where we looked, no more.\n";
	assert_has(report(*state, &plain), honest);
	assert_has(report(*state, &(struct pf_report_style){.columns = 80, .quiet = true}), honest);
}

static void quiet_leaves_what_fails_and_the_summary(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.fails", PF_HIGH);
	rig_check(rig, "a.unknown", PF_HIGH);
	rig_say(rig, "a.fails", CACHE, "fail");
	rig_say(rig, "a.unknown", CACHE, "unknown");
	const char *text = report(rig, &(struct pf_report_style){.columns = 80, .quiet = true});
	assert_has(text, "SCORE");
	assert_has(text, "] a.fails");
	assert_has(text, "1 fail, 1 unknown");
	assert_lacks(text, "a.unknown");
	assert_lacks(text, "AREAS");
}

static void verbose_adds_passes_and_twice_verbose_skips_and_exchanges(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.passes", PF_HIGH);
	rig_check(rig, "a.skips", PF_HIGH);
	rig_answer(rig_say(rig, "a.passes", CACHE, "pass"))->took_us = 12345;
	const char *text = report(rig, &plain);
	assert_lacks(text, "a.passes");
	text = report(rig, &(struct pf_report_style){.columns = 80, .verbose = 1});
	assert_before(text, "HOLDS", "a.passes");
	assert_lacks(text, "a.skips");
	text = report(rig, &(struct pf_report_style){.columns = 80, .verbose = 2});
	assert_before(text, "DOES NOT APPLY", "a.skips");
	assert_before(text, "ASKED FROM bastion", "a.passes/word " CACHE ": answered in 12.3 ms\n");
}

static void colour_is_used_only_when_asked_for(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_CRITICAL);
	rig_say(rig, "a.one", CACHE, "fail");
	assert_lacks(report(rig, &plain), "\033");
	const char *text = report(rig, &(struct pf_report_style){.columns = 80, .colour = true});
	assert_has(text, "\033[1;37;41m CRITICAL \033[0m");
	/* Whatever is turned on is turned off. */
	assert_int_equal(times(text, "\033["), 2 * times(text, "\033[0m"));
}

static void no_line_is_wider_than_the_page(void **state)
{
	struct rig *rig = *state;
	struct pf_check *check = rig_check(rig, "a.one", PF_HIGH);
	check->remedy = "A remedy with a sentence that is longer than a line of forty columns.";
	check->title = "A title with \xc3\xbc\xc3\xb6\xc3\xa4 and \xe6\xbc\xa2\xe5\xad\x97\xe6\xbc"
		       "\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97 that goes on and on.";
	rig_say(rig, "a.one",
	        "https://shop.example.com/a/word/that/is/far/longer/than/any/line/of/the/page/and/"
	        "then/some/more",
	        "fail");
	for (int columns = 60; columns < 140; columns += 7) {
		char *text = report(rig, &(struct pf_report_style){.columns = columns});
		for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
			int width = 0;
			for (const char *at = line; *at; at++)
				width += (*at & 0xc0) != 0x80 ? ((*at & 0xf0) == 0xe0 ? 2 : 1) : 0;
			bool for_copying = strstr(line, "nc -vz") || strstr(line, "djangoproject");
			if (!for_copying)
				assert_in_range(width, 0, (columns));
		}
	}
}

static void snippets_are_kept_as_they_are(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "a.one", PF_HIGH)->remedy =
		"In nginx:\n\tserver {   listen 443 ssl default_server; ssl_reject_handshake on;"
		"   return 444;  }\n\nand reload \\ \"it\".";
	rig_say(rig, "a.one", CACHE, "fail");
	assert_has(report(rig, &plain),
	           "    In nginx:\n    \tserver {   listen 443 ssl default_server; "
	           "ssl_reject_handshake on;   return 444;  }\n\n    and reload");
}

/* ESC sequences, C1, bidirectional override, zero width, line breaks, malformed UTF-8, markup. */
#define EVIL                                                                                       \
	"\033]0;owned\007\033[2J\xc2\x9b"                                                          \
	"31m\xe2\x80\xae"                                                                          \
	"txt\xe2\x80\x8b\r\nFAKE\n[ PASS ]\xff\xc3</script><b>&\"'`%n%s\\"

static void assert_harmless(const char *text)
{
	assert_true(pf_is_utf8(text, strlen(text)));
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		bool fine = (*at >= 0x20 && *at != 0x7f) || *at == '\n';
		assert_true(fine);
		assert_false(at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0);
	}
	assert_lacks(text, "\xe2\x80\xae");
	assert_lacks(text, "\xe2\x80\x8b");
	assert_lacks(text, "\nFAKE");
	assert_lacks(text, "\n[ PASS ]");
}

static struct pf_verdict quotes_evil(const struct pf_case *facts)
{
	return pf_fail(facts, NULL, "it said %s", pf_answer_of(facts, "word")->raw.reply);
}

static void strangers_cannot_reach_the_terminal_from_anywhere(void **state)
{
	struct rig *rig = *state;
	static const char *const headers[] = {"X: " EVIL};
	size_t world = rig_vantage(rig, EVIL, EVIL);
	rig->site.name = rig->site.url.text = rig->site.file = EVIL;
	rig->evidence[world].status = "unreachable";
	rig->evidence[world].detail = EVIL;
	rig_check(rig, "a.one", PF_HIGH)->judge = quotes_evil;
	rig_check(rig, "a.two", PF_HIGH)->judge = quotes_evil;
	rig_check(rig, "a.three", PF_HIGH)->needs = "word!";
	struct pf_exchange *exchange = rig_say(rig, "a.one", EVIL, EVIL);
	exchange->question = (struct pf_question){.kind = PF_KIND_http,
	                                          .http = {.url = "https://h/" EVIL,
	                                                   .address = EVIL,
	                                                   .method = EVIL,
	                                                   .host = EVIL,
	                                                   .body = EVIL,
	                                                   .headers = {headers, 1}}};
	rig_say(rig, "a.two", EVIL, EVIL);
	rig_answer(rig_ask(rig, 0, "a.three", "word", EVIL, PF_refused))->detail = EVIL;
	rig_ask(rig, world, "a.three", "word", EVIL, PF_vantage_unreachable);
	struct pf_waiver *waiver = rig_waive(rig, "a.two", 5);
	waiver->reason = waiver->owner = waiver->expires_on = EVIL;
	struct pf_audit *audit = rig_evaluate(rig);
	pf_audit_notice(rig->arena, audit, EVIL);
	for (int verbose = 0; verbose < 3; verbose++)
		assert_harmless(written(
			rig, audit, &(struct pf_report_style){.columns = 80, .verbose = verbose}));
}

static void an_audit_of_nothing_is_a_report_too(void **state)
{
	struct rig *rig = *state;
	rig->site.vantage_count = 0;
	assert_has(report(rig, &(struct pf_report_style){.columns = 0, .verbose = 2}),
	           "0 fail, 0 unknown");
}

static char *catalogue(struct rig *rig, bool json)
{
	char *bytes = NULL;
	size_t count = 0;
	FILE *memory = open_memstream(&bytes, &count);
	pf_checks_list(rig->arena, memory, rig->probe_count, rig->registry, json);
	assert_int_equal(fclose(memory), 0);
	return copied(rig, bytes);
}

static void the_catalogue_lists_every_check_once(void **state)
{
	struct rig *rig = *state;
	rig_check(rig, "b.one", PF_HIGH);
	rig_check(rig, "a.two", PF_LOW);
	rig_check(rig, "b.one", PF_HIGH)->seen_from = "app host";
	assert_string_equal(catalogue(rig, false), "b.one  high      any, app host\n"
	                                           "a.two  low       any\n");
	const char *json = catalogue(rig, true);
	assert_has(json, "[\n{\"id\":\"b.one\",\"area\":\"b\",\"severity\":\"high\","
	                 "\"seen_from\":\"any, app host\",\"block\":null,");
	assert_int_equal(times(json, "\"id\":"), 2);
}

/* What goes to standard error until stderr_back. */
static int stderr_away(FILE *messages)
{
	fflush(stderr);
	int kept = dup(STDERR_FILENO);
	assert_true(kept >= 0 && dup2(fileno(messages), STDERR_FILENO) >= 0);
	return kept;
}

static void stderr_back(int kept)
{
	fflush(stderr);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
}

static bool explained(struct rig *rig, const char *id, char **out, char **messages)
{
	char *bytes = NULL;
	size_t count = 0;
	FILE *memory = open_memstream(&bytes, &count), *said = tmpfile();
	assert_non_null(said);
	int kept = stderr_away(said);
	bool known =
		pf_check_explain(rig->arena, memory, rig->probe_count, rig->registry, id, &plain);
	stderr_back(kept);
	assert_int_equal(fclose(memory), 0);
	*out = copied(rig, bytes);
	*messages = pf_arena_take(rig->arena, 8192);
	rewind(said);
	(*messages)[fread(*messages, 1, 8191, said)] = '\0';
	fclose(said);
	return known;
}

static void a_check_is_explained_with_all_its_words(void **state)
{
	struct rig *rig = *state;
	char *out, *messages;
	rig_check(rig, "caches.auth", PF_HIGH)->block = "caches";
	assert_true(explained(rig, "caches.auth", &out, &messages));
	assert_string_equal(messages, "");
	assert_has(out, "caches.auth  high\n");
	assert_has(out, "It holds.");
	assert_has(out, "seen from: any");
	assert_has(out, "the `caches` block");
	assert_has(out, "It matters. It does.");
	assert_has(out, "      say pass\n");
	assert_has(out, "https://docs.djangoproject.com/");
}

static void an_unknown_check_suggests_the_closest_and_those_that_begin_so(void **state)
{
	struct rig *rig = *state;
	char *out, *messages;
	rig_check(rig, "caches.auth", PF_HIGH);
	rig_check(rig, "caches.tls", PF_HIGH);
	assert_false(explained(rig, "caches.aut", &out, &messages));
	assert_string_equal(out, "");
	assert_has(messages, "did you mean caches.auth?");
	assert_false(explained(rig, "caches", &out, &messages));
	assert_has(messages, "  caches.auth\n  caches.tls\n");
	assert_false(explained(rig, "redis.tls", &out, &messages));
	assert_has(messages, "did you mean caches.tls?");
	assert_false(explained(rig, EVIL, &out, &messages));
	assert_harmless(messages);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_head_names_site_time_and_every_vantage),
		TEST(a_fail_shows_what_where_why_how_and_the_line_to_type),
		TEST(equal_fails_are_grouped_and_mended_once),
		TEST(a_long_list_of_places_is_cut_unless_asked_for),
		TEST(the_worst_stands_first),
		TEST(the_score_is_shown_with_what_holds_the_grade),
		TEST(without_a_grade_the_reason_is_shown),
		TEST(an_a_that_is_an_a_plus_but_for_coverage_says_so),
		TEST(unknowns_are_grouped_by_reason),
		TEST(notices_waivers_areas_and_counts_are_shown),
		TEST(what_would_unlock_more_is_said),
		TEST(the_honest_sentence_is_always_there),
		TEST(quiet_leaves_what_fails_and_the_summary),
		TEST(verbose_adds_passes_and_twice_verbose_skips_and_exchanges),
		TEST(colour_is_used_only_when_asked_for),
		TEST(no_line_is_wider_than_the_page),
		TEST(snippets_are_kept_as_they_are),
		TEST(strangers_cannot_reach_the_terminal_from_anywhere),
		TEST(an_audit_of_nothing_is_a_report_too),
		TEST(the_catalogue_lists_every_check_once),
		TEST(a_check_is_explained_with_all_its_words),
		TEST(an_unknown_check_suggests_the_closest_and_those_that_begin_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
