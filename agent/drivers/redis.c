/* Redis asked a few harmless commands, one after the other, with hiredis for the wire format only:
 * its own connections have neither deadlines nor limits, and die of SIGPIPE. */
#include "drivers/redis_reply.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include "base/text.h"

#include <hiredis/hiredis.h>
#include <string.h>
#include <strings.h>

enum { WORDS = 4, CODE_LONGEST = 12, BANNER_BYTES = 120, COMMANDS = 16 };

struct talk {
	struct pf_stream stream;
	struct pf_peer peer;
	struct pf_redis_scan scan;
	bool logging_in; /* AUTH is being answered */
	size_t next;     /* command that is being answered */
	const char *replies[COMMANDS];
	size_t received; /* bytes of replies before this one */
	bool stepped;    /* a reply was taken, and there may be another */
};

static const char *address(const struct pf_question *question)
{
	return question->redis.address;
}

/* ---- commands ---- */

/* All that is ever sent, beside AUTH with the site's own password: nothing here writes a key or a
 * setting, and none takes longer the more a server holds. PFNONSENSE is no command at all: a Redis
 * says so, an echo or a honeypot does not. (PF alone would not do, Redis has PFADD and PFDEBUG.) */
static const struct {
	const char *name;
	size_t least, most; /* arguments */
} allowed[] = {
	{"PING", 0, 1}, {"ECHO", 1, 1},       {"HELLO", 0, 0},
	{"INFO", 0, 1}, {"PFNONSENSE", 0, 0}, {"LASTSAVE", 0, 0},
};

/* Of these only the very words. They show whether a user may use the command at all: each asks for
 * nothing, or is a mistake that the server finds after it has looked at the user's rights (a script
 * with -1 keys is never run). */
static const char *const allowed_words[] = {
	"CONFIG GET pf-none", "DEBUG HELP",    "MODULE LIST",      "ACL USERS",
	"EVAL return -1",     "CLUSTER NODES", "SENTINEL MASTERS",
};

/* A key that is never there, and no STORE: sorting it changes nothing. */
static const char sort_head[] = "SORT pf-";

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

static bool is_allowed_text(const char *command)
{
	for (size_t i = 0; i < sizeof allowed_words / sizeof *allowed_words; i++)
		if (strcmp(command, allowed_words[i]) == 0)
			return true;
	const char *key = command + sizeof sort_head - 1;
	return strncmp(command, sort_head, sizeof sort_head - 1) == 0 &&
	       key[strspn(key, "0123456789abcdef")] == '\0';
}

