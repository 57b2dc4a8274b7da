/* Tree walks: what is counted, what is blamed, and file systems that do not keep still. */
#include "base/clock.h"
#include "drivers/driver.h"
#include "postflight/answer.h"
#include "rig_scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECOND_US = 1000 * 1000, PLENTY_US = 20 * SECOND_US };

static struct pf_answer ask_until(struct scratch *scratch, struct pf_ask_tree ask, int64_t limit_us)
{
	return pf_tree_answer(scratch->arena, &ask, pf_now_us() + limit_us);
}

static struct pf_answer ask(struct scratch *scratch, struct pf_ask_tree question)
{
	return ask_until(scratch, question, PLENTY_US);
}

static struct pf_answer walk(struct scratch *scratch, const char *root)
{
	return ask(scratch, (struct pf_ask_tree){.root = root});
}

static const struct pf_entry *entry_of(struct pf_entries entries, const char *path)
{
	for (size_t i = 0; i < entries.count; i++)
		if (strcmp(entries.at[i].path, path) == 0)
			return &entries.at[i];
	return NULL;
}

static const char *why(const struct pf_answer *answer, const char *path)
{
	const struct pf_entry *entry = entry_of(answer->tree.examples, path);
	return entry ? entry->why : "";
}

static struct pf_words one(struct scratch *scratch, const char *word)
{
	return pf_arena_words(scratch->arena, 1, &word);
}

static const char *my_name(void)
{
	const struct passwd *me = getpwuid(geteuid());
	return me ? me->pw_name : "0";
}

static void an_ordinary_tree_is_counted_and_not_blamed(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "css"), 0755);
	make_file(scratch_path(s, "css/a.css"), 0644, "a");
	make_file(scratch_path(s, "index.html"), 0644, "b");
	struct pf_answer answer = walk(s, s->root);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.entries, 4); /* the root itself, too, as find(1) does */
	assert_int_equal(answer.tree.directories, 2);
	assert_int_equal(answer.tree.examples.count, 0);
	assert_int_equal(answer.tree.world_writable + answer.tree.user_writable +
	                         answer.tree.executable + answer.tree.setuid + answer.tree.foreign +
	                         answer.tree.special + answer.tree.unreadable,
	                 0);
	assert_null(answer.detail);
	assert_true(answer.at > 0);
}

static void what_everyone_may_write_is_found_and_links_are_not_counted(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "open.txt"), 0666, "x");
	make_directory(scratch_path(s, "drop"), 01777);
	make_link(scratch_path(s, "link"), "open.txt");
	struct pf_answer answer = walk(s, s->root);
	assert_int_equal(answer.tree.entries, 4);
	assert_int_equal(answer.tree.world_writable, 2);
	assert_string_equal(why(&answer, scratch_path(s, "open.txt")), "world-writable");
	assert_string_equal(why(&answer, scratch_path(s, "drop")), "world-writable (sticky)");
	assert_int_equal(answer.tree.examples.count, 2);
	const struct pf_entry *file = entry_of(answer.tree.examples, scratch_path(s, "open.txt"));
	assert_string_equal(file->type, "file");
	assert_int_equal(file->mode, 0666);
	assert_int_equal(file->size, 1);
	assert_string_equal(file->owner, my_name());
	assert_true(llabs(file->modified - pf_wall_seconds()) < 60);
}

static void an_owner_may_write_whatever_the_mode_says(void **state)
{
	struct scratch *s = *state;
	need_root("files of another user");
	make_file(scratch_path(s, "read-only"), 0444, "x");
	const struct passwd *user = getpwnam(somebody);
	assert_int_equal(chown(scratch_path(s, "read-only"), user->pw_uid, 0), 0);
	struct pf_answer answer =
		ask(s, (struct pf_ask_tree){.root = s->root, .users = one(s, somebody)});
	assert_int_equal(answer.tree.user_writable, 1);
	assert_string_equal(why(&answer, scratch_path(s, "read-only")),
	                    "writable by daemon (owner)");
}

