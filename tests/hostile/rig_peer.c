/* Scripted servers: one thread that accepts, one for each visitor. */
#include "rig_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	HEARD_BYTES = 64 * 1024,
	GLANCE_MS = 20, /* how often a waiting thread looks whether it is to stop */
	BACKLOG = 1024,
	FILLERS = 4,
};

struct rig_peer {
	enum rig_wire wire;
	const struct rig_step *steps;
	SSL_CTX *context;
	int fd;
	int port;
	int fillers[FILLERS];
	char address[128];
	pthread_t thread;
	pthread_mutex_t lock;
	atomic_bool stopping;
	atomic_uint visits, open, most;
	char heard[HEARD_BYTES + 1];
	size_t heard_count;
	char sni[256];
};

struct visit {
	struct rig_peer *peer;
	int fd;
	SSL *tls;
	struct sockaddr_storage from; /* of a datagram */
	socklen_t from_size;
};

/* assert(3) is not there in a release build. */
static void must(bool done)
{
	if (done)
		return;
	perror("rig_peer");
	abort();
}

int64_t rig_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the certificate ---- */

static EVP_PKEY *key;
static X509 *certificate;
static pthread_once_t certificate_once = PTHREAD_ONCE_INIT;

static void add_extension(int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension != NULL);
	X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
}

static void make_certificate(void)
{
	key = EVP_EC_gen("P-256");
	certificate = X509_new();
	must(key && certificate);
	X509_set_version(certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(certificate), (long)time(NULL));
	X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
	X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600L);
	X509_NAME *name = X509_get_subject_name(certificate);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"rig.test", -1,
	                           -1, 0);
	X509_set_issuer_name(certificate, name);
	X509_set_pubkey(certificate, key);
	add_extension(NID_basic_constraints, "critical,CA:TRUE");
	add_extension(NID_subject_alt_name, "DNS:rig.test,DNS:localhost,IP:127.0.0.1");
	must(X509_sign(certificate, key, EVP_sha256()) > 0);
}

void rig_write_certificate(const char *path)
{
	pthread_once(&certificate_once, make_certificate);
	FILE *file = fopen(path, "w");
	must(file && PEM_write_X509(file, certificate) == 1);
	must(fclose(file) == 0);
}

static int choose_alpn(SSL *tls, const unsigned char **chosen, unsigned char *length,
                       const unsigned char *offered, unsigned int count, void *context)
{
	static const unsigned char http[] = "\x08http/1.1";
	(void)tls, (void)context;
	return SSL_select_next_proto((unsigned char **)(uintptr_t)chosen, length, http,
	                             sizeof http - 1, offered, count) == OPENSSL_NPN_NEGOTIATED
	               ? SSL_TLSEXT_ERR_OK
	               : SSL_TLSEXT_ERR_NOACK;
}

static SSL_CTX *new_context(int newest)
{
	pthread_once(&certificate_once, make_certificate);
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	must(context != NULL);
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(context, newest);
	SSL_CTX_set_alpn_select_cb(context, choose_alpn, NULL);
	must(SSL_CTX_use_certificate(context, certificate) == 1);
	must(SSL_CTX_use_PrivateKey(context, key) == 1);
	return context;
}

/* ---- what a visitor gets ---- */

static void nap(struct rig_peer *peer, int ms)
{
	for (int64_t until = rig_now_ms() + ms; !peer->stopping && rig_now_ms() < until;)
		poll(NULL, 0,
		     (int)(until - rig_now_ms() < GLANCE_MS ? until - rig_now_ms() : GLANCE_MS));
}

static bool is_ready(struct visit *visit, short events)
{
	struct pollfd wanted = {.fd = visit->fd, .events = events};
	if (visit->tls && (events & POLLIN) && SSL_has_pending(visit->tls))
		return true;
	while (!visit->peer->stopping)
		if (poll(&wanted, 1, GLANCE_MS) > 0)
			return true;
	return false;
}

