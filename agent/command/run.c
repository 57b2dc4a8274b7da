/* postflight run: gather from every vantage, judge, score, report. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "command/chronicle.h"
#include "command/gathering.h"
#include "command/rehearsal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

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

/* Questions, answers, verdicts: one audit, in an arena of its own. */
static struct pf_audit *audit_once(const struct pf_run *run, struct pf_arena *arena,
                                   const struct pf_chronicle *chronicle)
{
	struct pf_gathering_done done = pf_run_gather(run, arena);
	struct pf_audit *audit = pf_audit_of(run->invocation, arena, &done.gathering,
	                                     pf_chronicle_memory(chronicle));
	pf_chronicle_hold_against(arena, chronicle, audit);
	return audit;
}

/* Is it too early to say that this audit fails? A fresh deployment may still be settling. */
static bool may_settle(const struct pf_run *run, const struct pf_audit *audit, int64_t until_us)
{
	int code = pf_audit_exit(audit, run->invocation->fail_on);
	return !pf_signal && code != PF_EXIT_OK && pf_now_us() + PF_RETRY_PAUSE_US < until_us;
}

static void pause_before_retry(const struct pf_run *run, int64_t until_us)
{
	int64_t end_us = pf_now_us() + PF_RETRY_PAUSE_US;
	if (!run->invocation->style.quiet)
		pf_complain("not settled yet; the audit is made again in %d s, for at most %lld s "
		            "more",
		            PF_RETRY_PAUSE_US / 1000000,
		            (long long)(until_us - pf_now_us()) / 1000000);
	/* In short naps: a signal that comes between two of them is seen, too. */
	while (pf_now_us() < end_us && !pf_signal)
		nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
}

/* Audits until one passes or the time for that is over; the last one counts. */
static int audit_and_report(struct pf_run *run, struct pf_chronicle *chronicle)
{
	struct pf_invocation *invocation = run->invocation;
	int64_t until_us = pf_now_us() + invocation->retry_ms * 1000;
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	struct pf_audit *audit = audit_once(run, arena, chronicle);
	while (may_settle(run, audit, until_us)) {
		pause_before_retry(run, until_us);
		if (pf_signal)
			break;
		pf_arena_free(arena);
		arena = pf_arena_new(PF_PARENT_ARENA);
		audit = audit_once(run, arena, chronicle);
	}
	int code = PF_EXIT_SIGNAL + pf_signal;
	if (pf_signal) {
		pf_complain("interrupted: no report was written");
	} else {
		pf_chronicle_add(invocation, arena, chronicle, audit);
		code = pf_conclude(invocation, arena, audit);
	}
	pf_arena_free(arena);
	return code;
}

int pf_do_run(struct pf_invocation *invocation)
{
	struct pf_run run = {.invocation = invocation};
	struct pf_chronicle chronicle;
	const struct pf_site *site = &run.loaded.site;
	int code = PF_EXIT_USAGE;
	if (!pf_run_begin(&run))
		return PF_EXIT_USAGE;
	if (invocation->dry_run)
		return pf_rehearse(invocation, site, run.vantage_count, run.vantages, true);
	if (!can_report(invocation))
		return PF_EXIT_USAGE;
	if (!pf_lock_site(invocation->arena, site, &code))
		return code;
	if (!pf_chronicle_open(invocation, site, true, &chronicle))
		return PF_EXIT_USAGE;
	pf_catch_signals();
	pf_tell_sweep(invocation->arena, "of an earlier run");
	code = audit_and_report(&run, &chronicle);
	pf_history_close(chronicle.history);
	return code;
}