static void a_group_writes_what_is_its_own_and_its_bits_hide_those_of_others(void **state)
{
	struct scratch *s = *state;
	need_root("files of another group");
	const struct passwd *user = getpwnam(somebody);
	make_file(scratch_path(s, "shared"), 0664, "x");
	make_file(scratch_path(s, "hidden"), 0602, "x");
	assert_int_equal(chown(scratch_path(s, "shared"), 0, user->pw_gid), 0);
	assert_int_equal(chown(scratch_path(s, "hidden"), 0, user->pw_gid), 0);
	struct pf_answer answer =
		ask(s, (struct pf_ask_tree){.root = s->root, .users = one(s, somebody)});
	assert_int_equal(answer.tree.user_writable, 1);
	assert_int_equal(answer.tree.world_writable, 1);
	assert_string_equal(why(&answer, scratch_path(s, "shared")),
	                    "writable by daemon (group daemon)");
	assert_string_equal(why(&answer, scratch_path(s, "hidden")), "world-writable");
}

static void a_user_who_is_in_no_group_writes_as_everyone_does(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "open"), 0666, "x");
	struct pf_answer answer =
		ask(s, (struct pf_ask_tree){.root = s->root, .users = one(s, somebody)});
	assert_int_equal(answer.tree.user_writable, 1);
	assert_string_equal(why(&answer, scratch_path(s, "open")), "world-writable");
}

static void what_belongs_to_others_than_the_owner_is_foreign(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "file"), 0644, "x");
	make_link(scratch_path(s, "link"), "file");
	struct pf_answer mine = ask(s, (struct pf_ask_tree){.root = s->root, .owner = my_name()});
	assert_int_equal(mine.tree.foreign, 0);
	struct pf_answer other = ask(s, (struct pf_ask_tree){.root = s->root, .owner = somebody});
	assert_int_equal(other.tree.foreign,
	                 2); /* the directory and the file: a link is no matter */
	assert_string_equal(why(&other, scratch_path(s, "file")), "not owned by daemon");
}

static void what_is_left_out_is_neither_counted_nor_entered(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "pf-1"), 0755);
	make_file(scratch_path(s, "pf-1/x.php"), 0777, "");
	make_directory(scratch_path(s, "2024"), 0755);
	make_directory(scratch_path(s, "2024/pf-1"), 0755);
	make_file(scratch_path(s, "2024/pf-1/open"), 0666, "");
	struct pf_answer all = walk(s, s->root);
	struct pf_answer answer =
		ask(s, (struct pf_ask_tree){.root = s->root, .leave_out = "pf-1"});
	assert_int_equal(all.tree.world_writable, 2);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.world_writable, 1); /* the name counts in the root alone */
	assert_int_equal(answer.tree.entries, all.tree.entries - 2);
	assert_null(entry_of(answer.tree.examples, scratch_path(s, "pf-1/x.php")));
}

static void users_this_host_does_not_know_are_reported_not_guessed(void **state)
{
	struct scratch *s = *state;
	const char *users[] = {"no-such-user", somebody, "4242424"};
	struct pf_answer answer =
		ask(s, (struct pf_ask_tree){.root = s->root,
	                                    .owner = "nor-this-one",
	                                    .users = pf_arena_words(s->arena, 3, users)});
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.unknown_users.count, 2); /* a number is its own user */
	assert_true(pf_words_have(answer.tree.unknown_users, "no-such-user"));
	assert_true(pf_words_have(answer.tree.unknown_users, "nor-this-one"));
	assert_int_equal(answer.tree.foreign, 0);
}

