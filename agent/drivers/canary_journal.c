/* Journals of canaries, as small text files. */
#include "drivers/canary_journal.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 16 * 1024, DIGITS = 8 };

static const char HEAD[] = "postflight canary 1", TAIL[] = "end";

static bool is_component(const char *text, size_t length)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	return length > 0 && length < NAME_MAX && strspn(text, allowed) >= length &&
	       !(length <= 2 && strncmp(text, "..", length) == 0);
}

static bool is_name(const char *name)
{
	size_t length = strcspn(name, "/");
	const char *rest = name[length] ? name + length + 1 : NULL;
	return is_component(name, length) && (!rest || is_component(rest, strlen(rest)));
}

bool pf_planting_is_sound(const struct pf_planting *planting)
{
	const char *directory = planting->directory;
	if (!planting->root || planting->root[0] != '/' || !directory ||
	    strncmp(directory, "pf-", 3) != 0 ||
	    strspn(directory + 3, "0123456789abcdef") != DIGITS || directory[3 + DIGITS] ||
	    planting->names.count == 0 || planting->names.count > PF_CANARY_NAMES)
		return false;
	for (size_t i = 0; i < planting->names.count; i++)
		if (!is_name(planting->names.at[i]))
			return false;
	return true;
}

static const char *folder(struct pf_arena *arena, const char *state)
{
	return pf_arena_print(arena, "%s/canaries", state);
}

static const char *file_of(struct pf_arena *arena, const char *state,
                           const struct pf_planting *planting)
{
	return pf_arena_print(arena, "%s/%s-%s", folder(arena, state), planting->directory,
	                      pf_sha256(arena, planting->root, strlen(planting->root), DIGITS));
}

static const char *text_of(struct pf_arena *arena, const struct pf_planting *planting)
{
	const char *text =
		pf_arena_print(arena, "%s\n%s\n%s\n", HEAD,
	                       pf_escape_text(arena, planting->root, 0), planting->directory);
	for (size_t i = 0; i < planting->names.count; i++)
		text = pf_arena_print(arena, "%s%s\n", text, planting->names.at[i]);
	return pf_arena_print(arena, "%s%s\n", text, TAIL);
}

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

int pf_journal_write(struct pf_arena *arena, const char *state, const struct pf_planting *planting)
{
	const char *where = folder(arena, state), *path = file_of(arena, state, planting);
	if (mkdir(where, 0700) == 0 ? !sync_folder(state) : errno != EEXIST)
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && write_whole(fd, path, text_of(arena, planting)) &&
	    sync_folder(where) && is_still_there(fd))
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

void pf_journal_forget(struct pf_arena *arena, const char *state,
                       const struct pf_planting *planting)
{
	if (unlink(file_of(arena, state, planting)) == 0)
		(void)sync_folder(folder(arena, state));
}

bool pf_journal_read(struct pf_arena *arena, const char *text, struct pf_planting *planting)
{
	const char **names = pf_arena_array(arena, PF_CANARY_NAMES, sizeof *names);
	char *rest = pf_arena_copy(arena, text), *root, *raw;
	size_t count = 0, length;
	const char *head = strsep(&rest, "\n"), *line = NULL;
	if (strcmp(head, HEAD) != 0 || !rest || !(root = strsep(&rest, "\n")) || !rest)
		return false;
	planting->directory = strsep(&rest, "\n");
	while (rest && (line = strsep(&rest, "\n")) && strcmp(line, TAIL) != 0) {
		if (count == PF_CANARY_NAMES)
			return false;
		names[count++] = line;
	}
	if (!line || strcmp(line, TAIL) != 0 || !rest || *rest ||
	    !pf_unescape(arena, root, &raw, &length) || strlen(raw) != length)
		return false;
	planting->root = raw;
	planting->names = (struct pf_words){names, count};
	return pf_planting_is_sound(planting);
}

size_t pf_journal_each(struct pf_arena *arena, const char *state,
                       void (*found)(void *context, const struct pf_planting *planting),
                       void *context)
{
	const char *where = folder(arena, state);
	DIR *listing = opendir(where);
	char *text = pf_arena_take(arena, TEXT_BYTES);
	size_t held = 0;
	for (const struct dirent *entry; listing && (entry = readdir(listing));) {
		if (strncmp(entry->d_name, "pf-", 3) != 0)
			continue;
		const char *path = pf_arena_print(arena, "%s/%s", where, entry->d_name);
		int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
		if (fd < 0)
			continue;
		struct pf_planting planting;
		if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
			held++;
		} else {
			ssize_t count = pread(fd, text, TEXT_BYTES - 1, 0);
			text[count > 0 ? count : 0] = '\0';
			if (pf_journal_read(arena, text, &planting))
				found(context, &planting);
			else if (count >= 0)
				unlink(path);
		}
		close(fd);
	}
	if (listing)
		closedir(listing);
	return held;
}
