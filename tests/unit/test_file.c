/* Files by pattern: what matches, in which order, and what stands in the way. */
#include "base/clock.h"
#include "drivers/driver.h"
#include "rig_scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECOND_US = 1000 * 1000, PLENTY_US = 20 * SECOND_US };

static struct pf_answer look(struct scratch *scratch, int64_t limit, size_t count,
                             const char *const patterns[])
{
	struct pf_ask_file question = {.patterns = pf_arena_words(scratch->arena, count, patterns),
	                               .limit = limit};
	return pf_file_answer(scratch->arena, &question, pf_now_us() + PLENTY_US);
}

static struct pf_answer look_for(struct scratch *scratch, const char *pattern)
{
	return look(scratch, 0, 1, &pattern);
}

/* A file that was modified so many seconds ago. */
static void make_aged(const char *path, int64_t seconds)
{
	make_file(path, 0600, "x");
	struct timespec then = {.tv_sec = pf_wall_seconds() - seconds}, when[] = {then, then};
	assert_int_equal(utimensat(AT_FDCWD, path, when, 0), 0);
}

static void matches_come_newest_first(void **state)
{
	struct scratch *s = *state;
	make_aged(scratch_path(s, "db-1.gz"), 300);
	make_aged(scratch_path(s, "db-2.gz"), 100);
	make_aged(scratch_path(s, "db-3.gz"), 200);
	make_aged(scratch_path(s, "media.tar"), 1);
	make_aged(scratch_path(s, ".db-hidden.gz"), 1);
	struct pf_answer answer = look_for(s, scratch_path(s, "*.gz"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.file.matched, 3);
	assert_int_equal(answer.file.files.count, 3);
	assert_string_equal(answer.file.files.at[0].path, scratch_path(s, "db-2.gz"));
	assert_string_equal(answer.file.files.at[1].path, scratch_path(s, "db-3.gz"));
	assert_string_equal(answer.file.files.at[2].path, scratch_path(s, "db-1.gz"));
	assert_int_equal(answer.file.files.at[0].mode, 0600);
	assert_int_equal(answer.file.files.at[0].size, 1);
	assert_true(llabs(answer.file.now - answer.file.files.at[0].modified - 100) < 30);
}

static void the_limit_keeps_the_newest_and_the_count_keeps_all(void **state)
{
	struct scratch *s = *state;
	for (int i = 0; i < 40; i++)
		make_aged(scratch_path(s, "f%02d", i), 1000 - i);
	const char *pattern = scratch_path(s, "f*");
	struct pf_answer answer = look(s, 3, 1, &pattern);
	assert_int_equal(answer.file.matched, 40);
	assert_int_equal(answer.file.files.count, 3);
	assert_string_equal(answer.file.files.at[0].path, scratch_path(s, "f39"));
	assert_string_equal(answer.file.files.at[2].path, scratch_path(s, "f37"));
}

static void patterns_are_those_of_the_shell(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "a"), 0755);
	make_directory(scratch_path(s, "b"), 0755);
	make_file(scratch_path(s, "a/db1.gz"), 0600, "");
	make_file(scratch_path(s, "b/db2.gz"), 0600, "");
	make_file(scratch_path(s, "b/dbx.gz"), 0600, "");
	make_file(scratch_path(s, "b/st*r"), 0600, "");
	assert_int_equal(look_for(s, scratch_path(s, "*/db[0-9].gz")).file.matched, 2);
	assert_int_equal(look_for(s, scratch_path(s, "?/db?.gz")).file.matched, 3);
	assert_int_equal(look_for(s, scratch_path(s, "b/db[!0-9].gz")).file.matched, 1);
	assert_int_equal(look_for(s, scratch_path(s, "b/st\\*r")).file.matched, 1);
	assert_int_equal(look_for(s, scratch_path(s, "b//./../a/db1.gz")).file.matched, 1);
}

static void a_plain_name_needs_no_pattern(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "dump"), 0640, "four");
	struct pf_answer answer = look_for(s, scratch_path(s, "dump"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.file.files.at[0].size, 4);
	answer = look_for(s, scratch_path(s, "not-there"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.file.matched, 0);
}

static void what_two_patterns_match_is_counted_once(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "db.gz"), 0600, "");
	const char *patterns[] = {scratch_path(s, "*.gz"), scratch_path(s, "db*")};
	struct pf_answer answer = look(s, 0, 2, patterns);
	assert_int_equal(answer.file.matched, 1);
	assert_int_equal(answer.file.files.count, 1);
}

