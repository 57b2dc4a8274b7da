/* A stream of bytes that readers of backups take from: a file, what was packed in it, or memory. */
#ifndef PF_DRIVERS_ARCHIVE_STREAM_H
#define PF_DRIVERS_ARCHIVE_STREAM_H

#include "base/arena.h"

/* Embed it first in the struct that knows where the bytes come from. */
struct pf_flow {
	const unsigned char *at; /* what was refilled and not taken yet */
	size_t left;
	/* Sets at and left; left 0 is the end. False: it broke, and `error` says how. Not called
	 * again after either. */
	bool (*refill)(struct pf_flow *stream);
	const char *error; /* what broke, one clause; NULL: nothing */
	bool ended;
};

/* More bytes at hand? False at the end, or when it broke. */
bool pf_flow_more(struct pf_flow *stream) PF_MUST_USE;

/* Exactly `count` bytes, copied to `bytes` (NULL: thrown away). False: the stream ended before. */
bool pf_flow_take(struct pf_flow *stream, void *bytes, size_t count) PF_MUST_USE;

/* Takes all there is. False: it broke. */
bool pf_flow_drain(struct pf_flow *stream) PF_MUST_USE;

/* zlib, for gzip files and for what dumps pack: both checksums and lengths are verified, which
 * libarchive 3.6 does not do. */
struct pf_inflater;

enum pf_inflated { PF_INFLATE_MORE, PF_INFLATE_END, PF_INFLATE_BROKEN };

/* `gzip`: RFC 1952, else RFC 1950. NULL: no memory. */
struct pf_inflater *pf_inflater_new(bool gzip);
void pf_inflater_free(struct pf_inflater *inflater); /* NULL is fine */

/* Takes from *in (*count bytes, both are moved on) and writes at most `room` to `out`. MORE: call
 * again, with more input when *count is 0. END: a whole stream and its checksum; begin the next
 * with pf_inflater_again. */
enum pf_inflated pf_inflater_step(struct pf_inflater *inflater, const unsigned char **in,
                                  size_t *count, unsigned char *out, size_t room, size_t *written);
void pf_inflater_again(struct pf_inflater *inflater);

#endif
