/* Responses from strangers: however the bytes are cut into pieces, the reading is the same, and it
 * keeps its limits. The first byte says how long the pieces are. */
#include "base/text.h"
#include "drivers/http_reader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

/* Each piece is a block of its own, so that reading beyond it is seen. */
static size_t read_in_pieces(struct pf_http_reader *reader, const char *bytes, size_t count,
                             size_t piece)
{
	size_t used = 0;
	while (used < count && reader->progress == PF_HTTP_MORE) {
		size_t size = count - used < piece ? count - used : piece;
		char *copy = malloc(size);
		if (!copy)
			abort();
		memcpy(copy, bytes + used, size);
		size_t taken = pf_http_read(reader, copy, size);
		if (taken > size || (taken < size && reader->progress == PF_HTTP_MORE))
			abort();
		used += taken;
		free(copy);
	}
	pf_http_read_end(reader);
	return used;
}

static void check_limits(const struct pf_http_reader *reader)
{
	if (reader->response.body.count > PF_BODY_BYTES ||
	    reader->response.head.count > PF_HEADER_BYTES)
		abort();
	if (reader->progress == PF_HTTP_BROKEN && !reader->why)
		abort();
	if (reader->progress == PF_HTTP_COMPLETE && !reader->head_done)
		abort();
}

static bool same(const struct pf_pile *one, const struct pf_pile *other)
{
	return one->count == other->count &&
	       (one->count == 0 || memcmp(one->at, other->at, one->count) == 0);
}

static void check_facts(const struct pf_response *response)
{
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	struct pf_facts_http facts = {0};
	pf_page_read(arena, response, &(struct pf_ask_http){0}, &facts);
	if (facts.status < 100 || facts.status > 999 || !facts.version)
		abort();
	for (size_t i = 0; i < facts.headers.count; i++)
		if (strlen(facts.headers.at[i]) > PF_POLICY_TEXT ||
		    strpbrk(facts.headers.at[i], "\r\n\x1b"))
			abort();
	pf_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_http_reader whole = {0}, pieces = {0};
	if (count == 0)
		return 0;
	const char *text = (const char *)bytes + 1;
	size_t used = read_in_pieces(&whole, text, count - 1, count);
	size_t used_again = read_in_pieces(&pieces, text, count - 1, bytes[0] % 16u + 1);
	check_limits(&whole);
	check_limits(&pieces);
	if (whole.progress != pieces.progress || whole.head_done != pieces.head_done)
		abort();
	bool kept = whole.progress == PF_HTTP_COMPLETE || whole.progress == PF_HTTP_MORE;
	if (kept && (used != used_again || !same(&whole.response.head, &pieces.response.head) ||
	             !same(&whole.response.body, &pieces.response.body)))
		abort();
	if (whole.head_done)
		check_facts(&whole.response);
	pf_response_free(&whole.response);
	pf_response_free(&pieces.response);
	return 0;
}
