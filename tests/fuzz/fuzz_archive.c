/* Backups, as anybody may have left them: dumps, scripts, headers of encrypted files. The first
 * byte says how large the pieces are that they come in. */
#include "base/text.h"
#include "drivers/archive_reading.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

struct memory {
	struct pf_flow flow;
	const unsigned char *at;
	size_t left, piece;
};

static bool refill(struct pf_flow *flow)
{
	struct memory *memory = (struct memory *)flow;
	flow->at = memory->at;
	flow->left = memory->left < memory->piece ? memory->left : memory->piece;
	memory->at += flow->left;
	memory->left -= flow->left;
	return true;
}

static void check_words(struct pf_words words, size_t most)
{
	if (words.count > most)
		abort();
	for (size_t i = 0; i < words.count; i++)
		if (!pf_is_utf8(words.at[i], strlen(words.at[i])) ||
		    strpbrk(words.at[i], "\r\n\t\x1b"))
			abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	static const char *const wanted[] = {"django_migrations"};
	struct pf_ask_archive ask = {.look_for = {wanted, 1}};
	struct pf_reading reading;
	if (count == 0 || count > 1 << 20)
		return 0;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	struct memory memory = {.flow = {.refill = refill},
	                        .at = bytes + 1,
	                        .left = count - 1,
	                        .piece = 16 + (size_t)bytes[0] * 64};
	pf_reading_begin(&reading, arena, &ask);
	pf_content_read(&reading, &memory.flow);
	check_words(reading.facts.tables, PF_TABLES_SHOWN);
	check_words(reading.facts.databases, PF_DATABASES_SHOWN);
	check_words(reading.facts.found, 1);
	if (!reading.facts.form || reading.facts.rows < 0)
		abort();
	pf_arena_free(arena);
	return 0;
}
