/* The plan of one vantage: what is asked there, growing as the answers come in.
 *
 * Probes put questions; equal ones are merged. Whoever holds the plan (a gathering from live
 * workers, a replay of recorded evidence, a dry run) answers them in any order and advances it
 * until nothing new is asked.
 */
#ifndef PF_RUN_PLAN_H
#define PF_RUN_PLAN_H

#include "evaluate/audit.h"

struct pf_plan;

/* A plan with its first round of questions put. `canary`: the bogus host name of this vantage's
 * run. Everything passed in and every answer given later must live as long as the plan, which lives
 * in `arena`. */
struct pf_plan *pf_plan_new(struct pf_arena *arena, const struct pf_site *site,
                            const struct pf_vantage *vantage, const char *canary,
                            const struct pf_selection *selection);

/* Distinct questions so far; their numbers stay valid. */
size_t pf_plan_count(const struct pf_plan *plan);
const struct pf_question *pf_plan_question(const struct pf_plan *plan, size_t number);
const char *pf_plan_key(const struct pf_plan *plan, size_t number); /* pf_question_write's text */
const struct pf_answer *pf_plan_answer(const struct pf_plan *plan, size_t number); /* NULL: open */
/* The first exchange that this question serves: who wanted to know, and of what. */
const struct pf_exchange *pf_plan_exchange(const struct pf_plan *plan, size_t number);
size_t pf_plan_open(const struct pf_plan *plan); /* questions without an answer */

/* The first answer to a question stays; a later one is ignored. */
void pf_plan_set(struct pf_plan *plan, size_t number, const struct pf_answer *answer);

/* An answer of our own making: the outcome, with a detail (NULL: none). */
void pf_plan_give_up(struct pf_plan *plan, size_t number, enum pf_outcome outcome,
                     const char *detail);

/* Asks every probe again whose questions are all answered. True: there are new questions. */
bool pf_plan_advance(struct pf_plan *plan);

/* What a probe at one vantage has to tell itself at the others (probe.h, pf_teach). */
struct pf_lesson {
	const char *probe, *text;
};

/* The lessons that this plan holds, taught here or learned from elsewhere, in the order they came.
 */
size_t pf_plan_lesson_count(const struct pf_plan *plan);
const struct pf_lesson *pf_plan_lesson(const struct pf_plan *plan, size_t number);

/* Takes a lesson from elsewhere, which is copied: its probe is asked again by pf_plan_advance. One
 * that is known already, is of no probe of this plan or is too long changes nothing. */
void pf_plan_learn(struct pf_plan *plan, struct pf_lesson lesson);

/* What the evaluation needs; the plan must be without open questions. */
struct pf_vantage_evidence pf_plan_evidence(const struct pf_plan *plan, const char *status,
                                            const char *detail);

/* "pf-xxxxxxxx.invalid", from fresh randomness. RFC 6761, section 6.4: .invalid never resolves. */
const char *pf_canary_new(struct pf_arena *arena);

/* Is it one? Evidence from elsewhere brings its own. */
bool pf_canary_is(const char *text);

#endif
