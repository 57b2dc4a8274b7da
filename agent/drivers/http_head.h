/* The header block of an HTTP/1.x response, as it came over the wire, one field at a time; and
 * bytes being joined. Pure. */
#ifndef PF_DRIVERS_HTTP_HEAD_H
#define PF_DRIVERS_HTTP_HEAD_H

#include "base/arena.h"
#include "base/limits.h"

/* Bytes that grow in an arena. */
struct pf_joined {
	char *at;
	size_t count, room;
};

void pf_join(struct pf_arena *arena, struct pf_joined *into, const void *bytes, size_t count);

/* A run of bytes that belong to someone else. */
struct pf_span {
	const char *at;
	size_t count;
};

/* Without the white space (SP, HT, CR, LF) around it. */
struct pf_span pf_span_trim(struct pf_span span);

/* ASCII letters compare equal in either case. */
bool pf_span_is(struct pf_span span, const char *word);

/* The next element of a list of words parted by commas, trimmed; false: none is left. */
bool pf_span_next(struct pf_span *list, struct pf_span *element);

/* One field: a line "Name: value" and the folded lines that go on with it. */
struct pf_field {
	struct pf_span name;  /* up to the colon, trimmed; empty when the line has none */
	struct pf_span value; /* trimmed, folds replaced by one space */
};

/* Takes one field off the front of `block`, whose lines end in LF or CRLF; false: none is left. */
bool pf_field_next(struct pf_arena *arena, struct pf_span *block, struct pf_field *field);

#endif
