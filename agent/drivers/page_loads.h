/* What a page makes a browser load by itself. Pure. */
#ifndef PF_DRIVERS_PAGE_LOADS_H
#define PF_DRIVERS_PAGE_LOADS_H

#include "drivers/http_head.h"

/* "img src /logo.svg": element, attribute, address, escaped; those over http:// first, at most 64
 * of at most 400 bytes. Where forms are sent (when that is http://) counts too, and the base of the
 * page's addresses. What stands in <template> and <noscript> does not. */
struct pf_words pf_page_loads(struct pf_arena *arena, struct pf_span html);

#endif
