/* Lines of the ledger, written and read. */
#include "drivers/drill_ledger.h"

#include "base/text.h"
#include "model/codec.h"
#include "model/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TAIL_BYTES = 256 * 1024, LINE_BYTES = 8 * 1024, SLACK = 300 };

static const char MARK[] = "postflight.drill/1", NAME[] = "drills.jsonl";

static const struct {
	const char *name;
	size_t offset;
} wholes[] =
	{
#define WHOLE(name)                                                                                \
	{                                                                                          \
#name, offsetof(struct pf_drill_entry, name)                                       \
	}
		WHOLE(at),   WHOLE(size),       WHOLE(modified),    WHOLE(made_at), WHOLE(tables),
		WHOLE(rows), WHOLE(migrations), WHOLE(migrated_at), WHOLE(took_ms),
#undef WHOLE
},
  texts[] = {
#define TEXT(name)                                                                                 \
	{                                                                                          \
#name, offsetof(struct pf_drill_entry, name)                                       \
	}
	  TEXT(set), TEXT(path), TEXT(digest), TEXT(migration), TEXT(error),
#undef TEXT
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static bool read_whole(const struct pf_json *line, const char *name, int64_t *number)
{
	const struct pf_json *value = pf_json_member(line, name);
	return !value || pf_json_whole(value, number);
}

static bool read_text(struct pf_arena *arena, const struct pf_json *line, const char *name,
                      const char **text)
{
	const struct pf_json *value = pf_json_member(line, name);
	if (!value)
		return true;
	if (!pf_json_string_value(value, text))
		return false;
	*text = pf_escape_again(arena, *text, 1000);
	return true;
}

static bool read_members(struct pf_arena *arena, const struct pf_json *line,
                         struct pf_drill_entry *entry)
{
	const char *mark = NULL, *result = NULL;
	char *at = (char *)entry;
	for (size_t i = 0; i < COUNT(wholes); i++)
		if (!read_whole(line, wholes[i].name, (int64_t *)(void *)(at + wholes[i].offset)))
			return false;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (!read_text(arena, line, texts[i].name,
		               (const char **)(void *)(at + texts[i].offset)))
			return false;
	if (!read_text(arena, line, "schema", &mark) || !read_text(arena, line, "result", &result))
		return false;
	if (!mark || strcmp(mark, MARK) != 0 || !result || !entry->set || entry->at <= 0)
		return false;
	entry->restored = strcmp(result, "restored") == 0;
	return entry->restored || strcmp(result, "failed") == 0;
}

bool pf_ledger_line(struct pf_arena *arena, const char *line, size_t length,
                    struct pf_drill_entry *entry)
{
	const char *problem;
	*entry = (struct pf_drill_entry){0};
	if (length > LINE_BYTES)
		return false;
	struct pf_json *value = pf_json_parse(line, length, &problem);
	bool read = value && pf_json_is_object(value) && read_members(arena, value, entry);
	pf_json_free(value);
	return read;
}

void pf_ledger_read(struct pf_arena *arena, const char *bytes, size_t count, const char *set,
                    int64_t now, struct pf_drill_record *record)
{
	*record = (struct pf_drill_record){0};
	while (count) {
		const char *end = memchr(bytes, '\n', count);
		size_t length = end ? (size_t)(end - bytes) : count;
		struct pf_drill_entry entry;
		if (length && !pf_ledger_line(arena, bytes, length, &entry)) {
			record->spoiled++;
		} else if (length && strcmp(entry.set, set) == 0 && entry.at <= now + SLACK) {
			if (!record->any || entry.at >= record->last.at)
				record->last = entry;
			if (entry.restored && entry.at > record->restored_at)
				record->restored_at = entry.at;
			record->any = true;
		}
		bytes += length + (end != NULL);
		count -= length + (end != NULL);
	}
}

static int open_ledger(struct pf_arena *arena, const char *state, int flags)
{
	return open(pf_arena_print(arena, "%s/%s", state, NAME),
	            flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
}

/* A FIFO, a device, a directory: nothing that we wrote. */
static bool is_regular(int fd, struct stat *seen)
{
	errno = EINVAL;
	return fd >= 0 && fstat(fd, seen) == 0 && S_ISREG(seen->st_mode);
}

void pf_ledger_look(struct pf_arena *arena, const char *state, const char *set, int64_t now,
                    struct pf_drill_record *record)
{
	struct stat seen;
	int fd = open_ledger(arena, state, O_RDONLY);
	char *bytes = pf_arena_take(arena, TAIL_BYTES);
	ssize_t count = 0;
	if (is_regular(fd, &seen))
		count = pread(fd, bytes, TAIL_BYTES,
		              seen.st_size > TAIL_BYTES ? seen.st_size - TAIL_BYTES : 0);
	if (fd >= 0)
		close(fd);
	const char *from = bytes;
	/* The first line of a tail is cut. */
	if (count > 0 && seen.st_size > TAIL_BYTES) {
		const char *end = memchr(bytes, '\n', (size_t)count);
		from = end ? end + 1 : bytes + count;
	}
	pf_ledger_read(arena, from, count > 0 ? (size_t)(bytes + count - from) : 0, set, now,
	               record);
}

static const char *line_of(struct pf_arena *arena, const struct pf_drill_entry *entry)
{
	const char *at = (const char *)entry;
	const char *line = pf_arena_print(arena, "{\"schema\":\"%s\",\"result\":\"%s\"", MARK,
	                                  entry->restored ? "restored" : "failed");
	for (size_t i = 0; i < COUNT(wholes); i++)
		line = pf_arena_print(
			arena, "%s,\"%s\":%lld", line, wholes[i].name,
			(long long)*(const int64_t *)(const void *)(at + wholes[i].offset));
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *text = *(const char *const *)(const void *)(at + texts[i].offset);
		if (text)
			line = pf_arena_print(arena, "%s,\"%s\":%s", line, texts[i].name,
			                      pf_json_string(arena, text));
	}
	return pf_arena_print(arena, "%s}\n", line);
}

/* One write(2) with O_APPEND: two of them at once do not mix, and nobody waits for a lock. A line
 * that somebody left without its end gets one. */
bool pf_ledger_add(struct pf_arena *arena, const char *state, const struct pf_drill_entry *entry)
{
	struct stat seen;
	char last = '\n';
	int fd = open_ledger(arena, state, O_RDWR | O_APPEND | O_CREAT);
	const char *line = line_of(arena, entry);
	bool ready = is_regular(fd, &seen) &&
	             (seen.st_size == 0 || pread(fd, &last, 1, seen.st_size - 1) == 1);
	if (ready && last != '\n')
		line = pf_arena_print(arena, "\n%s", line);
	size_t length = strlen(line);
	bool done = ready && write(fd, line, length) == (ssize_t)length && fsync(fd) == 0;
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return done;
}
