/* Bytes of the TLS record and handshake layers. RFC 5246, sections 6.2.1, 7.2 and 7.4.1 */
#include "hello_reader.h"

#include <string.h>

enum {
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	WARNING = 1,
	SSL3 = 0x0300,
	HELLO_BYTES = 1024,
	REPLY_BYTES = 512, /* that are read: the beginning says it */
};

/* ---- writing ---- */

struct bytes {
	unsigned char at[HELLO_BYTES];
	size_t count;
};

static void put(struct bytes *to, size_t width, size_t value)
{
	while (width-- && to->count < HELLO_BYTES)
		to->at[to->count++] = (unsigned char)(value >> (8 * width));
}

static void put_bytes(struct bytes *to, const void *from, size_t count)
{
	if (count > HELLO_BYTES - to->count)
		count = HELLO_BYTES - to->count;
	memcpy(to->at + to->count, from, count);
	to->count += count;
}

static void put_sized(struct bytes *to, size_t width, const struct bytes *what)
{
	put(to, width, what->count);
	put_bytes(to, what->at, what->count);
}

/* RFC 6066, section 3. */
static void put_name(struct bytes *extensions, const char *host)
{
	struct bytes list = {0}, body = {0};
	put(&list, 1, 0);
	put(&list, 2, strlen(host));
	put_bytes(&list, host, strlen(host));
	put_sized(&body, 2, &list);
	put(extensions, 2, 0);
	put_sized(extensions, 2, &body);
}

static void put_extension(struct bytes *extensions, size_t type, size_t width, size_t count,
                          const uint16_t values[])
{
	struct bytes list = {0}, body = {0};
	for (size_t i = 0; i < count; i++)
		put(&list, width, values[i]);
	put_sized(&body, width, &list);
	put(extensions, 2, type);
	put_sized(extensions, 2, &body);
}

/* Groups, point formats and signatures that every server finds one of (RFC 8422, RFC 7919). */
static void put_extensions(struct bytes *hello, const char *name)
{
	static const uint16_t groups[] = {29, 23, 24, 25, 256}, formats[] = {0};
	static const uint16_t signatures[] = {0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806,
	                                      0x0401, 0x0501, 0x0601, 0x0203, 0x0201, 0x0202};
	struct bytes all = {0};
	if (name)
		put_name(&all, name);
	put_extension(&all, 10, 2, PF_COUNT(groups), groups);
	put_extension(&all, 11, 1, PF_COUNT(formats), formats);
	put_extension(&all, 13, 2, PF_COUNT(signatures), signatures);
	put_sized(hello, 2, &all);
}

static const char *notation(struct pf_asking *asking, const struct bytes *bytes)
{
	static const char digits[] = "0123456789abcdef";
	char text[4 * HELLO_BYTES + 1];
	for (size_t i = 0; i < bytes->count; i++) {
		char *at = text + 4 * i;
		at[0] = '\\';
		at[1] = 'x';
		at[2] = digits[bytes->at[i] >> 4];
		at[3] = digits[bytes->at[i] & 15];
	}
	text[4 * bytes->count] = '\0';
	return pf_word(asking, "%s", text);
}

struct pf_question pf_hello(struct pf_asking *asking, const struct pf_place *place, int version,
                            size_t count, const uint16_t suites[])
{
	struct bytes list = {0}, hello = {0}, handshake = {0}, record = {0};
	put(&hello, 2, (size_t)version);
	/* No key is ever made of it: it may be the same each time. */
	for (const char *canary = pf_asking_canary(asking); hello.count < 34;)
		put(&hello, 1, (unsigned char)canary[hello.count % strlen(canary)]);
	put(&hello, 1, 0);
	for (size_t i = 0; i < count; i++)
		put(&list, 2, suites[i]);
	put(&list, 2, 0x00ff); /* RFC 5746: renegotiation is understood */
	put_sized(&hello, 2, &list);
	put(&hello, 2, 0x0100); /* one way to compress: none */
	if (version > SSL3)
		put_extensions(&hello, pf_sni_of(place));
	put(&handshake, 1, CLIENT_HELLO);
	put_sized(&handshake, 3, &hello);
	put(&record, 1, RECORD_HANDSHAKE);
	put(&record, 2, version > SSL3 ? 0x0301 : SSL3);
	put_sized(&record, 2, &handshake);
	return (struct pf_question){
		.kind = PF_KIND_raw,
		.raw = {.transport = "tcp",
	                .address = place->address,
	                .port = place->port,
	                .send = notation(asking, &record),
	                .limit = REPLY_BYTES},
	};
}

