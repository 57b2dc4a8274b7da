/* A response while it is being received. */
#include "drivers/page.h"

#include <stdlib.h>
#include <string.h>

bool pf_pile_add(struct pf_pile *pile, const void *bytes, size_t count)
{
	enum { FIRST_ROOM = 1024 };
	if (count > pile->room - pile->count) {
		size_t room = pile->room ? pile->room : FIRST_ROOM;
		while (room - pile->count < count && room <= SIZE_MAX / 2)
			room *= 2;
		char *larger = room - pile->count < count ? NULL : realloc(pile->at, room);
		if (!larger)
			return false;
		pile->at = larger;
		pile->room = room;
	}
	if (count)
		memcpy(pile->at + pile->count, bytes, count);
	pile->count += count;
	return true;
}

/* Bytes of all bodies that are being received; the loop is one thread. */
static size_t bodies_held;

/* How many more bytes of this body may be kept. Many large bodies at once share what there is, so
 * that peers who flood cost completeness (a body is marked as truncated), never memory. */
static size_t body_room(const struct pf_response *response)
{
	bool crowded = bodies_held >= PF_BODIES_BYTES;
	size_t limit = crowded ? PF_BODY_SHARE : PF_BODY_BYTES;
	return limit > response->body.count ? limit - response->body.count : 0;
}

bool pf_response_add_body(struct pf_response *response, const void *bytes, size_t count)
{
	size_t most = body_room(response), before = response->body.count;
	response->truncated = response->truncated || count > most;
	bool kept = pf_pile_add(&response->body, bytes, count < most ? count : most);
	bodies_held += response->body.count - before;
	return kept && !response->truncated;
}

void pf_response_free(struct pf_response *response)
{
	bodies_held -= response->body.count;
	free(response->head.at);
	free(response->body.at);
	*response = (struct pf_response){0};
}

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

int pf_status_line(const char *line, size_t count, const char **version)
{
	static const struct {
		const char *begins, *version;
	} known[] = {{"HTTP/1.0 ", "1.0"}, {"HTTP/1.1 ", "1.1"}, {"HTTP/2 ", "2"}};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t skip = strlen(known[i].begins);
		const char *code = line + skip;
		if (count < skip + 3 || memcmp(line, known[i].begins, skip) != 0)
			continue;
		bool three = code[0] >= '1' && is_digit(code[0]) && is_digit(code[1]) &&
		             is_digit(code[2]);
		if (!three || (count > skip + 3 && memchr(" \r\n", code[3], 3) == NULL))
			return 0;
		*version = known[i].version;
		return (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
	}
	return 0;
}
