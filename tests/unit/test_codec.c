/* Every kind of question and answer survives the way to JSON and back, and nothing else gets in. */
#include "base/limits.h"
#include "base/text.h"
#include "model/codec.h"
#include "model/shapes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pf_arena *arena;

static int start(void **state)
{
	(void)state;
	arena = pf_arena_new(64 * 1024 * 1024);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pf_arena_free(arena);
	return 0;
}

/* A different value for every field, each as awkward as its shape allows. Texts are safe notation
 * already. */
static void fill(const struct pf_field *fields, void *holder, int seed)
{
	for (; fields->name; fields++, seed++) {
		void *at = (char *)holder + fields->offset;
		const char *text = pf_arena_print(
			arena, "%s %d \\x1b\\\\ \"caf\xc3\xa9\" </script>", fields->name, seed);
		const char *const words[] = {text, "", "\\r\\n"};
		struct pf_entry *entry;
		struct pf_process *process;
		switch (fields->shape) {
		case PF_TEXT:
			*(const char **)at = text;
			break;
		case PF_WORDS:
			*(struct pf_words *)at = pf_arena_words(arena, 3, words);
			break;
		case PF_WHOLE:
			*(int64_t *)at = seed % 2 ? (int64_t)1 << 53 : -seed - 1;
			break;
		case PF_TRUTH:
			*(bool *)at = true;
			break;
		case PF_ENTRIES:
			entry = pf_arena_array(arena, 2, sizeof *entry);
			fill(pf_entry_fields(), &entry[0], seed + 100);
			fill(pf_entry_fields(), &entry[1], seed + 200);
			*(struct pf_entries *)at = (struct pf_entries){entry, 2};
			break;
		case PF_PROCESSES:
			process = pf_arena_array(arena, 2, sizeof *process);
			fill(pf_process_fields(), &process[0], seed + 300);
			fill(pf_process_fields(), &process[1], seed + 400);
			*(struct pf_processes *)at = (struct pf_processes){process, 2};
			break;
		}
	}
}

static void assert_same_words(struct pf_words wanted, struct pf_words got)
{
	assert_int_equal(got.count, wanted.count);
	for (size_t i = 0; i < wanted.count; i++)
		assert_string_equal(got.at[i], wanted.at[i]);
}

/* Field by field: two texts would also be equal if the writer left a field out. */
static void assert_same(const struct pf_field *fields, const void *wanted, const void *got)
{
	for (; fields->name; fields++) {
		const void *a = (const char *)wanted + fields->offset;
		const void *b = (const char *)got + fields->offset;
		const struct pf_entries *entries = a, *others = b;
		const struct pf_processes *processes = a, *found = b;
		switch (fields->shape) {
		case PF_TEXT:
			assert_non_null(*(const char *const *)b);
			assert_string_equal(*(const char *const *)b, *(const char *const *)a);
			break;
		case PF_WORDS:
			assert_same_words(*(const struct pf_words *)a, *(const struct pf_words *)b);
			break;
		case PF_WHOLE:
			assert_true(*(const int64_t *)a == *(const int64_t *)b);
			break;
		case PF_TRUTH:
			assert_int_equal(*(const bool *)b, *(const bool *)a);
			break;
		case PF_ENTRIES:
			assert_int_equal(others->count, entries->count);
			for (size_t i = 0; i < entries->count; i++)
				assert_same(pf_entry_fields(), &entries->at[i], &others->at[i]);
			break;
		case PF_PROCESSES:
			assert_int_equal(found->count, processes->count);
			for (size_t i = 0; i < processes->count; i++)
				assert_same(pf_process_fields(), &processes->at[i], &found->at[i]);
			break;
		}
	}
}

static void every_question_survives_the_round_trip(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < PF_KIND_COUNT; kind++) {
		const struct pf_kind_row *row = &pf_kind_rows[kind];
		struct pf_question question = {.kind = (enum pf_kind)kind}, back;
		const char *problem;
		fill(row->ask(), (char *)&question + row->ask_offset, 1);
		const char *line = pf_question_write(arena, &question);
		assert_null(strchr(line, '\n'));
		assert_true(pf_question_read(arena, line, strlen(line), &back, &problem));
		assert_int_equal(back.kind, question.kind);
		assert_same(row->ask(), (char *)&question + row->ask_offset,
		            (char *)&back + row->ask_offset);
		assert_string_equal(pf_question_write(arena, &back), line);
	}
}

