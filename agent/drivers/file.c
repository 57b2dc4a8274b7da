/* The file driver: files that match shell patterns, and the directories that hold them. Nothing is
 * opened but directories. */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/access.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MATCHES = 100 * 1000,
	COMPONENTS = 64, /* of one pattern, and so directories open at once */
	LIMIT = 100,
	ENTRIES_A_LOOK = 64, /* between two looks at the clock */
};

struct match {
	char *path; /* raw bytes, from malloc */
	struct statx seen;
};

/* One question on its way to the answer. */
struct search {
	struct pf_arena *arena;
	const struct pf_ask_file *ask;
	int64_t started_us, deadline_us;
	struct match *matches; /* the newest of them, at most twice the limit */
	size_t limit, kept;
	struct pf_words ways; /* raw paths of the directories on the way */
	size_t way_room;
	struct pf_facts_file facts;
	size_t looks;
	size_t readable, denied, absent; /* directories, by what came of them */
	const char *denied_path;         /* the first, escaped */
	int error;                       /* the first other errno; 0: none */
	bool late, overfull;
};

/* The one way out. Facts are kept only with outcomes that may carry them. */
static struct pf_answer end(const struct search *search, enum pf_outcome outcome,
                            const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_file,
		.outcome = outcome,
		.detail = pf_escape_again(search->arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - search->started_us,
	};
	if (outcome == PF_answered || outcome == PF_partial)
		answer.file = search->facts;
	return answer;
}

static void note_error(struct search *search, const char *path, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case ENAMETOOLONG:
		search->absent++;
		break;
	case EACCES:
	case EPERM:
		search->denied++;
		if (!search->denied_path)
			search->denied_path = pf_escape_text(search->arena, path, 0);
		break;
	default:
		if (!search->error)
			search->error = error;
	}
}

static bool must_stop(struct search *search)
{
	if (search->looks++ % ENTRIES_A_LOOK == 0 && pf_now_us() >= search->deadline_us)
		search->late = true;
	return search->late || search->overfull;
}

/* Newest first; by path where the times are equal. */
static int newer_first(const void *a, const void *b)
{
	const struct match *first = a, *second = b;
	const struct statx_timestamp *x = &first->seen.stx_mtime, *y = &second->seen.stx_mtime;
	if (x->tv_sec != y->tv_sec)
		return x->tv_sec > y->tv_sec ? -1 : 1;
	if (x->tv_nsec != y->tv_nsec)
		return x->tv_nsec > y->tv_nsec ? -1 : 1;
	return strcmp(first->path, second->path);
}

/* Sorts what is kept and lets go of all but the newest, and of what two patterns matched. */
static void keep_newest(struct search *search, size_t count)
{
	struct match *matches = search->matches;
	size_t kept = 0;
	qsort(matches, search->kept, sizeof *matches, newer_first);
	for (size_t i = 0; i < search->kept; i++) {
		bool again = kept && strcmp(matches[i].path, matches[kept - 1].path) == 0;
		search->facts.matched -= again;
		if (again || kept == count)
			free(matches[i].path);
		else
			matches[kept++] = matches[i];
	}
	search->kept = kept;
}

static void keep(struct search *search, const char *path, const struct statx *seen)
{
	char *copy = strdup(path);
	if (!copy) {
		search->error = ENOMEM;
		return;
	}
	if (++search->facts.matched >= MATCHES)
		search->overfull = true;
	if (search->kept == 2 * search->limit)
		keep_newest(search, search->limit);
	search->matches[search->kept++] = (struct match){copy, *seen};
}

/* Notes a directory that holds matches, or would, and all above it. What leads to it over links is
 * left out: who can pass through the real ones needs no link. */
static void add_way(struct search *search, const char *path)
{
	char real[PATH_MAX];
	if (!realpath(path, real))
		return;
	for (char *slash = real; slash && !pf_words_have(search->ways, real);) {
		if (search->ways.count == PF_FILE_ENTRIES) {
			search->overfull = true;
			return;
		}
		const char **at = pf_arena_grow(search->arena, (void *)search->ways.at,
		                                search->ways.count, &search->way_room, sizeof *at);
		at[search->ways.count] = pf_arena_copy(search->arena, real);
		search->ways = (struct pf_words){at, search->ways.count + 1};
		slash = real[1] ? strrchr(real, '/') : NULL;
		if (slash)
			slash[slash == real] = '\0';
	}
}

