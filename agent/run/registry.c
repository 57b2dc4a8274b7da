/* The list of probes, from PROBES.def. */
#include "run/registry.h"

#define PF_PROBE_ROW(name) PF_PROBE(name);
#include "../probes/PROBES.def"
#undef PF_PROBE_ROW

const struct pf_probe *const pf_probes[] = {
#define PF_PROBE_ROW(name) &pf_probe_##name,
#include "../probes/PROBES.def"
#undef PF_PROBE_ROW
};

const size_t pf_probe_count = PF_COUNT(pf_probes);
