/* This machine as a vantage: one network worker for all network questions, a few host workers for
 * the blocking ones. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/places.h"
#include "model/codec.h"
#include "run/child.h"
#include "run/evidence.h"
#include "run/source.h"
#include "run/sweep.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	HUNG_AFTER_US = 500 * 1000, /* a worker this late behind its own limit is given up */
	CLEAN_UP_US = 500 * 1000,   /* for a host worker to end its command before it is ended */
	RESTARTS = 8,               /* of workers, all together */
	NOT_DEALT = -1,
	NETWORK = 0, /* slot of the network worker; host workers follow */
	SLOTS = 1 + PF_HOST_WORKERS,
};

enum worker_kind { NETWORK_QUESTION, HOST_QUESTION };

/* One worker process, or a place for one. */
struct slot {
	struct pf_child *child; /* NULL: none */
	size_t dealt;           /* questions it has not answered yet */
	int64_t due_us;         /* when the next line is overdue */
	bool broken;            /* it wrote something that no worker of ours writes */
};

struct local {
	struct pf_source source;
	struct slot slots[SLOTS];
	int *slot_of;  /* of each question; NOT_DEALT, or the slot */
	size_t memory; /* that the answers take */
	size_t slot_of_count, slot_of_room, next;
	size_t restarts, written;
};

static enum worker_kind kind_of(const struct pf_question *question)
{
	static const enum worker_kind kinds[] = {
#define NETWORK NETWORK_QUESTION
#define HOST HOST_QUESTION
#define PF_KIND(kind, worker, ASK, FACTS) worker,
#include "postflight/kinds.def"
#undef PF_KIND
#undef NETWORK
#undef HOST
	};
	return kinds[question->kind];
}

/* What is known about a question's end goes to the plan and, where one is kept, to the evidence. */
static void settle(struct local *local, size_t number, const struct pf_answer *answer)
{
	struct pf_source *source = &local->source;
	pf_plan_set(source->plan, number, answer);
	if (source->order->evidence) {
		pf_evidence_write_answer(source->order->evidence, pf_plan_key(source->plan, number),
		                         answer);
		local->written++;
	}
}

static void lose(struct local *local, size_t number, enum pf_outcome outcome, const char *detail)
{
	if (pf_plan_answer(local->source.plan, number))
		return;
	pf_plan_give_up(local->source.plan, number, outcome, detail);
	if (local->source.order->evidence) {
		pf_evidence_write_answer(local->source.order->evidence,
		                         pf_plan_key(local->source.plan, number),
		                         pf_plan_answer(local->source.plan, number));
		local->written++;
	}
}

/* Where journals and ledgers are kept; empty: there is no place for them. */
static const char *state_of(struct local *local)
{
	const char *problem, *state = pf_state_directory(local->source.arena, &problem);
	return state ? state : "";
}

static bool start(struct local *local, size_t at)
{
	static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
	                                          "LANG=C.UTF-8", NULL};
	const char *ca_file = local->source.order->site->ca_file;
	const char *program = pf_worker_program(local->source.arena);
	const char *const network[] = {program, "network", ca_file, NULL};
	const char *const host[] = {program, "host", at == NETWORK ? NULL : state_of(local),
	                            local->source.order->site->allow_writes ? "writes" : NULL,
	                            NULL};
	const char *problem;
	struct slot *slot = &local->slots[at];
	*slot = (struct slot){
		.child = pf_child_start(at == NETWORK ? network : host, environment, &problem)};
	return slot->child != NULL;
}

/* The password behind the question, so that no copy of it stays here. */
static void send_secret(struct pf_child *child, const struct pf_secret *secret)
{
	char digits[2 * PF_SECRET_BYTES + 1];
	pf_secret_write(secret, digits);
	pf_child_send(child, ",\"secret\":\"", strlen(",\"secret\":\""));
	pf_child_send(child, digits, strlen(digits));
	pf_child_send(child, "\"", 1);
	explicit_bzero(digits, sizeof digits);
}

/* How long a question may take. A backup is read, by us or by the tool that keeps it, or restored,
 * for half of what is left of the run, so that who has large ones gives the run a later deadline.
 */
static int64_t limit_of(const struct local *local, size_t number, size_t at, int64_t now)
{
	const struct pf_source *source = &local->source;
	if (at == NETWORK)
		return PF_EXCHANGE_US;
	int64_t half = (source->order->soft_us - now) / 2;
	const struct pf_question *question = pf_plan_question(source->plan, number);
	bool long_one = question->kind == PF_KIND_archive || question->kind == PF_KIND_drill ||
	                (question->kind == PF_KIND_exec && question->exec.thorough);
	return long_one && half > PF_HOST_QUESTION_US ? half : PF_HOST_QUESTION_US;
}

