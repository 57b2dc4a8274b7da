/* Room for a drill: a restore that fills the disk stops the real database. */
#include "drivers/drill_run.h"

#include "base/text.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { LOCK_BYTES = 4096, MIB = 1024 * 1024 };

static const int64_t UNSEEN = 256 * (int64_t)MIB; /* what is tried without seeing the room */

static bool is_here(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "::1"};
	return !host || *host == '/' || pf_words_have((struct pf_words){names, 3}, host);
}

/* The second line of the file beside the socket names the data directory. It is readable to root
 * and to the server's own account (src/backend/utils/init/miscinit.c, CreateLockFile). */
const char *pf_drill_data_directory(const struct pf_drill_server *server)
{
	struct pf_arena *arena = server->arena;
	if (!is_here(server->host))
		return NULL;
	const char *folder =
		server->host && *server->host == '/' ? server->host : "/var/run/postgresql";
	const char *path = pf_arena_print(arena, "%s/.s.PGSQL.%s.lock", folder, server->port);
	char *bytes = pf_arena_take(arena, LOCK_BYTES);
	struct stat seen;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t count = fd >= 0 && fstat(fd, &seen) == 0 && S_ISREG(seen.st_mode)
	                        ? read(fd, bytes, LOCK_BYTES - 1)
	                        : -1;
	if (fd >= 0)
		close(fd);
	if (count <= 0)
		return NULL;
	(void)strsep(&bytes, "\n");
	const char *line = bytes ? strsep(&bytes, "\n") : NULL;
	return line && *line == '/' ? line : NULL;
}

bool pf_drill_has_room(struct pf_arena *arena, const char *directory, int64_t bytes,
                       const char **problem)
{
	struct statvfs seen;
	*problem = pf_arena_print(arena,
	                          "how much room the server has cannot be seen from here, and "
	                          "restoring takes about %lld MiB",
	                          (long long)(bytes / MIB));
	if (!directory || statvfs(directory, &seen) != 0)
		return bytes <= UNSEEN;
	int64_t block = (int64_t)seen.f_frsize, left = (int64_t)seen.f_bavail * block;
	int64_t kept = (int64_t)seen.f_blocks * block / 20; /* for the real database to go on */
	*problem = pf_arena_print(arena,
	                          "restoring takes about %lld MiB, and %lld MiB are free in %s, of "
	                          "which %lld are left to the server",
	                          (long long)(bytes / MIB), (long long)(left / MIB),
	                          pf_escape_text(arena, directory, 100), (long long)(kept / MIB));
	return bytes <= left - kept;
}
