/* Who may write what, from owner, group and mode bits. */
#include "drivers/access.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

enum {
	LOOKUP_BYTES = 64 * 1024, /* of one line of passwd or group: large groups are long */
	GROUPS = 1024,            /* of one user */
	PATH_SHOWN = 1024,        /* bytes of notation of one path */
	NAME_SHOWN = 64,
};

static bool whole_number(const char *text, uid_t *number)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 9 || text[digits])
		return false;
	*number = (uid_t)strtoul(text, NULL, 10);
	return true;
}

static bool known_user(struct pf_arena *arena, const char *name, struct passwd *entry)
{
	struct passwd *found = NULL;
	uid_t uid;
	char *buffer = pf_arena_take(arena, LOOKUP_BYTES);
	if (getpwnam_r(name, entry, buffer, LOOKUP_BYTES, &found) == 0 && found)
		return true;
	return whole_number(name, &uid) &&
	       getpwuid_r(uid, entry, buffer, LOOKUP_BYTES, &found) == 0 && found;
}

bool pf_user_find(struct pf_arena *arena, const char *name, struct pf_user *user)
{
	struct passwd entry;
	*user = (struct pf_user){.name = pf_escape_text(arena, name, NAME_SHOWN)};
	if (!known_user(arena, name, &entry)) {
		/* Files of a container's users often have numbers that this host has no name for.
		 */
		user->gid = (gid_t)-1;
		return whole_number(name, &user->uid);
	}
	gid_t *groups = pf_arena_array(arena, GROUPS, sizeof *groups);
	int count = GROUPS;
	if (getgrouplist(entry.pw_name, entry.pw_gid, groups, &count) < 0)
		count = GROUPS; /* the first ones were filled in */
	user->uid = entry.pw_uid;
	user->gid = entry.pw_gid;
	user->groups = groups;
	user->group_count = (size_t)count;
	return true;
}

static bool in_group(const struct pf_user *user, gid_t gid)
{
	for (size_t i = 0; i < user->group_count; i++)
		if (user->groups[i] == gid)
			return true;
	return false;
}

/* POSIX access control lists would be asked for here, before the mode bits: with a list the group
 * bits are its mask, so these bits say too much for the group and nothing of further users. */
enum pf_right pf_user_may_write(const struct pf_user *user, const struct statx *entry)
{
	if (user->uid == 0)
		return PF_AS_ROOT;
	if (user->uid == entry->stx_uid)
		return PF_AS_OWNER;
	if (in_group(user, entry->stx_gid))
		return entry->stx_mode & S_IWGRP ? PF_AS_GROUP : PF_NO_RIGHT;
	return entry->stx_mode & S_IWOTH ? PF_AS_OTHER : PF_NO_RIGHT;
}

bool pf_world_may_write(const struct statx *entry)
{
	return entry->stx_mode & S_IWOTH;
}

enum pf_right pf_user_may_replace(const struct pf_user *user, const struct statx *directory,
                                  const struct statx *entry)
{
	enum pf_right right = pf_user_may_write(user, directory);
	bool by_bits = right == PF_AS_GROUP || right == PF_AS_OTHER;
	if (by_bits && (directory->stx_mode & S_ISVTX) && entry->stx_uid != user->uid)
		return PF_NO_RIGHT;
	return right;
}

bool pf_world_may_replace(const struct statx *directory)
{
	return pf_world_may_write(directory) && !(directory->stx_mode & S_ISVTX);
}

const char *pf_right_words(struct pf_arena *arena, const struct pf_user *user, enum pf_right right,
                           const struct statx *entry)
{
	switch (right) {
	case PF_NO_RIGHT:
		break;
	case PF_AS_ROOT:
		return pf_arena_print(arena, "writable by %s (superuser)", user->name);
	case PF_AS_OWNER:
		return pf_arena_print(arena, "writable by %s (owner)", user->name);
	case PF_AS_GROUP:
		return pf_arena_print(arena, "writable by %s (group %s)", user->name,
		                      pf_group_name(arena, entry->stx_gid));
	case PF_AS_OTHER:
		return pf_arena_print(arena, "writable by %s (others)", user->name);
	}
	return "";
}

const char *pf_owner_name(struct pf_arena *arena, uid_t uid)
{
	char buffer[LOOKUP_BYTES];
	struct passwd entry, *found = NULL;
	if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
		return pf_escape_text(arena, found->pw_name, NAME_SHOWN);
	return pf_arena_print(arena, "%u", (unsigned)uid);
}

const char *pf_group_name(struct pf_arena *arena, gid_t gid)
{
	char buffer[LOOKUP_BYTES];
	struct group entry, *found = NULL;
	if (getgrgid_r(gid, &entry, buffer, sizeof buffer, &found) == 0 && found)
		return pf_escape_text(arena, found->gr_name, NAME_SHOWN);
	return pf_arena_print(arena, "%u", (unsigned)gid);
}

/* Within what JSON carries exactly; file systems make up sizes and times. */
static int64_t whole(int64_t number)
{
	static const int64_t most = (int64_t)1 << 53;
	return number > most ? most : number < -most ? -most : number;
}

struct pf_entry pf_entry_of(struct pf_arena *arena, const char *path, const struct statx *seen,
                            const char *why)
{
	return (struct pf_entry){
		.path = pf_escape_text(arena, path, PATH_SHOWN),
		.type = S_ISREG(seen->stx_mode)   ? "file"
	                : S_ISDIR(seen->stx_mode) ? "directory"
	                : S_ISLNK(seen->stx_mode) ? "link"
	                                          : "special",
		.mode = seen->stx_mode & 07777,
		.owner = pf_owner_name(arena, seen->stx_uid),
		.group = pf_group_name(arena, seen->stx_gid),
		.size = whole(seen->stx_size > INT64_MAX ? INT64_MAX : (int64_t)seen->stx_size),
		.modified = whole(seen->stx_mtime.tv_sec),
		.why = why,
	};
}

const char *pf_error_words(int error)
{
	const char *words = strerrordesc_np(error);
	return words ? words : "unknown error";
}
