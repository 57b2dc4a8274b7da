/* Bytes to a port and the bytes that come back: TCP, TLS, or one UDP datagram. */
#include "drivers/transport.h"
#include "drivers/turn.h"

#include "base/text.h"

#include <string.h>

struct knock {
	struct pf_stream stream;
	struct pf_peer peer;
	char *send, *until; /* NULL: not given */
	size_t send_count, until_count;
};

static const char *address(const struct pf_question *question)
{
	return question->raw.address;
}

static bool wire_of(const char *transport, enum pf_wire *wire)
{
	static const struct {
		const char *name;
		enum pf_wire wire;
	} wires[] = {{"tcp", PF_TCP}, {"tls", PF_TLS}, {"udp", PF_UDP}};
	for (size_t i = 0; i < sizeof wires / sizeof *wires; i++)
		if (transport && strcmp(transport, wires[i].name) == 0) {
			*wire = wires[i].wire;
			return true;
		}
	return false;
}

static bool bytes_of(struct pf_turn *turn, const char *notation, char **bytes, size_t *count)
{
	return !notation || pf_unescape(turn->arena, notation, bytes, count);
}

static void start(struct pf_turn *turn)
{
	const struct pf_ask_raw *ask = &turn->question->raw;
	struct knock *knock = turn->state = pf_arena_take(turn->arena, sizeof *knock);
	int64_t limit = ask->limit ? ask->limit : PF_RAW_KEPT;
	knock->peer = (struct pf_peer){.address = ask->address, .port = ask->port, .sni = ask->sni};
	if (!wire_of(ask->transport, &knock->peer.wire) ||
	    !bytes_of(turn, ask->send, &knock->send, &knock->send_count) ||
	    !bytes_of(turn, ask->until, &knock->until, &knock->until_count) || limit < 0 ||
	    limit > PF_REPLY_BYTES || (knock->peer.wire == PF_UDP && !ask->send)) {
		pf_turn_answer(turn, PF_malformed_question, NULL);
		return;
	}
	if (pf_stream_start(turn, &knock->stream, &knock->peer, (size_t)limit) && ask->send)
		pf_stream_send(&knock->stream, knock->send, knock->send_count);
}

static bool is_complete(const struct knock *knock)
{
	const struct pf_stream *stream = &knock->stream;
	if (!knock->send && !knock->until)
		return stream->open; /* connecting was the whole question */
	if (!knock->until)
		return stream->count > 0;
	return memmem(stream->in, stream->count, knock->until, knock->until_count) != NULL;
}

static void read_facts(struct pf_turn *turn)
{
	const struct knock *knock = turn->state;
	const struct pf_stream *stream = &knock->stream;
	if (stream->count)
		turn->answer.raw.reply = pf_escape(turn->arena, stream->in, stream->count, 0);
	turn->answer.raw.received = (int64_t)stream->count;
	turn->answer.raw.closed = stream->ended && stream->ending == PF_hung_up;
}

static void answer(struct pf_turn *turn, enum pf_outcome outcome, const char *detail)
{
	read_facts(turn);
	pf_turn_answer(turn, outcome, detail);
}

static void advance(struct pf_turn *turn)
{
	struct knock *knock = turn->state;
	struct pf_stream *stream = &knock->stream;
	pf_stream_advance(stream);
	bool closed = stream->ended && stream->ending == PF_hung_up && stream->count > 0;
	if (is_complete(knock) || closed)
		answer(turn, PF_answered, NULL);
	else if (stream->ended)
		answer(turn, stream->ending, stream->detail);
	else if (stream->full)
		answer(turn, PF_oversized, NULL);
}

static void expire(struct pf_turn *turn)
{
	struct knock *knock = turn->state;
	read_facts(turn);
	pf_stream_late(&knock->stream);
}

static void end(struct pf_turn *turn)
{
	struct knock *knock = turn->state;
	pf_stream_close(&knock->stream);
}

const struct pf_driver pf_driver_raw = {
	.kind = PF_KIND_raw,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
