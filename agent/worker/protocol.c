/* The worker protocol: {"id":7,"deadline_us":123,"question":{...}} in, {"id":7,"answer":{...}} out.
 */
#include "worker/protocol.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/codec.h"
#include "worker/lines.h"

#include <stdio.h>
#include <string.h>

enum { BROKEN_EXIT = 2 };

/* Digits and nothing else, as JSON of ours writes whole numbers. */
static bool whole(const char *text, int64_t *number)
{
	*number = 0;
	if (!text || !*text)
		return false;
	for (; *text; text++)
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, *text - '0', number))
			return false;
	return true;
}

/* `value`: a JSON string of hexadecimal digits, wiped here. */
static bool read_secret(const char *value, struct pf_secret **secret)
{
	size_t length = strlen(value);
	if (length > 2 && value[0] == '"' && value[length - 1] == '"')
		*secret = pf_secret_read(value + 1, length - 2);
	explicit_bzero((char *)value, length);
	return *secret != NULL;
}

bool pf_request_read(struct pf_arena *arena, const char *line, size_t length,
                     struct pf_request *request, const char **problem)
{
	static const char *const names[] = {"id", "deadline_us", "question", "secret"};
	const char *values[4];
	int64_t id;
	request->secret = NULL;
	if (!pf_line_split(arena, line, length, 4, names, values, problem))
		return false;
	*problem = "no id, or none that is a whole number";
	if (!whole(values[0], &id))
		return false;
	*problem = "no deadline_us, or none that is a whole number";
	if (!whole(values[1], &request->deadline_us))
		return false;
	*problem = "no question";
	request->id = (uint64_t)id;
	if (!values[2] ||
	    !pf_question_read(arena, values[2], strlen(values[2]), &request->question, problem))
		return false;
	*problem = "a secret that is none";
	return !values[3] || read_secret(values[3], &request->secret);
}

bool pf_reply_write(struct pf_arena *arena, int fd, uint64_t id, const struct pf_answer *answer)
{
	const char *line = pf_arena_print(arena, "{\"id\":%llu,\"answer\":%s}",
	                                  (unsigned long long)id, pf_answer_write(arena, answer));
	size_t length = strlen(line);
	if (length > PF_LINE_BYTES) {
		struct pf_answer bare = {
			.kind = answer->kind,
			.outcome = PF_partial,
			.detail = "the answer is longer than a line may be",
			.at = answer->at,
			.took_us = answer->took_us,
		};
		return pf_reply_write(arena, fd, id, &bare);
	}
	return pf_line_write(fd, line, length);
}

int pf_protocol_broken(const char *problem)
{
	fprintf(stderr, "postflight: worker: a question could not be read: %s\n", problem);
	return BROKEN_EXIT;
}
