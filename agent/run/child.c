/* A child process on three pipes, served without blocking. */
#include "run/child.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAST_WORDS = 1024, KEPT_ROOM = 256 * 1024, GRACE_US = 100 * 1000, NAP_US = 1000 };

/* Bytes on their way: [start, used) are still to be handled. */
struct buffer {
	char *bytes;
	size_t start, used, room;
};

struct pf_child {
	pid_t pid;
	int in, out, err; /* our ends; -1 once closed */
	bool input_complete, skipping;
	int64_t dismissed_us; /* 0: not yet */
	struct buffer input, output;
	char words[LAST_WORDS];
	size_t word_count;
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void discard(struct buffer *buffer)
{
	if (buffer->bytes)
		explicit_bzero(buffer->bytes, buffer->room);
	free(buffer->bytes);
	buffer->bytes = NULL;
}

static void *reserve(struct buffer *buffer, size_t more)
{
	if (buffer->start && buffer->start == buffer->used)
		buffer->start = buffer->used = 0;
	if (buffer->used + more > buffer->room) {
		size_t room = (buffer->used + more) * 2;
		char *larger = malloc(room);
		if (!larger)
			abort();
		if (buffer->bytes)
			memcpy(larger, buffer->bytes, buffer->used);
		discard(buffer); /* realloc(3) would leave secrets behind */
		buffer->bytes = larger;
		buffer->room = room;
	}
	return buffer->bytes + buffer->used;
}

/* In the child: the pipes become 0-2, everything else is closed at exec (all of ours are
 * O_CLOEXEC). */
static void become(int in, int out, int err, const char *const argv[],
                   const char *const environment[])
{
	setpgid(0, 0);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	execvpe(argv[0], (char *const *)argv,
	        environment ? (char *const *)environment : (char *const *)environ);
	const char *reason = strerror(errno);
	(void)!write(2, argv[0], strlen(argv[0]));
	(void)!write(2, ": ", 2);
	(void)!write(2, reason, strlen(reason));
	_exit(127);
}

struct pf_child *pf_child_start(const char *const argv[], const char *const environment[],
                                const char **problem)
{
	int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}};
	struct pf_child *child = calloc(1, sizeof *child);
	bool ready = child != NULL;
	for (int i = 0; ready && i < 3; i++)
		ready = pipe2(pipes[i], O_CLOEXEC) == 0;
	pid_t pid = ready ? fork() : -1;
	if (pid == 0)
		become(pipes[0][0], pipes[1][1], pipes[2][1], argv, environment);
	if (pid < 0) {
		*problem = strerror(errno);
		for (int i = 0; i < 6; i++)
			close_end(&pipes[i / 2][i % 2]);
		free(child);
		return NULL;
	}
	close_end(&pipes[0][0]);
	close_end(&pipes[1][1]);
	close_end(&pipes[2][1]);
	setpgid(pid, pid);
	child->pid = pid;
	child->in = pipes[0][1];
	child->out = pipes[1][0];
	child->err = pipes[2][0];
	for (int i = 0; i < 3; i++)
		fcntl((int[]){child->in, child->out, child->err}[i], F_SETFL, O_NONBLOCK);
	return child;
}

void pf_child_send(struct pf_child *child, const void *bytes, size_t count)
{
	memcpy(reserve(&child->input, count), bytes, count);
	child->input.used += count;
}

void pf_child_send_end(struct pf_child *child)
{
	child->input_complete = true;
	if (child->input.start == child->input.used)
		close_end(&child->in);
}

size_t pf_child_polls(struct pf_child *child, struct pollfd polls[3])
{
	size_t count = 0;
	if (child->in >= 0 && child->input.start < child->input.used)
		polls[count++] = (struct pollfd){.fd = child->in, .events = POLLOUT};
	if (child->out >= 0)
		polls[count++] = (struct pollfd){.fd = child->out, .events = POLLIN};
	if (child->err >= 0)
		polls[count++] = (struct pollfd){.fd = child->err, .events = POLLIN};
	return count;
}

