/* A manifest that anybody may have written: read without harm, and what counts as inside does not
 * climb. */
#include "drivers/manifest_text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	if (count > 65536)
		return 0;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	const char *text = pf_arena_copy_bytes(arena, bytes, count), *version, *problem;
	struct pf_words names = {NULL, 0};
	if (pf_manifest_read(arena, text, count, &names, &version, &problem))
		for (size_t i = 0; i < names.count; i++)
			if (pf_manifest_name_is_inside(names.at[i]) &&
			    (names.at[i][0] == '/' || strncmp(names.at[i], "../", 3) == 0 ||
			     strstr(names.at[i], "/../")))
				abort();
	pf_arena_free(arena);
	return 0;
}
