/* postflight checks and postflight explain: the checklist itself. */
#include "command/command.h"
#include "report/catalogue.h"
#include "run/registry.h"

#include <stdio.h>
#include <string.h>

int pf_command_checks(struct pf_request *request)
{
	bool json = request->format && strcmp(request->format, "json") == 0;
	pf_checks_list(request->arena, stdout, pf_probe_count, pf_probes, json);
	return fflush(stdout) == 0 ? PF_EXIT_OK : PF_EXIT_USAGE;
}

int pf_command_explain(struct pf_request *request)
{
	bool known = pf_check_explain(request->arena, stdout, pf_probe_count, pf_probes,
	                              request->arguments[0], &request->style);
	return fflush(stdout) == 0 && known ? PF_EXIT_OK : PF_EXIT_USAGE;
}
