/* Reads nginx's configuration: words, directives that end with a semicolon, blocks in braces. */
#include "command/front_file.h"

#include "command/small_file.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 64, DEPTH = 32, INCLUDES = 5, FILES = 200 };

enum block { TOP, HTTP, SERVER, LOCATION, UPSTREAM, OTHER };

struct reading {
	struct pf_arena *arena;
	struct pf_front *front;
	const char *folder; /* that relative includes are below; NULL: includes are passed over */
	const char *words[WORDS];
	size_t word_count;
	enum block blocks[DEPTH];
	size_t depth; /* blocks that are open */
	size_t lost;  /* of them, those beyond DEPTH */
	size_t includes, files;
	const char *upstream;
};

static void read_text(struct reading *reading, const char *text);

static enum block inside(const struct reading *reading)
{
	return reading->depth && !reading->lost ? reading->blocks[reading->depth - 1]
	       : reading->lost                  ? OTHER
	                                        : TOP;
}

static struct pf_front_server *server_of(const struct reading *reading)
{
	const struct pf_front *front = reading->front;
	return front->server_count ? front->servers[front->server_count - 1] : NULL;
}

static struct pf_front_location *location_of(const struct reading *reading)
{
	struct pf_front_server *server = server_of(reading);
	return server && server->location_count ? &server->locations[server->location_count - 1]
	                                        : NULL;
}

/* ---- directives ---- */

/* "443 ssl", "[::]:8080", "10.0.0.1:80 default_server" */
static void listen_on(struct reading *reading, struct pf_front_server *server)
{
	const char *where = reading->words[1], *colon = strrchr(where, ':');
	const char *bracket = strrchr(where, ']');
	bool tls = false;
	if (strncmp(where, "unix:", 5) == 0)
		return;
	if (bracket)
		colon = bracket[1] == ':' ? bracket + 1 : NULL;
	bool bare = strspn(where, "0123456789") == strlen(where);
	int64_t port = colon ? atoll(colon + 1) : bare ? atoll(where) : 80;
	for (size_t i = 2; i < reading->word_count; i++)
		tls |= strcmp(reading->words[i], "ssl") == 0;
	int64_t *kept = tls ? &server->tls_port : &server->plain_port;
	if (port > 0 && port <= 65535 && *kept == 0)
		*kept = port;
}

static const char *without_slash(struct pf_arena *arena, const char *path)
{
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	return pf_arena_copy_bytes(arena, path, length);
}

static void say_of_server(struct reading *reading)
{
	struct pf_front_server *server = server_of(reading);
	const char *name = reading->words[0];
	if (!server || reading->word_count < 2)
		return;
	if (strcmp(name, "listen") == 0)
		listen_on(reading, server);
	if (strcmp(name, "root") == 0)
		server->root = without_slash(reading->arena, reading->words[1]);
	if (strcmp(name, "server_name") == 0)
		for (size_t i = 1; i < reading->word_count; i++)
			if (server->name_count < PF_FRONT_NAMES)
				server->names[server->name_count++] = reading->words[i];
}

static void say_of_location(struct reading *reading)
{
	struct pf_front_location *location = location_of(reading);
	const char *name = reading->words[0], *value = reading->words[1];
	if (!location || reading->word_count < 2)
		return;
	if (strcmp(name, "alias") == 0)
		location->files = without_slash(reading->arena, value);
	if (strcmp(name, "root") == 0 && location->path)
		location->files =
			without_slash(reading->arena, pf_arena_print(reading->arena, "%s%s", value,
		                                                     location->path));
	if (strcmp(name, "proxy_pass") == 0 || strcmp(name, "uwsgi_pass") == 0)
		location->passed = value;
}

static void say_of_upstream(struct reading *reading)
{
	struct pf_front *front = reading->front;
	if (strcmp(reading->words[0], "server") != 0 || reading->word_count < 2 ||
	    !reading->upstream || front->upstream_count == PF_FRONT_UPSTREAMS)
		return;
	front->upstreams[front->upstream_count].name = reading->upstream;
	front->upstreams[front->upstream_count++].address = reading->words[1];
}

static void include(struct reading *reading, const char *pattern)
{
	glob_t found = {0};
	if (!reading->folder || reading->includes == INCLUDES)
		return;
	reading->includes++;
	if (*pattern != '/')
		pattern = pf_arena_print(reading->arena, "%s/%s", reading->folder, pattern);
	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc && reading->files < FILES; i++) {
			const char *text = pf_small_file(reading->arena, found.gl_pathv[i]);
			reading->files++;
			if (text)
				read_text(reading, text);
		}
	globfree(&found);
	reading->includes--;
}

static void say(struct reading *reading)
{
	if (reading->word_count == 2 && strcmp(reading->words[0], "include") == 0) {
		const char *pattern = reading->words[1];
		reading->word_count = 0;
		include(reading, pattern);
		return;
	}
	switch (inside(reading)) {
	case TOP:
		if (reading->word_count >= 2 && strcmp(reading->words[0], "user") == 0)
			reading->front->user = reading->words[1];
		break;
	case SERVER:
		say_of_server(reading);
		break;
	case LOCATION:
		say_of_location(reading);
		break;
	case UPSTREAM:
		say_of_upstream(reading);
		break;
	case HTTP:
	case OTHER:
		break;
	}
}

/* ---- blocks ---- */

static enum block begin_server(struct reading *reading)
{
	struct pf_front *front = reading->front;
	if (front->server_count == PF_FRONT_SERVERS)
		return OTHER;
	struct pf_front_server *server = pf_arena_take(reading->arena, sizeof *server);
	front->servers[front->server_count++] = server;
	return SERVER;
}

