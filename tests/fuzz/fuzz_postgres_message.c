/* PostgreSQL's messages from strangers: however the bytes are cut into pieces the facts are the
 * same, and every text in them is safe. The first byte says how long the pieces are. */
#include "base/text.h"
#include "drivers/postgres_message.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

enum { TEXT_BYTES = 256, ARENA_BYTES = 16 * 1024 * 1024 };

/* As the driver does it: what was used is taken away, the rest is shown again with more behind. */
static enum pf_postgres_progress read_in_pieces(struct pf_arena *arena, const char *bytes,
                                                size_t count, size_t piece,
                                                struct pf_facts_postgres *facts)
{
	enum pf_postgres_progress progress = PF_POSTGRES_MORE;
	for (size_t start = 0, known = 0, used; known < count && progress == PF_POSTGRES_MORE;) {
		known = count - known < piece ? count : known + piece;
		char *copy = malloc(known - start + 1);
		if (!copy)
			abort();
		memcpy(copy, bytes + start, known - start);
		progress = pf_postgres_read(arena, copy, known - start, &used, facts);
		if (used > known - start)
			abort();
		start += used;
		free(copy);
	}
	return progress;
}

static void check_text(struct pf_arena *arena, const char *text, const char *again)
{
	if (!text != !again)
		abort();
	if (text && (strcmp(text, again) != 0 || strlen(text) > TEXT_BYTES ||
	             strcmp(text, pf_escape_again(arena, text, 0)) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	if (count < 1)
		return 0;
	struct pf_arena *arena = pf_arena_new(ARENA_BYTES);
	struct pf_facts_postgres whole = {0}, pieces = {0};
	const char *stream = (const char *)bytes + 1;
	size_t used, piece = bytes[0] % 32 + 1;
	enum pf_postgres_progress progress =
		pf_postgres_read(arena, stream, count - 1, &used, &whole);
	if (read_in_pieces(arena, stream, count - 1, piece, &pieces) != progress)
		abort();
	check_text(arena, whole.message, pieces.message);
	check_text(arena, whole.sqlstate, pieces.sqlstate);
	check_text(arena, whole.routine, pieces.routine);
	check_text(arena, whole.text, pieces.text);
	check_text(arena, whole.server_version, pieces.server_version);
	if (whole.auth != pieces.auth || whole.mechanisms.count != pieces.mechanisms.count)
		abort();
	for (size_t i = 0; i < whole.mechanisms.count; i++)
		check_text(arena, whole.mechanisms.at[i], pieces.mechanisms.at[i]);
	pf_arena_free(arena);
	return 0;
}
