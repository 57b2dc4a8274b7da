/* Errors that a stranger can cause without harm, asked once for all who judge the pages they get.
 */
#ifndef PF_PROBES_ERROR_READER_H
#define PF_PROBES_ERROR_READER_H

#include "visit_reader.h"

/* Puts four questions about a place: "missing-page" (404), "bad-host" (400), "form" (a POST without
 * CSRF token, 403) and, at the first address and from the site file's first vantage alone, "broken"
 * (a GET of the login page that Django answers 500). */
void pf_ask_errors(struct pf_asking *asking, const struct pf_place *place);

/* The "form" among them, alone. Origin and Referer name the canary. */
void pf_ask_form(struct pf_asking *asking, const struct pf_place *place);

/* What the page of a failed CSRF check holds in every language and version. */
#define PF_CSRF_ROBOTS "<meta name=\"robots\" content=\"NONE,NOARCHIVE\">"

#endif
