/* postflight validate: is the site file right, and what would a run ask? */
#include "command/command.h"
#include "command/rehearsal.h"

#include <stdio.h>

int pf_do_validate(struct pf_invocation *invocation)
{
	struct pf_loaded_site loaded;
	if (!pf_load_site(invocation, &loaded))
		return PF_EXIT_USAGE;
	const struct pf_site *site = &loaded.site;
	const struct pf_vantage **vantages =
		pf_arena_array(invocation->arena, site->vantage_count, sizeof *vantages);
	for (size_t i = 0; i < site->vantage_count; i++)
		vantages[i] = &site->vantages[i];
	printf("%s: the site file is right: %s, %s\n", site->file ? site->file : site->url.text,
	       site->name, site->url.text);
	return pf_rehearse(invocation, site, site->vantage_count, vantages,
	                   invocation->style.verbose > 0);
}
