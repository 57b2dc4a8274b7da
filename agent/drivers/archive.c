/* The archive driver: one backup read to its end, as a stream, nothing unpacked to disk
 * (libarchive). */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/access.h"
#include "drivers/archive_reading.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 128 * 1024, OUT = 256 * 1024, BOMB_RATIO = 500, NAMES = 4096 };

static const int64_t BOMB_BYTES = 256 * 1024 * 1024; /* less than that harms nobody */

/* The bytes of a file, out of gzip when they are in it. */
struct source {
	struct pf_flow stream;
	int fd;
	int64_t taken, given, deadline_us; /* bytes in, bytes out */
	struct pf_inflater *inflater;      /* NULL: it is no gzip file */
	const unsigned char *packed;       /* what is not inflated yet */
	size_t packed_left;
	bool between; /* gzip members */
	bool late, bomb;
	unsigned char in[CHUNK], out[OUT];
};

/* One question on its way to the answer. */
struct reader {
	struct pf_reading reading;
	struct source *source;
	struct archive *archive;
	int64_t started_us;
	const char *path; /* raw */
	int error;
};

static struct pf_answer end(struct reader *reader, enum pf_outcome outcome, const char *detail)
{
	struct pf_arena *arena = reader->reading.arena;
	struct pf_answer answer = {
		.kind = PF_KIND_archive,
		.outcome = outcome,
		.detail = pf_escape_again(arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - reader->started_us,
	};
	if (outcome == PF_answered)
		answer.archive = reader->reading.facts;
	return answer;
}

static bool fill(struct source *source)
{
	ssize_t got;
	do
		got = read(source->fd, source->in, CHUNK);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		source->stream.error = pf_error_words(errno);
		return false;
	}
	source->packed = source->in;
	source->packed_left = (size_t)got;
	source->taken += got;
	return true;
}

static bool give(struct source *source, const unsigned char *at, size_t count)
{
	source->stream.at = at;
	source->stream.left = count;
	source->given += (int64_t)count;
	return true;
}

static bool broken(struct source *source, const char *words)
{
	source->stream.error = words;
	return false;
}

/* Behind a whole member: the next one, nothing, or the zeros that tapes are filled with. */
static bool next_member(struct source *source, bool *ended)
{
	*ended = false;
	while (source->packed_left && !*source->packed) {
		source->packed++;
		source->packed_left--;
	}
	if (!source->packed_left && !fill(source))
		return false;
	if (!source->packed_left) {
		*ended = true;
		return true;
	}
	if (!*source->packed)
		return next_member(source, ended);
	if (*source->packed != 0x1f)
		return broken(source, "other bytes follow the end of the gzip data");
	pf_inflater_again(source->inflater);
	source->between = false;
	return true;
}

static bool gunzip(struct source *source)
{
	size_t written = 0;
	bool ended;
	while (!written) {
		if (source->between) {
			if (!next_member(source, &ended))
				return false;
			if (ended)
				return give(source, source->out, 0);
		}
		if (!source->packed_left && !fill(source))
			return false;
		size_t before = source->packed_left;
		switch (pf_inflater_step(source->inflater, &source->packed, &source->packed_left,
		                         source->out, OUT, &written)) {
		case PF_INFLATE_BROKEN:
			return broken(source, "the gzip data is damaged");
		case PF_INFLATE_END:
			source->between = true;
			break;
		case PF_INFLATE_MORE:
			if (!before && !written)
				return broken(source, "the gzip data is cut off");
			break;
		}
	}
	return give(source, source->out, written);
}

/* What stops a reading that is whole so far. */
static bool is_over(struct source *source, int64_t unpacked)
{
	source->late |= pf_now_us() >= source->deadline_us;
	source->bomb |= unpacked > BOMB_BYTES && unpacked / BOMB_RATIO > source->taken;
	return source->late || source->bomb;
}

static bool refill(struct pf_flow *stream)
{
	struct source *source = (struct source *)stream;
	if (is_over(source, source->given))
		return broken(source, "the reading was stopped");
	if (source->inflater)
		return gunzip(source);
	return fill(source) && give(source, source->packed, source->packed_left);
}