static void every_answer_survives_the_round_trip(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < PF_KIND_COUNT; kind++) {
		const struct pf_kind_row *row = &pf_kind_rows[kind];
		struct pf_answer answer = {.kind = (enum pf_kind)kind,
		                           .outcome = PF_oversized,
		                           .detail = "said so",
		                           .at = 1795405860,
		                           .took_us = 1234567};
		struct pf_answer back;
		const char *problem;
		fill(row->facts(), (char *)&answer + row->facts_offset, 1);
		const char *line = pf_answer_write(arena, &answer);
		assert_null(strchr(line, '\n'));
		assert_true(pf_answer_read(arena, line, strlen(line), &back, &problem));
		assert_same(row->facts(), (char *)&answer + row->facts_offset,
		            (char *)&back + row->facts_offset);
		assert_int_equal(back.kind, kind);
		assert_int_equal(back.outcome, PF_oversized);
		assert_int_equal(back.at, 1795405860);
		assert_string_equal(back.detail, "said so");
		assert_int_equal(back.took_us, 1234567);
		assert_string_equal(pf_answer_write(arena, &back), line);
	}
}

/* The table of pf_entry is the one that does not come from kinds.def. */
static void every_field_of_an_entry_survives(void **state)
{
	(void)state;
	struct pf_entry entry = {"/p", "file", 0640, "deploy", "www-data", 12, 1795405860, "why"};
	struct pf_answer answer = {.kind = PF_KIND_file, .outcome = PF_answered}, back;
	answer.file.files = (struct pf_entries){&entry, 1};
	const char *problem, *line = pf_answer_write(arena, &answer);
	assert_true(pf_answer_read(arena, line, strlen(line), &back, &problem));
	const struct pf_entry *got = &back.file.files.at[0];
	assert_string_equal(got->path, "/p");
	assert_string_equal(got->type, "file");
	assert_int_equal(got->mode, 0640);
	assert_string_equal(got->owner, "deploy");
	assert_string_equal(got->group, "www-data");
	assert_int_equal(got->size, 12);
	assert_int_equal(got->modified, 1795405860);
	assert_string_equal(got->why, "why");
}

static void every_outcome_has_a_name_that_is_read_back(void **state)
{
	(void)state;
	for (size_t outcome = 0; outcome < PF_OUTCOME_COUNT; outcome++) {
		struct pf_answer answer = {.kind = PF_KIND_raw,
		                           .outcome = (enum pf_outcome)outcome},
				 back;
		const char *problem, *line = pf_answer_write(arena, &answer);
		assert_true(pf_answer_read(arena, line, strlen(line), &back, &problem));
		assert_int_equal(back.outcome, outcome);
		assert_true(strlen(pf_outcome_sentence((enum pf_outcome)outcome)) > 5);
	}
}

