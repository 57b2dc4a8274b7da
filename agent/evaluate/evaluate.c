/* The evaluation as a whole: which checks are asked for, what order findings stand in, how a run
 * exits. */
#include "evaluate/steps.h"

#include "base/text.h"
#include "evaluate/record.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const char *id, const char *prefix)
{
	size_t length = strlen(prefix);
	if (strchr(prefix, '*'))
		return pf_matches(prefix, id);
	if (length == 0 || strncmp(id, prefix, length) != 0)
		return false;
	return id[length] == '\0' || id[length] == '.' || prefix[length - 1] == '.';
}

static bool listed(struct pf_words prefixes, const char *id)
{
	for (size_t i = 0; i < prefixes.count; i++)
		if (begins(id, prefixes.at[i]))
			return true;
	return false;
}

bool pf_selected(const struct pf_selection *selection, const char *id)
{
	if (!selection)
		return true;
	return (selection->only.count == 0 || listed(selection->only, id)) &&
	       !listed(selection->skip, id);
}

/* A finding with what it is sorted by. */
struct place {
	struct pf_finding finding;
	size_t area_rank;
};

static int badness(enum pf_status status)
{
	static const int ranks[] = {
		[PF_FAIL] = 0, [PF_UNKNOWN] = 1, [PF_WAIVED] = 2, [PF_PASS] = 3, [PF_SKIP] = 4};
	return ranks[status];
}

static int worse(const struct pf_finding *a, const struct pf_finding *b)
{
	if (a->status != b->status)
		return badness(a->status) - badness(b->status);
	bool severity_matters = badness(a->status) <= badness(PF_WAIVED);
	return severity_matters ? (int)b->severity - (int)a->severity : 0;
}

static int by_identity(const struct pf_finding *a, const struct pf_finding *b)
{
	int order = strcmp(a->check->id, b->check->id);
	if (order == 0)
		order = strcmp(a->subject, b->subject);
	if (order == 0)
		order = strcmp(a->vantage ? a->vantage : "", b->vantage ? b->vantage : "");
	return order;
}

/* Equal findings stand together, the worst of them first. Their words settle ties, so that the
 * order never hangs on the order of arrival. */
static int same_first(const void *left, const void *right)
{
	const struct pf_finding *a = left, *b = right;
	int order = by_identity(a, b);
	if (order == 0)
		order = worse(a, b);
	return order ? order : strcmp(a->summary, b->summary);
}

/* Two rows of one check, or two shut gates, can speak of the same subject from the same vantage:
 * the worst of them speaks, so that a fingerprint stands for one finding. Waivers come later. */
static void merge(struct pf_findings *findings)
{
	size_t kept = 0;
	if (findings->count == 0)
		return;
	qsort(findings->at, findings->count, sizeof *findings->at, same_first);
	for (size_t i = 1; i < findings->count; i++)
		if (by_identity(&findings->at[kept], &findings->at[i]) != 0)
			findings->at[++kept] = findings->at[i];
	findings->count = kept + 1;
}

static int worst_first(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int order = worse(&a->finding, &b->finding);
	if (order)
		return order;
	if (a->area_rank != b->area_rank)
		return a->area_rank < b->area_rank ? -1 : 1;
	return by_identity(&a->finding, &b->finding);
}

static void sort(struct pf_arena *arena, struct pf_rows rows, struct pf_findings findings)
{
	struct place *places = pf_arena_array(arena, findings.count, sizeof *places);
	for (size_t i = 0; i < findings.count; i++)
		places[i] = (struct place){findings.at[i],
		                           pf_row_named(rows, findings.at[i].check->id)->area_rank};
	if (findings.count)
		qsort(places, findings.count, sizeof *places, worst_first);
	for (size_t i = 0; i < findings.count; i++)
		findings.at[i] = places[i].finding;
}

struct pf_audit *pf_evaluate(struct pf_arena *arena, const struct pf_site *site, size_t probe_count,
                             const struct pf_probe *const probes[], size_t vantage_count,
                             const struct pf_vantage_evidence vantages[],
                             const struct pf_selection *selection, const struct pf_memory *memory,
                             int64_t now)
{
	struct pf_rows rows = pf_rows_of(arena, probe_count, probes);
	struct pf_bench bench = {arena, site, rows, selection, memory};
	struct pf_mark_list marks = {0};
	struct pf_findings findings = pf_judge(&bench, vantage_count, vantages, &marks);
	struct pf_notices notices = {0};
	merge(&findings);
	pf_waive(arena, site, rows, selection, now, findings, &notices);
	sort(arena, rows, findings);
	pf_marks_sort(marks.at, &marks.count);

	struct pf_audit *audit = pf_arena_take(arena, sizeof *audit);
	*audit = (struct pf_audit){
		.site = site,
		.started_at = now,
		.vantages = vantages,
		.vantage_count = vantage_count,
		.findings = findings.at,
		.finding_count = findings.count,
		.notices = notices.at,
		.notice_count = notices.count,
		.marks = marks.at,
		.mark_count = marks.count,
	};
	for (size_t i = 0; i < findings.count; i++)
		audit->counts[findings.at[i].status]++;
	pf_score(arena, rows, audit);
	pf_matrix(arena, probe_count, probes, audit);
	return audit;
}

void pf_audit_notice(struct pf_arena *arena, struct pf_audit *audit, const char *text)
{
	struct pf_notices notices = {0};
	for (size_t i = 0; i < audit->notice_count; i++)
		pf_notices_add(arena, &notices, audit->notices[i].text);
	pf_notices_add(arena, &notices, text);
	audit->notices = notices.at;
	audit->notice_count = notices.count;
}

int pf_audit_exit(const struct pf_audit *audit, int fail_on)
{
	size_t unknown = 0;
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		if (finding->known)
			continue;
		if (finding->status == PF_FAIL && (int)finding->severity >= fail_on)
			return 1;
		unknown += finding->status == PF_UNKNOWN;
	}
	return unknown > 0 ? 3 : 0;
}
