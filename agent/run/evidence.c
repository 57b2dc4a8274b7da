/* Evidence lines: written, read back with suspicion, and played against a plan. */
#include "run/evidence.h"

#include "base/limits.h"
#include "base/text.h"
#include "model/codec.h"

#include <stdlib.h>
#include <string.h>

enum { NOTICES = 8 };

#define LAST_SECOND 253402300799 /* of the year 9999 */

static const char FORMAT[] = "evidence/1";

/* An answer that the evidence has, by its question's key. */
struct recorded {
	const char *key;
	const struct pf_answer *answer;
	size_t line;
};

struct pf_evidence {
	struct pf_arena *arena;
	struct pf_arena *line_arena; /* for what nobody needs behind the line that is taken */
	const struct pf_site *site;
	const struct pf_vantage *vantage;
	const char *canary;
	int64_t started_at;
	size_t line, refused, taken, claimed;
	bool head_seen, ended, complete;
	size_t memory; /* taken by its lines so far */
	struct recorded *answers;
	size_t count, room;
	struct pf_lesson lessons[PF_LESSONS];
	size_t lesson_count;
	int64_t paused;
	const char *notices[NOTICES];
	size_t notice_count;
};

struct pf_evidence *pf_evidence_new(struct pf_arena *arena, const struct pf_site *site)
{
	struct pf_evidence *evidence = pf_arena_take(arena, sizeof *evidence);
	*evidence = (struct pf_evidence){.arena = arena, .site = site, .paused = -1};
	return evidence;
}

size_t pf_evidence_share(const struct pf_site *site)
{
	size_t share = PF_EVIDENCE_MEMORY / (site->vantage_count ? site->vantage_count : 1);
	return share > PF_EVIDENCE_LEAST ? share : PF_EVIDENCE_LEAST;
}

static void refuse(struct pf_evidence *evidence, const char *why)
{
	evidence->refused++;
	if (evidence->notice_count < NOTICES)
		evidence->notices[evidence->notice_count++] = pf_arena_print(
			evidence->arena, "line %zu was refused: %s", evidence->line, why);
}

/* The text of a JSON string value, or NULL. */
static const char *text_of(struct pf_evidence *evidence, const char *value)
{
	const char *text;
	return value && pf_json_text(evidence->line_arena, value, &text) ? text : NULL;
}

/* Whole seconds since 1970, up to the year 9999, as every version of the format writes them. */
static bool is_time(const char *value)
{
	size_t digits = value ? strspn(value, "0123456789") : 0;
	return digits > 0 && digits <= 12 && !value[digits] &&
	       strtoll(value, NULL, 10) <= LAST_SECOND;
}

static const char *wrong_with_head(struct pf_evidence *evidence, const char *const values[])
{
	const char *format = text_of(evidence, values[0]), *site = text_of(evidence, values[1]);
	const char *vantage = text_of(evidence, values[2]), *canary = text_of(evidence, values[3]);
	if (!format || strcmp(format, FORMAT) != 0)
		return pf_arena_print(
			evidence->arena, "its format is %s, this version reads %s",
			format ? pf_escape_text(evidence->arena, format, 40) : "missing", FORMAT);
	if (!site || strcmp(site, evidence->site->name) != 0)
		return pf_arena_print(evidence->arena, "it is about the site %s, not %s",
		                      site ? pf_escape_text(evidence->arena, site, 80) : "(none)",
		                      evidence->site->name);
	if (!vantage || !pf_vantage_named(evidence->site, vantage))
		return pf_arena_print(evidence->arena, "the site file has no vantage %s",
		                      vantage ? pf_escape_text(evidence->arena, vantage, 80)
		                              : "(none)");
	if (!canary || !pf_canary_is(canary))
		return "its canary is not one of ours";
	if (!is_time(values[4]))
		return "its started_at is no time";
	evidence->vantage = pf_vantage_named(evidence->site, vantage);
	evidence->canary = pf_arena_copy(evidence->arena, canary);
	evidence->started_at = strtoll(values[4], NULL, 10);
	return NULL;
}

static void take_head(struct pf_evidence *evidence, const char *line, size_t length)
{
	static const char *const names[] = {"postflight", "site", "vantage", "canary",
	                                    "started_at"};
	const char *values[5], *problem;
	evidence->head_seen = true;
	if (!pf_line_split(evidence->line_arena, line, length, 5, names, values, &problem))
		refuse(evidence, problem);
	else if ((problem = wrong_with_head(evidence, values)))
		refuse(evidence, problem);
}

