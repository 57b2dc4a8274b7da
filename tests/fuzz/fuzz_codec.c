/* Questions, answers and protocol lines from strangers: whatever is read must be writable, readable
 * again, and safe to show. */
#include "base/text.h"
#include "model/codec.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

/* What was written once reads back to the same text. */
static void check_answer(struct pf_arena *arena, const struct pf_answer *answer)
{
	struct pf_answer again;
	const char *problem, *line = pf_answer_write(arena, answer);
	if (!pf_answer_read(arena, line, strlen(line), &again, &problem) ||
	    strcmp(pf_answer_write(arena, &again), line) != 0)
		abort();
	if (!pf_is_utf8(line, strlen(line)) || strpbrk(line, "\n\r\x1b"))
		abort();
}

static void check_question(struct pf_arena *arena, const struct pf_question *question)
{
	struct pf_question again;
	const char *problem, *line = pf_question_write(arena, question);
	if (!pf_question_read(arena, line, strlen(line), &again, &problem) ||
	    strcmp(pf_question_write(arena, &again), line) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	static const char *const names[] = {"id", "question", "answer"};
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	struct pf_question question;
	struct pf_answer answer;
	const char *values[3], *problem, *line = (const char *)bytes;
	if (pf_answer_read(arena, line, count, &answer, &problem))
		check_answer(arena, &answer);
	if (pf_question_read(arena, line, count, &question, &problem))
		check_question(arena, &question);
	if (pf_line_split(arena, line, count, 3, names, values, &problem) && values[2] &&
	    pf_answer_read(arena, values[2], strlen(values[2]), &answer, &problem))
		check_answer(arena, &answer);
	pf_arena_free(arena);
	return 0;
}
