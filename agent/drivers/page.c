/* The facts about an HTTP response: headers without secrets, title, digests, what was looked for.
 */
#include "drivers/page.h"

#include "base/text.h"
#include "drivers/page_loads.h"
#include "drivers/tags.h"

#include <ctype.h>
#include <string.h>

enum {
	TITLE_BYTES = 200,
	TITLE_READ = 4096, /* of a title's source */
	DIGEST_DIGITS = 64,
	SHAPE_DIGITS = 16,
	TAG_BYTES = 32, /* of a tag's name that count */
};

/* ---- headers ---- */

static char *lower(struct pf_arena *arena, struct pf_span span)
{
	char *text = pf_arena_copy_bytes(arena, span.at, span.count);
	for (size_t i = 0; i < span.count; i++)
		text[i] = (char)tolower((unsigned char)text[i]);
	return text;
}

/* A header whose value is worth stealing, by its lower-case name. */
static bool is_secret(const char *name)
{
	static const char *const parts[] = {
		"cookie",   "authorization", "authentication-info",
		"csrf",     "xsrf",          "token",
		"secret",   "api-key",       "apikey",
		"password", "session",
	};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (strstr(name, parts[i]))
			return true;
	return false;
}

/* "sessionid=<32 bytes>; Path=/; HttpOnly": everything but the value itself. */
static char *hide_cookie(struct pf_arena *arena, struct pf_span value)
{
	if (value.count == 0) /* which may be no address either */
		return pf_arena_copy(arena, "<0 bytes>");
	const char *end = memchr(value.at, ';', value.count);
	size_t pair = end ? (size_t)(end - value.at) : value.count;
	const char *equals = pair ? memchr(value.at, '=', pair) : NULL;
	size_t name = equals ? (size_t)(equals - value.at) + 1 : 0;
	struct pf_span secret = pf_span_trim((struct pf_span){value.at + name, pair - name});
	return pf_arena_print(
		arena, "%s<%zu bytes>%s", pf_escape(arena, value.at, name, PF_HEADER_TEXT),
		secret.count,
		pf_escape(arena, value.at + pair, value.count - pair, PF_HEADER_TEXT));
}

static char *show_header(struct pf_arena *arena, struct pf_field field)
{
	char *raw_name = lower(arena, field.name), *value;
	bool policy = strncmp(raw_name, "content-security-policy", 23) == 0;
	size_t limit = policy ? PF_POLICY_TEXT : PF_HEADER_TEXT;
	if (strcmp(raw_name, "set-cookie") == 0)
		value = hide_cookie(arena, field.value);
	else if (is_secret(raw_name))
		value = pf_arena_print(arena, "<%zu bytes>", field.value.count);
	else
		value = pf_escape(arena, field.value.at, field.value.count, limit);
	char *name = pf_escape(arena, raw_name, field.name.count, PF_HEADER_TEXT);
	/* Both halves are notation already; this cuts the whole of it to the limit. */
	return pf_escape_again(arena, pf_arena_print(arena, "%s: %s", name, value), limit);
}

static void see_headers(struct pf_arena *arena, struct pf_span block, struct pf_facts_http *facts)
{
	const char **shown = pf_arena_array(arena, PF_HEADER_COUNT, sizeof *shown);
	size_t count = 0;
	for (struct pf_field field; pf_field_next(arena, &block, &field);) {
		if (field.name.count == 0)
			continue;
		if (count < PF_HEADER_COUNT)
			shown[count++] = show_header(arena, field);
		if (!facts->location && pf_span_is(field.name, "location"))
			facts->location =
				pf_escape(arena, field.value.at, field.value.count, PF_HEADER_TEXT);
	}
	facts->headers = (struct pf_words){.at = shown, .count = count};
}

/* ---- the body ---- */

