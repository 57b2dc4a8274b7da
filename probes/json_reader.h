/* Reads JSON that a tool printed, where it stands: in the escaped notation that answers keep it in.
 * Nothing is copied but the texts that are asked for. */
#ifndef PF_PROBES_JSON_READER_H
#define PF_PROBES_JSON_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value: where its first letter is. NULL: there is none, and nothing is found in it. */
struct pf_printed {
	const char *at;
};

/* The one value of a text; none unless it ends there, at most 32 levels deep: what was cut off in
 * the middle is no answer. */
struct pf_printed pf_printed_root(const char *text);

bool pf_printed_is_list(struct pf_printed value);
bool pf_printed_is_object(struct pf_printed value);

/* Goes through a list or an object: begin with *item = none; false at its end. `key` may be NULL.
 */
bool pf_printed_each(struct pf_printed container, struct pf_printed *item, struct pf_printed *key);

/* What an object has under that name, the first one. */
struct pf_printed pf_printed_get(struct pf_printed object, const char *name);

/* Is it that text? */
bool pf_printed_is(struct pf_printed value, const char *text);

bool pf_printed_true(struct pf_printed value);

/* A whole number, or a text that is one; `otherwise` when it is neither. */
int64_t pf_printed_number(struct pf_printed value, int64_t otherwise);

/* Copies a text, in escaped notation, cut to fit; "" when it is none. */
const char *pf_printed_text(struct pf_printed value, char *to, size_t room);

#endif
