/* postflight checks and postflight explain: the checklist itself. */
#include "command/command.h"
#include "report/catalogue.h"
#include "run/registry.h"

#include <stdio.h>
#include <string.h>

int pf_do_checks(struct pf_invocation *invocation)
{
	const char *format = invocation->format ? invocation->format : "text";
	bool json = strcmp(format, "json") == 0;
	if (!json && strcmp(format, "text") != 0) {
		pf_complain("--format %s: checks are listed as text or json", format);
		return PF_EXIT_USAGE;
	}
	pf_checks_list(invocation->arena, stdout, pf_probe_count, pf_probes, json);
	return PF_EXIT_OK;
}

int pf_do_explain(struct pf_invocation *invocation)
{
	bool known = pf_check_explain(invocation->arena, stdout, pf_probe_count, pf_probes,
	                              invocation->arguments[0], &invocation->style);
	return known ? PF_EXIT_OK : PF_EXIT_USAGE;
}
