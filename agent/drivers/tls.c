/* One TLS handshake, to see what the server chooses and shows. OpenSSL does the talking below the
 * stream; here its view of the peer becomes facts. */
#include "drivers/tls_certificate.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <string.h>

enum { REPLY_BYTES = 1024, ALPN_BYTES = 256, ALPN_COUNT = 8 };

struct handshake {
	struct pf_stream stream;
	struct pf_peer peer;
	struct pf_offer offer;
	unsigned char alpn[ALPN_BYTES];
};

static const struct {
	const char *text;
	int number;
	const char *openssl;
} versions[] = {
	{"1.0", TLS1_VERSION, "TLSv1"},
	{"1.1", TLS1_1_VERSION, "TLSv1.1"},
	{"1.2", TLS1_2_VERSION, "TLSv1.2"},
	{"1.3", TLS1_3_VERSION, "TLSv1.3"},
};
enum { VERSIONS = sizeof versions / sizeof *versions };

static const char *address(const struct pf_question *question)
{
	return question->tls.address;
}

/* ---- what is offered ---- */

static bool version_of(const char *text, int otherwise, int *number)
{
	*number = otherwise;
	for (size_t i = 0; text && i < VERSIONS; i++)
		if (strcmp(text, versions[i].text) == 0) {
			*number = versions[i].number;
			return true;
		}
	return !text;
}

/* RFC 7301, section 3.1: each name after its length. */
static bool set_alpn(struct handshake *handshake, struct pf_words names)
{
	size_t used = 0;
	for (size_t i = 0; i < names.count; i++) {
		size_t length = strlen(names.at[i]);
		if (length == 0 || length > 255 || used + length + 1 > ALPN_BYTES)
			return false;
		handshake->alpn[used++] = (unsigned char)length;
		memcpy(handshake->alpn + used, names.at[i], length);
		used += length;
	}
	handshake->offer.alpn = handshake->alpn;
	handshake->offer.alpn_count = used;
	return names.count <= ALPN_COUNT;
}

static void start(struct pf_turn *turn)
{
	const struct pf_ask_tls *ask = &turn->question->tls;
	struct handshake *handshake = turn->state = pf_arena_take(turn->arena, sizeof *handshake);
	struct pf_offer *offer = &handshake->offer;
	const char *problem = pf_trust_problem(turn->ground->trust);
	handshake->peer = (struct pf_peer){.address = ask->address,
	                                   .port = ask->port,
	                                   .wire = PF_TLS,
	                                   .sni = ask->sni,
	                                   .offer = offer};
	offer->ciphers = ask->ciphers;
	offer->lends_trust = ask->name != NULL;
	if (ask->name && !problem)
		pf_trust_prepare(turn->ground->trust);
	if (!version_of(ask->least, TLS1_VERSION, &offer->least) ||
	    !version_of(ask->most, TLS1_3_VERSION, &offer->most) || offer->least > offer->most ||
	    !set_alpn(handshake, ask->alpn))
		pf_turn_answer(turn, PF_malformed_question, NULL);
	else if (ask->name && problem)
		pf_turn_answer(turn, PF_no_permission, problem);
	else if (!pf_stream_start(turn, &handshake->stream, &handshake->peer, REPLY_BYTES))
		return;
}

/* ---- what came of it ---- */

/* A cipher was chosen: the server's first words were understood. */
static void see_choice(struct pf_facts_tls *facts, const SSL *ssl)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
	if (!cipher)
		cipher = SSL_get_pending_cipher(ssl);
	if (!cipher)
		return;
	facts->cipher = SSL_CIPHER_standard_name(cipher);
	for (size_t i = 0; i < VERSIONS; i++)
		if (strcmp(SSL_get_version(ssl), versions[i].openssl) == 0)
			facts->version = versions[i].text;
}

static void see_exchange(struct pf_arena *arena, struct pf_facts_tls *facts, SSL *ssl)
{
	EVP_PKEY *key = NULL;
	if (SSL_get_peer_tmp_key(ssl, &key) != 1 || !key)
		return;
	char group[80] = "";
	size_t length = 0;
	bool named = EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1;
	const char *kind = EVP_PKEY_get0_type_name(key);
	facts->exchange = pf_arena_copy(arena, named ? group : kind ? kind : "?");
	facts->exchange_bits = EVP_PKEY_get_bits(key);
	EVP_PKEY_free(key);
}

static void see_agreement(struct pf_turn *turn, SSL *ssl)
{
	struct pf_facts_tls *facts = &turn->answer.tls;
	const unsigned char *bytes = NULL;
	unsigned count = 0;
	SSL_get0_alpn_selected(ssl, &bytes, &count);
	if (count)
		facts->alpn = pf_escape(turn->arena, bytes, count, PF_DETAIL_BYTES);
	facts->renegotiates_securely =
		SSL_get_secure_renegotiation_support(ssl) || SSL_version(ssl) == TLS1_3_VERSION;
	long stapled = SSL_get_tlsext_status_ocsp_resp(ssl, &bytes);
	facts->stapled = stapled > 0 ? stapled : 0;
	see_exchange(turn->arena, facts, ssl);
}

/* As far as the handshake came. */
static void read_facts(struct pf_turn *turn)
{
	struct handshake *handshake = turn->state;
	SSL *ssl = handshake->stream.tls;
	if (!ssl)
		return;
	see_choice(&turn->answer.tls, ssl);
	turn->answer.tls.asks_for_ours = handshake->stream.asked_for_ours;
	pf_tls_see_certificates(turn->arena, &turn->answer.tls, ssl, turn->question->tls.name);
	if (handshake->stream.open)
		see_agreement(turn, ssl);
}

static void advance(struct pf_turn *turn)
{
	struct handshake *handshake = turn->state;
	struct pf_stream *stream = &handshake->stream;
	pf_stream_advance(stream);
	if (!stream->open && !stream->ended)
		return;
	read_facts(turn);
	if (stream->open)
		pf_turn_answer(turn, PF_answered, NULL);
	else
		pf_turn_answer(turn, stream->ending, stream->detail);
}

static void expire(struct pf_turn *turn)
{
	struct handshake *handshake = turn->state;
	read_facts(turn);
	pf_stream_late(&handshake->stream);
}

static void end(struct pf_turn *turn)
{
	struct handshake *handshake = turn->state;
	pf_stream_close(&handshake->stream);
}

const struct pf_driver pf_driver_tls = {
	.kind = PF_KIND_tls,
	.address = address,
	.start = start,
	.advance = advance,
	.expire = expire,
	.end = end,
};
