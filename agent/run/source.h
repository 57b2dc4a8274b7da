/* A source of answers for one vantage: workers on this machine, or a collector over ssh. The
 * gathering polls them all. */
#ifndef PF_RUN_SOURCE_H
#define PF_RUN_SOURCE_H

#include "run/gather.h"

#include <poll.h>

enum { PF_SOURCE_POLLS = 3 * 6 }; /* descriptors of one source at most */

struct pf_source {
	const struct pf_source_kind *kind;
	struct pf_arena *arena;
	const struct pf_gather_order *order;
	const struct pf_vantage *vantage;
	struct pf_plan *plan;
	bool done;         /* nothing more comes from it, unless it is taught something new */
	size_t shared;     /* lessons of this source that the gathering has passed on */
	size_t poll_count; /* of this turn */
	const char *status, *detail; /* for the report, once done */
	struct pf_words notices;
};

struct pf_source_kind {
	size_t (*polls)(struct pf_source *source, struct pollfd polls[PF_SOURCE_POLLS]);
	void (*serve)(struct pf_source *source, const struct pollfd polls[], size_t count);
	/* Looks at the clock; sets done when there is nothing left to wait for. Returns when it
	 * wants to be called again at the latest. */
	int64_t (*tick)(struct pf_source *source);
	/* Passes a lesson on; a source that was done may have more to do. */
	void (*teach)(struct pf_source *source, struct pf_lesson lesson);
	/* The lesson of that number that came up here, in the order they did; false: no more yet.
	 */
	bool (*lesson)(struct pf_source *source, size_t number, struct pf_lesson *lesson);
	/* No more lessons will come. */
	void (*close)(struct pf_source *source);
	/* Tells its processes to end, so that waiting for one is waiting for all. */
	void (*dismiss)(struct pf_source *source);
	/* Gives up what is open with this outcome and ends all processes. Called once, done or not.
	 */
	void (*finish)(struct pf_source *source, enum pf_outcome outcome, const char *detail);
};

/* Both start at once and never fail: what cannot be started shows in the answers. */
struct pf_source *pf_local_source(struct pf_arena *arena, const struct pf_gather_order *order,
                                  const struct pf_vantage *vantage);
struct pf_source *pf_remote_source(struct pf_arena *arena, const struct pf_gather_order *order,
                                   const struct pf_vantage *vantage);

#endif
