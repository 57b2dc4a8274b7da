/* A password file is private, or it is refused with what would be right. */
#include "model/password.h"
#include "rig_scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { STRANGER = 12345 };

static void assert_refused(const char *path, const char *why)
{
	const char *problem = NULL;
	assert_false(pf_password_file_private(path, &problem));
	assert_non_null(problem);
	if (!strstr(problem, why))
		fail_msg("%s: the problem is \"%s\", not \"%s\"", path, problem, why);
}

static void assert_private(const char *path)
{
	const char *problem = NULL;
	if (!pf_password_file_private(path, &problem))
		fail_msg("%s: %s", path, problem);
	assert_null(problem);
}

static void a_file_that_only_its_owner_reads_is_private(void **state)
{
	static const mode_t modes[] = {0600, 0400, 0700};
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		const char *path = scratch_path(*state, "private%zu", i);
		make_file(path, modes[i], "x");
		assert_private(path);
	}
}

static void a_file_with_any_right_for_others_is_refused(void **state)
{
	static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666};
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		const char *path = scratch_path(*state, "public%zu", i);
		make_file(path, modes[i], "x");
		assert_refused(path, "chmod 600");
	}
}

static void a_link_is_as_private_as_what_it_leads_to(void **state)
{
	const char *private = scratch_path(*state, "target"),
		   *public = scratch_path(*state, "open");
	make_file(private, 0600, "x");
	make_file(public, 0644, "x");
	make_link(scratch_path(*state, "to-target"), private);
	make_link(scratch_path(*state, "to-open"), public);
	make_link(scratch_path(*state, "to-nothing"), "/nonexistent");
	assert_private(scratch_path(*state, "to-target"));
	assert_refused(scratch_path(*state, "to-open"), "chmod 600");
	assert_refused(scratch_path(*state, "to-nothing"), strerror(ENOENT));
}

static void what_is_no_file_is_refused_without_being_opened(void **state)
{
	const char *pipe = scratch_path(*state, "pipe");
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_refused(pipe, "not a regular file");
	assert_refused(((struct scratch *)*state)->root, "not a regular file");
	assert_refused("/dev/null", "not a regular file");
	assert_refused(scratch_path(*state, "none"), strerror(ENOENT));
	assert_refused("", strerror(ENOENT));
}

static void a_file_of_another_user_is_refused(void **state)
{
	const char *path = scratch_path(*state, "theirs");
	need_root("gives a file to another user");
	make_file(path, 0600, "x");
	assert_int_equal(chown(path, STRANGER, STRANGER), 0);
	assert_refused(path, "belongs to another user");
}

static void a_file_of_root_is_fine_for_everyone(void **state)
{
	const char *path = scratch_path(*state, "of-root"), *problem;
	need_root("becomes nobody");
	make_file(path, 0600, "x");
	be_nobody();
	bool fine = pf_password_file_private(path, &problem);
	be_ourselves();
	assert_true(fine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_only_its_owner_reads_is_private),
		cmocka_unit_test(a_file_with_any_right_for_others_is_refused),
		cmocka_unit_test(a_link_is_as_private_as_what_it_leads_to),
		cmocka_unit_test(what_is_no_file_is_refused_without_being_opened),
		cmocka_unit_test(a_file_of_another_user_is_refused),
		cmocka_unit_test(a_file_of_root_is_fine_for_everyone),
	};
	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