static void executable_and_setuid_files_are_told_apart_from_directories(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "sub"), 02755);
	make_file(scratch_path(s, "run"), 0754, "x");
	make_file(scratch_path(s, "set"), 04755, "x");
	make_file(scratch_path(s, "setgid"), 02644, "x");
	struct pf_answer answer = walk(s, s->root);
	assert_int_equal(answer.tree.executable, 2);
	assert_int_equal(answer.tree.setuid, 2);
	assert_string_equal(why(&answer, scratch_path(s, "set")), "executable, setuid");
	assert_string_equal(why(&answer, scratch_path(s, "setgid")), "setgid");
}

static void pipes_sockets_and_devices_are_counted_and_never_opened(void **state)
{
	struct scratch *s = *state;
	int64_t expected = 2;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", s->root);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(mkfifo(scratch_path(s, "fifo"), 0666), 0);
	if (mknod(scratch_path(s, "tty"), S_IFCHR | 0600, makedev(5, 0)) == 0)
		expected++;
	else
		print_message("SKIPPED, needs root: device nodes\n");
	struct pf_answer answer = ask_until(s, (struct pf_ask_tree){.root = s->root}, SECOND_US);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.special, expected);
	assert_string_equal(why(&answer, scratch_path(s, "fifo")), "FIFO");
	assert_string_equal(why(&answer, scratch_path(s, "socket")), "socket");
	close(fd);
}

static void links_are_never_followed_but_those_that_lead_out_are_shown(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "sub"), 0755);
	make_file(scratch_path(s, "sub/file"), 0644, "x");
	make_link(scratch_path(s, "loop"), "loop");
	make_link(scratch_path(s, "ring-a"), "ring-b");
	make_link(scratch_path(s, "ring-b"), "ring-a");
	make_link(scratch_path(s, "sub/up"), "..");
	make_link(scratch_path(s, "inside"), "sub/../sub/file");
	make_link(scratch_path(s, "inside-absolute"), scratch_path(s, "sub/file"));
	make_link(scratch_path(s, "dangling"), "not/here");
	make_link(scratch_path(s, "out"), "/etc/passwd");
	make_link(scratch_path(s, "sub/out"), "../../..");
	make_link(scratch_path(s, "out-dangling"), "../no-such-thing");
	make_link(scratch_path(s, "look-alike"), pf_arena_print(s->arena, "%s-too/x", s->root));
	struct pf_answer answer = walk(s, s->root);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.entries, 14);
	assert_int_equal(answer.tree.directories, 2);
	assert_int_equal(answer.tree.examples.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(answer.tree.examples.at[i].why, "leads out of the tree");
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "look-alike")));
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "out")));
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "out-dangling")));
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "sub/out")));
}

static void a_directory_that_may_not_be_read_makes_the_answer_partial(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "private"), 0755);
	make_file(scratch_path(s, "private/x"), 0666, "x");
	assert_int_equal(chmod(scratch_path(s, "private"), 0), 0);
	make_file(scratch_path(s, "seen"), 0666, "x");
	be_nobody();
	struct pf_answer answer = walk(s, s->root);
	be_ourselves();
	assert_int_equal(answer.outcome, PF_partial);
	assert_int_equal(answer.tree.unreadable, 1);
	assert_int_equal(answer.tree.entries, 3);
	assert_int_equal(answer.tree.world_writable, 1);
	assert_non_null(strstr(answer.detail, "Permission denied"));
}

static void names_without_the_right_to_look_at_them_make_it_partial_too(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "listable"), 0755);
	make_file(scratch_path(s, "listable/x"), 0666, "x");
	assert_int_equal(chmod(scratch_path(s, "listable"), 0444), 0);
	be_nobody();
	struct pf_answer answer = walk(s, s->root);
	be_ourselves();
	assert_int_equal(answer.outcome, PF_partial);
	assert_int_equal(answer.tree.unreadable, 1);
	assert_int_equal(answer.tree.world_writable, 0);
}

