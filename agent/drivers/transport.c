/* Non-blocking streams over sockets: connecting, sending, receiving, and reading the kernel's
 * errors for what they say about the peer and about this machine. */
#include "drivers/transport.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	WIRE_BYTES = 4 * 1024 * 1024, /* from one peer, TLS's own included */
	FIRST_ROOM = 1024,
	MOST_IN_FLIGHT = 2048,
	SPARE_DESCRIPTORS = 32,
};

struct target {
	struct sockaddr_storage address;
	socklen_t length;
};

/* ---- addresses ---- */

static bool unix_target(const char *path, struct target *target)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	if (*path != '/' || strlen(path) >= sizeof name.sun_path)
		return false;
	strcpy(name.sun_path, path);
	memcpy(&target->address, &name, sizeof name);
	target->length = sizeof name;
	return true;
}

/* Numbers only: nothing here ever waits for a name server. */
static bool target_of(const char *address, int64_t port, struct target *target)
{
	struct addrinfo *found, hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
	*target = (struct target){0};
	if (!address || port < 0 || port > 65535)
		return false;
	if (strncmp(address, "unix:", 5) == 0)
		return unix_target(address + 5, target);
	if (getaddrinfo(address, NULL, &hints, &found) != 0)
		return false;
	memcpy(&target->address, found->ai_addr, found->ai_addrlen);
	target->length = found->ai_addrlen;
	freeaddrinfo(found);
	if (target->address.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&target->address)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)&target->address)->sin_port = htons((uint16_t)port);
	return true;
}

bool pf_is_literal(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	char bare[INET6_ADDRSTRLEN] = "";
	size_t length = strcspn(host, "%"); /* a scope may follow */
	if (length < sizeof bare)
		memcpy(bare, host, length);
	return inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, bare, &v6) == 1;
}

/* ---- errors ---- */

/* Would a packet to it leave this machine? Connecting a datagram socket asks the routing table and
 * sends nothing. */
static bool has_route(const char *address)
{
	struct target target;
	if (!target_of(address, 9, &target))
		return true;
	int fd = socket(target.address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	bool routed = connect(fd, (struct sockaddr *)&target.address, target.length) == 0;
	close(fd);
	return routed;
}

enum pf_outcome pf_outcome_of_error(int error, const char *address)
{
	bool is_unix = address && strncmp(address, "unix:", 5) == 0;
	switch (error) {
	case ECONNREFUSED:
		return PF_refused;
	case ETIMEDOUT:
	case EAGAIN: /* a unix socket whose backlog is full */
		return PF_silent;
	case ENETUNREACH:
	case EHOSTUNREACH:
		return has_route(address) ? PF_unreachable : PF_no_route;
	case EHOSTDOWN:
	case ENETDOWN:
	case ENOPROTOOPT: /* ICMP: protocol unreachable */
	case EPROTO:
		return PF_unreachable;
	case EACCES:
	case EPERM:
		return is_unix              ? PF_no_permission
		       : has_route(address) ? PF_unreachable
		                            : PF_no_route;
	case EADDRNOTAVAIL:
		return has_route(address) ? PF_no_resources : PF_no_route;
	case EAFNOSUPPORT:
	case EINVAL: /* a blackhole route; a link-local address without its interface */
		return PF_no_route;
	case ENOENT:
	case ENOTDIR:
		return PF_absent;
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return PF_hung_up;
	default: /* EMFILE, ENFILE, ENOBUFS, ENOMEM, and whatever we do not know: not the peer's */
		return PF_no_resources;
	}
}

void pf_stream_ends(struct pf_stream *stream, enum pf_outcome ending, const char *detail)
{
	if (stream->ended)
		return;
	stream->ended = true;
	stream->ending = ending;
	stream->detail = pf_arena_copy(stream->turn->arena, detail);
}

static void fail(struct pf_stream *stream, int error)
{
	char words[128];
	enum pf_outcome outcome = pf_outcome_of_error(error, stream->peer->address);
	if (outcome == PF_silent && stream->accepted)
		outcome = PF_stalled;
	pf_stream_ends(stream, outcome, strerror_r(error, words, sizeof words));
}

size_t pf_streams_allowed(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return MOST_IN_FLIGHT;
	rlim_t fit = limit.rlim_cur > SPARE_DESCRIPTORS + 2
	                     ? (limit.rlim_cur - SPARE_DESCRIPTORS) / 2
	                     : 1;
	return fit < MOST_IN_FLIGHT ? (size_t)fit : MOST_IN_FLIGHT;
}

/* ---- connecting ---- */

bool pf_stream_start(struct pf_turn *turn, struct pf_stream *stream, const struct pf_peer *peer,
                     size_t limit)
{
	struct target target;
	*stream = (struct pf_stream){.turn = turn, .peer = peer, .limit = limit, .fd = -1};
	if (!target_of(peer->address, peer->port, &target)) {
		pf_turn_answer(turn, PF_malformed_question, "not a literal address and port");
		return false;
	}
	/* Most peers say little or nothing, and thousands are asked at once. A datagram comes whole
	 * or is cut. */
	stream->room = peer->wire == PF_UDP || limit < FIRST_ROOM ? limit : FIRST_ROOM;
	stream->in = pf_arena_take(turn->arena, stream->room + 1);
	int type = peer->wire == PF_UDP ? SOCK_DGRAM : SOCK_STREAM;
	stream->fd = socket(target.address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (stream->fd < 0 ||
	    (connect(stream->fd, (struct sockaddr *)&target.address, target.length) != 0 &&
	     errno != EINPROGRESS))
		fail(stream, errno);
	if (stream->ended) {
		pf_turn_answer(turn, stream->ending, stream->detail);
		return false;
	}
	if (turn->until_us - turn->started_us > turn->ground->connect_us)
		turn->until_us = turn->started_us + turn->ground->connect_us;
	pf_turn_wait(turn, stream->fd, POLLOUT);
	return true;
}

static bool is_connected(struct pf_stream *stream)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof name;
	int error = 0;
	socklen_t error_size = sizeof error;
	if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 && error)
		fail(stream, error);
	else if (getpeername(stream->fd, (struct sockaddr *)&name, &size) == 0)
		return true;
	else if (errno != ENOTCONN)
		fail(stream, errno);
	return false;
}

