/* Gathering for a command: from the site file to everything that its vantages said. */
#ifndef PF_COMMAND_GATHERING_H
#define PF_COMMAND_GATHERING_H

#include "command/command.h"

struct pf_run {
	struct pf_invocation *invocation;
	struct pf_loaded_site loaded;
	const struct pf_vantage **vantages; /* those to gather from */
	size_t vantage_count;
};

/* Reads the site file and chooses the vantages. False: a mistake was told. */
bool pf_run_begin(struct pf_run *run) PF_MUST_USE;

/* What came of it, in the arena that was given. */
struct pf_gathering_done {
	struct pf_gathered gathered;
	struct pf_gathering gathering; /* the same, ready for the judges */
};

/* Puts every question there is, with progress on a terminal, until all are answered or the
 * deadline. */
struct pf_gathering_done pf_run_gather(const struct pf_run *run, struct pf_arena *arena);

#endif
