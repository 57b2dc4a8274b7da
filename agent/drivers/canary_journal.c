/* Journals of canaries, as small text files. */
#include "drivers/canary_journal.h"

#include "base/text.h"
#include "drivers/journal.h"

#include <limits.h>
#include <string.h>

enum { DIGITS = 8 };

#define FOLDER "canaries"

static const char HEAD[] = "postflight canary 1", TAIL[] = "end";

static bool is_component(const char *text, size_t length)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	return length > 0 && length < NAME_MAX && strspn(text, allowed) >= length &&
	       !(length <= 2 && strncmp(text, "..", length) == 0);
}

static bool is_name(const char *name)
{
	size_t length = strcspn(name, "/");
	const char *rest = name[length] ? name + length + 1 : NULL;
	return is_component(name, length) && (!rest || is_component(rest, strlen(rest)));
}

bool pf_planting_is_sound(const struct pf_planting *planting)
{
	const char *directory = planting->directory;
	if (!planting->root || planting->root[0] != '/' || !directory ||
	    strncmp(directory, "pf-", 3) != 0 ||
	    strspn(directory + 3, "0123456789abcdef") != DIGITS || directory[3 + DIGITS] ||
	    planting->names.count == 0 || planting->names.count > PF_CANARY_NAMES)
		return false;
	for (size_t i = 0; i < planting->names.count; i++)
		if (!is_name(planting->names.at[i]))
			return false;
	return true;
}

static const char *file_of(struct pf_arena *arena, const struct pf_planting *planting)
{
	return pf_arena_print(arena, "%s-%s", planting->directory,
	                      pf_sha256(arena, planting->root, strlen(planting->root), DIGITS));
}

static const char *text_of(struct pf_arena *arena, const struct pf_planting *planting)
{
	const char *text =
		pf_arena_print(arena, "%s\n%s\n%s\n", HEAD,
	                       pf_escape_text(arena, planting->root, 0), planting->directory);
	for (size_t i = 0; i < planting->names.count; i++)
		text = pf_arena_print(arena, "%s%s\n", text, planting->names.at[i]);
	return pf_arena_print(arena, "%s%s\n", text, TAIL);
}

int pf_journal_write(struct pf_arena *arena, const char *state, const struct pf_planting *planting)
{
	return pf_journal_put(arena, state, FOLDER, file_of(arena, planting),
	                      text_of(arena, planting));
}

void pf_journal_forget(struct pf_arena *arena, const char *state,
                       const struct pf_planting *planting)
{
	pf_journal_remove(arena, state, FOLDER, file_of(arena, planting));
}

bool pf_journal_read(struct pf_arena *arena, const char *text, struct pf_planting *planting)
{
	const char **names = pf_arena_array(arena, PF_CANARY_NAMES, sizeof *names);
	char *rest = pf_arena_copy(arena, text), *root, *raw;
	size_t count = 0, length;
	const char *head = strsep(&rest, "\n"), *line = NULL;
	if (strcmp(head, HEAD) != 0 || !rest || !(root = strsep(&rest, "\n")) || !rest)
		return false;
	planting->directory = strsep(&rest, "\n");
	while (rest && (line = strsep(&rest, "\n")) && strcmp(line, TAIL) != 0) {
		if (count == PF_CANARY_NAMES)
			return false;
		names[count++] = line;
	}
	if (!line || strcmp(line, TAIL) != 0 || !rest || *rest ||
	    !pf_unescape(arena, root, &raw, &length) || strlen(raw) != length)
		return false;
	planting->root = raw;
	planting->names = (struct pf_words){names, count};
	return pf_planting_is_sound(planting);
}

struct walk {
	struct pf_arena *arena;
	void (*found)(void *context, const struct pf_planting *planting);
	void *context;
};

static bool take(void *context, const char *file, const char *text)
{
	const struct walk *walk = context;
	struct pf_planting planting;
	(void)file;
	if (!pf_journal_read(walk->arena, text, &planting))
		return false;
	walk->found(walk->context, &planting);
	return true;
}

size_t pf_journal_each(struct pf_arena *arena, const char *state,
                       void (*found)(void *context, const struct pf_planting *planting),
                       void *context)
{
	struct walk walk = {arena, found, context};
	return pf_journal_walk(arena, state, FOLDER, "pf-", take, &walk);
}
