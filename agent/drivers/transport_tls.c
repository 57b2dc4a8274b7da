/* TLS under a stream, and the trust anchors. The probing side takes whatever a server still speaks:
 * with the system's policy a server that speaks TLS 1.1 would look closed. */
#include "drivers/transport.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ANCHOR_BYTES = 8 * 1024 * 1024,
	HANDSHAKE_BYTES = 512 * 1024, /* of a peer, before anything is agreed */
};

struct pf_trust {
	char *pem;
	size_t count;
	char problem[256];   /* "": the anchors are complete */
	X509_STORE *anchors; /* NULL: not parsed yet */
	int file;            /* the anchors again, in memory that has a descriptor; -1: not made */
	char file_path[32];
	SSL_CTX *probing, *verifying;
	BIO_METHOD *wire;
};

/* ---- anchors ---- */

/* Appends a file; false: it cannot be read whole. */
static bool add_anchors(struct pf_trust *trust, const char *path)
{
	FILE *file = fopen(path, "re");
	char *larger = file ? realloc(trust->pem, trust->count + ANCHOR_BYTES + 2) : NULL;
	bool whole = false;
	if (larger) {
		trust->pem = larger;
		size_t read = fread(larger + trust->count, 1, ANCHOR_BYTES, file);
		whole = !ferror(file) && feof(file);
		trust->count += read;
		trust->pem[trust->count++] = '\n';
		trust->pem[trust->count] = '\0';
		larger = realloc(trust->pem, trust->count + 1);
		trust->pem = larger ? larger : trust->pem;
	}
	if (file)
		fclose(file);
	return whole;
}

/* While files may still be written: a confined process may not, in memory neither. */
static void make_file(struct pf_trust *trust)
{
	size_t written = 0;
	ssize_t count = 0;
	trust->file = trust->pem ? memfd_create("anchors", MFD_CLOEXEC) : -1;
	while (trust->file >= 0 && written < trust->count &&
	       (count = write(trust->file, trust->pem + written, trust->count - written)) > 0)
		written += (size_t)count;
	if (trust->file >= 0 && written == trust->count)
		snprintf(trust->file_path, sizeof trust->file_path, "/proc/self/fd/%d",
		         trust->file);
}

struct pf_trust *pf_trust_new(const char *ca_file)
{
	static const char *const bundles[] = {
		"/etc/ssl/certs/ca-certificates.crt", /* Debian, Arch, Alpine */
		"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora, RHEL */
		"/etc/ssl/ca-bundle.pem",             /* SUSE */
		"/etc/ssl/cert.pem",
	};
	struct pf_trust *trust = calloc(1, sizeof *trust);
	if (!trust)
		abort();
	for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++)
		if (add_anchors(trust, bundles[i]))
			break;
	errno = 0;
	if (ca_file && !add_anchors(trust, ca_file))
		snprintf(trust->problem, sizeof trust->problem, "%s: %s", ca_file,
		         errno ? strerror(errno) : "too large");
	else if (!trust->pem)
		snprintf(trust->problem, sizeof trust->problem, "no trust anchors on this machine");
	make_file(trust);
	return trust;
}

const char *pf_trust_problem(const struct pf_trust *trust)
{
	return *trust->problem ? trust->problem : NULL;
}

void pf_trust_free(struct pf_trust *trust)
{
	if (!trust)
		return;
	SSL_CTX_free(trust->probing);
	SSL_CTX_free(trust->verifying);
	X509_STORE_free(trust->anchors);
	BIO_meth_free(trust->wire);
	if (trust->file >= 0)
		close(trust->file);
	free(trust->pem);
	free(trust);
}

const char *pf_trust_file(struct pf_trust *trust)
{
	return *trust->file_path ? trust->file_path : NULL;
}

/* Bundles hold certificates that OpenSSL may not like; those are left out, as everywhere. */
static void parse_anchors(struct pf_trust *trust)
{
	BIO *pem = BIO_new_mem_buf(trust->pem, (int)trust->count);
	X509 *anchor;
	trust->anchors = X509_STORE_new();
	while (pem && trust->anchors && (anchor = PEM_read_bio_X509(pem, NULL, NULL, NULL))) {
		X509_STORE_add_cert(trust->anchors, anchor);
		X509_free(anchor);
	}
	ERR_clear_error();
	BIO_free(pem);
}

void pf_trust_prepare(struct pf_trust *trust)
{
	if (!trust->anchors)
		parse_anchors(trust);
}

void pf_trust_lend(struct pf_trust *trust, void *ssl_context)
{
	pf_trust_prepare(trust);
	if (trust->anchors)
		SSL_CTX_set1_cert_store(ssl_context, trust->anchors);
}

/* ---- handshakes of others ---- */

/* Throws away what has come and was not read. */
static void discard(int fd)
{
	char room[16 * 1024];
	while (recv(fd, room, sizeof room, MSG_DONTWAIT) > 0)
		;
}

/* OpenSSL passes over requests to begin anew (and the like) in one call, for as long as they come.
 * Nothing can be returned from here, but a socket that is shut down ends them. */
struct bound {
	int fd;
	int64_t bytes;
};

