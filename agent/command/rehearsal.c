/* The rehearsal: a plan answered with placeholders. */
#include "command/rehearsal.h"

#include "base/text.h"
#include "run/plan.h"

#include <stdio.h>
#include <string.h>

/* Every name gets one address that says whose it would be; everything else is left unanswered by
 * our own doing. */
static void play(struct pf_arena *arena, struct pf_plan *plan)
{
	size_t number = 0;
	do {
		for (; number < pf_plan_count(plan); number++) {
			const struct pf_question *question = pf_plan_question(plan, number);
			struct pf_answer *answer = pf_arena_take(arena, sizeof *answer);
			*answer =
				(struct pf_answer){.kind = question->kind, .outcome = PF_deadline};
			if (question->kind == PF_KIND_resolve) {
				const char *address = pf_arena_print(arena, "<address of %s>",
				                                     question->resolve.host);
				answer->outcome = PF_answered;
				answer->resolve.addresses = pf_arena_words(arena, 1, &address);
			}
			pf_plan_set(plan, number, answer);
		}
	} while (pf_plan_advance(plan));
}

static void print_questions(struct pf_arena *arena, const struct pf_site *site,
                            const struct pf_plan *plan)
{
	for (size_t i = 0; i < pf_plan_count(plan); i++) {
		const struct pf_exchange *exchange = pf_plan_exchange(plan, i);
		const char *line = pf_reproduce(arena, site, exchange);
		printf("  %-9s %s, %s\n", pf_kind_name(exchange->question.kind), exchange->tag,
		       exchange->subject);
		if (line)
			printf("            %s\n", line);
	}
}

static void print_counts(const struct pf_plan *plan, const struct pf_vantage *vantage)
{
	size_t counts[PF_KIND_COUNT] = {0};
	for (size_t i = 0; i < pf_plan_count(plan); i++)
		counts[pf_plan_question(plan, i)->kind]++;
	printf("%s (role %s, %s%s): %zu question%s", vantage->name, vantage->role,
	       vantage->ssh ? "over ssh to " : "this machine", vantage->ssh ? vantage->ssh : "",
	       pf_plan_count(plan), pf_plan_count(plan) == 1 ? "" : "s");
	const char *separator = ": ";
	for (size_t kind = 0; kind < PF_KIND_COUNT; kind++) {
		if (counts[kind])
			printf("%s%zu %s", separator, counts[kind],
			       pf_kind_name((enum pf_kind)kind));
		separator = counts[kind] ? ", " : separator;
	}
	putchar('\n');
}

int pf_rehearse(struct pf_invocation *invocation, const struct pf_site *site, size_t count,
                const struct pf_vantage *const vantages[], bool all)
{
	for (size_t i = 0; i < count; i++) {
		const char *canary = pf_canary_new(invocation->arena);
		struct pf_plan *plan = pf_plan_new(invocation->arena, site, vantages[i], canary,
		                                   &invocation->selection);
		play(invocation->arena, plan);
		print_counts(plan, vantages[i]);
		if (all)
			print_questions(invocation->arena, site, plan);
	}
	puts("Names were not looked up: each address that a name has is asked its own questions.");
	return PF_EXIT_OK;
}