/* Entities decoded, white space folded, escaped. */
static char *show_title(struct pf_arena *arena, struct pf_span source)
{
	size_t used = 0, length;
	source = pf_span_trim(source);
	if (source.count > TITLE_READ)
		source.count = TITLE_READ;
	char *text = pf_arena_take(arena, source.count + 1);
	for (size_t i = 0; i < source.count; i += length) {
		char here = pf_entity((struct pf_span){source.at + i, source.count - i}, &length);
		bool space = here == ' ' || (here >= '\t' && here <= '\r');
		if (!space)
			text[used++] = here;
		else if (used && text[used - 1] != ' ')
			text[used++] = ' ';
	}
	return pf_escape(arena, text, used, TITLE_BYTES);
}

static void see_tags(struct pf_arena *arena, struct pf_span html, struct pf_facts_http *facts)
{
	struct pf_joined names = {0};
	for (struct pf_tag tag; pf_tag_next(&html, &tag);) {
		char name[TAG_BYTES];
		size_t count = tag.name.count < TAG_BYTES ? tag.name.count : TAG_BYTES;
		for (size_t i = 0; i < count; i++)
			name[i] = (char)tolower((unsigned char)tag.name.at[i]);
		pf_join(arena, &names, tag.closing ? "</" : "<", tag.closing ? 2 : 1);
		pf_join(arena, &names, name, count);
		if (!facts->title && !tag.closing && pf_span_is(tag.name, "title"))
			facts->title = show_title(arena, tag.text);
	}
	if (names.count)
		facts->shape = pf_sha256(arena, names.at, names.count, SHAPE_DIGITS);
}

static struct pf_words find(struct pf_arena *arena, struct pf_span in, struct pf_words look_for)
{
	const char **found = pf_arena_array(arena, look_for.count + 1, sizeof *found);
	size_t count = 0;
	for (size_t i = 0; i < look_for.count; i++) {
		const char *text = look_for.at[i];
		if (*text && in.count && memmem(in.at, in.count, text, strlen(text)))
			found[count++] = pf_arena_copy(arena, text);
	}
	return (struct pf_words){.at = found, .count = count};
}

/* The first line, without its end. */
static struct pf_span first_line(struct pf_span head)
{
	const char *end = head.count ? memchr(head.at, '\n', head.count) : NULL;
	return (struct pf_span){head.at, end ? (size_t)(end - head.at) : head.count};
}

/* Which of the beginnings it has; one that is not well formed begins nothing. */
static struct pf_words begins(struct pf_arena *arena, struct pf_span body, struct pf_words with)
{
	const char **found = pf_arena_array(arena, with.count + 1, sizeof *found);
	size_t count = 0, length;
	for (size_t i = 0; i < with.count; i++) {
		char *bytes;
		if (pf_unescape(arena, with.at[i], &bytes, &length) && length &&
		    body.count >= length && memcmp(body.at, bytes, length) == 0)
			found[count++] = pf_arena_copy(arena, with.at[i]);
	}
	return (struct pf_words){.at = found, .count = count};
}

/* What a page says in its own words. */
static void see_words(struct pf_arena *arena, struct pf_span body, struct pf_facts_http *facts)
{
	see_tags(arena, body, facts);
	facts->loads = pf_page_loads(arena, body);
	facts->digest = pf_sha256(arena, body.at ? body.at : "", body.count, DIGEST_DIGITS);
}

void pf_page_read(struct pf_arena *arena, const struct pf_response *response,
                  const struct pf_ask_http *ask, struct pf_facts_http *facts)
{
	struct pf_span head = {response->head.at, response->head.count};
	struct pf_span body = {response->body.at, response->body.count};
	struct pf_span line = first_line(head);
	size_t skip = line.count < head.count ? line.count + 1 : line.count;
	if (line.count)
		facts->status = pf_status_line(line.at, line.count, &facts->version);
	if (skip)
		head = (struct pf_span){head.at + skip, head.count - skip};
	see_headers(arena, head, facts);
	if (!ask->discreet)
		see_words(arena, body, facts);
	facts->length = (int64_t)body.count;
	facts->truncated = response->truncated;
	facts->found_in_body = find(arena, body, ask->look_for);
	facts->found_in_headers = find(arena, head, ask->look_for);
	facts->begins_with = begins(arena, body, ask->beginnings);
}
