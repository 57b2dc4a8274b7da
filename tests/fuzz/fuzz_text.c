/* Fuzz: bytes from strangers through the escaper. What comes out can be shown anywhere, and the
 * bytes can be had back from it. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* Well-formed, without C0, DEL, C1 or the controls that turn text around. */
static void check_printable(const char *text)
{
	static const char *const hidden[] = {"\xe2\x80\xae", "\xe2\x80\x8b", "\xe2\x80\xa8",
	                                     "\xef\xbb\xbf", "\xe2\x81\xa6"};
	must(pf_is_utf8(text, strlen(text)));
	for (const char *at = text; *at; at++) {
		must((unsigned char)*at >= 0x20 && *at != 0x7f);
		must((unsigned char)at[0] != 0xc2 || (unsigned char)at[1] > 0xa0);
	}
	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
		must(!strstr(text, hidden[i]));
}

static void check_round_trip(struct pf_arena *arena, const unsigned char *bytes, size_t count)
{
	char *back;
	size_t length;
	const char *escaped = pf_escape(arena, bytes, count, 0);
	check_printable(escaped);
	must(pf_unescape(arena, escaped, &back, &length));
	must(length == count && (count == 0 || memcmp(back, bytes, count) == 0));
	must(strcmp(pf_escape_again(arena, escaped, 0), escaped) == 0);
}

/* The first byte is the limit. */
static void check_limit(struct pf_arena *arena, const unsigned char *bytes, size_t count)
{
	size_t limit = count ? bytes[0] : 0;
	const char *cut = pf_escape(arena, bytes, count, limit);
	check_printable(cut);
	must(limit == 0 || strlen(cut) <= limit);
}

/* Text that claims to be escaped already. */
static void check_claim(struct pf_arena *arena, const unsigned char *bytes, size_t count)
{
	const char *text = pf_arena_copy_bytes(arena, bytes, count);
	const char *again = pf_escape_again(arena, text, 0);
	char *back;
	size_t length;
	check_printable(again);
	must(pf_unescape(arena, again, &back, &length));
	must(strcmp(pf_escape_again(arena, again, 0), again) == 0);
	check_printable(pf_escape_again(arena, text, 40));
	must(strlen(pf_escape_again(arena, text, 40)) <= 40);
	if (pf_unescape(arena, text, &back, &length))
		check_round_trip(arena, (const unsigned char *)back, length);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	check_round_trip(arena, bytes, count);
	check_limit(arena, bytes, count);
	check_claim(arena, bytes, count);
	pf_arena_free(arena);
	return 0;
}