/* "location /static/", "location = /", "location ~ \.php$", "location @app" */
static enum block begin_location(struct reading *reading)
{
	struct pf_front_server *server = server_of(reading);
	const char *path = reading->word_count ? reading->words[reading->word_count - 1] : "";
	bool pattern = reading->word_count == 3 && *reading->words[1] == '~';
	if (!server || server->location_count == PF_FRONT_LOCATIONS)
		return OTHER;
	server->locations[server->location_count++] =
		(struct pf_front_location){.path = *path == '/' && !pattern ? path : NULL};
	return LOCATION;
}

static enum block block_of(struct reading *reading)
{
	enum block outer = inside(reading);
	const char *name = reading->word_count ? reading->words[0] : "";
	if (strcmp(name, "http") == 0 && outer == TOP)
		return HTTP;
	if (strcmp(name, "server") == 0 && (outer == HTTP || outer == TOP))
		return begin_server(reading);
	if (strcmp(name, "location") == 0 && (outer == SERVER || outer == LOCATION))
		return begin_location(reading);
	if (strcmp(name, "upstream") == 0 && reading->word_count == 2 && outer != OTHER) {
		reading->upstream = reading->words[1];
		return UPSTREAM;
	}
	return OTHER;
}

static void begin(struct reading *reading)
{
	enum block block = block_of(reading);
	if (reading->depth == DEPTH)
		reading->lost++;
	else
		reading->blocks[reading->depth++] = block;
	reading->word_count = 0;
}

static void end(struct reading *reading)
{
	if (reading->lost)
		reading->lost--;
	else if (reading->depth)
		reading->depth--;
	reading->word_count = 0;
}

/* ---- words ---- */

/* Where a word ends that is in these quotes, or in none; "${name}" is part of one. */
static size_t extent(const char *text, char quote)
{
	size_t at = 0;
	for (; text[at]; at++) {
		if (quote && text[at] == '\\' && text[at + 1])
			at++;
		else if (quote ? text[at] == quote : strchr(" \t\r\n;", text[at]) != NULL)
			break;
		else if (!quote && text[at] == '{' && (at == 0 || text[at - 1] != '$'))
			break;
	}
	return at;
}

/* One word from `text` on, its quotes taken off; what comes after it. */
static const char *word(struct reading *reading, const char *text)
{
	char quote = *text == '"' || *text == '\'' ? *text++ : '\0';
	const char *end = text + extent(text, quote);
	char *kept = pf_arena_take(reading->arena, (size_t)(end - text) + 1);
	for (char *at = kept; text < end; text++) {
		if (quote && *text == '\\' && text + 1 < end)
			text++;
		*at++ = *text;
	}
	if (reading->word_count < WORDS)
		reading->words[reading->word_count++] = kept;
	return *text && quote ? text + 1 : text;
}

static void read_text(struct reading *reading, const char *text)
{
	reading->word_count = 0;
	while (*text) {
		text += strspn(text, " \t\r\n");
		if (*text == '#') {
			text += strcspn(text, "\n");
		} else if (*text == ';') {
			if (reading->word_count)
				say(reading);
			reading->word_count = 0;
			text++;
		} else if (*text == '{') {
			begin(reading);
			text++;
		} else if (*text == '}') {
			end(reading);
			text++;
		} else if (*text) {
			text = word(reading, text);
		}
	}
	reading->word_count = 0;
}

/* "http://app" becomes "http://127.0.0.1:8000" where an upstream has that name. */
static const char *resolved(struct pf_arena *arena, const struct pf_front *front,
                            const char *passed)
{
	const char *slashes = passed ? strstr(passed, "://") : NULL;
	const char *name = slashes ? slashes + 3 : passed;
	for (size_t i = 0; name && i < front->upstream_count; i++) {
		size_t length = strlen(front->upstreams[i].name);
		if (strncmp(name, front->upstreams[i].name, length) == 0 &&
		    (name[length] == '\0' || name[length] == '/'))
			return pf_arena_print(arena, "http://%s", front->upstreams[i].address);
	}
	return passed;
}

static void resolve_all(struct pf_arena *arena, struct pf_front *front)
{
	for (size_t i = 0; i < front->server_count; i++)
		for (size_t k = 0; k < front->servers[i]->location_count; k++) {
			struct pf_front_location *location = &front->servers[i]->locations[k];
			location->passed = resolved(arena, front, location->passed);
		}
}

void pf_front_read_text(struct pf_arena *arena, const char *text, struct pf_front *front)
{
	struct reading reading = {.arena = arena, .front = front};
	read_text(&reading, text);
	resolve_all(arena, front);
}

bool pf_front_read(struct pf_arena *arena, const char *path, struct pf_front *front)
{
	const char *text = pf_small_file(arena, path), *slash = strrchr(path, '/');
	if (!text || !slash)
		return false;
	struct reading reading = {
		.arena = arena,
		.front = front,
		.folder = pf_arena_copy_bytes(arena, path, (size_t)(slash - path)),
	};
	read_text(&reading, text);
	resolve_all(arena, front);
	return true;
}

bool pf_front_serves(const struct pf_front_server *server, const char *host)
{
	size_t length = strlen(host);
	for (size_t i = 0; i < server->name_count; i++) {
		const char *name = server->names[i];
		const char *tail = *name == '*' ? name + 1 : name;
		size_t cut = strlen(tail);
		if (strcmp(name, host) == 0 || (*name == '.' && strcmp(name + 1, host) == 0))
			return true;
		if (*tail == '.' && length > cut && strcmp(host + length - cut, tail) == 0)
			return true;
	}
	return false;
}
