/* Fuzz: bytes on a worker's standard input, cut into lines and read as requests. The first byte
 * says in what pieces they come. */
#include "base/limits.h"
#include "model/codec.h"
#include "worker/lines.h"
#include "worker/protocol.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read once is read again from what we write of it. */
static void read_request(const char *line, size_t length)
{
	struct pf_arena *arena = pf_arena_new(PF_WORKER_ARENA);
	struct pf_request request;
	struct pf_question again;
	const char *problem = NULL;
	if (strlen(line) > length)
		abort();
	if (pf_request_read(arena, line, length, &request, &problem)) {
		const char *key = pf_question_write(arena, &request.question);
		if (request.deadline_us < 0 ||
		    !pf_question_read(arena, key, strlen(key), &again, &problem) ||
		    strcmp(key, pf_question_write(arena, &again)) != 0)
			abort();
	} else if (!problem || !*problem) {
		abort();
	}
	pf_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	struct pf_lines *lines = pf_lines_new();
	size_t piece = data[0] ? data[0] : size, seen = 0, newlines = 0;
	enum pf_line_state state = PF_LINE_WAIT;
	const char *line;
	size_t length;
	for (size_t at = 1; at < size; at += piece) {
		pf_lines_feed(lines, data + at, size - at < piece ? size - at : piece);
		while ((state = pf_lines_next(lines, &line, &length)) == PF_LINE_READY) {
			seen++;
			read_request(line, length);
		}
	}
	pf_lines_feed(lines, NULL, 0);
	state = pf_lines_next(lines, &line, &length);
	for (size_t at = 1; at < size; at++)
		newlines += data[at] == '\n';
	if (seen != newlines || (state == PF_LINE_END) != (data[size - 1] == '\n'))
		abort();
	pf_lines_free(lines);
	return 0;
}
