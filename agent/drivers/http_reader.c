/* Reading HTTP/1.x responses piece by piece: status line, headers, and a body by length, by chunks
 * or until the connection closes. Strict where two readers could disagree about where it ends. */
#include "drivers/http_reader.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { QUIET_CHUNK_LINE = 18 }; /* a length and no extensions */

enum state { HEAD, BODY, CHUNK_LINE, CHUNK, CHUNK_END, TRAILER, UNTIL_CLOSE };

static void stop(struct pf_http_reader *reader, enum pf_http_progress progress, const char *why)
{
	reader->progress = progress;
	reader->why = why;
}

static bool count_header(struct pf_http_reader *reader, size_t count)
{
	reader->header_bytes += count;
	if (reader->header_bytes > PF_HEADER_BYTES)
		stop(reader, PF_HTTP_OVERSIZED, "headers without end");
	return reader->progress == PF_HTTP_MORE;
}

/* ---- the head ---- */

/* The value behind "name:" in a line, NULL when the line is another header. */
static const char *value_of(const char *line, size_t length, const char *name, size_t *count)
{
	size_t skip = strlen(name);
	if (length <= skip || strncasecmp(line, name, skip) != 0 || line[skip] != ':')
		return NULL;
	const char *value = line + skip + 1, *end = line + length;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	*count = (size_t)(end - value);
	return value;
}

static void read_length(struct pf_http_reader *reader, const char *value, size_t count)
{
	int64_t length = 0;
	bool well_formed = count > 0 && count <= 18;
	for (size_t i = 0; i < count && well_formed; i++) {
		well_formed = value[i] >= '0' && value[i] <= '9';
		length = length * 10 + (value[i] - '0');
	}
	if (!well_formed)
		stop(reader, PF_HTTP_BROKEN, "a Content-Length that is no length");
	else if (reader->has_length && reader->left != length)
		stop(reader, PF_HTTP_BROKEN, "two lengths that differ");
	reader->has_length = true;
	reader->left = length;
}

/* None was offered, so `chunked` is the only one that may be used, and once (RFC 9112, 7.4). */
static void read_coding(struct pf_http_reader *reader, const char *value, size_t count)
{
	struct pf_span list = {value, count}, coding;
	while (pf_span_next(&list, &coding)) {
		if (pf_span_is(coding, "chunked") && !reader->chunked)
			reader->chunked = true;
		else if (coding.count && !pf_span_is(coding, "identity"))
			stop(reader, PF_HTTP_BROKEN, "a transfer coding that was not offered");
	}
}

/* Does the line begin with a field's name and a colon? (RFC 9110, 5.6.2) */
static bool is_named(const char *line, size_t length)
{
	size_t name = 0;
	while (name < length && line[name] &&
	       (isalnum((unsigned char)line[name]) || strchr("!#$%&'*+-.^_`|~", line[name])))
		name++;
	return name > 0 && name < length && line[name] == ':';
}

static void take_header_line(struct pf_http_reader *reader, const char *line, size_t length)
{
	size_t count, coding_count;
	bool folded = line[0] == ' ' || line[0] == '\t';
	const char *value = value_of(line, length, "content-length", &count);
	const char *coding = value_of(line, length, "transfer-encoding", &coding_count);
	if (memchr(line, '\0', length))
		stop(reader, PF_HTTP_BROKEN, "a NUL in a header");
	else if (folded && !reader->may_fold)
		stop(reader, PF_HTTP_BROKEN, "a folded line where none may be");
	else if (!folded && !is_named(line, length))
		stop(reader, PF_HTTP_BROKEN, "a header without a name");
	else if (value)
		read_length(reader, value, count);
	else if (coding)
		read_coding(reader, coding, coding_count);
	reader->may_fold = !value && !coding;
}

/* The blank line: what follows, and for how long. */
static void end_head(struct pf_http_reader *reader)
{
	const char *version;
	const struct pf_pile *head = &reader->response.head;
	int status = pf_status_line(head->at, strcspn(head->at, "\r\n"), &version);
	bool bodyless = status == 204 || status == 304;
	if (status < 200 && status != 101) { /* an interim response: the real one follows */
		reader->response.head.count = reader->line_start = 0;
		reader->has_length = reader->chunked = reader->may_fold = false;
		reader->left = 0;
		return;
	}
	reader->head_done = true;
	if (bodyless || status == 101)
		stop(reader, PF_HTTP_COMPLETE, NULL);
	else if (reader->chunked && reader->has_length)
		stop(reader, PF_HTTP_BROKEN, "both a length and chunks");
	else if (reader->chunked)
		reader->state = CHUNK_LINE;
	else if (!reader->has_length)
		reader->state = UNTIL_CLOSE;
	else if (reader->left == 0)
		stop(reader, PF_HTTP_COMPLETE, NULL);
	else
		reader->state = BODY;
	reader->until_close = reader->state == UNTIL_CLOSE;
}

static void take_head_line(struct pf_http_reader *reader)
{
	struct pf_pile *head = &reader->response.head;
	const char *line = head->at + reader->line_start, *version;
	size_t length = head->count - reader->line_start - 1;
	bool first = reader->line_start == 0;
	if (length && line[length - 1] == '\r')
		length--;
	reader->line_start = head->count;
	if (first && pf_status_line(line, length, &version) == 0)
		stop(reader, PF_HTTP_BROKEN, "no HTTP/1.x status line");
	else if (!first && length)
		take_header_line(reader, line, length);
	else if (!first)
		end_head(reader);
}

/* Another protocol shows in its first bytes; waiting for the end of its line could take forever. */
static bool begins_like_http(const struct pf_pile *head)
{
	static const char begins[] = "HTTP/1.";
	size_t count = head->count < sizeof begins - 1 ? head->count : sizeof begins - 1;
	return memcmp(head->at, begins, count) == 0;
}

