/* A ledger of drills that anybody may have written: read without harm, and what it says of a set is
 * what one of its lines says. */
#include "drivers/drill_ledger.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	enum { NOW = 1800000000 };
	if (count > 65536)
		return 0;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	struct pf_drill_record record;
	pf_ledger_read(arena, (const char *)bytes, count, "database", NOW, &record);
	if (record.any && (strcmp(record.last.set, "database") != 0 || record.last.at <= 0))
		abort();
	if (record.restored_at && (!record.any || record.restored_at > record.last.at))
		abort();
	pf_arena_free(arena);
	return 0;
}