static void names_from_hell_come_out_escaped(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "new\nline"), 0666, "x");
	make_file(scratch_path(s, "esc\033[2J"), 0666, "x");
	make_file(scratch_path(s, "bad\xff\xfe"), 0666, "x");
	make_file(scratch_path(s, "back\\slash"), 0666, "x");
	struct pf_answer answer = walk(s, s->root);
	assert_int_equal(answer.tree.world_writable, 4);
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "new\\nline")));
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "esc\\x1b[2J")));
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "bad\\xff\\xfe")));
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "back\\\\slash")));
}

static void a_root_is_taken_verbatim_and_told_escaped(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "odd\nname\\n"), 0777);
	struct pf_answer answer = walk(s, scratch_path(s, "odd\nname\\n"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "odd\\nname\\\\n")));
	answer = ask(s, (struct pf_ask_tree){.root = s->root, .owner = "\033[2J"});
	assert_string_equal(answer.tree.unknown_users.at[0], "\\x1b[2J");
}

static void the_first_twenty_of_a_trait_are_shown_in_order_every_time(void **state)
{
	struct scratch *s = *state;
	for (int i = 0; i < 60; i++) {
		make_directory(scratch_path(s, "d%02d", i), 0755);
		make_file(scratch_path(s, "d%02d/open", i), 0666, "x");
		make_file(scratch_path(s, "d%02d/run", i), 0755, "x");
	}
	struct pf_answer first = walk(s, s->root), second = walk(s, s->root);
	assert_int_equal(first.tree.world_writable, 60);
	assert_int_equal(first.tree.executable, 60);
	assert_int_equal(first.tree.examples.count, 2 * PF_EXAMPLES);
	assert_int_equal(second.tree.examples.count, 2 * PF_EXAMPLES);
	for (size_t i = 0; i < 2 * PF_EXAMPLES; i++) {
		const char *path = first.tree.examples.at[i].path;
		assert_string_equal(path,
		                    scratch_path(s, "d%02zu/%s", i / 2, i % 2 ? "run" : "open"));
		assert_string_equal(path, second.tree.examples.at[i].path);
	}
}

/* Files and directories that come and go, until told to stop. */
struct commotion {
	const char *root;
	atomic_bool stop;
};

static void *stir(void *argument)
{
	struct commotion *commotion = argument;
	char path[200], inner[220], other[200];
	for (unsigned i = 0; !atomic_load(&commotion->stop); i++) {
		snprintf(path, sizeof path, "%s/busy-%u", commotion->root, i % 50);
		snprintf(inner, sizeof inner, "%s/x", path);
		snprintf(other, sizeof other, "%s/busy-%u", commotion->root, (i + 25) % 50);
		if (i % 3 == 0 && mkdir(path, 0755) == 0)
			close(open(inner, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
		else if (i % 3 == 1)
			rename(path, other);
		unlink(inner);
		rmdir(path);
		unlink(path);
		if (i % 7 == 0 && symlink("/etc", path) != 0)
			unlink(path);
	}
	return NULL;
}

static void entries_that_vanish_during_the_walk_are_no_fault(void **state)
{
	struct scratch *s = *state;
	struct commotion commotion = {.root = s->root};
	pthread_t thread;
	for (int i = 0; i < 20; i++)
		make_directory(scratch_path(s, "calm-%d", i), 0755);
	assert_int_equal(pthread_create(&thread, NULL, stir, &commotion), 0);
	int64_t until = pf_now_us() + SECOND_US / 2;
	while (pf_now_us() < until) {
		struct pf_answer answer = walk(s, s->root);
		assert_int_equal(answer.outcome, PF_answered);
		assert_int_equal(answer.tree.unreadable, 0);
		assert_true(answer.tree.directories >= 21);
	}
	atomic_store(&commotion.stop, true);
	pthread_join(thread, NULL);
}

struct swap {
	const char *directory, *link;
	atomic_bool stop;
};

static void *swap_for_a_link(void *argument)
{
	struct swap *swap = argument;
	while (!atomic_load(&swap->stop))
		renameat2(AT_FDCWD, swap->directory, AT_FDCWD, swap->link, RENAME_EXCHANGE);
	return NULL;
}

static void a_directory_swapped_for_a_link_never_lets_the_walk_out(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "outside"), 0755);
	make_file(scratch_path(s, "outside/secret"), 0666, "x");
	make_directory(scratch_path(s, "tree"), 0755);
	make_directory(scratch_path(s, "tree/victim"), 0755);
	make_file(scratch_path(s, "tree/victim/plain"), 0644, "x");
	make_link(scratch_path(s, "tree/link"), "../outside");
	struct swap swap = {.directory = scratch_path(s, "tree/victim"),
	                    .link = scratch_path(s, "tree/link")};
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, swap_for_a_link, &swap), 0);
	int64_t until = pf_now_us() + SECOND_US / 2;
	while (pf_now_us() < until)
		assert_int_equal(walk(s, scratch_path(s, "tree")).tree.world_writable, 0);
	atomic_store(&swap.stop, true);
	pthread_join(thread, NULL);
}

