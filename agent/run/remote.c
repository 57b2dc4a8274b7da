/* Another machine as a vantage: `postflight collect` there over OpenSSH, its evidence back through
 * the pipe. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "run/child.h"
#include "run/evidence.h"
#include "run/source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum {
	SSH_FAILED = 255, /* ssh(1), EXIT STATUS */
	NOT_FOUND = 127,  /* POSIX sh: command not found */
	ARGUMENTS = 32,   /* beside --only and --skip */
	/* The far side stops this much earlier, so that its last lines arrive. */
	HEAD_START_MS = 300,
};

struct remote {
	struct pf_source source;
	struct pf_child *child; /* NULL: could not be started, or has ended */
	struct pf_evidence *evidence;
	size_t sent;  /* lessons */
	bool closing; /* no more lessons will come */
	int wait_status;
	const char *last_words;
};

/* Words that reach the far side's shell: quoted, since ssh joins them with spaces and a shell
 * splits them again. */
static const char *quoted(struct pf_arena *arena, const char *word)
{
	char *out = pf_arena_take(arena, strlen(word) * 4 + 3), *at = out;
	*at++ = '\'';
	for (; *word; word++) {
		if (*word == '\'') {
			memcpy(at, "'\\''", 4);
			at += 4;
		} else {
			*at++ = *word;
		}
	}
	*at = '\'';
	return out;
}

static size_t add_selection(struct pf_arena *arena, const char *argv[], size_t count,
                            const char *option, struct pf_words words)
{
	for (size_t i = 0; i < words.count; i++) {
		argv[count++] = option;
		argv[count++] = quoted(arena, words.at[i]);
	}
	return count;
}

/* "sudo -n postflight": words parted by spaces, and nothing that a shell would make more of. */
static const char *command_line(struct pf_arena *arena, const char *command)
{
	const char *line = "";
	while (*(command += strspn(command, " "))) {
		size_t length = strcspn(command, " ");
		line = pf_arena_print(arena, "%s%s%s", line, *line ? " " : "",
		                      quoted(arena, pf_arena_copy_bytes(arena, command, length)));
		command += length;
	}
	return line;
}

static struct pf_child *start(struct pf_arena *arena, const struct pf_gather_order *order,
                              const struct pf_vantage *vantage, const char **problem)
{
	const struct pf_selection *selection = order->selection;
	size_t selected = 2 * (selection->only.count + selection->skip.count), count = 0;
	const char **argv = pf_arena_array(arena, ARGUMENTS + selected, sizeof *argv);
	argv[count++] = "ssh";
	int64_t left_ms = (order->soft_us - pf_now_us()) / 1000 - HEAD_START_MS;
	if (vantage->ssh_config) {
		argv[count++] = "-F";
		argv[count++] = vantage->ssh_config;
	}
	/* No questions, no surprises: nothing that could wait for a person, no forwarding, no
	 * terminal. ssh_config(5). */
	static const char *const options[] = {
		"-T",
		"-oBatchMode=yes",
		"-oStrictHostKeyChecking=yes",
		"-oConnectTimeout=10",
		"-oServerAliveInterval=5",
		"-oServerAliveCountMax=2",
		"-oClearAllForwardings=yes",
		"-oForwardAgent=no",
		"-oLogLevel=ERROR",
	};
	for (size_t i = 0; i < PF_COUNT(options); i++)
		argv[count++] = options[i];
	argv[count++] = "--";
	argv[count++] = vantage->ssh;
	argv[count++] = command_line(arena, vantage->command ? vantage->command : "postflight");
	argv[count++] = "collect";
	argv[count++] = "-";
	argv[count++] = "--as";
	argv[count++] = quoted(arena, vantage->name);
	argv[count++] = "--canary";
	argv[count++] = order->canary;
	argv[count++] = "--site-bytes";
	argv[count++] = pf_arena_print(arena, "%zu", order->site_size);
	argv[count++] = "--deadline";
	argv[count++] = pf_arena_print(arena, "%lldms", (long long)(left_ms > 0 ? left_ms : 0));
	if (order->site->allow_writes)
		argv[count++] = "--allow-writes";
	count = add_selection(arena, argv, count, "--only", selection->only);
	count = add_selection(arena, argv, count, "--skip", selection->skip);
	argv[count] = NULL;
	return pf_child_start(argv, NULL, problem);
}

static void take_line(void *context, const char *line, size_t length)
{
	pf_evidence_take(((struct remote *)context)->evidence, line, length);
}

static size_t remote_polls(struct pf_source *source, struct pollfd polls[PF_SOURCE_POLLS])
{
	struct remote *remote = (struct remote *)source;
	return remote->child ? pf_child_polls(remote->child, polls) : 0;
}

static void end_child(struct remote *remote)
{
	if (!remote->child)
		return;
	remote->last_words = pf_child_last_words(remote->child, remote->source.arena);
	remote->wait_status = pf_child_end(remote->child);
	remote->child = NULL;
}

/* Nothing more will come: it has ended, or waits for lessons with all we sent in mind. */
static bool is_at_rest(const struct remote *remote)
{
	return !remote->child ||
	       (!remote->closing && pf_evidence_paused(remote->evidence) == (int64_t)remote->sent);
}

