/* POSIX access control lists as the kernel hands them out: the bytes of the extended attribute
 * system.posix_acl_access (acl(5); linux/posix_acl_xattr.h). */
#ifndef PF_DRIVERS_ACCESS_ACL_H
#define PF_DRIVERS_ACCESS_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PF_ACL_ENTRIES = 32, /* of one list; longer ones are not read */
	PF_ACL_BYTES = 4 + 8 * PF_ACL_ENTRIES,
};

enum pf_acl_tag {
	PF_ACL_OWNER = 0x01,
	PF_ACL_USER = 0x02,
	PF_ACL_OWNING_GROUP = 0x04,
	PF_ACL_GROUP = 0x08,
	PF_ACL_MASK = 0x10,
	PF_ACL_OTHERS = 0x20,
};

struct pf_acl_entry {
	uint16_t tag;    /* enum pf_acl_tag */
	uint16_t rights; /* 4 read, 2 write, 1 execute or pass */
	uint32_t id;     /* of a USER or GROUP */
};

struct pf_acl {
	size_t count; /* 0: there is no list, the mode bits are all */
	struct pf_acl_entry at[PF_ACL_ENTRIES];
};

/* False: these bytes are no list that the kernel would enforce, and `acl` is empty. */
bool pf_acl_read(const void *bytes, size_t count, struct pf_acl *acl);

/* What a list lets somebody do who is not the owner: the first entry that names the user decides,
 * else any of the groups that are his, else `others`. All but the last are cut by the mask. */
enum pf_acl_class { PF_ACL_NOBODY, PF_ACL_BY_USER, PF_ACL_BY_GROUP, PF_ACL_BY_OTHERS };

/* `gid` of the owning group. *by: the group that lets him (PF_ACL_BY_GROUP). */
enum pf_acl_class pf_acl_lets(const struct pf_acl *acl, uint32_t uid, size_t group_count,
                              const uint32_t groups[], uint32_t gid, unsigned rights, uint32_t *by);

#endif
