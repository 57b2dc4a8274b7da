/* A question: plain data that says what to ask, of whom, and from where. A probe writes it, a
 * driver answers it. */
#ifndef POSTFLIGHT_QUESTION_H
#define POSTFLIGHT_QUESTION_H

#include "postflight/fields.h"

enum pf_kind {
#define PF_KIND(kind, worker, ASK, FACTS) PF_KIND_##kind,
#include "postflight/kinds.def"
#undef PF_KIND
	PF_KIND_COUNT
};

#define PF_KIND(kind, worker, ASK, FACTS)                                                          \
	struct pf_ask_##kind {                                                                     \
		PF_MEMBERS(ASK)                                                                    \
	};
#include "postflight/kinds.def"
#undef PF_KIND

struct pf_question {
	enum pf_kind kind;
	union {
#define PF_KIND(kind, worker, ASK, FACTS) struct pf_ask_##kind kind;
#include "postflight/kinds.def"
#undef PF_KIND
	};
};

/* The word of kinds.def, "http". */
const char *pf_kind_name(enum pf_kind kind);

#endif
