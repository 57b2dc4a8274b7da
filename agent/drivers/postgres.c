/* PostgreSQL asked who may come in, on the wire and not through libpq: libpq hides which
 * authentication was asked for and the SQLSTATE of a refusal, prints the server's words, and would
 * hand a password from its environment to whoever asks. Here none is ever sent, and a server that
 * lets us in is told good-bye. */
#include "drivers/postgres_message.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include <string.h>

enum { BANNER_BYTES = 120 };

struct door {
	struct pf_stream stream;
	struct pf_peer peer;
	char *startup;
	size_t startup_count;
	bool started; /* StartupMessage was sent */
};

static const char *address(const struct pf_question *question)
{
	return question->postgres.address;
}

static void send_startup(struct door *door)
{
	pf_stream_send(&door->stream, door->startup, door->startup_count);
	door->started = true;
}

static void start(struct pf_turn *turn)
{
	static const char ssl_request[] = {0, 0, 0, 8, 0x04, (char)0xd2, 0x16, 0x2f};
	const struct pf_ask_postgres *ask = &turn->question->postgres;
	struct door *door = turn->state = pf_arena_take(turn->arena, sizeof *door);
	door->peer = (struct pf_peer){.address = ask->address, .port = ask->port, .sni = ask->sni};
	if (ask->user && *ask->user)
		door->startup = pf_postgres_startup(turn->arena, ask->user,
		                                    ask->database ? ask->database : ask->user,
		                                    &door->startup_count);
	if (!door->startup)
		pf_turn_answer(turn, PF_malformed_question, "no user");
	else if (!pf_stream_start(turn, &door->stream, &door->peer, PF_REPLY_BYTES))
		return;
	else if (ask->tls)
		pf_stream_send(&door->stream, ssl_request, sizeof ssl_request);
	else
		send_startup(door);
}

static void answer_banner(struct pf_turn *turn)
{
	struct door *door = turn->state;
	size_t count = door->stream.count < BANNER_BYTES ? door->stream.count : BANNER_BYTES;
	pf_turn_answer(turn, PF_garbled, pf_arena_copy_bytes(turn->arena, door->stream.in, count));
}

/* The peer closed, or time or room ran out. Once an authentication request was read, that is the
 * answer, whatever did not follow it. */
static bool has_answer(const struct pf_turn *turn)
{
	return turn->answer.postgres.message != NULL;
}

static void answer_ended(struct pf_turn *turn)
{
	const struct pf_stream *stream = &((struct door *)turn->state)->stream;
	if (has_answer(turn))
		pf_turn_answer(turn, PF_answered, NULL);
	else if (stream->count)
		answer_banner(turn);
	else
		pf_turn_answer(turn, stream->ending, stream->detail);
}

/* One byte answers an SSLRequest. More behind an S would be text from somebody in between, let in
 * before there was TLS (CVE-2021-23222). */
static void read_tls_offer(struct pf_turn *turn)
{
	struct door *door = turn->state;
	struct pf_stream *stream = &door->stream;
	char offer = stream->in[0];
	if (offer == 'N' && stream->count == 1) {
		turn->answer.postgres.tls = "N";
		pf_turn_answer(turn, PF_answered, NULL);
	} else if (offer == 'S' && stream->count == 1) {
		turn->answer.postgres.tls = "S";
		pf_stream_take(stream, 1);
		pf_stream_upgrade(stream);
		send_startup(door);
	} else if (offer == 'E') {
		door->started = true; /* an error before it could start a process for us */
	} else {
		answer_banner(turn);
	}
}

static void say_good_bye(struct pf_turn *turn)
{
	static const char terminate[] = {'X', 0, 0, 0, 4};
	struct door *door = turn->state;
	if (door->stream.ended || turn->answer.postgres.auth || !has_answer(turn) ||
	    *turn->answer.postgres.message != 'R')
		return;
	pf_stream_send(&door->stream, terminate, sizeof terminate);
	pf_stream_advance(&door->stream);
}

static void read_messages(struct pf_turn *turn)
{
	struct door *door = turn->state;
	size_t used;
	enum pf_postgres_progress progress = pf_postgres_read(
		turn->arena, door->stream.in, door->stream.count, &used, &turn->answer.postgres);
	if (progress == PF_POSTGRES_BROKEN && !has_answer(turn)) {
		answer_banner(turn);
	} else if (progress != PF_POSTGRES_MORE && has_answer(turn)) {
		say_good_bye(turn);
		pf_turn_answer(turn, PF_answered, NULL);
	} else if (progress == PF_POSTGRES_OVERSIZED) {
		pf_turn_answer(turn, PF_oversized, NULL);
	}
	pf_stream_take(&door->stream, used);
}

static void advance(struct pf_turn *turn)
{
	struct door *door = turn->state;
	struct pf_stream *stream = &door->stream;
	bool upgraded;
	do {
		bool was_started = door->started;
		pf_stream_advance(stream);
		if (stream->count && !door->started)
			read_tls_offer(turn);
		upgraded = door->started && !was_started;
	} while (upgraded && !turn->answered && !stream->ended && !stream->count);
	if (door->started && !turn->answered)
		read_messages(turn);
	if (!turn->answered && stream->ended)
		answer_ended(turn);
	else if (!turn->answered && stream->wire_bytes >= PF_REPLY_BYTES)
		pf_turn_answer(turn, has_answer(turn) ? PF_answered : PF_oversized, NULL);
}

static void expire(struct pf_turn *turn)
{
	struct door *door = turn->state;
	if (has_answer(turn))
		pf_turn_answer(turn, PF_answered, NULL);
	else
		pf_stream_late(&door->stream);
}

static void end(struct pf_turn *turn)
{
	struct door *door = turn->state;
	pf_stream_close(&door->stream);
}

const struct pf_driver pf_driver_postgres = {
	.kind = PF_KIND_postgres,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
