/* A reader of the XML that object stores write: a scanner that hands over one mark or text at a
 * time, and a small stack of names. */
#include "drivers/s3_listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEPTH = 8, NAME = 40, TEXT = 4096 };

struct reader {
	struct pf_arena *arena;
	const char *at, *end;
	const char *problem;
	char names[DEPTH][NAME]; /* of the open elements, without their prefix */
	size_t depth;
	char text[TEXT]; /* of the innermost element so far */
	size_t count;
	struct pf_s3_page *page;
	struct pf_s3_object object;
	void (*found)(void *context, const struct pf_s3_object *object);
	void *context;
};

static bool refuse(struct reader *reader, const char *problem)
{
	reader->problem = problem;
	return false;
}

static bool is_space(char letter)
{
	return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}

/* ---- text ---- */

static bool add(struct reader *reader, const char *bytes, size_t count)
{
	if (reader->count + count >= TEXT)
		return refuse(reader, "a text is longer than any of a listing");
	memcpy(reader->text + reader->count, bytes, count);
	reader->count += count;
	return true;
}

/* UTF-8 of a code point; 0: none that may stand in a document. */
static size_t utf8(unsigned long code, char out[4])
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
	for (size_t i = more; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(first[more] | code);
	return more + 1;
}

/* Behind an ampersand. */
static bool take_reference(struct reader *reader)
{
	static const struct {
		const char *name, *text;
	} entities[] = {{"amp;", "&"}, {"lt;", "<"}, {"gt;", ">"}, {"quot;", "\""}, {"apos;", "'"}};
	size_t left = (size_t)(reader->end - reader->at);
	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
		size_t length = strlen(entities[i].name);
		if (left >= length && memcmp(reader->at, entities[i].name, length) == 0) {
			reader->at += length;
			return add(reader, entities[i].text, 1);
		}
	}
	const char *semicolon = memchr(reader->at, ';', left < 12 ? left : 12);
	if (!semicolon || *reader->at != '#')
		return refuse(reader, "an entity that no listing has");
	char digits[12] = {0}, bytes[4], *after;
	bool hex = reader->at[1] == 'x';
	const char *from = reader->at + 1 + hex;
	if (from >= semicolon)
		return refuse(reader, "a character reference that is none");
	memcpy(digits, from, (size_t)(semicolon - from));
	static const char allowed[] = "0123456789abcdefABCDEF";
	unsigned long code = strtoul(digits, &after, hex ? 16 : 10);
	size_t length =
		strspn(digits, allowed) == strlen(digits) && !*after ? utf8(code, bytes) : 0;
	if (length == 0)
		return refuse(reader, "a character reference that is none");
	reader->at = semicolon + 1;
	return add(reader, bytes, length);
}

/* ---- what elements mean ---- */

static const char *inner(const struct reader *reader, size_t up)
{
	return reader->depth > up ? reader->names[reader->depth - 1 - up] : "";
}

static bool is_at(const struct reader *reader, const char *parent, const char *name)
{
	return strcmp(inner(reader, 0), name) == 0 && strcmp(inner(reader, 1), parent) == 0;
}

static const char *kept(const struct reader *reader)
{
	return pf_arena_copy_bytes(reader->arena, reader->text, reader->count);
}

/* A key as it was, in the encoding that was asked for (encoding-type=url). */
static const char *decoded(const struct reader *reader)
{
	char *out = pf_arena_copy_bytes(reader->arena, reader->text, reader->count), *to = out;
	for (const char *from = out; *from; from++) {
		char digits[3] = {0}, *end;
		*to = *from == '+' ? ' ' : *from;
		if (*from == '%' && from[1] && from[2]) {
			memcpy(digits, from + 1, 2);
			long value = strtol(digits, &end, 16);
			if (end == digits + 2 && value > 0 && digits[0] != '-' &&
			    digits[0] != '+' && digits[0] != ' ') {
				*to = (char)value;
				from += 2;
			}
		}
		to++;
	}
	*to = '\0';
	return out;
}

/* "2026-11-23T04:31:00.000Z"; 0: it is none. */
static int64_t moment(const struct reader *reader)
{
	struct tm parts = {0};
	char text[32];
	if (reader->count >= sizeof text)
		return 0;
	memcpy(text, reader->text, reader->count);
	text[reader->count] = '\0';
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
	if (rest && *rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	time_t seconds = rest && strcmp(rest, "Z") == 0 ? timegm(&parts) : 0;
	return seconds > 0 ? (int64_t)seconds : 0;
}

static bool whole(const struct reader *reader, int64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < reader->count; i++)
		if (reader->text[i] < '0' || reader->text[i] > '9' ||
		    *number > ((int64_t)1 << 53) / 10)
			return false;
		else
			*number = *number * 10 + (reader->text[i] - '0');
	return reader->count > 0;
}

static bool say_object(struct reader *reader)
{
	if (!reader->object.key)
		return refuse(reader, "an object without a key");
	reader->found(reader->context, &reader->object);
	reader->object = (struct pf_s3_object){0};
	return true;
}

/* The innermost element ends. */
static bool take_element(struct reader *reader)
{
	static const char list[] = "ListBucketResult";
	struct pf_s3_page *page = reader->page;
	if (reader->depth == 2 && is_at(reader, list, "Contents"))
		return say_object(reader);
	if (reader->depth == 3 && is_at(reader, "Contents", "Key"))
		reader->object.key = decoded(reader);
	else if (reader->depth == 3 && is_at(reader, "Contents", "LastModified"))
		reader->object.modified = moment(reader);
	else if (reader->depth == 3 && is_at(reader, "Contents", "Size"))
		return whole(reader, &reader->object.size) ||
		       refuse(reader, "a size that is no number");
	else if (is_at(reader, list, "IsTruncated"))
		page->truncated = reader->count == 4 && memcmp(reader->text, "true", 4) == 0;
	else if (is_at(reader, list, "NextContinuationToken"))
		page->token = kept(reader);
	else if (is_at(reader, "Error", "Code"))
		page->code = kept(reader);
	else if (is_at(reader, "Error", "Message"))
		page->message = kept(reader);
	return true;
}

