/* PostgreSQL's messages of the start-up phase: lengths that are not believed, texts that may lack
 * their end, facts. */
#include "drivers/postgres_message.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

enum {
	HEADER = 5, /* type and length */
	MECHANISMS = 8,
	STARTUP_BYTES = 8192, /* the server takes 10000 */
	AUTH_SASL = 10,
};

static uint32_t number_at(const char *bytes)
{
	const unsigned char *at = (const unsigned char *)bytes;
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The text at `from`, which ends at its NUL or with the message; *from moves behind it. */
static const char *take_text(struct pf_arena *arena, const char *body, size_t count, size_t *from,
                             size_t limit)
{
	size_t length = *from < count ? strnlen(body + *from, count - *from) : 0;
	const char *text = pf_escape(arena, body + *from, length, limit);
	*from += length + 1;
	return text;
}

static void read_mechanisms(struct pf_arena *arena, const char *body, size_t count,
                            struct pf_facts_postgres *facts)
{
	const char **names = pf_arena_array(arena, MECHANISMS, sizeof *names);
	size_t named = 0;
	for (size_t from = 4; named < MECHANISMS && from < count && body[from];)
		names[named++] = take_text(arena, body, count, &from, 64);
	facts->mechanisms = (struct pf_words){names, named};
}

static bool read_request(struct pf_arena *arena, const char *body, size_t count,
                         struct pf_facts_postgres *facts)
{
	if (count < 4 || facts->message)
		return false;
	facts->message = "R";
	facts->auth = number_at(body);
	if (facts->auth == AUTH_SASL)
		read_mechanisms(arena, body, count, facts);
	return true;
}

/* Fields of one letter and a text each, ended by a zero byte. */
static void read_error(struct pf_arena *arena, const char *body, size_t count,
                       struct pf_facts_postgres *facts)
{
	if (!facts->message)
		facts->message = "E";
	for (size_t from = 0; from < count && body[from];) {
		char field = body[from++];
		const char *text = take_text(arena, body, count, &from, PF_DETAIL_BYTES);
		const char **fact = field == 'C'   ? &facts->sqlstate
		                    : field == 'R' ? &facts->routine
		                    : field == 'M' ? &facts->text
		                                   : NULL;
		if (fact && !*fact)
			*fact = text;
	}
}

static void read_parameter(struct pf_arena *arena, const char *body, size_t count,
                           struct pf_facts_postgres *facts)
{
	size_t from = 0;
	if (facts->server_version || count < 15 || memcmp(body, "server_version", 15) != 0)
		return;
	from = 15;
	facts->server_version = take_text(arena, body, count, &from, 64);
}

/* One message. Which types may come depends on whether the server has let us in. */
static enum pf_postgres_progress read_message(struct pf_arena *arena, char type, const char *body,
                                              size_t count, struct pf_facts_postgres *facts)
{
	switch (type) {
	case 'R':
		if (!read_request(arena, body, count, facts))
			return PF_POSTGRES_BROKEN;
		return facts->auth ? PF_POSTGRES_SAID : PF_POSTGRES_MORE;
	case 'E':
		read_error(arena, body, count, facts);
		return PF_POSTGRES_SAID;
	case 'S':
		read_parameter(arena, body, count, facts);
		return PF_POSTGRES_MORE;
	case 'Z':
		return PF_POSTGRES_SAID;
	default: /* v, N, K: nothing is learnt from them */
		return PF_POSTGRES_MORE;
	}
}

enum pf_postgres_progress pf_postgres_read(struct pf_arena *arena, const char *bytes, size_t count,
                                           size_t *used, struct pf_facts_postgres *facts)
{
	for (*used = 0; *used < count;) {
		const char *at = bytes + *used;
		size_t left = count - *used;
		if (!*at || !strchr(facts->message ? "ESKZNv" : "REvN", *at))
			return PF_POSTGRES_BROKEN;
		if (left < HEADER)
			return PF_POSTGRES_MORE;
		uint32_t length = number_at(at + 1);
		if (length < 4)
			return PF_POSTGRES_BROKEN;
		if (length > PF_REPLY_BYTES)
			return *at == 'E' ? PF_POSTGRES_BROKEN : PF_POSTGRES_OVERSIZED;
		if (left < 1 + (size_t)length)
			return PF_POSTGRES_MORE;
		*used += 1 + (size_t)length;
		enum pf_postgres_progress progress =
			read_message(arena, *at, at + HEADER, length - 4, facts);
		if (progress != PF_POSTGRES_MORE)
			return progress;
	}
	return PF_POSTGRES_MORE;
}

static char *put_text(char *at, const char *text)
{
	return stpcpy(at, text) + 1;
}

char *pf_postgres_startup(struct pf_arena *arena, const char *user, const char *database,
                          size_t *count)
{
	if (strlen(user) + strlen(database) > STARTUP_BYTES)
		return NULL;
	char *message = pf_arena_take(arena, STARTUP_BYTES + 128), *at = message + 8;
	const char *const pairs[] = {"user",      user, "database", database, "application_name",
	                             "postflight"};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		at = put_text(at, pairs[i]);
	*at++ = '\0';
	*count = (size_t)(at - message);
	message[2] = (char)(*count >> 8);
	message[3] = (char)*count;
	message[5] = 3; /* version 3.0 */
	return message;
}
