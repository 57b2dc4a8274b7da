/* Saving: a report is in its file completely, or the file is as it was before. */
#include "report/report.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, AT_ONCE = 64 * 1024 };

static bool failed(struct pf_arena *arena, const char *doing, const char **problem)
{
	*problem = pf_arena_print(arena, "cannot %s: %s", doing, strerror(errno));
	return false;
}

/* A reader of a pipe that has stopped reading is waited for, but not for ever. */
static bool can_go_on(int descriptor)
{
	struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
	int count = poll(&ready, 1, PATIENCE_MS);
	if (count == 0)
		errno = ETIMEDOUT;
	return count > 0 || (count < 0 && errno == EINTR);
}

static bool write_all(int descriptor, const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t written = write(descriptor, bytes, count);
		if (written < 0 && (errno == EINTR || (errno == EAGAIN && can_go_on(descriptor))))
			continue;
		if (written < 0)
			return false;
		bytes += written;
		count -= (size_t)written;
	}
	return true;
}

/* What a report is about to become, and where its bytes go. */
struct sheet {
	struct pf_arena *arena;
	const struct pf_audit *audit;
	const struct pf_writer *writer;
	const struct pf_report_style *style;
	int descriptor;
	int error; /* of the first write that failed; nothing is written after it */
};

static ssize_t take_bytes(void *cookie, const char *bytes, size_t count)
{
	struct sheet *sheet = cookie;
	if (!sheet->error && !write_all(sheet->descriptor, bytes, count))
		sheet->error = errno;
	return sheet->error ? 0 : (ssize_t)count;
}

/* The writer writes straight through, a buffer at a time: a report of any size takes no memory.
 * False: errno says why. */
static bool write_sheet(struct sheet *sheet, int descriptor)
{
	static const cookie_io_functions_t functions = {.write = take_bytes};
	sheet->descriptor = descriptor;
	FILE *out = fopencookie(sheet, "w", functions);
	if (!out)
		return false;
	setvbuf(out, NULL, _IOFBF, AT_ONCE);
	__fsetlocking(out, FSETLOCKING_BYCALLER); /* no thread but this one has it */
	struct pf_arena_mark mark = pf_arena_mark(sheet->arena);
	sheet->writer->write(sheet->arena, sheet->audit, sheet->style, out);
	pf_arena_rewind(sheet->arena, mark);
	bool bad = ferror(out);
	bad |= fclose(out) != 0;
	errno = sheet->error ? sheet->error : bad ? ENOMEM : 0;
	return errno == 0;
}

static bool to_stdout(struct sheet *sheet, const char **problem)
{
	if (fflush(stdout) == 0 && write_sheet(sheet, STDOUT_FILENO))
		return true;
	return failed(sheet->arena, "write", problem);
}

