/* The plan: probes asked in rounds, equal questions merged, answers handed back to whoever asked.
 */
#include "run/plan.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "evaluate/steps.h"
#include "model/codec.h"
#include "run/registry.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char CANARY_HEAD[] = "pf-", CANARY_TAIL[] = ".invalid";
enum { CANARY_DIGITS = 8 };

/* A distinct question. */
struct item {
	struct pf_question question;
	const char *key;
	const struct pf_answer *answer;
};

/* One probe at this vantage. */
struct pf_asking {
	struct pf_plan *plan;
	const struct pf_probe *probe;
	unsigned round, last_round;
	bool finished;
	bool taught; /* a lesson came since it was asked */
	size_t put;  /* exchanges put in the current round */
};

struct pf_plan {
	struct pf_arena *arena;
	const struct pf_site *site;
	const struct pf_vantage *vantage;
	const char *canary;
	struct item *items;
	size_t item_count, item_room, open;
	struct pf_exchange **exchanges;
	size_t exchange_count, exchange_room;
	size_t *item_of; /* of each exchange */
	size_t item_of_room;
	struct pf_asking *askings;
	size_t asking_count;
	struct pf_lesson lessons[PF_LESSONS];
	size_t lesson_count;
	size_t *buckets; /* items by key: number + 1, 0 empty */
	size_t bucket_count;
};

/* FNV-1a, 64 bits. The keys are our own questions, so nobody can choose them to collide. */
static uint64_t hash(const char *text)
{
	uint64_t value = 0xcbf29ce484222325u;
	for (; *text; text++)
		value = (value ^ (unsigned char)*text) * 0x100000001b3u;
	return value;
}

static size_t *bucket_of(struct pf_plan *plan, const char *key)
{
	size_t at = hash(key) & (plan->bucket_count - 1);
	while (plan->buckets[at] && strcmp(plan->items[plan->buckets[at] - 1].key, key) != 0)
		at = (at + 1) & (plan->bucket_count - 1);
	return &plan->buckets[at];
}

static void widen(struct pf_plan *plan)
{
	if (plan->item_count * 2 < plan->bucket_count)
		return;
	plan->bucket_count = plan->bucket_count ? plan->bucket_count * 2 : 256;
	plan->buckets = pf_arena_array(plan->arena, plan->bucket_count, sizeof *plan->buckets);
	for (size_t i = 0; i < plan->item_count; i++)
		*bucket_of(plan, plan->items[i].key) = i + 1;
}

static size_t item_for(struct pf_plan *plan, const struct pf_question *question)
{
	widen(plan);
	const char *key = pf_question_write(plan->arena, question);
	size_t *bucket = bucket_of(plan, key);
	if (*bucket)
		return *bucket - 1;
	plan->items = pf_arena_grow(plan->arena, plan->items, plan->item_count, &plan->item_room,
	                            sizeof *plan->items);
	plan->items[plan->item_count] = (struct item){.question = *question, .key = key};
	*bucket = ++plan->item_count;
	plan->open++;
	return plan->item_count - 1;
}

static struct pf_exchange *exchange_named(const struct pf_asking *asking, const char *tag,
                                          const char *subject)
{
	for (size_t i = 0; i < asking->plan->exchange_count; i++) {
		struct pf_exchange *exchange = asking->plan->exchanges[i];
		if (exchange->probe == asking->probe->name && strcmp(exchange->tag, tag) == 0 &&
		    strcmp(exchange->subject, subject) == 0)
			return exchange;
	}
	return NULL;
}

