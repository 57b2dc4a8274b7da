/* Text from strangers: the escaper, its reverse, and the few verbs on words that need no library.
 */
#include "base/text.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Length of the well-formed UTF-8 sequence at `at` (RFC 3629, section 4), 0 when there is none;
 * *code is its code point. */
static size_t utf8_sequence(const unsigned char *at, size_t left, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = at[0] < 0x80   ? 1
	                : at[0] < 0xc2 ? 0
	                : at[0] < 0xe0 ? 2
	                : at[0] < 0xf0 ? 3
	                : at[0] < 0xf5 ? 4
	                               : 0;
	if (length == 0 || length > left)
		return 0;
	*code = length == 1 ? at[0] : at[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (at[i] & 0x3f);
	}
	bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
	return (length > 1 && *code < smallest[length]) || surrogate || *code > 0x10ffff ? 0
	                                                                                 : length;
}

/* Code points that change how their neighbours look, or cannot be seen (Unicode Bidi_Control,
 * Default_Ignorable, separators). */
static bool is_deceptive(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0xa0, 0xa0},     {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
		{0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},
		{0x2028, 0x202f}, {0x205f, 0x206f},   {0x3000, 0x3000},   {0x3164, 0x3164},
		{0xe000, 0xf8ff}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
		{0xfff0, 0xffff}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

enum { NOTATION_MAX = 12 };

/* The notation of the character at `at`; returns how many bytes it stood for, *written is the
 * notation's length. */
static size_t write_notation(const unsigned char *at, size_t left, char out[NOTATION_MAX],
                             size_t *written)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t code = 0;
	size_t length = utf8_sequence(at, left, &code);
	const char *pair = at[0] == '\\'   ? "\\\\"
	                   : at[0] == '\n' ? "\\n"
	                   : at[0] == '\r' ? "\\r"
	                   : at[0] == '\t' ? "\\t"
	                                   : NULL;
	if (pair) {
		memcpy(out, pair, 2);
		*written = 2;
		return 1;
	}
	if (length == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
		/* A C1 control written as two bytes of UTF-8 is kept as its bytes, one by one. */
		memcpy(out, "\\x", 2);
		out[2] = hex[at[0] >> 4];
		out[3] = hex[at[0] & 15];
		*written = 4;
		return 1;
	}
	if (is_deceptive(code)) {
		*written = (size_t)snprintf(out, NOTATION_MAX, "\\u{%04x}", (unsigned)code);
		return length;
	}
	memcpy(out, at, length);
	*written = length;
	return length;
}

/* Notation being gathered, with a cut that never splits a character's notation. */
struct writing {
	char *text;
	size_t used, fits, limit; /* fits: where "..." could still be put */
	bool cut;
};

static struct writing writing_start(struct pf_arena *arena, size_t count, size_t limit)
{
	size_t most = count > (SIZE_MAX - 1) / 4 ? SIZE_MAX - 1 : count * 4;
	/* \u{..} is at most 10 bytes for 2 or more: 4 a byte would do, 5 leaves no doubt. */
	most += count;
	size_t room = limit && limit < most ? limit : most;
	return (struct writing){.text = pf_arena_take(arena, room + 1), .limit = room};
}

static bool writing_add(struct writing *writing, const char *notation, size_t length)
{
	if (writing->used + length > writing->limit) {
		writing->cut = true;
		return false;
	}
	memcpy(writing->text + writing->used, notation, length);
	writing->used += length;
	if (writing->used + 3 <= writing->limit)
		writing->fits = writing->used;
	return true;
}

static char *writing_end(struct writing *writing)
{
	if (writing->cut) {
		writing->used = writing->fits;
		for (int i = 0; i < 3 && writing->used < writing->limit; i++)
			writing->text[writing->used++] = '.';
	}
	writing->text[writing->used] = '\0';
	return writing->text;
}

char *pf_escape(struct pf_arena *arena, const void *bytes, size_t count, size_t limit)
{
	struct writing writing = writing_start(arena, count, limit);
	const unsigned char *at = bytes;
	for (size_t i = 0; i < count;) {
		char notation[NOTATION_MAX];
		size_t length;
		i += write_notation(at + i, count - i, notation, &length);
		if (!writing_add(&writing, notation, length))
			break;
	}
	return writing_end(&writing);
}

char *pf_escape_text(struct pf_arena *arena, const char *text, size_t limit)
{
	return text ? pf_escape(arena, text, strlen(text), limit) : NULL;
}

static int hex_value(char digit)
{
	return digit >= '0' && digit <= '9'   ? digit - '0'
	       : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
	                                      : -1;
}

/* The code point in "\u{...}" at `at`; returns the length of the notation, 0 when malformed. */
static size_t read_code_point(const char *at, uint32_t *code)
{
	size_t i = 3;
	*code = 0;
	if (at[1] != 'u' || at[2] != '{')
		return 0;
	for (; i < 9 && hex_value(at[i]) >= 0; i++)
		*code = *code << 4 | (uint32_t)hex_value(at[i]);
	bool well_formed =
		i >= 7 && at[i] == '}' && *code <= 0x10ffff && (*code < 0xd800 || *code > 0xdfff);
	return well_formed ? i + 1 : 0;
}

