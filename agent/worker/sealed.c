/* The sealed process: forked, confined, asked once, and thrown away. */
#include "worker/sealed.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/driver.h"
#include "worker/confine.h"
#include "worker/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GRACE_US = 300 * 1000 };

/* In the child: reads nothing of its parent's, and writes to the pipe alone. */
static _Noreturn void answer_sealed(struct pf_arena *arena, int pipe,
                                    const struct pf_request *request, int64_t deadline_us)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char *path;
	size_t length;
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(pipe, STDOUT_FILENO) < 0)
		_exit(1);
	close(pipe);
	const char *asked = request->question.archive.path;
	if (asked && pf_unescape(arena, asked, &path, &length))
		pf_confine_sealed(arena, path);
	struct pf_answer said = pf_archive_answer(arena, &request->question.archive, deadline_us);
	_exit(pf_reply_write(arena, STDOUT_FILENO, request->id, &said) ? 0 : 1);
}

/* Its line, or NULL: it gave none in time. */
static const char *await(struct pf_lines *lines, int pipe, int64_t until_us, size_t *length,
                         bool *late)
{
	const char *line;
	for (;;) {
		switch (pf_lines_next(lines, &line, length)) {
		case PF_LINE_READY:
			return line;
		case PF_LINE_WAIT:
			break;
		default:
			return NULL;
		}
		struct pollfd poll_for = {.fd = pipe, .events = POLLIN};
		int ready = poll(&poll_for, 1, pf_until_ms(until_us));
		*late = ready == 0;
		if (*late)
			return NULL;
		if (ready > 0)
			pf_lines_fill(lines, pipe);
	}
}

static int end_child(pid_t child)
{
	int status = 0;
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static bool give_up(struct pf_arena *arena, int fd, const struct pf_request *request,
                    enum pf_outcome outcome, const char *detail)
{
	struct pf_answer answer = {
		.kind = request->question.kind,
		.outcome = outcome,
		.detail = detail,
		.at = pf_wall_seconds(),
	};
	return pf_reply_write(arena, fd, request->id, &answer);
}

bool pf_sealed_reply(struct pf_arena *arena, int fd, const struct pf_request *request,
                     int64_t deadline_us)
{
	int ends[2];
	bool late = false;
	size_t length;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return give_up(arena, fd, request, PF_no_resources, strerror(errno));
	pid_t child = fork();
	if (child == 0)
		answer_sealed(arena, ends[1], request, deadline_us);
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return give_up(arena, fd, request, PF_no_resources, strerror(errno));
	}
	struct pf_lines *lines = pf_lines_new();
	const char *line = await(lines, ends[0], deadline_us + GRACE_US, &length, &late);
	int status = end_child(child);
	bool done =
		line   ? pf_line_write(fd, line, length)
		: late ? give_up(arena, fd, request, PF_deadline, "the reading did not end in time")
		       : give_up(arena, fd, request, PF_worker_died,
	                         WIFSIGNALED(status)
	                                 ? pf_arena_print(arena, "signal %d", WTERMSIG(status))
	                                 : "the process that read it ended early");
	pf_lines_free(lines);
	close(ends[0]);
	return done;
}
