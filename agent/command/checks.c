/* postflight checks and postflight explain: the checklist itself. */
#include "command/command.h"
#include "report/catalogue.h"
#include "run/registry.h"

#include <stdio.h>
#include <string.h>

int pf_do_checks(struct pf_invocation *invocation)
{
	bool json = invocation->format && strcmp(invocation->format, "json") == 0;
	pf_checks_list(invocation->arena, stdout, pf_probe_count, pf_probes, json);
	return fflush(stdout) == 0 ? PF_EXIT_OK : PF_EXIT_USAGE;
}

int pf_do_explain(struct pf_invocation *invocation)
{
	bool known = pf_check_explain(invocation->arena, stdout, pf_probe_count, pf_probes,
	                              invocation->arguments[0], &invocation->style);
	return fflush(stdout) == 0 && known ? PF_EXIT_OK : PF_EXIT_USAGE;
}
