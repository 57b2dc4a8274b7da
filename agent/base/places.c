/* The directories of the program's own, found in the environment or by who runs it. */
#include "base/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *absolute(const char *name)
{
	const char *value = getenv(name);
	return value && value[0] == '/' ? value : NULL;
}

static const char *state_path(struct pf_arena *arena)
{
	const char *systemd = absolute("STATE_DIRECTORY"), *xdg = absolute("XDG_STATE_HOME");
	const char *home = absolute("HOME");
	if (systemd) /* several are joined by colons, the first is ours */
		return pf_arena_print(arena, "%.*s", (int)strcspn(systemd, ":"), systemd);
	if (geteuid() == 0)
		return "/var/lib/postflight";
	if (xdg)
		return pf_arena_print(arena, "%s/postflight", xdg);
	return home ? pf_arena_print(arena, "%s/.local/state/postflight", home) : NULL;
}

/* mkdir -p, private from the first one made. */
static bool make(struct pf_arena *arena, const char *path)
{
	char *copy = pf_arena_copy(arena, path);
	for (char *at = copy + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			return false;
		*at = '/';
	}
	return mkdir(copy, 0700) == 0 || errno == EEXIST;
}

const char *pf_state_directory(struct pf_arena *arena, const char **problem)
{
	const char *path = state_path(arena);
	*problem = "neither STATE_DIRECTORY nor XDG_STATE_HOME nor HOME is set";
	if (!path)
		return NULL;
	if (make(arena, path) && access(path, R_OK | W_OK | X_OK) == 0)
		return path;
	*problem = pf_arena_print(arena, "%s: %s", path, strerror(errno));
	return NULL;
}

const char *pf_lock_directory(void)
{
	const char *candidates[] = {absolute("RUNTIME_DIRECTORY"), absolute("XDG_RUNTIME_DIR"),
	                            geteuid() == 0 ? "/run/lock" : NULL};
	for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++)
		if (candidates[i] && access(candidates[i], W_OK) == 0)
			return candidates[i];
	return NULL;
}
