/* postflight collect: gather from this machine only; evidence on standard output. */
#include "base/clock.h"
#include "base/text.h"
#include "command/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the evidence of other vantages teaches; false: a file could not be read. */
static bool learn(struct pf_invocation *invocation, const struct pf_site *site,
                  struct pf_lesson **known, size_t *count)
{
	size_t room = 0;
	*known = NULL;
	*count = 0;
	struct pf_evidence_files files = {0};
	for (size_t i = 0; i < invocation->after.count; i++)
		if (!pf_load_evidence(invocation->arena, site, invocation->after.at[i], &files))
			return false;
	for (size_t i = 0; i < files.count; i++) {
		const struct pf_evidence *evidence = files.at[i].evidence;
		for (size_t j = 0; j < pf_evidence_lesson_count(evidence); j++) {
			*known = pf_arena_grow(invocation->arena, *known, *count, &room,
			                       sizeof **known);
			(*known)[(*count)++] = pf_evidence_lesson(evidence, j);
		}
	}
	return true;
}

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
	struct pf_lesson *known;
	size_t known_count;
	if (!learn(invocation, &loaded.site, &known, &known_count))
		return PF_EXIT_USAGE;
	struct pf_gather_order order = {
		.site = &loaded.site,
		.vantages = &vantage,
		.vantage_count = 1,
		.selection = &invocation->selection,
		.credentials = pf_credentials_new(invocation->arena, &loaded.site),
		.soft_us = started_us + invocation->deadline_ms * 900,
		.canary =
			invocation->canary ? invocation->canary : pf_canary_new(invocation->arena),
		.evidence = stdout,
		.lessons = invocation->site_bytes < 0 ? -1 : STDIN_FILENO,
		.known = known,
		.known_count = known_count,
		.stop = &pf_signal,
	};
	pf_catch_signals();
	pf_tell_sweep(invocation->arena, "of an earlier run");
	struct pf_gathered gathered = pf_gather(invocation->arena, &order);
	pf_credentials_free(order.credentials);
	pf_tell_sweep(invocation->arena, "of this run");
	if (fflush(stdout) != 0 || ferror(stdout))
		return PF_EXIT_USAGE; /* which is told at the end */
	if (pf_signal)
		return PF_EXIT_SIGNAL + pf_signal;
	return strcmp(gathered.vantages[0].status, "complete") == 0 ? PF_EXIT_OK
	                                                            : PF_EXIT_INCOMPLETE;
}
