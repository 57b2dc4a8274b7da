/* The list of probes, from PROBES.def. */
#include "run/registry.h"

#include <string.h>

#define PF_PROBE_ROW(name) PF_PROBE(name);
#include "../probes/PROBES.def"
#undef PF_PROBE_ROW

const struct pf_probe *const pf_probes[] = {
#define PF_PROBE_ROW(name) &pf_probe_##name,
#include "../probes/PROBES.def"
#undef PF_PROBE_ROW
};

const size_t pf_probe_count = PF_COUNT(pf_probes);

bool pf_check_known(const char *id)
{
	for (size_t i = 0; i < pf_probe_count; i++)
		for (size_t j = 0; j < pf_probes[i]->check_count; j++)
			if (strcmp(pf_probes[i]->checks[j].id, id) == 0)
				return true;
	return false;
}