static void every_directory_on_the_way_is_told_nearest_first(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "backups"), 0750);
	make_file(scratch_path(s, "backups/db"), 0600, "");
	struct pf_entries parents = look_for(s, scratch_path(s, "backups/*")).file.parents;
	assert_int_equal(parents.count, 4);
	assert_string_equal(parents.at[0].path, scratch_path(s, "backups"));
	assert_int_equal(parents.at[0].mode, 0750);
	assert_string_equal(parents.at[0].type, "directory");
	assert_string_equal(parents.at[1].path, s->root);
	assert_string_equal(parents.at[2].path, "/tmp");
	assert_string_equal(parents.at[3].path, "/");
	assert_null(parents.at[0].why);
}

static void an_empty_directory_is_an_answer_with_its_parents(void **state)
{
	struct scratch *s = *state;
	struct pf_answer answer = look_for(s, scratch_path(s, "*"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.file.matched, 0);
	assert_int_equal(answer.file.parents.count, 3);
}

static void a_directory_that_is_not_there_is_absent(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "file"), 0600, "");
	assert_int_equal(look_for(s, scratch_path(s, "none/*.gz")).outcome, PF_absent);
	assert_int_equal(look_for(s, scratch_path(s, "none/at/all")).outcome, PF_absent);
	assert_int_equal(look_for(s, scratch_path(s, "file/*")).outcome, PF_absent);
}

static void a_directory_that_may_not_be_read_is_no_permission(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "private"), 0);
	be_nobody();
	struct pf_answer wild = look_for(s, scratch_path(s, "private/*"));
	struct pf_answer plain = look_for(s, scratch_path(s, "private/dump"));
	struct pf_answer deep = look_for(s, scratch_path(s, "private/sub/*"));
	be_ourselves();
	assert_int_equal(wild.outcome, PF_no_permission);
	assert_int_equal(plain.outcome, PF_no_permission);
	assert_int_equal(deep.outcome, PF_no_permission);
	assert_string_equal(wild.detail, scratch_path(s, "private"));
}

static void one_of_two_that_may_not_be_read_makes_it_partial(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "a"), 0755);
	make_file(scratch_path(s, "a/db"), 0600, "");
	make_directory(scratch_path(s, "b"), 0);
	be_nobody();
	struct pf_answer answer = look_for(s, scratch_path(s, "*/db"));
	be_ourselves();
	assert_int_equal(answer.outcome, PF_partial);
	assert_int_equal(answer.file.matched, 1);
}

static void a_link_is_a_link_and_a_pipe_is_not_opened(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "db-1"), 0600, "x");
	make_link(scratch_path(s, "db-latest"), "db-0-long-gone");
	assert_int_equal(mkfifo(scratch_path(s, "db-fifo"), 0600), 0);
	make_link(scratch_path(s, "db-loop"), "db-loop");
	struct pf_answer answer = look_for(s, scratch_path(s, "db-*"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.file.matched, 4);
	size_t links = 0, special = 0;
	for (size_t i = 0; i < 4; i++) {
		links += strcmp(answer.file.files.at[i].type, "link") == 0;
		special += strcmp(answer.file.files.at[i].type, "special") == 0;
	}
	assert_int_equal(links, 2);
	assert_int_equal(special, 1);
	assert_int_equal(look_for(s, scratch_path(s, "*/x")).file.matched, 0);
}

static void a_link_stands_for_the_file_that_it_leads_to(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "sets"), 0755);
	make_directory(scratch_path(s, "disk"), 0700);
	make_aged(scratch_path(s, "disk/db-2.gz"), 50);
	make_link(scratch_path(s, "sets/latest"), "../disk/db-2.gz");
	struct pf_answer answer = look_for(s, scratch_path(s, "sets/*"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.file.files.count, 1);
	const struct pf_entry *file = &answer.file.files.at[0];
	assert_string_equal(file->path, scratch_path(s, "disk/db-2.gz"));
	assert_string_equal(file->type, "file");
	assert_int_equal(file->mode, 0600);
	assert_int_equal(file->size, 1);
	bool way = false;
	for (size_t i = 0; i < answer.file.parents.count; i++)
		way |= strcmp(answer.file.parents.at[i].path, scratch_path(s, "disk")) == 0 &&
		       answer.file.parents.at[i].mode == 0700;
	assert_true(way);
}

