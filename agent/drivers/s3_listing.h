/* What an object store says: one page of a listing, or an error, as XML. Only what both need of XML
 * is read: elements, text, the five entities and character references. A document type, a CDATA
 * section or a processing instruction behind the first is refused. */
#ifndef PF_DRIVERS_S3_LISTING_H
#define PF_DRIVERS_S3_LISTING_H

#include "base/arena.h"

struct pf_s3_object {
	const char *key; /* raw bytes, decoded; not escaped */
	int64_t size;
	int64_t modified; /* seconds since 1970; 0: not said */
};

struct pf_s3_page {
	bool is_error;
	const char *code, *message; /* raw; NULL: not said */
	bool truncated;
	const char *token; /* for the next page; NULL: none */
};

/* Reads a whole document; `found` is called for each object. False: it is none of the two, or not
 * well formed, and *problem says how. */
bool pf_s3_read(struct pf_arena *arena, const char *bytes, size_t count, struct pf_s3_page *page,
                void (*found)(void *context, const struct pf_s3_object *object), void *context,
                const char **problem) PF_MUST_USE;

/* Percent-encoded as signatures want it: all but letters, digits and - . _ ~ (RFC 3986, 2.3). */
const char *pf_s3_encode(struct pf_arena *arena, const char *text);

#endif
