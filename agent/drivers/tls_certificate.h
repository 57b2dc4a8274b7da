/* Certificates of a TLS peer as facts: capped and escaped, whatever is in them. */
#ifndef PF_DRIVERS_TLS_CERTIFICATE_H
#define PF_DRIVERS_TLS_CERTIFICATE_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"
#include "postflight/answer.h"

/* Fills in what the peer showed, if it came that far. `ssl`: of OpenSSL. `name`: what the
 * certificate should be for; NULL: neither trust nor name are judged. */
void pf_tls_see_certificates(struct pf_arena *arena, struct pf_facts_tls *facts, void *ssl,
                             const char *name);

/* The facts of one certificate in DER, for the fuzzer: all but trust. */
void pf_tls_see_der(struct pf_arena *arena, struct pf_facts_tls *facts, const void *bytes,
                    size_t count, const char *name);

#endif
