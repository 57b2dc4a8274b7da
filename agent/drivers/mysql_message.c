/* MySQL's packets of the connection phase: lengths that are not believed, texts that may lack their
 * end, facts. */
#include "drivers/mysql_message.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

enum {
	HEADER = 4, /* three bytes of length and the sequence number */
	VERSION_TEXT = 128,
	PLUGIN_TEXT = 64,
	USER_BYTES = 128, /* MariaDB's longest name; MySQL's is 32 */
	LONGEST_OURS = 512,

	/* Capabilities. */
	LONG_PASSWORD = 0x1,
	TLS = 0x800,
	PROTOCOL_41 = 0x200,
	SECURE_CONNECTION = 0x8000,
	PLUGIN_AUTH = 0x80000,

	UTF8 = 33,
};

static const unsigned char *bytes_of(const struct pf_mysql_packet *packet)
{
	return (const unsigned char *)packet->body;
}

enum pf_mysql_frame pf_mysql_frame(const char *bytes, size_t count, struct pf_mysql_packet *packet)
{
	const unsigned char *at = (const unsigned char *)bytes;
	if (count < HEADER)
		return PF_MYSQL_MORE;
	size_t length = at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16;
	if (length > PF_REPLY_BYTES - HEADER)
		return PF_MYSQL_OVERSIZED;
	if (count - HEADER < length)
		return PF_MYSQL_MORE;
	*packet = (struct pf_mysql_packet){bytes + HEADER, length, at[3], HEADER + length};
	return PF_MYSQL_WHOLE;
}

/* Number, then '#' and SQLSTATE unless the server speaks before it knows our protocol, then words.
 */
static enum pf_mysql_said read_error(struct pf_arena *arena, const struct pf_mysql_packet *packet,
                                     struct pf_facts_mysql *facts)
{
	const unsigned char *at = bytes_of(packet);
	size_t from = 3;
	if (packet->length < from)
		return PF_MYSQL_BROKEN;
	facts->error = at[1] | at[2] << 8;
	if (packet->length >= 9 && at[3] == '#') {
		facts->sqlstate = pf_escape(arena, packet->body + 4, 5, 20);
		from = 9;
	}
	facts->text = pf_escape(arena, packet->body + from, packet->length - from, PF_DETAIL_BYTES);
	return facts->error ? PF_MYSQL_REFUSED : PF_MYSQL_BROKEN;
}

/* What follows the version: thread, scramble, capabilities, more scramble, plugin; each as far as
 * the packet goes. */
static void read_abilities(struct pf_arena *arena, const struct pf_mysql_packet *packet,
                           size_t from, struct pf_facts_mysql *facts)
{
	const unsigned char *at = bytes_of(packet) + from;
	size_t left = packet->length - from;
	uint32_t abilities = left >= 15 ? at[13] | (uint32_t)at[14] << 8 : 0;
	if (left >= 31)
		abilities |= (uint32_t)at[18] << 16 | (uint32_t)at[19] << 24;
	facts->offers_tls = (abilities & TLS) != 0;
	size_t scramble = left >= 31 && at[20] > 21 ? (size_t)at[20] - 8 : 13;
	size_t plugin = 31 + scramble;
	if ((abilities & PLUGIN_AUTH) && plugin < left)
		facts->plugin =
			pf_escape(arena, at + plugin,
		                  strnlen((const char *)at + plugin, left - plugin), PLUGIN_TEXT);
	facts->current = (abilities & PROTOCOL_41) != 0;
}

