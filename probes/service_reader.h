/* What databases and caches have in common: who must get in, and how far somebody got. */
#ifndef PF_PROBES_SERVICE_READER_H
#define PF_PROBES_SERVICE_READER_H

#include "postflight/probe.h"

/* A network service of one of these two schemes. */
bool pf_service_is(const struct pf_service *service, const char *scheme, const char *other);

/* Is one of them so? */
bool pf_site_has(const struct pf_service services[], size_t count,
                 bool (*is)(const struct pf_service *service));

/* "redis://cache1:6379": without user, path or password. */
const char *pf_service_subject(struct pf_asking *asking, const struct pf_service *service);

/* What can be said of an answer that is none; false: it was answered in the service's own words. */
bool pf_read_silence(const struct pf_case *facts, const struct pf_answer *answer,
                     struct pf_reading *reading);

/* The verdict where nobody may get in, from the worst reading. */
struct pf_verdict pf_judge_outside(const struct pf_case *facts, const char *tag,
                                   struct pf_reading worst);

/* The verdict where the app must get in, from the best of all the exchanges of the case: one
 * address that lets it through is enough. */
struct pf_verdict pf_judge_inside(const struct pf_case *facts,
                                  struct pf_reading (*read)(const struct pf_case *facts,
                                                            const struct pf_exchange *exchange));

#endif
