/* The host worker: one question at a time, in plain blocking code. */
#include "worker/worker.h"

#include "base/clock.h"
#include "base/limits.h"
#include "drivers/driver.h"
#include "worker/confine.h"
#include "worker/lines.h"
#include "worker/protocol.h"
#include "worker/sealed.h"

#include <unistd.h>

enum { GONE_EXIT = 2 };

/* What outlives the questions. */
struct place {
	const char *state; /* directory of journals and ledgers; NULL: there is none */
	bool consent;      /* to questions that write */
};

static struct pf_answer unasked(const struct pf_request *request, enum pf_outcome outcome,
                                const char *detail)
{
	return (struct pf_answer){
		.kind = request->question.kind,
		.outcome = outcome,
		.detail = detail,
		.at = pf_wall_seconds(),
	};
}

/* Questions that change the host they are put to. */
static bool would_write(const struct pf_question *question)
{
	return question->kind == PF_KIND_canary;
}

/* Backups may be long: the parent says how long they may be read, or restored. */
static bool is_long(const struct pf_question *question)
{
	return question->kind == PF_KIND_archive || question->kind == PF_KIND_drill ||
	       (question->kind == PF_KIND_exec && question->exec.thorough);
}

static struct pf_answer answer(struct pf_arena *arena, const struct pf_request *request,
                               const struct place *place)
{
	const struct pf_question *question = &request->question;
	int64_t now = pf_now_us(), deadline = request->deadline_us;
	if (deadline <= now)
		return unasked(request, PF_deadline, NULL);
	if (!is_long(question) && deadline > now + PF_HOST_QUESTION_US)
		deadline = now + PF_HOST_QUESTION_US;
	if (would_write(question) && !(place->consent && place->state))
		return unasked(request, PF_no_consent, NULL);
	switch (question->kind) {
	case PF_KIND_tree:
		return pf_tree_answer(arena, &question->tree, deadline);
	case PF_KIND_access:
		return pf_access_answer(arena, &question->access, deadline);
	case PF_KIND_file:
		return pf_file_answer(arena, &question->file, deadline);
	case PF_KIND_exec:
		return pf_exec_answer(arena, &question->exec, deadline);
	case PF_KIND_manifest:
		return pf_manifest_answer(arena, &question->manifest, deadline);
	case PF_KIND_canary:
		return pf_canary_answer(arena, &question->canary, place->state);
	case PF_KIND_drill:
		return pf_drill_answer(arena, &question->drill, place->state, place->consent,
		                       pf_confine_sealed, deadline);
	case PF_KIND_process:
		return pf_process_answer(arena, &question->process, deadline);
	case PF_KIND_archive: /* answered by its own process, see reply */
	default:
		return unasked(request, PF_malformed_question,
		               "a network question came to a host worker");
	}
}

static bool reply(struct pf_arena *arena, const struct pf_request *request,
                  const struct place *place)
{
	if (request->question.kind == PF_KIND_archive && request->deadline_us > pf_now_us())
		return pf_sealed_reply(arena, STDOUT_FILENO, request, request->deadline_us);
	struct pf_answer said = answer(arena, request, place);
	pf_secret_free(request->secret);
	return pf_reply_write(arena, STDOUT_FILENO, request->id, &said);
}

/* Answers one line. Returns 0, or the exit code of a worker that cannot go on. */
static int serve_line(const char *line, size_t length, const struct place *place)
{
	struct pf_arena *arena = pf_arena_new(PF_WORKER_ARENA);
	struct pf_request request;
	const char *problem;
	int code = 0;
	if (!pf_request_read(arena, line, length, &request, &problem)) {
		code = pf_protocol_broken(problem);
	} else {
		if (!reply(arena, &request, place))
			code = GONE_EXIT;
	}
	pf_arena_free(arena);
	return code;
}

static int serve(struct pf_lines *lines, const struct place *place)
{
	for (int code = 0;;) {
		const char *line;
		size_t length;
		switch (pf_lines_next(lines, &line, &length)) {
		case PF_LINE_READY:
			code = serve_line(line, length, place);
			if (code)
				return code;
			break;
		case PF_LINE_WAIT:
			pf_lines_fill(lines, STDIN_FILENO);
			break;
		case PF_LINE_END:
			return 0;
		case PF_LINE_CUT:
			return pf_protocol_broken("it ends in the middle");
		case PF_LINE_TOO_LONG:
			return pf_protocol_broken("it is longer than a line may be");
		}
	}
}

int pf_host_worker(const char *state, bool consent)
{
	const struct place place = {state, consent};
	struct pf_arena *arena = pf_arena_new(PF_WORKER_ARENA);
	struct pf_lines *lines = pf_lines_new();
	pf_confine_host(arena);
	int code = serve(lines, &place);
	pf_lines_free(lines);
	pf_arena_free(arena);
	return code;
}
