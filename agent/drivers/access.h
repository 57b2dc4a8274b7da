/* Who may do what to an entry: users with their groups, against owner, mode bits, access control
 * list and mount. */
#ifndef PF_DRIVERS_ACCESS_H
#define PF_DRIVERS_ACCESS_H

#include "base/arena.h"
#include "drivers/access_acl.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

/* What is asked of statx(2) for every entry, and how: never waiting for a network file system to
 * revalidate, never mounting anything. */
enum {
	PF_STATX_MASK = STATX_TYPE | STATX_MODE | STATX_UID | STATX_GID | STATX_SIZE | STATX_MTIME,
	PF_STATX_HERE = AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
	PF_STATX_LINK = PF_STATX_HERE | AT_SYMLINK_NOFOLLOW,
};

struct pf_user {
	const char *name; /* escaped */
	uid_t uid;
	gid_t gid;
	const gid_t *groups; /* all of them, `gid` too */
	size_t group_count;
};

/* The user of that name, or of that number where no user has it as a name. False: this host knows
 * no such user, and only `name` is set. */
bool pf_user_find(struct pf_arena *arena, const char *name, struct pf_user *user) PF_MUST_USE;

/* Everybody who has an account and belongs to no group of note. */
extern const struct pf_user pf_world;

/* What stands between somebody and an entry. */
struct pf_guard {
	struct statx seen;
	struct pf_acl acl; /* as far as it can matter; empty: there is none */
	bool read_only;    /* its file system is mounted so */
};

/* Looks at `name` in `directory` (AT_FDCWD: an absolute path); flags as of statx(2). The list is
 * read for all but links. False: errno says why not. */
bool pf_guard_look(int directory, const char *name, int flags, struct pf_guard *guard) PF_MUST_USE;

/* Reads the list of an entry whose `seen` is set already, if by its mode bits it can let anybody
 * but the owner do one of `rights`. False: there may be one that could not be read. */
bool pf_guard_list(int directory, const char *name, unsigned rights,
                   struct pf_guard *guard) PF_MUST_USE;

/* What somebody may want of an entry: the bits of rwx. */
enum { PF_READ = 4, PF_WRITE = 2, PF_PASS = 1 };

/* By what a user may do something. An owner may always change the mode, so an owner may always do
 * all. Nobody writes to what is mounted read-only or is immutable. */
enum pf_right {
	PF_NO_RIGHT,
	PF_AS_ROOT,
	PF_AS_OWNER,
	PF_AS_LISTED, /* an access control list names the user */
	PF_AS_GROUP,
	PF_AS_OTHER
};

/* May the user do all of `rights` to this entry (writing to a directory: create, rename and remove
 * in it)? */
enum pf_right pf_user_may(const struct pf_user *user, const struct pf_guard *entry,
                          unsigned rights);

/* May everyone? */
bool pf_world_may(const struct pf_guard *entry, unsigned rights);

/* May the user, or everyone, put something else in the place of `entry`, which is in `directory`?
 * In a sticky directory only the owners of the two may (inode(7), S_ISVTX). */
enum pf_right pf_user_may_replace(const struct pf_user *user, const struct pf_guard *directory,
                                  const struct pf_guard *entry);
bool pf_world_may_replace(const struct pf_guard *directory, const struct pf_guard *entry);

/* "group www-data" for a right that is one. */
const char *pf_right_words(struct pf_arena *arena, const struct pf_user *user, enum pf_right right,
                           const struct pf_guard *entry, unsigned rights);

/* Names where there are any, else the number; escaped. */
const char *pf_owner_name(struct pf_arena *arena, uid_t uid);
const char *pf_group_name(struct pf_arena *arena, gid_t gid);

/* The facts about an entry; `path` is raw bytes and is escaped here, `why` is kept as it is. */
struct pf_entry pf_entry_of(struct pf_arena *arena, const char *path, const struct statx *seen,
                            const char *why);

/* strerror, thread-safe. */
const char *pf_error_words(int error);

#endif
