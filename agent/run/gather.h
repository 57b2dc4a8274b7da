/* Gathering: every vantage at once, each answered by workers here or by the same program over
 * OpenSSH, until the deadline. */
#ifndef PF_RUN_GATHER_H
#define PF_RUN_GATHER_H

#include "run/credentials.h"
#include "run/plan.h"

#include <signal.h>
#include <stdio.h>

struct pf_gather_order {
	const struct pf_site *site;
	const char *site_text; /* the bytes of the site file, for vantages over ssh */
	size_t site_size;
	const struct pf_vantage *const *vantages;
	size_t vantage_count;
	const struct pf_selection *selection;
	struct pf_credentials *credentials; /* of the site, for questions put from this machine */
	const char *canary;                 /* the bogus host name of this run, at every vantage */
	int64_t soft_us;                    /* absolute: what is not answered by then is given up */
	FILE *evidence; /* answers are written here as they come; NULL: nowhere */
	int lessons; /* descriptor: lines with lessons from elsewhere until its end; -1: none come
	              */
	const struct pf_lesson *known; /* lessons to begin with */
	size_t known_count;
	const volatile sig_atomic_t *stop; /* non-zero: give up at once */
	/* Told now and then; NULL: nobody wants to know. `asked` may grow. */
	void (*progress)(void *context, size_t answered, size_t asked);
	void *context;
};

/* What came of it, one entry a vantage in the order given, and what should be said about it. */
struct pf_gathered {
	struct pf_vantage_evidence *vantages;
	struct pf_words notices;
	const struct pf_lesson *lessons; /* what the vantages taught each other */
	size_t lesson_count;
};

struct pf_gathered pf_gather(struct pf_arena *arena, const struct pf_gather_order *order);

#endif