/* Directories named `name`, each in the one before; returns how many could be made. */
static int make_deep(const char *root, const char *name, int depth, mode_t innermost)
{
	int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), made = 0;
	for (; made < depth && mkdirat(at, name, 0755) == 0; made++) {
		int next = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (made + 1 == depth)
			fchmod(next, innermost);
		close(at);
		at = next;
	}
	close(at);
	return made;
}

static void a_hundred_levels_of_long_names_are_walked_to_the_bottom(void **state)
{
	struct scratch *s = *state;
	char name[256];
	memset(name, 'n', 255);
	name[255] = '\0';
	assert_int_equal(make_deep(s->root, name, 100, 0777), 100);
	struct pf_answer answer = walk(s, s->root);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.directories, 101);
	assert_int_equal(answer.tree.world_writable, 1);
	assert_int_equal(answer.tree.examples.count, 1);
	assert_true(strlen(answer.tree.examples.at[0].path) <= 1024);
}

static void few_descriptors_are_enough(void **state)
{
	struct scratch *s = *state;
	struct rlimit before, few;
	for (int i = 0; i < 300; i++) {
		make_directory(scratch_path(s, "d%d", i), 0755);
		make_directory(scratch_path(s, "d%d/e", i), 0755);
	}
	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = 40;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	struct pf_answer answer = walk(s, s->root);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.directories, 601);
}

static void out_of_descriptors_is_our_own_fault(void **state)
{
	struct scratch *s = *state;
	struct rlimit before, none;
	int next = dup(0);
	close(next);
	getrlimit(RLIMIT_NOFILE, &before);
	none = before;
	none.rlim_cur = (rlim_t)next + 1; /* enough for the root, and for nothing in it */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	struct pf_answer answer = walk(s, s->root);
	setrlimit(RLIMIT_NOFILE, &before);
	assert_int_equal(answer.outcome, PF_no_resources);
	assert_int_equal(answer.tree.entries, 0);
}

static void fifty_thousand_names_are_quick(void **state)
{
	struct scratch *s = *state;
	const char *file = scratch_path(s, "file");
	make_file(file, 0644, "x");
	for (int i = 0; i < 50; i++) {
		const char *directory = scratch_path(s, "d%d", i);
		make_directory(directory, 0755);
		int at = open(directory, O_PATH | O_CLOEXEC);
		for (int k = 0; k < 1000; k++) {
			/* Links to one file: some file systems take minutes for new ones. */
			char name[16];
			snprintf(name, sizeof name, "f%d", k);
			assert_int_equal(linkat(AT_FDCWD, file, at, name, 0), 0);
		}
		close(at);
	}
	struct pf_answer answer = walk(s, s->root);
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.entries, 50052);
	print_message("50052 entries in %lld ms\n", (long long)answer.took_us / 1000);
	assert_true(answer.took_us < 2 * SECOND_US);
}

