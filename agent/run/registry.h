/* The list of probes: the only place that knows them all. */
#ifndef PF_RUN_REGISTRY_H
#define PF_RUN_REGISTRY_H

#include "postflight/probe.h"

extern const struct pf_probe *const pf_probes[];
extern const size_t pf_probe_count;

#endif
