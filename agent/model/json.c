/* JSON from strangers, on cJSON. What cJSON lets through (nesting of 1000, duplicate keys, \u0000
 * that cuts a string, control characters, numbers like 01 or beyond 2^53) is refused here. */
#include "model/json.h"

#include "base/text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH = 16,
	/* Commas, colons and brackets: each may be a value, and cJSON's take room. */
	MARKS = 40000,
	FILE_MARKS = 1000000,
};

static const char LARGEST_DIGITS[] = "9007199254740992"; /* 2^53 */
static const double LARGEST = 9007199254740992.0;

/* From here on cJSON's printer, which is content with 15 digits, rounds. */
static const double ROUNDED = 1e15;

static const cJSON *real(const struct pf_json *value)
{
	return (const cJSON *)value;
}

static const struct pf_json *ours(const cJSON *value)
{
	return (const struct pf_json *)value;
}

static size_t digits_at(const char *text, size_t left)
{
	size_t count = 0;
	while (count < left && text[count] >= '0' && text[count] <= '9')
		count++;
	return count;
}

/* The fraction or exponent that `lead` begins, if there is one; false: it has no digits. */
static bool skip_part(const char *lead, const char *text, size_t left, size_t *at)
{
	if (*at >= left || !strchr(lead, text[*at]))
		return true;
	++*at;
	if (*lead == 'e' && *at < left && (text[*at] == '+' || text[*at] == '-'))
		++*at;
	size_t count = digits_at(text + *at, left - *at);
	*at += count;
	return count > 0;
}

/* The number at `text`, by RFC 8259, section 6; *length is how long it is. */
static const char *scan_number(const char *text, size_t left, size_t *length)
{
	size_t sign = *text == '-', whole = digits_at(text + sign, left - sign);
	size_t at = sign + whole;
	if (whole == 0 || (whole > 1 && text[sign] == '0') || !skip_part(".", text, left, &at) ||
	    !skip_part("eE", text, left, &at))
		return "a number is malformed";
	size_t most = sizeof LARGEST_DIGITS - 1;
	if (at == sign + whole &&
	    (whole > most || (whole == most && strncmp(text + sign, LARGEST_DIGITS, most) > 0)))
		return "a number is beyond 2^53";
	*length = at;
	return NULL;
}

/* One character outside of strings. */
static const char *scan_mark(const char *text, size_t left, size_t *depth, size_t *length)
{
	if (*text == '-' || digits_at(text, 1))
		return scan_number(text, left, length);
	if (strchr("[{", *text) && ++*depth > DEPTH)
		return "it is nested too deep";
	if (strchr("]}", *text) && *depth)
		--*depth;
	return (unsigned char)*text < 0x20 && !strchr("\t\r\n", *text)
	               ? "it holds a control character"
	               : NULL;
}

/* One character, or escape, of a string. */
static const char *scan_character(const char *text, size_t left, size_t *length)
{
	*length = *text == '\\' ? 2 : 1;
	if (left > 5 && strncmp(text, "\\u0000", 6) == 0)
		return "it holds an escaped NUL";
	return (unsigned char)*text < 0x20 ? "a string holds a control character" : NULL;
}

/* Looks at what cJSON is too kind to, without understanding more than strings, brackets and
 * numbers. */