/* ---- marks ---- */

/* A name up to where it must end; its prefix is left out. */
static bool take_name(struct reader *reader, char name[NAME])
{
	const char *from = reader->at, *colon;
	while (reader->at < reader->end && !is_space(*reader->at) && *reader->at != '>' &&
	       *reader->at != '/')
		reader->at++;
	size_t length = (size_t)(reader->at - from);
	if ((colon = memchr(from, ':', length))) {
		length -= (size_t)(colon + 1 - from);
		from = colon + 1;
	}
	if (length == 0 || length >= NAME || memchr(from, '<', length) || memchr(from, 0, length))
		return refuse(reader, "an element that no listing has");
	memcpy(name, from, length);
	name[length] = '\0';
	return true;
}

/* Up to the end of the mark: attributes are of no interest, but for the quotes around them. */
static bool skip_attributes(struct reader *reader, bool *is_empty)
{
	char quote = 0;
	*is_empty = false;
	for (; reader->at < reader->end; reader->at++) {
		char letter = *reader->at;
		if (quote) {
			quote = letter == quote ? 0 : quote;
		} else if (letter == '"' || letter == '\'') {
			quote = letter;
		} else if (letter == '<') {
			break;
		} else if (letter == '>') {
			*is_empty = reader->at[-1] == '/';
			reader->at++;
			return true;
		}
	}
	return refuse(reader, "a mark that does not end");
}

static bool close_element(struct reader *reader)
{
	bool fine = take_element(reader);
	reader->depth--;
	reader->count = 0;
	return fine;
}

static bool take_end(struct reader *reader)
{
	char name[NAME];
	bool is_empty;
	if (!take_name(reader, name) || !skip_attributes(reader, &is_empty))
		return false;
	if (reader->depth == 0 || strcmp(inner(reader, 0), name) != 0)
		return refuse(reader, "an element ends that did not begin");
	return close_element(reader);
}

static bool take_begin(struct reader *reader)
{
	bool is_empty;
	if (reader->depth == DEPTH)
		return refuse(reader, "elements within elements, deeper than any listing");
	if (!take_name(reader, reader->names[reader->depth]) || !skip_attributes(reader, &is_empty))
		return false;
	reader->depth++;
	reader->count = 0;
	if (reader->depth == 1) {
		reader->page->is_error = strcmp(inner(reader, 0), "Error") == 0;
		if (!reader->page->is_error && strcmp(inner(reader, 0), "ListBucketResult") != 0)
			return refuse(reader, "it is no listing");
	}
	return !is_empty || close_element(reader);
}

static bool take_mark(struct reader *reader)
{
	if (reader->at < reader->end && (*reader->at == '!' || *reader->at == '?'))
		return refuse(reader, "a document type or the like");
	if (reader->at < reader->end && *reader->at == '/') {
		reader->at++;
		return take_end(reader);
	}
	return take_begin(reader);
}

static void skip_declaration(struct reader *reader)
{
	static const char mark[] = "\xef\xbb\xbf";
	if (reader->end - reader->at >= 3 && memcmp(reader->at, mark, 3) == 0)
		reader->at += 3;
	if (reader->end - reader->at < 6 || memcmp(reader->at, "<?xml ", 6) != 0)
		return;
	const char *ends = memmem(reader->at, (size_t)(reader->end - reader->at), "?>", 2);
	if (ends)
		reader->at = ends + 2;
}

static bool take_next(struct reader *reader)
{
	char letter = *reader->at++;
	if (letter == '<')
		return take_mark(reader);
	if (reader->depth == 0)
		return is_space(letter) || refuse(reader, "it is no XML");
	if (letter == '&')
		return take_reference(reader);
	return letter ? add(reader, &letter, 1) : refuse(reader, "a NUL in it");
}

bool pf_s3_read(struct pf_arena *arena, const char *bytes, size_t count, struct pf_s3_page *page,
                void (*found)(void *context, const struct pf_s3_object *object), void *context,
                const char **problem)
{
	struct reader *reader = pf_arena_take(arena, sizeof *reader);
	bool any = false;
	*page = (struct pf_s3_page){0};
	*reader = (struct reader){.arena = arena,
	                          .at = bytes,
	                          .end = bytes + count,
	                          .page = page,
	                          .found = found,
	                          .context = context};
	skip_declaration(reader);
	while (reader->at < reader->end && !reader->problem) {
		if (any && reader->depth == 0 && *reader->at == '<')
			refuse(reader, "something follows the end");
		else if (take_next(reader))
			any |= reader->depth > 0;
	}
	if (!reader->problem && (reader->depth > 0 || !any))
		refuse(reader, any ? "it ends in the middle" : "it is empty");
	*problem = reader->problem;
	return !reader->problem;
}

const char *pf_s3_encode(struct pf_arena *arena, const char *text)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	char *out = pf_arena_take(arena, 3 * strlen(text) + 1), *to = out;
	for (; *text; text++) {
		if (strchr(plain, *text))
			*to++ = *text;
		else
			to += sprintf(to, "%%%02X", (unsigned char)*text);
	}
	return out;
}
