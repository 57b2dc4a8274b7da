/* Commands: what they are given, what is taken from them, and how they are ended. */
#include "base/clock.h"
#include "base/limits.h"
#include "drivers/driver.h"
#include "model/codec.h"
#include "rig_scratch.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECOND_US = 1000 * 1000, PLENTY_US = 20 * SECOND_US };

static struct pf_answer run_until(struct scratch *s, struct pf_ask_exec question, int64_t limit_us)
{
	return pf_exec_answer(s->arena, &question, pf_now_us() + limit_us);
}

static struct pf_ask_exec shell(struct scratch *s, const char *script)
{
	const char *argv[] = {"/bin/sh", "-c", script};
	return (struct pf_ask_exec){.argv = pf_arena_words(s->arena, 3, argv)};
}

static struct pf_answer run_shell(struct scratch *s, const char *script)
{
	return run_until(s, shell(s, script), PLENTY_US);
}

static struct pf_answer run_program(struct scratch *s, const char *path)
{
	struct pf_ask_exec question = {.argv = pf_arena_words(s->arena, 1, &path)};
	return run_until(s, question, PLENTY_US);
}

static void output_errors_and_status_come_back(void **state)
{
	struct pf_answer answer = run_shell(*state, "echo out; echo err >&2; exit 3");
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.exec.status, 3);
	assert_int_equal(answer.exec.signal, 0);
	assert_string_equal(answer.exec.output, "out\\n");
	assert_string_equal(answer.exec.errors, "err\\n");
	assert_false(answer.exec.truncated);
}

static void a_signal_is_told_as_such(void **state)
{
	struct pf_answer answer = run_shell(*state, "kill -USR1 $$");
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.exec.status, -1);
	assert_int_equal(answer.exec.signal, SIGUSR1);
}

static void the_environment_is_what_was_listed_and_a_path(void **state)
{
	struct scratch *s = *state;
	const char *variables[] = {"NAME=some value", "LANG=de_DE.UTF-8"};
	const char *argv[] = {"/usr/bin/env"};
	setenv("PGPASSWORD", "secret", 1);
	struct pf_answer answer = run_until(
		s,
		(struct pf_ask_exec){.argv = pf_arena_words(s->arena, 1, argv),
	                             .environment = pf_arena_words(s->arena, 2, variables)},
		PLENTY_US);
	unsetenv("PGPASSWORD");
	assert_string_equal(answer.exec.output,
	                    "NAME=some value\\nLANG=de_DE.UTF-8\\n"
	                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\\n");
	answer = run_program(s, "/usr/bin/env");
	assert_non_null(strstr(answer.exec.output, "LANG=C.UTF-8"));
}

static void input_arrives_whole_and_without_it_there_is_none(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_exec question = shell(s, "wc -c");
	char *text = pf_arena_take(s->arena, 300001);
	memset(text, 'x', 300000);
	question.input = text;
	assert_string_equal(run_until(s, question, PLENTY_US).exec.output, "300000\\n");
	question = shell(s, "od -An -c");
	question.input = "a\n\\n";
	assert_non_null(
		strstr(run_until(s, question, PLENTY_US).exec.output, "a  \\\\n   \\\\   n"));
	assert_string_equal(run_shell(s, "wc -c").exec.output, "0\\n");
}

static void input_that_nobody_reads_does_not_hold_us_up(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_exec question = shell(s, "exec true");
	char *text = pf_arena_take(s->arena, 300001);
	memset(text, 'x', 300000);
	question.input = text;
	assert_int_equal(run_until(s, question, PLENTY_US).exec.status, 0);
}

static void what_it_prints_is_escaped(void **state)
{
	struct pf_answer answer = run_shell(*state, "printf '\\033[31m\\000\\377'");
	assert_string_equal(answer.exec.output, "\\x1b[31m\\x00\\xff");
}

static void words_are_taken_verbatim_before_and_after_json(void **state)
{
	struct scratch *s = *state;
	struct pf_question question = {.kind = PF_KIND_exec}, read;
	const char *argv[] = {"/bin/sh", "-c", "printf '%s|' \"$0\" \"$WORD\"; cat",
	                      "a\\n\\\\b\nc"};
	const char *variable = "WORD=\\x41\\";
	question.exec.argv = pf_arena_words(s->arena, 4, argv);
	question.exec.environment = pf_arena_words(s->arena, 1, &variable);
	question.exec.input = "\\t\t";
	const char *line = pf_question_write(s->arena, &question), *problem = NULL;
	assert_true(pf_question_read(s->arena, line, strlen(line), &read, &problem));
	static const char expected[] = "a\\\\n\\\\\\\\b\\nc|\\\\x41\\\\|\\\\t\\t";
	assert_string_equal(run_until(s, question.exec, PLENTY_US).exec.output, expected);
	assert_string_equal(run_until(s, read.exec, PLENTY_US).exec.output, expected);
}

static void a_flood_is_kept_to_the_limit_and_read_to_its_end(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_exec question =
		shell(s, "head -c 5000000 /dev/zero | tr '\\0' a; echo end >&2; exit 7");
	question.limit = 1000;
	struct pf_answer answer = run_until(s, question, PLENTY_US);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.exec.status, 7);
	assert_int_equal(strlen(answer.exec.output), 1000);
	assert_string_equal(answer.exec.errors, "end\\n");
	assert_true(answer.exec.truncated);
}

