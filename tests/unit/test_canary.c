/* Canaries: planted as an upload is, removed whatever happens, also to us. */
#include "base/clock.h"
#include "drivers/driver.h"
#include "rig_scratch.h"

#include <dirent.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEPS = 4000, EVERY = 3 };

static const char *const names[] = {"x.php", "h/.htaccess", "h/x.txt"};
static const char *const contents[] = {"<?php echo 1; ?>\\n", "a\\n", "b\\n"};

static struct pf_answer do_step(struct scratch *s, const char *step, const char *owner)
{
	struct pf_ask_canary ask = {.step = step,
	                            .root = scratch_path(s, "media"),
	                            .directory = "pf-0123abcd",
	                            .owner = owner,
	                            .names = {names, 3},
	                            .contents = {contents, strcmp(step, "plant") == 0 ? 3 : 0}};
	return pf_canary_answer(s->arena, &ask, scratch_path(s, "state"));
}

static void make_places(struct scratch *s)
{
	make_directory(scratch_path(s, "media"), 0755);
	make_directory(scratch_path(s, "state"), 0700);
}

static size_t count_in(const char *path)
{
	size_t count = 0;
	DIR *listing = opendir(path);
	for (const struct dirent *entry; listing && (entry = readdir(listing));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (listing)
		closedir(listing);
	return count;
}

static void assert_clean(struct scratch *s)
{
	assert_int_equal(count_in(scratch_path(s, "media")), 0);
	assert_int_equal(count_in(scratch_path(s, "state/canaries")), 0);
}

static void what_is_planted_is_an_upload_and_is_removed(void **state)
{
	struct scratch *s = *state;
	struct stat seen;
	make_places(s);
	struct pf_answer planted = do_step(s, "plant", NULL);
	assert_int_equal(planted.outcome, PF_answered);
	assert_int_equal(planted.canary.digests.count, 3);
	assert_int_equal(stat(scratch_path(s, "media/pf-0123abcd/x.php"), &seen), 0);
	assert_int_equal(seen.st_mode & 07777, 0644);
	assert_int_equal(seen.st_size, 17);
	assert_int_equal(count_in(scratch_path(s, "state/canaries")), 1);
	assert_int_equal(do_step(s, "remove", NULL).outcome, PF_answered);
	assert_clean(s);
}

static void it_belongs_to_whom_uploads_belong(void **state)
{
	struct scratch *s = *state;
	struct stat seen;
	need_root("files of another user");
	make_places(s);
	assert_int_equal(do_step(s, "plant", somebody).outcome, PF_answered);
	assert_int_equal(stat(scratch_path(s, "media/pf-0123abcd/h/x.txt"), &seen), 0);
	assert_int_equal(seen.st_uid, getpwnam(somebody)->pw_uid);
	assert_int_equal(do_step(s, "remove", NULL).outcome, PF_answered);
	assert_int_equal(do_step(s, "plant", "no-such-user").outcome, PF_no_permission);
	assert_clean(s);
}

static void nothing_but_what_was_planted_is_removed(void **state)
{
	struct scratch *s = *state;
	make_places(s);
	assert_int_equal(do_step(s, "plant", NULL).outcome, PF_answered);
	make_file(scratch_path(s, "media/pf-0123abcd/mine"), 0644, "x");
	struct pf_answer answer = do_step(s, "remove", NULL);
	assert_int_equal(answer.canary.left.count, 1);
	assert_int_equal(count_in(scratch_path(s, "media/pf-0123abcd")), 1);
	assert_int_equal(unlink(scratch_path(s, "media/pf-0123abcd/mine")), 0);
	assert_int_equal(do_step(s, "remove", NULL).canary.left.count, 0);
	assert_clean(s);
}

static void a_link_in_its_place_is_not_followed(void **state)
{
	struct scratch *s = *state;
	make_places(s);
	make_directory(scratch_path(s, "other"), 0755);
	make_file(scratch_path(s, "other/x.php"), 0644, "x");
	make_link(scratch_path(s, "media/pf-0123abcd"), "../other");
	assert_int_not_equal(do_step(s, "plant", NULL).outcome, PF_answered);
	(void)do_step(s, "remove", NULL);
	assert_int_equal(count_in(scratch_path(s, "other")), 1);
}

static void names_that_climb_are_refused(void **state)
{
	struct scratch *s = *state;
	static const char *const climbing[] = {"../x", "a/b/c", "/etc/x", "..", "a b", ""};
	make_places(s);
	for (size_t i = 0; i < sizeof climbing / sizeof *climbing; i++) {
		struct pf_ask_canary ask = {.step = "plant",
		                            .root = scratch_path(s, "media"),
		                            .directory = "pf-0123abcd",
		                            .names = {&climbing[i], 1},
		                            .contents = {contents, 1}};
		assert_int_equal(pf_canary_answer(s->arena, &ask, scratch_path(s, "state")).outcome,
		                 PF_malformed_question);
	}
	assert_int_equal(count_in(scratch_path(s, "media")), 0);
}

static void a_full_disk_and_a_read_only_one_are_told_apart(void **state)
{
	struct scratch *s = *state;
	need_root("mounts");
	make_places(s);
	const char *media = scratch_path(s, "media");
	if (mount("none", media, "tmpfs", 0, "size=4k,nr_inodes=4") != 0) {
		print_message("skipped: mounts are not ours to make here\n");
		skip();
	}
	enum pf_outcome full = do_step(s, "plant", NULL).outcome;
	size_t left = count_in(media);
	int remounted = mount("none", media, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL);
	enum pf_outcome fixed = do_step(s, "plant", NULL).outcome;
	umount(media);
	assert_int_equal(full, PF_disk_full);
	assert_int_equal(left, 0);
	assert_int_equal(remounted, 0);
	assert_int_equal(fixed, PF_read_only);
	assert_clean(s);
}

static void tell(void *context, const char *path, const char *problem)
{
	(void)path;
	*(size_t *)context += problem != NULL;
}

/* A child that plants and removes, killed at its `step`th entry into or return from the kernel.
 * True: it came to its end before. */
static bool killed_at(struct scratch *s, size_t step)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		do_step(s, "plant", NULL);
		do_step(s, "remove", NULL);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	for (size_t i = 0; i < step && WIFSTOPPED(status); i++) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
	}
	if (!WIFSTOPPED(status))
		return true;
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	return false;
}