/* False: the visitor is gone. */
static bool say(struct visit *visit, const char *bytes, size_t count)
{
	if (visit->peer->wire == RIG_UDP)
		return sendto(visit->fd, bytes, count, MSG_NOSIGNAL,
		              (struct sockaddr *)&visit->from, visit->from_size) >= 0;
	while (count) {
		if (!is_ready(visit, POLLOUT))
			return false;
		ssize_t sent = visit->tls
		                       ? SSL_write(visit->tls, bytes, (int)count)
		                       : send(visit->fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && !visit->tls && errno == EAGAIN)
			continue;
		if (sent <= 0)
			return false;
		bytes += sent;
		count -= (size_t)sent;
	}
	return true;
}

/* Bytes of one reading, kept for the test too; 0: the visitor is gone. */
static size_t hear(struct visit *visit, char *room, size_t size)
{
	struct rig_peer *peer = visit->peer;
	if (!is_ready(visit, POLLIN))
		return 0;
	ssize_t count =
		visit->tls ? SSL_read(visit->tls, room, (int)size) : recv(visit->fd, room, size, 0);
	if (count <= 0)
		return 0;
	pthread_mutex_lock(&peer->lock);
	size_t left = HEARD_BYTES - peer->heard_count;
	size_t kept = (size_t)count < left ? (size_t)count : left;
	memcpy(peer->heard + peer->heard_count, room, kept);
	peer->heard_count += kept;
	pthread_mutex_unlock(&peer->lock);
	return (size_t)count;
}

/* Not one byte more: what follows is for somebody else to read. */
static bool hear_bytes(struct visit *visit, size_t count)
{
	char heard[256];
	for (size_t more; count; count -= more) {
		more = hear(visit, heard, count < sizeof heard ? count : sizeof heard);
		if (more == 0)
			return false;
	}
	return true;
}

static bool hear_text(struct visit *visit, const char *text)
{
	char heard[8192];
	for (size_t count = 0; count < sizeof heard;) {
		size_t more = hear(visit, heard + count, sizeof heard - count);
		if (more == 0)
			return false;
		count += more;
		if (!text || memmem(heard, count, text, strlen(text)))
			return true;
	}
	return false;
}

