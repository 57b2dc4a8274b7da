/* postflight history: earlier audits of a site, and what changed from one to the next. */
#include "base/clock.h"
#include "base/text.h"
#include "command/chronicle.h"
#include "command/comparison.h"
#include "report/json_out.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 20, WITH_VERBOSE = 1000 };

/* What changed since the audit of the same scope that stands before it in the list; NULL: none
 * does. */
static const struct pf_comparison *change(struct pf_arena *arena, struct pf_history *history,
                                          struct pf_records *records, size_t at)
{
	const char *problem;
	for (size_t i = at; i-- > 0;) {
		struct pf_record *before = &records->at[i];
		if (strcmp(before->scope, records->at[at].scope) != 0)
			continue;
		/* The list is walked from the oldest on, so this one was loaded, if it could be. */
		struct pf_record *now = pf_history_load(history, records->at[at].id, &problem);
		if (!now || !before->verdicts)
			return NULL;
		records->at[at] = *now;
		return pf_compare(arena, before, now);
	}
	struct pf_record *first = pf_history_load(history, records->at[at].id, &problem);
	if (first)
		records->at[at] = *first;
	return NULL;
}

static void print_row(const struct pf_page *page, const struct pf_record *record,
                      const struct pf_comparison *since)
{
	static const enum pf_ink inks[] = {PF_INK_RED, PF_INK_YELLOW, PF_INK_GREEN};
	bool scored = record->score >= 0;
	enum pf_ink ink = inks[record->counts[PF_FAIL] ? 0 : record->counts[PF_UNKNOWN] ? 1 : 2];
	fprintf(page->out, "%5lld  %s  ", (long long)record->id,
	        pf_when(page->arena, record->started_at));
	pf_paint(page, ink,
	         scored ? pf_arena_print(page->arena, "%5d  %-5s", record->score,
	                                 record->grade ? record->grade : "-")
	                : " none  -    ");
	fprintf(page->out, " %5d %%  %4zu  %4zu  ", record->coverage / 100, record->counts[PF_FAIL],
	        record->counts[PF_UNKNOWN]);
	const char *words = since ? pf_comparison_words(page->arena, since) : "";
	if (*record->scope)
		words = pf_arena_print(page->arena, "%s%s(%s)", words, *words ? " " : "",
		                       record->scope);
	pf_paint(page, PF_INK_PLAIN, words);
	fputc('\n', page->out);
}

static void print_text(struct pf_invocation *invocation, const struct pf_site *site,
                       struct pf_history *history, struct pf_records *records)
{
	struct pf_page page = {invocation->arena, stdout, invocation->style.colour,
	                       invocation->style.columns};
	pf_paint(&page, PF_INK_BOLD, site->name);
	printf("  %s\n", site->url.text);
	pf_paint(&page, PF_INK_DIM, pf_history_place(history));
	puts("\n\naudit  when (UTC)         score  grade  seen   fail  unkn  changed");
	for (size_t i = 0; i < records->count; i++) {
		const struct pf_comparison *since = change(invocation->arena, history, records, i);
		print_row(&page, &records->at[i], since);
	}
	puts("\npostflight diff A B holds two of them against each other.");
}

static void print_json(struct pf_invocation *invocation, struct pf_history *history,
                       struct pf_records *records)
{
	struct pf_json_out json = {.out = stdout, .arena = invocation->arena};
	pf_out_begin(&json, NULL, '[');
	for (size_t i = 0; i < records->count; i++) {
		const struct pf_comparison *since = change(invocation->arena, history, records, i);
		const struct pf_record *record = &records->at[i];
		pf_out_line(&json);
		pf_out_begin(&json, NULL, '{');
		pf_out_whole(&json, "audit", record->id);
		pf_out_text(&json, "started_at",
		            pf_timestamp(invocation->arena, record->started_at));
		pf_out_text(&json, "scope", record->scope);
		if (record->score >= 0)
			pf_out_whole(&json, "score", record->score);
		pf_out_text(&json, "grade", record->grade);
		pf_out_whole(&json, "coverage_percent", record->coverage / 100);
		for (int status = PF_PASS; status <= PF_WAIVED; status++)
			pf_out_whole(&json, pf_status_name((enum pf_status)status),
			             (int64_t)record->counts[status]);
		if (since) {
			pf_out_whole(&json, "new", (int64_t)since->counts[PF_BECAME_NEW]);
			pf_out_whole(&json, "mended", (int64_t)since->counts[PF_BECAME_MENDED]);
		}
		pf_out_text(&json, "seal", record->seal);
		pf_out_end(&json, '}');
	}
	pf_out_end(&json, ']');
	putchar('\n');
}

int pf_do_history(struct pf_invocation *invocation)
{
	struct pf_loaded_site loaded;
	struct pf_records records = {0};
	const char *problem, *where = invocation->store;
	bool as_json = invocation->format && strcmp(invocation->format, "json") == 0;
	if (invocation->format && !as_json && strcmp(invocation->format, "text") != 0) {
		pf_complain("history is told as text or as json");
		return PF_EXIT_USAGE;
	}
	if (!pf_load_site(invocation, &loaded))
		return PF_EXIT_USAGE;
	where = where ? where : loaded.site.history;
	struct pf_history *history = pf_history_open(invocation->arena, where, false, &problem);
	size_t limit = invocation->style.verbose ? WITH_VERBOSE : SHOWN;
	if (!history || !pf_history_list(history, &loaded.site, NULL, limit, &records, &problem)) {
		pf_complain("%s", problem);
		pf_history_close(history);
		return PF_EXIT_USAGE;
	}
	if (as_json)
		print_json(invocation, history, &records);
	else if (records.count)
		print_text(invocation, &loaded.site, history, &records);
	else
		printf("%s: no audit of %s (%s) is in it\n", pf_history_place(history),
		       loaded.site.name, loaded.site.url.text);
	pf_history_close(history);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return PF_EXIT_OK;
	pf_complain("standard output: %s", strerror(errno));
	return PF_EXIT_USAGE;
}
