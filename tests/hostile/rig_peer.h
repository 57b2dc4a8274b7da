/* Servers on this machine that behave as badly as a test wants: they follow a script, step by step.
 */
#ifndef RIG_PEER_H
#define RIG_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rig_act {
	RIG_END,   /* close (the end of every script) */
	RIG_SEND,  /* send `count` bytes of `bytes`; count 0: all of the text */
	RIG_HEAR,  /* read on until `bytes` was heard; bytes NULL: until anything was; with a
	              count: that many bytes */
	RIG_DRIP,  /* as SEND, one byte at a time with `ms` between */
	RIG_PAUSE, /* do nothing for `ms` */
	RIG_STALL, /* do nothing until the other side closes or the peer is stopped */
	RIG_FLOOD, /* as SEND, over and over until the other side closes */
	RIG_RESET, /* close with RST */
	RIG_TLS,   /* TLS from here on */
	RIG_ECHO,  /* send back what is heard until the other side closes */
	RIG_AGAIN, /* once more from the first step, on the same connection */
};

struct rig_step {
	enum rig_act act;
	const char *bytes;
	size_t count;
	int ms;
};

enum rig_wire { RIG_TCP, RIG_TCP6, RIG_UNIX, RIG_UDP, RIG_BLACKHOLE };

struct rig_peer;

/* Listens on a free port of 127.0.0.1 (::1, a socket file) and plays `steps` to whoever comes. A
 * blackhole listens and never accepts: its backlog is full. The steps are not copied. */
struct rig_peer *rig_peer_start(enum rig_wire wire, const struct rig_step *steps);

/* The same, with TLS no newer than `version` (TLS1_VERSION, ...) in RIG_TLS. */
struct rig_peer *rig_peer_start_old(const struct rig_step *steps, int version);

/* The same, with an SSL_CTX of the test's own in RIG_TLS, which is the peer's from then on. */
struct rig_peer *rig_peer_start_with(const struct rig_step *steps, void *ssl_context);

/* Ends its threads. */
void rig_peer_stop(struct rig_peer *peer);

/* "127.0.0.1", "::1" or "unix:/..." */
const char *rig_peer_address(const struct rig_peer *peer);
int rig_peer_port(const struct rig_peer *peer);

/* Connections (datagrams) that came, and the most that were open at once. */
unsigned rig_peer_visits(struct rig_peer *peer);
unsigned rig_peer_most_at_once(struct rig_peer *peer);

/* What was heard of all visitors, in the order it came, at most 64 KiB; *count bytes. */
const char *rig_peer_heard(struct rig_peer *peer, size_t *count);

/* Did anybody say this? */
bool rig_peer_heard_text(struct rig_peer *peer, const char *text);

/* Is this said within a second? */
bool rig_peer_will_hear(struct rig_peer *peer, const char *bytes, size_t count);

/* The SNI of the last TLS visitor, "" when it sent none. */
const char *rig_peer_sni(struct rig_peer *peer);

/* A port on which nobody listens. */
int rig_closed_port(void);

/* Writes the certificate of all peers, which is its own issuer, as PEM: for rig.test, localhost and
 * 127.0.0.1. */
void rig_write_certificate(const char *path);

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t rig_now_ms(void);

#endif
