/* Headers that only a proxy should set, sent by a client: the requests, and which was believed. */
#ifndef PF_PROBES_FORWARDED_READER_H
#define PF_PROBES_FORWARDED_READER_H

#include "visit_reader.h"

/* The site's first page, its login page and the page for a forgotten password with all of these
 * headers, each with a name of its own under the canary. */
struct pf_question pf_visit_forwarded(struct pf_asking *asking, const struct pf_place *place);
struct pf_question pf_visit_forwarded_login(struct pf_asking *asking, const struct pf_place *place);
struct pf_question pf_visit_forwarded_reset(struct pf_asking *asking, const struct pf_place *place);

/* Did any of the names that the question looked for come back? False while there is no answer. */
bool pf_came_back(const struct pf_answer *answer);

/* "X-Forwarded-Host was believed: its name came back in the Location header"; NULL: none was. */
const char *pf_believed(const struct pf_case *facts, const struct pf_answer *answer);

#endif