static void a_flood_without_end_is_ended(void **state)
{
	struct pf_answer answer = run_shell(*state, "trap '' TERM; yes; yes");
	assert_int_equal(answer.outcome, PF_oversized);
	assert_int_equal(answer.exec.signal, SIGKILL);
	assert_true(answer.exec.truncated);
	assert_int_equal(strlen(answer.exec.output), 64 * 1024 / 2 * 3); /* "y\n" is y\n */
	assert_true(answer.took_us < 3 * SECOND_US);
}

static void the_worst_output_fits_on_a_line(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_exec question =
		shell(s, "head -c 1048576 /dev/zero; head -c 1048576 /dev/zero >&2");
	question.limit = PF_OUTPUT_BYTES;
	struct pf_answer answer = run_until(s, question, PLENTY_US);
	assert_int_equal(answer.outcome, PF_answered);
	assert_true(answer.exec.truncated);
	size_t length = strlen(pf_answer_write(s->arena, &answer));
	assert_true(length < PF_LINE_BYTES - 4096);
	assert_true(length > PF_LINE_BYTES / 2);
	question = shell(s, "head -c 700000 /dev/zero | tr '\\0' a");
	question.limit = PF_OUTPUT_BYTES;
	answer = run_until(s, question, PLENTY_US);
	assert_int_equal(strlen(answer.exec.output), 700000);
	assert_false(answer.exec.truncated);
}

static void one_that_hangs_is_ended_at_the_deadline(void **state)
{
	struct scratch *s = *state;
	struct pf_answer answer =
		run_until(s, shell(s, "echo Enter passphrase: >&2; exec sleep 60"), SECOND_US / 5);
	assert_int_equal(answer.outcome, PF_deadline);
	assert_int_equal(answer.exec.status, 0); /* no facts */
	assert_null(answer.exec.output);
	assert_string_equal(answer.detail, "it did not end in time: Enter passphrase:\\n");
	assert_true(answer.took_us < SECOND_US);
}

static void one_that_ignores_sigterm_is_killed_a_moment_later(void **state)
{
	struct scratch *s = *state;
	struct pf_answer answer =
		run_until(s, shell(s, "trap '' TERM; while :; do sleep 1; done"), SECOND_US / 5);
	assert_int_equal(answer.outcome, PF_deadline);
	assert_true(answer.took_us >= SECOND_US / 2);
	assert_true(answer.took_us < SECOND_US);
}

static void one_that_stops_itself_is_ended_too(void **state)
{
	struct scratch *s = *state;
	struct pf_answer answer = run_until(s, shell(s, "kill -STOP $$"), SECOND_US / 5);
	assert_int_equal(answer.outcome, PF_deadline);
	assert_true(answer.took_us < SECOND_US);
}

/* Gone, or a zombie: orphans are reaped by whoever is init here, which may take its time. */
static bool is_dead(pid_t pid)
{
	char path[64], line[256] = "";
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	FILE *stat = fopen(path, "r");
	if (!stat)
		return true;
	bool dead = !fgets(line, sizeof line, stat) || strstr(line, ") Z") || strstr(line, ") X");
	fclose(stat);
	return dead;
}

static void those_it_leaves_behind_are_killed(void **state)
{
	struct pf_answer answer = run_shell(*state, "sleep 60 >/dev/null 2>&1 & echo $!");
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.exec.status, 0);
	pid_t pid = atoi(answer.exec.output);
	int64_t until = pf_now_us() + SECOND_US;
	assert_true(pid > 1);
	while (!is_dead(pid) && pf_now_us() < until)
		usleep(1000);
	assert_true(is_dead(pid));
}

