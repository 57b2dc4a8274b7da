/* Who else may read or write a path: modes, access control lists, directories above, links. */
#include "base/clock.h"
#include "drivers/access.h"
#include "drivers/driver.h"
#include "rig_scratch.h"

#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

enum { PLENTY_US = 20 * 1000 * 1000 };

static struct pf_facts_access ask(struct scratch *s, const char *path, const char *trusted,
                                  const char *suspect)
{
	struct pf_ask_access question = {
		.paths = pf_arena_words(s->arena, 1, &path),
		.trusted = pf_arena_words(s->arena, trusted != NULL, &trusted),
		.suspects = pf_arena_words(s->arena, suspect != NULL, &suspect),
	};
	struct pf_answer answer = pf_access_answer(s->arena, &question, pf_now_us() + PLENTY_US);
	assert_int_equal(answer.outcome, PF_answered);
	return answer.access;
}

static void assert_why(struct pf_entries entries, const char *words)
{
	assert_int_equal(entries.count, 1);
	if (!strstr(entries.at[0].why, words))
		fail_msg("\"%s\" does not say \"%s\"", entries.at[0].why, words);
}

/* owner rw-, user `somebody` `rights`, group ---, mask `mask`, others ---. */
static void list_somebody(const char *path, unsigned char rights, unsigned char mask)
{
	const struct passwd *user = getpwnam(somebody);
	unsigned char bytes[] = {2,    0,    0,      0, /**/
	                         1,    0,    6,      0, 0xff,
	                         0xff, 0xff, 0xff, /**/
	                         2,    0,    rights, 0, (unsigned char)user->pw_uid,
	                         0,    0,    0, /**/
	                         4,    0,    0,      0, 0xff,
	                         0xff, 0xff, 0xff, /**/
	                         16,   0,    mask,   0, 0xff,
	                         0xff, 0xff, 0xff, /**/
	                         32,   0,    0,      0, 0xff,
	                         0xff, 0xff, 0xff};
	assert_true(user->pw_uid < 256);
	if (setxattr(path, "system.posix_acl_access", bytes, sizeof bytes, 0) != 0 &&
	    errno == EOPNOTSUPP) {
		print_message("skipped: /tmp keeps no access control lists\n");
		skip();
	}
}

static void a_private_file_is_nobody_elses(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "etc"), 0700);
	make_file(scratch_path(s, "etc/key"), 0600, "k");
	struct pf_facts_access facts = ask(s, scratch_path(s, "etc/key"), NULL, somebody);
	assert_int_equal(facts.found.count, 1);
	assert_int_equal(facts.readable.count, 0);
	assert_int_equal(facts.writable.count, 0);
}

static void what_everybody_reads_is_told_with_the_way(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "key"), 0644, "k");
	struct pf_facts_access facts = ask(s, scratch_path(s, "key"), NULL, NULL);
	assert_why(facts.readable, "everybody may read it (others)");
	assert_int_equal(facts.writable.count, 0);
}

static void a_directory_that_is_closed_shields_what_is_in_it(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "shut"), 0700);
	make_file(scratch_path(s, "shut/key"), 0666, "k");
	struct pf_facts_access facts = ask(s, scratch_path(s, "shut/key"), NULL, somebody);
	assert_int_equal(facts.readable.count, 0);
	assert_int_equal(facts.writable.count, 0);
}

static void a_private_file_that_others_may_rename_is_not_private(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "drop"), 0777);
	make_file(scratch_path(s, "drop/key"), 0600, "k");
	assert_why(ask(s, scratch_path(s, "drop/key"), NULL, NULL).writable,
	           "everybody may put another in its place, in");
	assert_int_equal(chmod(scratch_path(s, "drop"), 01777), 0);
	assert_int_equal(ask(s, scratch_path(s, "drop/key"), NULL, NULL).writable.count, 0);
}

