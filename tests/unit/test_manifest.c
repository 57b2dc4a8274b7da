/* The manifest of static files: what it names is looked for, and what is no manifest does no harm.
 */
#include "base/clock.h"
#include "drivers/driver.h"
#include "drivers/manifest_text.h"
#include "rig_scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLENTY_US = 20 * 1000 * 1000 };

static const char NAME[] = "staticfiles.json";

#define HEAD "{\"version\": \"1.1\", \"hash\": \"x\", \"paths\": {"

static struct pf_answer ask_until(struct scratch *s, const char *name, int64_t deadline_us)
{
	struct pf_ask_manifest ask = {.root = s->root, .name = name, .sample = 16};
	return pf_manifest_answer(s->arena, &ask, deadline_us);
}

static struct pf_answer ask(struct scratch *s)
{
	return ask_until(s, NAME, pf_now_us() + PLENTY_US);
}

static void write_manifest(struct scratch *s, const char *text)
{
	make_file(scratch_path(s, NAME), 0644, text);
}

static void what_is_there_is_counted_and_sampled(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "site.0123456789ab.css"), 0644, "abc");
	write_manifest(s, HEAD "\"site.css\": \"site.0123456789ab.css\", \"gone.js\": "
	                       "\"gone.0123456789ab.js\"}}");
	struct pf_answer answer = ask(s);
	assert_int_equal(answer.outcome, PF_answered);
	assert_string_equal(answer.manifest.version, "1.1");
	assert_int_equal(answer.manifest.entries, 2);
	assert_int_equal(answer.manifest.missing, 1);
	assert_string_equal(answer.manifest.lacking.at[0], "gone.0123456789ab.js");
	assert_int_equal(answer.manifest.sample.count, 1);
	/* FIPS 180-4's own example */
	assert_string_equal(answer.manifest.digests.at[0],
	                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void names_that_climb_out_are_missing_whatever_is_there(void **state)
{
	struct scratch *s = *state;
	write_manifest(s, HEAD "\"a\": \"../../../etc/passwd\", \"b\": \"/etc/passwd\", "
	                       "\"c\": \"x/../../etc/passwd\"}}");
	struct pf_answer answer = ask(s);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.manifest.missing, 3);
	assert_int_equal(answer.manifest.sample.count, 0);
}

static void what_is_no_file_is_missing_and_never_opened(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(mkfifo(scratch_path(s, "pipe.js"), 0644), 0);
	make_directory(scratch_path(s, "folder.js"), 0755);
	make_link(scratch_path(s, "link.js"), "/etc/passwd");
	write_manifest(s, HEAD "\"a\": \"pipe.js\", \"b\": \"folder.js\", \"c\": \"link.js\"}}");
	struct pf_answer answer = ask(s);
	assert_int_equal(answer.outcome, PF_answered);
	/* A link is what `collectstatic --link` makes; what it leads to is no sample. */
	assert_int_equal(answer.manifest.missing, 2);
	assert_int_equal(answer.manifest.sample.count, 0);
}

static void names_with_control_characters_are_told_escaped(void **state)
{
	struct scratch *s = *state;
	write_manifest(s, HEAD "\"a\": \"two\\nlines\\u001b[2J.css\"}}");
	struct pf_answer answer = ask(s);
	assert_int_equal(answer.manifest.missing, 1);
	assert_null(strpbrk(answer.manifest.lacking.at[0], "\n\033"));
}

static void what_is_no_manifest_is_garbled(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{\"paths\": []}",
		"{\"paths\": {\"a\": 1}}",
		HEAD "\"a\": \"b\"",
		HEAD "\"a\": \"b\"}} trailing",
	};
	struct scratch *s = *state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		unlink(scratch_path(s, NAME));
		write_manifest(s, texts[i]);
		struct pf_answer answer = ask(s);
		if (answer.outcome != PF_garbled || !answer.detail)
			fail_msg("%s is %s", texts[i], pf_outcome_name(answer.outcome));
	}
}

static void a_manifest_that_is_a_pipe_a_link_or_absent_is_not_read(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(ask(s).outcome, PF_absent);
	make_link(scratch_path(s, NAME), "/etc/passwd");
	assert_int_equal(ask(s).outcome, PF_absent);
	assert_int_equal(unlink(scratch_path(s, NAME)), 0);
	assert_int_equal(mkfifo(scratch_path(s, NAME), 0644), 0);
	assert_int_equal(ask(s).outcome, PF_absent);
}

static void a_manifest_beyond_the_limit_is_oversized(void **state)
{
	struct scratch *s = *state;
	write_manifest(s, HEAD "}}");
	assert_int_equal(truncate(scratch_path(s, NAME), PF_MANIFEST_BYTES + 1), 0);
	assert_int_equal(ask(s).outcome, PF_oversized);
}

static void the_deadline_ends_a_long_manifest(void **state)
{
	enum { ENTRIES = 1000 };
	struct scratch *s = *state;
	char *text = malloc(ENTRIES * 32 + 100), *at = stpcpy(text, HEAD);
	for (int i = 0; i < ENTRIES; i++)
		at += sprintf(at, "%s\"%d\": \"%d.css\"", i ? "," : "", i, i);
	strcpy(at, "}}");
	write_manifest(s, text);
	free(text);
	struct pf_answer answer = ask_until(s, NAME, pf_now_us());
	assert_int_equal(answer.outcome, PF_partial);
	assert_true(answer.manifest.entries < ENTRIES);
}

static void a_question_that_climbs_is_refused(void **state)
{
	struct scratch *s = *state;
	int64_t deadline = pf_now_us() + PLENTY_US;
	assert_int_equal(ask_until(s, "../x.json", deadline).outcome, PF_malformed_question);
	assert_int_equal(ask_until(s, "/etc/passwd", deadline).outcome, PF_malformed_question);
	assert_int_equal(ask_until(s, NULL, deadline).outcome, PF_malformed_question);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_is_there_is_counted_and_sampled),
		IN_SCRATCH(names_that_climb_out_are_missing_whatever_is_there),
		IN_SCRATCH(what_is_no_file_is_missing_and_never_opened),
		IN_SCRATCH(names_with_control_characters_are_told_escaped),
		IN_SCRATCH(what_is_no_manifest_is_garbled),
		IN_SCRATCH(a_manifest_that_is_a_pipe_a_link_or_absent_is_not_read),
		IN_SCRATCH(a_manifest_beyond_the_limit_is_oversized),
		IN_SCRATCH(the_deadline_ends_a_long_manifest),
		IN_SCRATCH(a_question_that_climbs_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
