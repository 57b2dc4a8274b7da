/* An answer: how the question ended, how long it took, and the facts, capped and escaped at birth.
 */
#ifndef POSTFLIGHT_ANSWER_H
#define POSTFLIGHT_ANSWER_H

#include "postflight/question.h"

enum pf_outcome {
#define PF_OUTCOME(name, whose, sentence) PF_##name,
#include "postflight/outcome.def"
#undef PF_OUTCOME
	PF_OUTCOME_COUNT
};

#define PF_KIND(kind, worker, ASK, FACTS)                                                          \
	struct pf_facts_##kind {                                                                   \
		PF_MEMBERS(FACTS)                                                                  \
	};
#include "postflight/kinds.def"
#undef PF_KIND

/* Facts belong to the kind of the question; they are set when the outcome is `answered` (and, as
 * far as they were seen, `partial`, `oversized`, `stalled`, `garbled`), zero otherwise. */
struct pf_answer {
	enum pf_kind kind;
	enum pf_outcome outcome;
	const char *detail; /* what the library or kernel said, escaped, at most 256 bytes; NULL:
	                       nothing */
	int64_t at;         /* wall clock when the answer was complete, seconds since 1970 */
	int64_t took_us;    /* from asking to answer, microseconds */
	union {
#define PF_KIND(kind, worker, ASK, FACTS) struct pf_facts_##kind kind;
#include "postflight/kinds.def"
#undef PF_KIND
	};
};

/* The word of outcome.def, "hung_up". */
const char *pf_outcome_name(enum pf_outcome outcome);

/* Completes "<subject> ...": "refused the connection". */
const char *pf_outcome_sentence(enum pf_outcome outcome);

/* True when the question was not really put, so nothing may be concluded from it. */
bool pf_outcome_is_ours(enum pf_outcome outcome);

/* True when nothing came back from the network at all, which only a control can tell from a broken
 * network. */
bool pf_outcome_is_quiet(enum pf_outcome outcome);

#endif