enum pf_mysql_said pf_mysql_read_greeting(struct pf_arena *arena,
                                          const struct pf_mysql_packet *packet,
                                          struct pf_facts_mysql *facts)
{
	const unsigned char *at = bytes_of(packet);
	if (packet->length && at[0] == 0xff && packet->sequence <= 1)
		return read_error(arena, packet, facts);
	if (packet->length < 2 || (at[0] != 9 && at[0] != 10) || packet->sequence != 0)
		return PF_MYSQL_BROKEN;
	const char *end = memchr(at + 1, '\0', packet->length - 1);
	if (!end)
		return PF_MYSQL_BROKEN;
	facts->greeted = true;
	facts->protocol = at[0];
	facts->server_version =
		pf_escape(arena, at + 1, (size_t)(end - packet->body) - 1, VERSION_TEXT);
	if (at[0] == 10)
		read_abilities(arena, packet, (size_t)(end - packet->body) + 1, facts);
	return facts->current ? PF_MYSQL_GREETED : PF_MYSQL_OLD;
}

enum pf_mysql_said pf_mysql_read_reply(struct pf_arena *arena, const struct pf_mysql_packet *packet,
                                       struct pf_facts_mysql *facts)
{
	const unsigned char *at = bytes_of(packet);
	if (packet->length == 0)
		return PF_MYSQL_BROKEN;
	switch (at[0]) {
	case 0xff:
		return read_error(arena, packet, facts);
	case 0xfe: /* another plugin; alone, the one of before 4.1 */
		facts->plugin =
			pf_escape(arena, packet->body + 1,
		                  strnlen(packet->body + 1, packet->length - 1), PLUGIN_TEXT);
		return PF_MYSQL_ASKED;
	case 0x01:
		return PF_MYSQL_ASKED;
	case 0x00:
		facts->let_in = packet->length >= 7; /* counts, status, warnings */
		return facts->let_in ? PF_MYSQL_LET_IN : PF_MYSQL_BROKEN;
	default: /* 0xfb asks for a file of ours */
		return PF_MYSQL_BROKEN;
	}
}

/* ---- ours ---- */

struct out {
	char bytes[LONGEST_OURS];
	size_t count;
};

static void put(struct out *out, const void *bytes, size_t count)
{
	memcpy(out->bytes + out->count, bytes, count);
	out->count += count;
}

/* What a login and a request for TLS begin with: abilities, longest packet, character set, nothing.
 */
static void put_head(struct out *out, unsigned sequence, uint32_t abilities)
{
	const char head[HEADER + 9] = {0,
	                               0,
	                               0,
	                               (char)sequence,
	                               (char)abilities,
	                               (char)(abilities >> 8),
	                               (char)(abilities >> 16),
	                               (char)(abilities >> 24),
	                               0,
	                               0,
	                               0,
	                               1,
	                               UTF8};
	static const char nothing[23];
	put(out, head, sizeof head);
	put(out, nothing, sizeof nothing);
}

static char *finish(struct pf_arena *arena, struct out *out, size_t *count)
{
	size_t length = out->count - HEADER;
	out->bytes[0] = (char)length;
	out->bytes[1] = (char)(length >> 8);
	*count = out->count;
	char *copy = pf_arena_take(arena, out->count);
	memcpy(copy, out->bytes, out->count);
	return copy;
}

char *pf_mysql_tls_request(struct pf_arena *arena, unsigned sequence, size_t *count)
{
	struct out out = {0};
	put_head(&out, sequence, LONG_PASSWORD | PROTOCOL_41 | SECURE_CONNECTION | TLS);
	return finish(arena, &out, count);
}

char *pf_mysql_login(struct pf_arena *arena, unsigned sequence, const char *user,
                     const struct pf_facts_mysql *greeting, bool tls, size_t *count)
{
	struct out out = {0};
	uint32_t abilities = LONG_PASSWORD | PROTOCOL_41 | SECURE_CONNECTION | (tls ? TLS : 0);
	bool plugin = greeting->plugin && strlen(greeting->plugin) < PLUGIN_TEXT;
	if (strlen(user) > USER_BYTES)
		return NULL;
	put_head(&out, sequence, abilities | (plugin ? PLUGIN_AUTH : 0));
	put(&out, user, strlen(user) + 1);
	put(&out, "", 1); /* a password of no bytes */
	if (plugin)
		put(&out, greeting->plugin, strlen(greeting->plugin) + 1);
	return finish(arena, &out, count);
}
