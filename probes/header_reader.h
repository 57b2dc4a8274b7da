/* Reads the values of response headers: all that a name has, and lists by their separators. */
#ifndef PF_PROBES_HEADER_READER_H
#define PF_PROBES_HEADER_READER_H

#include "postflight/verdict.h"

/* Part of a text that belongs to someone else. */
struct pf_bit {
	const char *at;
	size_t length;
};

/* A whole text. */
struct pf_bit pf_bit_of(const char *text);

/* Takes what stands before the next of `separators` off the front of `rest`, without the white
 * space around it; empty ones are passed over. False: nothing is left. */
bool pf_bit_next(struct pf_bit *rest, const char *separators, struct pf_bit *bit);

/* ASCII letters compare equal in either case. */
bool pf_bit_is(struct pf_bit bit, const char *word);
bool pf_bit_begins(struct pf_bit bit, const char *word);

/* All values of that lower-case name joined by ", ", as RFC 9110, section 5.3 has it; NULL: there
 * is none. */
const char *pf_header_all(const struct pf_case *facts, const struct pf_facts_http *http,
                          const char *name);

/* Something a browser shows as a page of its own, by its Content-Type: HTML, XHTML or SVG. */
bool pf_is_document(const struct pf_facts_http *http);

/* A document that a browser opens, and does not save as `Content-Disposition: attachment` asks. */
bool pf_is_opened(const struct pf_facts_http *http);

/* A redirect: a browser shows nothing of it. */
bool pf_is_hop(const struct pf_facts_http *http);

#endif
