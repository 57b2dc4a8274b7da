/* The pace at which one address is asked: many requests at once, then so many a second; as many in
 * flight as it answers in good time; and none at all while it has asked to be left alone. Pure: the
 * caller has the clock. */
#ifndef PF_DRIVERS_PACE_H
#define PF_DRIVERS_PACE_H

#include "postflight/answer.h"

/* All zero at first. Times are microseconds of the loop's clock. */
struct pf_pace {
	int64_t spent_us; /* when all that was asked would be paid for at the steady rate */
	int64_t hold_us;  /* nothing is asked before */
	int refusals;
	size_t window;  /* requests in flight; see pf_pace_window */
	int64_t cut_us; /* when the window was cut last */
};

/* When the next request may go out; not after `now`: at once. */
int64_t pf_pace_next(const struct pf_pace *pace, int64_t now);

/* One goes out. */
void pf_pace_spend(struct pf_pace *pace, int64_t now);

/* How many requests may be in flight at once. As TCP does with segments (RFC 5681, section 3.1):
 * few at first, one more with each that is answered briskly, half of them when one is slow. A site
 * on a busy machine is never asked so much at once that our own questions run out of time. */
size_t pf_pace_window(const struct pf_pace *pace);

/* A connection was accepted within that time, which is the round trip: the kernel over there does
 * it, however busy the site is. Over a long way requests are on the wire for most of their time, so
 * as many as may be in flight at all, from the first on, still come to the site one by one. */
void pf_pace_far(struct pf_pace *pace, int64_t round_trip);

/* One that went out at `started` has ended. */
void pf_pace_learn(struct pf_pace *pace, int64_t started, int64_t now);

/* How many seconds this answer asks to wait: a 429, or a 503 with Retry-After (RFC 6585, section 4;
 * RFC 9110, sections 10.2.3 and 15.6.4). 0: it does not. A date counts from `wall`, seconds since
 * 1970. */
int64_t pf_put_off(const struct pf_facts_http *facts, int64_t wall);

#endif
