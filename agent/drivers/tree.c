/* The tree driver: who owns and who may write what is below a directory, and who may put another
 * one in its place. */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/tree_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* One question on its way to the answer. */
struct tree {
	struct pf_arena *arena;
	const struct pf_ask_tree *ask;
	int64_t started_us, deadline_us;
	const char *root; /* without links */
	struct pf_suspicion suspicion;
	const char *owner; /* escaped */
	struct pf_facts_tree facts;
	size_t parent_room;
	const char *note; /* goes before any other detail */
};

/* The one way out. Facts are kept only with outcomes that may carry them. */
static struct pf_answer end(const struct tree *tree, enum pf_outcome outcome, const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_tree,
		.outcome = outcome,
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - tree->started_us,
	};
	if (tree->note && detail)
		detail = pf_arena_print(tree->arena, "%s; %s", tree->note, detail);
	else if (tree->note)
		detail = tree->note;
	answer.detail = pf_escape_again(tree->arena, detail, PF_DETAIL_BYTES);
	if (outcome == PF_answered || outcome == PF_partial)
		answer.tree = tree->facts;
	return answer;
}

static enum pf_outcome outcome_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENAMETOOLONG:
		return PF_absent;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return PF_no_resources;
	case EACCES:
	case EPERM:
		return PF_no_permission;
	default:
		return PF_partial;
	}
}

/* Looks up `owner` and `users`; those unknown here are facts. */
static void find_users(struct tree *tree)
{
	struct pf_arena *arena = tree->arena;
	size_t count = tree->ask->users.count, known = 0, unknown = 0;
	struct pf_user *users = pf_arena_array(arena, count + 1, sizeof *users), owner;
	const char **names = pf_arena_array(arena, count + 2, sizeof *names);
	for (size_t i = 0; i < count; i++) {
		if (pf_user_find(arena, tree->ask->users.at[i], &users[known]))
			known++;
		else
			names[unknown++] = users[known].name;
	}
	if (tree->ask->owner) {
		tree->suspicion.owner_asked = pf_user_find(arena, tree->ask->owner, &owner);
		tree->suspicion.owner = owner.uid;
		tree->owner = owner.name;
		if (!tree->suspicion.owner_asked)
			names[unknown++] = owner.name;
	}
	tree->suspicion.users = users;
	tree->suspicion.leave_out = tree->ask->leave_out;
	tree->suspicion.user_count = known;
	tree->facts.unknown_users = pf_arena_words(arena, unknown, names);
}

static const char *append(struct pf_arena *arena, const char *list, const char *words)
{
	return !*words ? list : !*list ? words : pf_arena_print(arena, "%s, %s", list, words);
}

static const char *writable_by(const struct tree *tree, const struct pf_user *user,
                               enum pf_right right, const struct pf_guard *entry)
{
	return right ? pf_arena_print(tree->arena, "writable by %s (%s)", user->name,
	                              pf_right_words(tree->arena, user, right, entry, PF_WRITE))
	             : "";
}

/* Who may write an entry: "world-writable, writable by www-data (group www-data)". What the world
 * may is not said of each user again. */
static const char *writers(const struct tree *tree, const struct pf_guard *entry)
{
	const char *list = "";
	if (pf_world_may(entry, PF_WRITE))
		list = entry->seen.stx_mode & S_ISVTX ? "world-writable (sticky)"
		                                      : "world-writable";
	for (size_t i = 0; i < tree->suspicion.user_count; i++) {
		const struct pf_user *user = &tree->suspicion.users[i];
		enum pf_right right = pf_user_may(user, entry, PF_WRITE);
		if (right != PF_AS_OTHER)
			list = append(tree->arena, list, writable_by(tree, user, right, entry));
	}
	return list;
}

static const char *special_kind(unsigned mode)
{
	return S_ISFIFO(mode)   ? "FIFO"
	       : S_ISSOCK(mode) ? "socket"
	       : S_ISCHR(mode)  ? "character device"
	                        : "block device";
}

static const char *why(const struct tree *tree, const struct pf_sighting *sighting)
{
	struct pf_arena *arena = tree->arena;
	const struct statx *seen = &sighting->entry.seen;
	unsigned traits = sighting->traits;
	const char *list = "";
	if (traits & (1u << PF_WORLD_WRITABLE | 1u << PF_USER_WRITABLE))
		list = writers(tree, &sighting->entry);
	if (traits & 1u << PF_EXECUTABLE)
		list = append(arena, list, "executable");
	if (traits & 1u << PF_SETUID)
		list = append(arena, list, seen->stx_mode & S_ISUID ? "setuid" : "setgid");
	if (traits & 1u << PF_FOREIGN)
		list = append(arena, list, pf_arena_print(arena, "not owned by %s", tree->owner));
	if (traits & 1u << PF_SPECIAL)
		list = append(arena, list, special_kind(seen->stx_mode));
	if (traits & 1u << PF_ESCAPING)
		list = append(arena, list, "leads out of the tree");
	if (traits & 1u << PF_SECRET)
		list = append(arena, list, "secret by its name");
	if (traits & 1u << PF_SOURCE)
		list = append(arena, list, "source by its name");
	if (traits & 1u << PF_REPLACEABLE)
		list = append(arena, list, "code that can be replaced");
	return list;
}