static void the_deadline_ends_the_walk_with_what_was_seen(void **state)
{
	struct scratch *s = *state;
	for (int i = 0; i < 300; i++)
		make_file(scratch_path(s, "f%d", i), 0644, "");
	struct pf_answer answer = ask_until(s, (struct pf_ask_tree){.root = s->root}, 0);
	assert_int_equal(answer.outcome, PF_partial);
	assert_true(answer.tree.entries < 301);
	assert_non_null(strstr(answer.detail, "deadline"));
}

static void a_root_that_is_not_there_is_absent_and_a_relative_one_is_malformed(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "file"), 0644, "x");
	assert_int_equal(walk(s, scratch_path(s, "nowhere")).outcome, PF_absent);
	assert_int_equal(walk(s, scratch_path(s, "file")).outcome, PF_absent);
	assert_int_equal(walk(s, "relative").outcome, PF_malformed_question);
	assert_int_equal(walk(s, NULL).outcome, PF_malformed_question);
}

static void a_root_that_may_not_be_read_is_no_permission(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "private"), 0);
	be_nobody();
	struct pf_answer answer = walk(s, scratch_path(s, "private"));
	be_ourselves();
	assert_int_equal(answer.outcome, PF_no_permission);
	assert_int_equal(answer.tree.entries, 0);
}

static void a_root_that_is_a_link_is_resolved_once_and_said_so(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "real"), 0755);
	make_file(scratch_path(s, "real/open"), 0666, "x");
	make_link(scratch_path(s, "root"), "real");
	struct pf_answer answer = walk(s, scratch_path(s, "root"));
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.entries, 2);
	assert_string_equal(answer.detail,
	                    pf_arena_print(s->arena, "%s is %s", scratch_path(s, "root"),
	                                   scratch_path(s, "real")));
	assert_non_null(entry_of(answer.tree.examples, scratch_path(s, "real/open")));
	assert_null(walk(s, scratch_path(s, "real///")).detail);
}

static void parents_where_the_world_may_put_another_in_its_place_are_told(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "open"), 0777);
	make_directory(scratch_path(s, "open/sticky"), 01777);
	make_directory(scratch_path(s, "open/sticky/root"), 0755);
	struct pf_answer answer =
		ask(s, (struct pf_ask_tree){.root = scratch_path(s, "open/sticky/root"),
	                                    .users = one(s, somebody)});
	assert_int_equal(answer.outcome, PF_answered);
	assert_int_equal(answer.tree.parents.count, 1); /* /tmp is sticky, too */
	assert_string_equal(answer.tree.parents.at[0].path, scratch_path(s, "open"));
	assert_string_equal(answer.tree.parents.at[0].why, "world-writable");
	assert_int_equal(answer.tree.world_writable, 0);
}

static void parents_where_a_user_may_do_so_are_told_with_the_reason(void **state)
{
	struct scratch *s = *state;
	need_root("directories of another user");
	const struct passwd *user = getpwnam(somebody);
	make_directory(scratch_path(s, "owned"), 0555);
	make_directory(scratch_path(s, "owned/group"), 0775);
	make_directory(scratch_path(s, "owned/group/sticky"), 01775);
	make_directory(scratch_path(s, "owned/group/sticky/root"), 0755);
	assert_int_equal(chown(scratch_path(s, "owned"), user->pw_uid, 0), 0);
	assert_int_equal(chown(scratch_path(s, "owned/group"), 0, user->pw_gid), 0);
	assert_int_equal(chown(scratch_path(s, "owned/group/sticky"), 0, user->pw_gid), 0);
	struct pf_ask_tree question = {.root = scratch_path(s, "owned/group/sticky/root"),
	                               .users = one(s, somebody)};
	struct pf_answer answer = ask(s, question);
	assert_int_equal(answer.tree.parents.count, 2); /* nearest first */
	assert_string_equal(answer.tree.parents.at[0].path, scratch_path(s, "owned/group"));
	assert_string_equal(answer.tree.parents.at[0].why, "writable by daemon (group daemon)");
	assert_string_equal(answer.tree.parents.at[1].path, scratch_path(s, "owned"));
	assert_string_equal(answer.tree.parents.at[1].why, "writable by daemon (owner)");
	/* In a sticky directory the owner of an entry may still rename it. */
	assert_int_equal(chown(question.root, user->pw_uid, 0), 0);
	answer = ask(s, question);
	assert_int_equal(answer.tree.parents.count, 3);
	assert_string_equal(answer.tree.parents.at[0].path, scratch_path(s, "owned/group/sticky"));
}

