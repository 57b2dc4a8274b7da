/* postflight diff: two audits held against each other, out of the history or out of JSON reports.
 */
#include "command/chronicle.h"
#include "command/comparison.h"
#include "report/json_out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void introduce(const struct pf_page *page, const char *lead, const struct pf_record *record)
{
	struct pf_arena *arena = page->arena;
	const char *score = record->score < 0
	                            ? "no score"
	                            : pf_arena_print(arena, "score %d, grade %s", record->score,
	                                             record->grade ? record->grade : "none");
	pf_paint_wrapped(page, lead, PF_INK_PLAIN,
	                 pf_arena_print(arena, "%s, %s: %s, %zu fail, %zu unknown", record->site,
	                                pf_when(arena, record->started_at), score,
	                                record->counts[PF_FAIL], record->counts[PF_UNKNOWN]));
}

static void print_text(struct pf_invocation *invocation, const struct pf_comparison *comparison)
{
	struct pf_page page = {invocation->arena, stdout, invocation->style.colour,
	                       invocation->style.columns};
	introduce(&page, "before  ", comparison->before);
	introduce(&page, "after   ", comparison->after);
	if (strcmp(comparison->before->site, comparison->after->site) != 0)
		puts("These are two sites: only what both call the same can be compared.");
	if (strcmp(comparison->before->scope, comparison->after->scope) != 0)
		puts("They did not look at the same: what only one saw is new, or not observed.");
	pf_paint_comparison(&page, comparison);
	if (comparison->count == 0)
		puts("\nNothing fails in either.");
}

static void json_list(struct pf_json_out *json, const char *name,
                      const struct pf_comparison *comparison, enum pf_became became)
{
	pf_out_begin(json, name, '[');
	for (size_t i = 0; i < comparison->count; i++) {
		const struct pf_changed *one = &comparison->at[i];
		const struct pf_verdict_kept *kept = one->after ? one->after : one->before;
		if (one->became != became)
			continue;
		pf_out_line(json);
		pf_out_begin(json, NULL, '{');
		pf_out_text(json, "check", kept->check);
		pf_out_text(json, "subject", kept->subject);
		pf_out_text(json, "vantage", kept->vantage);
		pf_out_text(json, "before",
		            one->before ? pf_status_name(one->before->status) : NULL);
		pf_out_text(json, "after", one->after ? pf_status_name(one->after->status) : NULL);
		pf_out_text(json, "severity", pf_severity_name(kept->severity));
		pf_out_text(json, "summary", kept->summary);
		pf_out_text(json, "fingerprint", kept->fingerprint);
		pf_out_end(json, '}');
	}
	pf_out_end(json, ']');
}

static void print_json(struct pf_invocation *invocation, const struct pf_comparison *comparison)
{
	struct pf_json_out json = {.out = stdout, .arena = invocation->arena};
	pf_out_begin(&json, NULL, '{');
	json_list(&json, "new", comparison, PF_BECAME_NEW);
	json_list(&json, "mended", comparison, PF_BECAME_MENDED);
	json_list(&json, "open", comparison, PF_BECAME_OPEN);
	json_list(&json, "unseen", comparison, PF_BECAME_UNSEEN);
	pf_out_end(&json, '}');
	putchar('\n');
}

static int tell(struct pf_invocation *invocation, const struct pf_comparison *comparison)
{
	if (invocation->format && strcmp(invocation->format, "json") == 0)
		print_json(invocation, comparison);
	else
		print_text(invocation, comparison);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		pf_complain("standard output: %s", strerror(errno));
		return PF_EXIT_USAGE;
	}
	return comparison->counts[PF_BECAME_NEW] ? PF_EXIT_FOUND : PF_EXIT_OK;
}

int pf_do_diff(struct pf_invocation *invocation)
{
	const char *const *names = invocation->arguments;
	struct pf_history *history = NULL;
	const char *problem;
	if (invocation->format && strcmp(invocation->format, "json") != 0 &&
	    strcmp(invocation->format, "text") != 0) {
		pf_complain("diff is told as text or as json");
		return PF_EXIT_USAGE;
	}
	if (pf_is_audit_number(names[0]) || pf_is_audit_number(names[1])) {
		history = pf_history_open(invocation->arena, invocation->store, false, &problem);
		if (!history) {
			pf_complain("%s", problem);
			return PF_EXIT_USAGE;
		}
	}
	struct pf_record *before = pf_record_named(invocation, history, names[0]);
	struct pf_record *after = before ? pf_record_named(invocation, history, names[1]) : NULL;
	int code = PF_EXIT_USAGE;
	if (after)
		code = tell(invocation, pf_compare(invocation->arena, before, after));
	pf_history_close(history);
	return code;
}
