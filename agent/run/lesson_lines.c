/* Lines with lessons, put together from whatever pieces arrive. */
#include "run/lesson_lines.h"

#include "run/evidence.h"

#include <errno.h>
#include <unistd.h>

static void end_line(struct pf_arena *arena, struct pf_lesson_lines *lines,
                     void (*take)(void *context, struct pf_lesson lesson), void *context)
{
	struct pf_lesson lesson;
	lines->received++;
	if (!lines->too_long && pf_evidence_read_lesson(arena, lines->line, lines->used, &lesson))
		take(context, lesson);
	lines->used = 0;
	lines->too_long = false;
}

void pf_lesson_lines_read(struct pf_arena *arena, struct pf_lesson_lines *lines,
                          void (*take)(void *context, struct pf_lesson lesson), void *context)
{
	char bytes[PF_LESSON_LINE];
	ssize_t count = read(lines->fd, bytes, sizeof bytes);
	if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN))
		lines->fd = -1;
	for (ssize_t i = 0; i < count; i++) {
		if (bytes[i] == '\n')
			end_line(arena, lines, take, context);
		else if (lines->used < sizeof lines->line)
			lines->line[lines->used++] = bytes[i];
		else
			lines->too_long = true;
	}
}
