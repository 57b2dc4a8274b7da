/* Saving: a report is in its file completely, or the file is as it was before. */
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000 };

static bool failed(struct pf_arena *arena, const char *doing, const char **problem)
{
	*problem = pf_arena_print(arena, "cannot %s: %s", doing, strerror(errno));
	return false;
}

/* The report is written to memory first, so that only write(2) can fail and says why. */
static char *rendered(struct pf_arena *arena, const struct pf_audit *audit,
                      const struct pf_writer *writer, const struct pf_report_style *style,
                      size_t *count)
{
	char *bytes = NULL;
	FILE *memory = open_memstream(&bytes, count);
	if (!memory)
		return NULL;
	writer->write(arena, audit, style, memory);
	bool bad = ferror(memory);
	if (fclose(memory) != 0 || bad) {
		free(bytes);
		errno = ENOMEM;
		return NULL;
	}
	return bytes;
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

static bool to_stdout(struct pf_arena *arena, const char *bytes, size_t count, const char **problem)
{
	if (fflush(stdout) == 0 && write_all(STDOUT_FILENO, bytes, count))
		return true;
	return failed(arena, "write", problem);
}

/* Devices, pipes and /dev/stdout cannot be replaced, only written to. */
static bool is_replaceable(const char *path)
{
	struct stat status;
	if (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0)
		return false;
	return stat(path, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

static bool in_place(struct pf_arena *arena, const char *path, const char *bytes, size_t count,
                     const char **problem)
{
	/* A pipe that nobody reads would be waited for without an end. */
	int descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (descriptor < 0 && errno == ENXIO) {
		*problem = "cannot open: nobody reads this pipe";
		return false;
	}
	if (descriptor < 0)
		return failed(arena, "open", problem);
	bool written = write_all(descriptor, bytes, count);
	int error = errno;
	if (close(descriptor) != 0 && written) {
		written = false;
		error = errno;
	}
	errno = error;
	return written || failed(arena, "write", problem);
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

static bool fill(int descriptor, const char *bytes, size_t count, mode_t mode)
{
	bool filled = write_all(descriptor, bytes, count) && fchmod(descriptor, mode) == 0 &&
	              fsync(descriptor) == 0;
	int error = errno;
	if (close(descriptor) != 0 && filled)
		return false;
	errno = error;
	return filled;
}

static bool replace(struct pf_arena *arena, const char *path, const char *bytes, size_t count,
                    mode_t mode, const char **problem)
{
	const char *folder = folder_of(arena, path);
	const char *slash = strrchr(path, '/');
	char *temporary = pf_arena_print(arena, "%s/.%s.XXXXXX", folder, slash ? slash + 1 : path);
	int descriptor = mkostemp(temporary, O_CLOEXEC);
	if (descriptor < 0)
		return failed(arena, "write", problem);
	if (!fill(descriptor, bytes, count, mode) || rename(temporary, path) != 0) {
		failed(arena, "write", problem);
		unlink(temporary);
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
	size_t count = 0;
	char *bytes = rendered(arena, audit, writer, style, &count);
	if (!bytes)
		return failed(arena, "write", problem);
	bool saved;
	if (strcmp(path, "-") == 0)
		saved = to_stdout(arena, bytes, count, problem);
	else if (is_replaceable(path))
		saved = replace(arena, path, bytes, count, mode_of(path, writer), problem);
	else
		saved = in_place(arena, path, bytes, count, problem);
	free(bytes);
	return saved;
}
