/* Asking the loop one question at a time. */
#include "rig_loop.h"
#include "rig_peer.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/turn.h"
#include "model/codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { CONNECT_US = 300 * 1000, EXCHANGE_US = 600 * 1000, LOOKUP_US = 400 * 1000 };

static int64_t exchange_us = EXCHANGE_US;
static const char *trusted;
static struct pf_loop *loop;
static const struct pf_answer *latest;
static int64_t took_ms;
static char *line;

static void fail_because(const char *what)
{
	fprintf(stderr, "rig_loop: %s\n", what);
	abort();
}

/* Whatever came, it must survive the way to the parent, and be safe to show. */
static void keep(void *context, uint64_t id, const struct pf_answer *answer)
{
	static struct pf_arena *arena;
	static struct pf_answer again;
	const char *problem = "";
	(void)context;
	if (id != 7 || latest)
		fail_because("an answer to another question");
	if (answer->detail && strlen(answer->detail) > PF_DETAIL_BYTES)
		fail_because("the detail is too long");
	pf_arena_free(arena);
	arena = pf_arena_new(PF_WORKER_ARENA);
	line = pf_answer_write(arena, answer);
	if (!pf_is_utf8(line, strlen(line)) || strpbrk(line, "\n\r\x1b"))
		fail_because("the answer is not safe to show");
	if (!pf_answer_read(arena, line, strlen(line), &again, &problem))
		fail_because(problem);
	latest = answer;
}

void rig_be_patient(int ms)
{
	exchange_us = (int64_t)ms * 1000;
}

void rig_trust(const char *ca_file)
{
	trusted = ca_file;
}

static const struct pf_answer *ask_with(const struct pf_question *question,
                                        struct pf_secret *secret, int ms)
{
	rig_forget();
	loop = pf_loop_new(trusted, keep, NULL);
	pf_loop_hurry(loop, CONNECT_US, exchange_us, LOOKUP_US);
	int64_t before = rig_now_ms();
	pf_loop_ask_with(loop, 7, question, secret, pf_now_us() + ms * (int64_t)1000);
	while (!latest && rig_now_ms() < before + 20000)
		pf_loop_turn(loop, -1, pf_now_us() + 1000000);
	took_ms = rig_now_ms() - before;
	if (!latest)
		fail_because("no answer");
	return latest;
}

const struct pf_answer *rig_answer_within(const struct pf_question *question, int ms)
{
	return ask_with(question, NULL, ms);
}

const struct pf_answer *rig_answer_with(const struct pf_question *question, const char *password)
{
	return ask_with(question, pf_secret_new(password, strlen(password)), 30000);
}

const struct pf_answer *rig_answer(const struct pf_question *question)
{
	return rig_answer_within(question, 30000);
}

int64_t rig_took_ms(void)
{
	return took_ms;
}

void rig_forget(void)
{
	pf_loop_free(loop);
	loop = NULL;
	latest = NULL;
}

long rig_peak_kib(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}
