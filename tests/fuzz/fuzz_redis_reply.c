/* Replies of what may be Redis: however the bytes are cut, the scan ends the same; what it calls
 * whole is small, and is put into words that are safe to show. The first byte says how long the
 * pieces are. */
#include "base/limits.h"
#include "base/text.h"
#include "drivers/redis_reply.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

/* Each look is at a block of its own, so that reading beyond it is seen. */
static enum pf_redis_scan_result scan_in_pieces(struct pf_redis_scan *scan, const char *bytes,
                                                size_t count, size_t piece)
{
	enum pf_redis_scan_result result = PF_REDIS_MORE;
	for (size_t shown = 0; result == PF_REDIS_MORE && shown < count;) {
		shown = count - shown < piece ? count : shown + piece;
		char *copy = malloc(shown);
		if (!copy)
			abort();
		memcpy(copy, bytes, shown);
		result = pf_redis_scan(scan, copy, shown);
		free(copy);
		if (scan->at > shown || scan->depth < 0 || scan->depth > PF_REDIS_DEPTH ||
		    scan->elements > PF_REDIS_ELEMENTS)
			abort();
	}
	return result;
}

static void check_words(const char *bytes, size_t length)
{
	static const char marks[] = "+-:$*";
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	const char *words = pf_redis_words(arena, bytes, length);
	if (words && (!*words || !strchr(marks, *words) || strpbrk(words, "\r\n\x1b") ||
	              strlen(words) > PF_REDIS_WORDS || !pf_is_utf8(words, strlen(words))))
		abort();
	pf_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_redis_scan whole = {0}, pieces = {0};
	if (count == 0 || count > PF_REPLY_BYTES)
		return 0;
	const char *text = (const char *)bytes + 1;
	size_t left = count - 1, piece = bytes[0] % 16u + 1;
	enum pf_redis_scan_result result = scan_in_pieces(&whole, text, left, count);
	enum pf_redis_scan_result again = scan_in_pieces(&pieces, text, left, piece);
	if (result != again || (result == PF_REDIS_WHOLE && whole.at != pieces.at))
		abort();
	if (result == PF_REDIS_WHOLE)
		check_words(text, whole.at);
	return 0;
}
