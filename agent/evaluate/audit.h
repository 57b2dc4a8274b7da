/* An audit: what was found, scored and graded, ready for any report writer. Produced by evaluate,
 * changed by no one. */
#ifndef PF_EVALUATE_AUDIT_H
#define PF_EVALUATE_AUDIT_H

#include "base/arena.h"
#include "postflight/probe.h"

/* Everything one vantage said. `exchanges` is complete: unanswered questions carry an answer with
 * an outcome of ours. */
struct pf_vantage_evidence {
	const struct pf_vantage *vantage;
	const char *status; /* "complete", "partial", "unreachable" */
	const char *detail; /* why not complete, escaped; NULL */
	const char *canary;
	const struct pf_exchange *const *exchanges;
	size_t count;
	/* Something that must answer did: silence elsewhere means something. */
	bool control_answered;
	/* By family, IPv4 and IPv6: its controls were all silent, though another one answered. What
	 * is silent at an address of that family then proves nothing. */
	bool deaf[2];
	/* A port that must be closed was open: this vantage's network answers for others. */
	bool control_contradicted;
};

struct pf_finding {
	const struct pf_check *check; /* the row with the words */
	const char *area;             /* the id up to the dot */
	enum pf_severity severity;
	enum pf_status status;
	const char *subject;
	const char *vantage; /* NULL: none in particular */
	const char *summary;
	bool known; /* the baseline has it just like this, so that it does not fail the run */
	const struct pf_exchange *shown; /* NULL: nothing was asked */
	const struct pf_waiver *waiver;  /* when waived */
	/* 16 hex digits of check, subject and vantage: stable between runs, once in an audit. */
	const char *fingerprint;
};

/* How far one vantage got into one service at one address, and whether that is as it should be. */
enum pf_cell_state {
	PF_CELL_CLOSED,   /* the connection was refused */
	PF_CELL_FILTERED, /* it was dropped */
	PF_CELL_UNKNOWN,  /* not seen, or something listens that did not say what it is */
	PF_CELL_POLICY,   /* the server refuses by a rule of its own */
	PF_CELL_PASSWORD, /* asks for a password */
	PF_CELL_OPEN,     /* lets in */
	PF_CELL_STATES
};

/* "closed", "filtered", "unknown", "policy", "password", "open" */
const char *pf_cell_state_name(enum pf_cell_state state);

struct pf_cell {
	const char *service; /* as the findings name it, without the address */
	const char *address;
	const char *vantage;
	enum pf_cell_state state;
	enum { PF_MUST_STAY_OUT, PF_MAY_ASK, PF_MUST_GET_IN } expected; /* by allow_from */
	enum { PF_DOES_NOT_HOLD, PF_HOLDS, PF_NOT_SEEN } holds;
};

struct pf_area {
	const char *area;
	int score; /* -1: nothing observed */
	double coverage;
};

struct pf_unlock {
	const char *block;
	size_t checks;
};

/* About the audit itself: an expired waiver, an evidence line that was refused. */
struct pf_notice {
	const char *text;
};

struct pf_audit {
	const struct pf_site *site;
	int64_t started_at; /* seconds since 1970 */
	int64_t duration_ms;
	const struct pf_vantage_evidence *vantages;
	size_t vantage_count;
	int score;         /* 0..100, rounded down; -1: nothing was observed */
	const char *grade; /* "A+" .. "F"; NULL: coverage is too low to grade */
	const char *no_grade_because;
	struct pf_words grade_capped_by; /* ids */
	double coverage;                 /* 0..1 */
	const struct pf_area *areas;
	size_t area_count;
	size_t counts[5]; /* of findings, by enum pf_status */
	const struct pf_unlock *unlock;
	size_t unlock_count;
	/* Worst first: fails by severity, unknowns, waived, passes, skips. */
	const struct pf_finding *findings;
	size_t finding_count;
	const struct pf_notice *notices;
	size_t notice_count;
	/* Who gets in: by service, address, and vantage in the order of the site file. */
	const struct pf_cell *cells;
	size_t cell_count;
	/* For the history: what was seen beside verdicts, sorted, each once. */
	const struct pf_mark *marks;
	size_t mark_count;
	bool held; /* against a baseline: findings that are not `known` are new */
	/* In the history (evaluate/record.h), once it is there. */
	int64_t history_id; /* 0: it is not */
	const char *digest, *seal;
};

/* Which checks were asked for: prefixes of ids. Empty `only`: all. */
struct pf_selection {
	struct pf_words only, skip;
};

bool pf_selected(const struct pf_selection *selection, const char *id);

/* Judge, waive, score, grade. `probes`: the registry. `now`: seconds since 1970, for waivers; it is
 * also started_at until the caller, who alone knows, sets that and duration_ms. `memory`: what the
 * history knows; NULL: there is none. */
struct pf_audit *pf_evaluate(struct pf_arena *arena, const struct pf_site *site, size_t probe_count,
                             const struct pf_probe *const probes[], size_t vantage_count,
                             const struct pf_vantage_evidence vantages[],
                             const struct pf_selection *selection, const struct pf_memory *memory,
                             int64_t now);

/* One more thing to say about the audit itself. */
void pf_audit_notice(struct pf_arena *arena, struct pf_audit *audit, const char *text);

/* The exit code of a completed run: 1 something at or above `fail_on` failed that no baseline
 * knows, 3 nothing did but something asked for is unknown (and not known to be), 0 neither. fail_on
 * PF_CRITICAL + 1: never. */
int pf_audit_exit(const struct pf_audit *audit, int fail_on);

#endif