static void those_who_hold_its_output_do_not_hold_us_up(void **state)
{
	struct pf_answer answer = run_shell(*state, "sleep 60 & echo done");
	assert_int_equal(answer.outcome, PF_answered);
	assert_string_equal(answer.exec.output, "done\\n");
	assert_true(answer.took_us < SECOND_US);
	answer = run_shell(*state, "setsid sleep 3 & echo away");
	assert_string_equal(answer.exec.output, "away\\n");
	assert_true(answer.took_us < SECOND_US);
}

static void there_is_no_terminal_to_ask_at(void **state)
{
	struct pf_answer answer = run_shell(*state, "(read x </dev/tty) 2>/dev/null && echo asked");
	assert_string_equal(answer.exec.output, "");
	assert_int_equal(answer.outcome, PF_answered);
}

static void nothing_is_inherited_but_three_descriptors(void **state)
{
	int fd = fcntl(STDIN_FILENO, F_DUPFD, 7); /* not O_CLOEXEC, on purpose */
	struct pf_answer answer = run_shell(
		*state,
		"for i in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$i ] && printf '%s ' $i; done");
	close(fd);
	assert_string_equal(answer.exec.output, "0 1 2 ");
}

static void limits_masks_and_signals_are_set_for_it(void **state)
{
	struct scratch *s = *state;
	signal(SIGPIPE, SIG_IGN);
	struct pf_answer answer =
		run_shell(s, "umask; ulimit -c; pwd; grep SigIgn /proc/self/status");
	signal(SIGPIPE, SIG_DFL);
	assert_string_equal(answer.exec.output, "0077\\n0\\n/\\nSigIgn:\\t0000000000000000\\n");
}

static void the_directory_is_the_one_asked_for(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_exec question = shell(s, "pwd");
	question.directory = s->root;
	assert_string_equal(run_until(s, question, PLENTY_US).exec.output,
	                    pf_arena_print(s->arena, "%s\\n", s->root));
	question.directory = scratch_path(s, "none");
	struct pf_answer answer = run_until(s, question, PLENTY_US);
	assert_int_equal(answer.outcome, PF_no_program);
	assert_non_null(strstr(answer.detail, "none: No such file"));
}

static void what_cannot_be_started_is_no_program(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "plain"), 0644, "not a program");
	make_file(scratch_path(s, "lost"), 0755, "#!/no/such/interpreter\n");
	struct pf_answer answer = run_program(s, scratch_path(s, "none"));
	assert_int_equal(answer.outcome, PF_no_program);
	assert_non_null(strstr(answer.detail, "none: No such file or directory"));
	answer = run_program(s, scratch_path(s, "plain"));
	assert_int_equal(answer.outcome, PF_no_program);
	assert_non_null(strstr(answer.detail, "Permission denied"));
	assert_int_equal(run_program(s, scratch_path(s, "lost")).outcome, PF_no_program);
}

static void questions_without_sense_are_malformed(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(run_program(s, "sh").outcome, PF_malformed_question);
	assert_int_equal(run_until(s, (struct pf_ask_exec){0}, PLENTY_US).outcome,
	                 PF_malformed_question);
	struct pf_ask_exec question = shell(s, "true");
	question.directory = "here";
	assert_int_equal(run_until(s, question, PLENTY_US).outcome, PF_malformed_question);
	question = shell(s, "true");
	const char *variable = "NOEQUALS";
	question.environment = pf_arena_words(s->arena, 1, &variable);
	assert_int_equal(run_until(s, question, PLENTY_US).outcome, PF_malformed_question);
}

static void root_runs_it_as_the_user_named_with_that_users_groups(void **state)
{
	struct scratch *s = *state;
	need_root("becoming another user");
	const gid_t ours = 4;
	assert_int_equal(setgroups(1, &ours), 0);
	struct pf_ask_exec question = shell(s, "id -un; id -Gn; grep CapEff /proc/self/status");
	question.user = somebody;
	struct pf_answer answer = run_until(s, question, PLENTY_US);
	assert_string_equal(answer.exec.output, "daemon\\ndaemon\\nCapEff:\\t0000000000000000\\n");
}

static void others_cannot_run_it_as_somebody_else(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_exec question = shell(s, "id -u");
	question.user = somebody;
	be_nobody();
	struct pf_answer answer = run_until(s, question, PLENTY_US);
	be_ourselves();
	assert_int_equal(answer.outcome, PF_no_permission);
}

