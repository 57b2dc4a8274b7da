/* Lessons from the other vantages of a run, as lines on a descriptor until its end. */
#ifndef PF_RUN_LESSON_LINES_H
#define PF_RUN_LESSON_LINES_H

#include "run/plan.h"

enum { PF_LESSON_LINE = 2 * 1024 }; /* bytes of one line; a longer one is dropped */

struct pf_lesson_lines {
	int fd;          /* -1: there are none (any more) */
	size_t received; /* lines so far, those without a lesson in them too */

	/* The reader's own. */
	char line[PF_LESSON_LINE];
	size_t used;
	bool too_long;
};

/* Reads what is there without waiting, once poll(2) said that there is something; calls `take` for
 * each lesson, whose texts are in the arena. Sets fd to -1 at the end of the input. */
void pf_lesson_lines_read(struct pf_arena *arena, struct pf_lesson_lines *lines,
                          void (*take)(void *context, struct pf_lesson lesson), void *context);

#endif