static void a_file_and_the_link_to_it_are_one_match(void **state)
{
	struct scratch *s = *state;
	make_aged(scratch_path(s, "db-1.gz"), 50);
	make_aged(scratch_path(s, "db-2.gz"), 20);
	make_link(scratch_path(s, "db-latest.gz"), "db-2.gz");
	struct pf_answer answer = look_for(s, scratch_path(s, "db-*.gz"));
	assert_int_equal(answer.file.matched, 2);
	assert_int_equal(answer.file.files.count, 2);
	assert_string_equal(answer.file.files.at[0].path, scratch_path(s, "db-2.gz"));
}

static void directories_behind_links_are_found_and_told_by_their_real_names(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "disk"), 0700);
	make_directory(scratch_path(s, "disk/db"), 0711);
	make_file(scratch_path(s, "disk/db/dump"), 0600, "x");
	make_link(scratch_path(s, "backups"), "disk/db");
	struct pf_answer answer = look_for(s, scratch_path(s, "backups/*"));
	assert_int_equal(answer.file.matched, 1);
	assert_string_equal(answer.file.files.at[0].path, scratch_path(s, "backups/dump"));
	assert_string_equal(answer.file.parents.at[0].path, scratch_path(s, "disk/db"));
	assert_string_equal(answer.file.parents.at[1].path, scratch_path(s, "disk"));
}

static void names_from_hell_match_and_come_out_escaped(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "db\xff\n\033.gz"), 0600, "x");
	struct pf_answer answer = look_for(s, scratch_path(s, "db*.gz"));
	assert_int_equal(answer.file.matched, 1);
	assert_string_equal(answer.file.files.at[0].path, scratch_path(s, "db\\xff\\n\\x1b.gz"));
	assert_int_equal(look_for(s, scratch_path(s, "db\xff\n\033.gz")).file.matched, 1);
}

static void too_many_matches_end_the_search(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "files"), 0755);
	make_directory(scratch_path(s, "links"), 0755);
	for (int i = 0; i < 330; i++) {
		make_file(scratch_path(s, "files/%d", i), 0644, "");
		make_link(scratch_path(s, "links/%d", i), "../files");
	}
	struct pf_answer answer = look_for(s, scratch_path(s, "links/*/*"));
	assert_int_equal(answer.outcome, PF_partial);
	assert_int_equal(answer.file.matched, 100000);
	assert_int_equal(answer.file.files.count, 100);
}

static void the_deadline_ends_the_search(void **state)
{
	struct scratch *s = *state;
	const char *pattern = scratch_path(s, "*");
	struct pf_ask_file question = {.patterns = {&pattern, 1}};
	struct pf_answer answer = pf_file_answer(s->arena, &question, pf_now_us() - 1);
	assert_int_equal(answer.outcome, PF_partial);
	assert_non_null(strstr(answer.detail, "deadline"));
}

static void patterns_that_are_no_absolute_paths_are_malformed(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(look_for(s, "*.gz").outcome, PF_malformed_question);
	assert_int_equal(look_for(s, "").outcome, PF_malformed_question);
	assert_int_equal(look_for(s, "/").outcome, PF_malformed_question);
	assert_int_equal(look(s, 0, 0, NULL).outcome, PF_malformed_question);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(matches_come_newest_first),
		IN_SCRATCH(the_limit_keeps_the_newest_and_the_count_keeps_all),
		IN_SCRATCH(patterns_are_those_of_the_shell),
		IN_SCRATCH(a_plain_name_needs_no_pattern),
		IN_SCRATCH(what_two_patterns_match_is_counted_once),
		IN_SCRATCH(every_directory_on_the_way_is_told_nearest_first),
		IN_SCRATCH(an_empty_directory_is_an_answer_with_its_parents),
		IN_SCRATCH(a_directory_that_is_not_there_is_absent),
		IN_SCRATCH(a_directory_that_may_not_be_read_is_no_permission),
		IN_SCRATCH(one_of_two_that_may_not_be_read_makes_it_partial),
		IN_SCRATCH(a_link_is_a_link_and_a_pipe_is_not_opened),
		IN_SCRATCH(a_link_stands_for_the_file_that_it_leads_to),
		IN_SCRATCH(a_file_and_the_link_to_it_are_one_match),
		IN_SCRATCH(directories_behind_links_are_found_and_told_by_their_real_names),
		IN_SCRATCH(names_from_hell_match_and_come_out_escaped),
		IN_SCRATCH(too_many_matches_end_the_search),
		IN_SCRATCH(the_deadline_ends_the_search),
		IN_SCRATCH(patterns_that_are_no_absolute_paths_are_malformed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