static size_t write_utf8(uint32_t code, char out[4])
{
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	for (size_t i = length - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(lead[length] | code);
	return length;
}

/* The bytes of the escape sequence at `at` (which is a backslash); returns its length, 0 when
 * malformed. */
static size_t read_escape(const char *at, char out[4], size_t *written)
{
	static const char letters[] = "\\nrt", meanings[] = "\\\n\r\t";
	const char *letter = at[1] ? strchr(letters, at[1]) : NULL;
	uint32_t code;
	size_t length;
	*written = 1;
	if (letter) {
		out[0] = meanings[letter - letters];
		return 2;
	}
	if (at[1] == 'x' && hex_value(at[2]) >= 0 && hex_value(at[3]) >= 0) {
		out[0] = (char)(hex_value(at[2]) << 4 | hex_value(at[3]));
		return 4;
	}
	length = read_code_point(at, &code);
	if (length)
		*written = write_utf8(code, out);
	return length;
}

bool pf_unescape(struct pf_arena *arena, const char *text, char **bytes, size_t *count)
{
	char *out = pf_arena_take(arena, strlen(text) + 1);
	size_t used = 0;
	while (*text) {
		size_t written = 1, length = 1;
		char piece[4] = {*text};
		if (*text == '\\')
			length = read_escape(text, piece, &written);
		if (length == 0)
			return false;
		memcpy(out + used, piece, written);
		used += written;
		text += length;
	}
	out[used] = '\0';
	*bytes = out;
	*count = used;
	return true;
}

char *pf_escape_again(struct pf_arena *arena, const char *text, size_t limit)
{
	if (!text)
		return NULL;
	size_t count = strlen(text);
	struct writing writing = writing_start(arena, count, limit);
	for (size_t i = 0; i < count;) {
		char notation[NOTATION_MAX], ignored[4];
		size_t length = 0, written;
		if (text[i] == '\\')
			length = read_escape(text + i, ignored, &written);
		if (length) {
			memcpy(notation, text + i, length);
			written = length;
		} else {
			length = write_notation((const unsigned char *)text + i, count - i,
			                        notation, &written);
		}
		if (!writing_add(&writing, notation, written))
			break;
		i += length;
	}
	return writing_end(&writing);
}

bool pf_is_utf8(const void *bytes, size_t count)
{
	const unsigned char *at = bytes;
	for (size_t i = 0, length; i < count; i += length) {
		uint32_t code;
		length = utf8_sequence(at + i, count - i, &code);
		if (length == 0)
			return false;
	}
	return true;
}

size_t pf_visible_length(const char *at, size_t left)
{
	uint32_t code;
	size_t length = left ? utf8_sequence((const unsigned char *)at, left, &code) : 0;
	return length > 1 && code >= 0xa0 && !is_deceptive(code) ? length : 0;
}

static char *hex_of(struct pf_arena *arena, const unsigned char *bytes, size_t digits)
{
	static const char hex[] = "0123456789abcdef";
	char *text = pf_arena_take(arena, digits + 1);
	for (size_t i = 0; i < digits; i++)
		text[i] = hex[i % 2 ? bytes[i / 2] & 15 : bytes[i / 2] >> 4];
	return text;
}

char *pf_sha256(struct pf_arena *arena, const void *bytes, size_t count, size_t digits)
{
	unsigned char digest[32] = {0};
	if (EVP_Digest(bytes, count, digest, NULL, EVP_sha256(), NULL) != 1)
		abort(); /* only a broken libcrypto gets here */
	return hex_of(arena, digest, digits < 64 ? digits : 64);
}

bool pf_matches(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = NULL;
	while (*text) {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

enum { WORD_MAX = 63 };

/* Levenshtein distance; words longer than WORD_MAX are far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t length_a = strlen(a), length_b = strlen(b);
	if (length_a > WORD_MAX || length_b > WORD_MAX)
		return SIZE_MAX;
	size_t row[WORD_MAX + 1];
	for (size_t j = 0; j <= length_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= length_a; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= length_b; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[length_b];
}

const char *pf_closest(const char *word, size_t count, const char *const candidates[])
{
	const char *closest = NULL;
	size_t nearest = 3;
	for (size_t i = 0; i < count; i++) {
		size_t far = distance(word, candidates[i]);
		if (far < nearest && far < strlen(candidates[i])) {
			nearest = far;
			closest = candidates[i];
		}
	}
	return closest;
}

char *pf_random_hex(struct pf_arena *arena, size_t digits)
{
	unsigned char bytes[32] = {0};
	if (digits > 64)
		digits = 64;
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		abort(); /* getrandom(2) does not fail for 32 bytes once the pool is up */
	return hex_of(arena, bytes, digits);
}