static const char *scan(const char *text, size_t length, size_t most)
{
	size_t depth = 0, marks = 0, step;
	bool in_string = false;
	for (size_t i = 0; i < length; i += step) {
		const char *problem = text[i] == '\0' ? "it holds a NUL byte" : NULL;
		step = 1;
		if (text[i] == '"')
			in_string = !in_string;
		else if (!problem)
			problem = in_string ? scan_character(text + i, length - i, &step)
			                    : scan_mark(text + i, length - i, &depth, &step);
		if (!problem && !in_string && strchr(",:[{", text[i]) && ++marks > most)
			problem = "it holds too many values";
		if (problem)
			return problem;
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* Is a key of this object there twice? */
static bool repeats(const cJSON *object)
{
	size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
	const cJSON **members = calloc(count + 1, sizeof *members);
	bool found = members == NULL;
	if (!members)
		return true;
	for (const cJSON *member = object->child; member; member = member->next)
		members[i++] = member;
	qsort(members, count, sizeof *members, by_name);
	for (i = 1; i < count && !found; i++)
		found = by_name(&members[i - 1], &members[i]) == 0;
	free(members);
	return found;
}

/* Large whole numbers keep their digits for the printer; cJSON calls that raw. */
static bool keep_digits(cJSON *value)
{
	double number = value->valuedouble;
	if (!cJSON_IsNumber(value) || fabs(number) < ROUNDED || fabs(number) > LARGEST ||
	    number != trunc(number))
		return true;
	enum { ROOM = 24 };
	value->valuestring = cJSON_malloc(ROOM);
	if (!value->valuestring)
		return false;
	snprintf(value->valuestring, ROOM, "%.0f", number);
	value->type = cJSON_Raw;
	return true;
}

static const char *inspect(cJSON *value)
{
	if (!keep_digits(value))
		return "there is no memory to read it";
	if (cJSON_IsString(value) && !pf_is_utf8(value->valuestring, strlen(value->valuestring)))
		return "a string is not well-formed Unicode";
	if (value->string && !pf_is_utf8(value->string, strlen(value->string)))
		return "a key is not well-formed Unicode";
	if (cJSON_IsObject(value) && repeats(value))
		return "a key is there twice";
	for (cJSON *child = value->child; child; child = child->next) {
		const char *problem = inspect(child);
		if (problem)
			return problem;
	}
	return NULL;
}

static struct pf_json *parse(const char *text, size_t length, size_t most, const char **problem)
{
	while (length && strchr(" \t\r\n", text[length - 1]) && text[length - 1])
		length--;
	*problem = pf_is_utf8(text, length) ? scan(text, length, most) : "it is not UTF-8";
	if (*problem)
		return NULL;
	const char *end = NULL;
	cJSON *value = cJSON_ParseWithLengthOpts(text, length, &end, false);
	if (!value || end != text + length)
		*problem = "it is not JSON";
	else
		*problem = inspect(value);
	if (!*problem)
		return (struct pf_json *)value;
	cJSON_Delete(value);
	return NULL;
}

struct pf_json *pf_json_parse(const char *text, size_t length, const char **problem)
{
	return parse(text, length, MARKS, problem);
}

struct pf_json *pf_json_parse_file(const char *text, size_t length, const char **problem)
{
	return parse(text, length, FILE_MARKS, problem);
}

void pf_json_free(struct pf_json *value)
{
	cJSON_Delete((cJSON *)value);
}

bool pf_json_is_object(const struct pf_json *value)
{
	return cJSON_IsObject(real(value));
}

bool pf_json_is_array(const struct pf_json *value)
{
	return cJSON_IsArray(real(value));
}

size_t pf_json_count(const struct pf_json *value)
{
	return (size_t)cJSON_GetArraySize(real(value));
}

const struct pf_json *pf_json_first(const struct pf_json *value)
{
	return ours(real(value)->child);
}

const struct pf_json *pf_json_next(const struct pf_json *member)
{
	return ours(real(member)->next);
}

const char *pf_json_name(const struct pf_json *member)
{
	return real(member)->string;
}

const struct pf_json *pf_json_member(const struct pf_json *object, const char *name)
{
	return ours(cJSON_GetObjectItemCaseSensitive(real(object), name));
}

bool pf_json_string_value(const struct pf_json *value, const char **text)
{
	*text = cJSON_IsString(real(value)) ? real(value)->valuestring : NULL;
	return *text != NULL;
}

bool pf_json_whole(const struct pf_json *value, int64_t *number)
{
	bool is_number = cJSON_IsNumber(real(value)) || cJSON_IsRaw(real(value));
	double given = is_number ? real(value)->valuedouble : (double)NAN;
	if (!(given >= -LARGEST && given <= LARGEST) || given != trunc(given))
		return false;
	*number = (int64_t)given;
	return true;
}

bool pf_json_truth(const struct pf_json *value, bool *truth)
{
	*truth = cJSON_IsTrue(real(value));
	return cJSON_IsBool(real(value));
}

const char *pf_json_print(struct pf_arena *arena, const struct pf_json *value)
{
	char *text = cJSON_PrintUnformatted(real(value));
	const char *copy = text ? pf_arena_copy(arena, text) : "null";
	cJSON_free(text);
	return copy;
}
