/* Counting what a walk sees, and keeping the first few of each trait. */
#include "drivers/tree_tally.h"

#include "drivers/tree_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_writable(const struct pf_suspicion *suspicion, const struct pf_guard *entry)
{
	for (size_t i = 0; i < suspicion->user_count; i++)
		if (pf_user_may(&suspicion->users[i], entry, PF_WRITE))
			return true;
	return false;
}

static unsigned traits_of_name(const char *name, const struct statx *seen)
{
	static const unsigned traits[] = {
		[PF_NAME_PLAIN] = 0,
		[PF_NAME_SECRET] = 1u << PF_SECRET,
		[PF_NAME_SOURCE] = 1u << PF_SOURCE,
		[PF_NAME_HAZARD] = 1u << PF_HAZARD,
	};
	return traits[pf_name_kind(name, S_ISDIR(seen->stx_mode), seen->stx_size)];
}

unsigned pf_traits_of(const struct pf_suspicion *suspicion, const char *name,
                      const struct pf_guard *entry, bool open)
{
	const struct statx *seen = &entry->seen;
	unsigned mode = seen->stx_mode, traits = traits_of_name(name, seen);
	bool regular = S_ISREG(mode);
	if (S_ISLNK(mode))
		return traits; /* whose it is changes nothing: a link cannot be written to */
	if (suspicion->owner_asked && seen->stx_uid != suspicion->owner)
		traits |= 1u << PF_FOREIGN;
	if (!regular && !S_ISDIR(mode))
		return traits | 1u << PF_SPECIAL;
	if (pf_world_may(entry, PF_WRITE))
		traits |= 1u << PF_WORLD_WRITABLE;
	if (is_writable(suspicion, entry))
		traits |= 1u << PF_USER_WRITABLE;
	if (regular && (mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
		traits |= 1u << PF_EXECUTABLE;
	if (regular && (mode & (S_ISUID | S_ISGID)))
		traits |= 1u << PF_SETUID;
	if (regular && (open || (traits & 1u << PF_USER_WRITABLE)) && pf_name_is_code(name))
		traits |= 1u << PF_REPLACEABLE;
	return traits;
}

/* The absolute path of an entry, in room that is used again; NULL: out of memory. */
static const char *absolute_path(struct pf_tally *tally, const char *base, const char *directory,
                                 const char *name)
{
	size_t need = strlen(base) + strlen(directory) + strlen(name) + 3;
	if (need > tally->path_room) {
		char *larger = realloc(tally->path, need * 2);
		if (!larger) {
			tally->starved = ENOMEM;
			return NULL;
		}
		tally->path = larger;
		tally->path_room = need * 2;
	}
	char *end = stpcpy(tally->path, base);
	if (strcmp(directory, ".") != 0)
		end = stpcpy(stpcpy(end, "/"), directory);
	if (strcmp(name, ".") != 0)
		end = stpcpy(stpcpy(end, "/"), name);
	if (end == tally->path)
		strcpy(end, "/");
	return tally->path;
}

static void keep_example(struct pf_tally *tally, struct pf_sightings *sightings, const char *path,
                         const struct pf_guard *entry, unsigned traits)
{
	size_t at = sightings->count;
	while (at > 0 && strcmp(path, sightings->at[at - 1].path) < 0)
		at--;
	if (at == PF_EXAMPLES)
		return;
	char *copy = strdup(path);
	if (!copy) {
		tally->starved = ENOMEM;
		return;
	}
	if (sightings->count == PF_EXAMPLES)
		free(sightings->at[--sightings->count].path);
	memmove(&sightings->at[at + 1], &sightings->at[at],
	        (sightings->count - at) * sizeof *sightings->at);
	sightings->at[at] = (struct pf_sighting){copy, *entry, traits};
	sightings->count++;
}

void pf_tally_count(struct pf_tally *tally, const char *base, const char *directory,
                    const char *name, const struct pf_guard *entry, unsigned traits)
{
	/* What users may well upload is counted and not held against anybody. */
	unsigned shown = traits & ~(1u << PF_HAZARD);
	const char *path = shown ? absolute_path(tally, base, directory, name) : NULL;
	for (int trait = 0; traits && trait < PF_TRAITS; trait++)
		tally->counts[trait] += (traits & 1u << trait) != 0;
	for (int trait = 0; path && trait < PF_TRAITS; trait++) {
		if (!(shown & 1u << trait))
			continue;
		keep_example(tally, &tally->examples[trait], path, entry, traits);
	}
}

void pf_tally_unreadable(struct pf_tally *tally, int error)
{
	tally->unreadable++;
	if (!tally->error)
		tally->error = error;
	if (error == EMFILE || error == ENFILE || error == ENOMEM)
		tally->starved = error;
}

static void merge_examples(struct pf_arena *arena, struct pf_sightings *into,
                           const struct pf_sightings *from)
{
	struct pf_sightings merged = {.count = 0};
	size_t a = 0, b = 0;
	while (merged.count < PF_EXAMPLES && (a < into->count || b < from->count)) {
		struct pf_sighting *next = &merged.at[merged.count++];
		if (b == from->count ||
		    (a < into->count && strcmp(into->at[a].path, from->at[b].path) < 0)) {
			*next = into->at[a++];
		} else {
			*next = from->at[b++];
			next->path = pf_arena_copy(arena, next->path);
		}
	}
	*into = merged;
}

void pf_tally_merge(struct pf_arena *arena, struct pf_tally *into, const struct pf_tally *from)
{
	into->entries += from->entries;
	into->directories += from->directories;
	into->unreadable += from->unreadable;
	into->error = into->error ? into->error : from->error;
	into->starved = into->starved ? into->starved : from->starved;
	for (int trait = 0; trait < PF_TRAITS; trait++) {
		into->counts[trait] += from->counts[trait];
		merge_examples(arena, &into->examples[trait], &from->examples[trait]);
	}
}

void pf_tally_free(struct pf_tally *tally)
{
	for (int trait = 0; trait < PF_TRAITS; trait++)
		for (size_t i = 0; i < tally->examples[trait].count; i++)
			free(tally->examples[trait].at[i].path);
	free(tally->path);
}
