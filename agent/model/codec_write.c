/* Questions and answers written as JSON Lines: one writer for every kind, driven by the field
 * tables. */
#include "base/text.h"
#include "model/codec.h"
#include "model/shapes.h"

#include <stdio.h>
#include <string.h>

/* Writing: text that grows in the arena. */

struct writing {
	struct pf_arena *arena;
	char *text;
	size_t used, room;
};

static void add_bytes(struct writing *writing, const char *bytes, size_t count)
{
	if (writing->used + count + 1 > writing->room) {
		size_t room = (writing->used + count + 1) * 2;
		char *larger = pf_arena_take(writing->arena, room);
		if (writing->used)
			memcpy(larger, writing->text, writing->used);
		writing->text = larger;
		writing->room = room;
	}
	memcpy(writing->text + writing->used, bytes, count);
	writing->used += count;
	writing->text[writing->used] = '\0';
}

static void add(struct writing *writing, const char *text)
{
	add_bytes(writing, text, strlen(text));
}

/* Length of the sequence that starts with `lead`, by RFC 3629; only called on well-formed text. */
static size_t sequence_length(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* A well-formed character of several bytes by its number, above U+FFFF by its surrogates. */
static void add_number_of(struct writing *writing, const char *at, size_t length)
{
	uint32_t code = (unsigned char)*at & (0xffu >> (length + 1));
	char text[16];
	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((unsigned char)at[i] & 0x3f);
	if (code < 0x10000)
		snprintf(text, sizeof text, "\\u%04x", (unsigned)code);
	else
		snprintf(text, sizeof text, "\\u%04x\\u%04x",
		         (unsigned)(0xd800 + ((code - 0x10000) >> 10)),
		         (unsigned)(0xdc00 + ((code - 0x10000) & 0x3ff)));
	add(writing, text);
}

/* One character of a JSON string. `</` cannot end a script, U+2028 and U+2029 cannot end a line,
 * and what cannot be seen is written by its number. */
static size_t add_character(struct writing *writing, const char *at, size_t left)
{
	unsigned char lead = (unsigned char)*at;
	size_t length = sequence_length(lead);
	char code[8];
	if (lead == '"' || lead == '\\') {
		add(writing, lead == '"' ? "\\\"" : "\\\\");
	} else if (lead == '<' && left > 1 && at[1] == '/') {
		add(writing, "<\\/");
		return 2;
	} else if (lead < 0x20 || lead == 0x7f) {
		snprintf(code, sizeof code, "\\u%04x", lead);
		add(writing, code);
	} else if (lead >= 0x80 && (lead < 0xc2 || length > left || !pf_is_utf8(at, length))) {
		add(writing, "\xef\xbf\xbd");
		return 1;
	} else if (length > 1 && !pf_visible_length(at, left)) {
		add_number_of(writing, at, length);
	} else {
		add_bytes(writing, at, length);
	}
	return length;
}

/* How many of the characters from `at` on stand for themselves whatever is around them. */
static size_t plain_run(const char *at)
{
	size_t count = 0;
	for (; (unsigned char)at[count] >= 0x20 && (unsigned char)at[count] < 0x7f; count++)
		if (at[count] == '"' || at[count] == '\\' || at[count] == '<')
			break;
	return count;
}

static void add_string(struct writing *writing, const char *text)
{
	size_t count = strlen(text);
	add(writing, "\"");
	for (size_t i = 0; i < count;) {
		size_t plain = plain_run(text + i);
		add_bytes(writing, text + i, plain);
		i += plain;
		if (i < count)
			i += add_character(writing, text + i, count - i);
	}
	add(writing, "\"");
}

char *pf_json_string(struct pf_arena *arena, const char *text)
{
	struct writing writing = {.arena = arena};
	add_string(&writing, text);
	return writing.text;
}

static void add_struct(struct writing *writing, const struct pf_field *fields, const void *holder);

static void add_number(struct writing *writing, int64_t number)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%lld", (long long)number);
	add(writing, digits);
}

static void add_words(struct writing *writing, const struct pf_words *words)
{
	add(writing, "[");
	for (size_t i = 0; i < words->count; i++) {
		add(writing, i ? "," : "");
		add_string(writing, words->at[i]);
	}
	add(writing, "]");
}

