/* Reads JSON in escaped notation, by one cursor that undoes both. */
#include "json_reader.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH = 32, NUMBER = 24, END = -1 };

static int hex_digit(char letter)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = letter ? strchr(digits, letter) : NULL;
	return found ? (int)(found - digits) : -1;
}

/* The byte at the cursor, which moves behind it; END at the end. What the notation names by its
 * code point is a letter that no tool means anything by. */
static int next_byte(const char **cursor)
{
	const char *at = *cursor;
	if (!*at)
		return END;
	if (*at != '\\' || !at[1]) {
		*cursor = at + 1;
		return (unsigned char)*at;
	}
	*cursor = at + 2;
	int high = at[1] == 'x' ? hex_digit(at[2]) : -1, low = high >= 0 ? hex_digit(at[3]) : -1;
	if (low >= 0) {
		*cursor = at + 4;
		return high * 16 + low;
	}
	if (at[1] == 'u') {
		*cursor = at + 2 + strcspn(at + 2, "}");
		*cursor += **cursor == '}';
		return '?';
	}
	return at[1] == 'n' ? '\n' : at[1] == 'r' ? '\r' : at[1] == 't' ? '\t' : at[1];
}

static int peek(const char *at)
{
	return next_byte(&at);
}

static const char *skip_blanks(const char *at)
{
	for (const char *next = at;; at = next) {
		int byte = next_byte(&next);
		if (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t')
			return at;
	}
}

/* Behind the text whose opening quote is at `at`; NULL: it does not end. */
static const char *skip_text(const char *at)
{
	next_byte(&at);
	for (;;) {
		int byte = next_byte(&at);
		if (byte == '\\')
			byte = next_byte(&at) == END ? END : 0;
		if (byte == '"' || byte == END)
			return byte == '"' ? at : NULL;
	}
}

static bool is_opening(int byte)
{
	return byte == '{' || byte == '[';
}

/* Behind a number or a word; NULL: it is neither. */
static const char *skip_scalar(const char *at)
{
	static const char letters[] = "+-.0123456789abcdefghijklmnopqrstuvwxyzE";
	size_t length = strspn(at, letters);
	return length ? at + length : NULL;
}

/* Behind an object or a list; NULL: it does not end, or is too deep. */
static const char *skip_container(const char *at)
{
	int closing[DEPTH];
	size_t depth = 0;
	do {
		const char *here = at;
		int byte = next_byte(&at);
		if (byte == END || (is_opening(byte) && depth == DEPTH))
			return NULL;
		if (is_opening(byte))
			closing[depth++] = byte == '{' ? '}' : ']';
		else if (byte == '"')
			at = skip_text(here);
		else if ((byte == '}' || byte == ']') && closing[--depth] != byte)
			return NULL;
	} while (at && depth);
	return at;
}

/* Behind the value that begins at `at`; NULL: there is none, or it does not end. */
static const char *skip_value(const char *at)
{
	int byte = peek(at);
	return is_opening(byte) ? skip_container(at)
	       : byte == '"'    ? skip_text(at)
	                        : skip_scalar(at);
}

struct pf_printed pf_printed_root(const char *text)
{
	const char *at = skip_blanks(text ? text : ""), *end = skip_value(at);
	return (struct pf_printed){end && !*skip_blanks(end) ? at : NULL};
}

static bool begins_with(struct pf_printed value, int byte)
{
	return value.at && peek(value.at) == byte;
}

bool pf_printed_is_list(struct pf_printed value)
{
	return begins_with(value, '[');
}

bool pf_printed_is_object(struct pf_printed value)
{
	return begins_with(value, '{');
}

/* Where the next member begins; NULL: there is no further one. */
static const char *next_member(struct pf_printed container, struct pf_printed item)
{
	const char *at = container.at;
	if (!item.at) {
		next_byte(&at);
		return skip_blanks(at);
	}
	at = skip_value(item.at);
	at = at ? skip_blanks(at) : NULL;
	return at && next_byte(&at) == ',' ? skip_blanks(at) : NULL;
}

bool pf_printed_each(struct pf_printed container, struct pf_printed *item, struct pf_printed *key)
{
	struct pf_printed name = {NULL};
	bool is_object = pf_printed_is_object(container);
	const char *at =
		is_object || pf_printed_is_list(container) ? next_member(container, *item) : NULL;
	if (at && is_object) {
		name.at = peek(at) == '"' ? at : NULL;
		at = name.at ? skip_text(at) : NULL;
		at = at ? skip_blanks(at) : NULL;
		at = at && next_byte(&at) == ':' ? skip_blanks(at) : NULL;
	}
	bool found = at && skip_value(at);
	*item = (struct pf_printed){found ? at : NULL};
	if (key)
		*key = found ? name : (struct pf_printed){NULL};
	return found;
}

struct pf_printed pf_printed_get(struct pf_printed object, const char *name)
{
	struct pf_printed item = {NULL}, key;
	while (pf_printed_is_object(object) && pf_printed_each(object, &item, &key))
		if (pf_printed_is(key, name))
			return item;
	return (struct pf_printed){NULL};
}

/* A letter named by \uXXXX: itself where it is plain ASCII. */
static int named_letter(const char **cursor)
{
	int code = 0;
	for (int i = 0; i < 4; i++) {
		int byte = peek(*cursor);
		int digit = byte > 0 ? hex_digit((char)(byte | 0x20)) : -1;
		if (digit < 0)
			return '?';
		next_byte(cursor);
		code = code * 16 + digit;
	}
	return code >= ' ' && code < 0x7f ? code : '?';
}

/* The next letter of a text, its own escapes undone; END at its closing quote. */
static int next_letter(const char **cursor)
{
	int byte = next_byte(cursor);
	if (byte == '"')
		return END;
	if (byte != '\\')
		return byte;
	byte = next_byte(cursor);
	return byte == 'u'                                  ? named_letter(cursor)
	       : byte >= 0 && strchr("nrtbf", byte) && byte ? ' '
	                                                    : byte;
}

bool pf_printed_is(struct pf_printed value, const char *text)
{
	const char *at = value.at;
	if (!begins_with(value, '"'))
		return false;
	next_byte(&at);
	for (; *text; text++)
		if (next_letter(&at) != (unsigned char)*text)
			return false;
	return next_letter(&at) == END;
}

bool pf_printed_true(struct pf_printed value)
{
	return value.at && strncmp(value.at, "true", 4) == 0;
}

int64_t pf_printed_number(struct pf_printed value, int64_t otherwise)
{
	char text[NUMBER];
	size_t length = 0;
	if (begins_with(value, '"'))
		pf_printed_text(value, text, sizeof text);
	else {
		length = value.at ? strspn(value.at, "-0123456789") : 0;
		length = length < sizeof text ? length : 0;
		memcpy(text, value.at ? value.at : "", length);
		text[length] = '\0';
	}
	char *end;
	int64_t number = strtoll(text, &end, 10);
	return end != text && (!*end || *end == '.') ? number : otherwise;
}

const char *pf_printed_text(struct pf_printed value, char *to, size_t room)
{
	const char *at = value.at;
	size_t length = 0;
	to[0] = '\0';
	if (!begins_with(value, '"'))
		return to;
	next_byte(&at);
	for (int letter; (letter = next_letter(&at)) != END && length + 3 < room;) {
		if (letter == '\\')
			to[length++] = '\\';
		to[length++] = letter >= ' ' && letter != 0x7f ? (char)letter : '?';
	}
	to[length] = '\0';
	return to;
}
