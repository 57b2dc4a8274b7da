/* A Host over plain HTTP, where the good one is redirected as a rule: is it served the site? */
#ifndef PF_PROBES_PLAIN_READER_H
#define PF_PROBES_PLAIN_READER_H

#include "visit_reader.h"

/* What answers over plain HTTP are compared with, as "plain-good" and "plain-home": the site's
 * first page over HTTP, and over its own scheme. */
void pf_ask_plain_good(struct pf_asking *asking, const struct pf_place *plain);

/* The verdict on the answer to a bad Host. `front_only`: Django's own refusal is a failure too. */
struct pf_verdict pf_judge_over_http(const struct pf_case *facts, const char *tag, bool front_only);

#endif
