/* Where the original of a backup is: a database's server, or the machine that has the files. */
#ifndef PF_PROBES_ORIGIN_READER_H
#define PF_PROBES_ORIGIN_READER_H

#include "postflight/probe.h"

/* What is backed up: a database, or the uploads (NULL). */
struct pf_original {
	const struct pf_service *database;
	const char *subject; /* "database default", "media" */
	struct pf_words on;  /* vantages that have it on their disks; none: a server elsewhere */
};

/* The original of a set, by the word that the set has for it. */
struct pf_original pf_original_of(struct pf_asking *asking, const char *of);

/* The machine that has an original tells every vantage which it is. Call it on every round. */
void pf_say_home(struct pf_asking *asking, const struct pf_original *original);

enum pf_sameness { PF_NOT_TOLD, PF_SAME, PF_OTHER };

/* Is this machine, with these addresses, the one that has the original? */
enum pf_sameness pf_same_machine(struct pf_asking *asking, const struct pf_original *original,
                                 const struct pf_facts_process *here);

#endif
