/* A sweep: the worker program does it, this waits for its lines. */
#include "run/sweep.h"

#include "base/clock.h"
#include "base/places.h"
#include "base/text.h"
#include "run/child.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_US = 10 * 1000 * 1000, LINES = 64 };

const char *pf_worker_program(struct pf_arena *arena)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self);
	while (length > 0 && (size_t)length < sizeof self && self[length - 1] != '/')
		length--;
	const char *beside = pf_arena_print(arena, "%.*spostflight-worker",
	                                    (int)(length > 0 ? length : 0), self);
	return length > 0 && access(beside, X_OK) == 0 ? beside : PF_WORKER;
}

static bool has_journals(const char *state, const char *folder, struct pf_arena *arena)
{
	DIR *listing = opendir(pf_arena_print(arena, "%s/%s", state, folder));
	bool found = false;
	for (const struct dirent *entry; listing && !found && (entry = readdir(listing));)
		found = entry->d_name[0] != '.';
	if (listing)
		closedir(listing);
	return found;
}

struct told {
	struct pf_arena *arena;
	const char *lines[LINES];
	size_t count;
};

static void take_line(void *context, const char *line, size_t length)
{
	struct told *told = context;
	if (line && told->count < LINES)
		told->lines[told->count++] = pf_escape_again(
			told->arena, pf_arena_copy_bytes(told->arena, line, length), 1000);
}

struct pf_words pf_sweep(struct pf_arena *arena)
{
	const char *problem, *state = pf_state_directory(arena, &problem);
	struct told told = {.arena = arena};
	if (!state ||
	    (!has_journals(state, "canaries", arena) && !has_journals(state, "drills", arena)))
		return (struct pf_words){NULL, 0};
	const char *const argv[] = {pf_worker_program(arena), "clean", state, NULL};
	struct pf_child *child = pf_child_start(argv, NULL, &problem);
	int64_t until = pf_now_us() + PATIENCE_US;
	if (!child)
		return pf_arena_words(arena, 1, &problem);
	pf_child_send_end(child);
	while (!pf_child_is_silent(child) && pf_now_us() < until) {
		struct pollfd polls[3];
		size_t count = pf_child_polls(child, polls);
		poll(polls, count, 100);
		pf_child_serve(child, polls, count, take_line, &told);
	}
	if (!pf_child_is_silent(child))
		told.lines[told.count < LINES ? told.count++ : LINES - 1] =
			"left what a file system that does not respond holds";
	pf_child_end(child);
	return pf_arena_words(arena, told.count, told.lines);
}
