/* JSON from strangers, on cJSON. What cJSON lets through (nesting of 1000, duplicate keys, lone
 * surrogates, \u0000 that cuts a string, numbers beyond 2^53) is refused here. */
#include "model/json.h"

#include "base/text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 16 };

static const double LARGEST = 9007199254740992.0; /* 2^53 */

static const cJSON *real(const struct pf_json *value)
{
	return (const cJSON *)value;
}

static const struct pf_json *ours(const cJSON *value)
{
	return (const struct pf_json *)value;
}

/* Looks at nesting and at \u0000 without understanding more than strings and brackets. */
static const char *scan(const char *text, size_t length)
{
	size_t depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\0')
			return "it holds a NUL byte";
		if (in_string && text[i] == '\\') {
			if (length - i > 5 && strncmp(text + i, "\\u0000", 6) == 0)
				return "it holds an escaped NUL";
			i++;
		} else if (text[i] == '"') {
			in_string = !in_string;
		} else if (!in_string && strchr("[{", text[i])) {
			if (++depth > DEPTH)
				return "it is nested too deep";
		} else if (!in_string && strchr("]}", text[i]) && depth) {
			depth--;
		}
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

static const char *inspect(const cJSON *value)
{
	if (cJSON_IsString(value) && !pf_is_utf8(value->valuestring, strlen(value->valuestring)))
		return "a string is not well-formed Unicode";
	if (value->string && !pf_is_utf8(value->string, strlen(value->string)))
		return "a key is not well-formed Unicode";
	if (cJSON_IsObject(value) && repeats(value))
		return "a key is there twice";
	for (const cJSON *child = value->child; child; child = child->next) {
		const char *problem = inspect(child);
		if (problem)
			return problem;
	}
	return NULL;
}

struct pf_json *pf_json_parse(const char *text, size_t length, const char **problem)
{
	while (length && strchr(" \t\r\n", text[length - 1]) && text[length - 1])
		length--;
	*problem = pf_is_utf8(text, length) ? scan(text, length) : "it is not UTF-8";
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
	double given = cJSON_IsNumber(real(value)) ? real(value)->valuedouble : (double)NAN;
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
