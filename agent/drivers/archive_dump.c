/* PostgreSQL's archive format: head, table of contents, data
 * (src/bin/pg_dump/pg_backup_archiver.c, pg_backup_custom.c). */
#include "drivers/archive_reading.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	CUSTOM = 1,
	TAR = 3,
	DIRECTORY = 5,
	DATA = 1, /* block types */
	BLOBS = 3,
	NO_DATA = 3, /* state of an entry's offset */
	TEXT_KEPT = 256,
	TEXT_MOST = 64 * 1024 * 1024, /* the definition of one object */
	ENTRIES_MOST = 5 * 1000 * 1000,
	INFLATED = 64 * 1024,
	END_OF_COPY = 3, /* lines after the last row: \. and two empty ones */
};

struct dump {
	struct pf_reading *reading;
	struct pf_flow *stream;
	int version; /* 1.14 is 114 */
	unsigned int_size, offset_size, form;
	bool gzip, opaque; /* how data is packed: zlib; or by something that is not read here */
	int64_t with_data; /* entries that must have data */
	struct pf_inflater *inflater;
	unsigned char *out;
	const char *problem;
};

static bool wrong(struct dump *dump, const char *problem)
{
	if (!dump->problem)
		dump->problem = problem;
	return false;
}

static bool cut(struct dump *dump, const char *where)
{
	return wrong(dump, dump->stream->error ? dump->stream->error : where);
}

static bool byte(struct dump *dump, unsigned *value)
{
	unsigned char one;
	if (!pf_flow_take(dump->stream, &one, 1))
		return false;
	*value = one;
	return true;
}

/* A byte of sign, then little-endian. */
static bool whole(struct dump *dump, int64_t *value)
{
	unsigned char bytes[9];
	uint64_t sum = 0;
	if (!pf_flow_take(dump->stream, bytes, dump->int_size + 1u))
		return false;
	for (size_t i = dump->int_size; i > 0; i--)
		sum = sum << 8 | bytes[i];
	if (sum > INT32_MAX)
		return wrong(dump, "a number in it is out of range");
	*value = bytes[0] ? -(int64_t)sum : (int64_t)sum;
	return true;
}

/* The beginning of a text; *length is of what is kept. NULL in the file is empty here, *absent. */
static bool text(struct dump *dump, char kept[TEXT_KEPT], size_t *length, bool *absent)
{
	int64_t count;
	if (!whole(dump, &count))
		return false;
	*absent = count < 0;
	if (count > TEXT_MOST)
		return wrong(dump, "a text in it is longer than any can be");
	size_t part = count > 0 ? (size_t)count : 0;
	*length = part < TEXT_KEPT - 1 ? part : TEXT_KEPT - 1;
	if (!pf_flow_take(dump->stream, kept, *length))
		return false;
	kept[*length] = '\0';
	return pf_flow_take(dump->stream, NULL, part - *length);
}

static bool skip_text(struct dump *dump)
{
	char kept[TEXT_KEPT];
	size_t length;
	bool absent;
	return text(dump, kept, &length, &absent);
}

static bool read_packing(struct dump *dump)
{
	unsigned algorithm;
	int64_t level;
	if (dump->version >= 115) {
		if (!byte(dump, &algorithm))
			return false;
		dump->gzip = algorithm == 1;
		dump->opaque = algorithm > 1;
		return true;
	}
	if (!whole(dump, &level))
		return false;
	dump->gzip = level != 0;
	return true;
}

/* The local time of the machine that dumped; its zone is not told, so ours is taken. */
static bool read_moment(struct dump *dump)
{
	int64_t parts[7];
	for (size_t i = 0; i < 7; i++)
		if (!whole(dump, &parts[i]))
			return false;
	struct tm tm = {.tm_sec = (int)parts[0],
	                .tm_min = (int)parts[1],
	                .tm_hour = (int)parts[2],
	                .tm_mday = (int)parts[3],
	                .tm_mon = (int)parts[4],
	                .tm_year = (int)parts[5],
	                .tm_isdst = parts[6] > 0};
	if (parts[5] < 70 || parts[5] > 1000)
		return wrong(dump, "its head names no date");
	time_t seconds = mktime(&tm);
	dump->reading->facts.dumped_at = seconds > 0 ? seconds : 0;
	return true;
}

