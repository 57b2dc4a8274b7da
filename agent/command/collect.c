/* postflight collect: gather from this machine only; evidence on standard output. */
#include "base/clock.h"
#include "base/text.h"
#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int pf_do_collect(struct pf_invocation *invocation)
{
	struct pf_loaded_site loaded;
	int64_t started_us = pf_now_us();
	if (!invocation->as) {
		pf_complain("collect: --as NAME is missing: which vantage is this machine?");
		return PF_EXIT_USAGE;
	}
	if (!pf_load_site(invocation, &loaded))
		return PF_EXIT_USAGE;
	const struct pf_vantage *named = pf_vantage_named(&loaded.site, invocation->as);
	if (!named) {
		pf_complain("--as %s: the site file has no such vantage",
		            pf_escape_text(invocation->arena, invocation->as, 0));
		return PF_EXIT_USAGE;
	}
	struct pf_vantage here = *named;
	here.ssh = NULL;
	const struct pf_vantage *vantage = &here;
	struct pf_gather_order order = {
		.site = &loaded.site,
		.vantages = &vantage,
		.vantage_count = 1,
		.selection = &invocation->selection,
		.soft_us = started_us + invocation->deadline_ms * 900,
		.canary =
			invocation->canary ? invocation->canary : pf_canary_new(invocation->arena),
		.evidence = stdout,
		.stop = &pf_signal,
	};
	pf_catch_signals();
	struct pf_gathered gathered = pf_gather(invocation->arena, &order);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		pf_complain("standard output: %s", strerror(errno));
		return PF_EXIT_USAGE;
	}
	if (pf_signal)
		return PF_EXIT_SIGNAL + pf_signal;
	return strcmp(gathered.vantages[0].status, "complete") == 0 ? PF_EXIT_OK
	                                                            : PF_EXIT_INCOMPLETE;
}
