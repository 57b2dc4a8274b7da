/* Redis replies (RESP 2) as bytes: found out whole, then put into words. No I/O. */
#ifndef PF_DRIVERS_REDIS_REPLY_H
#define PF_DRIVERS_REDIS_REPLY_H

#include "base/arena.h"

enum pf_redis_scan_result {
	PF_REDIS_MORE,      /* feed on */
	PF_REDIS_WHOLE,     /* one reply, `at` bytes long */
	PF_REDIS_OVERSIZED, /* it says that it is longer, wider or deeper than is read */
	PF_REDIS_BROKEN,    /* not RESP 2 */
};

enum { PF_REDIS_ELEMENTS = 1024, PF_REDIS_DEPTH = 4, PF_REDIS_WORDS = 4096 };

/* How far a reply was understood; zeroed: not at all. */
struct pf_redis_scan {
	size_t at;       /* first byte that was not understood yet */
	size_t searched; /* no line ends before this */
	size_t elements;
	int64_t left[PF_REDIS_DEPTH + 1]; /* elements that are due, by depth */
	int depth;
};

/* Goes on where it stopped; `bytes` are the whole reply so far. Lengths are checked here, before
 * any library sees them. (https://redis.io/docs/latest/develop/reference/protocol-spec/) */
enum pf_redis_scan_result pf_redis_scan(struct pf_redis_scan *scan, const char *bytes,
                                        size_t count);

/* A whole reply in words: type character and text, as in "+PONG", "$nonce", "-ERR ..", "$(nil)",
 * "*2 $a $b"; escaped, at most PF_REDIS_WORDS bytes. NULL: hiredis thinks otherwise of it. */
char *pf_redis_words(struct pf_arena *arena, const char *bytes, size_t count);

#endif
