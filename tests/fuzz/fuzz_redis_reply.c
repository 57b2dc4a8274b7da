/* Redis replies from strangers: however the bytes are cut into pieces the scanner says the same,
 * and what it lets through comes out as safe words. The first byte says how long the pieces are. */
#include "base/text.h"
#include "drivers/redis_reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

enum { WORDS_BYTES = 1024, ARENA_BYTES = 16 * 1024 * 1024 };

/* The bytes so far are a block of their own each time, so that reading beyond them is seen. */
static enum pf_redis_scan_result scan_in_pieces(struct pf_redis_scan *scan, const char *bytes,
                                                size_t count, size_t piece)
{
	enum pf_redis_scan_result result = PF_REDIS_MORE;
	for (size_t known = 0; known < count && result == PF_REDIS_MORE;) {
		known = count - known < piece ? count : known + piece;
		char *copy = malloc(known);
		if (!copy)
			abort();
		memcpy(copy, bytes, known);
		result = pf_redis_scan(scan, copy, known);
		if (scan->at > known || scan->depth > PF_REDIS_DEPTH)
			abort();
		free(copy);
	}
	return result;
}

static void check_words(const char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(ARENA_BYTES);
	const char *words = pf_redis_words(arena, bytes, count);
	if (words && (strlen(words) > WORDS_BYTES || !strchr("+-:$*", *words) ||
	              strcmp(words, pf_escape_again(arena, words, 0)) != 0))
		abort();
	pf_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_redis_scan whole = {0}, pieces = {0};
	if (count < 2)
		return 0;
	size_t piece = bytes[0] % 32 + 1;
	const char *reply = (const char *)bytes + 1;
	enum pf_redis_scan_result result = pf_redis_scan(&whole, reply, count - 1);
	if (scan_in_pieces(&pieces, reply, count - 1, piece) != result)
		abort();
	if (result == PF_REDIS_WHOLE && whole.at != pieces.at)
		abort();
	if (result == PF_REDIS_WHOLE)
		check_words(reply, whole.at);
	return 0;
}