static int by_path(const void *a, const void *b)
{
	const struct pf_sighting *const *first = a, *const *second = b;
	return strcmp((*first)->path, (*second)->path);
}

/* The first few of every trait, each entry once, sorted by path. */
static void show_examples(struct tree *tree, const struct pf_tally *tally)
{
	const struct pf_sighting *all[PF_TRAITS * PF_EXAMPLES];
	size_t count = 0, shown = 0;
	for (int trait = 0; trait < PF_TRAITS; trait++)
		for (size_t i = 0; i < tally->examples[trait].count; i++)
			all[count++] = &tally->examples[trait].at[i];
	qsort(all, count, sizeof *all, by_path);
	struct pf_entry *entries = pf_arena_array(tree->arena, count + 1, sizeof *entries);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(all[i]->path, all[i - 1]->path) != 0)
			entries[shown++] = pf_entry_of(tree->arena, all[i]->path,
			                               &all[i]->entry.seen, why(tree, all[i]));
	tree->facts.examples = (struct pf_entries){entries, shown};
}

/* Who may replace `entry` in `directory`; "": nobody who is asked about. */
static const char *replacers(const struct tree *tree, const struct pf_guard *directory,
                             const struct pf_guard *entry)
{
	bool world = pf_world_may_replace(directory, entry);
	const char *list = world ? "world-writable" : "";
	for (size_t i = 0; i < tree->suspicion.user_count; i++) {
		const struct pf_user *user = &tree->suspicion.users[i];
		enum pf_right right = pf_user_may_replace(user, directory, entry);
		if (!(right == PF_AS_OTHER && world))
			list = append(tree->arena, list, writable_by(tree, user, right, directory));
	}
	return list;
}

static void add_parent(struct tree *tree, const char *path, const struct statx *seen,
                       const char *reason)
{
	struct pf_entry parent = pf_entry_of(tree->arena, path, seen, reason);
	for (size_t i = 0; i < tree->facts.parents.count; i++)
		if (strcmp(tree->facts.parents.at[i].path, parent.path) == 0)
			return;
	struct pf_entry *parents =
		pf_arena_grow(tree->arena, (void *)tree->facts.parents.at,
	                      tree->facts.parents.count, &tree->parent_room, sizeof *parents);
	parents[tree->facts.parents.count] = parent;
	tree->facts.parents = (struct pf_entries){parents, tree->facts.parents.count + 1};
}

/* Cuts the last component off an absolute path; false: there is none left. */
static bool cut_last(char *path)
{
	size_t end = strlen(path);
	while (end > 1 && path[end - 1] == '/')
		end--;
	if (end <= 1)
		return false;
	while (end > 0 && path[end - 1] != '/')
		end--;
	while (end > 1 && path[end - 1] == '/')
		end--;
	path[end] = '\0';
	return true;
}

static bool is_read_only(const char *path)
{
	struct statvfs mount;
	return statvfs(path, &mount) == 0 && (mount.f_flag & ST_RDONLY);
}

/* Every directory above `path`, nearest first, in which somebody may replace what leads to it.
 * False: one could not be looked at. */
static bool check_parents(struct tree *tree, const char *path)
{
	char *at = pf_arena_copy(tree->arena, path);
	struct pf_guard entry, directory;
	bool seen = pf_guard_look(AT_FDCWD, at, PF_STATX_LINK, &entry);
	while (seen && cut_last(at)) {
		/* The directory may be behind a link, and then it is what is behind it that counts
		 * here; the link is an entry of the directory above, and looked at there. */
		seen = pf_guard_look(AT_FDCWD, at, PF_STATX_HERE, &directory);
		directory.read_only = is_read_only(at);
		const char *reason = seen ? replacers(tree, &directory, &entry) : "";
		if (*reason)
			add_parent(tree, at, &directory.seen, reason);
		seen = seen && pf_guard_look(AT_FDCWD, at, PF_STATX_LINK, &entry);
	}
	return seen;
}

