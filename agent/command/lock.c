/* One run of a site at a time: a lock that the kernel releases when its holder dies, however it
 * dies. */
#include "base/places.h"
#include "base/text.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whom to ask when it is held: the process id that the holder wrote. */
static const char *holder(struct pf_arena *arena, int fd)
{
	char text[32];
	ssize_t count = pread(fd, text, sizeof text - 1, 0);
	size_t digits = count > 0 ? (text[count] = '\0', strspn(text, "0123456789")) : 0;
	return digits ? pf_arena_print(arena, "process %.*s", (int)digits, text)
	              : "another process";
}

/* Told, since two runs at once would see each other's traffic and write the same history. */
static bool go_on_without(const char *why)
{
	pf_complain("no lock is held, so another run of this site would not be turned away: %s",
	            why);
	return true;
}

bool pf_lock_site(struct pf_arena *arena, const struct pf_site *site, int *code)
{
	const char *problem, *directory = pf_lock_directory(arena, &problem);
	if (!directory)
		return go_on_without(problem);
	/* Two site files may both be called "shop". */
	const char *both = pf_arena_print(arena, "%s\n%s", site->name, site->url.text);
	const char *path = pf_arena_print(arena, "%s/postflight-%s.lock", directory,
	                                  pf_sha256(arena, both, strlen(both), 16));
	/* Inherited by no worker (O_CLOEXEC), held until this process ends. */
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return go_on_without(pf_arena_print(arena, "%s: %s", path, strerror(errno)));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		const char *error = strerror(errno);
		bool held = errno == EWOULDBLOCK;
		if (held)
			pf_complain(
				"another run of %s is under way (%s); try again when it is done",
				site->name, holder(arena, fd));
		close(fd);
		*code = PF_EXIT_LOCKED;
		return held ? false : go_on_without(pf_arena_print(arena, "%s: %s", path, error));
	}
	if (ftruncate(fd, 0) == 0)
		(void)!dprintf(fd, "%ld\n", (long)getpid());
	return true;
}
