/* Headers that only a proxy should set, sent by a client: the requests, and which was believed. */
#ifndef PF_PROBES_FORWARDED_READER_H
#define PF_PROBES_FORWARDED_READER_H

#include "visit_reader.h"

/* The site's first page and its login page with all of these headers, each with a name of its own
 * under the canary. */
struct pf_question pf_visit_forwarded(struct pf_asking *asking, const struct pf_place *place);
struct pf_question pf_visit_forwarded_login(struct pf_asking *asking, const struct pf_place *place);

/* "X-Forwarded-Host was believed: its name came back in the Location header"; NULL: none was. */
const char *pf_believed(const struct pf_case *facts, const struct pf_answer *answer);

#endif
