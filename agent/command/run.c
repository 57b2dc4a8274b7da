/* postflight run: gather from every vantage, judge, score, report. */
#include "base/clock.h"
#include "base/text.h"
#include "command/command.h"
#include "command/rehearsal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void show_progress(void *context, size_t answered, size_t asked)
{
	size_t *shown = context;
	if (*shown == answered)
		return;
	*shown = answered;
	fprintf(stderr, "\r\033[K%zu of %zu questions answered", answered, asked);
	fflush(stderr);
}

/* The vantages to gather from; false: --from names one that is not there. */
static bool choose(struct pf_invocation *invocation, const struct pf_site *site,
                   const struct pf_vantage **chosen, size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < invocation->from.count; i++)
		if (!pf_vantage_named(site, invocation->from.at[i])) {
			pf_complain("--from %s: the site file has no such vantage",
			            pf_escape_text(invocation->arena, invocation->from.at[i], 0));
			return false;
		}
	for (size_t i = 0; i < site->vantage_count; i++)
		if (invocation->from.count == 0 ||
		    pf_words_have(invocation->from, site->vantages[i].name))
			chosen[(*count)++] = &site->vantages[i];
	return true;
}

/* An audit whose report could not be kept is not begun. */
static bool can_report(struct pf_invocation *invocation)
{
	for (size_t i = 0; i < invocation->output_count; i++) {
		const char *path = invocation->outputs[i].path, *problem;
		if (pf_report_can_save(invocation->arena, path, &problem))
			continue;
		pf_complain("%s: %s; nothing was asked", pf_escape_text(invocation->arena, path, 0),
		            problem);
		return false;
	}
	return true;
}

int pf_do_run(struct pf_invocation *invocation)
{
	struct pf_loaded_site loaded;
	int64_t started_us = pf_now_us(), started_at = pf_wall_seconds();
	int code = PF_EXIT_USAGE;
	size_t shown = 0;
	if (!pf_load_site(invocation, &loaded))
		return PF_EXIT_USAGE;
	const struct pf_site *site = &loaded.site;
	const struct pf_vantage **vantages =
		pf_arena_array(invocation->arena, site->vantage_count, sizeof *vantages);
	struct pf_gather_order order = {
		.site = site,
		.site_text = loaded.text,
		.site_size = loaded.size,
		.vantages = vantages,
		.selection = &invocation->selection,
		.credentials = pf_credentials_new(invocation->arena, site),
		.canary = pf_canary_new(invocation->arena),
		.lessons = -1,
		/* The last tenth is for judging and writing. */
		.soft_us = started_us + invocation->deadline_ms * 900,
		.stop = &pf_signal,
		.progress =
			isatty(STDERR_FILENO) && !invocation->style.quiet ? show_progress : NULL,
		.context = &shown,
	};
	if (!choose(invocation, site, vantages, &order.vantage_count))
		return PF_EXIT_USAGE;
	if (invocation->dry_run)
		return pf_rehearse(invocation, site, order.vantage_count, vantages, true);
	if (!can_report(invocation))
		return PF_EXIT_USAGE;
	if (!pf_lock_site(invocation->arena, site, &code))
		return code;
	pf_catch_signals();
	pf_tell_sweep(invocation->arena, "of an earlier run");
	struct pf_gathered gathered = pf_gather(invocation->arena, &order);
	pf_credentials_free(order.credentials);
	pf_tell_sweep(invocation->arena, "of this run");
	if (order.progress)
		fputs("\r\033[K", stderr);
	if (pf_signal) {
		pf_complain("interrupted: no report was written");
		return PF_EXIT_SIGNAL + pf_signal;
	}
	return pf_conclude(invocation, site, order.vantage_count, gathered.vantages,
	                   gathered.notices, started_at, started_us);
}