static void take_answer(struct pf_evidence *evidence, const char *question, const char *answer)
{
	struct pf_question asked;
	struct pf_answer *answered = pf_arena_take(evidence->arena, sizeof *answered);
	const char *problem;
	if (!pf_question_read(evidence->line_arena, question, strlen(question), &asked, &problem) ||
	    !pf_answer_read(evidence->arena, answer, strlen(answer), answered, &problem)) {
		refuse(evidence, problem);
		return;
	}
	if (asked.kind != answered->kind) {
		refuse(evidence, "the answer is of another kind than its question");
		return;
	}
	evidence->answers = pf_arena_grow(evidence->arena, evidence->answers, evidence->count,
	                                  &evidence->room, sizeof *evidence->answers);
	evidence->answers[evidence->count++] = (struct recorded){
		pf_question_write(evidence->arena, &asked), answered, evidence->line};
	evidence->taken++;
}

static void take_end(struct pf_evidence *evidence, const char *status, const char *answers)
{
	const char *word = text_of(evidence, status);
	evidence->ended = true;
	evidence->complete = word && strcmp(word, "complete") == 0;
	evidence->claimed = answers ? strtoull(answers, NULL, 10) : 0;
}

static void take_lesson(struct pf_evidence *evidence, const char *probe, const char *taught)
{
	struct pf_lesson lesson = {text_of(evidence, probe), text_of(evidence, taught)};
	if (!lesson.probe || !lesson.text || strlen(lesson.text) > PF_LESSON_BYTES)
		refuse(evidence, "its lesson is no short text");
	else if (evidence->lesson_count >= PF_LESSONS)
		refuse(evidence, "there are too many lessons");
	else
		evidence->lessons[evidence->lesson_count++] =
			(struct pf_lesson){pf_arena_copy(evidence->arena, lesson.probe),
		                           pf_arena_copy(evidence->arena, lesson.text)};
}

/* Why no further line is taken; NULL: it is. */
static const char *full(const struct pf_evidence *evidence)
{
	if (evidence->ended)
		return "it comes after the end";
	if (evidence->line > PF_EVIDENCE_LINES)
		return "there are too many lines";
	return evidence->memory > pf_evidence_share(evidence->site) ? "there is too much of it"
	                                                            : NULL;
}

static void take_line(struct pf_evidence *evidence, const char *line, size_t length)
{
	static const char *const names[] = {"question", "answer", "end",  "answers",
	                                    "probe",    "taught", "pause"};
	const char *values[7], *problem;
	if (!line)
		refuse(evidence, "it is longer than 1 MiB");
	else if (!evidence->head_seen)
		take_head(evidence, line, length);
	else if (!pf_line_split(evidence->line_arena, line, length, 7, names, values, &problem))
		refuse(evidence, problem);
	else if (values[4] && values[5])
		take_lesson(evidence, values[4], values[5]);
	else if (values[6])
		evidence->paused = strtoll(values[6], NULL, 10);
	else if (values[2])
		take_end(evidence, values[2], values[3]);
	else if (values[0] && values[1])
		take_answer(evidence, values[0], values[1]);
	else
		refuse(evidence, "it is neither an answer nor a lesson nor an end");
}

void pf_evidence_take(struct pf_evidence *evidence, const char *line, size_t length)
{
	size_t before = pf_arena_used(evidence->arena);
	evidence->line++;
	const char *why = full(evidence);
	evidence->line_arena = pf_arena_new(PF_PARENT_ARENA);
	if (why)
		refuse(evidence, why);
	else
		take_line(evidence, line, length);
	pf_arena_free(evidence->line_arena);
	evidence->line_arena = NULL;
	evidence->memory += pf_arena_used(evidence->arena) - before;
}

const struct pf_vantage *pf_evidence_vantage(const struct pf_evidence *evidence)
{
	return evidence->vantage;
}

const char *pf_evidence_canary(const struct pf_evidence *evidence)
{
	return evidence->canary;
}

int64_t pf_evidence_started(const struct pf_evidence *evidence)
{
	return evidence->started_at;
}

bool pf_evidence_is_whole(const struct pf_evidence *evidence)
{
	return evidence->complete && evidence->claimed == evidence->taken && evidence->refused == 0;
}

size_t pf_evidence_answers(const struct pf_evidence *evidence)
{
	return evidence->taken;
}

size_t pf_evidence_lesson_count(const struct pf_evidence *evidence)
{
	return evidence->lesson_count;
}

struct pf_lesson pf_evidence_lesson(const struct pf_evidence *evidence, size_t number)
{
	return evidence->lessons[number];
}

int64_t pf_evidence_paused(const struct pf_evidence *evidence)
{
	return evidence->paused;
}

bool pf_evidence_read_lesson(struct pf_arena *arena, const char *line, size_t length,
                             struct pf_lesson *lesson)
{
	static const char *const names[] = {"probe", "taught"};
	const char *values[2], *problem;
	return line && pf_line_split(arena, line, length, 2, names, values, &problem) &&
	       values[0] && values[1] && pf_json_text(arena, values[0], &lesson->probe) &&
	       pf_json_text(arena, values[1], &lesson->text) &&
	       strlen(lesson->text) <= PF_LESSON_BYTES;
}

