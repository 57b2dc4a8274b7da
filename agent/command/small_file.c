/* Reads a small file: regular ones only, so that no FIFO holds us up. */
#include "command/small_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 1024 * 1024 };

const char *pf_small_file(struct pf_arena *arena, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;
	size_t count = 0;
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size <= MOST) {
		text = pf_arena_take(arena, (size_t)status.st_size + 1);
		for (ssize_t got = 1; got > 0 && count < (size_t)status.st_size;
		     count += (size_t)got) {
			got = read(fd, text + count, (size_t)status.st_size - count);
			if (got < 0)
				got = 0;
		}
		text[count] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return text && strlen(text) == count ? text : NULL;
}