static void equal_questions_are_equal_texts(void **state)
{
	(void)state;
	struct pf_question question = {
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp", .address = "192.0.2.1", .port = 443}};
	assert_string_equal(pf_question_write(arena, &question),
	                    "{\"kind\":\"raw\",\"ask\":{\"transport\":\"tcp\",\"address\":\"192.0."
	                    "2.1\",\"port\":443}}");
}

static void the_texts_of_a_question_stay_as_they_are(void **state)
{
	(void)state;
	struct pf_question question = {.kind = PF_KIND_exec,
	                               .exec = {.input = "import sys\n\tprint('\\x41')\n"}},
			   back;
	const char *problem, *line = pf_question_write(arena, &question);
	assert_true(pf_question_read(arena, line, strlen(line), &back, &problem));
	assert_string_equal(back.exec.input, question.exec.input);
}

static void the_texts_of_an_answer_are_escaped_again(void **state)
{
	(void)state;
	static const char line[] = "{\"kind\":\"raw\",\"outcome\":\"answered\",\"detail\":"
				   "\"\\u001b[2J\",\"at\":1,\"took_us\":1,"
				   "\"facts\":{\"reply\":\"a\\nb\\u202ec\\\\q\"}}";
	struct pf_answer answer;
	const char *problem;
	assert_true(pf_answer_read(arena, line, sizeof line - 1, &answer, &problem));
	assert_string_equal(answer.detail, "\\x1b[2J");
	assert_string_equal(answer.raw.reply, "a\\nb\\u{202e}c\\\\q");
}

static void assert_refused(const char *line, const char *why)
{
	struct pf_answer answer;
	const char *problem = "";
	assert_false(pf_answer_read(arena, line, strlen(line), &answer, &problem));
	if (!strstr(problem, why))
		fail_msg("%s: the problem is \"%s\", not \"%s\"", line, problem, why);
}

#define RAW(more) "{\"kind\":\"raw\",\"outcome\":\"answered\",\"at\":1,\"took_us\":1" more "}"

static void what_no_worker_of_ours_writes_is_refused(void **state)
{
	(void)state;
	assert_refused("", "not JSON");
	assert_refused("[]", "not an object");
	assert_refused("{}", "the kind is missing");
	assert_refused("{\"kind\":\"telepathy\"}", "the kind telepathy is not known");
	assert_refused("{\"kind\":\"raw\",\"outcome\":\"maybe\"}",
	               "the outcome maybe is not known");
	assert_refused("{\"kind\":\"raw\"}", "the outcome is missing");
	assert_refused(RAW(",\"facts\":{\"reply\":5}"), "the field reply is of the wrong type");
	assert_refused(RAW(",\"facts\":{\"received\":1.5}"),
	               "the field received is of the wrong type");
	assert_refused(RAW(",\"facts\":{\"received\":1e300}"),
	               "the field received is of the wrong type");
	assert_refused(RAW(",\"facts\":{\"closed\":1}"), "the field closed is of the wrong type");
	assert_refused(RAW(",\"facts\":{\"verdict\":\"pass\"}"), "the field verdict is not known");
	assert_refused(RAW(",\"verdict\":\"pass\",\"facts\":{}"), "the field verdict is not known");
	assert_refused(RAW(""), "is missing or is not an object");
	assert_refused(RAW(",\"facts\":{}") "x", "not JSON");
	assert_refused(RAW(",\"facts\":{},\"facts\":{}"), "a key is there twice");
	assert_refused(RAW(",\"facts\":{\"reply\":\"a\\u0000b\"}"), "escaped NUL");
	assert_refused(RAW(",\"facts\":{\"reply\":\"\xff\"}"), "not UTF-8");
	assert_refused("{\"kind\":\"raw\",\"outcome\":\"answered\",\"facts\":{}}",
	               "the time is missing or wrong");
	assert_refused("{\"kind\":\"tree\",\"outcome\":\"answered\",\"at\":1,\"took_us\":1,"
	               "\"facts\":{\"examples\":[{\"mode\":1}]}}",
	               "an entry has no path");
}

static void a_line_that_is_cut_anywhere_is_refused(void **state)
{
	(void)state;
	static const char line[] = RAW(",\"facts\":{\"reply\":\"a\\\\b\",\"received\":12}");
	struct pf_answer answer;
	const char *problem;
	assert_true(pf_answer_read(arena, line, sizeof line - 1, &answer, &problem));
	for (size_t length = 0; length < sizeof line - 1; length++) {
		problem = NULL;
		assert_false(pf_answer_read(arena, line, length, &answer, &problem));
		assert_non_null(problem);
	}
}

static void what_only_a_lenient_parser_takes_for_json_is_refused(void **state)
{
	(void)state;
	static const char *const malformed[] = {"01", "-01", "1.", "-", "1e", "1e+", ".5", "+1"};
	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
		assert_refused(
			pf_arena_print(arena, RAW(",\"facts\":{\"received\":%s}"), malformed[i]),
			i < 6 ? "a number is malformed" : "not JSON");
	assert_refused(RAW(",\"facts\":{\"received\":9007199254740993}"), "beyond 2^53");
	assert_refused(RAW(",\"facts\":{\"received\":-9007199254740993}"), "beyond 2^53");
	assert_refused(RAW(",\"facts\":{\"received\":90071992547409920}"), "beyond 2^53");
	assert_refused(RAW(",\"facts\":{\"reply\":\"a\x1b[2J\"}"), "a control character");
	assert_refused(RAW(",\"facts\":\x01{}"), "a control character");
	assert_refused(RAW(",\"facts\":{'reply':1}"), "not JSON");
}

static void deep_nesting_and_long_lines_are_refused(void **state)
{
	(void)state;
	static char deep[100000], lengthy[PF_LINE_BYTES + 10];
	memset(deep, '[', sizeof deep - 1);
	assert_refused(deep, "nested too deep");
	memset(lengthy, ' ', sizeof lengthy - 1);
	assert_refused(lengthy, "longer than 1 MiB");
}

static void a_lone_surrogate_is_refused(void **state)
{
	(void)state;
	struct pf_answer answer;
	static const char line[] = RAW(",\"facts\":{\"reply\":\"\\ud800\"}");
	const char *problem;
	assert_false(pf_answer_read(arena, line, sizeof line - 1, &answer, &problem));
}

static void a_line_is_split_into_the_values_asked_for(void **state)
{
	(void)state;
	static const char line[] =
		"{\"id\":7,\"question\":{\"kind\":\"raw\",\"ask\":{}},\"more\":null}";
	static const char *const names[] = {"id", "question", "absent"};
	const char *values[3], *problem;
	assert_true(pf_line_split(arena, line, sizeof line - 1, 3, names, values, &problem));
	assert_string_equal(values[0], "7");
	assert_string_equal(values[1], "{\"kind\":\"raw\",\"ask\":{}}");
	assert_null(values[2]);
	assert_false(pf_line_split(arena, "[1]", 3, 3, names, values, &problem));
}

static void large_numbers_come_out_of_a_split_as_they_went_in(void **state)
{
	(void)state;
	static const char *const numbers[] = {"9007199254740992",
	                                      "-9007199254740991",
	                                      "1234567890123457",
	                                      "1000000000000000",
	                                      "0.5",
	                                      "-7"};
	static const char *const names[] = {"a"};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const char *line = pf_arena_print(arena, "{\"a\":{\"b\":[%s]}}", numbers[i]);
		const char *value, *problem;
		assert_true(pf_line_split(arena, line, strlen(line), 1, names, &value, &problem));
		assert_string_equal(value, pf_arena_print(arena, "{\"b\":[%s]}", numbers[i]));
	}
}