/* A link stands for what it leads to, under the real name, so that a file and its link are one
 * match; the mode bits of a link say nothing (symlink(7)). One that leads nowhere stays a link. */
static void keep_target(struct search *search, const char *link, const struct statx *seen)
{
	char real[PATH_MAX];
	struct statx target;
	if (!realpath(link, real) ||
	    statx(AT_FDCWD, real, PF_STATX_LINK, PF_STATX_MASK, &target) != 0) {
		keep(search, link, seen);
		return;
	}
	keep(search, real, &target);
	char *slash = strrchr(real, '/');
	slash[slash == real] = '\0';
	add_way(search, real);
}

/* A pattern cut into its components, and the path that those already followed have led to. */
struct pattern {
	const char *components[COMPONENTS];
	size_t count;
	char path[PATH_MAX]; /* "" is the root directory */
};

static bool is_wild(const char *component)
{
	return strpbrk(component, "*?[\\") != NULL;
}

static void follow(struct search *search, struct pattern *pattern, size_t next);

/* The entry `name` of the path so far: a match when it answers to the last component, or else a
 * directory to go on in. */
static void step(struct search *search, struct pattern *pattern, size_t next, const char *name)
{
	size_t length = strlen(pattern->path), room = sizeof pattern->path - length;
	struct statx seen;
	if ((size_t)snprintf(pattern->path + length, room, "/%s", name) >= room) {
		note_error(search, pattern->path, ENAMETOOLONG);
	} else if (next + 1 < pattern->count) {
		follow(search, pattern, next + 1);
	} else if (statx(AT_FDCWD, pattern->path, PF_STATX_LINK, PF_STATX_MASK, &seen) == 0) {
		if (S_ISLNK(seen.stx_mode))
			keep_target(search, pattern->path, &seen);
		else
			keep(search, pattern->path, &seen);
	} else if (errno != ENOENT) {
		note_error(search, pattern->path, errno);
	}
	pattern->path[length] = '\0';
}

/* Every entry of the directory that matches the component. */
static void step_wild(struct search *search, struct pattern *pattern, size_t next)
{
	const char *path = *pattern->path ? pattern->path : "/";
	DIR *listing = NULL;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && !(listing = fdopendir(fd)))
		close(fd);
	if (!listing) {
		note_error(search, path, errno);
		return;
	}
	search->readable++;
	const struct dirent *entry;
	while (!must_stop(search) && (errno = 0, entry = readdir(listing))) {
		const char *name = entry->d_name;
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    fnmatch(pattern->components[next], name, FNM_PERIOD) == 0)
			step(search, pattern, next, name);
	}
	if (errno && !search->late && !search->overfull)
		note_error(search, path, errno);
	closedir(listing);
}

/* Goes on from the path so far with the component `next`. */
static void follow(struct search *search, struct pattern *pattern, size_t next)
{
	const char *path = *pattern->path ? pattern->path : "/";
	const char *component = pattern->components[next];
	bool wild = is_wild(component), last = next + 1 == pattern->count;
	struct statx seen;
	if (must_stop(search))
		return;
	if (last && statx(AT_FDCWD, path, PF_STATX_HERE, PF_STATX_MASK, &seen) != 0) {
		note_error(search, path, errno);
		return;
	}
	if (last && !S_ISDIR(seen.stx_mode)) {
		note_error(search, path, ENOTDIR);
		return;
	}
	if (last)
		add_way(search, path);
	if (wild) {
		step_wild(search, pattern, next);
		return;
	}
	size_t denied = search->denied;
	step(search, pattern, next, component);
	/* A plain name that is not there is an answer, too. */
	if (last && search->denied == denied)
		search->readable++;
}

