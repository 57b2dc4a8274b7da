/* Judging: exchanges become cases, cases are put before the judges, and what cannot be judged says
 * why. */
#include "base/text.h"
#include "evaluate/steps.h"

#include <stdlib.h>
#include <string.h>

enum { SUMMARY_BYTES = 1000, SUBJECT_BYTES = 500 };

/* What is the same for every finding of one call of pf_judge. */
struct session {
	struct pf_arena *arena;
	const struct pf_site *site;
	struct pf_rows rows;
	const struct pf_selection *selection;
	const struct pf_memory *memory;
	struct pf_findings findings;
	struct pf_mark_list *marks;
};

static const char *fingerprint(struct pf_arena *arena, const struct pf_finding *finding)
{
	const char *text = pf_arena_print(arena, "%s\n%s\n%s", finding->check->id, finding->subject,
	                                  finding->vantage ? finding->vantage : "");
	return pf_sha256(arena, text, strlen(text), 16);
}

/* Judges quote strangers, and evidence can come from a machine that lies: every text is made
 * harmless here, once, for all writers. */
static void add(struct session *session, const struct pf_row *row, const char *subject,
                const struct pf_vantage *vantage, struct pf_verdict verdict)
{
	struct pf_findings *findings = &session->findings;
	struct pf_arena *arena = session->arena;
	const char *summary = verdict.summary ? verdict.summary : "";
	bool own = verdict.severity < PF_INFO || verdict.severity > PF_CRITICAL;
	findings->at = pf_arena_grow(arena, findings->at, findings->count, &findings->room,
	                             sizeof *findings->at);
	struct pf_finding *finding = &findings->at[findings->count++];
	*finding = (struct pf_finding){
		.check = row->words,
		.area = row->area,
		.severity = own ? row->check->severity : (enum pf_severity)verdict.severity,
		.status = verdict.status == PF_WAIVED ? PF_FAIL : verdict.status,
		.subject = pf_escape_again(arena, subject, SUBJECT_BYTES),
		.vantage = vantage ? vantage->name : NULL,
		.summary = pf_escape_again(arena, summary, SUMMARY_BYTES),
		.shown = verdict.shown,
	};
	finding->fingerprint = fingerprint(arena, finding);
}

static struct pf_verdict unknown(const char *why, const struct pf_exchange *shown)
{
	return (struct pf_verdict){
		.status = PF_UNKNOWN, .severity = -1, .summary = why, .shown = shown};
}

/* Silence that says nothing, since the vantage may be deaf. */
static bool means_nothing(const struct pf_vantage_evidence *from,
                          const struct pf_exchange *exchange)
{
	return exchange && exchange->answer && pf_outcome_is_quiet(exchange->answer->outcome) &&
	       !pf_silence_counts(from, exchange);
}

/* Did one of the optional needs end in such silence? */
static bool optional_means_nothing(const struct pf_case *facts, const char *needs,
                                   const struct pf_vantage_evidence *from)
{
	struct pf_need need;
	while (pf_need_next(&needs, &need))
		if (need.how == PF_NEED_OPTIONAL &&
		    means_nothing(from, pf_need_exchange(facts, &need)))
			return true;
	return false;
}

/* A judge looks at optional answers itself, and may have taken silence for an answer. */
static bool rests_on_silence(const struct pf_case *facts, const struct pf_check *check,
                             const struct pf_verdict *verdict,
                             const struct pf_vantage_evidence *from)
{
	return (verdict->status == PF_PASS && optional_means_nothing(facts, check->needs, from)) ||
	       (verdict->status == PF_FAIL && means_nothing(from, verdict->shown));
}

/* The first of the needs that the peer began to answer and did not end; NULL: none. */
static const struct pf_exchange *unfinished(const struct pf_case *facts, const char *needs)
{
	struct pf_need need;
	while (pf_need_next(&needs, &need)) {
		const struct pf_exchange *exchange = pf_need_exchange(facts, &need);
		enum pf_outcome outcome =
			exchange && exchange->answer ? exchange->answer->outcome : PF_answered;
		if (outcome == PF_stalled || outcome == PF_oversized)
			return exchange;
	}
	return NULL;
}

