/* An audit as it is remembered: its verdicts without their evidence, which is what a history, a
 * baseline and a comparison need of it. */
#ifndef PF_EVALUATE_RECORD_H
#define PF_EVALUATE_RECORD_H

#include "evaluate/audit.h"

/* One finding of it. The texts are in escaped notation (base/text.h). */
struct pf_verdict_kept {
	const char *fingerprint; /* 16 hex digits, as in struct pf_finding */
	const char *check;
	const char *subject;
	const char *vantage; /* NULL: none in particular */
	const char *summary; /* of fail, unknown and waived; NULL: not kept */
	enum pf_status status;
	enum pf_severity severity;
};

struct pf_record {
	int64_t id; /* in its history; 0: it is in none */
	const char *site, *url;
	const char *scope; /* what was left out on purpose (pf_scope_of_run); "": nothing */
	const char *version;
	int64_t started_at; /* seconds since 1970 */
	int64_t duration_ms;
	int score;          /* -1: nothing was observed */
	const char *grade;  /* NULL: none */
	int coverage;       /* ten-thousandths, rounded down */
	size_t counts[5];   /* by enum pf_status */
	const char *digest; /* pf_record_digest; NULL: not known */
	const char *seal;   /* of the chain that it is a link of; NULL: it is in none */
	/* By fingerprint, each once. NULL where only the line above was read. */
	const struct pf_verdict_kept *verdicts;
	size_t verdict_count;
	const struct pf_mark *marks; /* what it saw beside verdicts, sorted */
	size_t mark_count;
};

/* Are the words of a finding of that status kept? Of what passes and does not apply they are not.
 */
bool pf_status_keeps_summary(enum pf_status status);

/* What of the whole a run looked at: "only https; skip media; from app1", or "". Two audits of one
 * scope can be held against each other. */
const char *pf_scope_of_run(struct pf_arena *arena, const struct pf_selection *selection,
                     struct pf_words from);

struct pf_record *pf_record_of(struct pf_arena *arena, const struct pf_audit *audit,
                               const char *scope);

/* SHA-256 in hex over all that a record says but id, scope, seal, digest and marks, in an order of
 * its own: the same for an audit, its JSON report and its row in a history. */
const char *pf_record_digest(struct pf_arena *arena, const struct pf_record *record);

/* SHA-256 in hex that ties a record to the one before it in the history: over the seal before
 * ("" for the first), digest, scope and marks. */
const char *pf_record_seal(struct pf_arena *arena, const char *before,
                           const struct pf_record *record);

/* Orders marks by their words and drops those that are there twice. */
void pf_marks_sort(struct pf_mark *marks, size_t *count);

/* Orders verdicts by fingerprint, for those who put a record together. */
void pf_record_sort(struct pf_verdict_kept *verdicts, size_t count);

/* What became of one finding between two audits. */
enum pf_became {
	PF_BECAME_NEW,    /* fails, and did not, or was not looked at; or fails worse than before */
	PF_BECAME_MENDED, /* failed, and was seen to pass */
	PF_BECAME_OPEN,   /* fails as it did */
	PF_BECAME_UNSEEN, /* failed, and was not observed this time, is waived or does not apply */
	PF_BECAME_WAYS
};

struct pf_changed {
	enum pf_became became;
	const struct pf_verdict_kept *before; /* NULL: it was not there */
	const struct pf_verdict_kept *after;  /* NULL: it is not there */
};

struct pf_comparison {
	const struct pf_record *before, *after;
	const struct pf_changed *at; /* new first, then mended, open, unseen; worst first */
	size_t count;
	size_t counts[PF_BECAME_WAYS];
};

struct pf_comparison *pf_compare(struct pf_arena *arena, const struct pf_record *before,
                                 const struct pf_record *after);

/* The verdict of that fingerprint; NULL: the record has none. */
const struct pf_verdict_kept *pf_record_verdict(const struct pf_record *record,
                                                const char *fingerprint);

/* Marks of `after` that `before` does not have, or the other way round. */
struct pf_marks {
	const struct pf_mark *at;
	size_t count;
};
struct pf_marks pf_marks_beyond(struct pf_arena *arena, const struct pf_record *record,
                                const struct pf_record *known);

#endif
