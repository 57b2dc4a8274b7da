/* A TLS ClientHello written by hand, and the first words of the answer. No library of today speaks
 * the ciphers and versions that must not be spoken any more; asking for them takes a hundred bytes,
 * and the answer's first record says yes or no. Pure, and made for the words of strangers. */
#ifndef PF_PROBES_HELLO_READER_H
#define PF_PROBES_HELLO_READER_H

#include "visit_reader.h"

/* A hello that offers up to `version` (0x0300 SSL 3.0 ... 0x0303 TLS 1.2) these cipher suites and
 * no others, as a question of kind raw. RFC 5246, section 7.4.1.2; RFC 6101 */
struct pf_question pf_hello(struct pf_asking *asking, const struct pf_place *place, int version,
                            size_t count, const uint16_t suites[]);

enum pf_hello_end {
	PF_HELLO_UNCLEAR, /* nothing that can be read as one of the others */
	PF_HELLO_REFUSED, /* a fatal alert */
	PF_HELLO_TAKEN,   /* a ServerHello */
};

struct pf_hello_reply {
	enum pf_hello_end end;
	int version; /* chosen; of TAKEN */
	int suite;
	int alert; /* its description; of REFUSED */
};

/* `reply` is in escaped notation; NULL: nothing came. */
struct pf_hello_reply pf_hello_read(const char *reply);

/* The same of an answer: a peer that closes on a hello refuses it too. */
struct pf_hello_reply pf_hello_answer(const struct pf_answer *answer);

#endif
