/* A rough reading of HTML: its tags in order, as a browser would see them. Pure. */
#ifndef PF_DRIVERS_TAGS_H
#define PF_DRIVERS_TAGS_H

#include "drivers/http_head.h"

struct pf_tag {
	struct pf_span name; /* as written, letters of either case */
	bool closing;
	struct pf_span text; /* of an element that holds text only (title, script...): that text */
};

/* Takes everything up to and with the next tag off the front of `html`; false: there is none.
 * Comments and the text of elements that hold text only are passed over. */
bool pf_tag_next(struct pf_span *html, struct pf_tag *tag);

#endif
