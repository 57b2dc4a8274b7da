/* The escaper and its reverse, digests, patterns, near words. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct pf_arena *arena;

static int start(void **state)
{
	(void)state;
	arena = pf_arena_new(64 * 1024 * 1024);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pf_arena_free(arena);
	return 0;
}

#define assert_escaped(bytes, expected)                                                            \
	assert_string_equal(pf_escape(arena, bytes, sizeof(bytes) - 1, 0), expected)

static void printable_text_stands_for_itself(void **state)
{
	(void)state;
	assert_escaped("plain, \"quoted\" & <tagged>", "plain, \"quoted\" & <tagged>");
	assert_escaped("caf\xc3\xa9 \xe2\x80\x99 \xf0\x9f\x99\x82",
	               "caf\xc3\xa9 \xe2\x80\x99 \xf0\x9f\x99\x82");
}

static void controls_and_backslashes_are_written_out(void **state)
{
	(void)state;
	assert_escaped("a\\b\r\n\tc", "a\\\\b\\r\\n\\tc");
	assert_escaped("\x1b]0;owned\x07", "\\x1b]0;owned\\x07");
	assert_escaped("\0\x7f", "\\x00\\x7f");
}

static void c1_controls_are_written_out_byte_by_byte(void **state)
{
	(void)state;
	assert_escaped("\xc2\x9b", "\\xc2\\x9b");
	assert_escaped("\x9b", "\\x9b");
}

static void malformed_utf8_is_written_out(void **state)
{
	(void)state;
	assert_escaped("\xff\xfe", "\\xff\\xfe");
	assert_escaped("\xc0\xaf", "\\xc0\\xaf");                   /* overlong */
	assert_escaped("\xed\xa0\x80", "\\xed\\xa0\\x80");          /* surrogate */
	assert_escaped("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* beyond U+10FFFF */
	assert_escaped("\xe2\x80", "\\xe2\\x80");                   /* cut */
}

static void deceptive_characters_are_named(void **state)
{
	(void)state;
	assert_escaped("a\xe2\x80\xae"
	               "b",
	               "a\\u{202e}b");               /* right-to-left override */
	assert_escaped("\xe2\x80\x8b", "\\u{200b}"); /* zero width space */
	assert_escaped("\xef\xbb\xbf", "\\u{feff}");
	assert_escaped("\xf3\xa0\x80\x81", "\\u{e0001}"); /* tag characters */
}

static void a_limit_cuts_between_characters_and_says_so(void **state)
{
	(void)state;
	assert_string_equal(pf_escape(arena, "abcdefghij", 10, 8), "abcde...");
	assert_string_equal(pf_escape(arena, "abcdefgh", 8, 8), "abcdefgh");
	assert_string_equal(pf_escape(arena, "ab\x1b\x1b\x1b", 5, 9), "ab\\x1b...");
	assert_string_equal(pf_escape(arena, "\xe2\x80\x99\xe2\x80\x99", 6, 5), "...");
}

static void unescape_is_the_reverse_for_any_bytes(void **state)
{
	(void)state;
	char bytes[512];
	for (int i = 0; i < 256; i++)
		bytes[i] = (char)i;
	memcpy(bytes + 256, "\xe2\x80\xae\xc3\xa9\\x41\\u{202e}", 17);
	char *back;
	size_t count;
	assert_true(pf_unescape(arena, pf_escape(arena, bytes, 273, 0), &back, &count));
	assert_int_equal(count, 273);
	assert_memory_equal(back, bytes, 273);
}

static void unescape_refuses_what_is_not_notation(void **state)
{
	(void)state;
	static const char *const wrong[] = {"\\",    "\\q",    "\\x",         "\\x4",     "\\xZZ",
	                                    "\\u{}", "\\u{12", "\\u{110000}", "\\u{d800}"};
	char *back;
	size_t count;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(pf_unescape(arena, wrong[i], &back, &count));
}

static void escaping_again_changes_nothing_that_is_safe(void **state)
{
	(void)state;
	const char *safe = pf_escape(arena, "\x1b[2J \\ caf\xc3\xa9 \xe2\x80\xae", 14, 0);
	assert_string_equal(pf_escape_again(arena, safe, 0), safe);
}

static void escaping_again_defuses_what_only_claims_to_be_safe(void **state)
{
	(void)state;
	assert_string_equal(pf_escape_again(arena, "\x1b[2J\\q", 0), "\\x1b[2J\\\\q");
	assert_string_equal(pf_escape_again(arena, "\xe2\x80\xae", 0), "\\u{202e}");
}

static void utf8_is_recognised(void **state)
{
	(void)state;
	assert_true(pf_is_utf8("caf\xc3\xa9", 5));
	assert_true(pf_is_utf8("", 0));
	assert_false(pf_is_utf8("caf\xc3", 4));
	assert_false(pf_is_utf8("\xed\xa0\x80", 3));
}

static void sha256_is_that_of_the_standard(void **state)
{
	(void)state;
	assert_string_equal(pf_sha256(arena, "abc", 3, 64),
	                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(pf_sha256(arena, "abc", 3, 16), "ba7816bf8f01cfea");
}

static void patterns_match_whole_texts(void **state)
{
	(void)state;
	assert_true(pf_matches("https://*.example.com", "https://a.b.example.com"));
	assert_true(pf_matches("*", ""));
	assert_true(pf_matches("a*b*c", "a__b__b__c"));
	assert_false(pf_matches("a*b", "a__b_"));
	assert_false(pf_matches("", "a"));
	assert_false(pf_matches("abc", "ab"));
}

static void the_closest_word_is_found_within_two_edits(void **state)
{
	(void)state;
	static const char *const words[] = {"hosts", "caches", "media"};
	assert_string_equal(pf_closest("host", 3, words), "hosts");
	assert_string_equal(pf_closest("cahces", 3, words), "caches");
	assert_null(pf_closest("nothing", 3, words));
}

static void random_digits_differ(void **state)
{
	(void)state;
	const char *one = pf_random_hex(arena, 16);
	assert_int_equal(strlen(one), 16);
	assert_string_not_equal(one, pf_random_hex(arena, 16));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable_text_stands_for_itself),
		cmocka_unit_test(controls_and_backslashes_are_written_out),
		cmocka_unit_test(c1_controls_are_written_out_byte_by_byte),
		cmocka_unit_test(malformed_utf8_is_written_out),
		cmocka_unit_test(deceptive_characters_are_named),
		cmocka_unit_test(a_limit_cuts_between_characters_and_says_so),
		cmocka_unit_test(unescape_is_the_reverse_for_any_bytes),
		cmocka_unit_test(unescape_refuses_what_is_not_notation),
		cmocka_unit_test(escaping_again_changes_nothing_that_is_safe),
		cmocka_unit_test(escaping_again_defuses_what_only_claims_to_be_safe),
		cmocka_unit_test(utf8_is_recognised),
		cmocka_unit_test(sha256_is_that_of_the_standard),
		cmocka_unit_test(patterns_match_whole_texts),
		cmocka_unit_test(the_closest_word_is_found_within_two_edits),
		cmocka_unit_test(random_digits_differ),
	};
	return cmocka_run_group_tests(tests, start, end);
}
