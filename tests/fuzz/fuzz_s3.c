/* A listing that anybody may have written: read without harm, and what is handed over has a key and
 * numbers that can be counted with. */
#include "drivers/s3_listing.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void found(void *context, const struct pf_s3_object *object)
{
	size_t *most = context;
	if (!object->key || strlen(object->key) > *most || object->size < 0 || object->modified < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	if (count > 65536)
		return 0;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	struct pf_s3_page page;
	const char *problem;
	size_t most = 4 * count;
	if (pf_s3_read(arena, (const char *)bytes, count, &page, found, &most, &problem)) {
		if (page.token)
			(void)pf_s3_encode(arena, page.token);
	} else if (!problem) {
		abort();
	}
	pf_arena_free(arena);
	return 0;
}