static bool read_names(struct dump *dump)
{
	char kept[TEXT_KEPT];
	size_t length;
	bool absent;
	if (!text(dump, kept, &length, &absent))
		return false;
	pf_reading_database(dump->reading, kept, length);
	return skip_text(dump) && skip_text(dump); /* the server's version, pg_dump's */
}

static bool read_head(struct dump *dump)
{
	unsigned char head[11]; /* PGDMP, version of three bytes, two sizes, format */
	if (!pf_flow_take(dump->stream, head, sizeof head))
		return cut(dump, "it ends within its head");
	dump->version = head[5] * 100 + head[6];
	dump->int_size = head[8];
	dump->offset_size = head[9];
	dump->form = head[10];
	if (memcmp(head, "PGDMP", 5) != 0 || dump->version < 110 || dump->version > 116)
		return wrong(dump, "it is of a version that is not known here");
	if (dump->int_size < 1 || dump->int_size > 8 || dump->offset_size > 8)
		return wrong(dump, "its head makes no sense");
	if (!read_packing(dump) || !read_moment(dump) || !read_names(dump))
		return cut(dump, "it ends within its head");
	return true;
}

/* The end of an entry: what it depends on, then what the format adds. */
static bool read_entry_end(struct dump *dump, bool has_data, struct pf_dump_files *files)
{
	char kept[TEXT_KEPT];
	size_t length;
	unsigned state;
	bool absent = false;
	while (!absent)
		if (!text(dump, kept, &length, &absent))
			return false;
	if (dump->form != CUSTOM) {
		if (!text(dump, kept, &length, &absent))
			return false;
		if (files && length && !absent)
			files->name(files, kept);
		return true;
	}
	if (!byte(dump, &state) || !pf_flow_take(dump->stream, NULL, dump->offset_size))
		return false;
	dump->with_data += has_data && state != NO_DATA;
	return true;
}

static bool read_entry(struct dump *dump, struct pf_dump_files *files)
{
	char tag[TEXT_KEPT], what[TEXT_KEPT];
	size_t tag_length, what_length;
	int64_t number, has_data;
	bool absent;
	if (!whole(dump, &number) || !whole(dump, &has_data) || !skip_text(dump) ||
	    !skip_text(dump) || !text(dump, tag, &tag_length, &absent) ||
	    !text(dump, what, &what_length, &absent))
		return false;
	if (strcmp(what, "TABLE") == 0) {
		pf_reading_table(dump->reading, tag, tag_length);
		pf_reading_look(dump->reading, tag, tag_length);
	}
	if (dump->version >= 111 && !whole(dump, &number))
		return false;
	/* Definition, drop, copy; schema, tablespace, access method; kind; owner, oids. */
	size_t texts = 3 + 2 + (dump->version >= 114);
	for (size_t i = 0; i < texts; i++)
		if (!skip_text(dump))
			return false;
	if (dump->version >= 116 && !whole(dump, &number))
		return false;
	return skip_text(dump) && skip_text(dump) && read_entry_end(dump, has_data != 0, files);
}

static bool read_contents(struct dump *dump, struct pf_dump_files *files)
{
	int64_t count;
	if (!whole(dump, &count))
		return cut(dump, "it ends before its table of contents");
	if (count < 0 || count > ENTRIES_MOST)
		return wrong(dump, "its table of contents makes no sense");
	for (int64_t i = 0; i < count; i++) {
		if (!read_entry(dump, files))
			return cut(dump, "it ends within its table of contents");
		dump->reading->facts.entries++;
	}
	return true;
}