static void count_message(int sent, int version, int type, const void *bytes, size_t count,
                          SSL *ssl, void *context)
{
	struct bound *bound = context;
	(void)version, (void)type, (void)bytes;
	if (sent || SSL_is_init_finished(ssl))
		return;
	bound->bytes += (int64_t)count;
	if (bound->bytes <= HANDSHAKE_BYTES || bound->fd < 0)
		return;
	shutdown(bound->fd, SHUT_RDWR);
	discard(bound->fd);
}

static void free_bound(void *parent, void *bound, CRYPTO_EX_DATA *all, int index, long number,
                       void *argument)
{
	(void)parent, (void)all, (void)index, (void)number, (void)argument;
	free(bound);
}

/* Kept with the context, which lives as long as the connection: longer than one question, where
 * another goes over it, and messages come after the handshake too (RFC 8446, section 4.6). */
bool pf_handshake_bind(void *ssl_context, int fd)
{
	static int place = -1;
	struct bound *bound = calloc(1, sizeof *bound);
	if (place < 0)
		place = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_bound);
	if (!bound || place < 0 || SSL_CTX_set_ex_data(ssl_context, place, bound) != 1) {
		free(bound);
		return false;
	}
	bound->fd = fd;
	SSL_CTX_set_msg_callback(ssl_context, count_message);
	SSL_CTX_set_msg_callback_arg(ssl_context, bound);
	return true;
}

/* ---- contexts ---- */