/* From here on it is the exchange that is timed; an unanswered datagram stays a matter of the time
 * to connect. */
static void accept_stream(struct pf_stream *stream)
{
	stream->accepted = true;
	if (stream->peer->wire != PF_UDP)
		stream->turn->until_us = stream->turn->limit_us;
	if (stream->peer->wire == PF_TLS)
		pf_stream_upgrade(stream);
	else
		stream->open = true;
}

void pf_stream_upgrade(struct pf_stream *stream)
{
	stream->open = false;
	if (!stream->tls)
		pf_tls_start(stream);
}

/* ---- bytes ---- */

ssize_t pf_stream_receive(struct pf_stream *stream, void *room, size_t size)
{
	ssize_t count = recv(stream->fd, room, size, 0);
	if (count > 0)
		stream->wire_bytes += count;
	return count;
}

ssize_t pf_stream_transmit(struct pf_stream *stream, const void *bytes, size_t count)
{
	return send(stream->fd, bytes, count, MSG_NOSIGNAL);
}

void pf_stream_send(struct pf_stream *stream, const void *bytes, size_t count)
{
	char *out = pf_arena_take(stream->turn->arena, stream->out_count + count + 1);
	if (stream->out_count)
		memcpy(out, stream->out, stream->out_count);
	if (count)
		memcpy(out + stream->out_count, bytes, count);
	stream->out = out;
	stream->out_count += count;
}

/* A peer that closed its end may have said why before: a failed send ends nothing, the read that
 * follows does. */
static short flush(struct pf_stream *stream)
{
	short wants = 0;
	while (stream->out_count && !stream->broken_pipe) {
		ssize_t sent;
		if (stream->tls) {
			sent = pf_tls_write(stream, stream->out, stream->out_count, &wants);
		} else {
			sent = pf_stream_transmit(stream, stream->out, stream->out_count);
			if (sent < 0 && (errno == EAGAIN || errno == EINTR))
				sent = 0;
			wants = POLLOUT;
		}
		if (sent == 0)
			return wants;
		if (sent < 0) {
			stream->broken_pipe = true;
			return 0;
		}
		stream->out += sent;
		stream->out_count -= (size_t)sent;
	}
	return 0;
}

static ssize_t receive_plain(struct pf_stream *stream, char *room, size_t size, short *wants)
{
	ssize_t count = pf_stream_receive(stream, room, size);
	*wants = POLLIN;
	if (count > 0)
		return count;
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (count == 0 && stream->peer->wire == PF_UDP)
		return 0; /* an empty datagram */
	if (count == 0)
		pf_stream_ends(stream, PF_hung_up, NULL);
	else
		fail(stream, errno);
	return -1;
}

static void make_room(struct pf_stream *stream)
{
	if (stream->count < stream->room || stream->room == stream->limit)
		return;
	stream->room = stream->room * 4 < stream->limit ? stream->room * 4 : stream->limit;
	char *larger = pf_arena_take(stream->turn->arena, stream->room + 1);
	memcpy(larger, stream->in, stream->count);
	stream->in = larger;
}

static short fill(struct pf_stream *stream)
{
	short wants = POLLIN;
	while (!stream->ended) {
		make_room(stream);
		size_t room = stream->room - stream->count;
		if (stream->wire_bytes > WIRE_BYTES)
			pf_stream_ends(stream, PF_oversized, NULL);
		stream->full = room == 0;
		if (stream->full || stream->ended)
			return POLLIN; /* there may be more when some of it was taken away */
		char *at = stream->in + stream->count;
		ssize_t count = stream->tls ? pf_tls_read(stream, at, room, &wants)
		                            : receive_plain(stream, at, room, &wants);
		if (count <= 0)
			return count < 0 ? 0 : wants;
		stream->count += (size_t)count;
	}
	return 0;
}

void pf_stream_advance(struct pf_stream *stream)
{
	short events = 0, wants = 0;
	if (!stream->accepted && !stream->ended && is_connected(stream))
		accept_stream(stream);
	if (!stream->accepted && !stream->ended)
		events = POLLOUT;
	if (stream->accepted && !stream->open && !stream->ended) {
		stream->open = pf_tls_handshake(stream, &wants) > 0;
		events = wants;
	}
	if (stream->open && !stream->ended) {
		events = flush(stream);
		events |= fill(stream);
	}
	if (stream->ended)
		events = 0;
	pf_turn_wait(stream->turn, events ? stream->fd : -1, events);
}

void pf_stream_take(struct pf_stream *stream, size_t count)
{
	stream->count -= count;
	memmove(stream->in, stream->in + count, stream->count);
	stream->full = false;
}

void pf_stream_late(struct pf_stream *stream)
{
	bool is_datagram = stream->peer->wire == PF_UDP;
	pf_turn_late(stream->turn, is_datagram ? stream->count > 0 : stream->accepted);
}

void pf_stream_close(struct pf_stream *stream)
{
	if (!stream->turn)
		return;
	pf_tls_end(stream);
	if (stream->fd >= 0)
		close(stream->fd);
	stream->fd = -1;
}
