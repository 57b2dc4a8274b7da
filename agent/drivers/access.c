/* Who may do what, from owner, group, mode bits, access control list and mount. */
#include "drivers/access.h"

#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

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

/* No account has this number: it is what (uid_t)-1 stands for that is special. */
const struct pf_user pf_world = {.name = "everybody", .uid = (uid_t)-2, .gid = (gid_t)-2};

bool pf_guard_list(int directory, const char *name, unsigned rights, struct pf_guard *guard)
{
	unsigned char bytes[PF_ACL_BYTES];
	char path[PATH_MAX];
	bool whole = !*name || strcmp(name, ".") == 0;
	guard->acl.count = 0;
	/* A list can give a class no more than the mode bits show of it. */
	if (S_ISLNK(guard->seen.stx_mode) || !(guard->seen.stx_mode & (rights << 3 | rights)))
		return true;
	/* There is no lgetxattrat before Linux 6.13, and what is open with O_PATH has no
	 * attributes. */
	int length = directory == AT_FDCWD ? snprintf(path, sizeof path, "%s", name)
	                                   : snprintf(path, sizeof path, "/proc/self/fd/%d/%s",
	                                              directory, whole ? "." : name);
	if (length < 0 || (size_t)length >= sizeof path) {
		errno = ENAMETOOLONG;
		return false;
	}
	ssize_t count = lgetxattr(path, "system.posix_acl_access", bytes, sizeof bytes);
	if (count >= 0) {
		errno = EINVAL;
		return pf_acl_read(bytes, (size_t)count, &guard->acl);
	}
	if (errno == ENODATA || errno == EOPNOTSUPP)
		return true;
	return errno == ENOENT && access("/proc/self/fd", F_OK) == 0; /* gone meanwhile */
}

bool pf_guard_look(int directory, const char *name, int flags, struct pf_guard *guard)
{
	*guard = (struct pf_guard){0};
	return statx(directory, name, flags, PF_STATX_MASK, &guard->seen) == 0 &&
	       pf_guard_list(directory, name, PF_READ | PF_WRITE | PF_PASS, guard);
}

static bool in_group(const struct pf_user *user, gid_t gid)
{
	for (size_t i = 0; i < user->group_count; i++)
		if (user->groups[i] == gid)
			return true;
	return false;
}

static enum pf_right decide(const struct pf_user *user, const struct pf_guard *entry,
                            unsigned rights, gid_t *by)
{
	static const enum pf_right right_of[] = {
		[PF_ACL_NOBODY] = PF_NO_RIGHT,
		[PF_ACL_BY_USER] = PF_AS_LISTED,
		[PF_ACL_BY_GROUP] = PF_AS_GROUP,
		[PF_ACL_BY_OTHERS] = PF_AS_OTHER,
	};
	const struct statx *seen = &entry->seen;
	unsigned group = seen->stx_mode >> 3 & 7, others = seen->stx_mode & 7;
	*by = seen->stx_gid;
	if ((rights & PF_WRITE) &&
	    (entry->read_only || (seen->stx_attributes & STATX_ATTR_IMMUTABLE)))
		return PF_NO_RIGHT;
	if (user->uid == 0)
		return PF_AS_ROOT;
	if (user->uid == seen->stx_uid)
		return PF_AS_OWNER;
	if (entry->acl.count)
		return right_of[pf_acl_lets(&entry->acl, user->uid, user->group_count, user->groups,
		                            seen->stx_gid, rights, by)];
	if (in_group(user, seen->stx_gid))
		return (group & rights) == rights ? PF_AS_GROUP : PF_NO_RIGHT;
	return (others & rights) == rights ? PF_AS_OTHER : PF_NO_RIGHT;
}

enum pf_right pf_user_may(const struct pf_user *user, const struct pf_guard *entry, unsigned rights)
{
	gid_t by;
	return decide(user, entry, rights, &by);
}

bool pf_world_may(const struct pf_guard *entry, unsigned rights)
{
	return pf_user_may(&pf_world, entry, rights) == PF_AS_OTHER;
}

static bool keeps_to_owners(const struct pf_guard *directory, const struct pf_guard *entry,
                            const struct pf_user *user)
{
	return (directory->seen.stx_mode & S_ISVTX) && entry->seen.stx_uid != user->uid;
}

enum pf_right pf_user_may_replace(const struct pf_user *user, const struct pf_guard *directory,
                                  const struct pf_guard *entry)
{
	enum pf_right right = pf_user_may(user, directory, PF_WRITE | PF_PASS);
	bool by_rank = right == PF_AS_ROOT || right == PF_AS_OWNER;
	return !by_rank && keeps_to_owners(directory, entry, user) ? PF_NO_RIGHT : right;
}

bool pf_world_may_replace(const struct pf_guard *directory, const struct pf_guard *entry)
{
	return pf_user_may_replace(&pf_world, directory, entry) == PF_AS_OTHER;
}

const char *pf_right_words(struct pf_arena *arena, const struct pf_user *user, enum pf_right right,
                           const struct pf_guard *entry, unsigned rights)
{
	gid_t by;
	switch (right) {
	case PF_NO_RIGHT:
		break;
	case PF_AS_ROOT:
		return "superuser";
	case PF_AS_OWNER:
		return "owner";
	case PF_AS_LISTED:
		return "named in its access control list";
	case PF_AS_GROUP:
		decide(user, entry, rights, &by);
		return pf_arena_print(arena, "%sgroup %s",
		                      by == entry->seen.stx_gid ? "" : "access control list, ",
		                      pf_group_name(arena, by));
	case PF_AS_OTHER:
		return "others";
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
