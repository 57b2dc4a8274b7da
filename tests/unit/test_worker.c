/* Workers: lines in, lines out, and what ends them. */
#include "base/clock.h"
#include "base/limits.h"
#include "model/codec.h"
#include "rig_scratch.h"
#include "worker/lines.h"
#include "worker/protocol.h"
#include "worker/worker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { SECOND_US = 1000 * 1000 };

/* A worker in a process of its own, on pipes. */
struct hired {
	pid_t pid;
	int in, out;
	struct pf_lines *lines;
};

static int be_host_worker(void)
{
	return pf_host_worker(NULL, false);
}

static int be_network_worker(void)
{
	return pf_network_worker(NULL);
}

static struct hired hire(int (*work)(void))
{
	int in[2], out[2];
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		closefrom(3);
		signal(SIGPIPE, SIG_IGN);
		_exit(work());
	}
	close(in[0]);
	close(out[1]);
	return (struct hired){pid, in[1], out[0], pf_lines_new()};
}

static void tell(const struct hired *worker, const char *line)
{
	assert_true(pf_line_write(worker->in, line, strlen(line)));
}

/* Its next answer; false: it has stopped talking. */
static bool hear(struct scratch *s, struct hired *worker, uint64_t *id, struct pf_answer *answer)
{
	static const char *const names[] = {"id", "answer"};
	const char *line, *values[2], *problem;
	size_t length;
	enum pf_line_state state;
	while ((state = pf_lines_next(worker->lines, &line, &length)) == PF_LINE_WAIT)
		pf_lines_fill(worker->lines, worker->out);
	if (state != PF_LINE_READY)
		return false;
	assert_true(pf_line_split(s->arena, line, length, 2, names, values, &problem));
	*id = strtoull(values[0], NULL, 10);
	assert_true(pf_answer_read(s->arena, values[1], strlen(values[1]), answer, &problem));
	return true;
}

