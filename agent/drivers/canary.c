/* The canary driver: plants files among the uploads and removes them. The only one that writes, and
 * only with the operator's consent, which the worker sees to. */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/access.h"
#include "drivers/canary_files.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct errand {
	struct pf_arena *arena;
	const struct pf_ask_canary *ask;
	const char *state;
	int64_t started_us;
	struct pf_planting planting;
	struct pf_facts_canary facts;
};

/* Kept open for its lock: as long as this process runs, no other takes its canaries for left. */
static int journal = -1;

/* The one way out. Facts are kept only with outcomes that may carry them. */
static struct pf_answer end(const struct errand *errand, enum pf_outcome outcome,
                            const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_canary,
		.outcome = outcome,
		.detail = pf_escape_again(errand->arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - errand->started_us,
	};
	if (outcome == PF_answered || outcome == PF_partial)
		answer.canary = errand->facts;
	return answer;
}

static enum pf_outcome outcome_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
		return PF_absent;
	case EROFS:
		return PF_read_only;
	case ENOSPC:
	case EDQUOT:
		return PF_disk_full;
	case EACCES:
	case EPERM:
		return PF_no_permission;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return PF_no_resources;
	default:
		return PF_partial;
	}
}

/* The contents as bytes, and their digests; false: they are not well formed. */
static bool take_contents(struct errand *errand, const char **contents)
{
	struct pf_arena *arena = errand->arena;
	size_t count = errand->ask->contents.count;
	const char **digests = pf_arena_array(arena, count + 1, sizeof *digests);
	for (size_t i = 0; i < count; i++) {
		char *bytes;
		size_t length;
		if (!pf_unescape(arena, errand->ask->contents.at[i], &bytes, &length) ||
		    strlen(bytes) != length)
			return false;
		contents[i] = bytes;
		digests[i] = pf_sha256(arena, bytes, length, 64);
	}
	errand->facts.digests = (struct pf_words){digests, count};
	return true;
}

/* Who they shall belong to, as an upload would. False: not for us to do, *why says so. */
static bool find_owner(struct errand *errand, struct pf_user *owner, const char **why)
{
	*owner = (struct pf_user){.uid = geteuid(), .gid = getegid()};
	if (!errand->ask->owner)
		return true;
	*why = pf_arena_print(errand->arena, "this host knows no user %s",
	                      pf_escape_text(errand->arena, errand->ask->owner, 64));
	if (!pf_user_find(errand->arena, errand->ask->owner, owner))
		return false;
	*why = pf_arena_print(errand->arena, "only root or %s can make files of %s", owner->name,
	                      owner->name);
	return geteuid() == 0 || geteuid() == owner->uid;
}

static struct pf_answer plant(struct errand *errand)
{
	const struct pf_planting *planting = &errand->planting;
	const char **contents = pf_arena_array(errand->arena, PF_CANARY_NAMES, sizeof *contents),
		   *why;
	struct pf_user owner;
	if (errand->ask->contents.count != planting->names.count ||
	    !take_contents(errand, contents))
		return end(errand, PF_malformed_question, "contents and names do not match");
	if (!find_owner(errand, &owner, &why))
		return end(errand, PF_no_permission, why);
	journal = pf_journal_write(errand->arena, errand->state, planting);
	if (journal < 0)
		return end(errand,
		           errno == ENOSPC || errno == EDQUOT ? PF_disk_full : PF_no_permission,
		           pf_arena_print(errand->arena, "the journal in %s: %s", errand->state,
		                          pf_error_words(errno)));
	int error = pf_canary_make(planting, contents, owner.uid, owner.gid);
	if (!error) {
		errand->facts.planted = planting->names;
		return end(errand, PF_answered, NULL);
	}
	if (pf_canary_remove(planting) == 0)
		pf_journal_forget(errand->arena, errand->state, planting);
	return end(errand, outcome_of(error), pf_error_words(error));
}

static struct pf_answer clear(struct errand *errand)
{
	const char *path = pf_arena_print(errand->arena, "%s/%s",
	                                  pf_escape_text(errand->arena, errand->planting.root, 200),
	                                  errand->planting.directory);
	int error = pf_canary_remove(&errand->planting);
	if (error) {
		errand->facts.left = pf_arena_words(errand->arena, 1, &path);
		return end(errand, PF_answered, pf_error_words(error));
	}
	pf_journal_forget(errand->arena, errand->state, &errand->planting);
	return end(errand, PF_answered, NULL);
}

struct pf_answer pf_canary_answer(struct pf_arena *arena, const struct pf_ask_canary *ask,
                                  const char *state)
{
	struct errand errand = {
		.arena = arena, .ask = ask, .state = state, .started_us = pf_now_us()};
	char root[PATH_MAX];
	if (!ask->root || ask->root[0] != '/' || !ask->step)
		return end(&errand, PF_malformed_question, "the root is not an absolute path");
	if (!state)
		return end(&errand, PF_no_resources,
		           "there is no state directory for the journal of what is written");
	if (!realpath(ask->root, root))
		return end(&errand, outcome_of(errno), pf_error_words(errno));
	errand.planting = (struct pf_planting){root, ask->directory, ask->names};
	if (!pf_planting_is_sound(&errand.planting))
		return end(&errand, PF_malformed_question, "these are no names of canaries");
	if (strcmp(ask->step, "plant") == 0)
		return plant(&errand);
	if (strcmp(ask->step, "remove") == 0)
		return clear(&errand);
	return end(&errand, PF_malformed_question, "the step is neither plant nor remove");
}

/* ---- what earlier runs left ---- */

struct sweep {
	struct pf_arena *arena;
	const char *state;
	pf_on_left *tell;
	void *context;
};

static void sweep_one(void *context, const struct pf_planting *planting)
{
	const struct sweep *sweep = context;
	int error = pf_canary_remove(planting);
	if (!error)
		pf_journal_forget(sweep->arena, sweep->state, planting);
	sweep->tell(sweep->context,
	            pf_arena_print(sweep->arena, "%s/%s",
	                           pf_escape_text(sweep->arena, planting->root, 0),
	                           planting->directory),
	            error ? pf_error_words(error) : NULL);
}

size_t pf_canary_sweep(struct pf_arena *arena, const char *state, pf_on_left *tell, void *context)
{
	struct sweep sweep = {arena, state, tell, context};
	return pf_journal_each(arena, state, sweep_one, &sweep);
}
