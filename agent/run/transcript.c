/* Sealing evidence line by line, and checking the seals. */
#include "run/transcript.h"

#include "base/limits.h"
#include "base/text.h"
#include "model/codec.h"
#include "run/evidence.h"

#include <stdlib.h>
#include <string.h>

static const char MEMBER[] = ",\"seal\":\"";
enum { SEAL_DIGITS = 64, SUFFIX = sizeof MEMBER - 1 + SEAL_DIGITS + 2 };

/* Lines on their way out. */
struct sealing {
	struct pf_arena *arena;
	FILE *out;
	const char *seal;
};

static const char *seal_of(struct pf_arena *arena, const char *before, const char *line,
                           size_t length)
{
	size_t lead = strlen(before);
	char *text = pf_arena_take(arena, lead + 1 + length);
	memcpy(text, before, lead);
	text[lead] = '\n';
	memcpy(text + lead + 1, line, length);
	return pf_sha256(arena, text, lead + 1 + length, SEAL_DIGITS);
}

/* `line` is an object and its newline, as run/evidence.c writes them. */
static void write_sealed(struct sealing *sealing, const char *line, size_t length)
{
	struct pf_arena *scratch = pf_arena_new(PF_PARENT_ARENA);
	while (length && line[length - 1] == '\n')
		length--;
	const char *seal = seal_of(scratch, sealing->seal, line, length);
	fwrite(line, 1, length - 1, sealing->out);
	fprintf(sealing->out, "%s%s\"}\n", MEMBER, seal);
	sealing->seal = pf_arena_copy(sealing->arena, seal);
	pf_arena_free(scratch);
}

/* One line, written by `write` into memory first. */
struct line {
	char *text;
	size_t length;
	FILE *out;
};

static FILE *begin_line(struct line *line)
{
	line->out = open_memstream(&line->text, &line->length);
	if (!line->out)
		abort();
	return line->out;
}

static void end_line(struct sealing *sealing, struct line *line)
{
	fclose(line->out);
	write_sealed(sealing, line->text, line->length);
	free(line->text);
}

struct asked {
	const char *key;
	const struct pf_answer *answer;
	size_t at;
};

static int by_key(const void *left, const void *right)
{
	const struct asked *a = left, *b = right;
	int order = strcmp(a->key, b->key);
	return order ? order : (a->at > b->at) - (a->at < b->at);
}

static int by_place(const void *left, const void *right)
{
	const struct asked *a = left, *b = right;
	return (a->at > b->at) - (a->at < b->at);
}

/* What several checks wanted to know was asked once, and stands here once. */
static size_t distinct(struct pf_arena *arena, const struct pf_vantage_evidence *from,
                       struct asked *asked)
{
	size_t count = 0, kept = 0;
	for (size_t i = 0; i < from->count; i++)
		if (from->exchanges[i]->answer)
			asked[count++] = (struct asked){
				pf_question_write(arena, &from->exchanges[i]->question),
				from->exchanges[i]->answer, i};
	if (count == 0)
		return 0;
	qsort(asked, count, sizeof *asked, by_key);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(asked[i].key, asked[kept - 1].key) != 0)
			asked[kept++] = asked[i];
	qsort(asked, kept, sizeof *asked, by_place);
	return kept;
}

static void write_vantage(struct sealing *sealing, const struct pf_vantage_evidence *from)
{
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	struct asked *asked = pf_arena_array(arena, from->count, sizeof *asked);
	size_t count = distinct(arena, from, asked);
	struct line line;
	for (size_t i = 0; i < count; i++) {
		pf_evidence_write_answer(begin_line(&line), asked[i].key, asked[i].answer);
		end_line(sealing, &line);
	}
	pf_evidence_write_end(begin_line(&line),
	                      strcmp(from->status, "complete") == 0 ? "complete" : "partial",
	                      count);
	end_line(sealing, &line);
	pf_arena_free(arena);
}

const char *pf_transcript_write(struct pf_arena *arena, FILE *out, const struct pf_site *site,
                                const struct pf_gathered *gathered, size_t vantage_count,
                                int64_t started_at)
{
	struct sealing sealing = {arena, out, ""};
	struct line line;
	for (size_t v = 0; v < vantage_count; v++) {
		const struct pf_vantage_evidence *from = &gathered->vantages[v];
		pf_evidence_write_head(arena, begin_line(&line), site, from->vantage, from->canary,
		                       started_at);
		end_line(&sealing, &line);
		for (size_t i = 0; v == 0 && i < gathered->lesson_count; i++) {
			fputs(pf_evidence_lesson_line(arena, gathered->lessons[i]),
			      begin_line(&line));
			end_line(&sealing, &line);
		}
		write_vantage(&sealing, from);
	}
	return sealing.seal;
}

/* What is wrong with one line; NULL: nothing, and *seal is its. */
static const char *check_line(struct pf_arena *arena, const char *line, size_t length,
                              const char **seal)
{
	const char *suffix = line + length - SUFFIX;
	if (length < SUFFIX + 2 || strncmp(suffix, MEMBER, sizeof MEMBER - 1) != 0 ||
	    strspn(suffix + sizeof MEMBER - 1, "0123456789abcdef") != SEAL_DIGITS ||
	    strcmp(line + length - 2, "\"}") != 0)
		return "has no seal";
	char *bare = pf_arena_take(arena, length);
	size_t bare_length = length - SUFFIX;
	memcpy(bare, line, bare_length);
	bare[bare_length++] = '}';
	const char *right = seal_of(arena, *seal ? *seal : "", bare, bare_length);
	if (strncmp(right, suffix + sizeof MEMBER - 1, SEAL_DIGITS) != 0)
		return "is not as it was sealed, or the one before it is not";
	*seal = right;
	return NULL;
}

bool pf_transcript_check(struct pf_arena *arena, FILE *file, struct pf_transcript_state *state)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	*state = (struct pf_transcript_state){0};
	while (!state->fault && (length = getline(&line, &room, file)) > 0) {
		struct pf_arena *scratch = pf_arena_new(PF_PARENT_ARENA);
		const char *seal = state->seal;
		state->lines++;
		if (line[length - 1] == '\n')
			line[--length] = '\0';
		const char *fault = strlen(line) == (size_t)length
		                            ? check_line(scratch, line, (size_t)length, &seal)
		                            : "holds a NUL";
		if (fault)
			state->fault = pf_arena_print(arena, "line %zu %s", state->lines, fault);
		else
			state->seal = pf_arena_copy(arena, seal);
		pf_arena_free(scratch);
	}
	free(line);
	return !ferror(file);
}