/* Devices, pipes and /dev/stdout cannot be replaced, only written to. */
static bool is_replaceable(const char *path)
{
	struct stat status;
	bool is_device = strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0;
	if (is_device || strncmp(path, "/proc/", 6) == 0)
		return false;
	return stat(path, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

static bool in_place(struct sheet *sheet, const char *path, const char **problem)
{
	/* A pipe that nobody reads would be waited for without an end. */
	int descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (descriptor < 0 && errno == ENXIO) {
		*problem = "cannot open: nobody reads this pipe";
		return false;
	}
	if (descriptor < 0)
		return failed(sheet->arena, "open", problem);
	bool written = write_sheet(sheet, descriptor);
	int error = errno;
	if (close(descriptor) != 0 && written) {
		written = false;
		error = errno;
	}
	errno = error;
	return written || failed(sheet->arena, "write", problem);
}

/* node_exporter, another user, reads the one; the others hold what only the operator should see. An
 * existing file keeps its mode. */
static mode_t mode_of(const char *path, const struct pf_writer *writer)
{
	struct stat status;
	if (lstat(path, &status) == 0 && S_ISREG(status.st_mode))
		return status.st_mode & 0777;
	return strcmp(writer->format, "prometheus") == 0 ? 0644 : 0600;
}

static const char *folder_of(struct pf_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return ".";
	return slash == path ? "/" : pf_arena_copy_bytes(arena, path, (size_t)(slash - path));
}

/* The rename is on disk when its folder is. Some file systems cannot say (EINVAL). */
static bool sync_folder(const char *folder)
{
	int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return errno == EACCES;
	bool synced = fsync(descriptor) == 0 || errno == EINVAL;
	close(descriptor);
	return synced;
}

/* The file that becomes the report. It has no name until it is whole, where the file system can do
 * that: whatever ends this process before leaves nothing behind. */
struct draft {
	int descriptor;
	char *name; /* NULL: none yet */
};

static bool begin(struct pf_arena *arena, const char *folder, const char *base, struct draft *draft)
{
	bool can_be_named = access("/proc/self/fd", X_OK) == 0;
	*draft = (struct draft){.descriptor = -1};
	if (can_be_named)
		draft->descriptor = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (draft->descriptor >= 0)
		return true;
	char *name = pf_arena_print(arena, "%s/.%s.XXXXXX", folder, base);
	draft->descriptor = mkostemp(name, O_CLOEXEC);
	draft->name = draft->descriptor >= 0 ? name : NULL;
	return draft->name != NULL;
}

static bool give_name(struct pf_arena *arena, const char *folder, const char *base,
                      struct draft *draft)
{
	if (draft->name)
		return true;
	char *name = pf_arena_print(arena, "%s/.%s.%s", folder, base, pf_random_hex(arena, 8));
	const char *open_file = pf_arena_print(arena, "/proc/self/fd/%d", draft->descriptor);
	if (linkat(AT_FDCWD, open_file, AT_FDCWD, name, AT_SYMLINK_FOLLOW) != 0)
		return false;
	draft->name = name;
	return true;
}

/* Whole, on disk, under a name of its own and closed. */
static bool finish(struct sheet *sheet, const char *folder, const char *base, struct draft *draft,
                   mode_t mode)
{
	bool finished = write_sheet(sheet, draft->descriptor) &&
	                fchmod(draft->descriptor, mode) == 0 && fsync(draft->descriptor) == 0 &&
	                give_name(sheet->arena, folder, base, draft);
	int error = errno;
	if (close(draft->descriptor) != 0 && finished)
		return false;
	errno = error;
	return finished;
}

static bool replace(struct sheet *sheet, const char *path, const char **problem)
{
	struct pf_arena *arena = sheet->arena;
	const char *folder = folder_of(arena, path), *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	struct draft draft;
	if (!begin(arena, folder, base, &draft))
		return failed(arena, "write", problem);
	if (!finish(sheet, folder, base, &draft, mode_of(path, sheet->writer)) ||
	    rename(draft.name, path) != 0) {
		failed(arena, "write", problem);
		if (draft.name)
			unlink(draft.name);
		return false;
	}
	return sync_folder(folder) || failed(arena, "write", problem);
}

bool pf_report_can_save(struct pf_arena *arena, const char *path, const char **problem)
{
	struct stat status;
	if (strcmp(path, "-") == 0)
		return true;
	if (!is_replaceable(path))
		return access(path, W_OK) == 0 || failed(arena, "write", problem);
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		errno = EISDIR;
		return failed(arena, "write", problem);
	}
	return access(folder_of(arena, path), W_OK | X_OK) == 0 || failed(arena, "write", problem);
}

bool pf_report_save(struct pf_arena *arena, const struct pf_audit *audit,
                    const struct pf_writer *writer, const struct pf_report_style *style,
                    const char *path, const char **problem)
{
	struct sheet sheet = {
		.arena = arena, .audit = audit, .writer = writer, .style = style, .descriptor = -1};
	if (strcmp(path, "-") == 0)
		return to_stdout(&sheet, problem);
	return is_replaceable(path) ? replace(&sheet, path, problem)
	                            : in_place(&sheet, path, problem);
}
