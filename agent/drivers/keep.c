/* Keeping questions while they wait: each with its texts in one block, so that thousands of them
 * cost little more than what they say. */
#include "drivers/turn.h"

#include <stdlib.h>
#include <string.h>

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t words_size(struct pf_words words)
{
	size_t size = words.count * sizeof *words.at;
	for (size_t i = 0; i < words.count; i++)
		size += text_size(words.at[i]);
	return size;
}

/* What is still free of the block: pointers are laid from the front, texts from the back, so that
 * the pointers stay aligned. */
struct room {
	char *front, *back;
};

static const char *lay_text(struct room *room, const char *text)
{
	if (!text)
		return NULL;
	room->back -= strlen(text) + 1;
	return strcpy(room->back, text);
}

static struct pf_words lay_words(struct room *room, struct pf_words words)
{
	const char **list = (const char **)(void *)room->front;
	room->front += words.count * sizeof *list;
	for (size_t i = 0; i < words.count; i++)
		list[i] = lay_text(room, words.at[i]);
	return (struct pf_words){list, words.count};
}

#define NOTHING(name)
#define SIZE_TEXT(name) size += text_size(ask->name);
#define SIZE_WORDS(name) size += words_size(ask->name);
#define LAY_TEXT(name) ask->name = lay_text(&room, ask->name);
#define LAY_WORDS(name) ask->name = lay_words(&room, ask->name);

static size_t texts_size(const struct pf_question *question)
{
	size_t size = 0;
	switch (question->kind) {
#define PF_KIND(kind, worker, ASK, FACTS)                                                          \
	case PF_KIND_##kind: {                                                                     \
		const struct pf_ask_##kind *ask = &question->kind;                                 \
		(void)ask; /* a kind may have no texts */                                          \
		ASK(SIZE_TEXT, SIZE_WORDS, NOTHING, NOTHING, NOTHING, NOTHING)                     \
		break;                                                                             \
	}
#include "postflight/kinds.def"
#undef PF_KIND
	case PF_KIND_COUNT:
		break;
	}
	return size;
}

static void lay_texts(struct pf_question *question, struct room room)
{
	switch (question->kind) {
#define PF_KIND(kind, worker, ASK, FACTS)                                                          \
	case PF_KIND_##kind: {                                                                     \
		struct pf_ask_##kind *ask = &question->kind;                                       \
		(void)ask;                                                                         \
		ASK(LAY_TEXT, LAY_WORDS, NOTHING, NOTHING, NOTHING, NOTHING)                       \
		break;                                                                             \
	}
#include "postflight/kinds.def"
#undef PF_KIND
	case PF_KIND_COUNT:
		break;
	}
}

struct pf_question *pf_question_keep(const struct pf_question *question)
{
	size_t size = texts_size(question);
	struct pf_question *kept = malloc(sizeof *kept + size);
	if (!kept)
		return NULL;
	*kept = *question;
	lay_texts(kept, (struct room){(char *)(kept + 1), (char *)(kept + 1) + size});
	return kept;
}
