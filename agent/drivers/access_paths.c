/* The access driver: who else may read a path, write it, or put another in its place. Nothing is
 * opened. */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/access.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

enum {
	PATHS = 256,
	COMPONENTS = 64,
	ACCOUNTS = 1000, /* of this host that are looked at */
	NAMED = 3,       /* accounts named of those who get in */
};

/* A component of a path: the entry as it lies in its directory, and what it leads to. */
struct component {
	const char *path;
	struct pf_guard entry, target; /* differ where it is a link */
};

/* The way from / to a path; the last component is the path itself. */
struct route {
	struct component at[COMPONENTS];
	size_t count;
};

struct inquiry {
	struct pf_arena *arena;
	const struct pf_ask_access *ask;
	int64_t started_us, deadline_us;
	struct pf_user *suspects, *trusted, *accounts;
	size_t suspect_count, trusted_count, account_count;
	struct pf_facts_access facts;
	struct pf_entry *found, *readable, *writable;
	const char *denied; /* the first path that could not be looked at */
	int error;
	bool late, crowded; /* crowded: more accounts than are looked at */
};

/* The one way out. Facts are kept only with outcomes that may carry them. */
static struct pf_answer end(const struct inquiry *inquiry, enum pf_outcome outcome,
                            const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_access,
		.outcome = outcome,
		.detail = pf_escape_again(inquiry->arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - inquiry->started_us,
	};
	if (outcome == PF_answered || outcome == PF_partial)
		answer.access = inquiry->facts;
	return answer;
}

/* ---- routes ---- */

static bool look(const char *path, struct component *component)
{
	struct statvfs mount;
	component->path = path;
	if (!pf_guard_look(AT_FDCWD, path, PF_STATX_LINK, &component->entry))
		return false;
	component->target = component->entry;
	if (S_ISLNK(component->entry.seen.stx_mode) &&
	    !pf_guard_look(AT_FDCWD, path, PF_STATX_HERE, &component->target))
		return false;
	component->target.read_only = statvfs(path, &mount) == 0 && (mount.f_flag & ST_RDONLY);
	component->entry.read_only = component->target.read_only;
	return true;
}

/* False: errno says why the path cannot be followed. */
static bool follow(struct pf_arena *arena, const char *path, struct route *route)
{
	size_t length = strlen(path);
	route->count = 0;
	for (size_t end = 1; end <= length; end++) {
		if (end > 1 && path[end] != '/' && path[end] != '\0')
			continue;
		if (end > 1 && path[end - 1] == '/')
			continue;
		errno = ENAMETOOLONG;
		if (route->count == COMPONENTS ||
		    !look(pf_arena_copy_bytes(arena, path, end), &route->at[route->count++]))
			return false;
	}
	return route->count > 0;
}

/* May the user pass all directories above the component `number`? */
static bool gets_to(const struct pf_user *user, const struct route *route, size_t number)
{
	for (size_t i = 0; i < number; i++)
		if (!pf_user_may(user, &route->at[i].target, PF_PASS))
			return false;
	return true;
}

/* ---- ways in: words that complete "everybody ...", NULL where there is none ---- */

static const char *way_to_read(struct pf_arena *arena, const struct pf_user *user,
                               const struct route *route)
{
	const struct component *last = &route->at[route->count - 1];
	enum pf_right right = pf_user_may(user, &last->target, PF_READ);
	if (!right || !gets_to(user, route, route->count - 1))
		return NULL;
	return pf_arena_print(arena, "may read it (%s)",
	                      pf_right_words(arena, user, right, &last->target, PF_READ));
}

static const char *way_to_write(struct pf_arena *arena, const struct pf_user *user,
                                const struct route *route)
{
	const struct component *last = &route->at[route->count - 1];
	enum pf_right right = pf_user_may(user, &last->target, PF_WRITE);
	if (right && gets_to(user, route, route->count - 1))
		return pf_arena_print(arena, "may write it (%s)",
		                      pf_right_words(arena, user, right, &last->target, PF_WRITE));
	for (size_t i = route->count - 1; i > 0; i--) {
		const struct component *above = &route->at[i - 1];
		right = pf_user_may_replace(user, &above->target, &route->at[i].entry);
		if (right && gets_to(user, route, i - 1))
			return pf_arena_print(arena, "may put another in its place, in %s (%s)",
			                      pf_escape_text(arena, above->path, 200),
			                      pf_right_words(arena, user, right, &above->target,
			                                     PF_WRITE | PF_PASS));
	}
	return NULL;
}

