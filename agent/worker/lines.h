/* Lines on descriptors: taken apart within a limit, written whole. */
#ifndef PF_WORKER_LINES_H
#define PF_WORKER_LINES_H

#include "base/arena.h"

enum pf_line_state {
	PF_LINE_READY,    /* a line */
	PF_LINE_WAIT,     /* none yet: fill or feed more */
	PF_LINE_END,      /* none any more */
	PF_LINE_CUT,      /* the input ended in the middle of one */
	PF_LINE_TOO_LONG, /* longer than PF_LINE_BYTES: nothing more can be read */
};

struct pf_lines;

/* Memory of its own, at most twice PF_LINE_BYTES. */
struct pf_lines *pf_lines_new(void);
void pf_lines_free(struct pf_lines *lines);

/* Adds bytes, as read from wherever; `count` 0: the input has ended. */
void pf_lines_feed(struct pf_lines *lines, const void *bytes, size_t count);

/* One read(2) from `fd`, which blocks unless it is readable; an error ends the input. */
void pf_lines_fill(struct pf_lines *lines, int fd);

/* The next line, without its newline but with a NUL behind it; valid until the next call of any of
 * these. */
enum pf_line_state pf_lines_next(struct pf_lines *lines, const char **line, size_t *length);

/* The line and a newline, whole, waiting as long as that takes. False: nobody reads any more. */
bool pf_line_write(int fd, const char *line, size_t length) PF_MUST_USE;

#endif
