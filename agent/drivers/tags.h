/* A rough reading of HTML: its tags in order, as a browser would see them. Pure. */
#ifndef PF_DRIVERS_TAGS_H
#define PF_DRIVERS_TAGS_H

#include "drivers/http_head.h"

struct pf_tag {
	struct pf_span name; /* as written, letters of either case */
	bool closing;
	struct pf_span attributes; /* what stands between the name and the '>', as written */
	struct pf_span text; /* of an element that holds text only (title, script...): that text */
};

/* Takes everything up to and with the next tag off the front of `html`; false: there is none.
 * Comments and the text of elements that hold text only are passed over. */
bool pf_tag_next(struct pf_span *html, struct pf_tag *tag);

/* Takes one attribute off the front of a tag's attributes; false: there is none. The value is as
 * written, without its quotes; empty when there is none. */
bool pf_attribute_next(struct pf_span *attributes, struct pf_span *name, struct pf_span *value);

/* The character that the entity at the beginning of `at` stands for, or the byte there; *length is
 * what it took. */
char pf_entity(struct pf_span at, size_t *length);

#endif