static bool start_tls(struct visit *visit)
{
	struct rig_peer *peer = visit->peer;
	struct timeval patience = {.tv_sec = 2};
	setsockopt(visit->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	visit->tls = SSL_new(peer->context);
	SSL_set_fd(visit->tls, visit->fd);
	if (SSL_accept(visit->tls) != 1)
		return false;
	const char *name = SSL_get_servername(visit->tls, TLSEXT_NAMETYPE_host_name);
	pthread_mutex_lock(&peer->lock);
	snprintf(peer->sni, sizeof peer->sni, "%s", name ? name : "");
	pthread_mutex_unlock(&peer->lock);
	return true;
}

static bool drip(struct visit *visit, const struct rig_step *step, size_t count)
{
	for (size_t i = 0; i < count && !visit->peer->stopping; i++) {
		if (!say(visit, step->bytes + i, 1))
			return false;
		nap(visit->peer, step->ms);
	}
	return true;
}

static bool echo(struct visit *visit)
{
	char heard[4096];
	for (size_t count; (count = hear(visit, heard, sizeof heard));)
		if (!say(visit, heard, count))
			break;
	return false;
}

static bool take_step(struct visit *visit, const struct rig_step *step)
{
	struct linger at_once = {.l_onoff = 1};
	size_t count = step->count ? step->count : step->bytes ? strlen(step->bytes) : 0;
	char dropped[4096];
	switch (step->act) {
	case RIG_SEND:
		return say(visit, step->bytes, count);
	case RIG_HEAR:
		return step->count ? hear_bytes(visit, step->count)
		                   : hear_text(visit, step->bytes);
	case RIG_DRIP:
		return drip(visit, step, count);
	case RIG_PAUSE:
		nap(visit->peer, step->ms);
		return true;
	case RIG_STALL:
		while (hear(visit, dropped, sizeof dropped))
			;
		return false;
	case RIG_FLOOD:
		while (!visit->peer->stopping && say(visit, step->bytes, count))
			;
		return false;
	case RIG_TLS:
		return start_tls(visit);
	case RIG_ECHO:
		return echo(visit);
	case RIG_RESET:
		setsockopt(visit->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		return false;
	case RIG_AGAIN:
	case RIG_END:
		break;
	}
	return false;
}

static void play(struct visit *visit)
{
	const struct rig_step *step = visit->peer->steps;
	while (step && step->act != RIG_END && !visit->peer->stopping && take_step(visit, step))
		step = step[1].act == RIG_AGAIN ? visit->peer->steps : step + 1;
}

static void *receive_visitor(void *context)
{
	struct visit *visit = context;
	play(visit);
	if (visit->tls)
		SSL_free(visit->tls);
	close(visit->fd);
	visit->peer->open--;
	free(visit);
	return NULL;
}

/* ---- the listening side ---- */

static void welcome(struct rig_peer *peer, int fd)
{
	struct visit *visit = calloc(1, sizeof *visit);
	pthread_attr_t detached;
	pthread_t thread;
	must(visit != NULL);
	*visit = (struct visit){.peer = peer, .fd = fd};
	peer->visits++;
	unsigned now = ++peer->open;
	if (now > peer->most)
		peer->most = now;
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, 256 * 1024);
	must(pthread_create(&thread, &detached, receive_visitor, visit) == 0);
	pthread_attr_destroy(&detached);
}

static void receive_datagram(struct rig_peer *peer)
{
	struct visit visit = {.peer = peer, .fd = peer->fd, .from_size = sizeof visit.from};
	char bytes[2048];
	ssize_t count = recvfrom(peer->fd, bytes, sizeof bytes, MSG_DONTWAIT,
	                         (struct sockaddr *)&visit.from, &visit.from_size);
	if (count < 0)
		return;
	peer->visits++;
	pthread_mutex_lock(&peer->lock);
	if (peer->heard_count + (size_t)count <= HEARD_BYTES) {
		memcpy(peer->heard + peer->heard_count, bytes, (size_t)count);
		peer->heard_count += (size_t)count;
	}
	pthread_mutex_unlock(&peer->lock);
	for (const struct rig_step *step = peer->steps; step && step->act == RIG_SEND; step++)
		take_step(&visit, step);
}

static void *listen_on(void *context)
{
	struct rig_peer *peer = context;
	struct pollfd wanted = {.fd = peer->fd, .events = POLLIN};
	while (!peer->stopping) {
		if (poll(&wanted, 1, GLANCE_MS) <= 0)
			continue;
		if (peer->wire == RIG_UDP) {
			receive_datagram(peer);
			continue;
		}
		int fd = accept(peer->fd, NULL, NULL);
		if (fd >= 0)
			welcome(peer, fd);
	}
	return NULL;
}

static void listen_v4(struct rig_peer *peer, int type)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
	                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof name;
	peer->fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	must(bind(peer->fd, (struct sockaddr *)&name, size) == 0);
	must(getsockname(peer->fd, (struct sockaddr *)&name, &size) == 0);
	peer->port = ntohs(name.sin_port);
	strcpy(peer->address, "127.0.0.1");
}

static void listen_v6(struct rig_peer *peer)
{
	struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	socklen_t size = sizeof name;
	peer->fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(peer->fd, (struct sockaddr *)&name, size) == 0);
	must(getsockname(peer->fd, (struct sockaddr *)&name, &size) == 0);
	peer->port = ntohs(name.sin6_port);
	strcpy(peer->address, "::1");
}

static void listen_unix(struct rig_peer *peer)
{
	static atomic_uint serial;
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	snprintf(name.sun_path, sizeof name.sun_path, "/tmp/rig-%ld-%u.sock", (long)getpid(),
	         ++serial);
	unlink(name.sun_path);
	peer->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(peer->fd, (struct sockaddr *)&name, sizeof name) == 0);
	snprintf(peer->address, sizeof peer->address, "unix:%s", name.sun_path);
}

