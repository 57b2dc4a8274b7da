/* A reader of HTTP/1.x responses, fed as the bytes come in. It touches no socket. */
#ifndef PF_DRIVERS_HTTP_READER_H
#define PF_DRIVERS_HTTP_READER_H

#include "drivers/page.h"

enum pf_http_progress {
	PF_HTTP_MORE,      /* feed on */
	PF_HTTP_COMPLETE,  /* one response, whole */
	PF_HTTP_TRUNCATED, /* its body is longer than PF_BODY_BYTES */
	PF_HTTP_OVERSIZED, /* its headers, 1xx and trailers are longer than PF_HEADER_BYTES */
	PF_HTTP_BROKEN,    /* not HTTP/1.x, `why` says what is wrong */
	PF_HTTP_STARVED,   /* out of memory */
};

struct pf_http_reader {
	enum pf_http_progress progress;
	const char *why;
	bool until_close; /* the end of the connection is the end of the response */
	bool head_done;   /* status and headers are whole */
	struct pf_response response;

	/* The reader's own. */
	int state;
	size_t line_start;   /* in response.head, of the line being read */
	size_t header_bytes; /* heads, chunk lines and trailers so far */
	int64_t left;        /* of the body or chunk */
	bool chunked, has_length, may_fold;
	char chunk_line[32];
	size_t chunk_line_length;
};

/* Takes bytes up to the end of one response; returns how many. A zeroed reader is a fresh one; its
 * response is freed with pf_response_free. (RFC 9112) */
size_t pf_http_read(struct pf_http_reader *reader, const char *bytes, size_t count);

/* The peer closed: completes a response that lasts until then. */
void pf_http_read_end(struct pf_http_reader *reader);

#endif