/* False: not an absolute path of a bearable number of components. */
static bool cut(struct pf_arena *arena, const char *text, struct pattern *pattern)
{
	char *rest = pf_arena_copy(arena, text), *component;
	pattern->count = 0;
	pattern->path[0] = '\0';
	if (*rest != '/')
		return false;
	while ((component = strsep(&rest, "/"))) {
		if (!*component)
			continue;
		if (pattern->count == COMPONENTS)
			return false;
		pattern->components[pattern->count++] = component;
	}
	return pattern->count > 0;
}

static void show_files(struct search *search)
{
	struct pf_entry *files = pf_arena_array(search->arena, search->kept + 1, sizeof *files);
	for (size_t i = 0; i < search->kept; i++)
		files[i] = pf_entry_of(search->arena, search->matches[i].path,
		                       &search->matches[i].seen, NULL);
	search->facts.files = (struct pf_entries){files, search->kept};
}

static size_t depth_of(const char *path)
{
	size_t depth = 0;
	for (const char *at = path; path[1] && *at; at++)
		depth += *at == '/';
	return depth;
}

/* Deepest first, so that the nearest of each file comes before those above it. */
static int deeper_first(const void *a, const void *b)
{
	const char *const *first = a, *const *second = b;
	size_t x = depth_of(*first), y = depth_of(*second);
	return x != y ? (x > y ? -1 : 1) : strcmp(*first, *second);
}

static void show_parents(struct search *search)
{
	size_t count = search->ways.count, shown = 0;
	struct pf_entry *parents = pf_arena_array(search->arena, count + 1, sizeof *parents);
	if (count)
		qsort((void *)search->ways.at, count, sizeof *search->ways.at, deeper_first);
	for (size_t i = 0; i < count; i++) {
		struct statx seen;
		const char *path = search->ways.at[i];
		if (statx(AT_FDCWD, path, PF_STATX_LINK, PF_STATX_MASK, &seen) == 0)
			parents[shown++] = pf_entry_of(search->arena, path, &seen, NULL);
		else
			note_error(search, path, errno);
	}
	search->facts.parents = (struct pf_entries){parents, shown};
}

static struct pf_answer end_of_search(struct search *search)
{
	if (search->error == EMFILE || search->error == ENFILE || search->error == ENOMEM)
		return end(search, PF_no_resources, pf_error_words(search->error));
	if (search->late)
		return end(search, PF_partial, "the deadline came before the end of the search");
	if (search->overfull)
		return end(search, PF_partial,
		           "more files or directories match than are looked at");
	if (search->error)
		return end(search, PF_partial, pf_error_words(search->error));
	if (search->denied)
		return end(search, search->readable ? PF_partial : PF_no_permission,
		           search->denied_path);
	return end(search, search->readable || !search->absent ? PF_answered : PF_absent, NULL);
}

struct pf_answer pf_file_answer(struct pf_arena *arena, const struct pf_ask_file *ask,
                                int64_t deadline_us)
{
	struct search search = {
		.arena = arena, .ask = ask, .started_us = pf_now_us(), .deadline_us = deadline_us};
	struct pattern pattern;
	search.facts.now = pf_wall_seconds();
	search.limit = ask->limit <= 0                ? LIMIT
	               : ask->limit < PF_FILE_ENTRIES ? (size_t)ask->limit
	                                              : PF_FILE_ENTRIES;
	for (size_t i = 0; i < ask->patterns.count; i++)
		if (!cut(arena, ask->patterns.at[i], &pattern))
			return end(&search, PF_malformed_question, ask->patterns.at[i]);
	if (ask->patterns.count == 0)
		return end(&search, PF_malformed_question, "no pattern");
	search.matches = pf_arena_array(arena, 2 * search.limit, sizeof *search.matches);
	for (size_t i = 0; i < ask->patterns.count; i++)
		if (cut(arena, ask->patterns.at[i], &pattern))
			follow(&search, &pattern, 0);
	keep_newest(&search, search.limit);
	show_files(&search);
	show_parents(&search);
	keep_newest(&search, 0);
	return end_of_search(&search);
}
