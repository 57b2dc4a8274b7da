/* Making and removing canary files, each by its name in a directory that is open. */
#include "drivers/canary_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, FOLDER_MODE = 0755, MODE = 0644 };

/* A directory in another, made when `owner` is given; -1 with errno. */
struct owner {
	uid_t uid;
	gid_t gid;
};

static int enter(int from, const char *name, const struct owner *owner)
{
	bool made = owner && mkdirat(from, name, 0700) == 0;
	if (owner && !made && errno != EEXIST)
		return -1;
	int fd = openat(from, name, FOLDER);
	if (fd >= 0 && made &&
	    (fchown(fd, owner->uid, owner->gid) != 0 || fchmod(fd, FOLDER_MODE) != 0)) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* The directory that holds a name, and the name in it; -1 with errno. The descriptor is another
 * than `top`. */
static int holder_of(int top, const char *name, const struct owner *owner, const char **last)
{
	char first[NAME_MAX + 1];
	const char *slash = strchr(name, '/');
	*last = slash ? slash + 1 : name;
	if (!slash)
		return fcntl(top, F_DUPFD_CLOEXEC, 0);
	memcpy(first, name, (size_t)(slash - name));
	first[slash - name] = '\0';
	return enter(top, first, owner);
}

static int make_file(int top, const char *name, const char *content, const struct owner *owner)
{
	const char *last;
	int holder = holder_of(top, name, owner, &last), fd = -1, error = 0;
	size_t length = strlen(content);
	if (holder < 0)
		return errno;
	fd = openat(holder, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t written = fd < 0 ? -1 : write(fd, content, length);
	if (written < 0)
		error = errno;
	else if (written < (ssize_t)length)
		error = ENOSPC;
	else if (fchown(fd, owner->uid, owner->gid) != 0 || fchmod(fd, MODE) != 0)
		error = errno;
	if (fd >= 0 && close(fd) != 0 && !error)
		error = errno;
	close(holder);
	return error;
}

int pf_canary_make(const struct pf_planting *planting, const char *const contents[], uid_t uid,
                   gid_t gid)
{
	const struct owner owner = {uid, gid};
	int root = open(planting->root, FOLDER), error = 0;
	if (root < 0)
		return errno;
	int top = enter(root, planting->directory, &owner);
	if (top < 0)
		error = errno;
	for (size_t i = 0; i < planting->names.count && !error; i++)
		error = make_file(top, planting->names.at[i], contents[i], &owner);
	if (top >= 0)
		close(top);
	close(root);
	return error;
}

static bool is_gone(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static int remove_entry(int holder, const char *name, int flags)
{
	return unlinkat(holder, name, flags) == 0 || is_gone(errno) ? 0 : errno;
}

/* The file, and then the directory between, which others of its files may still need. */
static int remove_file(int top, const char *name)
{
	char first[NAME_MAX + 1];
	const char *last, *slash = strchr(name, '/');
	int holder = holder_of(top, name, NULL, &last);
	if (holder < 0)
		return is_gone(errno) ? 0 : errno;
	int error = remove_entry(holder, last, 0);
	close(holder);
	if (!slash)
		return error;
	memcpy(first, name, (size_t)(slash - name));
	first[slash - name] = '\0';
	int left = remove_entry(top, first, AT_REMOVEDIR);
	return error ? error : left == ENOTEMPTY || left == EEXIST ? 0 : left;
}

int pf_canary_remove(const struct pf_planting *planting)
{
	int root = open(planting->root, FOLDER), error = 0;
	if (root < 0)
		return is_gone(errno) ? 0 : errno;
	int top = openat(root, planting->directory, FOLDER);
	if (top < 0)
		error = is_gone(errno) ? 0 : errno;
	for (size_t i = 0; top >= 0 && i < planting->names.count; i++) {
		int left = remove_file(top, planting->names.at[i]);
		error = error ? error : left;
	}
	if (top >= 0) {
		close(top);
		int left = remove_entry(root, planting->directory, AT_REMOVEDIR);
		error = error ? error : left;
	}
	close(root);
	return error;
}
