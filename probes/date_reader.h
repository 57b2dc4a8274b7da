/* Reads the Date header. */
#ifndef PF_PROBES_DATE_READER_H
#define PF_PROBES_DATE_READER_H

#include "postflight/verdict.h"

/* Seconds since 1970 of "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7); 0: not one. */
int64_t pf_date_read(const char *text);

/* How far this vantage's clock is before (after: negative) that of who answered, in seconds; 0: not
 * known. The answer took some seconds at most. */
int64_t pf_clock_off(const struct pf_answer *answer);

#endif