static void a_list_lets_in_whom_it_names_as_far_as_its_mask_goes(void **state)
{
	struct scratch *s = *state;
	need_root("access control lists for another user");
	make_file(scratch_path(s, "key"), 0600, "k");
	list_somebody(scratch_path(s, "key"), 6, 4);
	struct pf_facts_access facts = ask(s, scratch_path(s, "key"), NULL, somebody);
	assert_why(facts.readable, "daemon may read it (named in its access control list)");
	assert_int_equal(facts.writable.count, 0);
	list_somebody(scratch_path(s, "key"), 6, 6);
	assert_why(ask(s, scratch_path(s, "key"), NULL, somebody).writable, "daemon may write it");
	assert_int_equal(ask(s, scratch_path(s, "key"), somebody, NULL).readable.count, 0);
}

static void a_list_that_shuts_a_user_out_counts_more_than_the_mode(void **state)
{
	struct scratch *s = *state;
	need_root("access control lists for another user");
	struct pf_guard guard;
	struct pf_user user;
	make_file(scratch_path(s, "key"), 0664, "k");
	list_somebody(scratch_path(s, "key"), 0, 7);
	assert_int_equal(chmod(scratch_path(s, "key"), 0664), 0);
	assert_true(pf_user_find(s->arena, somebody, &user));
	assert_true(pf_guard_look(AT_FDCWD, scratch_path(s, "key"), PF_STATX_LINK, &guard));
	assert_int_equal(pf_user_may(&user, &guard, PF_READ), PF_NO_RIGHT);
	assert_true(pf_world_may(&guard, PF_READ));
}

static void members_of_the_group_are_named_unless_they_are_trusted(void **state)
{
	struct scratch *s = *state;
	need_root("files of another group");
	make_file(scratch_path(s, "key"), 0640, "k");
	assert_int_equal(chown(scratch_path(s, "key"), 0, getpwnam(somebody)->pw_gid), 0);
	assert_why(ask(s, scratch_path(s, "key"), NULL, NULL).readable,
	           "daemon may read it (group daemon)");
	assert_int_equal(ask(s, scratch_path(s, "key"), somebody, NULL).readable.count, 0);
}

static void an_owner_is_no_stranger_unless_suspected(void **state)
{
	struct scratch *s = *state;
	need_root("files of another user");
	make_file(scratch_path(s, "key"), 0600, "k");
	assert_int_equal(chown(scratch_path(s, "key"), getpwnam(somebody)->pw_uid, 0), 0);
	assert_int_equal(ask(s, scratch_path(s, "key"), NULL, NULL).readable.count, 0);
	assert_why(ask(s, scratch_path(s, "key"), NULL, somebody).readable,
	           "daemon may read it (owner)");
}

static void a_link_can_be_replaced_where_it_lies(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "drop"), 0777);
	make_file(scratch_path(s, "key"), 0600, "k");
	make_link(scratch_path(s, "drop/link"), "../key");
	assert_why(ask(s, scratch_path(s, "drop/link"), NULL, NULL).writable, "in its place");
	assert_int_equal(ask(s, scratch_path(s, "drop/link"), NULL, NULL).readable.count, 0);
}

static void what_is_not_there_is_absent(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "none");
	struct pf_ask_access question = {.paths = pf_arena_words(s->arena, 1, &path)};
	assert_int_equal(pf_access_answer(s->arena, &question, pf_now_us() + PLENTY_US).outcome,
	                 PF_absent);
	path = "relative";
	question.paths = pf_arena_words(s->arena, 1, &path);
	assert_int_equal(pf_access_answer(s->arena, &question, pf_now_us() + PLENTY_US).outcome,
	                 PF_malformed_question);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(a_private_file_is_nobody_elses),
		IN_SCRATCH(what_everybody_reads_is_told_with_the_way),
		IN_SCRATCH(a_directory_that_is_closed_shields_what_is_in_it),
		IN_SCRATCH(a_private_file_that_others_may_rename_is_not_private),
		IN_SCRATCH(a_list_lets_in_whom_it_names_as_far_as_its_mask_goes),
		IN_SCRATCH(a_list_that_shuts_a_user_out_counts_more_than_the_mode),
		IN_SCRATCH(members_of_the_group_are_named_unless_they_are_trusted),
		IN_SCRATCH(an_owner_is_no_stranger_unless_suspected),
		IN_SCRATCH(a_link_can_be_replaced_where_it_lies),
		IN_SCRATCH(what_is_not_there_is_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
