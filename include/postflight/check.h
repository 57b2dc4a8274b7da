/* A check: one row of the checklist, what it needs to have observed, and the judge that decides it.
 */
#ifndef POSTFLIGHT_CHECK_H
#define POSTFLIGHT_CHECK_H

#include "postflight/verdict.h"

/* Weights and grade caps per severity are the evaluation's business (README, "Score, grade,
 * coverage"). */
enum pf_severity { PF_INFO, PF_LOW, PF_MEDIUM, PF_HIGH, PF_CRITICAL };

const char *pf_severity_name(enum pf_severity severity);

/* One row. A second row with the same id adds another place the check is seen from: it has its own
 * needs and judge, and leaves the words to the first row (NULL).
 *
 * needs: tags of the probe's questions, separated by one space, all of one subject at one vantage.
 *   tag    must have been asked, and must not have ended by our own doing
 *   tag!   and must have been answered
 *   tag?   may be missing or have ended any way; the judge looks for itself
 * When a need is not met the finding is `unknown` with the outcome as its reason, and the judge is
 * not called.
 */
struct pf_check {
	const char *id;
	enum pf_severity severity;
	const char *seen_from; /* roles, as in "any", "app host", "every vantage" */
	const char *block;     /* key of the site file that unlocks it; NULL: none needed */
	/* Is anything in that block what the check is about? NULL: yes, wherever the block is
	 * declared. A check that nobody asked about is `unknown` then, and `skip` where it is not. */
	bool (*applies)(const struct pf_site *site);
	const char *needs;
	bool quiet_needs_control; /* a need that ended in silence counts only beside a control that
	                             was answered */
	/* No pass rests on an answer that began and did not end: it may be slow, not refused. */
	bool stall_is_unknown;
	struct pf_verdict (*judge)(const struct pf_case *facts);
	const char *title;  /* a sentence that is true on a good host */
	const char *why;    /* what goes wrong otherwise */
	const char *remedy; /* how to mend it, with snippets */
	const char *reference;
};

#endif