struct pf_words pf_evidence_notices(const struct pf_evidence *evidence, const char *source)
{
	const char *words[NOTICES + 3];
	size_t count = 0;
	for (size_t i = 0; i < evidence->notice_count; i++)
		words[count++] =
			pf_arena_print(evidence->arena, "%s: %s", source, evidence->notices[i]);
	if (evidence->refused > evidence->notice_count)
		words[count++] = pf_arena_print(evidence->arena, "%s: %zu more lines were refused",
		                                source, evidence->refused - evidence->notice_count);
	if (evidence->line == 0)
		words[count++] =
			pf_arena_print(evidence->arena, "%s: there is no evidence in it", source);
	else if (evidence->vantage && !evidence->ended)
		words[count++] = pf_arena_print(evidence->arena,
		                                "%s: the evidence is cut off after line %zu",
		                                source, evidence->line);
	else if (evidence->ended && evidence->claimed != evidence->taken)
		words[count++] = pf_arena_print(evidence->arena,
		                                "%s: %zu answers were sent, %zu could be read",
		                                source, evidence->claimed, evidence->taken);
	return pf_arena_words(evidence->arena, count, words);
}

/* By key; of two answers to one question the first in the file comes first and wins. */
static int by_key(const void *a, const void *b)
{
	const struct recorded *left = a, *right = b;
	int order = strcmp(left->key, right->key);
	return order ? order : (left->line > right->line) - (left->line < right->line);
}

static int has_key(const void *key, const void *element)
{
	return strcmp(key, ((const struct recorded *)element)->key);
}

/* Orders the answers for bsearch and drops those to a question that was answered before. */
static void sort_answers(struct pf_evidence *evidence)
{
	struct recorded *answers = evidence->answers;
	size_t kept = 0;
	if (evidence->count)
		qsort(answers, evidence->count, sizeof *answers, by_key);
	for (size_t i = 0; i < evidence->count; i++)
		if (kept == 0 || strcmp(answers[i].key, answers[kept - 1].key) != 0)
			answers[kept++] = answers[i];
	evidence->count = kept;
}

static const struct pf_answer *find(const struct pf_evidence *evidence, const char *key)
{
	const struct recorded *found = NULL;
	if (evidence->count)
		found = bsearch(key, evidence->answers, evidence->count, sizeof *found, has_key);
	return found ? found->answer : NULL;
}

size_t pf_evidence_replay(struct pf_evidence *evidence, struct pf_plan *plan,
                          enum pf_outcome missing, const char *detail)
{
	size_t used = 0, number = 0;
	sort_answers(evidence);
	do {
		for (; number < pf_plan_count(plan); number++) {
			const struct pf_answer *answer = find(evidence, pf_plan_key(plan, number));
			if (answer) {
				pf_plan_set(plan, number, answer);
				used++;
			} else {
				pf_plan_give_up(plan, number, missing, detail);
			}
		}
	} while (pf_plan_advance(plan));
	return evidence->count - used;
}

void pf_evidence_write_head(struct pf_arena *arena, FILE *out, const struct pf_site *site,
                            const struct pf_vantage *vantage, const char *canary,
                            int64_t started_at)
{
	fprintf(out,
	        "{\"postflight\":\"%s\",\"version\":\"%s\",\"site\":%s,\"vantage\":%s,\"canary\":%"
	        "s,"
	        "\"started_at\":%lld}\n",
	        FORMAT, PF_VERSION, pf_json_string(arena, site->name),
	        pf_json_string(arena, vantage->name), pf_json_string(arena, canary),
	        (long long)started_at);
}

void pf_evidence_write_answer(FILE *out, const char *question_key, const struct pf_answer *answer)
{
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	fprintf(out, "{\"question\":%s,\"answer\":%s}\n", question_key,
	        pf_answer_write(arena, answer));
	pf_arena_free(arena);
}

const char *pf_evidence_lesson_line(struct pf_arena *arena, struct pf_lesson lesson)
{
	return pf_arena_print(arena, "{\"probe\":%s,\"taught\":%s}\n",
	                      pf_json_string(arena, lesson.probe),
	                      pf_json_string(arena, lesson.text));
}

void pf_evidence_write_pause(FILE *out, size_t lessons)
{
	fprintf(out, "{\"pause\":%zu}\n", lessons);
}

void pf_evidence_write_end(FILE *out, const char *status, size_t answers)
{
	fprintf(out, "{\"end\":\"%s\",\"answers\":%zu}\n", status, answers);
}
