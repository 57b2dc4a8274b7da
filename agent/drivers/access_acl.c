/* Access control lists: bytes to entries, and what the entries let somebody do. */
#include "drivers/access_acl.h"

#include <string.h>

enum { HEAD_BYTES = 4, ENTRY_BYTES = 8, VERSION = 2, ALL_RIGHTS = 7 };

static uint32_t little(const unsigned char *bytes, size_t count)
{
	uint32_t value = 0;
	for (size_t i = count; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

static bool is_tag(uint32_t tag)
{
	return tag == PF_ACL_OWNER || tag == PF_ACL_USER || tag == PF_ACL_OWNING_GROUP ||
	       tag == PF_ACL_GROUP || tag == PF_ACL_MASK || tag == PF_ACL_OTHERS;
}

static size_t count_of(const struct pf_acl *acl, unsigned tags)
{
	size_t count = 0;
	for (size_t i = 0; i < acl->count; i++)
		count += (acl->at[i].tag & tags) != 0;
	return count;
}

/* acl(5), "VALID ACLs". */
static bool is_valid(const struct pf_acl *acl)
{
	size_t named = count_of(acl, PF_ACL_USER | PF_ACL_GROUP),
	       masks = count_of(acl, PF_ACL_MASK);
	return count_of(acl, PF_ACL_OWNER) == 1 && count_of(acl, PF_ACL_OWNING_GROUP) == 1 &&
	       count_of(acl, PF_ACL_OTHERS) == 1 && masks <= 1 && (named == 0 || masks == 1);
}

bool pf_acl_read(const void *bytes, size_t count, struct pf_acl *acl)
{
	const unsigned char *at = bytes;
	acl->count = 0;
	if (count < HEAD_BYTES || (count - HEAD_BYTES) % ENTRY_BYTES != 0 ||
	    (count - HEAD_BYTES) / ENTRY_BYTES > PF_ACL_ENTRIES || little(at, 4) != VERSION)
		return false;
	size_t entries = (count - HEAD_BYTES) / ENTRY_BYTES;
	for (size_t i = 0; i < entries; i++) {
		const unsigned char *entry = at + HEAD_BYTES + i * ENTRY_BYTES;
		uint32_t tag = little(entry, 2), rights = little(entry + 2, 2);
		if (!is_tag(tag) || rights > ALL_RIGHTS)
			return false;
		acl->at[i] = (struct pf_acl_entry){(uint16_t)tag, (uint16_t)rights,
		                                   little(entry + 4, 4)};
	}
	acl->count = entries;
	if (!is_valid(acl))
		acl->count = 0;
	return acl->count > 0;
}

static unsigned rights_of(const struct pf_acl *acl, unsigned tag)
{
	for (size_t i = 0; i < acl->count; i++)
		if (acl->at[i].tag == tag)
			return acl->at[i].rights;
	return ALL_RIGHTS; /* no mask: nothing is cut */
}

static bool has(size_t count, const uint32_t list[], uint32_t wanted)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == wanted)
			return true;
	return false;
}

enum pf_acl_class pf_acl_lets(const struct pf_acl *acl, uint32_t uid, size_t group_count,
                              const uint32_t groups[], uint32_t gid, unsigned rights, uint32_t *by)
{
	unsigned mask = rights_of(acl, PF_ACL_MASK);
	bool member = false;
	for (size_t i = 0; i < acl->count; i++)
		if (acl->at[i].tag == PF_ACL_USER && acl->at[i].id == uid)
			return (acl->at[i].rights & mask & rights) == rights ? PF_ACL_BY_USER
			                                                     : PF_ACL_NOBODY;
	for (size_t i = 0; i < acl->count; i++) {
		const struct pf_acl_entry *entry = &acl->at[i];
		uint32_t group = entry->tag == PF_ACL_OWNING_GROUP ? gid : entry->id;
		if ((entry->tag != PF_ACL_OWNING_GROUP && entry->tag != PF_ACL_GROUP) ||
		    !has(group_count, groups, group))
			continue;
		member = true;
		*by = group;
		if ((entry->rights & mask & rights) == rights)
			return PF_ACL_BY_GROUP;
	}
	if (member)
		return PF_ACL_NOBODY;
	return (rights_of(acl, PF_ACL_OTHERS) & rights) == rights ? PF_ACL_BY_OTHERS
	                                                          : PF_ACL_NOBODY;
}
