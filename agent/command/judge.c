/* postflight judge: verdicts on evidence that was gathered earlier or elsewhere. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "command/command.h"
#include "run/evidence.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The evidence of a vantage, from whichever file has it; the first one counts. */
static struct pf_evidence *evidence_from(const struct pf_vantage *vantage, size_t count,
                                         struct pf_evidence *const files[])
{
	for (size_t i = 0; i < count; i++)
		if (pf_evidence_vantage(files[i]) == vantage)
			return files[i];
	return NULL;
}

static struct pf_vantage_evidence replay(struct pf_invocation *invocation,
                                         const struct pf_site *site,
                                         const struct pf_vantage *vantage,
                                         struct pf_evidence *evidence, size_t file_count,
                                         struct pf_evidence *const files[])
{
	const char *canary =
		evidence ? pf_evidence_canary(evidence) : pf_canary_new(invocation->arena);
	struct pf_plan *plan =
		pf_plan_new(invocation->arena, site, vantage, canary, &invocation->selection);
	bool whole = evidence && pf_evidence_is_whole(evidence);
	const char *detail = evidence ? NULL : "no evidence from it was given";
	if (!evidence)
		evidence = pf_evidence_new(invocation->arena, site);
	for (size_t i = 0; i < file_count; i++)
		for (size_t j = 0; j < pf_evidence_lesson_count(files[i]); j++)
			pf_plan_learn(plan, pf_evidence_lesson(files[i], j));
	pf_evidence_replay(evidence, plan, detail ? PF_vantage_unreachable : PF_not_recorded,
	                   detail);
	return pf_plan_evidence(plan,
	                        whole    ? "complete"
	                        : detail ? "unreachable"
	                                 : "partial",
	                        whole    ? NULL
	                        : detail ? detail
	                                 : "its evidence is not whole");
}

struct told {
	const char **at;
	size_t count, room;
};

static void tell(struct pf_arena *arena, struct told *told, const char *text)
{
	told->at = pf_arena_grow(arena, told->at, told->count, &told->room, sizeof *told->at);
	told->at[told->count++] = text;
}

/* What is to be said of the file number `at`: what was wrong in it, and that another came first. */
static void tell_of(struct pf_invocation *invocation, struct told *told, size_t at,
                    struct pf_evidence *const files[])
{
	struct pf_arena *arena = invocation->arena;
	const char *const *paths = invocation->arguments + 1;
	const char *name = pf_escape_text(arena, paths[at], 0);
	const struct pf_vantage *vantage = pf_evidence_vantage(files[at]);
	struct pf_words notices = pf_evidence_notices(files[at], name);
	for (size_t i = 0; i < notices.count; i++)
		tell(arena, told, notices.at[i]);
	for (size_t i = 0; vantage && i < at; i++)
		if (pf_evidence_vantage(files[i]) == vantage) {
			tell(arena, told,
			     pf_arena_print(
				     arena, "%s: not counted, since %s is from the vantage %s, too",
				     name, pf_escape_text(arena, paths[i], 0), vantage->name));
			return;
		}
}

int pf_do_judge(struct pf_invocation *invocation)
{
	struct pf_loaded_site loaded;
	struct pf_arena *arena = invocation->arena;
	size_t count = invocation->argument_count - 1;
	struct told told = {0};
	int64_t started_us = pf_now_us(), started_at = INT64_MAX;
	if (!pf_load_site(invocation, &loaded))
		return PF_EXIT_USAGE;
	struct pf_evidence **files = pf_arena_array(arena, count, sizeof *files);
	for (size_t i = 0; i < count; i++) {
		const char *path = invocation->arguments[i + 1];
		files[i] = pf_load_evidence(arena, &loaded.site, path);
		if (!files[i])
			return PF_EXIT_USAGE;
		tell_of(invocation, &told, i, files);
		int64_t began = pf_evidence_started(files[i]);
		if (pf_evidence_vantage(files[i]) && began < started_at)
			started_at = began;
	}
	struct pf_vantage_evidence *vantages =
		pf_arena_array(arena, loaded.site.vantage_count, sizeof *vantages);
	for (size_t i = 0; i < loaded.site.vantage_count; i++) {
		const struct pf_vantage *vantage = &loaded.site.vantages[i];
		vantages[i] = replay(invocation, &loaded.site, vantage,
		                     evidence_from(vantage, count, files), count, files);
	}
	return pf_conclude(invocation, &loaded.site, loaded.site.vantage_count, vantages,
	                   (struct pf_words){told.at, told.count},
	                   started_at == INT64_MAX ? pf_wall_seconds() : started_at, started_us);
}