static void write_some(struct pf_child *child)
{
	struct buffer *input = &child->input;
	ssize_t written = write(child->in, input->bytes + input->start, input->used - input->start);
	if (written > 0) {
		explicit_bzero(input->bytes + input->start, (size_t)written);
		input->start += (size_t)written;
	}
	bool broken = written < 0 && errno != EAGAIN && errno != EINTR;
	if (broken || (child->input_complete && input->start == input->used))
		close_end(&child->in);
}

/* Hand over the whole lines in the buffer; what is left of the last one stays. */
static void split_lines(struct pf_child *child, pf_on_line *on_line, void *context)
{
	struct buffer *output = &child->output;
	char *newline;
	while ((newline = memchr(output->bytes + output->start, '\n',
	                         output->used - output->start))) {
		char *line = output->bytes + output->start;
		output->start += (size_t)(newline - line) + 1;
		if (!child->skipping)
			on_line(context, line, (size_t)(newline - line));
		child->skipping = false;
	}
	size_t left = output->used - output->start;
	if (left > PF_LINE_BYTES) {
		if (!child->skipping)
			on_line(context, NULL, left);
		child->skipping = true;
		left = 0;
	}
	memmove(output->bytes, output->bytes + output->used - left, left);
	output->start = 0;
	output->used = left;
	if (left == 0 && output->room > KEPT_ROOM) { /* a long line has been */
		discard(output);
		*output = (struct buffer){0};
	}
}

static void read_some(struct pf_child *child, pf_on_line *on_line, void *context)
{
	enum { PIECE = 64 * 1024 };
	ssize_t count = read(child->out, reserve(&child->output, PIECE), PIECE);
	if (count > 0) {
		child->output.used += (size_t)count;
		split_lines(child, on_line, context);
	} else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_end(&child->out);
	}
}

static void read_words(struct pf_child *child)
{
	char piece[LAST_WORDS];
	ssize_t count = read(child->err, piece, sizeof piece);
	if (count <= 0) {
		if (count == 0 || (errno != EAGAIN && errno != EINTR))
			close_end(&child->err);
		return;
	}
	size_t fresh = (size_t)count;
	size_t kept =
		child->word_count + fresh > LAST_WORDS ? LAST_WORDS - fresh : child->word_count;
	memmove(child->words, child->words + child->word_count - kept, kept);
	memcpy(child->words + kept, piece, fresh);
	child->word_count = kept + fresh;
}

void pf_child_serve(struct pf_child *child, const struct pollfd polls[], size_t count,
                    pf_on_line *on_line, void *context)
{
	for (size_t i = 0; i < count; i++) {
		if (!polls[i].revents || polls[i].fd < 0)
			continue;
		if (polls[i].fd == child->in)
			write_some(child);
		else if (polls[i].fd == child->out)
			read_some(child, on_line, context);
		else if (polls[i].fd == child->err)
			read_words(child);
	}
}

bool pf_child_is_silent(const struct pf_child *child)
{
	return child->out < 0 && child->err < 0;
}

const char *pf_child_last_words(const struct pf_child *child, struct pf_arena *arena)
{
	size_t end = child->word_count;
	while (end && (child->words[end - 1] == '\n' || child->words[end - 1] == '\r'))
		end--;
	size_t start = end;
	while (start && child->words[start - 1] != '\n')
		start--;
	return pf_escape(arena, child->words + start, end - start, PF_DETAIL_BYTES);
}

void pf_child_dismiss(struct pf_child *child)
{
	if (child->dismissed_us)
		return;
	child->dismissed_us = pf_now_us();
	close_end(&child->in);
	/* One that has closed its outputs is on its way out by itself; any other is ended now. */
	if (!pf_child_is_silent(child))
		kill(-child->pid, SIGKILL);
}

int pf_child_end(struct pf_child *child)
{
	int status = -1;
	pf_child_dismiss(child);
	int64_t patience = child->dismissed_us + GRACE_US;
	pid_t reaped;
	while ((reaped = waitpid(child->pid, &status, WNOHANG)) == 0) {
		if (pf_now_us() >= patience) {
			kill(-child->pid, SIGKILL);
			if (pf_now_us() >= patience + GRACE_US)
				break;
		}
		usleep(NAP_US);
	}
	close_end(&child->out);
	close_end(&child->err);
	discard(&child->input);
	discard(&child->output);
	free(child);
	return reaped > 0 ? status : -1;
}
