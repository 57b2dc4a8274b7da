/* HTTP requests that no library would send: the bytes of `exact` as they are, over our own stream.
 */
#include "drivers/http_question.h"
#include "drivers/http_reader.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { PIECE = 16 * 1024 };

struct visit {
	struct pf_stream stream;
	struct pf_peer peer;
	struct pf_http_reader reader;
	char *after; /* the second request; NULL: there is none, or it was sent */
	size_t after_count;
};

static bool takes(const struct pf_question *question)
{
	return question->http.exact != NULL;
}

static const char *address(const struct pf_question *question)
{
	return question->http.address;
}

/* scheme://host[:port][/...]; false: it is not that. The host is without brackets. */
static bool split_url(struct pf_turn *turn, struct visit *visit, const char **host)
{
	const struct pf_ask_http *ask = &turn->question->http;
	const char *url = ask->url ? ask->url : "";
	bool tls = strncmp(url, "https://", 8) == 0;
	if (!tls && strncmp(url, "http://", 7) != 0)
		return false;
	const char *name = url + (tls ? 8 : 7);
	bool bracketed = *name == '[';
	name += bracketed;
	size_t length = strcspn(name, bracketed ? "]" : ":/?#");
	const char *rest = name + length + bracketed;
	if (length == 0 || (bracketed && name[length] != ']') || memchr(name, '@', length))
		return false;
	int64_t port = tls ? 443 : 80;
	if (*rest == ':')
		for (port = 0, rest++; *rest >= '0' && *rest <= '9' && port <= 65535; rest++)
			port = port * 10 + (*rest - '0');
	*host = pf_arena_copy_bytes(turn->arena, name, length);
	visit->peer = (struct pf_peer){
		.address = ask->address,
		.port = ask->port ? ask->port : port,
		.wire = tls ? PF_TLS : PF_TCP,
		.sni = pf_is_literal(*host) ? NULL : *host,
		.verify = ask->verify ? *host : NULL,
		.http = true,
	};
	return true;
}

/* The visitor is the same in every request. The question has only the name, so that evidence of
 * one version is an answer to the questions of the next. */
static const char *introduced(struct pf_arena *arena, const char *text)
{
	static const char brief[] = "User-Agent: postflight\\r\\n";
	const char *at = strstr(text, brief);
	return at ? pf_arena_print(arena, "%.*sUser-Agent: %s\\r\\n%s", (int)(at - text), text,
	                           PF_USER_AGENT, at + strlen(brief))
	          : text;
}

static void start(struct pf_turn *turn)
{
	const struct pf_ask_http *ask = &turn->question->http;
	struct visit *visit = turn->state = pf_arena_take(turn->arena, sizeof *visit);
	const char *host;
	char *request;
	size_t count;
	if (!split_url(turn, visit, &host)) {
		pf_turn_answer(turn, PF_malformed_question, "not an http: or https: url");
		return;
	}
	if (!pf_unescape(turn->arena, introduced(turn->arena, ask->exact), &request, &count) ||
	    (ask->exact_after &&
	     !pf_unescape(turn->arena, introduced(turn->arena, ask->exact_after), &visit->after,
	                  &visit->after_count))) {
		pf_turn_answer(turn, PF_malformed_question, "not in escaped notation");
		return;
	}
	if (pf_stream_start(turn, &visit->stream, &visit->peer, PIECE))
		pf_stream_send(&visit->stream, request, count);
}

/* ---- endings ---- */

static void read_facts(struct pf_turn *turn)
{
	struct visit *visit = turn->state;
	bool began = visit->stream.count || visit->reader.response.head.count;
	if (visit->reader.head_done && !visit->after)
		pf_page_read(turn->arena, &visit->reader.response, &turn->question->http,
		             &turn->answer.http);
	turn->answer.http.began = began && !visit->after;
}

static void answer(struct pf_turn *turn, enum pf_outcome outcome, const char *detail)
{
	read_facts(turn);
	if (outcome == PF_answered)
		pf_turn_respond(turn);
	else
		pf_turn_answer(turn, outcome, detail);
}

/* The connection ended; a response whose head is whole was cut off. */
static void answer_ended(struct pf_turn *turn)
{
	struct visit *visit = turn->state;
	struct pf_stream *stream = &visit->stream;
	bool in_body = visit->reader.head_done && !visit->after;
	if (in_body && stream->ending == PF_hung_up) {
		visit->reader.response.truncated = true;
		answer(turn, PF_answered, NULL);
	} else {
		answer(turn, stream->ending, stream->detail);
	}
}

/* `exact` was answered: on the same connection, if that is still there, comes the second request.
 */
static void go_on(struct pf_turn *turn)
{
	struct visit *visit = turn->state;
	struct pf_stream *stream = &visit->stream;
	const char *version;
	const struct pf_pile *head = &visit->reader.response.head;
	turn->answer.http.first_status =
		pf_status_line(head->at, strcspn(head->at, "\r\n"), &version);
	pf_response_free(&visit->reader.response);
	if (visit->reader.until_close || stream->ended) {
		pf_turn_answer(turn, PF_hung_up, "closed after the first response");
	} else if (stream->count) {
		pf_turn_answer(turn, PF_garbled, "bytes behind the first response");
	} else {
		visit->reader = (struct pf_http_reader){0};
		pf_stream_send(stream, visit->after, visit->after_count);
		visit->after = NULL;
	}
}

static void conclude(struct pf_turn *turn)
{
	struct visit *visit = turn->state;
	switch (visit->reader.progress) {
	case PF_HTTP_MORE:
		break;
	case PF_HTTP_COMPLETE:
		if (visit->after)
			go_on(turn);
		else
			answer(turn, PF_answered, NULL);
		break;
	case PF_HTTP_TRUNCATED:
		answer(turn, visit->after ? PF_oversized : PF_answered, NULL);
		break;
	case PF_HTTP_OVERSIZED:
		answer(turn, PF_oversized, visit->reader.why);
		break;
	case PF_HTTP_BROKEN:
		answer(turn, PF_garbled, visit->reader.why);
		break;
	case PF_HTTP_STARVED:
		answer(turn, PF_no_resources, "out of memory");
		break;
	}
}

static void advance(struct pf_turn *turn)
{
	struct visit *visit = turn->state;
	struct pf_stream *stream = &visit->stream;
	bool more;
	do {
		pf_stream_advance(stream);
		bool waiting = visit->after != NULL;
		more = stream->full;
		pf_stream_take(stream, pf_http_read(&visit->reader, stream->in, stream->count));
		if (stream->ended && stream->ending == PF_hung_up)
			pf_http_read_end(&visit->reader);
		conclude(turn);
		more |= waiting && !visit->after; /* the second request is to be sent now */
	} while (more && !turn->answered && !stream->ended);
	if (stream->ended && !turn->answered)
		answer_ended(turn);
}

static void expire(struct pf_turn *turn)
{
	struct visit *visit = turn->state;
	read_facts(turn);
	pf_stream_late(&visit->stream);
}

static void end(struct pf_turn *turn)
{
	struct visit *visit = turn->state;
	pf_stream_close(&visit->stream);
	pf_response_free(&visit->reader.response);
}

const struct pf_driver pf_driver_http_exact = {
	.kind = PF_KIND_http,
	.takes = takes,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