static void remote_serve(struct pf_source *source, const struct pollfd polls[], size_t count)
{
	struct remote *remote = (struct remote *)source;
	pf_child_serve(remote->child, polls, count, take_line, remote);
	if (pf_child_is_silent(remote->child))
		end_child(remote);
	source->done = is_at_rest(remote);
}

static int64_t remote_tick(struct pf_source *source)
{
	source->done = is_at_rest((struct remote *)source);
	return source->order->soft_us;
}

/* The plan here learns it too, so that the evidence is judged with the same lessons in mind. */
static void remote_teach(struct pf_source *source, struct pf_lesson lesson)
{
	struct remote *remote = (struct remote *)source;
	size_t before = pf_plan_lesson_count(source->plan);
	pf_plan_learn(source->plan, lesson);
	if (!remote->child || pf_plan_lesson_count(source->plan) == before)
		return;
	const char *line = pf_evidence_lesson_line(source->arena, lesson);
	pf_child_send(remote->child, line, strlen(line));
	remote->sent++;
	source->done = false;
}

static bool remote_lesson(struct pf_source *source, size_t number, struct pf_lesson *lesson)
{
	struct pf_evidence *evidence = ((struct remote *)source)->evidence;
	if (number >= pf_evidence_lesson_count(evidence))
		return false;
	*lesson = pf_evidence_lesson(evidence, number);
	pf_plan_learn(source->plan, *lesson); /* it need not be told what it said */
	return true;
}

static void remote_close(struct pf_source *source)
{
	struct remote *remote = (struct remote *)source;
	remote->closing = true;
	if (!remote->child)
		return;
	pf_child_send_end(remote->child);
	source->done = false;
}

/* Why nothing useful came, for a person who has to mend it. */
static const char *explain(struct remote *remote)
{
	struct pf_arena *arena = remote->source.arena;
	const char *words = remote->last_words && *remote->last_words ? remote->last_words : NULL;
	int status = WIFEXITED(remote->wait_status) ? WEXITSTATUS(remote->wait_status) : -1;
	if (status == SSH_FAILED)
		return pf_arena_print(arena, "ssh: %s", words ? words : "the connection failed");
	if (status == NOT_FOUND)
		return pf_arena_print(arena, "postflight is not installed there (%s)",
		                      words ? words : "not found");
	if (words)
		return pf_arena_print(arena, "the collector there said: %s", words);
	return pf_evidence_answers(remote->evidence) ? pf_outcome_sentence(PF_deadline)
	                                             : "the collector there ended without evidence";
}

static struct pf_words notices_of(struct remote *remote, size_t foreign)
{
	struct pf_arena *arena = remote->source.arena;
	const char *name = remote->source.vantage->name;
	struct pf_words told = pf_evidence_notices(remote->evidence, name);
	if (foreign == 0)
		return told;
	const char **words = pf_arena_array(arena, told.count + 1, sizeof *words);
	for (size_t i = 0; i < told.count; i++)
		words[i] = told.at[i];
	words[told.count] = pf_arena_print(
		arena, "%s: %zu answers to questions that were never put were ignored", name,
		foreign);
	return (struct pf_words){words, told.count + 1};
}

static void remote_dismiss(struct pf_source *source)
{
	struct remote *remote = (struct remote *)source;
	if (remote->child)
		pf_child_dismiss(remote->child);
}

static void remote_finish(struct pf_source *source, enum pf_outcome outcome, const char *detail)
{
	struct remote *remote = (struct remote *)source;
	bool ran_out = remote->child != NULL;
	end_child(remote);
	bool right_vantage = pf_evidence_vantage(remote->evidence) == source->vantage;
	bool reached = right_vantage && pf_evidence_answers(remote->evidence) > 0;
	bool whole = reached && pf_evidence_is_whole(remote->evidence);
	if (!detail && !ran_out && !whole)
		detail = explain(remote);
	enum pf_outcome missing = !reached  ? PF_vantage_unreachable
	                          : ran_out ? outcome
	                                    : PF_not_recorded;
	struct pf_evidence *evidence =
		right_vantage ? remote->evidence
			      : pf_evidence_new(source->arena, source->order->site);
	size_t foreign = pf_evidence_replay(evidence, source->plan, missing, detail);
	source->status = whole ? "complete" : reached ? "partial" : "unreachable";
	source->detail = whole ? NULL : detail ? detail : pf_outcome_sentence(outcome);
	source->notices = notices_of(remote, foreign);
}

struct pf_source *pf_remote_source(struct pf_arena *arena, const struct pf_gather_order *order,
                                   const struct pf_vantage *vantage)
{
	static const struct pf_source_kind kind = {
		remote_polls,  remote_serve, remote_tick,    remote_teach,
		remote_lesson, remote_close, remote_dismiss, remote_finish,
	};
	struct remote *remote = pf_arena_take(arena, sizeof *remote);
	const char *problem = NULL;
	remote->source = (struct pf_source){
		.kind = &kind,
		.arena = arena,
		.order = order,
		.vantage = vantage,
		.plan = pf_plan_new(arena, order->site, vantage, order->canary, order->selection),
	};
	remote->evidence = pf_evidence_new(arena, order->site);
	remote->child = start(arena, order, vantage, &problem);
	remote->last_words = problem;
	remote->wait_status = -1;
	if (remote->child)
		pf_child_send(remote->child, order->site_text, order->site_size);
	return &remote->source;
}