static void killed_at_any_instant_the_next_sweep_leaves_nothing(void **state)
{
	struct scratch *s = *state;
	make_places(s);
	size_t step = 1, troubles = 0;
	for (; step < STEPS && !killed_at(s, step); step += EVERY) {
		assert_int_equal(
			pf_canary_sweep(s->arena, scratch_path(s, "state"), tell, &troubles), 0);
		assert_int_equal(troubles, 0);
		assert_clean(s);
	}
	assert_in_range(step, 60, STEPS);
	assert_clean(s);
}

static void a_run_under_way_keeps_its_canaries(void **state)
{
	struct scratch *s = *state;
	size_t troubles = 0;
	int ready[2];
	char byte;
	make_places(s);
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		do_step(s, "plant", NULL);
		(void)!write(ready[1], "x", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(pf_canary_sweep(s->arena, scratch_path(s, "state"), tell, &troubles), 1);
	assert_int_equal(count_in(scratch_path(s, "media")), 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(pf_canary_sweep(s->arena, scratch_path(s, "state"), tell, &troubles), 0);
	assert_clean(s);
	close(ready[0]);
	close(ready[1]);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_is_planted_is_an_upload_and_is_removed),
		IN_SCRATCH(it_belongs_to_whom_uploads_belong),
		IN_SCRATCH(nothing_but_what_was_planted_is_removed),
		IN_SCRATCH(a_link_in_its_place_is_not_followed),
		IN_SCRATCH(names_that_climb_are_refused),
		IN_SCRATCH(a_full_disk_and_a_read_only_one_are_told_apart),
		IN_SCRATCH(killed_at_any_instant_the_next_sweep_leaves_nothing),
		IN_SCRATCH(a_run_under_way_keeps_its_canaries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
