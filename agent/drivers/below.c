/* Paths below an open directory, by openat2(2) where there is one. */
#include "drivers/below.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PIECE = PATH_MAX - 1, TRIES = 4 };

static int open_beneath(int directory, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC, .resolve = resolve};
	int fd = -1;
	/* EAGAIN: something was renamed under our feet while ".." was being resolved. */
	for (int i = 0; i < TRIES && fd < 0 && (i == 0 || errno == EAGAIN); i++)
		fd = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
	return fd;
}

/* Kernels before 5.6 lack the call, and the filters of older container engines deny it. */
static bool call_is_missing(int error)
{
	return error == ENOSYS || error == EPERM;
}

/* One piece of a path that holds no ".."; `single`: it is one component. */
static int open_piece(int directory, const char *piece, bool single, int flags)
{
	static const uint64_t resolve =
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
	flags |= O_DIRECTORY | O_NOFOLLOW;
	int fd = open_beneath(directory, piece, flags, resolve);
	if (fd < 0 && call_is_missing(errno) && single)
		fd = openat(directory, piece, flags | O_CLOEXEC);
	return fd;
}

/* The length of the longest piece of `path` that ends at a component and fits; of its first
 * component when `single`. 0: the component is too long for any file system. */
static size_t piece_length(const char *path, bool single)
{
	size_t length = strlen(path);
	if (single)
		length = strcspn(path, "/");
	else if (length > PIECE)
		for (length = PIECE; length > 0 && path[length] != '/'; length--)
			;
	return length > PIECE ? 0 : length;
}

int pf_below_open(int root, const char *path)
{
	char piece[PIECE + 1];
	int from = root, fd = -1;
	bool single = false;
	while (*path) {
		size_t length = piece_length(path, single);
		bool last = path[length] == '\0';
		memcpy(piece, path, length);
		piece[length] = '\0';
		fd = open_piece(from, piece, single, last ? O_RDONLY : O_PATH);
		if (fd < 0 && !single && call_is_missing(errno)) {
			single = true;
			continue;
		}
		int error = errno;
		if (from != root)
			close(from);
		errno = error;
		if (fd < 0)
			return -1;
		from = fd;
		path += last ? length : length + 1;
	}
	return fd;
}

/* The part of an absolute path below `base`, "." for the base itself; NULL: it is not below it. */
static const char *part_below(const char *base, const char *path)
{
	size_t length = strlen(base);
	while (length && base[length - 1] == '/')
		length--;
	if (strncmp(path, base, length) != 0 || (path[length] && path[length] != '/'))
		return NULL;
	path += length;
	path += strspn(path, "/");
	return *path ? path : ".";
}

/* How far `path` climbs: the depth after it, -1 once it was above the root; it starts at `depth`.
 */
static long climb(const char *path, long depth)
{
	for (size_t length; *path && depth >= 0; path += length + strspn(path + length, "/")) {
		length = strcspn(path, "/");
		if (length == 2 && memcmp(path, "..", 2) == 0)
			depth--;
		else if (length && !(length == 1 && *path == '.'))
			depth++;
	}
	return depth;
}

bool pf_below_leads_out(int root, const char *base, int holder, const char *directory,
                        const char *name)
{
	char target[PATH_MAX], whole[2 * PATH_MAX];
	ssize_t length = readlinkat(holder, name, target, sizeof target - 1);
	if (length <= 0)
		return false; /* gone, or swapped for something that is no link */
	target[length] = '\0';
	const char *inside = target;
	if (target[0] == '/') {
		inside = part_below(base, target);
		directory = ".";
	}
	if (!inside)
		return true;
	int fd = -1;
	errno = ENAMETOOLONG;
	if (snprintf(whole, sizeof whole, "%s/%s", directory, inside) < PATH_MAX)
		fd = open_beneath(root, whole, O_PATH, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
	if (fd >= 0) {
		close(fd);
		return false;
	}
	if (errno != ENAMETOOLONG && !call_is_missing(errno))
		return errno == EXDEV;
	/* The kernel cannot say, so the words of the link must do. */
	return climb(inside, climb(directory, 0)) < 0;
}