static void root_runs_nothing_whose_user_was_not_said(void **state)
{
	struct scratch *s = *state;
	need_root("being root");
	struct pf_question question = {.kind = PF_KIND_exec}, read;
	const char *problem = NULL;
	question.exec = shell(s, pf_arena_print(s->arena, "touch %s", scratch_path(s, "ran")));
	question.exec.user = "";
	const char *line = pf_question_write(s->arena, &question);
	assert_true(pf_question_read(s->arena, line, strlen(line), &read, &problem));
	struct pf_answer answer = run_until(s, read.exec, PLENTY_US);
	assert_int_equal(answer.outcome, PF_no_permission);
	assert_non_null(strstr(answer.detail, "does not say which user runs the app"));
	assert_int_not_equal(access(scratch_path(s, "ran"), F_OK), 0);
}

static void others_run_it_as_themselves_when_its_user_was_not_said(void **state)
{
	struct scratch *s = *state;
	/* No shell: one that starts with two users takes the real one. */
	const char *argv[] = {"/usr/bin/id", "-u"};
	struct pf_ask_exec question = {.argv = pf_arena_words(s->arena, 2, argv), .user = ""};
	be_nobody();
	struct pf_answer answer = run_until(s, question, PLENTY_US);
	const char *own = pf_arena_print(s->arena, "%u\\n", (unsigned)geteuid());
	be_ourselves();
	assert_int_equal(answer.outcome, PF_answered);
	assert_string_equal(answer.exec.output, own);
}

static void our_own_name_is_no_hurdle_and_an_unknown_one_is(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_exec question = shell(s, "true");
	const struct passwd *me = getpwuid(geteuid());
	if (me) {
		question.user = me->pw_name;
		assert_int_equal(run_until(s, question, PLENTY_US).outcome, PF_answered);
	}
	question.user = "no-such-user";
	struct pf_answer answer = run_until(s, question, PLENTY_US);
	assert_int_equal(answer.outcome, PF_no_program);
	assert_string_equal(answer.detail, "there is no user no-such-user here");
}

static void ignored_children_do_not_become_good_ones(void **state)
{
	signal(SIGCHLD, SIG_IGN);
	struct pf_answer answer = run_shell(*state, "exit 3");
	signal(SIGCHLD, SIG_DFL);
	assert_int_not_equal(answer.exec.status, 0);
	assert_true(answer.took_us < 2 * SECOND_US);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(output_errors_and_status_come_back),
		IN_SCRATCH(a_signal_is_told_as_such),
		IN_SCRATCH(the_environment_is_what_was_listed_and_a_path),
		IN_SCRATCH(input_arrives_whole_and_without_it_there_is_none),
		IN_SCRATCH(input_that_nobody_reads_does_not_hold_us_up),
		IN_SCRATCH(what_it_prints_is_escaped),
		IN_SCRATCH(words_are_taken_verbatim_before_and_after_json),
		IN_SCRATCH(a_flood_is_kept_to_the_limit_and_read_to_its_end),
		IN_SCRATCH(a_flood_without_end_is_ended),
		IN_SCRATCH(the_worst_output_fits_on_a_line),
		IN_SCRATCH(one_that_hangs_is_ended_at_the_deadline),
		IN_SCRATCH(one_that_ignores_sigterm_is_killed_a_moment_later),
		IN_SCRATCH(one_that_stops_itself_is_ended_too),
		IN_SCRATCH(those_it_leaves_behind_are_killed),
		IN_SCRATCH(those_who_hold_its_output_do_not_hold_us_up),
		IN_SCRATCH(there_is_no_terminal_to_ask_at),
		IN_SCRATCH(nothing_is_inherited_but_three_descriptors),
		IN_SCRATCH(limits_masks_and_signals_are_set_for_it),
		IN_SCRATCH(the_directory_is_the_one_asked_for),
		IN_SCRATCH(what_cannot_be_started_is_no_program),
		IN_SCRATCH(questions_without_sense_are_malformed),
		IN_SCRATCH(root_runs_it_as_the_user_named_with_that_users_groups),
		IN_SCRATCH(root_runs_nothing_whose_user_was_not_said),
		IN_SCRATCH(others_run_it_as_themselves_when_its_user_was_not_said),
		IN_SCRATCH(others_cannot_run_it_as_somebody_else),
		IN_SCRATCH(our_own_name_is_no_hurdle_and_an_unknown_one_is),
		IN_SCRATCH(ignored_children_do_not_become_good_ones),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
