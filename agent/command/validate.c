/* postflight validate: is the site file right, and what would a run ask? */
#include "command/command.h"
#include "command/rehearsal.h"
#include "model/password.h"

#include <stdio.h>
#include <unistd.h>

/* Secrets in files that others can read are told before a run needs them. A file that is not on
 * this machine is another vantage's. */
static bool are_private(const struct pf_service *services, size_t count)
{
	bool fine = true;
	for (size_t i = 0; i < count; i++) {
		const char *file = services[i].password.file, *problem;
		if (!file || access(file, F_OK) != 0 || pf_password_file_private(file, &problem))
			continue;
		pf_complain("password_file of %s: %s: %s", services[i].name, file, problem);
		fine = false;
	}
	return fine;
}

int pf_do_validate(struct pf_invocation *invocation)
{
	struct pf_loaded_site loaded;
	if (!pf_load_site(invocation, &loaded))
		return PF_EXIT_USAGE;
	const struct pf_site *site = &loaded.site;
	bool fine = are_private(site->databases, site->database_count);
	fine &= are_private(site->caches, site->cache_count);
	if (!fine)
		return PF_EXIT_USAGE;
	const struct pf_vantage **vantages =
		pf_arena_array(invocation->arena, site->vantage_count, sizeof *vantages);
	for (size_t i = 0; i < site->vantage_count; i++)
		vantages[i] = &site->vantages[i];
	printf("%s: the site file is right: %s, %s\n", site->file ? site->file : site->url.text,
	       site->name, site->url.text);
	return pf_rehearse(invocation, site, site->vantage_count, vantages,
	                   invocation->style.verbose > 0);
}
