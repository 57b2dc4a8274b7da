/* RESP 2, read by a scanner that trusts no length, and then by hiredis, which is only ever shown
 * replies that are whole and small. */
#include "drivers/redis_reply.h"

#include "base/limits.h"
#include "base/text.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>
#include <string.h>

enum {
	LENGTH_LINE = 16, /* "*1024" and "$65536" are shorter */
	WORDS_BYTES = PF_REDIS_WORDS,
};

/* ---- is it whole? ---- */

/* The number in the line behind the type character; false: none. */
static bool number_of(const char *line, size_t length, int64_t *number)
{
	size_t i = line[1] == '-' ? 2 : 1;
	*number = 0;
	if (i == length || length > LENGTH_LINE)
		return false;
	for (; i < length; i++) {
		if (line[i] < '0' || line[i] > '9')
			return false;
		*number = *number * 10 + (line[i] - '0');
	}
	if (line[1] == '-')
		*number = -*number;
	return *number >= -1;
}

/* One element is done, and with it whatever it was the last of. */
static void element_done(struct pf_redis_scan *scan, size_t at)
{
	scan->at = scan->searched = at;
	while (scan->depth > 0 && --scan->left[scan->depth] == 0)
		scan->depth--;
}

static enum pf_redis_scan_result scan_array(struct pf_redis_scan *scan, int64_t number, size_t at)
{
	if (number <= 0) {
		element_done(scan, at);
		return PF_REDIS_MORE;
	}
	if (scan->elements + (size_t)number > PF_REDIS_ELEMENTS || scan->depth == PF_REDIS_DEPTH)
		return PF_REDIS_OVERSIZED;
	scan->elements += (size_t)number;
	scan->left[++scan->depth] = number;
	scan->at = scan->searched = at;
	return PF_REDIS_MORE;
}

/* The element whose first line is whole; MORE with `at` unmoved: its body is not. */
static enum pf_redis_scan_result scan_element(struct pf_redis_scan *scan, const char *bytes,
                                              size_t count, size_t line_end)
{
	const char *line = bytes + scan->at;
	int64_t number;
	bool has_number = number_of(line, line_end - scan->at, &number);
	if (strchr("+-", line[0])) {
		element_done(scan, line_end + 2);
		return PF_REDIS_MORE;
	}
	if (line[0] == ':') {
		element_done(scan, line_end + 2);
		return PF_REDIS_MORE;
	}
	if (!has_number)
		return PF_REDIS_BROKEN;
	if (line[0] == '*')
		return scan_array(scan, number, line_end + 2);
	if (number > PF_REPLY_BYTES)
		return PF_REDIS_OVERSIZED;
	size_t end = number < 0 ? line_end + 2 : line_end + 2 + (size_t)number + 2;
	if (end > count)
		return PF_REDIS_MORE;
	if (number >= 0 && memcmp(bytes + end - 2, "\r\n", 2) != 0)
		return PF_REDIS_BROKEN;
	element_done(scan, end);
	return PF_REDIS_MORE;
}

static bool is_whole(const struct pf_redis_scan *scan)
{
	return scan->at > 0 && scan->depth == 0;
}

enum pf_redis_scan_result pf_redis_scan(struct pf_redis_scan *scan, const char *bytes, size_t count)
{
	while (!is_whole(scan) && scan->at < count) {
		size_t from = scan->at, searched = scan->searched;
		if (!strchr("+-:$*", bytes[from]) || bytes[from] == '\0')
			return PF_REDIS_BROKEN;
		const char *end = memmem(bytes + searched, count - searched, "\r\n", 2);
		bool has_length = bytes[from] == '$' || bytes[from] == '*';
		if (!end) {
			scan->searched = count - 1;
			/* The last of these bytes may be the first of the line's end. */
			return has_length && count - from > LENGTH_LINE + 1 ? PF_REDIS_BROKEN
			                                                    : PF_REDIS_MORE;
		}
		enum pf_redis_scan_result result =
			scan_element(scan, bytes, count, (size_t)(end - bytes));
		if (result != PF_REDIS_MORE || scan->at == from)
			return result;
	}
	return is_whole(scan) ? PF_REDIS_WHOLE : PF_REDIS_MORE;
}

/* ---- what does it say? ---- */

static char *words_of(struct pf_arena *arena, const redisReply *reply)
{
	char *text;
	switch (reply->type) {
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_ERROR:
	case REDIS_REPLY_STRING:
		text = pf_escape(arena, reply->str, (size_t)reply->len, WORDS_BYTES - 1);
		return pf_arena_print(arena, "%c%s",
		                      reply->type == REDIS_REPLY_STATUS  ? '+'
		                      : reply->type == REDIS_REPLY_ERROR ? '-'
		                                                         : '$',
		                      text);
	case REDIS_REPLY_INTEGER:
		return pf_arena_print(arena, ":%lld", reply->integer);
	case REDIS_REPLY_NIL:
		return pf_arena_copy(arena, "$(nil)");
	default:
		break;
	}
	text = pf_arena_print(arena, "*%zu", (size_t)reply->elements);
	for (size_t i = 0; i < reply->elements && strlen(text) < WORDS_BYTES; i++)
		text = pf_arena_print(arena, "%s %s", text, words_of(arena, reply->element[i]));
	return pf_escape_again(arena, text, WORDS_BYTES);
}

char *pf_redis_words(struct pf_arena *arena, const char *bytes, size_t count)
{
	redisReader *reader = redisReaderCreate();
	void *reply = NULL;
	char *words = NULL;
	if (reader && redisReaderFeed(reader, bytes, count) == REDIS_OK &&
	    redisReaderGetReply(reader, &reply) == REDIS_OK && reply)
		words = words_of(arena, reply);
	if (reply)
		freeReplyObject(reply);
	if (reader)
		redisReaderFree(reader);
	return words;
}