static la_ssize_t feed(struct archive *archive, void *context, const void **at)
{
	struct source *source = context;
	source->stream.left = 0;
	if (!pf_flow_more(&source->stream)) {
		*at = NULL;
		if (!source->stream.error)
			return 0;
		archive_set_error(archive, EIO, "%s", source->stream.error);
		return -1;
	}
	*at = source->stream.at;
	return (la_ssize_t)source->stream.left;
}

/* Seeking is for zip, whose directory is at the end. */
static la_int64_t seek(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	struct source *source = context;
	(void)archive;
	if (source->inflater)
		return ARCHIVE_FATAL;
	source->stream.left = 0;
	source->stream.ended = false;
	return lseek(source->fd, offset, whence);
}

/* The data of the entry at hand. */
struct entry_stream {
	struct pf_flow stream;
	struct reader *reader;
};

static bool refill_entry(struct pf_flow *stream)
{
	struct reader *reader = ((struct entry_stream *)stream)->reader;
	struct pf_facts_archive *facts = &reader->reading.facts;
	const void *at = NULL;
	size_t count = 0;
	la_int64_t offset;
	stream->left = 0;
	if (is_over(reader->source, facts->unpacked)) {
		stream->error = "the reading was stopped";
		return false;
	}
	int result = archive_read_data_block(reader->archive, &at, &count, &offset);
	if (result != ARCHIVE_EOF && result != ARCHIVE_OK && result != ARCHIVE_WARN) {
		stream->error = archive_error_string(reader->archive);
		return false;
	}
	stream->at = at;
	stream->left = result == ARCHIVE_EOF ? 0 : count;
	facts->unpacked += (int64_t)stream->left;
	return true;
}

static struct archive *new_archive(void)
{
	struct archive *archive = archive_read_new();
	if (!archive)
		return NULL;
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_lzma(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_lz4(archive);
	archive_read_support_format_tar(archive);
	archive_read_support_format_zip_seekable(archive);
	archive_read_support_format_raw(archive);
	/* Else what follows the last entry, checksums too, would not be read. */
	archive_read_set_options(archive, "read_concatenated_archives");
	return archive;
}

static bool has_parent_step(const char *name)
{
	for (const char *at = name; (at = strstr(at, "..")); at += 2)
		if ((at == name || at[-1] == '/') && (at[2] == '/' || !at[2]))
			return true;
	return false;
}

static void look_at_name(struct reader *reader, const char *name)
{
	struct pf_reading *reading = &reader->reading;
	if (has_parent_step(name))
		pf_reading_suspicious(
			reading, pf_arena_print(reading->arena, "leads out: %.*s", NAMES, name));
	reading->facts.absolute |= *name == '/';
	pf_reading_look(reading, name, strlen(name));
}

static bool is_contents(const char *name)
{
	return strcmp(name, "toc.dat") == 0;
}

static void set_packing(struct reader *reader)
{
	struct pf_reading *reading = &reader->reading;
	const char *name = archive_filter_name(reader->archive, 0);
	if (reader->source->inflater)
		reading->facts.packing = "gzip";
	else if (name && strcmp(name, "none") != 0)
		reading->facts.packing = pf_escape_text(reading->arena, name, PF_DETAIL_BYTES);
}

/* False: it broke, or must stop. */
static bool read_entry(struct reader *reader, struct archive_entry *entry)
{
	struct pf_reading *reading = &reader->reading;
	struct entry_stream data = {.stream = {.refill = refill_entry}, .reader = reader};
	int format = archive_format(reader->archive) & ARCHIVE_FORMAT_BASE_MASK;
	const char *name = archive_entry_pathname(entry);
	set_packing(reader);
	if (format == ARCHIVE_FORMAT_RAW) {
		pf_content_read(reading, &data.stream);
	} else {
		if (!*reading->facts.form)
			reading->facts.form = format == ARCHIVE_FORMAT_ZIP ? "zip" : "tar";
		if (!name)
			name = archive_entry_pathname_utf8(entry);
		look_at_name(reader, name ? name : "?");
		reading->facts.encrypted |= archive_entry_is_encrypted(entry) == 1;
		if (archive_entry_mtime(entry) > reading->facts.newest_entry)
			reading->facts.newest_entry = archive_entry_mtime(entry);
		if (name && is_contents(name))
			pf_dump_read(reading, &data.stream, NULL);
		else
			reading->facts.entries++;
		if (!reading->facts.encrypted)
			(void)!pf_flow_drain(&data.stream);
	}
	if (data.stream.error && !reader->source->late && !reader->source->bomb)
		pf_reading_broken(reading, data.stream.error);
	return !data.stream.error;
}

static void read_entries(struct reader *reader)
{
	struct pf_reading *reading = &reader->reading;
	struct archive_entry *entry;
	for (;;) {
		int result = archive_read_next_header(reader->archive, &entry);
		if (result == ARCHIVE_EOF)
			return;
		if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
			if (!reader->source->late && !reader->source->bomb)
				pf_reading_broken(reading, archive_error_string(reader->archive));
			return;
		}
		if (!read_entry(reader, entry))
			return;
	}
}

