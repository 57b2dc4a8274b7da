/* postflight judge: verdicts on evidence that was gathered earlier or elsewhere. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "command/chronicle.h"
#include "command/command.h"
#include "run/evidence.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The evidence of a vantage, from whichever file has it; the first one counts. */
static struct pf_evidence *evidence_from(const struct pf_vantage *vantage,
                                         const struct pf_evidence_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (pf_evidence_vantage(files->at[i].evidence) == vantage)
			return files->at[i].evidence;
	return NULL;
}

static struct pf_vantage_evidence replay(struct pf_invocation *invocation,
                                         const struct pf_site *site,
                                         const struct pf_vantage *vantage,
                                         struct pf_evidence *evidence,
                                         const struct pf_evidence_files *files)
{
	const char *canary =
		evidence ? pf_evidence_canary(evidence) : pf_canary_new(invocation->arena);
	struct pf_plan *plan =
		pf_plan_new(invocation->arena, site, vantage, canary, &invocation->selection);
	bool whole = evidence && pf_evidence_is_whole(evidence);
	const char *detail = evidence ? NULL : "no evidence from it was given";
	if (!evidence)
		evidence = pf_evidence_new(invocation->arena, site);
	for (size_t i = 0; i < files->count; i++)
		for (size_t j = 0; j < pf_evidence_lesson_count(files->at[i].evidence); j++)
			pf_plan_learn(plan, pf_evidence_lesson(files->at[i].evidence, j));
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

/* What is to be said of the evidence number `at`: what was wrong in it, and that another came
 * first. */
static void tell_of(struct pf_arena *arena, struct told *told, size_t at,
                    const struct pf_evidence_files *files)
{
	const char *name = files->at[at].path;
	const struct pf_vantage *vantage = pf_evidence_vantage(files->at[at].evidence);
	struct pf_words notices = pf_evidence_notices(files->at[at].evidence, name);
	for (size_t i = 0; i < notices.count; i++)
		tell(arena, told, notices.at[i]);
	for (size_t i = 0; vantage && i < at; i++)
		if (pf_evidence_vantage(files->at[i].evidence) == vantage) {
			tell(arena, told,
			     pf_arena_print(arena,
			                    "%s: not counted, since %s is from the vantage %s, too",
			                    name, files->at[i].path, vantage->name));
			return;
		}
}

/* No history is read here: evidence is judged the same wherever it is taken. */
static bool open_baseline(struct pf_invocation *invocation, const struct pf_site *site,
                          struct pf_chronicle *chronicle)
{
	if (invocation->baseline && strcmp(invocation->baseline, "last") == 0) {
		pf_complain("judge reads no history: --baseline takes the file of a JSON report");
		return false;
	}
	invocation->store = "none";
	return pf_chronicle_open(invocation, site, false, chronicle);
}

int pf_do_judge(struct pf_invocation *invocation)
{
	struct pf_loaded_site loaded;
	struct pf_arena *arena = invocation->arena;
	struct pf_evidence_files files = {0};
	struct told told = {0};
	int64_t started_us = pf_now_us(), started_at = INT64_MAX;
	struct pf_chronicle chronicle;
	if (!pf_load_site(invocation, &loaded) ||
	    !open_baseline(invocation, &loaded.site, &chronicle))
		return PF_EXIT_USAGE;
	for (size_t i = 1; i < invocation->argument_count; i++)
		if (!pf_load_evidence(arena, &loaded.site, invocation->arguments[i], &files))
			return PF_EXIT_USAGE;
	for (size_t i = 0; i < files.count; i++) {
		tell_of(arena, &told, i, &files);
		int64_t began = pf_evidence_started(files.at[i].evidence);
		if (pf_evidence_vantage(files.at[i].evidence) && began < started_at)
			started_at = began;
	}
	struct pf_vantage_evidence *vantages =
		pf_arena_array(arena, loaded.site.vantage_count, sizeof *vantages);
	for (size_t i = 0; i < loaded.site.vantage_count; i++) {
		const struct pf_vantage *vantage = &loaded.site.vantages[i];
		vantages[i] = replay(invocation, &loaded.site, vantage,
		                     evidence_from(vantage, &files), &files);
	}
	struct pf_gathering gathering = {
		.site = &loaded.site,
		.vantages = vantages,
		.vantage_count = loaded.site.vantage_count,
		.notices = {told.at, told.count},
		.started_at = started_at == INT64_MAX ? pf_wall_seconds() : started_at,
		.started_us = started_us,
	};
	struct pf_audit *audit = pf_audit_of(invocation, arena, &gathering, NULL);
	pf_chronicle_hold_against(arena, &chronicle, audit);
	return pf_conclude(invocation, arena, audit);
}
