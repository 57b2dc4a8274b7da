/* JSON from strangers: checked before it is parsed, read strictly, and never trusted to be what it
 * was asked to be. The only file that knows cJSON. */
#ifndef PF_MODEL_JSON_H
#define PF_MODEL_JSON_H

#include "base/arena.h"

struct pf_json; /* a value within a parsed text */

/* Parses one whole text. Malformed UTF-8, NUL (raw or as \u0000), lone surrogates, nesting beyond
 * 16, duplicate keys and trailing bytes are refused: NULL, and *problem says which in one clause.
 * Give it back with pf_json_free. */
struct pf_json *pf_json_parse(const char *text, size_t length, const char **problem);

/* The same for a file of the operator's own, with up to a million values instead of 40,000. */
struct pf_json *pf_json_parse_file(const char *text, size_t length, const char **problem);
void pf_json_free(struct pf_json *value); /* NULL is fine */

bool pf_json_is_object(const struct pf_json *value);
size_t pf_json_count(const struct pf_json *value); /* members of an object, items of an array */

/* First and next member or item; NULL at the end. */
const struct pf_json *pf_json_first(const struct pf_json *value);
const struct pf_json *pf_json_next(const struct pf_json *member);
const char *pf_json_name(const struct pf_json *member); /* of a member; NULL for an item */

const struct pf_json *pf_json_member(const struct pf_json *object,
                                     const char *name); /* NULL: none */

/* Each is false when the value is of another type (for whole numbers: also when it is not one, or
 * beyond 2^53). */
bool pf_json_is_array(const struct pf_json *value);
bool pf_json_string_value(const struct pf_json *value, const char **text) PF_MUST_USE;
bool pf_json_whole(const struct pf_json *value, int64_t *number) PF_MUST_USE;
bool pf_json_truth(const struct pf_json *value, bool *truth) PF_MUST_USE;

/* The value as JSON text again, copied into the arena. */
const char *pf_json_print(struct pf_arena *arena, const struct pf_json *value);

#endif