static void deal(struct local *local, size_t number, size_t at)
{
	struct pf_source *source = &local->source;
	struct slot *slot = &local->slots[at];
	const char *wanted = pf_credentials_wanted(pf_plan_question(source->plan, number));
	const struct pf_secret *secret = NULL;
	const char *problem = NULL;
	if (wanted)
		secret = pf_credentials_of(source->order->credentials, wanted, &problem);
	if (wanted && !secret) {
		lose(local, number, PF_no_password, problem);
		return;
	}
	int64_t now = pf_now_us(), soft = source->order->soft_us;
	int64_t limit = limit_of(local, number, at, now);
	int64_t last = at == NETWORK ? soft : soft - CLEAN_UP_US;
	int64_t deadline = at == NETWORK || now + limit > last ? last : now + limit;
	const char *line =
		pf_arena_print(source->arena, "{\"id\":%zu,\"deadline_us\":%lld,\"question\":%s",
	                       number, (long long)deadline, pf_plan_key(source->plan, number));
	pf_child_send(slot->child, line, strlen(line));
	if (secret)
		send_secret(slot->child, secret);
	pf_child_send(slot->child, "}\n", 2);
	local->slot_of[number] = (int)at;
	slot->dealt++;
	slot->due_us = now + limit + HUNG_AFTER_US;
}

/* A slot that can take this question now; SLOTS when all are busy, and the question is lost when
 * none can be started. */
static size_t slot_for(struct local *local, size_t number)
{
	bool network = kind_of(pf_plan_question(local->source.plan, number)) == NETWORK_QUESTION;
	size_t first = network ? NETWORK : NETWORK + 1, last = network ? NETWORK + 1 : SLOTS;
	for (size_t at = first; at < last; at++) {
		struct slot *slot = &local->slots[at];
		if (slot->child && (network || slot->dealt == 0))
			return at;
		if (slot->child)
			continue;
		if (local->restarts <= RESTARTS + SLOTS && ++local->restarts && start(local, at))
			return at;
		lose(local, number, PF_no_resources, "no worker process could be started");
		return SLOTS;
	}
	return SLOTS;
}

/* Hands out what is new, advancing the plan as far as its answers allow. */
static void dispatch(struct local *local)
{
	struct pf_plan *plan = local->source.plan;
	do {
		bool waiting = false;
		while (local->slot_of_count < pf_plan_count(plan)) {
			local->slot_of = pf_arena_grow(local->source.arena, local->slot_of,
			                               local->slot_of_count, &local->slot_of_room,
			                               sizeof *local->slot_of);
			local->slot_of[local->slot_of_count++] = NOT_DEALT;
		}
		for (size_t i = local->next; i < local->slot_of_count; i++) {
			bool open = local->slot_of[i] == NOT_DEALT && !pf_plan_answer(plan, i);
			size_t at = open ? slot_for(local, i) : SLOTS;
			if (at < SLOTS)
				deal(local, i, at);
			waiting |= open && at == SLOTS && !pf_plan_answer(plan, i);
			if (!waiting)
				local->next = i + 1;
		}
	} while (pf_plan_advance(plan));
	local->source.done = pf_plan_open(plan) == 0;
}

static void put_off(struct slot *slot, size_t at)
{
	slot->due_us = pf_now_us() + (at == NETWORK ? PF_EXCHANGE_US : PF_HOST_QUESTION_US) +
	               HUNG_AFTER_US;
}

struct line_context {
	struct local *local;
	size_t at;
};

/* The answer in a line, with the number of its question; false: no worker of ours writes such a
 * line. An answer that has no room any more is left without its facts. */
static bool read_line(struct local *local, struct pf_arena *scratch, const char *line,
                      size_t length, size_t *number, struct pf_answer *answer)
{
	static const char *const names[] = {"id", "answer"};
	struct pf_arena *arena = local->source.arena;
	const char *values[2], *problem;
	size_t before = pf_arena_used(arena);
	bool full = local->memory > pf_evidence_share(local->source.order->site);
	if (!line || !pf_line_split(scratch, line, length, 2, names, values, &problem) ||
	    !values[0] || !values[1] ||
	    !pf_answer_read(full ? scratch : arena, values[1], strlen(values[1]), answer, &problem))
		return false;
	if (full)
		*answer = (struct pf_answer){.kind = answer->kind,
		                             .outcome = PF_oversized,
		                             .detail = "what was answered before fills the memory",
		                             .at = answer->at,
		                             .took_us = answer->took_us};
	local->memory += pf_arena_used(arena) - before;
	*number = strtoull(values[0], NULL, 10);
	return true;
}