static struct pf_verdict verdict_on(const struct pf_case *facts, const struct pf_check *check,
                                    const struct pf_vantage_evidence *from)
{
	const struct pf_exchange *shown = NULL;
	const char *why = pf_need_unmet(facts, check, from, &shown);
	if (why)
		return unknown(why, shown);
	struct pf_verdict verdict = check->judge(facts);
	if (!verdict.shown)
		verdict.shown = shown;
	if (check->quiet_needs_control && rests_on_silence(facts, check, &verdict, from))
		return unknown("nothing answers this vantage, so silence proves nothing",
		               verdict.shown);
	const struct pf_exchange *slow = check->stall_is_unknown && verdict.status == PF_PASS
	                                         ? unfinished(facts, check->needs)
	                                         : NULL;
	return slow ? unknown(pf_exchange_ending(facts->arena, slow), slow) : verdict;
}

static bool touches(const struct pf_case *facts, const struct pf_check *check)
{
	for (size_t i = 0; i < facts->count; i++)
		if (pf_needs_have(check->needs, facts->exchanges[i]->tag))
			return true;
	return false;
}

static const struct pf_exchange *shut_gate(const struct pf_case *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		if (exchange->gate &&
		    (!exchange->answer || exchange->answer->outcome != PF_answered))
			return exchange;
	}
	return NULL;
}

/* Behind a shut gate every check of the probe is in the dark, but for those the site does not want.
 */
static bool behind_gate(const struct session *session, const struct pf_check *check)
{
	return !check->block || pf_block_declared(session->site, check->block);
}

static void judge_case(struct session *session, const struct pf_probe *probe,
                       const struct pf_case *facts, const struct pf_vantage_evidence *from)
{
	const struct pf_exchange *gate = shut_gate(facts);
	for (size_t i = 0; i < session->rows.count; i++) {
		const struct pf_row *row = &session->rows.at[i];
		if (row->probe != probe || !pf_selected(session->selection, row->check->id))
			continue;
		if (gate && behind_gate(session, row->check))
			add(session, row, facts->subject, from->vantage,
			    unknown(pf_exchange_ending(session->arena, gate), gate));
		else if (!gate && touches(facts, row->check))
			add(session, row, facts->subject, from->vantage,
			    verdict_on(facts, row->check, from));
	}
}

/* What the probe wants remembered of the case. Its words are a stranger's like any other. */
static void mark_case(struct session *session, const struct pf_probe *probe,
                      const struct pf_case *facts)
{
	struct pf_mark_list *list = session->marks;
	struct pf_mark marks[PF_MARKS];
	size_t count = probe->marks && !shut_gate(facts) ? probe->marks(facts, marks) : 0;
	for (size_t i = 0; i < count; i++) {
		list->at = pf_arena_grow(session->arena, list->at, list->count, &list->room,
		                         sizeof *list->at);
		list->at[list->count++] = (struct pf_mark){
			pf_escape_again(session->arena, marks[i].kind, SUBJECT_BYTES),
			pf_escape_again(session->arena, marks[i].subject, SUBJECT_BYTES),
			pf_escape_again(session->arena, marks[i].value, SUBJECT_BYTES)};
	}
}

static int by_subject(const void *left, const void *right)
{
	const struct pf_exchange *const *a = left, *const *b = right;
	return strcmp((*a)->subject, (*b)->subject);
}

/* The exchanges of one probe at one vantage, sorted so that each subject's stand together. */
static const struct pf_exchange **exchanges_of(const struct session *session,
                                               const struct pf_probe *probe,
                                               const struct pf_vantage_evidence *from,
                                               size_t *count)
{
	const struct pf_exchange **own = pf_arena_array(session->arena, from->count, sizeof *own);
	*count = 0;
	for (size_t i = 0; i < from->count; i++)
		if (strcmp(from->exchanges[i]->probe, probe->name) == 0)
			own[(*count)++] = from->exchanges[i];
	/* glibc's qsort merges, and so keeps equals in order, unless memory is short; a case never
	 * has the same tag twice, so nothing depends on it. */
	qsort(own, *count, sizeof *own, by_subject);
	return own;
}

static void judge_vantage(struct session *session, const struct pf_probe *probe,
                          const struct pf_vantage_evidence *from)
{
	size_t count = 0;
	const struct pf_exchange **own = exchanges_of(session, probe, from, &count);
	for (size_t start = 0, end; start < count; start = end) {
		for (end = start + 1; end < count; end++)
			if (by_subject(&own[start], &own[end]) != 0)
				break;
		struct pf_case facts = {
			.site = session->site,
			.vantage = from->vantage,
			.subject = own[start]->subject,
			.canary = from->canary,
			.exchanges = own + start,
			.count = end - start,
			.arena = session->arena,
			.memory = session->memory,
		};
		judge_case(session, probe, &facts, from);
		mark_case(session, probe, &facts);
	}
}

