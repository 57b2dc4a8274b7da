/* Walking the chain of a history. */
#include "base/limits.h"
#include "store/history_parts.h"

#include <string.h>

enum { FAULTS = 100 }; /* told, then it is known well enough */

/* The walk, from one link of the chain to the next. */
struct walk {
	struct pf_history *history;
	const char *before; /* the seal of the link before; "": there is none, or it is missing */
	size_t seen;
};

/* What is wrong with one link; NULL: nothing. Its memory goes with it. False: it could not be read.
 */
static bool step(struct walk *walk, int64_t id, const char **fault, const char **problem)
{
	struct pf_history *history = walk->history;
	struct pf_arena *arena = history->arena, *own = pf_arena_new(PF_PARENT_ARENA);
	history->arena = own;
	struct pf_record *record = pf_history_load(history, id, problem);
	history->arena = arena;
	*fault = NULL;
	if (!record && *problem)
		*problem = pf_arena_copy(arena, *problem);
	else if (!record)
		*fault = "is missing";
	else if (strcmp(pf_record_digest(own, record), record->digest) != 0)
		*fault = "was altered: its verdicts do not make its digest";
	else if (strcmp(pf_record_seal(own, walk->before, record), record->seal) != 0)
		*fault = "does not follow from the one before it";
	walk->before = record ? pf_arena_copy(arena, record->seal) : "";
	walk->seen += record != NULL;
	pf_arena_free(own);
	return record || !*problem;
}

bool pf_history_verify(struct pf_history *history, pf_on_fault *tell, void *context, size_t *count,
                       const char **head, const char **problem)
{
	struct walk walk = {.history = history, .before = ""};
	struct pf_chain_end end;
	const char *fault;
	size_t faults = 0;
	if (!pf_history_end(history, &end, problem))
		return false;
	for (int64_t id = 1; id <= end.links && faults < FAULTS; id++) {
		if (!step(&walk, id, &fault, problem))
			return false;
		if (fault)
			tell(context,
			     pf_arena_print(history->arena, "audit %lld %s", (long long)id, fault));
		faults += fault != NULL;
	}
	*count = walk.seen;
	*head = end.seal;
	if (faults == FAULTS)
		tell(context, "and so on: the rest was not looked at");
	else if (strcmp(walk.before, end.seal) != 0)
		tell(context, "the newest audit is not the one that was sealed last");
	return true;
}