/* ---- reading ---- */

static int digit(char character)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = character ? strchr(digits, character) : NULL;
	return at ? (int)(at - digits) % 16 : -1;
}

/* The code point of "{200b}" as UTF-8; returns what was read, 0 when it is no such thing. */
static size_t read_point(const char *text, struct bytes *to)
{
	size_t length = 1, value = 0;
	if (text[0] != '{')
		return 0;
	for (; digit(text[length]) >= 0 && length < 8; length++)
		value = value * 16 + (size_t)digit(text[length]);
	if (text[length] != '}')
		return 0;
	if (value < 0x80) {
		put(to, 1, value);
	} else if (value < 0x800) {
		put(to, 2, 0xc080 | (value >> 6) << 8 | (value & 63));
	} else if (value < 0x10000) {
		put(to, 3,
		    0xe08080 | (value >> 12) << 16 | ((value >> 6) & 63) << 8 | (value & 63));
	} else {
		put(to, 4,
		    0xf0808080 | ((value >> 18) & 7) << 24 | ((value >> 12) & 63) << 16 |
		            ((value >> 6) & 63) << 8 | (value & 63));
	}
	return length + 1;
}

/* One escape after its backslash; returns what was read, 0 when it is none. */
static size_t read_escape(const char *text, struct bytes *to)
{
	static const char letters[] = "rnt\\", means[] = "\r\n\t\\";
	const char *letter = *text ? strchr(letters, *text) : NULL;
	if (letter) {
		put(to, 1, (unsigned char)means[letter - letters]);
		return 1;
	}
	if (*text == 'x' && digit(text[1]) >= 0 && digit(text[2]) >= 0) {
		put(to, 1, (size_t)(digit(text[1]) * 16 + digit(text[2])));
		return 3;
	}
	size_t point = *text == 'u' ? read_point(text + 1, to) : 0;
	return point ? point + 1 : 0;
}

/* The bytes that escaped notation stands for, as far as it is one and as there is room. */
static void read_notation(const char *text, struct bytes *to)
{
	while (*text && to->count < REPLY_BYTES) {
		size_t taken = 1;
		if (*text == '\\')
			taken = 1 + read_escape(text + 1, to);
		else
			put(to, 1, (unsigned char)*text);
		if (*text == '\\' && taken == 1)
			return;
		text += taken;
	}
}

static int two(const unsigned char *at)
{
	return at[0] << 8 | at[1];
}

/* Version, 32 random bytes, the session's number, and the suite. */
static struct pf_hello_reply read_server_hello(const unsigned char *at, size_t count)
{
	struct pf_hello_reply reply = {0};
	size_t session = count > 38 ? at[38] : 0, suite = 39 + session;
	if (count < suite + 2 || at[0] != SERVER_HELLO)
		return reply;
	reply.version = two(at + 4);
	reply.suite = two(at + suite);
	reply.end = reply.version >> 8 == 3 ? PF_HELLO_TAKEN : PF_HELLO_UNCLEAR;
	return reply;
}

struct pf_hello_reply pf_hello_read(const char *text)
{
	enum { HEAD = 5 };
	struct bytes bytes = {0};
	struct pf_hello_reply reply = {0};
	read_notation(text ? text : "", &bytes);
	for (size_t at = 0; at + HEAD + 2 <= bytes.count;) {
		const unsigned char *record = bytes.at + at, *body = record + HEAD;
		size_t length = (size_t)two(record + 3);
		if (record[1] != 3)
			return reply;
		if (record[0] == RECORD_HANDSHAKE)
			return read_server_hello(body, bytes.count - at - HEAD);
		if (record[0] != RECORD_ALERT || length != 2)
			return reply;
		if (body[0] != WARNING) {
			reply.end = PF_HELLO_REFUSED;
			reply.alert = body[1];
			return reply;
		}
		at += HEAD + length;
	}
	return reply;
}

struct pf_hello_reply pf_hello_answer(const struct pf_answer *answer)
{
	struct pf_hello_reply reply = {0};
	if (!answer)
		return reply;
	if (answer->outcome == PF_answered)
		return pf_hello_read(answer->raw.reply);
	if (answer->outcome == PF_hung_up)
		reply.end = PF_HELLO_REFUSED;
	return reply;
}
