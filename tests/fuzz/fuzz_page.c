/* Pages from strangers: whatever they hold, the facts are bounded, escaped and the same each time.
 * The input is a head, an empty line, and a body. */
#include "base/text.h"
#include "drivers/page.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void check_text(const char *text, size_t limit)
{
	if (text && (strlen(text) > limit || !pf_is_utf8(text, strlen(text)) ||
	             strpbrk(text, "\r\n\t\x1b\x7f")))
		abort();
}

static void check_facts(const struct pf_facts_http *facts)
{
	if (facts->headers.count > PF_HEADER_COUNT || !facts->digest ||
	    strlen(facts->digest) != 64 || (facts->shape && strlen(facts->shape) != 16))
		abort();
	for (size_t i = 0; i < facts->headers.count; i++)
		check_text(facts->headers.at[i], PF_POLICY_TEXT);
	for (size_t i = 0; i < facts->loads.count; i++)
		check_text(facts->loads.at[i], 400);
	if (facts->loads.count > 64)
		abort();
	check_text(facts->location, PF_HEADER_TEXT);
	check_text(facts->title, 200);
}

/* A block of just that size, so that reading beyond it is seen. */
static void fit(struct pf_pile *pile)
{
	char *fitted = pile->count ? malloc(pile->count) : NULL;
	if (fitted)
		memcpy(fitted, pile->at, pile->count);
	free(pile->at);
	*pile = (struct pf_pile){.at = fitted, .count = pile->count, .room = pile->count};
}

static void fill(struct pf_response *response, const char *text, size_t count)
{
	const char *end = memmem(text, count, "\n\n", 2);
	size_t head = end ? (size_t)(end - text) + 1 : count;
	size_t skip = end ? head + 1 : head;
	if (!pf_pile_add(&response->head, text, head) ||
	    !pf_response_add_body(response, text + skip, count - skip))
		return;
	fit(&response->head);
	fit(&response->body);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	static const char *const look_for[] = {"needle", "<b>", "\xff"};
	static const char *const beginnings[] = {"SQLite format 3\\x00", "\\x1f\\x8b", "a\\"};
	struct pf_ask_http ask = {.look_for = {look_for, 3}, .beginnings = {beginnings, 3}};
	struct pf_ask_http quiet = {.look_for = {look_for, 3}, .discreet = true};
	struct pf_response response = {0};
	struct pf_facts_http facts = {0}, again = {0}, hushed = {0};
	if (count == 0)
		return 0;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	fill(&response, (const char *)bytes, count);
	pf_page_read(arena, &response, &ask, &facts);
	pf_page_read(arena, &response, &ask, &again);
	pf_page_read(arena, &response, &quiet, &hushed);
	check_facts(&facts);
	if (hushed.title || hushed.digest || hushed.shape || hushed.loads.count ||
	    hushed.found_in_body.count != facts.found_in_body.count)
		abort();
	if (facts.length != (int64_t)response.body.count ||
	    strcmp(facts.digest, again.digest) != 0 ||
	    (facts.shape && strcmp(facts.shape, again.shape) != 0))
		abort();
	pf_response_free(&response);
	pf_arena_free(arena);
	return 0;
}