/* Would the probe have seen this check from a vantage that could not be reached? What was planned
 * there says so; without a plan, the probe itself. */
static bool would_see(const struct session *session, const struct pf_row *row,
                      const struct pf_vantage_evidence *from)
{
	const struct pf_probe *probe = row->probe;
	if (!behind_gate(session, row->check))
		return false;
	if (from->count == 0)
		return !probe->asks_from || probe->asks_from(session->site, from->vantage);
	for (size_t i = 0; i < from->count; i++) {
		const struct pf_exchange *exchange = from->exchanges[i];
		if (strcmp(exchange->probe, probe->name) == 0 &&
		    (exchange->gate || pf_needs_have(row->check->needs, exchange->tag)))
			return true;
	}
	return false;
}

/* One finding a check for the whole vantage: its subjects would all say the same. */
static void judge_unreachable(struct session *session, const struct pf_vantage_evidence *from)
{
	const char *name = from->vantage->name;
	const char *why =
		pf_arena_print(session->arena, "the vantage %s could not be reached%s%s", name,
	                       from->detail ? ": " : "", from->detail ? from->detail : "");
	const char *subject = pf_arena_print(session->arena, "vantage %s", name);
	for (size_t i = 0; i < session->rows.count; i++) {
		const struct pf_row *row = &session->rows.at[i];
		if (pf_selected(session->selection, row->check->id) &&
		    would_see(session, row, from))
			add(session, row, subject, from->vantage, unknown(why, NULL));
	}
}

/* Is the check about something that the site file declares? What no block unlocks was asked about
 * wherever it applies. */
static bool is_declared(const struct session *session, const char *id)
{
	bool declared = false;
	for (size_t i = 0; i < session->rows.count; i++) {
		const struct pf_row *row = &session->rows.at[i];
		if (strcmp(row->check->id, id) != 0)
			continue;
		if (!row->check->block)
			return false;
		declared |= pf_block_declared(session->site, row->check->block) &&
		            (!row->check->applies || row->check->applies(session->site));
	}
	return declared;
}

/* What is declared and was seen by nobody is in the dark, and not well. */
static struct pf_verdict verdict_on_unseen(struct session *session, const struct pf_check *check)
{
	const char *block = pf_block_missing(session->rows, session->site, check->id);
	const char *why = "does not apply to this site";
	if (!block && is_declared(session, check->id))
		return unknown(pf_arena_print(session->arena,
		                              "no vantage that was asked can see it: seen from %s, "
		                              "with all that it needs in the `%s` block",
		                              check->seen_from, check->block),
		               NULL);
	if (block)
		why = pf_arena_print(session->arena, "the site file has no `%s` block", block);
	return (struct pf_verdict){.status = PF_SKIP, .severity = -1, .summary = why};
}

/* A finding for every check that was seen nowhere. */
static void tell_the_rest(struct session *session)
{
	size_t judged = session->findings.count;
	for (size_t i = 0; i < session->rows.count; i++) {
		const struct pf_row *row = &session->rows.at[i];
		const char *id = row->check->id;
		size_t found = 0;
		while (found < judged && session->findings.at[found].check != row->words)
			found++;
		if (found < judged || !pf_selected(session->selection, id))
			continue;
		add(session, row, session->site->url.text, NULL,
		    verdict_on_unseen(session, row->check));
	}
}

struct pf_findings pf_judge(const struct pf_bench *bench, size_t vantage_count,
                            const struct pf_vantage_evidence vantages[], struct pf_mark_list *marks)
{
	struct session session = {.arena = bench->arena,
	                          .site = bench->site,
	                          .rows = bench->rows,
	                          .selection = bench->selection,
	                          .memory = bench->memory,
	                          .marks = marks};
	struct pf_rows rows = bench->rows;
	for (size_t v = 0; v < vantage_count; v++) {
		if (strcmp(vantages[v].status, "unreachable") == 0) {
			judge_unreachable(&session, &vantages[v]);
			continue;
		}
		for (size_t i = 0; i < rows.count; i++)
			if (i == 0 || rows.at[i].probe != rows.at[i - 1].probe)
				judge_vantage(&session, rows.at[i].probe, &vantages[v]);
	}
	tell_the_rest(&session);
	return session.findings;
}
