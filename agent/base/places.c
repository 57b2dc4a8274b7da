/* The directories of the program's own, found in the environment or by who runs it. */
#include "base/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOTS_LOCKS "/run/postflight"

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

/* Ours, and nobody else's to write to. */
static bool is_ours(struct pf_arena *arena, const char *path, const char **problem)
{
	struct stat status;
	if (stat(path, &status) != 0 || access(path, W_OK | X_OK) != 0) {
		*problem = pf_arena_print(arena, "%s: %s", path, strerror(errno));
		return false;
	}
	*problem = pf_arena_print(arena, "%s: others may write to it", path);
	return status.st_uid == geteuid() && !(status.st_mode & (S_IWGRP | S_IWOTH));
}

const char *pf_lock_directory(struct pf_arena *arena, const char **problem)
{
	const char *systemd = absolute("RUNTIME_DIRECTORY"), *xdg = absolute("XDG_RUNTIME_DIR");
	const char *path = NULL;
	if (systemd)
		path = pf_arena_print(arena, "%.*s", (int)strcspn(systemd, ":"), systemd);
	else if (geteuid() == 0)
		path = make(arena, ROOTS_LOCKS) ? ROOTS_LOCKS : NULL;
	else if (xdg && is_ours(arena, xdg, problem))
		return xdg;
	else
		return pf_state_directory(arena, problem);
	*problem = ROOTS_LOCKS " cannot be made";
	return path && is_ours(arena, path, problem) ? path : NULL;
}
