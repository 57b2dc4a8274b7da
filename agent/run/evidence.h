/* Evidence: what one vantage was asked and what it answered, as JSON Lines that can be carried
 * about and judged later.
 *
 *   {"postflight":"evidence/1","version":"0.1.0","site":"shop","vantage":"app1","canary":"pf-....invalid","started_at":N}
 *   {"question":{...},"answer":{...}}         one a distinct question, in the order of the answers
 *   {"probe":"caches","taught":"..."}         what other vantages must act on too
 *   {"pause":N}                               all is answered, with N lessons from elsewhere in
 * mind
 *   {"end":"complete","answers":N}            without it the evidence was cut
 *
 * Evidence from elsewhere is a stranger's text. Only answers to questions that the plan itself asks
 * are ever looked at, so a forged question is worth nothing; a forged answer is as good as the host
 * it came from, and the report names the vantage.
 */
#ifndef PF_RUN_EVIDENCE_H
#define PF_RUN_EVIDENCE_H

#include "run/plan.h"

#include <stdio.h>

struct pf_evidence;

struct pf_evidence *pf_evidence_new(struct pf_arena *arena, const struct pf_site *site);

/* How much memory the answers of one vantage may take: the same share for each, so that one that
 * floods costs no other its coverage. */
size_t pf_evidence_share(const struct pf_site *site);

/* Take one line (NULL: one that was too long). Refused lines are counted and the first few kept for
 * pf_evidence_notices. */
void pf_evidence_take(struct pf_evidence *evidence, const char *line, size_t length);

/* The vantage it claims to be from; NULL: no head yet, or a head that was refused. */
const struct pf_vantage *pf_evidence_vantage(const struct pf_evidence *evidence);
const char *pf_evidence_canary(const struct pf_evidence *evidence);
int64_t pf_evidence_started(const struct pf_evidence *evidence);

/* The line that ends it was seen, and it counted right. */
bool pf_evidence_is_whole(const struct pf_evidence *evidence);
size_t pf_evidence_answers(const struct pf_evidence *evidence);

/* Lessons in it, in their order. */
size_t pf_evidence_lesson_count(const struct pf_evidence *evidence);
struct pf_lesson pf_evidence_lesson(const struct pf_evidence *evidence, size_t number);

/* The number in its last line that says pause; -1: there is none. */
int64_t pf_evidence_paused(const struct pf_evidence *evidence);

/* A lesson out of its line; false: it is none, or too long. The texts are in the arena. */
bool pf_evidence_read_lesson(struct pf_arena *arena, const char *line, size_t length,
                             struct pf_lesson *lesson) PF_MUST_USE;

/* Why the head was refused, or what else is wrong, one clause a word; none: all is well. `source`
 * names the file or vantage. */
struct pf_words pf_evidence_notices(const struct pf_evidence *evidence, const char *source);

/* Plays the plan against the evidence until it asks nothing new; what has no answer gets `missing`.
 * Returns the number of answers in the evidence that nobody asked for. */
size_t pf_evidence_replay(struct pf_evidence *evidence, struct pf_plan *plan,
                          enum pf_outcome missing, const char *detail);

/* The kinds of lines, with their newline. */
void pf_evidence_write_head(struct pf_arena *arena, FILE *out, const struct pf_site *site,
                            const struct pf_vantage *vantage, const char *canary,
                            int64_t started_at);
void pf_evidence_write_answer(FILE *out, const char *question_key, const struct pf_answer *answer);
const char *pf_evidence_lesson_line(struct pf_arena *arena, struct pf_lesson lesson);
void pf_evidence_write_pause(FILE *out, size_t lessons);
void pf_evidence_write_end(FILE *out, const char *status, size_t answers);

#endif
