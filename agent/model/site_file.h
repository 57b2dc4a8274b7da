/* The site file: read strictly, checked whole, every mistake said with its line and column. */
#ifndef PF_MODEL_SITE_FILE_H
#define PF_MODEL_SITE_FILE_H

#include "base/arena.h"
#include "postflight/site.h"

/* A mistake in the site file; texts are escaped. */
struct pf_mistake {
	int line, column; /* from 1; 0: of the file as a whole */
	const char *text; /* what is wrong, and what would have been right */
};

struct pf_mistakes {
	struct pf_mistake *at;
	size_t count, room;
};

/* Reads a site file from memory into *site; `name` is its path, for site->file. False: at least one
 * mistake; all that could be found are listed, in the order of the file. There are no warnings: a
 * site file is right or wrong. */
bool pf_site_parse(struct pf_arena *arena, const char *name, const char *bytes, size_t count,
                   struct pf_site *site, struct pf_mistakes *mistakes) PF_MUST_USE;

/* A site that is nothing but a URL: host, name and one vantage `bastion` on this machine. */
bool pf_site_of_url(struct pf_arena *arena, const char *url, struct pf_site *site,
                    struct pf_mistakes *mistakes) PF_MUST_USE;

/* A URL taken apart, its host in lower case; false: *problem says why, never with a part of the URL
 * in it, which may hold a secret. Schemes: http https redis rediss memcached postgresql postgres
 * mysql sqlite. The host is "" where a file or a local socket is meant (sqlite:///srv/db.sqlite3,
 * postgresql:///shop). */
bool pf_url_parse(struct pf_arena *arena, const char *text, struct pf_url *url,
                  const char **problem) PF_MUST_USE;

/* Is it a host name (RFC 1123, with _ allowed; not fully numeric) or a literal address without
 * brackets? */
bool pf_is_host(const char *text);

/* "file:line:column: text" */
char *pf_mistake_line(struct pf_arena *arena, const char *file, const struct pf_mistake *mistake);

#endif
