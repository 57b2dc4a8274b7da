/* Saving: a report is complete in its file, or the file is as it was. */
#include "report/report.h"
#include "rig_audit.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static size_t report_bytes = 1000;

static void write_stars(struct pf_arena *arena, const struct pf_audit *audit,
                        const struct pf_report_style *style, FILE *out)
{
	(void)arena;
	(void)audit;
	(void)style;
	for (size_t i = 0; i < report_bytes; i++)
		fputc('*', out);
}

static const struct pf_writer stars = {"stars", "for tests", write_stars};

struct saving {
	struct rig *rig;
	char folder[64];
	const char *path;
	const char *problem;
};

static int setup(void **state)
{
	struct saving *saving = calloc(1, sizeof *saving);
	void *rig;
	rig_setup(&rig);
	saving->rig = rig;
	strcpy(saving->folder, "/tmp/postflight-save-XXXXXX");
	assert_non_null(mkdtemp(saving->folder));
	saving->path = pf_arena_print(saving->rig->arena, "%s/report.json", saving->folder);
	report_bytes = 1000;
	*state = saving;
	return 0;
}

static int teardown(void **state)
{
	struct saving *saving = *state;
	unlink(saving->path);
	int status = rmdir(saving->folder); /* fails when something was left behind */
	void *rig = saving->rig;
	rig_teardown(&rig);
	free(saving);
	return status;
}

static bool save(struct saving *saving, const struct pf_writer *writer, const char *path)
{
	static const struct pf_report_style style = {.columns = 80};
	struct rig *rig = saving->rig;
	return pf_report_save(rig->arena, rig_evaluate(rig), writer, &style, path,
	                      &saving->problem);
}

static void put_old(const char *path)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs("old", file);
	assert_int_equal(fclose(file), 0);
}

static long size_of(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 ? (long)status.st_size : -1;
}

static int mode_of(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 ? (int)(status.st_mode & 07777) : -1;
}

