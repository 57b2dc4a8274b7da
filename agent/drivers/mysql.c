/* MySQL and MariaDB asked who may come in, on the wire and not through a client library: what those
 * make of an error before the greeting, of a plugin or of a rogue server's wishes is theirs.
 *
 * Hanging up after the greeting would count towards max_connect_errors, and a hundred of those make
 * the server shut the whole host out, the app with it. So each login is brought to its end, with no
 * password: a refusal of that kind (1045) is not counted.
 * https://dev.mysql.com/doc/refman/8.4/en/host-cache.html */
#include "drivers/mysql_message.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include <string.h>

enum { BANNER_BYTES = 120, ROUNDS = 4 };

struct door {
	struct pf_stream stream;
	struct pf_peer peer;
	bool greeted, logging_in;
	unsigned rounds; /* replies to our login */
};

static const char *address(const struct pf_question *question)
{
	return question->mysql.address;
}

static void start(struct pf_turn *turn)
{
	const struct pf_ask_mysql *ask = &turn->question->mysql;
	struct door *door = turn->state = pf_arena_take(turn->arena, sizeof *door);
	door->peer = (struct pf_peer){.address = ask->address, .port = ask->port, .sni = ask->sni};
	if (!ask->user || !*ask->user)
		pf_turn_answer(turn, PF_malformed_question, "no user");
	else if (!pf_stream_start(turn, &door->stream, &door->peer, PF_REPLY_BYTES))
		return;
}

static void answer_banner(struct pf_turn *turn)
{
	struct door *door = turn->state;
	size_t count = door->stream.count < BANNER_BYTES ? door->stream.count : BANNER_BYTES;
	pf_turn_answer(turn, PF_garbled, pf_arena_copy_bytes(turn->arena, door->stream.in, count));
}

/* False: the user's name is none. */
static bool log_in(struct pf_turn *turn, unsigned sequence)
{
	struct door *door = turn->state;
	struct pf_facts_mysql *facts = &turn->answer.mysql;
	size_t count;
	bool tls = facts->offers_tls;
	char *request = tls ? pf_mysql_tls_request(turn->arena, sequence, &count) : NULL;
	if (request) {
		pf_stream_send(&door->stream, request, count);
		pf_stream_advance(&door->stream); /* leaves in plain text, before the handshake */
		pf_stream_upgrade(&door->stream);
		sequence++;
	}
	char *login = pf_mysql_login(turn->arena, sequence, turn->question->mysql.user, facts, tls,
	                             &count);
	if (!login)
		return false;
	door->logging_in = true;
	facts->tls = tls;
	pf_stream_send(&door->stream, login, count);
	return true;
}

static void say_nothing(struct door *door, unsigned sequence)
{
	const char empty[] = {0, 0, 0, (char)sequence};
	pf_stream_send(&door->stream, empty, sizeof empty);
}

static void say_good_bye(struct door *door)
{
	static const char quit[] = {1, 0, 0, 0, 1};
	pf_stream_send(&door->stream, quit, sizeof quit);
	pf_stream_advance(&door->stream);
}

static void act(struct pf_turn *turn, enum pf_mysql_said said, unsigned sequence)
{
	struct door *door = turn->state;
	switch (said) {
	case PF_MYSQL_GREETED:
		/* More behind the greeting would be words from somebody in between, let in before
		 * there was TLS. */
		if (door->stream.count)
			pf_turn_answer(turn, PF_garbled, "more than a greeting");
		else if (!log_in(turn, sequence))
			pf_turn_answer(turn, PF_malformed_question, "the user's name is too long");
		break;
	case PF_MYSQL_ASKED:
		if (++door->rounds < ROUNDS)
			say_nothing(door, sequence);
		else
			pf_turn_answer(turn, PF_garbled, "a login without end");
		break;
	case PF_MYSQL_LET_IN:
		say_good_bye(door);
		pf_turn_answer(turn, PF_answered, NULL);
		break;
	case PF_MYSQL_OLD:
	case PF_MYSQL_REFUSED:
		pf_turn_answer(turn, PF_answered, NULL);
		break;
	case PF_MYSQL_BROKEN:
		answer_banner(turn);
		break;
	}
}

/* True: a packet was read, and there may be more to do at once. */
static bool read_packet(struct pf_turn *turn)
{
	struct door *door = turn->state;
	struct pf_stream *stream = &door->stream;
	struct pf_mysql_packet packet;
	enum pf_mysql_frame frame = pf_mysql_frame(stream->in, stream->count, &packet);
	if (frame == PF_MYSQL_OVERSIZED)
		answer_banner(turn); /* no packet of a login is that long */
	if (frame != PF_MYSQL_WHOLE)
		return false;
	enum pf_mysql_said said =
		door->greeted ? pf_mysql_read_reply(turn->arena, &packet, &turn->answer.mysql)
			      : pf_mysql_read_greeting(turn->arena, &packet, &turn->answer.mysql);
	unsigned next = (packet.sequence + 1) & 0xff;
	door->greeted = true;
	if (said != PF_MYSQL_BROKEN)
		pf_stream_take(stream, packet.used);
	act(turn, said, next);
	return true;
}

static void answer_ended(struct pf_turn *turn)
{
	const struct pf_stream *stream = &((struct door *)turn->state)->stream;
	if (stream->count)
		answer_banner(turn);
	else
		pf_turn_answer(turn, stream->ending, stream->detail);
}

static void advance(struct pf_turn *turn)
{
	struct door *door = turn->state;
	struct pf_stream *stream = &door->stream;
	bool again;
	do {
		pf_stream_advance(stream);
		again = !turn->answered && stream->count && read_packet(turn);
	} while (again && !turn->answered && !stream->ended);
	if (!turn->answered && stream->ended)
		answer_ended(turn);
	else if (!turn->answered && stream->wire_bytes >= PF_REPLY_BYTES)
		pf_turn_answer(turn, PF_oversized, NULL);
}

static void expire(struct pf_turn *turn)
{
	struct door *door = turn->state;
	pf_stream_late(&door->stream);
}

static void end(struct pf_turn *turn)
{
	struct door *door = turn->state;
	pf_stream_close(&door->stream);
}

const struct pf_driver pf_driver_mysql = {
	.kind = PF_KIND_mysql,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
