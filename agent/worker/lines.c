/* Lines on descriptors. */
#include "worker/lines.h"

#include "base/limits.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PIECE = 64 * 1024 };

struct pf_lines {
	char *bytes;
	size_t start, searched, used,
		room; /* start <= searched <= used: what is left to hand out */
	bool ended;
};

struct pf_lines *pf_lines_new(void)
{
	struct pf_lines *lines = calloc(1, sizeof *lines);
	if (!lines)
		abort();
	return lines;
}

void pf_lines_free(struct pf_lines *lines)
{
	if (!lines)
		return;
	free(lines->bytes);
	free(lines);
}

void pf_lines_feed(struct pf_lines *lines, const void *bytes, size_t count)
{
	if (count == 0) {
		lines->ended = true;
		return;
	}
	if (lines->start) {
		memmove(lines->bytes, lines->bytes + lines->start, lines->used - lines->start);
		lines->used -= lines->start;
		lines->searched -= lines->start;
		lines->start = 0;
	}
	if (lines->used + count > lines->room) {
		size_t room = (lines->used + count) * 2;
		char *larger = realloc(lines->bytes, room);
		if (!larger)
			abort();
		lines->bytes = larger;
		lines->room = room;
	}
	memcpy(lines->bytes + lines->used, bytes, count);
	lines->used += count;
}

void pf_lines_fill(struct pf_lines *lines, int fd)
{
	char piece[PIECE];
	ssize_t count;
	do {
		count = read(fd, piece, sizeof piece);
	} while (count < 0 && errno == EINTR);
	if (count >= 0 || errno != EAGAIN)
		pf_lines_feed(lines, piece, count < 0 ? 0 : (size_t)count);
}

enum pf_line_state pf_lines_next(struct pf_lines *lines, const char **line, size_t *length)
{
	char *newline = lines->used > lines->searched ? memchr(lines->bytes + lines->searched, '\n',
	                                                       lines->used - lines->searched)
	                                              : NULL;
	size_t end = newline ? (size_t)(newline - lines->bytes) : lines->used;
	lines->searched = end;
	if (end - lines->start > PF_LINE_BYTES)
		return PF_LINE_TOO_LONG;
	if (!newline && lines->ended)
		return end > lines->start ? PF_LINE_CUT : PF_LINE_END;
	if (!newline)
		return PF_LINE_WAIT;
	*newline = '\0';
	*line = lines->bytes + lines->start;
	*length = end - lines->start;
	lines->start = lines->searched = end + 1;
	return PF_LINE_READY;
}

bool pf_line_write(int fd, const char *line, size_t length)
{
	size_t done = 0, all = length + 1;
	while (done < all) {
		struct iovec parts[] = {
			{(char *)line + done, done < length ? length - done : 0},
			{(char *)"\n", 1},
		};
		if (done > length)
			break;
		ssize_t written = writev(fd, parts, 2);
		if (written < 0 && errno == EAGAIN) {
			struct pollfd writable = {.fd = fd, .events = POLLOUT};
			poll(&writable, 1, -1);
		} else if (written < 0 && errno != EINTR) {
			return false;
		}
		done += written > 0 ? (size_t)written : 0;
	}
	return true;
}