/* `count` structs of `size` bytes. */
static void add_list(struct writing *writing, const struct pf_field *fields, const void *first,
                     size_t count, size_t size)
{
	add(writing, "[");
	for (size_t i = 0; i < count; i++) {
		add(writing, i ? "," : "");
		add_struct(writing, fields, (const char *)first + i * size);
	}
	add(writing, "]");
}

static void add_entries(struct writing *writing, const struct pf_entries *list)
{
	add_list(writing, pf_entry_fields(), list->at, list->count, sizeof *list->at);
}

static void add_processes(struct writing *writing, const struct pf_processes *list)
{
	add_list(writing, pf_process_fields(), list->at, list->count, sizeof *list->at);
}

/* NULL, empty, zero and false are the absence of the field. */
static bool is_absent(const struct pf_field *field, const void *at)
{
	switch (field->shape) {
	case PF_TEXT:
		return *(const char *const *)at == NULL;
	case PF_WORDS:
		return ((const struct pf_words *)at)->count == 0;
	case PF_WHOLE:
		return *(const int64_t *)at == 0;
	case PF_TRUTH:
		return !*(const bool *)at;
	case PF_ENTRIES:
		return ((const struct pf_entries *)at)->count == 0;
	case PF_PROCESSES:
		return ((const struct pf_processes *)at)->count == 0;
	}
	return true;
}

static void add_value(struct writing *writing, enum pf_shape shape, const void *at)
{
	switch (shape) {
	case PF_TEXT:
		add_string(writing, *(const char *const *)at);
		break;
	case PF_WORDS:
		add_words(writing, at);
		break;
	case PF_WHOLE:
		add_number(writing, *(const int64_t *)at);
		break;
	case PF_TRUTH:
		add(writing, "true");
		break;
	case PF_ENTRIES:
		add_entries(writing, at);
		break;
	case PF_PROCESSES:
		add_processes(writing, at);
		break;
	}
}

static void add_struct(struct writing *writing, const struct pf_field *fields, const void *holder)
{
	const char *separator = "{\"";
	for (; fields->name; fields++) {
		const void *at = (const char *)holder + fields->offset;
		if (is_absent(fields, at))
			continue;
		add(writing, separator);
		add(writing, fields->name);
		add(writing, "\":");
		add_value(writing, fields->shape, at);
		separator = ",\"";
	}
	add(writing, *separator == '{' ? "{}" : "}");
}

char *pf_question_write(struct pf_arena *arena, const struct pf_question *question)
{
	const struct pf_kind_row *kind = &pf_kind_rows[question->kind];
	struct writing writing = {.arena = arena};
	add(&writing, "{\"kind\":\"");
	add(&writing, kind->name);
	add(&writing, "\",\"ask\":");
	add_struct(&writing, kind->ask(), (const char *)question + kind->ask_offset);
	add(&writing, "}");
	return writing.text;
}

char *pf_answer_write(struct pf_arena *arena, const struct pf_answer *answer)
{
	const struct pf_kind_row *kind = &pf_kind_rows[answer->kind];
	struct writing writing = {.arena = arena};
	add(&writing, "{\"kind\":\"");
	add(&writing, kind->name);
	add(&writing, "\",\"outcome\":\"");
	add(&writing, pf_outcome_name(answer->outcome));
	add(&writing, "\"");
	if (answer->detail) {
		add(&writing, ",\"detail\":");
		add_string(&writing, answer->detail);
	}
	add(&writing, ",\"at\":");
	add_number(&writing, answer->at);
	add(&writing, ",\"took_us\":");
	add_number(&writing, answer->took_us);
	add(&writing, ",\"facts\":");
	add_struct(&writing, kind->facts(), (const char *)answer + kind->facts_offset);
	add(&writing, "}");
	return writing.text;
}

char *pf_facts_write(struct pf_arena *arena, const struct pf_answer *answer)
{
	const struct pf_kind_row *kind = &pf_kind_rows[answer->kind];
	struct writing writing = {.arena = arena};
	add_struct(&writing, kind->facts(), (const char *)answer + kind->facts_offset);
	return writing.text;
}
