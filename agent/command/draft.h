/* A site file in the making: what was found about a site, and the commented text of it. */
#ifndef PF_COMMAND_DRAFT_H
#define PF_COMMAND_DRAFT_H

#include "base/arena.h"

#include <stdio.h>

enum { PF_DRAFT_NAMES = 32 };

/* A directory as the front serves it; all NULL: it was not seen. */
struct pf_draft_files {
	const char *root, *url, *why;
};

/* What Django told (lines of django_facts.py, as bytes), and what this host showed. NULL: unknown.
 */
struct pf_draft {
	struct pf_arena *arena;
	const char *url;
	const char *project, *python, *settings, *user, *backend, *env_file, *web_user;
	/* Where each comes from. */
	const char *why_python, *why_settings, *why_user, *why_backend, *why_env_file,
		*why_web_user;
	const char *names[PF_DRAFT_NAMES]; /* hosts that the front answers for */
	size_t name_count;
	int64_t https_port, http_port; /* that it listens on; 0: unknown */
	struct pf_draft_files static_files, media;
	const char *facts;   /* NULL: Django was not asked */
	const char *trouble; /* why Django could not be asked */
	bool as_root;        /* may become another user */
};

/* The value of the `number`th fact of that name; NULL: there are no more. */
const char *pf_draft_fact(const struct pf_draft *draft, const char *name, size_t number);

/* The host of its url. */
const char *pf_draft_host(const struct pf_draft *draft);

/* Writes the site file. Passwords are referred to, never written. */
void pf_draft_write(const struct pf_draft *draft, FILE *out);

#endif
