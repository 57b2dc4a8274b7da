/* Fuzz: a transcript. It is intact or the first line that is not is named; what is intact no longer
 * is when one byte of it is another. */
#include "base/limits.h"
#include "base/text.h"
#include "run/transcript.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct pf_transcript_state check(struct pf_arena *arena, void *bytes, size_t count)
{
	struct pf_transcript_state state;
	FILE *file = fmemopen(bytes, count, "r");
	must(file && pf_transcript_check(arena, file, &state));
	fclose(file);
	must(state.lines == 0 || state.fault || state.seal);
	return state;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	if (count == 0)
		return 0;
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	char *copy = pf_arena_copy_bytes(arena, bytes, count);
	struct pf_transcript_state state = check(arena, copy, count);
	if (state.lines && !state.fault) {
		copy[count / 2] ^= 1;
		must(check(arena, copy, count).fault != NULL);
	}
	pf_arena_free(arena);
	return 0;
}