static bool commands_are_allowed(struct pf_turn *turn)
{
	struct pf_words commands = turn->question->redis.commands;
	const char *words[WORDS];
	for (size_t i = 0; i < commands.count; i++) {
		size_t count = split(turn->arena, commands.at[i], words);
		if (count > WORDS ||
		    (!is_allowed(count, words) && !is_allowed_text(commands.at[i])))
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

/* AUTH, with the user where there is one. The copy of it made here does not outlive it. */
static void send_login(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	const char *user = turn->question->redis.user;
	const char *words[3] = {"AUTH"};
	size_t lengths[3] = {4}, count = 1;
	char *bytes = NULL;
	if (user) {
		words[count] = user;
		lengths[count++] = strlen(user);
	}
	words[count] = pf_secret_bytes(turn->secret);
	lengths[count++] = pf_secret_length(turn->secret);
	int length = redisFormatCommandArgv(&bytes, (int)count, words, lengths);
	if (length < 0) {
		pf_turn_answer(turn, PF_no_resources, "out of memory");
		return;
	}
	talk->logging_in = true;
	pf_stream_send(&talk->stream, bytes, (size_t)length);
	explicit_bzero(bytes, (size_t)length);
	redisFreeCommand(bytes);
}

/* Whoever is handed a password must first have shown that it is the one it is meant for. */
static const char *name_to_verify(const struct pf_turn *turn)
{
	const struct pf_ask_redis *ask = &turn->question->redis;
	if (!ask->tls || !(ask->verify || turn->secret))
		return NULL;
	return ask->sni ? ask->sni : ask->address;
}

static void start(struct pf_turn *turn)
{
	const struct pf_ask_redis *ask = &turn->question->redis;
	struct talk *talk = turn->state = pf_arena_take(turn->arena, sizeof *talk);
	talk->peer = (struct pf_peer){.address = ask->address,
	                              .port = ask->port,
	                              .wire = ask->tls ? PF_TLS : PF_TCP,
	                              .sni = ask->sni,
	                              .verify = name_to_verify(turn)};
	if (!commands_are_allowed(turn))
		pf_turn_answer(turn, PF_malformed_question, "not a command that is asked with");
	else if (!pf_stream_start(turn, &talk->stream, &talk->peer, PF_REPLY_BYTES))
		return;
	else if (turn->secret)
		send_login(turn);
	else
		send_command(turn);
}

/* ---- replies ---- */

static void answer(struct pf_turn *turn, enum pf_outcome outcome, const char *detail)
{
	struct talk *talk = turn->state;
	turn->answer.redis.replies = pf_arena_words(turn->arena, talk->next, talk->replies);
	pf_turn_answer(turn, outcome, detail);
}

/* Does what came hold the password that we sent? A server can throw it back. */
static bool holds_secret(const struct pf_turn *turn, const char *bytes, size_t count)
{
	return turn->secret && pf_secret_length(turn->secret) &&
	       memmem(bytes, count, pf_secret_bytes(turn->secret), pf_secret_length(turn->secret));
}

/* What came instead of a reply; when there were replies before, they are the answer. */
static void answer_banner(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	size_t count = talk->stream.count < BANNER_BYTES ? talk->stream.count : BANNER_BYTES;
	const char *banner = holds_secret(turn, talk->stream.in, talk->stream.count)
	                             ? "it holds the password"
	                             : pf_arena_copy_bytes(turn->arena, talk->stream.in, count);
	answer(turn, talk->next ? PF_answered : PF_garbled, banner);
}

/* Nothing else will be answered either. */
static bool is_last_word(const char *reply)
{
	return strncmp(reply, "-NOAUTH", 7) == 0 || strncmp(reply, "-DENIED", 7) == 0;
}

/* Of the answer to AUTH only the code is kept: its words could be anything, the password too. */
static const char *login_words(struct pf_turn *turn, const char *reply)
{
	size_t code = strspn(reply + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (*reply == '+')
		return strcmp(reply, "+OK") == 0 ? "+OK" : "+";
	return *reply == '-' && code <= CODE_LONGEST
	               ? pf_arena_print(turn->arena, "-%.*s", (int)code, reply + 1)
	               : "-";
}

/* The next command goes out, unless this was the last reply or too much has come. */
static void go_on(struct pf_turn *turn, const char *words)
{
	struct talk *talk = turn->state;
	if (talk->next == turn->question->redis.commands.count || is_last_word(words))
		answer(turn, PF_answered, NULL);
	else if (talk->received > PF_REPLY_BYTES)
		answer(turn, PF_oversized, NULL);
	else
		send_command(turn);
}

static void take_reply(struct pf_turn *turn)
{
	struct talk *talk = turn->state;
	bool thrown_back = holds_secret(turn, talk->stream.in, talk->scan.at);
	const char *words = pf_redis_words(turn->arena, talk->stream.in, talk->scan.at);
	if (!words) {
		answer_banner(turn);
		return;
	}
	talk->received += talk->scan.at;
	pf_stream_take(&talk->stream, talk->scan.at);
	talk->scan = (struct pf_redis_scan){0};
	talk->stepped = true;
	if (talk->logging_in) {
		talk->logging_in = false;
		turn->answer.redis.login = login_words(turn, words);
		go_on(turn, "");
		return;
	}
	talk->replies[talk->next++] = thrown_back ? "-[holds the password]" : words;
	go_on(turn, words);
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
	do {
		talk->stepped = false;
		pf_stream_advance(&talk->stream);
		read_reply(turn);
	} while (!turn->answered && talk->stepped);
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