static void strings_cannot_end_a_script_or_a_line(void **state)
{
	(void)state;
	assert_string_equal(pf_json_string(arena, "</script>\xe2\x80\xa8\n\"\\\x01"),
	                    "\"<\\/script>\\u2028\\u000a\\\"\\\\\\u0001\"");
	assert_string_equal(pf_json_string(arena, "a\xff"
	                                          "b\xc3"),
	                    "\"a\xef\xbf\xbd"
	                    "b\xef\xbf\xbd\"");
	const char *text;
	assert_true(pf_json_text(arena, "\"a\\nb\"", &text));
	assert_string_equal(text, "a\nb");
	assert_false(pf_json_text(arena, "5", &text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_question_survives_the_round_trip),
		cmocka_unit_test(every_answer_survives_the_round_trip),
		cmocka_unit_test(every_field_of_an_entry_survives),
		cmocka_unit_test(every_outcome_has_a_name_that_is_read_back),
		cmocka_unit_test(equal_questions_are_equal_texts),
		cmocka_unit_test(the_texts_of_a_question_stay_as_they_are),
		cmocka_unit_test(the_texts_of_an_answer_are_escaped_again),
		cmocka_unit_test(what_no_worker_of_ours_writes_is_refused),
		cmocka_unit_test(a_line_that_is_cut_anywhere_is_refused),
		cmocka_unit_test(what_only_a_lenient_parser_takes_for_json_is_refused),
		cmocka_unit_test(deep_nesting_and_long_lines_are_refused),
		cmocka_unit_test(a_lone_surrogate_is_refused),
		cmocka_unit_test(a_line_is_split_into_the_values_asked_for),
		cmocka_unit_test(large_numbers_come_out_of_a_split_as_they_went_in),
		cmocka_unit_test(strings_cannot_end_a_script_or_a_line),
	};
	return cmocka_run_group_tests(tests, start, end);
}
