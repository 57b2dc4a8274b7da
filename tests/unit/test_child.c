/* Child processes: lines in and out, last words, and ends of every kind. */
#include "base/clock.h"
#include "base/limits.h"
#include "run/child.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

struct heard {
	char text[4096];
	size_t lines, too_long;
};

static void hear(void *context, const char *line, size_t length)
{
	struct heard *heard = context;
	if (!line) {
		heard->too_long++;
		return;
	}
	heard->lines++;
	if (strlen(heard->text) + length + 2 < sizeof heard->text)
		strncat(heard->text, line, length);
	strcat(heard->text, "|");
}

/* Serves a child until it is silent or the time is up. */
static void serve(struct pf_child *child, struct heard *heard, int64_t seconds)
{
	int64_t until = pf_now_us() + seconds * 1000000;
	while (!pf_child_is_silent(child) && pf_now_us() < until) {
		struct pollfd polls[3];
		size_t count = pf_child_polls(child, polls);
		if (poll(polls, count, 50) > 0)
			pf_child_serve(child, polls, count, hear, heard);
	}
}

static struct pf_child *shell(const char *script)
{
	const char *const argv[] = {"/bin/sh", "-c", script, NULL};
	const char *problem = NULL;
	struct pf_child *child = pf_child_start(argv, NULL, &problem);
	assert_non_null(child);
	return child;
}

static void lines_come_whole_however_they_were_written(void **state)
{
	(void)state;
	struct heard heard = {0};
	struct pf_child *child = shell("printf 'one\\ntw'; sleep 0.1; printf 'o\\nrest'");
	serve(child, &heard, 5);
	assert_string_equal(heard.text, "one|two|");
	assert_int_equal(pf_child_end(child), 0);
}

static void what_is_sent_arrives_to_the_last_byte(void **state)
{
	(void)state;
	struct heard heard = {0};
	struct pf_child *child = shell("wc -c");
	static char bulk[300000];
	memset(bulk, 'x', sizeof bulk);
	pf_child_send(child, bulk, sizeof bulk);
	pf_child_send(child, bulk, sizeof bulk);
	pf_child_send_end(child);
	serve(child, &heard, 5);
	assert_string_equal(heard.text, "600000|");
	pf_child_end(child);
}

static void an_endless_line_is_told_once_and_skipped(void **state)
{
	(void)state;
	struct heard heard = {0};
	struct pf_child *child = shell("head -c 5000000 /dev/zero | tr '\\0' x; echo; echo after");
	serve(child, &heard, 10);
	assert_int_equal(heard.too_long, 1);
	assert_string_equal(heard.text, "after|");
	pf_child_end(child);
}

static void the_last_words_are_the_last_line_escaped(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(64 * 1024);
	struct heard heard = {0};
	struct pf_child *child = shell("echo first >&2; printf 'bad\\033[2J thing\\n' >&2");
	serve(child, &heard, 5);
	assert_string_equal(pf_child_last_words(child, arena), "bad\\x1b[2J thing");
	pf_child_end(child);
	pf_arena_free(arena);
}

static void a_program_that_is_not_there_ends_with_127_and_says_so(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(64 * 1024);
	const char *const argv[] = {"/no/such/program", NULL};
	const char *problem = NULL;
	struct heard heard = {0};
	struct pf_child *child = pf_child_start(argv, NULL, &problem);
	assert_non_null(child);
	serve(child, &heard, 5);
	assert_non_null(strstr(pf_child_last_words(child, arena), "No such file"));
	int status = pf_child_end(child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 127);
	pf_arena_free(arena);
}

static void one_that_ignores_everything_is_killed_with_its_group(void **state)
{
	(void)state;
	struct heard heard = {0};
	struct pf_child *child = shell("trap '' TERM INT; sleep 60 & echo ready; wait");
	while (heard.lines == 0) {
		struct pollfd polls[3];
		size_t count = pf_child_polls(child, polls);
		poll(polls, count, 1000);
		pf_child_serve(child, polls, count, hear, &heard);
	}
	int64_t before = pf_now_us();
	int status = pf_child_end(child);
	assert_true(pf_now_us() - before < 1000000);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void the_environment_is_the_one_that_was_given(void **state)
{
	(void)state;
	static const char *const argv[] = {"/usr/bin/env", NULL};
	static const char *const environment[] = {"ONLY=this", NULL};
	const char *problem = NULL;
	struct heard heard = {0};
	struct pf_child *child = pf_child_start(argv, environment, &problem);
	serve(child, &heard, 5);
	assert_string_equal(heard.text, "ONLY=this|");
	pf_child_end(child);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_whole_however_they_were_written),
		cmocka_unit_test(what_is_sent_arrives_to_the_last_byte),
		cmocka_unit_test(an_endless_line_is_told_once_and_skipped),
		cmocka_unit_test(the_last_words_are_the_last_line_escaped),
		cmocka_unit_test(a_program_that_is_not_there_ends_with_127_and_says_so),
		cmocka_unit_test(one_that_ignores_everything_is_killed_with_its_group),
		cmocka_unit_test(the_environment_is_the_one_that_was_given),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