/* By memchr, which looks at many bytes at once: one by one took a tenth of all the time. */
static int64_t newlines(const unsigned char *bytes, size_t count)
{
	const unsigned char *end = bytes + count;
	int64_t sum = 0;
	while (bytes < end && (bytes = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		bytes++;
		sum++;
	}
	return sum;
}

/* `count` bytes of packed data. */
static bool inflate_chunk(struct dump *dump, size_t count, int64_t *lines, bool *ended)
{
	struct pf_flow *stream = dump->stream;
	while (count) {
		if (!pf_flow_more(stream))
			return cut(dump, "it ends within the data of a table");
		size_t part = stream->left < count ? stream->left : count, left = part, written;
		const unsigned char *at = stream->at;
		do {
			if (*ended)
				return wrong(dump, "data follows the end of packed data");
			switch (pf_inflater_step(dump->inflater, &at, &left, dump->out, INFLATED,
			                         &written)) {
			case PF_INFLATE_BROKEN:
				return wrong(dump, "the packed data of a table is damaged");
			case PF_INFLATE_END:
				*ended = true;
				break;
			case PF_INFLATE_MORE:
				break;
			}
			*lines += newlines(dump->out, written);
			dump->reading->facts.unpacked += (int64_t)written;
		} while (left || (written == INFLATED && !*ended));
		stream->at += part;
		stream->left -= part;
		count -= part;
	}
	return true;
}

static bool plain_chunk(struct dump *dump, size_t count, int64_t *lines)
{
	struct pf_flow *stream = dump->stream;
	dump->reading->facts.unpacked += (int64_t)count;
	while (count) {
		if (!pf_flow_more(stream))
			return cut(dump, "it ends within the data of a table");
		size_t part = stream->left < count ? stream->left : count;
		*lines += newlines(stream->at, part);
		stream->at += part;
		stream->left -= part;
		count -= part;
	}
	return true;
}

/* Chunks up to one of length 0: the data of one table or large object. */
static bool read_chunks(struct dump *dump, int64_t *lines)
{
	bool ended = false, any = false;
	*lines = 0;
	if (dump->gzip)
		pf_inflater_again(dump->inflater);
	for (int64_t count;;) {
		if (!whole(dump, &count))
			return cut(dump, "it ends within the data of a table");
		if (count < 0)
			return wrong(dump, "the data of a table is damaged");
		if (count == 0)
			break;
		any = true;
		if (dump->gzip ? !inflate_chunk(dump, (size_t)count, lines, &ended)
		               : !plain_chunk(dump, (size_t)count, lines))
			return false;
	}
	if (dump->gzip && any && !ended)
		return wrong(dump, "the packed data of a table has no end");
	return true;
}

static bool read_block(struct dump *dump, unsigned type)
{
	int64_t number, lines;
	if (!whole(dump, &number))
		return cut(dump, "it ends within the data of a table");
	if (type == DATA) {
		if (!read_chunks(dump, &lines))
			return false;
		dump->reading->facts.rows += lines > END_OF_COPY ? lines - END_OF_COPY : 0;
		return true;
	}
	if (type != BLOBS)
		return wrong(dump, "a block in it is of no known type");
	for (;;) {
		if (!whole(dump, &number))
			return cut(dump, "it ends within its large objects");
		if (number == 0)
			return true;
		if (!read_chunks(dump, &lines))
			return false;
	}
}

static bool read_data(struct dump *dump)
{
	int64_t blocks = 0;
	unsigned type;
	for (; byte(dump, &type); blocks++)
		if (!read_block(dump, type))
			return false;
	if (dump->stream->error)
		return wrong(dump, dump->stream->error);
	if (blocks < dump->with_data)
		return wrong(dump, "it ends before the data of its last tables");
	dump->reading->facts.trailer = true;
	return true;
}

static bool read_all(struct dump *dump, struct pf_dump_files *files)
{
	if (!read_head(dump))
		return false;
	dump->reading->facts.form = dump->form == CUSTOM      ? "pg_dump custom"
	                            : dump->form == DIRECTORY ? "pg_dump directory"
	                                                      : "pg_dump tar";
	if (!read_contents(dump, files))
		return false;
	if (dump->form != CUSTOM)
		return true;
	return read_data(dump);
}

void pf_dump_read(struct pf_reading *reading, struct pf_flow *stream, struct pf_dump_files *files)
{
	struct dump dump = {.reading = reading, .stream = stream};
	reading->facts.form = "pg_dump custom";
	dump.inflater = pf_inflater_new(false);
	dump.out = malloc(INFLATED);
	bool done = dump.inflater && dump.out && read_all(&dump, files);
	if (!done && !stream->error)
		pf_reading_broken(reading,
		                  dump.problem ? dump.problem : "there is no memory to read it");
	reading->facts.opaque = dump.opaque;
	pf_inflater_free(dump.inflater);
	free(dump.out);
}
