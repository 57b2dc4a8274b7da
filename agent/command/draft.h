/* A site file in the making: what was found about a site, and the commented text of it. */
#ifndef PF_COMMAND_DRAFT_H
#define PF_COMMAND_DRAFT_H

#include "base/arena.h"

#include <stdio.h>

/* What Django told (lines of django_facts.py, as bytes), and what this host showed. NULL: unknown.
 */
struct pf_draft {
	struct pf_arena *arena;
	const char *url;
	const char *project, *python, *settings, *user, *backend, *web_user;
	const char *why_python, *why_settings, *why_user; /* where the guess comes from */
	const char *facts;                                /* NULL: Django was not asked */
	const char *trouble;                              /* why Django could not be asked */
	bool as_root;                                     /* may become another user */
};

/* The value of the `number`th fact of that name; NULL: there are no more. */
const char *pf_draft_fact(const struct pf_draft *draft, const char *name, size_t number);

/* Writes the site file. Passwords are referred to, never written. */
void pf_draft_write(const struct pf_draft *draft, FILE *out);

#endif
