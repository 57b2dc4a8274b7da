/* Lines of an output that came in escaped notation, where a newline is \n and a backslash \\. */
#ifndef PF_PROBES_LINE_READER_H
#define PF_PROBES_LINE_READER_H

#include <stddef.h>

/* Of the line at `at`, without its end. */
size_t pf_line_length(const char *at);

/* Where the next one begins; an empty text: there is none. */
const char *pf_line_next(const char *at);

#endif