static size_t read_head(struct pf_http_reader *reader, const char *bytes, size_t count)
{
	const char *newline = memchr(bytes, '\n', count);
	size_t taken = newline ? (size_t)(newline - bytes) + 1 : count;
	if (!count_header(reader, taken))
		return taken;
	/* The NUL behind is for end_head. */
	if (!pf_pile_add(&reader->response.head, bytes, taken) ||
	    !pf_pile_add(&reader->response.head, "", 1)) {
		stop(reader, PF_HTTP_STARVED, NULL);
		return taken;
	}
	reader->response.head.count--;
	if (!begins_like_http(&reader->response.head))
		stop(reader, PF_HTTP_BROKEN, "no HTTP/1.x status line");
	else if (newline)
		take_head_line(reader);
	return taken;
}

/* ---- the body ---- */

static size_t read_body(struct pf_http_reader *reader, const char *bytes, size_t count)
{
	size_t taken = count;
	if (reader->state != UNTIL_CLOSE && (int64_t)taken > reader->left)
		taken = (size_t)reader->left;
	if (!pf_response_add_body(&reader->response, bytes, taken))
		stop(reader, reader->response.truncated ? PF_HTTP_TRUNCATED : PF_HTTP_STARVED,
		     NULL);
	if (reader->state == UNTIL_CLOSE || reader->progress != PF_HTTP_MORE)
		return taken;
	reader->left -= (int64_t)taken;
	if (reader->left == 0 && reader->state == BODY)
		stop(reader, PF_HTTP_COMPLETE, NULL);
	else if (reader->left == 0)
		reader->state = CHUNK_END;
	return taken;
}

static int hex_value(char digit)
{
	return digit >= '0' && digit <= '9'   ? digit - '0'
	       : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
	       : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
	                                      : -1;
}

static void take_chunk_line(struct pf_http_reader *reader)
{
	size_t digits = 0;
	int64_t length = 0;
	for (int value; digits < reader->chunk_line_length && digits < 16; digits++) {
		if ((value = hex_value(reader->chunk_line[digits])) < 0)
			break;
		length = length * 16 + value;
		if (length > INT64_MAX / 32)
			break;
	}
	char next = digits < reader->chunk_line_length ? reader->chunk_line[digits] : 0;
	if (digits == 0 || (next && !strchr("; \t\r", next))) {
		stop(reader, PF_HTTP_BROKEN, "a chunk without a length");
		return;
	}
	reader->chunk_line_length = 0;
	reader->left = length;
	reader->state = length ? CHUNK : TRAILER;
}

/* The length of a chunk is in the first bytes of its line; extensions behind it are skipped. */
static size_t read_chunk_line(struct pf_http_reader *reader, const char *bytes, size_t count)
{
	const char *newline = memchr(bytes, '\n', count);
	size_t taken = newline ? (size_t)(newline - bytes) + 1 : count;
	/* Small chunks are no offence: what counts is what comes beside their lengths. */
	if (reader->chunk_line_length + taken > QUIET_CHUNK_LINE && !count_header(reader, taken))
		return taken;
	size_t room = sizeof reader->chunk_line - reader->chunk_line_length;
	size_t kept = newline ? taken - 1 : taken;
	kept = kept < room ? kept : room;
	memcpy(reader->chunk_line + reader->chunk_line_length, bytes, kept);
	reader->chunk_line_length += kept;
	if (newline)
		take_chunk_line(reader);
	return taken;
}

/* CRLF behind a chunk, byte by byte; `left` counts the CR. */
static size_t read_chunk_end(struct pf_http_reader *reader, const char *bytes)
{
	bool first = reader->left == 0;
	reader->left = *bytes == '\r';
	if (*bytes == '\n')
		reader->state = CHUNK_LINE;
	else if (*bytes != '\r' || !first)
		stop(reader, PF_HTTP_BROKEN, "a chunk longer than it said");
	return 1;
}

/* Trailers are counted, and that is all; `left` is 0 at the start of a line, -1 when all of it so
 * far is one CR, and 1 otherwise. */
static size_t read_trailer(struct pf_http_reader *reader, const char *bytes, size_t count)
{
	const char *newline = memchr(bytes, '\n', count);
	size_t taken = newline ? (size_t)(newline - bytes) + 1 : count;
	size_t length = taken - (newline != NULL);
	if (!count_header(reader, taken))
		return taken;
	if (reader->left == 0 && length == 1 && bytes[0] == '\r')
		reader->left = -1;
	else if (length)
		reader->left = 1;
	if (newline && reader->left <= 0)
		stop(reader, PF_HTTP_COMPLETE, NULL);
	else if (newline)
		reader->left = 0;
	return taken;
}

size_t pf_http_read(struct pf_http_reader *reader, const char *bytes, size_t count)
{
	size_t used = 0;
	while (used < count && reader->progress == PF_HTTP_MORE) {
		const char *at = bytes + used;
		size_t left = count - used;
		switch ((enum state)reader->state) {
		case HEAD:
			used += read_head(reader, at, left);
			break;
		case BODY:
		case CHUNK:
		case UNTIL_CLOSE:
			used += read_body(reader, at, left);
			break;
		case CHUNK_LINE:
			used += read_chunk_line(reader, at, left);
			break;
		case CHUNK_END:
			used += read_chunk_end(reader, at);
			break;
		case TRAILER:
			used += read_trailer(reader, at, left);
			break;
		}
	}
	return used;
}

void pf_http_read_end(struct pf_http_reader *reader)
{
	if (reader->progress == PF_HTTP_MORE && reader->state == UNTIL_CLOSE)
		stop(reader, PF_HTTP_COMPLETE, NULL);
}