static void put(struct pf_asking *asking, const char *tag, const char *subject,
                struct pf_question question, bool gate)
{
	struct pf_plan *plan = asking->plan;
	if (exchange_named(asking, tag, subject) || plan->exchange_count >= PF_QUESTIONS)
		return;
	size_t number = item_for(plan, &question);
	struct pf_exchange *exchange = pf_arena_take(plan->arena, sizeof *exchange);
	*exchange = (struct pf_exchange){
		.probe = asking->probe->name,
		.tag = tag,
		.subject = subject,
		.question = question,
		.answer = plan->items[number].answer,
		.gate = gate,
	};
	plan->exchanges = pf_arena_grow(plan->arena, plan->exchanges, plan->exchange_count,
	                                &plan->exchange_room, sizeof *plan->exchanges);
	plan->item_of = pf_arena_grow(plan->arena, plan->item_of, plan->exchange_count,
	                              &plan->item_of_room, sizeof *plan->item_of);
	plan->item_of[plan->exchange_count] = number;
	plan->exchanges[plan->exchange_count++] = exchange;
	asking->put++;
}

/* The verbs of a probe (probe.h). */

const struct pf_site *pf_asking_site(const struct pf_asking *asking)
{
	return asking->plan->site;
}

const struct pf_vantage *pf_asking_vantage(const struct pf_asking *asking)
{
	return asking->plan->vantage;
}

const char *pf_asking_canary(const struct pf_asking *asking)
{
	return asking->plan->canary;
}

unsigned pf_asking_round(const struct pf_asking *asking)
{
	return asking->round;
}

const char *pf_word(struct pf_asking *asking, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *word = pf_arena_vprint(asking->plan->arena, format, arguments);
	va_end(arguments);
	return word;
}

struct pf_words pf_list(struct pf_asking *asking, size_t count, const char *const words[])
{
	const char **list = pf_arena_array(asking->plan->arena, count ? count : 1, sizeof *list);
	for (size_t i = 0; i < count; i++)
		list[i] = words[i];
	return (struct pf_words){list, count};
}

void pf_ask(struct pf_asking *asking, const char *tag, const char *subject,
            struct pf_question question)
{
	put(asking, tag, subject, question, false);
}

const struct pf_answer *pf_asked(const struct pf_asking *asking, const char *tag,
                                 const char *subject)
{
	const struct pf_exchange *exchange = exchange_named(asking, tag, subject);
	return exchange ? exchange->answer : NULL;
}

static bool is_known(const struct pf_plan *plan, struct pf_lesson lesson)
{
	for (size_t i = 0; i < plan->lesson_count; i++)
		if (strcmp(plan->lessons[i].probe, lesson.probe) == 0 &&
		    strcmp(plan->lessons[i].text, lesson.text) == 0)
			return true;
	return false;
}

void pf_plan_learn(struct pf_plan *plan, struct pf_lesson lesson)
{
	struct pf_asking *asking = NULL;
	for (size_t i = 0; i < plan->asking_count; i++)
		if (strcmp(plan->askings[i].probe->name, lesson.probe) == 0)
			asking = &plan->askings[i];
	if (!asking || is_known(plan, lesson) || plan->lesson_count >= PF_LESSONS ||
	    strlen(lesson.text) > PF_LESSON_BYTES)
		return;
	plan->lessons[plan->lesson_count++] =
		(struct pf_lesson){asking->probe->name, pf_arena_copy(plan->arena, lesson.text)};
	asking->taught = true;
	asking->finished = false;
	asking->last_round = asking->round + PF_ROUNDS;
}

