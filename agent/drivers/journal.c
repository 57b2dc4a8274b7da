/* Journals as files: written whole, synced and locked, or not there. */
#include "drivers/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 16 * 1024 };

static bool sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return done;
}

/* False: errno says why; what was written of it is removed. */
static bool write_whole(int fd, const char *path, const char *text)
{
	size_t length = strlen(text);
	ssize_t written = write(fd, text, length);
	if (written == (ssize_t)length && fsync(fd) == 0)
		return true;
	int error = written >= 0 && written < (ssize_t)length ? ENOSPC : errno;
	unlink(path);
	errno = error;
	return false;
}

/* Another's sweep may have found it between its making and our lock, and taken it for a torso. */
static bool is_still_there(int fd)
{
	struct stat seen;
	errno = EAGAIN;
	return fstat(fd, &seen) == 0 && seen.st_nlink == 1;
}

int pf_journal_put(struct pf_arena *arena, const char *state, const char *folder, const char *file,
                   const char *text)
{
	const char *where = pf_arena_print(arena, "%s/%s", state, folder);
	const char *path = pf_arena_print(arena, "%s/%s", where, file);
	if (mkdir(where, 0700) == 0 ? !sync_folder(state) : errno != EEXIST)
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && write_whole(fd, path, text) &&
	    sync_folder(where) && is_still_there(fd))
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

void pf_journal_remove(struct pf_arena *arena, const char *state, const char *folder,
                       const char *file)
{
	const char *where = pf_arena_print(arena, "%s/%s", state, folder);
	if (unlink(pf_arena_print(arena, "%s/%s", where, file)) == 0)
		(void)sync_folder(where);
}

size_t pf_journal_walk(struct pf_arena *arena, const char *state, const char *folder,
                       const char *prefix,
                       bool (*take)(void *context, const char *file, const char *text),
                       void *context)
{
	const char *where = pf_arena_print(arena, "%s/%s", state, folder);
	DIR *listing = opendir(where);
	char *text = pf_arena_take(arena, TEXT_BYTES);
	size_t held = 0;
	for (const struct dirent *entry; listing && (entry = readdir(listing));) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		const char *path = pf_arena_print(arena, "%s/%s", where, entry->d_name);
		int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			held++;
		} else {
			ssize_t count = pread(fd, text, TEXT_BYTES - 1, 0);
			text[count > 0 ? count : 0] = '\0';
			if (!take(context, entry->d_name, text) && count >= 0)
				unlink(path);
		}
		close(fd);
	}
	if (listing)
		closedir(listing);
	return held;
}
