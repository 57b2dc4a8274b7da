/* The only reader of time. Deadlines are absolute, in microseconds of CLOCK_MONOTONIC, and are
 * passed down as they are. */
#ifndef PF_BASE_CLOCK_H
#define PF_BASE_CLOCK_H

#include "base/arena.h"

/* Microseconds of CLOCK_MONOTONIC, the same in every process of this machine. */
int64_t pf_now_us(void);

/* Seconds since 1970, UTC. */
int64_t pf_wall_seconds(void);

/* "2026-11-23T04:31:00Z" */
char *pf_timestamp(struct pf_arena *arena, int64_t seconds);

/* The same read back; false: it is not written like that. */
bool pf_timestamp_read(const char *text, int64_t *seconds) PF_MUST_USE;

/* Milliseconds from now to `deadline_us` for poll(2), rounded up; 0 when it has passed; at most
 * INT_MAX. */
int pf_until_ms(int64_t deadline_us);

/* "26h", "90s", "2m", "7d", "1w" or plain seconds, to seconds; false: not a duration. At most ten
 * years. */
bool pf_duration(const char *text, int64_t *seconds) PF_MUST_USE;

/* The same, and "500ms", to milliseconds. */
bool pf_duration_ms(const char *text, int64_t *ms) PF_MUST_USE;

/* "YYYY-MM-DD" to the first second after that day in UTC; false: no such day. */
bool pf_end_of_day(const char *date, int64_t *seconds) PF_MUST_USE;

/* "26 hours", "3 days": for people. */
char *pf_span(struct pf_arena *arena, int64_t seconds);

#endif
