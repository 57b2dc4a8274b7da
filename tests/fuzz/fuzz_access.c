/* What a file system says of an entry: the bytes of an access control list, and a name. A list that
 * is read lets nobody do more than one of its entries says. The first byte chooses. */
#include "drivers/access_acl.h"
#include "drivers/tree_names.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void check_list(const unsigned char *bytes, size_t count)
{
	static const uint32_t groups[] = {1, 4, 33};
	struct pf_acl acl;
	uint32_t by = 0;
	if (!pf_acl_read(bytes, count, &acl)) {
		if (acl.count)
			abort();
		return;
	}
	if (acl.count < 3 || acl.count > PF_ACL_ENTRIES)
		abort();
	for (unsigned rights = 1; rights < 8; rights++) {
		bool given = false;
		for (size_t i = 0; i < acl.count; i++)
			given |= (acl.at[i].rights & rights) == rights;
		if (pf_acl_lets(&acl, 1, 3, groups, 33, rights, &by) != PF_ACL_NOBODY && !given)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	char name[256];
	if (count == 0)
		return 0;
	if (bytes[0] % 2 == 0) {
		check_list(bytes + 1, count - 1);
		return 0;
	}
	size_t length = count - 1 < sizeof name - 1 ? count - 1 : sizeof name - 1;
	memcpy(name, bytes + 1, length);
	name[length] = '\0';
	if (pf_name_kind(name, bytes[0] & 2, bytes[0]) > PF_NAME_HAZARD)
		abort();
	(void)pf_name_is_code(name);
	return 0;
}
