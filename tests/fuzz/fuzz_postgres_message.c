/* Start-up messages of what may be PostgreSQL: however the bytes are cut, the facts are the same,
 * and safe to show. The first byte says how long the pieces are. */
#include "base/limits.h"
#include "base/text.h"
#include "drivers/postgres_message.h"
#include "model/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

struct reading {
	enum pf_postgres_progress progress;
	size_t used;
	struct pf_answer answer;
};

/* As the driver does it: what was used is taken away. Each look is at a block of its own, so that
 * reading beyond it is seen. */
static void read_in_pieces(struct pf_arena *arena, struct reading *reading, const char *bytes,
                           size_t count, size_t piece)
{
	reading->answer.kind = PF_KIND_postgres;
	reading->progress = PF_POSTGRES_MORE;
	for (size_t shown = 0; reading->progress == PF_POSTGRES_MORE && shown < count;) {
		shown = count - shown < piece ? count : shown + piece;
		size_t size = shown - reading->used, used;
		char *copy = malloc(size ? size : 1);
		if (!copy)
			abort();
		memcpy(copy, bytes + reading->used, size);
		reading->progress =
			pf_postgres_read(arena, copy, size, &used, &reading->answer.postgres);
		free(copy);
		if (used > size)
			abort();
		reading->used += used;
	}
}

static void check_facts(const struct pf_facts_postgres *facts)
{
	if (facts->auth < 0 || facts->auth > UINT32_MAX || (facts->auth && !facts->message))
		abort();
	if (facts->text && strlen(facts->text) > PF_DETAIL_BYTES)
		abort();
	if (facts->message && *facts->message != 'R' && *facts->message != 'E')
		abort();
}

/* Written as evidence it is one line of harmless text. */
static const char *check_line(struct pf_arena *arena, const struct pf_answer *answer)
{
	const char *line = pf_answer_write(arena, answer);
	if (!pf_is_utf8(line, strlen(line)) || strpbrk(line, "\r\n\x1b"))
		abort();
	return line;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct reading whole = {0}, pieces = {0};
	if (count == 0 || count > PF_REPLY_BYTES)
		return 0;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	const char *text = (const char *)bytes + 1;
	read_in_pieces(arena, &whole, text, count - 1, count);
	read_in_pieces(arena, &pieces, text, count - 1, bytes[0] % 16u + 1);
	if (whole.progress != pieces.progress || whole.used != pieces.used)
		abort();
	check_facts(&whole.answer.postgres);
	if (strcmp(check_line(arena, &whole.answer), check_line(arena, &pieces.answer)) != 0)
		abort();
	if (whole.progress == PF_POSTGRES_SAID && !whole.answer.postgres.message)
		abort();
	pf_arena_free(arena);
	return 0;
}
