/* Reads the Date header, and times as programs write them. */
#ifndef PF_PROBES_DATE_READER_H
#define PF_PROBES_DATE_READER_H

#include "postflight/verdict.h"

/* Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7); 0: not one. */
int64_t pf_date_read(const char *text);

/* Seconds since 1970 of "2026-11-06T08:49:37" (ISO 8601), with or without a fraction and a zone;
 * without one it is taken for UTC. 0: not one. */
int64_t pf_iso_read(const char *text);

/* How far this vantage's clock is before (after: negative) that of who answered, in seconds; 0: not
 * known. The answer took some seconds at most. */
int64_t pf_clock_off(const struct pf_answer *answer);

/* "3 h", "12 days" */
const char *pf_age(const struct pf_case *facts, int64_t seconds);

#endif