static struct pf_answer end_of_walk(struct tree *tree, const struct pf_walk_result *walk,
                                    bool parents_seen)
{
	const struct pf_tally *tally = &walk->tally;
	struct pf_arena *arena = tree->arena;
	if (tally->starved)
		return end(tree, PF_no_resources, pf_error_words(tally->starved));
	if (walk->stuck)
		return end(tree, PF_partial,
		           pf_arena_print(arena,
		                          "the file system does not respond: %u of the "
		                          "threads that read it hang",
		                          walk->stuck));
	if (walk->late)
		return end(tree, PF_partial, "the deadline came before the end of the tree");
	if (walk->overfull)
		return end(tree, PF_partial, "too many directories to keep in mind");
	if (tally->unreadable)
		return end(tree, PF_partial,
		           pf_arena_print(arena, "%lld directories could not be read: %s",
		                          (long long)tally->unreadable,
		                          tally->error == EREMOTE ? "automount points"
		                                                  : pf_error_words(tally->error)));
	if (!parents_seen)
		return end(tree, PF_partial, "not all of its parents could be looked at");
	return end(tree, PF_answered, NULL);
}

static void take_counts(struct pf_facts_tree *facts, const struct pf_tally *tally)
{
	facts->entries = tally->entries;
	facts->directories = tally->directories;
	facts->unreadable = tally->unreadable;
	facts->world_writable = tally->counts[PF_WORLD_WRITABLE];
	facts->user_writable = tally->counts[PF_USER_WRITABLE];
	facts->executable = tally->counts[PF_EXECUTABLE];
	facts->setuid = tally->counts[PF_SETUID];
	facts->foreign = tally->counts[PF_FOREIGN];
	facts->special = tally->counts[PF_SPECIAL];
	facts->escaping = tally->counts[PF_ESCAPING];
	facts->secrets = tally->counts[PF_SECRET];
	facts->sources = tally->counts[PF_SOURCE];
	facts->hazards = tally->counts[PF_HAZARD];
	facts->replaceable = tally->counts[PF_REPLACEABLE];
}

/* How the file system that holds the root is mounted. */
static void note_mount(struct tree *tree, int root)
{
	static const struct {
		unsigned long flag;
		const char *word;
	} options[] = {{ST_RDONLY, "ro"},
	               {ST_NOSUID, "nosuid"},
	               {ST_NODEV, "nodev"},
	               {ST_NOEXEC, "noexec"}};
	const char *words[sizeof options / sizeof options[0]];
	struct statvfs mount;
	size_t count = 0;
	if (fstatvfs(root, &mount) != 0)
		return;
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (mount.f_flag & options[i].flag)
			words[count++] = options[i].word;
	tree->facts.mount = pf_arena_words(tree->arena, count, words);
	tree->suspicion.read_only = (mount.f_flag & ST_RDONLY) != 0;
}

/* Resolves the root, once and for all; false: errno says why not. */
static bool resolve(struct tree *tree)
{
	char real[PATH_MAX];
	if (!realpath(tree->ask->root, real))
		return false;
	tree->root = pf_arena_copy(tree->arena, real);
	size_t length = strlen(real);
	bool same = strncmp(tree->ask->root, real, length) == 0 &&
	            strspn(tree->ask->root + length, "/") == strlen(tree->ask->root + length);
	if (!same)
		tree->note = pf_arena_print(tree->arena, "%s is %s",
		                            pf_escape_text(tree->arena, tree->ask->root, 100),
		                            pf_escape_text(tree->arena, real, 100));
	return true;
}

struct pf_answer pf_tree_answer(struct pf_arena *arena, const struct pf_ask_tree *ask,
                                int64_t deadline_us)
{
	struct tree tree = {
		.arena = arena, .ask = ask, .started_us = pf_now_us(), .deadline_us = deadline_us};
	struct pf_guard top = {0};
	if (!ask->root || ask->root[0] != '/')
		return end(&tree, PF_malformed_question, "the root is not an absolute path");
	if (!resolve(&tree))
		return end(&tree, outcome_of(errno), pf_error_words(errno));
	int root = open(tree.root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	int error = errno;
	if (root >= 0 && !pf_guard_look(root, "", AT_EMPTY_PATH | PF_STATX_HERE, &top)) {
		error = errno;
		close(root);
		root = -1;
	}
	if (root < 0)
		return end(&tree, outcome_of(error), pf_error_words(error));
	find_users(&tree);
	note_mount(&tree, root);
	top.read_only = tree.suspicion.read_only;
	struct pf_walk_result walk =
		pf_walk(arena, root, tree.root, &top, &tree.suspicion, deadline_us);
	take_counts(&tree.facts, &walk.tally);
	show_examples(&tree, &walk.tally);
	bool parents_seen = check_parents(&tree, tree.root);
	if (tree.note)
		parents_seen = check_parents(&tree, ask->root) && parents_seen;
	return end_of_walk(&tree, &walk, parents_seen);
}