/* Ends its input and returns how it ended. */
static int dismiss(struct hired *worker)
{
	int status = -1;
	if (worker->in >= 0)
		close(worker->in);
	close(worker->out);
	pf_lines_free(worker->lines);
	assert_int_equal(waitpid(worker->pid, &status, 0), worker->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *request(struct scratch *s, uint64_t id, int64_t limit_us,
                           const struct pf_question *question)
{
	return pf_arena_print(s->arena, "{\"id\":%llu,\"deadline_us\":%lld,\"question\":%s}",
	                      (unsigned long long)id, (long long)(pf_now_us() + limit_us),
	                      pf_question_write(s->arena, question));
}

static struct pf_question echo(struct scratch *s, const char *word)
{
	const char *argv[] = {"/bin/echo", word};
	return (struct pf_question){.kind = PF_KIND_exec,
	                            .exec.argv = pf_arena_words(s->arena, 2, argv)};
}

static void a_host_worker_answers_in_turn_and_ends_with_its_input(void **state)
{
	struct scratch *s = *state;
	struct hired worker = hire(be_host_worker);
	struct pf_question hello = echo(s, "hello");
	struct pf_question tree = {.kind = PF_KIND_tree, .tree.root = s->root};
	const char *pattern = scratch_path(s, "*");
	struct pf_question file = {.kind = PF_KIND_file, .file.patterns = {&pattern, 1}};
	struct pf_answer answer;
	uint64_t id;
	tell(&worker, request(s, 7, 5 * SECOND_US, &hello));
	tell(&worker, request(s, 8, 5 * SECOND_US, &tree));
	tell(&worker, request(s, 9, 5 * SECOND_US, &file));
	close(worker.in);
	worker.in = -1;
	assert_true(hear(s, &worker, &id, &answer));
	assert_int_equal(id, 7);
	assert_string_equal(answer.exec.output, "hello\\n");
	assert_true(hear(s, &worker, &id, &answer));
	assert_int_equal(id, 8);
	assert_int_equal(answer.kind, PF_KIND_tree);
	assert_int_equal(answer.outcome, PF_answered);
	assert_true(hear(s, &worker, &id, &answer));
	assert_int_equal(id, 9);
	assert_int_equal(answer.file.matched, 0);
	assert_false(hear(s, &worker, &id, &answer));
	assert_int_equal(dismiss(&worker), 0);
}

static void a_question_past_its_deadline_is_not_asked(void **state)
{
	struct scratch *s = *state;
	struct hired worker = hire(be_host_worker);
	struct pf_question hello = echo(s, "hello");
	struct pf_answer answer;
	uint64_t id;
	tell(&worker, request(s, 1, -1, &hello));
	assert_true(hear(s, &worker, &id, &answer));
	assert_int_equal(answer.outcome, PF_deadline);
	assert_int_equal(dismiss(&worker), 0);
}

static void a_network_question_makes_no_sense_to_a_host_worker(void **state)
{
	struct scratch *s = *state;
	struct hired worker = hire(be_host_worker);
	struct pf_question resolve = {.kind = PF_KIND_resolve, .resolve.host = "localhost"};
	struct pf_answer answer;
	uint64_t id;
	tell(&worker, request(s, 1, SECOND_US, &resolve));
	assert_true(hear(s, &worker, &id, &answer));
	assert_int_equal(answer.kind, PF_KIND_resolve);
	assert_int_equal(answer.outcome, PF_malformed_question);
	assert_int_equal(dismiss(&worker), 0);
}

/* What a worker says to bytes that no parent of ours writes: nothing, and it exits 2. */
static void expect_broken(struct scratch *s, int (*work)(void), const char *bytes, size_t count)
{
	struct hired worker = hire(work);
	struct pf_answer answer;
	uint64_t id;
	for (size_t done = 0; done < count;) {
		ssize_t written = write(worker.in, bytes + done, count - done);
		if (written < 0)
			break;
		done += (size_t)written;
	}
	close(worker.in);
	worker.in = -1;
	assert_false(hear(s, &worker, &id, &answer));
	assert_int_equal(dismiss(&worker), 2);
}

static void broken_lines_end_a(struct scratch *s, int (*work)(void))
{
	static const char *const lines[] = {
		"\n",
		"nonsense\n",
		"{}\n",
		"[]\n",
		"{\"id\":1}\n",
		"{\"id\":-1,\"deadline_us\":1}\n",
		"{\"id\":1,\"deadline_us\":1,\"question\":{\"kind\":\"weather\"}}\n",
		"{\"id\":99999999999999999999,\"deadline_us\":1,\"question\":{}}\n",
		"{\"id\":\"1\",\"deadline_us\":1,\"question\":{\"kind\":\"tree\"}}\n",
		"{\"id\":1", /* the parent died in the middle of a line */
	};
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		expect_broken(s, work, lines[i], strlen(lines[i]));
	char *endless = pf_arena_take(s->arena, 2 * PF_LINE_BYTES);
	memset(endless, 'x', 2 * PF_LINE_BYTES);
	expect_broken(s, work, endless, 2 * PF_LINE_BYTES);
}

static void lines_that_make_no_sense_end_a_host_worker(void **state)
{
	broken_lines_end_a(*state, be_host_worker);
}

static void lines_that_make_no_sense_end_a_network_worker(void **state)
{
	broken_lines_end_a(*state, be_network_worker);
}

static void a_worker_nobody_listens_to_ends(void **state)
{
	struct scratch *s = *state;
	struct hired worker = hire(be_host_worker);
	struct pf_question hello = echo(s, "hello");
	int status = 0;
	close(worker.out);
	worker.out = -1;
	tell(&worker, request(s, 1, SECOND_US, &hello));
	assert_int_equal(waitpid(worker.pid, &status, 0), worker.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	close(worker.in);
	pf_lines_free(worker.lines);
}

/* A port of ours that answers `connects` or refuses. */
static int listen_on_loopback(int *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void a_network_worker_answers_all_at_once_and_ends_with_its_input(void **state)
{
	struct scratch *s = *state;
	int port, closed_port, fd = listen_on_loopback(&port);
	close(listen_on_loopback(&closed_port));
	struct hired worker = hire(be_network_worker);
	struct pf_question slow = {
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp", .address = "127.0.0.1", .port = port, .send = "hello"}};
	struct pf_question refused = slow;
	refused.raw.port = closed_port;
	struct pf_answer answer;
	uint64_t id;
	tell(&worker, request(s, 1, SECOND_US / 2, &slow));
	tell(&worker, request(s, 2, SECOND_US / 2, &refused));
	close(worker.in);
	worker.in = -1;
	assert_true(hear(s, &worker, &id, &answer));
	assert_int_equal(id, 2);
	assert_int_equal(answer.outcome, PF_refused);
	assert_true(hear(s, &worker, &id, &answer));
	assert_int_equal(id, 1);
	assert_int_not_equal(answer.outcome, PF_answered);
	assert_false(hear(s, &worker, &id, &answer));
	assert_int_equal(dismiss(&worker), 0);
	close(fd);
}

static void a_network_worker_that_waits_says_that_it_is_alive(void **state)
{
	struct scratch *s = *state;
	int port;
	int fd = listen_on_loopback(&port);
	struct hired worker = hire(be_network_worker);
	struct pf_question slow = {
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp", .address = "127.0.0.1", .port = port, .send = "hello"}};
	const char *line;
	size_t length;
	tell(&worker, request(s, 1, 30 * SECOND_US, &slow));
	while (pf_lines_next(worker.lines, &line, &length) == PF_LINE_WAIT)
		pf_lines_fill(worker.lines, worker.out);
	assert_int_equal(length, strlen(PF_ALIVE));
	assert_memory_equal(line, PF_ALIVE, length);
	kill(worker.pid, SIGKILL);
	dismiss(&worker);
	close(fd);
}

static void lines_are_taken_apart_however_they_come(void **state)
{
	(void)state;
	static const char text[] = "one\n\ntwo\nthr";
	const char *line;
	size_t length;
	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct pf_lines *lines = pf_lines_new();
		char all[64] = "";
		for (size_t at = 0; at < sizeof text - 1; at += piece) {
			size_t left = sizeof text - 1 - at;
			pf_lines_feed(lines, text + at, left < piece ? left : piece);
			while (pf_lines_next(lines, &line, &length) == PF_LINE_READY) {
				assert_int_equal(strlen(line), length);
				strcat(strcat(all, line), "|");
			}
		}
		assert_string_equal(all, "one||two|");
		assert_int_equal(pf_lines_next(lines, &line, &length), PF_LINE_WAIT);
		pf_lines_feed(lines, NULL, 0);
		assert_int_equal(pf_lines_next(lines, &line, &length), PF_LINE_CUT);
		pf_lines_free(lines);
	}
}

static void a_line_may_be_as_long_as_the_limit_and_no_longer(void **state)
{
	struct scratch *s = *state;
	char *text = pf_arena_take(s->arena, PF_LINE_BYTES + 2);
	const char *line;
	size_t length;
	memset(text, 'x', PF_LINE_BYTES + 1);
	struct pf_lines *lines = pf_lines_new();
	pf_lines_feed(lines, text, PF_LINE_BYTES);
	assert_int_equal(pf_lines_next(lines, &line, &length), PF_LINE_WAIT);
	pf_lines_feed(lines, "\n", 1);
	assert_int_equal(pf_lines_next(lines, &line, &length), PF_LINE_READY);
	assert_int_equal(length, PF_LINE_BYTES);
	pf_lines_feed(lines, text, PF_LINE_BYTES + 1);
	assert_int_equal(pf_lines_next(lines, &line, &length), PF_LINE_TOO_LONG);
	pf_lines_free(lines);
}

static void a_line_is_written_whole_through_a_narrow_pipe(void **state)
{
	struct scratch *s = *state;
	char *text = pf_arena_take(s->arena, 500001);
	const char *line;
	size_t length;
	int ends[2];
	memset(text, 'x', 500000);
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(pf_line_write(ends[1], text, 500000) ? 0 : 1);
	close(ends[1]);
	struct pf_lines *lines = pf_lines_new();
	enum pf_line_state seen;
	while ((seen = pf_lines_next(lines, &line, &length)) == PF_LINE_WAIT) {
		struct pollfd readable = {.fd = ends[0], .events = POLLIN};
		poll(&readable, 1, 1000);
		pf_lines_fill(lines, ends[0]);
	}
	assert_int_equal(seen, PF_LINE_READY);
	assert_int_equal(length, 500000);
	pf_lines_free(lines);
	close(ends[0]);
	waitpid(pid, NULL, 0);
}

static void an_answer_too_long_for_a_line_goes_out_without_its_facts(void **state)
{
	struct scratch *s = *state;
	char *text = pf_arena_take(s->arena, PF_LINE_BYTES + 1);
	int ends[2];
	memset(text, 'x', PF_LINE_BYTES);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	struct pf_answer answer = {.kind = PF_KIND_exec, .exec.output = text}, read;
	struct hired from = {.out = ends[0], .lines = pf_lines_new()};
	uint64_t id;
	assert_true(pf_reply_write(s->arena, ends[1], 5, &answer));
	assert_true(hear(s, &from, &id, &read));
	assert_int_equal(id, 5);
	assert_int_equal(read.outcome, PF_partial);
	assert_null(read.exec.output);
	assert_non_null(strstr(read.detail, "longer than a line"));
	pf_lines_free(from.lines);
	close(ends[0]);
	close(ends[1]);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(a_network_worker_that_waits_says_that_it_is_alive),
		IN_SCRATCH(lines_are_taken_apart_however_they_come),
		IN_SCRATCH(a_line_may_be_as_long_as_the_limit_and_no_longer),
		IN_SCRATCH(a_line_is_written_whole_through_a_narrow_pipe),
		IN_SCRATCH(an_answer_too_long_for_a_line_goes_out_without_its_facts),
		IN_SCRATCH(a_host_worker_answers_in_turn_and_ends_with_its_input),
		IN_SCRATCH(a_question_past_its_deadline_is_not_asked),
		IN_SCRATCH(a_network_question_makes_no_sense_to_a_host_worker),
		IN_SCRATCH(lines_that_make_no_sense_end_a_host_worker),
		IN_SCRATCH(lines_that_make_no_sense_end_a_network_worker),
		IN_SCRATCH(a_worker_nobody_listens_to_ends),
		IN_SCRATCH(a_network_worker_answers_all_at_once_and_ends_with_its_input),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