static int entries_in(const char *folder)
{
	DIR *directory = opendir(folder);
	int count = 0;
	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

static void a_report_is_saved_whole(void **state)
{
	struct saving *saving = *state;
	assert_true(save(saving, &stars, saving->path));
	assert_int_equal(size_of(saving->path), 1000);
	assert_int_equal(entries_in(saving->folder), 1);
}

static void an_old_report_is_replaced_and_keeps_its_mode(void **state)
{
	struct saving *saving = *state;
	put_old(saving->path);
	assert_int_equal(chmod(saving->path, 0640), 0);
	assert_true(save(saving, &stars, saving->path));
	assert_int_equal(size_of(saving->path), 1000);
	assert_int_equal(mode_of(saving->path), 0640);
	assert_int_equal(entries_in(saving->folder), 1);
}

static void a_new_report_is_private_unless_another_user_must_read_it(void **state)
{
	struct saving *saving = *state;
	const struct pf_writer metrics = {"prometheus", "for tests", write_stars};
	assert_true(save(saving, &stars, saving->path));
	assert_int_equal(mode_of(saving->path), 0600);
	assert_int_equal(unlink(saving->path), 0);
	assert_true(save(saving, &metrics, saving->path));
	assert_int_equal(mode_of(saving->path), 0644);
}

static void a_link_is_replaced_and_what_it_points_to_is_not_touched(void **state)
{
	struct saving *saving = *state;
	const char *other = pf_arena_print(saving->rig->arena, "%s/other", saving->folder);
	struct stat status;
	put_old(other);
	assert_int_equal(symlink(other, saving->path), 0);
	assert_true(save(saving, &stars, saving->path));
	assert_int_equal(size_of(other), 3);
	assert_int_equal(lstat(saving->path, &status), 0);
	assert_true(S_ISREG(status.st_mode));
	assert_int_equal(unlink(other), 0);
}

static void a_missing_folder_is_a_problem_with_a_reason(void **state)
{
	struct saving *saving = *state;
	const char *path = pf_arena_print(saving->rig->arena, "%s/no/report", saving->folder);
	assert_false(save(saving, &stars, path));
	assert_non_null(strstr(saving->problem, strerror(ENOENT)));
}

static void a_folder_in_its_place_is_a_problem_and_nothing_is_left(void **state)
{
	struct saving *saving = *state;
	const char *path = pf_arena_print(saving->rig->arena, "%s/folder", saving->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(save(saving, &stars, path));
	assert_int_equal(entries_in(saving->folder), 1);
	assert_int_equal(rmdir(path), 0);
}

static void a_full_device_is_a_problem_and_is_not_replaced(void **state)
{
	struct saving *saving = *state;
	struct stat status;
	assert_false(save(saving, &stars, "/dev/full"));
	assert_non_null(strstr(saving->problem, strerror(ENOSPC)));
	assert_int_equal(stat("/dev/full", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
}

static void a_pipe_is_written_to(void **state)
{
	struct saving *saving = *state;
	int ends[2];
	char bytes[2000];
	assert_int_equal(pipe(ends), 0);
	assert_true(
		save(saving, &stars, pf_arena_print(saving->rig->arena, "/dev/fd/%d", ends[1])));
	assert_int_equal(read(ends[0], bytes, sizeof bytes), 1000);
	close(ends[0]);
	close(ends[1]);
}

/* Runs `body` in a child of its own mount namespace with a tmpfs of 64 KiB on the folder; skips,
 * loudly, where that is not allowed. The child's exit is the number of the first thing wrong. */
static void on_small_disk(struct saving *saving, int (*body)(struct saving *saving))
{
	enum { NOT_ALLOWED = 99 };
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		bool ready = unshare(CLONE_NEWNS) == 0 &&
		             mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		             mount("none", saving->folder, "tmpfs", 0, "size=64k") == 0;
		_exit(ready ? body(saving) : NOT_ALLOWED);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_ALLOWED) {
		print_message("SKIPPED: no tmpfs can be mounted here (not root?)\n");
		skip();
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int save_too_much(struct saving *saving)
{
	put_old(saving->path);
	report_bytes = 200 * 1000;
	if (save(saving, &stars, saving->path))
		return 1;
	if (!strstr(saving->problem, strerror(ENOSPC)))
		return 2;
	if (size_of(saving->path) != 3)
		return 3;
	return entries_in(saving->folder) == 1 ? 0 : 4;
}

static void a_full_disk_leaves_the_old_report_and_nothing_else(void **state)
{
	on_small_disk(*state, save_too_much);
}

static void write_and_die(struct pf_arena *arena, const struct pf_audit *audit,
                          const struct pf_report_style *style, FILE *out)
{
	write_stars(arena, audit, style, out);
	fflush(out);
	raise(SIGKILL);
}

static int be_killed(struct saving *saving)
{
	static const struct pf_writer deadly = {"deadly", "for tests", write_and_die};
	put_old(saving->path);
	pid_t child = fork();
	if (child == 0)
		_exit(save(saving, &deadly, saving->path));
	int status;
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		return 1;
	if (size_of(saving->path) != 3)
		return 2;
	return entries_in(saving->folder) == 1 ? 0 : 3;
}

static void killed_while_it_writes_it_leaves_the_old_report_and_nothing_else(void **state)
{
	on_small_disk(*state, be_killed);
}

static int save_read_only(struct saving *saving)
{
	put_old(saving->path);
	if (mount("none", saving->folder, NULL, MS_REMOUNT | MS_RDONLY, NULL) != 0)
		return 1;
	if (save(saving, &stars, saving->path))
		return 2;
	return strstr(saving->problem, strerror(EROFS)) && size_of(saving->path) == 3 ? 0 : 3;
}

static void a_read_only_folder_leaves_the_old_report(void **state)
{
	on_small_disk(*state, save_read_only);
}

static void a_folder_without_permission_leaves_the_old_report(void **state)
{
	enum { NOBODY = 65534 };
	struct saving *saving = *state;
	bool root = geteuid() == 0;
	put_old(saving->path);
	assert_int_equal(chmod(saving->folder, 0500), 0);
	if (root)
		assert_int_equal(chown(saving->folder, NOBODY, NOBODY), 0);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		if (root && (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(1);
		if (save(saving, &stars, saving->path))
			_exit(2);
		_exit(strstr(saving->problem, strerror(EACCES)) ? 0 : 3);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(chmod(saving->folder, 0700), 0);
	assert_int_equal(size_of(saving->path), 3);
	assert_int_equal(entries_in(saving->folder), 1);
}

static void standard_output_that_is_full_is_a_problem(void **state)
{
	struct saving *saving = *state;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		if (!freopen("/dev/full", "w", stdout))
			_exit(1);
		if (save(saving, &stars, "-"))
			_exit(2);
		_exit(strstr(saving->problem, strerror(ENOSPC)) ? 0 : 3);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void writers_are_found_by_name(void **state)
{
	(void)state;
	assert_string_equal(pf_writer_named("json")->format, "json");
	assert_string_equal(pf_writer_named("text")->format, "text");
	assert_null(pf_writer_named("tex"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_report_is_saved_whole),
		TEST(an_old_report_is_replaced_and_keeps_its_mode),
		TEST(a_new_report_is_private_unless_another_user_must_read_it),
		TEST(a_link_is_replaced_and_what_it_points_to_is_not_touched),
		TEST(a_missing_folder_is_a_problem_with_a_reason),
		TEST(a_folder_in_its_place_is_a_problem_and_nothing_is_left),
		TEST(a_full_device_is_a_problem_and_is_not_replaced),
		TEST(a_pipe_is_written_to),
		TEST(a_full_disk_leaves_the_old_report_and_nothing_else),
		TEST(killed_while_it_writes_it_leaves_the_old_report_and_nothing_else),
		TEST(a_read_only_folder_leaves_the_old_report),
		TEST(a_folder_without_permission_leaves_the_old_report),
		TEST(standard_output_that_is_full_is_a_problem),
		TEST(writers_are_found_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
