/* Packed dumps, unpacked by a process of their own on the way into the tool that restores them. */
#include "drivers/drill_run.h"
#include "drivers/drill_script.h"

#include "base/text.h"

#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, BROKEN = 1, ELSEWHERE = 3 };

static bool put(void *context, const char *bytes, size_t count)
{
	(void)context;
	while (count) {
		ssize_t done = write(STDOUT_FILENO, bytes, count);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		bytes += done;
		count -= (size_t)done;
	}
	return true;
}

static struct archive *open_raw(void)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	if (!archive)
		return NULL;
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_lzma(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_lz4(archive);
	archive_read_support_format_raw(archive);
	bool opened = archive_read_open_fd(archive, STDIN_FILENO, CHUNK) == ARCHIVE_OK &&
	              archive_read_next_header(archive, &entry) == ARCHIVE_OK;
	return opened ? archive : NULL;
}

/* All of it; false: it is damaged. That nobody reads any more is no fault of the copy. */
static bool pour(struct archive *archive, struct pf_script *script)
{
	const void *at;
	size_t count;
	la_int64_t offset;
	for (;;) {
		int result = archive_read_data_block(archive, &at, &count, &offset);
		if (result == ARCHIVE_EOF)
			return true;
		if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
			return false;
		if (!(script ? pf_script_feed(script, at, count) : put(NULL, at, count)))
			return true;
	}
}

static _Noreturn void work(const struct pf_drill_run *run, int dump, int out, enum pf_reader reader)
{
	struct pf_script *script = NULL;
	if (dup2(dump, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(BROKEN);
	closefrom(STDERR_FILENO + 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	if (reader != PF_FOR_PG_RESTORE) {
		script = pf_arena_take(run->arena, sizeof *script);
		script->put = put;
		script->of_mysql = reader == PF_FOR_MYSQL;
	}
	if (reader == PF_FOR_PSQL) {
		/* Known to nobody, so nothing in the dump ends the restricted mode. */
		const char *first = pf_arena_print(run->arena, "\\restrict %s\n",
		                                   pf_random_hex(run->arena, 32));
		if (!put(NULL, first, strlen(first)))
			_exit(BROKEN);
	}
	if (run->seal)
		run->seal(run->arena, "/dev/null");
	struct archive *archive = open_raw();
	bool whole = archive && pour(archive, script) && (!script || pf_script_end(script));
	_exit(script && script->elsewhere ? ELSEWHERE : whole ? 0 : BROKEN);
}

int pf_drill_unpack(const struct pf_drill_run *run, int dump, enum pf_reader reader, pid_t *child)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	*child = fork();
	if (*child == 0)
		work(run, dump, ends[1], reader);
	close(ends[1]);
	if (*child > 0)
		return ends[0];
	close(ends[0]);
	return -1;
}

enum pf_unpacked pf_drill_unpacked(pid_t child)
{
	int status = 0;
	siginfo_t info = {.si_pid = 0};
	/* It ends by itself as soon as nobody reads any more, unless it is stuck in a file system.
	 */
	for (int i = 0; i < 50 && info.si_pid == 0; i++)
		if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
		    (info.si_pid == 0 && usleep(10 * 1000) != 0))
			break;
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == ELSEWHERE)
		return PF_UNPACK_ELSEWHERE;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? PF_UNPACKED : PF_UNPACK_BROKEN;
}