/* A backlog of none holds one connection; what comes after it is not even answered. */
static void fill_backlog(struct rig_peer *peer)
{
	struct sockaddr_in name = {.sin_family = AF_INET,
	                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	                           .sin_port = htons((uint16_t)peer->port)};
	for (int i = 0; i < FILLERS; i++) {
		peer->fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(peer->fillers[i], (struct sockaddr *)&name, sizeof name);
		poll(NULL, 0, 5);
	}
}

static struct rig_peer *start(enum rig_wire wire, const struct rig_step *steps, int newest_tls)
{
	struct rig_peer *peer = calloc(1, sizeof *peer);
	must(peer != NULL);
	signal(SIGPIPE, SIG_IGN);
	peer->wire = wire;
	peer->steps = steps;
	pthread_mutex_init(&peer->lock, NULL);
	if (wire == RIG_TCP6)
		listen_v6(peer);
	else if (wire == RIG_UNIX)
		listen_unix(peer);
	else
		listen_v4(peer, wire == RIG_UDP ? SOCK_DGRAM : SOCK_STREAM);
	if (wire != RIG_UDP)
		must(listen(peer->fd, wire == RIG_BLACKHOLE ? 0 : BACKLOG) == 0);
	if (wire == RIG_BLACKHOLE) {
		fill_backlog(peer);
		return peer;
	}
	peer->context = new_context(newest_tls);
	must(pthread_create(&peer->thread, NULL, listen_on, peer) == 0);
	return peer;
}

struct rig_peer *rig_peer_start(enum rig_wire wire, const struct rig_step *steps)
{
	return start(wire, steps, 0);
}

struct rig_peer *rig_peer_start_old(const struct rig_step *steps, int version)
{
	return start(RIG_TCP, steps, version);
}

struct rig_peer *rig_peer_start_with(const struct rig_step *steps, void *ssl_context)
{
	struct rig_peer *peer = start(RIG_TCP, NULL, 0);
	SSL_CTX_free(peer->context);
	peer->context = ssl_context;
	peer->steps = steps; /* nobody has come yet: the port is not known */
	return peer;
}

void rig_peer_stop(struct rig_peer *peer)
{
	peer->stopping = true;
	if (peer->wire == RIG_BLACKHOLE)
		for (int i = 0; i < FILLERS; i++)
			close(peer->fillers[i]);
	else
		pthread_join(peer->thread, NULL);
	close(peer->fd);
	while (peer->open)
		poll(NULL, 0, 2);
	if (peer->wire == RIG_UNIX)
		unlink(peer->address + strlen("unix:"));
	SSL_CTX_free(peer->context);
	pthread_mutex_destroy(&peer->lock);
	free(peer);
}

/* ---- what it has seen ---- */

const char *rig_peer_address(const struct rig_peer *peer)
{
	return peer->address;
}

int rig_peer_port(const struct rig_peer *peer)
{
	return peer->port;
}

unsigned rig_peer_visits(struct rig_peer *peer)
{
	return peer->visits;
}

unsigned rig_peer_most_at_once(struct rig_peer *peer)
{
	return peer->most;
}

const char *rig_peer_heard(struct rig_peer *peer, size_t *count)
{
	pthread_mutex_lock(&peer->lock);
	*count = peer->heard_count;
	pthread_mutex_unlock(&peer->lock);
	return peer->heard;
}

bool rig_peer_heard_text(struct rig_peer *peer, const char *text)
{
	size_t count;
	const char *heard = rig_peer_heard(peer, &count);
	return memmem(heard, count, text, strlen(text)) != NULL;
}

bool rig_peer_will_hear(struct rig_peer *peer, const char *bytes, size_t count)
{
	for (int64_t until = rig_now_ms() + 1000; rig_now_ms() < until; poll(NULL, 0, 5)) {
		size_t heard_count;
		const char *heard = rig_peer_heard(peer, &heard_count);
		if (memmem(heard, heard_count, bytes, count))
			return true;
	}
	return false;
}

const char *rig_peer_sni(struct rig_peer *peer)
{
	return peer->sni;
}

int rig_closed_port(void)
{
	struct rig_peer taken = {0};
	listen_v4(&taken, SOCK_STREAM);
	close(taken.fd);
	return taken.port;
}