static void parents_of_a_link_count_as_much_as_those_behind_it(void **state)
{
	struct scratch *s = *state;
	make_directory(scratch_path(s, "safe"), 0755);
	make_directory(scratch_path(s, "safe/root"), 0755);
	make_directory(scratch_path(s, "loose"), 0777);
	make_link(scratch_path(s, "loose/link"), "../safe/root");
	struct pf_answer answer = walk(s, scratch_path(s, "loose/link"));
	assert_int_equal(answer.tree.parents.count, 1);
	assert_string_equal(answer.tree.parents.at[0].path, scratch_path(s, "loose"));
	assert_int_equal(walk(s, scratch_path(s, "safe/root")).tree.parents.count, 0);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(an_ordinary_tree_is_counted_and_not_blamed),
		IN_SCRATCH(what_everyone_may_write_is_found_and_links_are_not_counted),
		IN_SCRATCH(an_owner_may_write_whatever_the_mode_says),
		IN_SCRATCH(a_group_writes_what_is_its_own_and_its_bits_hide_those_of_others),
		IN_SCRATCH(a_user_who_is_in_no_group_writes_as_everyone_does),
		IN_SCRATCH(what_belongs_to_others_than_the_owner_is_foreign),
		IN_SCRATCH(what_is_left_out_is_neither_counted_nor_entered),
		IN_SCRATCH(users_this_host_does_not_know_are_reported_not_guessed),
		IN_SCRATCH(executable_and_setuid_files_are_told_apart_from_directories),
		IN_SCRATCH(pipes_sockets_and_devices_are_counted_and_never_opened),
		IN_SCRATCH(links_are_never_followed_but_those_that_lead_out_are_shown),
		IN_SCRATCH(a_directory_that_may_not_be_read_makes_the_answer_partial),
		IN_SCRATCH(names_without_the_right_to_look_at_them_make_it_partial_too),
		IN_SCRATCH(names_from_hell_come_out_escaped),
		IN_SCRATCH(a_root_is_taken_verbatim_and_told_escaped),
		IN_SCRATCH(the_first_twenty_of_a_trait_are_shown_in_order_every_time),
		IN_SCRATCH(entries_that_vanish_during_the_walk_are_no_fault),
		IN_SCRATCH(a_directory_swapped_for_a_link_never_lets_the_walk_out),
		IN_SCRATCH(a_hundred_levels_of_long_names_are_walked_to_the_bottom),
		IN_SCRATCH(few_descriptors_are_enough),
		IN_SCRATCH(out_of_descriptors_is_our_own_fault),
		IN_SCRATCH(fifty_thousand_names_are_quick),
		IN_SCRATCH(the_deadline_ends_the_walk_with_what_was_seen),
		IN_SCRATCH(a_root_that_is_not_there_is_absent_and_a_relative_one_is_malformed),
		IN_SCRATCH(a_root_that_may_not_be_read_is_no_permission),
		IN_SCRATCH(a_root_that_is_a_link_is_resolved_once_and_said_so),
		IN_SCRATCH(parents_where_the_world_may_put_another_in_its_place_are_told),
		IN_SCRATCH(parents_where_a_user_may_do_so_are_told_with_the_reason),
		IN_SCRATCH(parents_of_a_link_count_as_much_as_those_behind_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
