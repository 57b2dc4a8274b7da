/* Gathering, as run and incident share it. */
#include "command/gathering.h"
#include "base/clock.h"
#include "base/text.h"

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

bool pf_run_begin(struct pf_run *run)
{
	struct pf_invocation *invocation = run->invocation;
	if (!pf_load_site(invocation, &run->loaded))
		return false;
	run->vantages = pf_arena_array(invocation->arena, run->loaded.site.vantage_count,
	                               sizeof *run->vantages);
	return choose(invocation, &run->loaded.site, run->vantages, &run->vantage_count);
}

struct pf_gathering_done pf_run_gather(const struct pf_run *run, struct pf_arena *arena)
{
	struct pf_invocation *invocation = run->invocation;
	size_t shown = 0; /* questions answered, as the terminal was told */
	bool shows = isatty(STDERR_FILENO) && !invocation->style.quiet;
	int64_t started_us = pf_now_us(), started_at = pf_wall_seconds();
	struct pf_gather_order order = {
		.site = &run->loaded.site,
		.site_text = run->loaded.text,
		.site_size = run->loaded.size,
		.vantages = run->vantages,
		.vantage_count = run->vantage_count,
		.selection = &invocation->selection,
		.credentials = pf_credentials_new(arena, &run->loaded.site),
		.canary = pf_canary_new(arena),
		.lessons = -1,
		/* The last tenth is for judging and writing. */
		.soft_us = started_us + invocation->deadline_ms * 900,
		.stop = &pf_signal,
		.progress = shows ? show_progress : NULL,
		.context = &shown,
	};
	struct pf_gathering_done done = {.gathered = pf_gather(arena, &order)};
	pf_credentials_free(order.credentials);
	pf_tell_sweep(arena, "of this run");
	if (shows)
		fputs("\r\033[K", stderr);
	done.gathering = (struct pf_gathering){
		.site = &run->loaded.site,
		.vantages = done.gathered.vantages,
		.vantage_count = run->vantage_count,
		.notices = done.gathered.notices,
		.started_at = started_at,
		.started_us = started_us,
	};
	return done;
}
