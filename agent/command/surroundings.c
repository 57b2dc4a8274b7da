/* Puts what units and the front say into a draft, where nothing better is known, and with a note.
 */
#include "command/surroundings.h"

#include "base/text.h"
#include "command/front_file.h"
#include "command/unit_file.h"
#include "model/site_file.h"

#include "postflight/probe.h"

#include <string.h>
#include <unistd.h>

static const char *noted(struct pf_draft *draft, const char *path)
{
	const char *slash = strrchr(path, '/');
	return pf_arena_print(draft->arena, "what %s says",
	                      pf_escape_text(draft->arena, slash ? slash + 1 : path, 80));
}

static void set(const char **value, const char **why, const char *found, const char *note)
{
	if (!*value && found && *found) {
		*value = found;
		*why = note;
	}
}

/* The Python beside gunicorn in its environment, or the one that is started itself. */
static const char *python_of(struct pf_draft *draft, const char *program)
{
	const char *slash = program ? strrchr(program, '/') : NULL;
	if (!slash || strncmp(program, "/usr/", 5) == 0)
		return NULL;
	if (strstr(slash, "python"))
		return program;
	const char *python =
		pf_arena_print(draft->arena, "%.*s/python", (int)(slash - program), program);
	return access(python, X_OK) == 0 ? python : NULL;
}

void pf_ask_units(struct pf_draft *draft)
{
	static const char *const folders[] = {"/etc/systemd/system", "/run/systemd/system",
	                                      "/usr/local/lib/systemd/system",
	                                      "/lib/systemd/system"};
	struct pf_unit unit;
	if (!pf_unit_find(draft->arena, folders, PF_COUNT(folders), draft->project, &unit))
		return;
	const char *note = noted(draft, unit.path);
	if (!draft->project)
		draft->project = unit.directory;
	set(&draft->user, &draft->why_user, unit.user, note);
	set(&draft->settings, &draft->why_settings, unit.settings, note);
	set(&draft->backend, &draft->why_backend, unit.bind, note);
	set(&draft->env_file, &draft->why_env_file, unit.env_file, note);
	set(&draft->python, &draft->why_python, python_of(draft, unit.program), note);
}

/* ---- the front ---- */

/* "127.0.0.1:8000" or "unix:/run/shop.sock" of "http://127.0.0.1:8000/"; NULL: neither. */
static const char *backend_in(struct pf_draft *draft, const char *passed)
{
	const char *slashes = strstr(passed, "://");
	const char *at = slashes ? slashes + 3 : passed;
	bool socket = strncmp(at, "unix:/", 6) == 0;
	size_t length = socket ? 5 + strcspn(at + 5, ":") : strcspn(at, "/");
	if (strchr(at, '$') || (!socket && !memchr(at, ':', length)))
		return NULL;
	return pf_arena_copy_bytes(draft->arena, at, length);
}

static bool same_folder(const char *a, const char *b)
{
	size_t length = a ? strlen(a) : 0;
	while (length > 1 && a[length - 1] == '/')
		length--;
	return a && b && strlen(b) == length && strncmp(a, b, length) == 0;
}

/* Is it the site's own? It answers for its name, or hands out its files. */
static bool is_ours(struct pf_draft *draft, const struct pf_front_server *server)
{
	const char *host;
	if (draft->url && pf_front_serves(server, pf_draft_host(draft)))
		return true;
	for (size_t i = 0; (host = pf_draft_fact(draft, "allowed_host", i)) != NULL; i++)
		if (pf_front_serves(server, host))
			return true;
	for (size_t i = 0; i < server->location_count; i++)
		if (same_folder(pf_draft_fact(draft, "static_root", 0), server->locations[i].files))
			return true;
	return false;
}

/* What is served at the url that the settings name, or at the usual one; the settings' own root
 * where both agree. */
static void look_for_files(struct pf_draft *draft, const struct pf_front_location *location,
                           const char *block, struct pf_draft_files *files, const char *note)
{
	const char *root = pf_draft_fact(draft, pf_arena_print(draft->arena, "%s_root", block), 0);
	const char *url = pf_draft_fact(draft, pf_arena_print(draft->arena, "%s_url", block), 0);
	const char *usual = pf_arena_print(draft->arena, "/%s", block);
	if (!location->path || !location->files || files->why)
		return;
	bool by_root = same_folder(root, location->files);
	bool by_url = same_folder(url && *url == '/' ? url : usual, location->path) ||
	              same_folder(location->path, url && *url == '/' ? url : usual);
	if (!by_root && !by_url)
		return;
	files->root = location->files;
	files->url = location->path;
	files->why = by_root ? note
	                     : pf_arena_print(draft->arena, "%s%s%s", note,
	                                      root ? "; the settings say " : "",
	                                      root ? pf_escape_text(draft->arena, root, 200) : "");
}

static void take_names(struct pf_draft *draft, const struct pf_front_server *server)
{
	for (size_t i = 0; i < server->name_count && draft->name_count < PF_DRAFT_NAMES; i++)
		if (pf_is_host(server->names[i]) && strchr(server->names[i], '.') &&
		    server->names[i][0] != '.' && server->names[i][0] != '*')
			draft->names[draft->name_count++] = server->names[i];
}

static void take_server(struct pf_draft *draft, const struct pf_front_server *server,
                        const char *note)
{
	take_names(draft, server);
	if (server->tls_port && !draft->https_port)
		draft->https_port = server->tls_port;
	if (server->plain_port && !draft->http_port)
		draft->http_port = server->plain_port;
	for (size_t i = 0; i < server->location_count; i++) {
		const struct pf_front_location *location = &server->locations[i];
		look_for_files(draft, location, "static", &draft->static_files, note);
		look_for_files(draft, location, "media", &draft->media, note);
		if (location->passed && location->path && strcmp(location->path, "/") == 0)
			set(&draft->backend, &draft->why_backend,
			    backend_in(draft, location->passed), note);
	}
}

void pf_ask_front(struct pf_draft *draft, const char *path)
{
	struct pf_front *front = pf_arena_take(draft->arena, sizeof *front);
	const char *file = path ? path : "/etc/nginx/nginx.conf";
	if (!pf_front_read(draft->arena, file, front))
		return;
	const char *note = noted(draft, file);
	for (size_t i = 0; i < front->server_count; i++)
		if (is_ours(draft, front->servers[i]))
			take_server(draft, front->servers[i], note);
	set(&draft->web_user, &draft->why_web_user, front->user, note);
}
