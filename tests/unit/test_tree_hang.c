/* A file system that does not respond: one that we mount ourselves, and then never answer for. */
#include "base/clock.h"
#include "drivers/driver.h"
#include "rig_scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECOND_US = 1000 * 1000, CANNOT = 77, WRONG = 1 };

/* Mounts a dead file system on `path`, in a mount name space of its own. Returns /dev/fuse, whose
 * closing revives everyone who waits for it; -1: this system lets us not. */
static int mount_dead(const char *path)
{
	char options[128], request[64 * 1024];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	struct {
		struct fuse_out_header head;
		struct fuse_init_out init;
	} reply = {.init = {.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION}};
	if (fd < 0 || unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0)
		return -1;
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("dead", path, "fuse.dead", MS_NOSUID | MS_NODEV, options) != 0)
		return -1;
	if (read(fd, request, sizeof request) < (ssize_t)sizeof(struct fuse_in_header))
		return -1;
	reply.head = (struct fuse_out_header){
		.len = sizeof reply,
		.unique = ((struct fuse_in_header *)(void *)request)->unique,
	};
	return write(fd, &reply, sizeof reply) == sizeof reply ? fd : -1;
}

/* In a process of its own, which may be left hanging. */
static int walk_beside_the_dead(struct scratch *s)
{
	int fd = mount_dead(scratch_path(s, "tree/b-dead"));
	if (fd < 0)
		return CANNOT;
	struct pf_ask_tree question = {.root = scratch_path(s, "tree")};
	struct pf_answer answer = pf_tree_answer(s->arena, &question, pf_now_us() + SECOND_US / 2);
	bool right = answer.outcome == PF_partial && answer.detail &&
	             strstr(answer.detail, "does not respond") && answer.took_us < 2 * SECOND_US &&
	             answer.tree.entries >= 1;
	if (!right)
		fprintf(stderr, "outcome %d, %s, after %lld us, %lld entries\n", answer.outcome,
		        answer.detail ? answer.detail : "-", (long long)answer.took_us,
		        (long long)answer.tree.entries);
	/* Those who were left behind come back now, and must find all that is theirs. */
	close(fd);
	pf_arena_free(s->arena);
	usleep(SECOND_US / 5);
	return right ? 0 : WRONG;
}

static void a_mount_that_does_not_respond_costs_the_rest_of_the_time_and_no_more(void **state)
{
	struct scratch *s = *state;
	int status;
	need_root("mounting a file system");
	make_directory(scratch_path(s, "tree"), 0755);
	make_directory(scratch_path(s, "tree/a"), 0755);
	make_directory(scratch_path(s, "tree/b-dead"), 0755);
	make_directory(scratch_path(s, "tree/c"), 0755);
	pid_t pid = fork();
	if (pid == 0)
		_exit(walk_beside_the_dead(s));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT) {
		print_message("SKIPPED, cannot mount FUSE here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_mount_that_does_not_respond_costs_the_rest_of_the_time_and_no_more,
			scratch_setup, scratch_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
