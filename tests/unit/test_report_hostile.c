/* Every writer, given texts that nobody has escaped: whatever they hold stays a text. */
#include "base/text.h"
#include "report/report.h"
#include "rig_audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A formula; escape sequences and C1; bidirectional override and zero width; line breaks; a lone
 * surrogate and other malformed UTF-8; markup of every format. */
#define EVIL                                                                                       \
	"=HYPERLINK(1)\033]0;owned\007\033[2J\xc2\x9b"                                             \
	"31m\x7f\xe2\x80\xae"                                                                      \
	"txt\xe2\x80\x8b\xe2\x80\xa8\r\nFAKE 1\n# FAKE\n\xed\xa0\x80\xff\xc3|x=1;;;"               \
	"]]>--></script></title></pre></details><script>alert(1)</script><b>&\"'`%n%s"             \
	"[x](javascript:1) ![y](http://x.test/)**bold** @here {% x %} \\"

static struct pf_verdict quotes_evil(const struct pf_case *facts)
{
	return pf_fail(facts, NULL, "%s", pf_answer_of(facts, "word")->raw.reply);
}

static struct pf_audit *evil_audit(struct rig *rig)
{
	static const struct pf_cell cells[] = {
		{.service = EVIL, .address = EVIL, .vantage = EVIL, .state = PF_CELL_OPEN}};
	size_t world = rig_vantage(rig, EVIL, EVIL);
	rig->site.name = rig->site.url.text = rig->site.file = EVIL;
	rig->evidence[world].status = "unreachable";
	rig->evidence[world].detail = EVIL;
	rig_check(rig, "a.fails", PF_HIGH)->judge = quotes_evil;
	rig_check(rig, "a.waived", PF_HIGH)->judge = quotes_evil;
	rig_check(rig, "a.unknown", PF_HIGH);
	rig_answer(rig_say(rig, "a.fails", EVIL, EVIL))->detail = EVIL;
	rig_say(rig, "a.waived", EVIL, EVIL);
	rig_say(rig, "a.unknown", EVIL, "unknown");
	struct pf_waiver *waiver = rig_waive(rig, "a.waived", 5);
	waiver->reason = waiver->owner = waiver->expires_on = EVIL;
	struct pf_audit *audit = rig_evaluate(rig);
	pf_audit_notice(rig->arena, audit, EVIL);
	audit->cells = cells;
	audit->cell_count = 1;
	return audit;
}

static char *written(struct rig *rig, const struct pf_audit *audit, const struct pf_writer *writer)
{
	static const struct pf_change change[] = {{EVIL, EVIL, EVIL, PF_HIGH, EVIL, EVIL}};
	static const struct pf_changes changes = {.fresh = {change, 1},
	                                          .mended = {change, 1},
	                                          .open = {change, 1},
	                                          .unseen = {change, 1}};
	static const struct pf_earlier earlier[] = {{.score = 50, .grade = EVIL}};
	struct pf_report_style style = {.columns = 80,
	                                .verbose = 2,
	                                .fail_on = PF_HIGH,
	                                .site_path = EVIL,
	                                .site_text = EVIL,
	                                .past = {earlier, 1, &changes}};
	char *bytes = NULL;
	size_t count = 0;
	FILE *memory = open_memstream(&bytes, &count);
	writer->write(rig->arena, audit, &style, memory);
	assert_int_equal(fclose(memory), 0);
	assert_int_equal(strlen(bytes), count);
	char *text = pf_arena_copy(rig->arena, bytes);
	free(bytes);
	return text;
}

static bool is_harmless_byte(const char *format, const char *at)
{
	unsigned char byte = (unsigned char)*at;
	if (byte == '\r')
		return strcmp(format, "csv") == 0 && at[1] == '\n';
	return byte == '\n' || byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

static void assert_lacks(const char *format, const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("%s has \"%s\"", format, part);
}

static void no_writer_lets_anything_through_that_is_not_text(void **state)
{
	struct rig *rig = *state;
	const struct pf_audit *audit = evil_audit(rig);
	for (const struct pf_writer *writer = pf_writers; writer->format; writer++) {
		const char *text = written(rig, audit, writer), *format = writer->format;
		if (!pf_is_utf8(text, strlen(text)))
			fail_msg("%s is no UTF-8", format);
		for (const char *at = text; *at; at++) {
			if (!is_harmless_byte(format, at))
				fail_msg("%s has the byte %02x", format, (unsigned char)*at);
			if ((unsigned char)*at >= 0x80 && ((unsigned char)*at & 0xc0) != 0x80 &&
			    !pf_visible_length(at, strlen(at)) &&
			    strncmp(at, "\xef\xbf\xbd", 3) != 0)
				fail_msg("%s has a character that cannot be seen", format);
		}
		if (strcmp(format, "html") == 0 || strcmp(format, "junit") == 0 ||
		    strcmp(format, "changes") == 0)
			continue; /* a line means nothing there, or is wrapped at the margin */
		assert_lacks(format, text, "\nFAKE");
		assert_lacks(format, text, "\n# FAKE");
	}
}

static void what_is_markup_in_one_format_is_text_there(void **state)
{
	static const struct {
		const char *format, *parts[6];
	} cases[] = {
		{"html", {"<script", "<b>&", "</pre></details>", "\"'`", NULL}},
		{"junit", {"<script", "]]>", "<b>", NULL}},
		{"json", {"</", NULL}},
		{"jsonl", {"</", NULL}},
		{"sarif", {"</", NULL}},
		{"csv", {"\"=", "\n=", ",=", NULL}},
		{"markdown", {"[x](javascript", "![y](", "**bold", NULL}},
	};
	struct rig *rig = *state;
	const struct pf_audit *audit = evil_audit(rig);
	for (size_t i = 0; i < PF_COUNT(cases); i++) {
		const char *text = written(rig, audit, pf_writer_named(cases[i].format));
		for (size_t j = 0; cases[i].parts[j]; j++)
			assert_lacks(cases[i].format, text, cases[i].parts[j]);
	}
}

static void a_line_for_a_plugin_is_one_line_with_one_bar(void **state)
{
	struct rig *rig = *state;
	const char *text = written(rig, evil_audit(rig), pf_writer_named("nagios"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_ptr_equal(strchr(text, '|'), strrchr(text, '|'));
}

static void a_label_ends_where_it_should(void **state)
{
	struct rig *rig = *state;
	char *text = written(rig, evil_audit(rig), pf_writer_named("prometheus"));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_true(*line == '#' || strncmp(line, "postflight_", 11) == 0);
}

static void what_is_not_seen_is_kept_as_its_number_in_json(void **state)
{
	struct rig *rig = *state;
	const char *text = written(rig, evil_audit(rig), pf_writer_named("jsonl"));
	assert_non_null(strstr(text, "\\u202etxt\\u200b\\u2028"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_writer_lets_anything_through_that_is_not_text),
		TEST(what_is_markup_in_one_format_is_text_there),
		TEST(a_line_for_a_plugin_is_one_line_with_one_bar),
		TEST(a_label_ends_where_it_should),
		TEST(what_is_not_seen_is_kept_as_its_number_in_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
