/* Paint: text on a page of so many columns, wrapped and coloured. Whatever it is given is escaped
 * once more, so nothing that comes this way can move the cursor. */
#ifndef PF_REPORT_PAINT_H
#define PF_REPORT_PAINT_H

#include "base/arena.h"
#include "postflight/check.h"

#include <stdio.h>

struct pf_page {
	struct pf_arena *arena;
	FILE *out;
	bool colour;
	int columns;
};

enum pf_ink {
	PF_INK_PLAIN,
	PF_INK_BOLD,
	PF_INK_DIM,
	PF_INK_GREEN,
	PF_INK_YELLOW,
	PF_INK_RED,
	PF_INK_CYAN,
	PF_INK_MAGENTA,
	PF_INK_ALARM, /* white on red */
};

enum pf_ink pf_severity_ink(enum pf_severity severity);

/* Columns that a text takes on a terminal. */
int pf_text_width(const char *text);

/* A stretch of one line, as it is. */
void pf_paint(const struct pf_page *page, enum pf_ink ink, const char *text);

/* A paragraph that begins with `lead` and is wrapped behind it; later lines are indented as wide.
 */
void pf_paint_wrapped(const struct pf_page *page, const char *lead, enum pf_ink ink,
                      const char *text);

/* Lines of a remedy: those that begin with a space or a tab are snippets and stay as they are, the
 * others are wrapped. */
void pf_paint_remedy(const struct pf_page *page, int indent, const char *text);

/* A line that is never wrapped, so that it can be copied. */
void pf_paint_verbatim(const struct pf_page *page, int indent, const char *text);

/* A bar of `width` columns, filled to `percent`. */
void pf_paint_bar(const struct pf_page *page, enum pf_ink ink, int width, int percent);

/* `count` times the same character. */
void pf_paint_fill(const struct pf_page *page, int count, char filling);

/* "1 check", "3 checks" */
const char *pf_plural(struct pf_arena *arena, size_t count, const char *noun);

#endif
