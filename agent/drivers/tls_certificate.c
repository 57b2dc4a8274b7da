/* X.509 read with OpenSSL and told in text. RFC 5280 */
#include "drivers/tls_certificate.h"

#include "drivers/transport.h"

#include <arpa/inet.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

enum { NAME_BYTES = 256, NAMES = 64, CHAIN = 16, DIGEST_BYTES = 32 };

/* "CN=Example CA,O=Example" (RFC 4514), escaped. */
static char *show_name(struct pf_arena *arena, const X509_NAME *name)
{
	const unsigned long how = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL, *shown = NULL;
	if (out && X509_NAME_print_ex(out, name, 0, how) >= 0) {
		long count = BIO_get_mem_data(out, &text);
		shown = pf_escape(arena, text, count > 0 ? (size_t)count : 0, NAME_BYTES);
	}
	BIO_free(out);
	return shown ? shown : pf_arena_copy(arena, "(not readable)");
}

/* Seconds since 1970; 0: not a time. */
static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm parts = {0};
	if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
		return 0;
	return timegm(&parts);
}

static char *show_address(struct pf_arena *arena, const ASN1_OCTET_STRING *address)
{
	char text[INET6_ADDRSTRLEN];
	int length = ASN1_STRING_length(address);
	int family = length == 4 ? AF_INET : AF_INET6;
	if ((length != 4 && length != 16) ||
	    !inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof text))
		return NULL;
	return pf_arena_copy(arena, text);
}

/* A DNS name may hold anything, NUL and escapes too: it is told as it is, escaped. */
static char *show_general(struct pf_arena *arena, const GENERAL_NAME *general)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(general, &type);
	if (type == GEN_IPADD)
		return show_address(arena, value);
	if (type != GEN_DNS)
		return NULL;
	return pf_escape(arena, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value),
	                 NAME_BYTES);
}

static struct pf_words names_of(struct pf_arena *arena, const X509 *certificate)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	const char *shown[NAMES];
	size_t count = 0;
	for (int i = 0; all && i < sk_GENERAL_NAME_num(all) && count < NAMES; i++) {
		const char *one = show_general(arena, sk_GENERAL_NAME_value(all, i));
		if (one)
			shown[count++] = one;
	}
	GENERAL_NAMES_free(all);
	return pf_arena_words(arena, count, shown);
}

/* By the subject's alternative names alone, as browsers do (RFC 9525, section 2). */
static bool is_for(X509 *certificate, const char *name)
{
	if (pf_is_literal(name))
		return X509_check_ip_asc(certificate, name, 0) == 1;
	return X509_check_host(certificate, name, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) ==
	       1;
}

static void see_key(struct pf_arena *arena, struct pf_facts_tls *facts, const X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	const char *kind = key ? EVP_PKEY_get0_type_name(key) : NULL;
	int signature = X509_get_signature_nid(certificate);
	facts->key = pf_arena_copy(arena, kind ? kind : "(not readable)");
	facts->key_bits = key ? EVP_PKEY_get_bits(key) : 0;
	facts->signature = OBJ_nid2sn(signature);
}

static char *show_serial(struct pf_arena *arena, const X509 *certificate)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
	char *digits = number ? BN_bn2hex(number) : NULL;
	char *shown = digits ? pf_escape_text(arena, digits, NAME_BYTES) : NULL;
	OPENSSL_free(digits);
	BN_free(number);
	return shown;
}

static void see_leaf(struct pf_arena *arena, struct pf_facts_tls *facts, X509 *certificate,
                     const char *name)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	char hex[2 * DIGEST_BYTES + 1];
	facts->issuer = show_name(arena, X509_get_issuer_name(certificate));
	facts->serial = show_serial(arena, certificate);
	facts->names = names_of(arena, certificate);
	facts->not_before = seconds_of(X509_get0_notBefore(certificate));
	facts->not_after = seconds_of(X509_get0_notAfter(certificate));
	facts->name_matches = name && is_for(certificate, name);
	see_key(arena, facts, certificate);
	if (X509_digest(certificate, EVP_sha256(), digest, &length) && length == DIGEST_BYTES) {
		for (unsigned i = 0; i < length; i++) {
			static const char digits[] = "0123456789abcdef";
			hex[2 * i] = digits[digest[i] >> 4];
			hex[2 * i + 1] = digits[digest[i] & 15];
		}
		facts->fingerprint = pf_arena_copy_bytes(arena, hex, 2 * (size_t)length);
	}
}

/* What OpenSSL made of the chain with the anchors of this machine and the site file. */
static void see_trust(struct pf_arena *arena, struct pf_facts_tls *facts, SSL *ssl)
{
	long verdict = SSL_get_verify_result(ssl);
	if (verdict == X509_V_OK)
		return;
	STACK_OF(X509) *found = SSL_get0_verified_chain(ssl);
	int last = found ? sk_X509_num(found) - 1 : -1;
	facts->distrust = pf_arena_copy(arena, X509_verify_cert_error_string(verdict));
	bool lacks = verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
	             verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	             verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
	if (lacks && last >= 0)
		facts->missing_issuer =
			show_name(arena, X509_get_issuer_name(sk_X509_value(found, last)));
}

void pf_tls_see_certificates(struct pf_arena *arena, struct pf_facts_tls *facts, void *ssl,
                             const char *name)
{
	STACK_OF(X509) *sent = SSL_get_peer_cert_chain(ssl);
	int count = sent ? sk_X509_num(sent) : 0;
	const char *subjects[CHAIN];
	size_t shown = 0;
	facts->sent = count > 0 ? count : 0;
	if (count <= 0)
		return;
	for (int i = 0; i < count && shown < CHAIN; i++)
		subjects[shown++] = show_name(arena, X509_get_subject_name(sk_X509_value(sent, i)));
	facts->chain = pf_arena_words(arena, shown, subjects);
	see_leaf(arena, facts, sk_X509_value(sent, 0), name);
	if (name)
		see_trust(arena, facts, ssl);
	ERR_clear_error();
}

void pf_tls_see_der(struct pf_arena *arena, struct pf_facts_tls *facts, const void *bytes,
                    size_t count, const char *name)
{
	const unsigned char *at = bytes;
	X509 *certificate = count <= LONG_MAX ? d2i_X509(NULL, &at, (long)count) : NULL;
	if (certificate) {
		facts->sent = 1;
		see_leaf(arena, facts, certificate, name);
	}
	X509_free(certificate);
	ERR_clear_error();
}
