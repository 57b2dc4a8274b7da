/* A directory to make things in. */
#include "rig_scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOBODY = 65534 };

const char somebody[] = "daemon";

int scratch_setup(void **state)
{
	struct scratch *scratch = calloc(1, sizeof *scratch);
	char template[] = "/tmp/postflight-test-XXXXXX";
	if (!scratch || !mkdtemp(template) || chmod(template, 0755) != 0)
		return -1;
	scratch->arena = pf_arena_new(64 * 1024 * 1024);
	scratch->root = pf_arena_copy(scratch->arena, template);
	*state = scratch;
	return 0;
}

static void run(const char *const argv[])
{
	pid_t pid = fork();
	if (pid == 0) {
		execv(argv[0], (char *const *)argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

int scratch_teardown(void **state)
{
	struct scratch *scratch = *state;
	be_ourselves();
	if (geteuid() != 0)
		run((const char *const[]){"/bin/chmod", "-R", "u+rwx", scratch->root, NULL});
	run((const char *const[]){"/bin/rm", "-rf", scratch->root, NULL});
	pf_arena_free(scratch->arena);
	free(scratch);
	return 0;
}

const char *scratch_path(const struct scratch *scratch, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *rest = pf_arena_vprint(scratch->arena, format, arguments);
	va_end(arguments);
	return pf_arena_print(scratch->arena, "%s/%s", scratch->root, rest);
}

void make_directory(const char *path, mode_t mode)
{
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, mode), 0);
}

void make_file(const char *path, mode_t mode, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

void make_link(const char *path, const char *target)
{
	assert_int_equal(symlink(target, path), 0);
}

void need_root(const char *what_for)
{
	if (geteuid() == 0)
		return;
	print_message("SKIPPED, needs root: %s\n", what_for);
	skip();
}

void be_nobody(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
}

void be_ourselves(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}
