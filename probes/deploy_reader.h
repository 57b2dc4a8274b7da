/* Django's deployment checks held against what the site answers: the tags "settings", "page",
 * "plain", "missing" and "login" of a case. */
#ifndef PF_PROBES_DEPLOY_READER_H
#define PF_PROBES_DEPLOY_READER_H

#include "postflight/verdict.h"

/* How bad it is that an id is reported, and what it is about (docs: "System check framework"). */
int pf_deploy_severity(const char *id);
const char *pf_deploy_words(const char *id);

/* What on the wire does what the id asks for; NULL: nothing, or it cannot be seen there. */
const char *pf_kept_on_wire(const struct pf_case *facts, const char *id);

/* What on the wire shows the fault that the id is about; NULL: nothing, or it cannot be seen. */
const char *pf_broken_on_wire(const struct pf_case *facts, const char *id);

/* Why nothing can be said of an id that the wire would show, the page having no answer; NULL: it
 * can.
 */
const char *pf_unseen_on_wire(const struct pf_case *facts, const char *id);

/* Where settings and wire contradict each other, as a sentence; "": nowhere. */
const char *pf_contradictions(const struct pf_case *facts);

#endif
