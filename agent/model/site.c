/* What is asked of a site that was read. */
#include "postflight/site.h"

#include <string.h>

const struct pf_vantage *pf_vantage_named(const struct pf_site *site, const char *name)
{
	for (size_t i = 0; i < site->vantage_count; i++)
		if (strcmp(site->vantages[i].name, name) == 0)
			return &site->vantages[i];
	return NULL;
}

bool pf_vantage_in(const struct pf_vantage *vantage, struct pf_words list)
{
	return pf_words_have(list, vantage->name) || pf_words_have(list, vantage->role);
}

bool pf_must_get_in(const struct pf_site *site, const struct pf_service *service,
                    const struct pf_vantage *vantage)
{
	if (service->allow_from.count)
		return pf_vantage_in(vantage, service->allow_from);
	return strcmp(vantage->role, "app") == 0 || pf_vantage_in(vantage, site->app.on);
}
