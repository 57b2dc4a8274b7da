/* The header block of an HTTP/1.x response, field by field (RFC 9112, section 5). */
#include "drivers/http_head.h"

#include <string.h>
#include <strings.h>

void pf_join(struct pf_arena *arena, struct pf_joined *into, const void *bytes, size_t count)
{
	enum { FIRST_ROOM = 256 };
	if (count > into->room - into->count) {
		size_t room = into->room ? into->room : FIRST_ROOM;
		while (room - into->count < count)
			room *= 2;
		char *grown = pf_arena_array(arena, room, 1);
		if (into->count)
			memcpy(grown, into->at, into->count);
		into->at = grown;
		into->room = room;
	}
	if (count)
		memcpy(into->at + into->count, bytes, count);
	into->count += count;
}

static bool is_space(char character)
{
	return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

struct pf_span pf_span_trim(struct pf_span span)
{
	while (span.count && is_space(span.at[0])) {
		span.at++;
		span.count--;
	}
	while (span.count && is_space(span.at[span.count - 1]))
		span.count--;
	return span;
}

bool pf_span_is(struct pf_span span, const char *word)
{
	return span.count == strlen(word) && strncasecmp(span.at, word, span.count) == 0;
}

bool pf_span_next(struct pf_span *list, struct pf_span *element)
{
	if (!list->at)
		return false;
	const char *comma = list->count ? memchr(list->at, ',', list->count) : NULL;
	size_t count = comma ? (size_t)(comma - list->at) : list->count;
	*element = pf_span_trim((struct pf_span){list->at, count});
	if (comma)
		*list = (struct pf_span){comma + 1, list->count - count - 1};
	else
		*list = (struct pf_span){NULL, 0};
	return true;
}

/* Bytes of the line at the front of the block, its end included. */
static size_t line_length(struct pf_span block)
{
	const char *end = block.count ? memchr(block.at, '\n', block.count) : NULL;
	return end ? (size_t)(end - block.at) + 1 : block.count;
}

static struct pf_span unfold(struct pf_arena *arena, struct pf_span lines)
{
	struct pf_joined flat = {0};
	while (lines.count) {
		size_t length = line_length(lines);
		struct pf_span line = pf_span_trim((struct pf_span){lines.at, length});
		if (flat.count)
			pf_join(arena, &flat, " ", 1);
		pf_join(arena, &flat, line.at, line.count);
		lines = (struct pf_span){lines.at + length, lines.count - length};
	}
	return (struct pf_span){flat.at, flat.count};
}

bool pf_field_next(struct pf_arena *arena, struct pf_span *block, struct pf_field *field)
{
	if (!block->count)
		return false;
	size_t first = line_length(*block), whole = first;
	while (whole < block->count && (block->at[whole] == ' ' || block->at[whole] == '\t'))
		whole += line_length((struct pf_span){block->at + whole, block->count - whole});
	const char *colon = memchr(block->at, ':', first);
	size_t name = colon ? (size_t)(colon - block->at) : 0;
	size_t skip = colon ? name + 1 : 0;
	struct pf_span value = {block->at + skip, whole - skip};
	field->name = pf_span_trim((struct pf_span){block->at, name});
	field->value = pf_span_trim(whole == first ? value : unfold(arena, value));
	*block = (struct pf_span){block->at + whole, block->count - whole};
	return true;
}