/* tar(1) ends an archive with two blocks of zeros; libarchive does without them. */
static void look_for_end_of_tar(struct reader *reader)
{
	char last[512];
	struct pf_facts_archive *facts = &reader->reading.facts;
	if (strcmp(facts->form, "tar") != 0 || facts->packing || facts->error)
		return;
	if (pread(reader->source->fd, last, sizeof last, facts->size - (int64_t)sizeof last) !=
	    (ssize_t)sizeof last)
		return;
	for (size_t i = 0; i < sizeof last; i++)
		if (last[i])
			pf_reading_broken(&reader->reading,
			                  "the end of the tar archive is missing");
}

static bool is_gzip(int fd)
{
	unsigned char magic[2];
	return pread(fd, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
}

/* A file that is open already, from its first byte on. False: no memory. */
static bool read_file(struct reader *reader, int fd, int64_t deadline_us)
{
	struct source *source = reader->source;
	memset(source, 0, offsetof(struct source, in));
	source->stream.refill = refill;
	source->fd = fd;
	source->deadline_us = deadline_us;
	if (is_gzip(fd) && !(source->inflater = pf_inflater_new(true)))
		return false;
	reader->archive = new_archive();
	if (!reader->archive)
		return false;
	archive_read_set_callback_data(reader->archive, source);
	archive_read_set_read_callback(reader->archive, feed);
	if (!source->inflater)
		archive_read_set_seek_callback(reader->archive, seek);
	bool opened = archive_read_open1(reader->archive) == ARCHIVE_OK;
	if (opened)
		read_entries(reader);
	bool whole = opened && !reader->reading.facts.error && !reader->reading.facts.encrypted;
	if (source->inflater && whole)
		opened = pf_flow_drain(&source->stream);
	if (!opened && !source->late && !source->bomb)
		pf_reading_broken(&reader->reading,
		                  source->stream.error ? source->stream.error
		                                       : archive_error_string(reader->archive));
	archive_read_free(reader->archive);
	pf_inflater_free(source->inflater);
	return true;
}

static void conclude(struct reader *reader)
{
	struct pf_facts_archive *facts = &reader->reading.facts;
	const struct source *source = reader->source;
	if (source->bomb)
		pf_reading_suspicious(&reader->reading, "a bomb: it unpacks to more than 500 times "
		                                        "its size");
	bool by_head = facts->encrypted || (facts->opaque && !facts->error);
	facts->proven = source->late   ? "a part"
	                : source->bomb ? "a part"
	                : by_head      ? "its head"
	                               : "all of it";
}

/* The files that a directory format's table of contents names, one after another. */
struct directory_files {
	struct pf_dump_files files;
	struct pf_arena *arena;
	const char **names;
	size_t count, room;
};

static void note_name(struct pf_dump_files *files, const char *name)
{
	struct directory_files *list = (struct directory_files *)files;
	list->names = pf_arena_grow(list->arena, list->names, list->count, &list->room,
	                            sizeof *list->names);
	list->names[list->count++] = pf_arena_copy(list->arena, name);
}

/* The file itself or, as pg_dump packs it, with an ending. -1: neither is there. */
static int open_data(struct reader *reader, int directory, const char *name)
{
	static const char *const endings[] = {"", ".gz", ".lz4", ".zst"};
	for (size_t i = 0; i < sizeof endings / sizeof *endings && !strchr(name, '/'); i++) {
		int fd = openat(directory,
		                pf_arena_print(reader->reading.arena, "%s%s", name, endings[i]),
		                O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* Its text is a table's rows, which have no form of their own: they are unpacked to the end. */
static bool read_data_file(struct reader *reader, int directory, const char *name,
                           int64_t deadline_us)
{
	struct pf_facts_archive *facts = &reader->reading.facts, before = *facts;
	struct stat seen;
	int fd = open_data(reader, directory, name);
	if (fd < 0 || fstat(fd, &seen) != 0 || !S_ISREG(seen.st_mode)) {
		pf_reading_broken(&reader->reading,
		                  pf_arena_print(reader->reading.arena, "%s is missing", name));
		return false;
	}
	facts->size += seen.st_size;
	bool done = seen.st_size == 0 || read_file(reader, fd, deadline_us);
	close(fd);
	facts->form = before.form;
	facts->encrypted = before.encrypted;
	return done && !facts->error && !reader->source->late && !reader->source->bomb;
}

static struct pf_answer read_directory(struct reader *reader, int directory, int64_t deadline_us)
{
	struct pf_reading *reading = &reader->reading;
	struct directory_files list = {.files = {note_name}, .arena = reading->arena};
	struct source *source = reader->source;
	int fd = openat(directory, "toc.dat", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0) {
		pf_reading_broken(reading, "a directory without toc.dat is no dump");
		return end(reader, PF_answered, NULL);
	}
	memset(source, 0, offsetof(struct source, in));
	source->stream.refill = refill;
	source->fd = fd;
	source->deadline_us = deadline_us;
	pf_dump_read(reading, &source->stream, &list.files);
	close(fd);
	if (source->stream.error)
		pf_reading_broken(reading, source->stream.error);
	for (size_t i = 0; !reading->facts.error && i < list.count; i++)
		if (!read_data_file(reader, directory, list.names[i], deadline_us))
			break;
	reading->facts.trailer = !reading->facts.error;
	conclude(reader);
	return end(reader, PF_answered, NULL);
}

static struct pf_answer read_open(struct reader *reader, int fd, const struct stat *seen,
                                  int64_t deadline_us)
{
	struct pf_reading *reading = &reader->reading;
	reading->facts.modified = seen->st_mtime;
	if (S_ISDIR(seen->st_mode))
		return read_directory(reader, fd, deadline_us);
	if (!S_ISREG(seen->st_mode))
		return end(reader, PF_malformed_question, "it is neither a file nor a directory");
	reading->facts.size = seen->st_size;
	if (seen->st_size == 0) {
		pf_reading_broken(reading, "it is empty");
		return end(reader, PF_answered, NULL);
	}
	if (!read_file(reader, fd, deadline_us))
		return end(reader, PF_no_resources, "no memory");
	look_for_end_of_tar(reader);
	conclude(reader);
	struct stat after;
	if (fstat(fd, &after) == 0 &&
	    (after.st_size != seen->st_size || after.st_mtime != seen->st_mtime))
		reading->facts.changing = true;
	return end(reader, PF_answered, NULL);
}

struct pf_answer pf_archive_answer(struct pf_arena *arena, const struct pf_ask_archive *ask,
                                   int64_t deadline_us)
{
	struct reader reader = {.started_us = pf_now_us()};
	struct stat seen;
	char *path;
	size_t length;
	pf_reading_begin(&reader.reading, arena, ask);
	if (!ask->path || *ask->path != '/' || !pf_unescape(arena, ask->path, &path, &length) ||
	    strlen(path) != length)
		return end(&reader, PF_malformed_question, "it is no absolute path");
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return end(&reader,
		           errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? PF_absent
		           : errno == EACCES || errno == EPERM                   ? PF_no_permission
		                                                                 : PF_partial,
		           pf_error_words(errno));
	reader.source = malloc(sizeof *reader.source);
	if (!reader.source || fstat(fd, &seen) != 0) {
		free(reader.source);
		close(fd);
		return end(&reader, PF_no_resources, "no memory");
	}
	struct pf_answer answer = read_open(&reader, fd, &seen, deadline_us);
	free(reader.source);
	close(fd);
	return answer;
}
