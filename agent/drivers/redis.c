/* Redis asked a few harmless commands, one after the other, with hiredis for the wire format only:
 * its own connections have neither deadlines nor limits, and die of SIGPIPE. */
#include "drivers/redis_reply.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include "base/text.h"

#include <hiredis/hiredis.h>
#include <string.h>
#include <strings.h>

enum { WORDS = 4, BANNER_BYTES = 120, COMMANDS = 16 };

struct talk {
	struct pf_stream stream;
	struct pf_peer peer;
	struct pf_redis_scan scan;
	size_t next; /* command that is being answered */
	const char *replies[COMMANDS];
	size_t received; /* bytes of replies before this one */
};

static const char *address(const struct pf_question *question)
{
	return question->redis.address;
}

/* ---- commands ---- */

/* All that is ever sent: nothing here reads or writes a key, or takes a password. The last is no
 * command at all: a Redis says so, an echo or a honeypot does not. (PF alone would not do, Redis
 * has PFADD and PFDEBUG.) */
static const struct {
	const char *name;
	size_t least, most; /* arguments */
} allowed[] = {
	{"PING", 0, 1}, {"ECHO", 1, 1}, {"HELLO", 0, 0}, {"INFO", 0, 1}, {"PFNONSENSE", 0, 0},
};

static bool is_allowed(size_t count, const char *const words[])
{
	for (size_t i = 0; count && i < sizeof allowed / sizeof *allowed; i++)
		if (strcasecmp(words[0], allowed[i].name) == 0)
			return count - 1 >= allowed[i].least && count - 1 <= allowed[i].most;
	return false;
}

/* Words separated by one space each; returns how many, WORDS + 1 when there are more. */
static size_t split(struct pf_arena *arena, const char *command, const char *words[WORDS])
{
	size_t count = 0;
	while (count < WORDS) {
		size_t length = strcspn(command, " ");
		words[count++] = pf_arena_copy_bytes(arena, command, length);
		command += length;
		if (*command++ == '\0')
			return count;
	}
	return WORDS + 1;
}

static bool commands_are_allowed(struct pf_turn *turn)
{
	struct pf_words commands = turn->question->redis.commands;
	const char *words[WORDS];
	for (size_t i = 0; i < commands.count; i++) {
		size_t count = split(turn->arena, commands.at[i], words);
		if (count > WORDS || !is_allowed(count, words))
			return false;
	}
	return commands.count > 0 && commands.count <= COMMANDS;
}

static void send_command(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	const char *words[WORDS];
	char *bytes = NULL;
	size_t count = split(turn->arena, turn->question->redis.commands.at[talk->next], words);
	int length = redisFormatCommandArgv(&bytes, (int)count, words, NULL);
	if (length < 0) {
		pf_turn_answer(turn, PF_no_resources, "out of memory");
		return;
	}
	pf_stream_send(&talk->stream, bytes, (size_t)length);
	redisFreeCommand(bytes);
}

static void start(struct pf_turn *turn)
{
	const struct pf_ask_redis *ask = &turn->question->redis;
	struct talk *talk = turn->state = pf_arena_take(turn->arena, sizeof *talk);
	talk->peer = (struct pf_peer){.address = ask->address,
	                              .port = ask->port,
	                              .wire = ask->tls ? PF_TLS : PF_TCP,
	                              .sni = ask->sni};
	if (!commands_are_allowed(turn))
		pf_turn_answer(turn, PF_malformed_question, "not a command that is asked with");
	else if (pf_stream_start(turn, &talk->stream, &talk->peer, PF_REPLY_BYTES))
		send_command(turn);
}

/* ---- replies ---- */

static void answer(struct pf_turn *turn, enum pf_outcome outcome, const char *detail)
{
	struct talk *talk = turn->state;
	turn->answer.redis.replies = pf_arena_words(turn->arena, talk->next, talk->replies);
	pf_turn_answer(turn, outcome, detail);
}

/* What came instead of a reply; when there were replies before, they are the answer. */
static void answer_banner(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	size_t count = talk->stream.count < BANNER_BYTES ? talk->stream.count : BANNER_BYTES;
	const char *banner = pf_arena_copy_bytes(turn->arena, talk->stream.in, count);
	answer(turn, talk->next ? PF_answered : PF_garbled, banner);
}

/* Nothing else will be answered either. */
static bool is_last_word(const char *reply)
{
	return strncmp(reply, "-NOAUTH", 7) == 0 || strncmp(reply, "-DENIED", 7) == 0;
}

static void take_reply(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	const char *words = pf_redis_words(turn->arena, talk->stream.in, talk->scan.at);
	if (!words) {
		answer_banner(turn);
		return;
	}
	talk->received += talk->scan.at;
	pf_stream_take(&talk->stream, talk->scan.at);
	talk->scan = (struct pf_redis_scan){0};
	talk->replies[talk->next++] = words;
	if (talk->next == turn->question->redis.commands.count || is_last_word(words))
		answer(turn, PF_answered, NULL);
	else if (talk->received > PF_REPLY_BYTES)
		answer(turn, PF_oversized, NULL);
	else
		send_command(turn);
}

static void read_reply(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	struct pf_stream *stream = &talk->stream;
	switch (pf_redis_scan(&talk->scan, stream->in, stream->count)) {
	case PF_REDIS_WHOLE:
		take_reply(turn);
		break;
	case PF_REDIS_OVERSIZED:
		answer(turn, PF_oversized, NULL);
		break;
	case PF_REDIS_BROKEN:
		answer_banner(turn);
		break;
	case PF_REDIS_MORE:
		if (stream->full)
			answer(turn, PF_oversized, NULL);
		else if (stream->ended && stream->count)
			answer_banner(turn);
		else if (stream->ended && talk->next)
			answer(turn, PF_answered, NULL);
		else if (stream->ended)
			answer(turn, stream->ending, stream->detail);
		break;
	}
}

static void advance(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	size_t before;
	do {
		before = talk->next;
		pf_stream_advance(&talk->stream);
		read_reply(turn);
	} while (!turn->answered && talk->next > before);
}

static void expire(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	turn->answer.redis.replies = pf_arena_words(turn->arena, talk->next, talk->replies);
	pf_stream_late(&talk->stream);
}

static void end(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	pf_stream_close(&talk->stream);
}

const struct pf_driver pf_driver_redis = {
	.kind = PF_KIND_redis,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
