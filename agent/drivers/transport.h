/* One non-blocking stream of bytes to a peer: TCP, a unix socket, TLS over either, or UDP; and what
 * the kernel's errors say about the world. */
#ifndef PF_DRIVERS_TRANSPORT_H
#define PF_DRIVERS_TRANSPORT_H

#include "drivers/turn.h"

#include <sys/types.h>

/* ---- whom to trust ---- */

/* Trust anchors, read once: the system's, and those of `ca_file` (NULL: none). Freed by
 * pf_trust_free. */
struct pf_trust *pf_trust_new(const char *ca_file);
void pf_trust_free(struct pf_trust *trust);

/* Why nothing may be verified: the anchors that were named could not be read. NULL: all is well. */
const char *pf_trust_problem(const struct pf_trust *trust);

/* Parses the anchors now, if they were not: before a peer is made to wait for it. */
void pf_trust_prepare(struct pf_trust *trust);

/* Makes an SSL_CTX of OpenSSL trust these anchors and no others. They are parsed once, on first
 * use: it takes longer than a handshake. */
void pf_trust_lend(struct pf_trust *trust, void *ssl_context);

/* A handshake that someone else drives, with an SSL_CTX of their own, on the socket `fd`: it is cut
 * off when the peer has sent more than any handshake needs. False: out of memory. */
bool pf_handshake_bind(void *ssl_context, int fd) PF_MUST_USE;

/* A path under which this process, and no other, can read the anchors as PEM, for libraries that
 * insist on a file; it needs no right over the file system. NULL: it cannot be had. */
const char *pf_trust_file(struct pf_trust *trust);

/* ---- errors ---- */

/* What errno of a socket call to this literal address means. Where one number has two causes (no
 * route here or a router's word; no such source address or none left) the routing table is asked.
 */
enum pf_outcome pf_outcome_of_error(int error, const char *address);

/* How many questions at once the descriptors of this process allow: two each, with some to spare.
 */
size_t pf_streams_allowed(void);

/* Is it an IPv4 or IPv6 address, rather than a name? Brackets are not part of it. */
bool pf_is_literal(const char *host);

/* ---- streams ---- */

/* What a TLS client offers, where that is what is asked about. Versions as OpenSSL numbers them; 0:
 * no limit. */
struct pf_offer {
	int least, most;
	const char *ciphers; /* up to TLS 1.2; NULL: the default ones */
	const unsigned char *alpn;
	size_t alpn_count;
	bool lends_trust; /* the chain is judged, and passes whatever the judgement */
};

enum pf_wire { PF_TCP, PF_TLS, PF_UDP };

struct pf_peer {
	const char *address; /* literal, or unix:/path */
	int64_t port;
	enum pf_wire wire;
	const char *sni;    /* NULL: none */
	const char *verify; /* the certificate must be trusted for this name; NULL: any will do */
	bool http;          /* offer "http/1.1" by ALPN */
	const struct pf_offer *offer; /* NULL: everything that OpenSSL has by default */
};

struct pf_stream {
	struct pf_turn *turn;
	const struct pf_peer *peer;
	bool accepted;          /* the peer took the connection; UDP: the datagram left */
	bool open;              /* and TLS, where asked for, is agreed: bytes may flow */
	bool ended;             /* nothing more will come */
	bool asked_for_ours;    /* the peer wants a certificate of ours: it gets none */
	bool full;              /* `limit` bytes are held: take some away, or be done */
	enum pf_outcome ending; /* when `ended`: why. hung_up, for a close after `open` */
	const char *detail;     /* raw words on it, or NULL */
	char *in;               /* what came and was not taken away */
	size_t count, limit;

	/* The stream's own. */
	char *out;
	size_t out_count;
	size_t room;        /* bytes of `in` that there are so far, at most `limit` */
	int64_t wire_bytes; /* that came from the peer, TLS records included */
	void *tls;
	int fd;
	bool broken_pipe; /* sending failed; what the peer said before is still read */
};

/* Starts to connect, for at most ground->connect_us. At most `limit` bytes are held in stream->in.
 * False: the turn was answered. */
bool pf_stream_start(struct pf_turn *turn, struct pf_stream *stream, const struct pf_peer *peer,
                     size_t limit) PF_MUST_USE;

/* Queues bytes; they leave in pf_stream_advance once the stream is open. Copied. */
void pf_stream_send(struct pf_stream *stream, const void *bytes, size_t count);

/* Moves everything that can be moved without blocking, and tells the loop what to wait for. */
void pf_stream_advance(struct pf_stream *stream);

/* Forgets the first `count` bytes of stream->in. */
void pf_stream_take(struct pf_stream *stream, size_t count);

/* TLS from here on, after a plain-text prelude. */
void pf_stream_upgrade(struct pf_stream *stream);

/* For a driver's `expire`: answers by how far the peer came. */
void pf_stream_late(struct pf_stream *stream);

/* Closes what is open; fine on a zeroed stream, and twice. */
void pf_stream_close(struct pf_stream *stream);

/* ---- TLS, for transport.c ---- */

/* Steps return the count moved, 0 when it would block (*wants is POLLIN or POLLOUT), -1 when the
 * stream ended (its ending is set). */
void pf_tls_start(struct pf_stream *stream);
int pf_tls_handshake(struct pf_stream *stream, short *wants);
int pf_tls_read(struct pf_stream *stream, void *room, size_t size, short *wants);
int pf_tls_write(struct pf_stream *stream, const void *bytes, size_t count, short *wants);
void pf_tls_end(struct pf_stream *stream);

/* recv(2) and send(2) on the stream's socket, counted, without SIGPIPE. */
ssize_t pf_stream_receive(struct pf_stream *stream, void *room, size_t size);
ssize_t pf_stream_transmit(struct pf_stream *stream, const void *bytes, size_t count);

/* Sets the ending, once. */
void pf_stream_ends(struct pf_stream *stream, enum pf_outcome ending, const char *detail);

#endif