void pf_teach(struct pf_asking *asking, const char *lesson)
{
	pf_plan_learn(asking->plan, (struct pf_lesson){asking->probe->name, lesson});
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

struct pf_words pf_lessons(struct pf_asking *asking)
{
	const struct pf_plan *plan = asking->plan;
	const char **words = pf_arena_array(plan->arena, PF_LESSONS, sizeof *words);
	size_t count = 0;
	for (size_t i = 0; i < plan->lesson_count; i++)
		if (strcmp(plan->lessons[i].probe, asking->probe->name) == 0)
			words[count++] = plan->lessons[i].text;
	qsort(words, count, sizeof *words, by_text);
	return (struct pf_words){words, count};
}

size_t pf_plan_lesson_count(const struct pf_plan *plan)
{
	return plan->lesson_count;
}

const struct pf_lesson *pf_plan_lesson(const struct pf_plan *plan, size_t number)
{
	return &plan->lessons[number];
}

static bool is_address(const char *host)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

bool pf_addresses(struct pf_asking *asking, const char *host, const char *subject,
                  struct pf_words *addresses)
{
	const struct pf_site *site = asking->plan->site;
	*addresses = (struct pf_words){NULL, 0};
	if (is_address(host)) {
		*addresses = pf_list(asking, 1, &host);
		return true;
	}
	if (site->addresses.count && pf_words_have(site->hosts, host)) {
		*addresses = site->addresses;
		return true;
	}
	const char *tag = pf_word(asking, "addresses of %s", host);
	put(asking, tag, subject,
	    (struct pf_question){.kind = PF_KIND_resolve, .resolve = {.host = host}}, true);
	const struct pf_answer *answer = pf_asked(asking, tag, subject);
	if (!answer || answer->outcome != PF_answered)
		return false;
	*addresses = answer->resolve.addresses;
	return true;
}

const char *pf_url_authority(struct pf_asking *asking, const char *scheme, const char *host,
                             int64_t port)
{
	bool own = (strcmp(scheme, "https") == 0 && port == 443) ||
	           (strcmp(scheme, "http") == 0 && port == 80) || port == 0;
	const char *name = strchr(host, ':') ? pf_word(asking, "[%s]", host) : host;
	return own ? name : pf_word(asking, "%s:%lld", name, (long long)port);
}

/* The plan's own verbs. */

static bool is_wanted(const struct pf_probe *probe, const struct pf_selection *selection)
{
	for (size_t i = 0; i < probe->check_count; i++)
		if (pf_selected(selection, probe->checks[i].id))
			return true;
	return probe->check_count == 0; /* controls serve all */
}

/* Are all questions of this probe answered? */
static bool is_settled(const struct pf_asking *asking)
{
	const struct pf_plan *plan = asking->plan;
	for (size_t i = 0; i < plan->exchange_count; i++)
		if (plan->exchanges[i]->probe == asking->probe->name && !plan->exchanges[i]->answer)
			return false;
	return true;
}

static void ask_round(struct pf_asking *asking)
{
	bool settled = is_settled(asking);
	asking->round++;
	asking->put = 0;
	asking->taught = false;
	asking->probe->ask(asking);
	asking->finished = !asking->taught &&
	                   ((settled && asking->put == 0) || asking->round >= asking->last_round);
}

struct pf_plan *pf_plan_new(struct pf_arena *arena, const struct pf_site *site,
                            const struct pf_vantage *vantage, const char *canary,
                            const struct pf_selection *selection)
{
	struct pf_plan *plan = pf_arena_take(arena, sizeof *plan);
	*plan = (struct pf_plan){
		.arena = arena, .site = site, .vantage = vantage, .canary = canary};
	plan->askings = pf_arena_array(arena, pf_probe_count, sizeof *plan->askings);
	for (size_t i = 0; i < pf_probe_count; i++) {
		const struct pf_probe *probe = pf_probes[i];
		if (!is_wanted(probe, selection) ||
		    (probe->asks_from && !probe->asks_from(site, vantage)))
			continue;
		struct pf_asking *asking = &plan->askings[plan->asking_count++];
		*asking = (struct pf_asking){.plan = plan, .probe = probe, .last_round = PF_ROUNDS};
		ask_round(asking);
	}
	return plan;
}

size_t pf_plan_count(const struct pf_plan *plan)
{
	return plan->item_count;
}

const struct pf_question *pf_plan_question(const struct pf_plan *plan, size_t number)
{
	return &plan->items[number].question;
}

const char *pf_plan_key(const struct pf_plan *plan, size_t number)
{
	return plan->items[number].key;
}

const struct pf_answer *pf_plan_answer(const struct pf_plan *plan, size_t number)
{
	return plan->items[number].answer;
}

const struct pf_exchange *pf_plan_exchange(const struct pf_plan *plan, size_t number)
{
	size_t i = 0;
	while (plan->item_of[i] != number)
		i++; /* every question was put by somebody */
	return plan->exchanges[i];
}

size_t pf_plan_open(const struct pf_plan *plan)
{
	return plan->open;
}

void pf_plan_set(struct pf_plan *plan, size_t number, const struct pf_answer *answer)
{
	if (plan->items[number].answer)
		return;
	plan->items[number].answer = answer;
	plan->open--;
	for (size_t i = 0; i < plan->exchange_count; i++)
		if (plan->item_of[i] == number)
			plan->exchanges[i]->answer = answer;
}

void pf_plan_give_up(struct pf_plan *plan, size_t number, enum pf_outcome outcome,
                     const char *detail)
{
	struct pf_answer *answer = pf_arena_take(plan->arena, sizeof *answer);
	*answer = (struct pf_answer){
		.kind = plan->items[number].question.kind,
		.outcome = outcome,
		.detail = detail,
		.at = pf_wall_seconds(),
	};
	pf_plan_set(plan, number, answer);
}

bool pf_plan_advance(struct pf_plan *plan)
{
	size_t before = plan->item_count;
	bool moved;
	do { /* a question that another probe had answered before opens the next round at once */
		moved = false;
		for (size_t i = 0; i < plan->asking_count; i++) {
			struct pf_asking *asking = &plan->askings[i];
			/* A lesson is new whatever is open; it does not wait for slow peers. */
			if (asking->finished || (!asking->taught && !is_settled(asking)))
				continue;
			ask_round(asking);
			moved = true;
		}
	} while (moved);
	return plan->item_count > before;
}

static bool is_control(const struct pf_exchange *exchange, const char *tag)
{
	return strcmp(exchange->probe, "control") == 0 && strcmp(exchange->tag, tag) == 0;
}

struct pf_vantage_evidence pf_plan_evidence(const struct pf_plan *plan, const char *status,
                                            const char *detail)
{
	struct pf_vantage_evidence evidence = {
		.vantage = plan->vantage,
		.status = status,
		.detail = detail,
		.canary = plan->canary,
		.exchanges = (const struct pf_exchange *const *)plan->exchanges,
		.count = plan->exchange_count,
	};
	bool asked[2] = {false}, heard[2] = {false};
	for (size_t i = 0; i < plan->exchange_count; i++) {
		const struct pf_exchange *exchange = plan->exchanges[i];
		enum pf_outcome outcome = exchange->answer->outcome;
		if (is_control(exchange, "control")) {
			bool v6 = pf_is_v6_subject(exchange->subject);
			asked[v6] = true;
			heard[v6] |= outcome == PF_answered || outcome == PF_refused;
		}
		if (is_control(exchange, "closed-port") && outcome == PF_answered)
			evidence.control_contradicted = true;
	}
	evidence.control_answered = heard[0] || heard[1];
	for (size_t family = 0; family < PF_COUNT(heard); family++)
		evidence.deaf[family] = asked[family] && !heard[family];
	return evidence;
}

const char *pf_canary_new(struct pf_arena *arena)
{
	return pf_arena_print(arena, "%s%s%s", CANARY_HEAD, pf_random_hex(arena, CANARY_DIGITS),
	                      CANARY_TAIL);
}

bool pf_canary_is(const char *text)
{
	size_t head = sizeof CANARY_HEAD - 1;
	return strncmp(text, CANARY_HEAD, head) == 0 &&
	       strspn(text + head, "0123456789abcdef") == CANARY_DIGITS &&
	       strcmp(text + head + CANARY_DIGITS, CANARY_TAIL) == 0;
}
