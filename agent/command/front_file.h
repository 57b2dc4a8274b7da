/* What an nginx configuration says of the sites it serves: names, ports, files, and whom it passes
 * requests on to. Read as text (nginx.org/en/docs/beginners_guide.html, "Configuration File's
 * Structure"); nothing is run. */
#ifndef PF_COMMAND_FRONT_FILE_H
#define PF_COMMAND_FRONT_FILE_H

#include "base/arena.h"

enum {
	PF_FRONT_SERVERS = 64,
	PF_FRONT_NAMES = 32,
	PF_FRONT_LOCATIONS = 48,
	PF_FRONT_UPSTREAMS = 32,
};

struct pf_front_location {
	const char *path;   /* "/static/"; NULL: a pattern */
	const char *files;  /* directory that is served there, without a last slash; NULL: none */
	const char *passed; /* proxy_pass, an upstream's name resolved; NULL: none */
};

struct pf_front_server {
	const char *names[PF_FRONT_NAMES];
	size_t name_count;
	int64_t tls_port, plain_port; /* the first of each; 0: none */
	struct pf_front_location locations[PF_FRONT_LOCATIONS];
	size_t location_count;
	const char *root; /* of the server itself */
};

struct pf_front {
	const char *user;
	struct pf_front_server *servers[PF_FRONT_SERVERS];
	size_t server_count;
	struct {
		const char *name, *address;
	} upstreams[PF_FRONT_UPSTREAMS];
	size_t upstream_count;
};

/* Reads the file and what it includes. False: it cannot be read. Parts that make no sense are
 * passed over. */
bool pf_front_read(struct pf_arena *arena, const char *path, struct pf_front *front) PF_MUST_USE;

/* The same of a text, whose includes are passed over. */
void pf_front_read_text(struct pf_arena *arena, const char *text, struct pf_front *front);

/* Does the server answer for this host? */
bool pf_front_serves(const struct pf_front_server *server, const char *host);

#endif