static SSL_CTX *context_new(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	if (!context)
		return NULL;
	/* Without AUTO_RETRY a flood of records without data returns to the loop each time. */
	SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
	SSL_CTX_set_mode(context,
	                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	return context;
}

/* Called when the peer demands a certificate of ours; 0: there is none. */
static int note_demand(SSL *ssl, X509 **certificate, EVP_PKEY **key)
{
	struct pf_stream *stream = BIO_get_data(SSL_get_rbio(ssl));
	(void)certificate, (void)key;
	stream->asked_for_ours = true;
	return 0;
}

static SSL_CTX *probing_context(struct pf_trust *trust)
{
	if (!trust->probing && (trust->probing = context_new())) {
		SSL_CTX_set_security_level(trust->probing, 0);
		SSL_CTX_set_min_proto_version(trust->probing, TLS1_VERSION);
		SSL_CTX_set_options(trust->probing, SSL_OP_LEGACY_SERVER_CONNECT);
		SSL_CTX_set_client_cert_cb(trust->probing, note_demand);
		SSL_CTX_set_verify(trust->probing, SSL_VERIFY_NONE, NULL);
	}
	return trust->probing;
}

static SSL_CTX *verifying_context(struct pf_trust *trust)
{
	if (!trust->verifying && (trust->verifying = context_new())) {
		pf_trust_lend(trust, trust->verifying);
		SSL_CTX_set_verify(trust->verifying, SSL_VERIFY_PEER, NULL);
	}
	return trust->verifying;
}

/* ---- OpenSSL's view of a stream's socket ---- */

/* A handshake that never ends is cut off here: there are messages which OpenSSL passes over in one
 * call for as long as they come. */
static int wire_read(BIO *bio, char *room, int size)
{
	struct pf_stream *stream = BIO_get_data(bio);
	if (!stream->open && stream->wire_bytes > HANDSHAKE_BYTES) {
		pf_stream_ends(stream, PF_oversized, NULL);
		BIO_clear_retry_flags(bio);
		return -1;
	}
	ssize_t count = pf_stream_receive(stream, room, (size_t)size);
	BIO_clear_retry_flags(bio);
	if (count < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_read(bio);
	return (int)count;
}

static int wire_write(BIO *bio, const char *bytes, int count)
{
	ssize_t sent = pf_stream_transmit(BIO_get_data(bio), bytes, (size_t)count);
	BIO_clear_retry_flags(bio);
	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		BIO_set_retry_write(bio);
	return (int)sent;
}

static long wire_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static BIO *wire_of(struct pf_stream *stream)
{
	struct pf_trust *trust = stream->turn->ground->trust;
	if (!trust->wire && (trust->wire = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream"))) {
		BIO_meth_set_read(trust->wire, wire_read);
		BIO_meth_set_write(trust->wire, wire_write);
		BIO_meth_set_ctrl(trust->wire, wire_control);
	}
	BIO *bio = trust->wire ? BIO_new(trust->wire) : NULL;
	if (bio) {
		BIO_set_data(bio, stream);
		BIO_set_init(bio, 1);
	}
	return bio;
}

/* ---- steps ---- */

static bool expect_name(SSL *ssl, const char *name)
{
	X509_VERIFY_PARAM *expected = SSL_get0_param(ssl);
	return pf_is_literal(name) ? X509_VERIFY_PARAM_set1_ip_asc(expected, name)
	                           : SSL_set1_host(ssl, name);
}

/* False: this OpenSSL does not speak what should be offered. */
static bool set_offer(struct pf_stream *stream, SSL *ssl)
{
	const struct pf_offer *offer = stream->peer->offer;
	struct pf_trust *trust = stream->turn->ground->trust;
	if (!offer)
		return true;
	if (offer->lends_trust)
		pf_trust_prepare(trust);
	if (offer->lends_trust && trust->anchors)
		SSL_set1_verify_cert_store(ssl, trust->anchors);
	SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
	if (offer->alpn_count)
		SSL_set_alpn_protos(ssl, offer->alpn, (unsigned)offer->alpn_count);
	return (!offer->least || SSL_set_min_proto_version(ssl, offer->least)) &&
	       (!offer->most || SSL_set_max_proto_version(ssl, offer->most)) &&
	       (!offer->ciphers || SSL_set_cipher_list(ssl, offer->ciphers));
}

/* False: OpenSSL would not have it. */
static bool set_up(struct pf_stream *stream, SSL *ssl)
{
	static const unsigned char http[] = "\x08http/1.1";
	const struct pf_peer *peer = stream->peer;
	BIO *wire = wire_of(stream);
	if (!wire)
		return false;
	SSL_set_bio(ssl, wire, wire);
	SSL_set_connect_state(ssl);
	return (!peer->verify || expect_name(ssl, peer->verify)) &&
	       (!peer->sni || SSL_set_tlsext_host_name(ssl, peer->sni)) &&
	       (!peer->http || SSL_set_alpn_protos(ssl, http, sizeof http - 1) == 0);
}

void pf_tls_start(struct pf_stream *stream)
{
	struct pf_trust *trust = stream->turn->ground->trust;
	bool verify = stream->peer->verify != NULL;
	if (verify && *trust->problem) {
		pf_stream_ends(stream, PF_no_permission, trust->problem);
		return;
	}
	SSL_CTX *context = verify ? verifying_context(trust) : probing_context(trust);
	stream->tls = context ? SSL_new(context) : NULL;
	if (!stream->tls || !set_up(stream, stream->tls))
		pf_stream_ends(stream, PF_no_resources, "TLS could not be set up");
	else if (!set_offer(stream, stream->tls))
		pf_stream_ends(stream, PF_no_program, "this OpenSSL does not speak that");
	ERR_clear_error();
}

/* The reason of the first error that OpenSSL queued, NULL when it queued none. */
static const char *reason_of_failure(void)
{
	unsigned long code = ERR_get_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	ERR_clear_error();
	return reason;
}

/* A peer that closed before its first byte hung up; one that spoke and then failed, failed at TLS.
 */
static void handshake_failed(struct pf_stream *stream, int error)
{
	long verdict = SSL_get_verify_result(stream->tls);
	int code = ERR_GET_REASON(ERR_peek_error());
	bool ours = code == SSL_R_NO_PROTOCOLS_AVAILABLE || code == SSL_R_NO_CIPHERS_AVAILABLE;
	const char *reason = reason_of_failure();
	if (ours)
		pf_stream_ends(stream, PF_no_program, "this OpenSSL does not speak that");
	else if (stream->peer->verify && verdict != X509_V_OK)
		pf_stream_ends(stream, PF_tls_untrusted, X509_verify_cert_error_string(verdict));
	else if (stream->wire_bytes == 0)
		pf_stream_ends(stream, PF_hung_up,
		               error ? strerror(error) : "closed during the TLS handshake");
	else
		pf_stream_ends(stream, PF_tls_failed, reason ? reason : "closed");
}

/* What a result of an SSL_* call asks for; -1 when the connection is over. */
static int blocked(struct pf_stream *stream, int result, short *wants)
{
	switch (SSL_get_error(stream->tls, result)) {
	case SSL_ERROR_WANT_READ:
		*wants = POLLIN;
		return 0;
	case SSL_ERROR_WANT_WRITE:
		*wants = POLLOUT;
		return 0;
	default:
		return -1;
	}
}

int pf_tls_handshake(struct pf_stream *stream, short *wants)
{
	ERR_clear_error();
	errno = 0;
	int result = SSL_do_handshake(stream->tls);
	int error = errno;
	if (result == 1)
		return 1;
	if (blocked(stream, result, wants) == 0)
		return 0;
	handshake_failed(stream, error == EAGAIN ? 0 : error);
	return -1;
}

int pf_tls_read(struct pf_stream *stream, void *room, size_t size, short *wants)
{
	ERR_clear_error();
	int count = SSL_read(stream->tls, room, size > 16384 ? 16384 : (int)size);
	if (count > 0)
		return count;
	if (blocked(stream, count, wants) == 0)
		return 0;
	pf_stream_ends(stream, PF_hung_up, reason_of_failure());
	return -1;
}

int pf_tls_write(struct pf_stream *stream, const void *bytes, size_t count, short *wants)
{
	ERR_clear_error();
	int sent = SSL_write(stream->tls, bytes, count > 16384 ? 16384 : (int)count);
	return sent > 0 ? sent : blocked(stream, sent, wants);
}

void pf_tls_end(struct pf_stream *stream)
{
	if (!stream->tls)
		return;
	if (stream->open && !stream->ended)
		SSL_shutdown(stream->tls);
	ERR_clear_error();
	SSL_free(stream->tls);
	stream->tls = NULL;
}