typedef const char *way_in(struct pf_arena *arena, const struct pf_user *user,
                           const struct route *route);

/* A path may have two routes: as it is written, and without links. */
static const char *shortest(struct inquiry *inquiry, way_in *way, const struct pf_user *user,
                            const struct route routes[], size_t count)
{
	const char *words = NULL;
	for (size_t i = 0; i < count && !words; i++)
		words = way(inquiry->arena, user, &routes[i]);
	return words;
}

/* ---- who is asked about ---- */

static bool owns_part(const struct pf_user *user, const struct route routes[], size_t count)
{
	for (size_t r = 0; r < count; r++)
		for (size_t i = 0; i < routes[r].count; i++)
			if (routes[r].at[i].entry.seen.stx_uid == user->uid ||
			    routes[r].at[i].target.seen.stx_uid == user->uid)
				return true;
	return false;
}

static bool is_among(const struct pf_user *user, const struct pf_user users[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (users[i].uid == user->uid)
			return true;
	return false;
}

/* Further accounts: the first few by name, and how many more. */
static const char *accounts_who(struct inquiry *inquiry, way_in *way, const struct route routes[],
                                size_t count)
{
	const char *list = "";
	size_t found = 0;
	for (size_t i = 0; i < inquiry->account_count; i++) {
		const struct pf_user *user = &inquiry->accounts[i];
		if (is_among(user, inquiry->suspects, inquiry->suspect_count) ||
		    owns_part(user, routes, count))
			continue;
		const char *words = shortest(inquiry, way, user, routes, count);
		if (words && found++ < NAMED)
			list = pf_arena_print(inquiry->arena, "%s%s%s %s", list, *list ? "; " : "",
			                      user->name, words);
	}
	if (found > NAMED)
		list = pf_arena_print(inquiry->arena, "%s; so may %zu more accounts", list,
		                      found - NAMED);
	return found ? list : NULL;
}

/* "everybody may read it (others)", "www-data may ..."; NULL: nobody. */
static const char *who(struct inquiry *inquiry, way_in *way, const struct route routes[],
                       size_t count)
{
	const char *words = shortest(inquiry, way, &pf_world, routes, count);
	if (words)
		return pf_arena_print(inquiry->arena, "everybody %s", words);
	for (size_t i = 0; i < inquiry->suspect_count; i++) {
		const struct pf_user *user = &inquiry->suspects[i];
		words = shortest(inquiry, way, user, routes, count);
		if (words)
			return pf_arena_print(inquiry->arena, "%s %s", user->name, words);
	}
	return accounts_who(inquiry, way, routes, count);
}

/* ---- the question ---- */

static size_t find_users(struct inquiry *inquiry, struct pf_words names, struct pf_user *users,
                         const char **unknown, size_t *unknown_count)
{
	size_t count = 0;
	for (size_t i = 0; i < names.count; i++) {
		if (pf_user_find(inquiry->arena, names.at[i], &users[count]))
			count++;
		else
			unknown[(*unknown_count)++] = users[count].name;
	}
	return count;
}

/* Every account but root and those who are trusted, as far as this host lists them (getpwent(3)).
 */
static void find_accounts(struct inquiry *inquiry)
{
	struct pf_arena *arena = inquiry->arena;
	size_t room = 0;
	setpwent();
	for (const struct passwd *entry; !inquiry->crowded && (entry = getpwent());) {
		inquiry->accounts = pf_arena_grow(arena, inquiry->accounts, inquiry->account_count,
		                                  &room, sizeof *inquiry->accounts);
		struct pf_user *user = &inquiry->accounts[inquiry->account_count];
		bool known = pf_user_find(arena, entry->pw_name, user);
		inquiry->account_count +=
			known && user->uid != 0 &&
			!is_among(user, inquiry->trusted, inquiry->trusted_count) &&
			!is_among(user, inquiry->accounts, inquiry->account_count);
		inquiry->crowded =
			inquiry->account_count == ACCOUNTS || pf_now_us() >= inquiry->deadline_us;
	}
	endpwent();
}

static void find_everybody(struct inquiry *inquiry)
{
	const struct pf_ask_access *ask = inquiry->ask;
	size_t most = ask->suspects.count + ask->trusted.count, unknown_count = 0;
	const char **unknown = pf_arena_array(inquiry->arena, most + 1, sizeof *unknown);
	inquiry->suspects =
		pf_arena_array(inquiry->arena, ask->suspects.count + 1, sizeof *inquiry->suspects);
	inquiry->trusted =
		pf_arena_array(inquiry->arena, ask->trusted.count + 1, sizeof *inquiry->trusted);
	inquiry->suspect_count =
		find_users(inquiry, ask->suspects, inquiry->suspects, unknown, &unknown_count);
	inquiry->trusted_count =
		find_users(inquiry, ask->trusted, inquiry->trusted, unknown, &unknown_count);
	inquiry->facts.unknown_users = pf_arena_words(inquiry->arena, unknown_count, unknown);
	find_accounts(inquiry);
}

static void note_trouble(struct inquiry *inquiry, const char *path, int error)
{
	if (error == ENOENT || error == ENOTDIR || error == ELOOP)
		return;
	if (!inquiry->denied)
		inquiry->denied = pf_escape_text(inquiry->arena, path, 100);
	inquiry->error = inquiry->error ? inquiry->error : error;
}

static void add(struct pf_arena *arena, struct pf_entries *list, struct pf_entry *room,
                const char *path, const struct route *route, const char *why)
{
	if (why)
		room[list->count] = pf_entry_of(
			arena, path, &route->at[route->count - 1].target.seen, *why ? why : NULL);
	list->count += why != NULL;
	list->at = room;
}

static void inquire(struct inquiry *inquiry, const char *path, struct route routes[2])
{
	struct pf_arena *arena = inquiry->arena;
	struct pf_facts_access *facts = &inquiry->facts;
	char real[PATH_MAX];
	size_t count = 1;
	if (!realpath(path, real) || !follow(arena, real, &routes[0]) ||
	    (strcmp(path, real) != 0 && !follow(arena, path, &routes[count++]))) {
		note_trouble(inquiry, path, errno);
		return;
	}
	add(arena, &facts->found, inquiry->found, path, &routes[0], "");
	add(arena, &facts->readable, inquiry->readable, path, &routes[0],
	    who(inquiry, way_to_read, routes, count));
	add(arena, &facts->writable, inquiry->writable, path, &routes[0],
	    who(inquiry, way_to_write, routes, count));
}

struct pf_answer pf_access_answer(struct pf_arena *arena, const struct pf_ask_access *ask,
                                  int64_t deadline_us)
{
	struct inquiry inquiry = {
		.arena = arena, .ask = ask, .started_us = pf_now_us(), .deadline_us = deadline_us};
	struct route *routes = pf_arena_array(arena, 2, sizeof *routes);
	if (ask->paths.count == 0 || ask->paths.count > PATHS)
		return end(&inquiry, PF_malformed_question, "no path, or too many");
	for (size_t i = 0; i < ask->paths.count; i++)
		if (ask->paths.at[i][0] != '/')
			return end(&inquiry, PF_malformed_question, ask->paths.at[i]);
	inquiry.found = pf_arena_array(arena, ask->paths.count, sizeof *inquiry.found);
	inquiry.readable = pf_arena_array(arena, ask->paths.count, sizeof *inquiry.readable);
	inquiry.writable = pf_arena_array(arena, ask->paths.count, sizeof *inquiry.writable);
	find_everybody(&inquiry);
	for (size_t i = 0; i < ask->paths.count && !inquiry.late; i++) {
		inquire(&inquiry, ask->paths.at[i], routes);
		inquiry.late = pf_now_us() >= deadline_us && i + 1 < ask->paths.count;
	}
	if (inquiry.late)
		return end(&inquiry, PF_partial, "the deadline came before the last path");
	if (inquiry.denied)
		return end(&inquiry, inquiry.facts.found.count ? PF_partial : PF_no_permission,
		           pf_arena_print(arena, "%s: %s", inquiry.denied,
		                          pf_error_words(inquiry.error)));
	if (inquiry.crowded)
		return end(&inquiry, PF_partial, "this host has more accounts than are looked at");
	return end(&inquiry, inquiry.facts.found.count ? PF_answered : PF_absent, NULL);
}