static void take_line(void *context, const char *line, size_t length)
{
	const struct line_context *from = context;
	struct local *local = from->local;
	struct slot *slot = &local->slots[from->at];
	struct pf_plan *plan = local->source.plan;
	size_t number;
	if (line && from->at == NETWORK && length == strlen(PF_ALIVE) &&
	    memcmp(line, PF_ALIVE, length) == 0) {
		put_off(slot, from->at);
		return;
	}
	struct pf_answer *answer = pf_arena_take(local->source.arena, sizeof *answer);
	struct pf_arena *scratch = pf_arena_new(PF_PARENT_ARENA);
	bool read = read_line(local, scratch, line, length, &number, answer);
	pf_arena_free(scratch);
	if (!read) {
		slot->broken = true;
		return;
	}
	if (number >= local->slot_of_count || local->slot_of[number] != (int)from->at ||
	    pf_plan_answer(plan, number) || pf_plan_question(plan, number)->kind != answer->kind) {
		slot->broken = true;
		return;
	}
	slot->dealt--;
	put_off(slot, from->at);
	settle(local, number, answer);
}

/* Ends a worker; what it had not answered is lost with it. */
static void retire(struct local *local, size_t at, enum pf_outcome outcome)
{
	struct slot *slot = &local->slots[at];
	const char *words = pf_child_last_words(slot->child, local->source.arena);
	int status = pf_child_end(slot->child);
	if (!*words && WIFSIGNALED(status))
		words = pf_arena_print(local->source.arena, "signal %d", WTERMSIG(status));
	*slot = (struct slot){0};
	for (size_t i = 0; i < local->slot_of_count; i++)
		if (local->slot_of[i] == (int)at)
			lose(local, i, outcome, *words ? words : NULL);
}

static size_t local_polls(struct pf_source *source, struct pollfd polls[PF_SOURCE_POLLS])
{
	struct local *local = (struct local *)source;
	size_t count = 0;
	for (size_t at = 0; at < SLOTS; at++)
		if (local->slots[at].child)
			count += pf_child_polls(local->slots[at].child, polls + count);
	return count;
}

static void local_serve(struct pf_source *source, const struct pollfd polls[], size_t count)
{
	struct local *local = (struct local *)source;
	for (size_t at = 0; at < SLOTS; at++) {
		struct slot *slot = &local->slots[at];
		struct line_context from = {local, at};
		if (!slot->child)
			continue;
		pf_child_serve(slot->child, polls, count, take_line, &from);
		if (slot->broken || pf_child_is_silent(slot->child))
			retire(local, at, PF_worker_died);
	}
	dispatch(local);
}

static int64_t local_tick(struct pf_source *source)
{
	struct local *local = (struct local *)source;
	int64_t now = pf_now_us(), next = source->order->soft_us;
	for (size_t at = 0; at < SLOTS; at++) {
		struct slot *slot = &local->slots[at];
		if (!slot->child || slot->dealt == 0)
			continue;
		if (slot->due_us <= now) {
			retire(local, at, PF_worker_hung);
			dispatch(local);
		} else if (slot->due_us < next) {
			next = slot->due_us;
		}
	}
	return next;
}

static void local_teach(struct pf_source *source, struct pf_lesson lesson)
{
	pf_plan_learn(source->plan, lesson);
	dispatch((struct local *)source);
}

static bool local_lesson(struct pf_source *source, size_t number, struct pf_lesson *lesson)
{
	if (number >= pf_plan_lesson_count(source->plan))
		return false;
	*lesson = *pf_plan_lesson(source->plan, number);
	return true;
}

static void local_close(struct pf_source *source)
{
	(void)source; /* it never waits for a lesson */
}

static void local_dismiss(struct pf_source *source)
{
	struct local *local = (struct local *)source;
	for (size_t at = 0; at < SLOTS; at++)
		if (local->slots[at].child)
			pf_child_dismiss(local->slots[at].child);
}

static void local_finish(struct pf_source *source, enum pf_outcome outcome, const char *detail)
{
	struct local *local = (struct local *)source;
	bool complete = pf_plan_open(source->plan) == 0;
	do {
		for (size_t i = 0; i < pf_plan_count(source->plan); i++)
			lose(local, i, outcome, detail);
	} while (pf_plan_advance(source->plan));
	for (size_t at = 0; at < SLOTS; at++)
		if (local->slots[at].child)
			pf_child_end(local->slots[at].child);
	source->status = complete ? "complete" : "partial";
	source->detail = complete ? NULL : pf_outcome_sentence(outcome);
	if (source->order->evidence)
		pf_evidence_write_end(source->order->evidence, source->status, local->written);
}

struct pf_source *pf_local_source(struct pf_arena *arena, const struct pf_gather_order *order,
                                  const struct pf_vantage *vantage)
{
	static const struct pf_source_kind kind = {
		local_polls,  local_serve, local_tick,    local_teach,
		local_lesson, local_close, local_dismiss, local_finish,
	};
	struct local *local = pf_arena_take(arena, sizeof *local);
	local->source = (struct pf_source){
		.kind = &kind,
		.arena = arena,
		.order = order,
		.vantage = vantage,
		.plan = pf_plan_new(arena, order->site, vantage, order->canary, order->selection),
	};
	if (order->evidence)
		pf_evidence_write_head(arena, order->evidence, order->site, vantage, order->canary,
		                       pf_wall_seconds());
	dispatch(local);
	return &local->source;
}
