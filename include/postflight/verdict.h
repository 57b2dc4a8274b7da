/* What a judge is given, and what it says: pass, fail, unknown or skip, with the reason. */
#ifndef POSTFLIGHT_VERDICT_H
#define POSTFLIGHT_VERDICT_H

#include "postflight/answer.h"
#include "postflight/site.h"

enum pf_status { PF_PASS, PF_SKIP, PF_UNKNOWN, PF_FAIL, PF_WAIVED };

const char *pf_status_name(enum pf_status status);

/* One question with its answer. */
struct pf_exchange {
	const char *probe;
	const char *tag;     /* the probe's own word for this question */
	const char *subject; /* what a finding will be about */
	struct pf_question question;
	const struct pf_answer *answer; /* NULL until it is in */
	bool gate; /* without an answer to it the probe could not ask on: unknown for all its checks
	            */
};

/* Something seen that outlives its audit, so that a later one can say what is new or how old it is:
 * a listener, a certificate, the fingerprint of a key. Never a secret. All three in escaped
 * notation. */
struct pf_mark {
	const char *kind; /* the probe's own word: "certificate", "listener", "key" */
	const char *subject;
	const char *value;
};

/* Of a secret: its subject is the place, its value a fingerprint. Judges are given those of earlier audits. */
#define PF_MARK_KEY "key"

/* A mark in the history of all sites. */
struct pf_sighting {
	const char *site; /* its name */
	const char *url;
	struct pf_mark mark;
	int64_t first_at, last_at; /* of the audits that saw it, seconds since 1970 */
};

/* What earlier audits saw; the one that is under way is not among them. */
struct pf_memory {
	const struct pf_sighting *sightings;
	size_t count;
	int64_t now;         /* seconds since 1970, of the audit under way */
	const char *problem; /* why it cannot be had, though it is wanted; NULL: it can */
};

/* All exchanges of one probe about one subject, from one vantage. */
struct pf_case {
	const struct pf_site *site;
	const struct pf_vantage *vantage;
	const char *subject;
	const char *canary; /* the bogus host name of this run: pf-xxxxxxxx.invalid */
	const struct pf_exchange *const *exchanges;
	size_t count;
	struct pf_arena *arena;         /* for the words of verdicts */
	const struct pf_memory *memory; /* NULL: there is no history */
};

struct pf_verdict {
	enum pf_status status;
	int severity;                    /* enum pf_severity; -1: the check's own */
	const char *summary;             /* what was seen, one line */
	const struct pf_exchange *shown; /* the exchange that shows it best; NULL: the first need */
};

/* How far a connection got, worst last. */
enum pf_reach {
	PF_REACH_SHUT,     /* refused, silent, unreachable: as it should be from outside */
	PF_REACH_UNCLEAR,  /* something accepted the connection and did not say what it is */
	PF_REACH_POLICY,   /* the server itself refuses: a rule away from a password prompt */
	PF_REACH_PASSWORD, /* asks for a password */
	PF_REACH_OPEN,     /* lets in */
};

/* One answer, read: how far, and what was seen in words that complete "<subject> ...". */
struct pf_reading {
	enum pf_reach reach;
	const char *words;
};

/* The first exchange with that tag; NULL: none was asked. */
const struct pf_exchange *pf_exchange_of(const struct pf_case *facts, const char *tag);

/* The answer to it, however it ended; NULL: not asked or not in. */
const struct pf_answer *pf_answer_of(const struct pf_case *facts, const char *tag);

/* printf into the case's arena. */
const char *pf_say(const struct pf_case *facts, const char *format, ...) PF_PRINTF(2, 3);

/* Verdicts. `tag` names the exchange that shows it (NULL: the first one needed); the rest is a
 * printf. */
struct pf_verdict pf_pass(const struct pf_case *facts, const char *tag, const char *format, ...)
	PF_PRINTF(3, 4);
struct pf_verdict pf_fail(const struct pf_case *facts, const char *tag, const char *format, ...)
	PF_PRINTF(3, 4);
struct pf_verdict pf_unknown(const struct pf_case *facts, const char *tag, const char *format, ...)
	PF_PRINTF(3, 4);
struct pf_verdict pf_skip(const struct pf_case *facts, const char *tag, const char *format, ...)
	PF_PRINTF(3, 4);

/* The same verdict at another severity. */
struct pf_verdict pf_at(struct pf_verdict verdict, int severity);

/* The value of the first header of that lower-case name in an HTTP answer; NULL: absent. */
const char *pf_header(const struct pf_facts_http *facts, const char *name);

#endif
