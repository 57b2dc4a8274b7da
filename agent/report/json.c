/* The JSON report, postflight.report/1 (packaging/schema): everything, in the order of the audit.
 */
#include "report/json_out.h"
#include "report/writers.h"

#include "base/clock.h"
#include "model/codec.h"

#include <string.h>

/* Of one answer. What is longer, the output of a command, is left to the evidence file. */
enum { FACTS_BYTES = 16 * 1024 };

/* 0..1 with four digits, rounded down: 0.59999 must not look like the 0.6 that earns a grade. */
static void ratio(struct pf_json_out *json, const char *name, double value)
{
	int digits = (int)(value * 10000 + 1e-6);
	pf_out_member(json, name);
	fprintf(json->out, "%d.%04d", digits / 10000, digits % 10000);
}

static void score(struct pf_json_out *json, const char *name, int value)
{
	if (value < 0)
		pf_out_text(json, name, NULL);
	else
		pf_out_whole(json, name, value);
}

/* The members of the answer's own "facts", inside the object that is open. */
static void facts_of(struct pf_json_out *json, const struct pf_answer *answer)
{
	struct pf_arena_mark mark = pf_arena_mark(json->arena);
	const char *facts = pf_facts_write(json->arena, answer);
	size_t length = strlen(facts);
	if (length > FACTS_BYTES) {
		pf_out_whole(json, "left_out_bytes", (int64_t)length);
	} else if (length > 2) {
		pf_out_member(json, NULL);
		fwrite(facts + 1, 1, length - 2, json->out);
	}
	pf_arena_rewind(json->arena, mark);
}

static void evidence(struct pf_json_out *json, const struct pf_exchange *exchange)
{
	const struct pf_answer *answer = exchange->answer;
	pf_out_begin(json, NULL, '{');
	pf_out_text(json, "probe", exchange->probe);
	pf_out_text(json, "kind", pf_kind_name(exchange->question.kind));
	pf_out_text(json, "tag", exchange->tag);
	pf_out_text(json, "subject", exchange->subject);
	pf_out_text(json, "at",
	            answer && answer->at > 0 ? pf_timestamp(json->arena, answer->at) : NULL);
	if (answer)
		pf_out_whole(json, "took_us", answer->took_us);
	pf_out_begin(json, "facts", '{');
	pf_out_text(json, "outcome", pf_outcome_name(answer ? answer->outcome : PF_not_recorded));
	if (answer && answer->detail)
		pf_out_text(json, "detail", answer->detail);
	if (answer)
		facts_of(json, answer);
	pf_out_end(json, '}');
	pf_out_end(json, '}');
}

static void waiver(struct pf_json_out *json, const struct pf_waiver *waived_by)
{
	pf_out_begin(json, "waiver", '{');
	pf_out_text(json, "check", waived_by->check);
	pf_out_text(json, "subject", waived_by->subject);
	pf_out_text(json, "reason", waived_by->reason);
	pf_out_text(json, "owner", waived_by->owner);
	pf_out_text(json, "expires", waived_by->expires_on);
	pf_out_end(json, '}');
}

static const char *or_empty(const char *words_of_check)
{
	return words_of_check ? words_of_check : "";
}

/* The members of a finding, inside the object that is open. */
static void finding(struct pf_json_out *json, const struct pf_audit *audit,
                    const struct pf_finding *found)
{
	struct pf_arena_mark mark = pf_arena_mark(json->arena);
	const char *command =
		found->shown ? pf_reproduce(json->arena, audit->site, found->shown) : NULL;
	pf_out_text(json, "check", found->check->id);
	pf_out_text(json, "area", found->area);
	pf_out_text(json, "severity", pf_severity_name(found->severity));
	pf_out_text(json, "status", pf_status_name(found->status));
	pf_out_text(json, "subject", found->subject);
	pf_out_text(json, "vantage", found->vantage);
	pf_out_text(json, "title", or_empty(found->check->title));
	pf_out_text(json, "summary", found->summary);
	pf_out_begin(json, "evidence", '[');
	if (found->shown)
		evidence(json, found->shown);
	pf_out_end(json, ']');
	pf_out_text(json, "reproduce", command);
	pf_out_text(json, "remedy", or_empty(found->check->remedy));
	pf_out_text(json, "reference", or_empty(found->check->reference));
	if (found->waiver)
		waiver(json, found->waiver);
	if (found->known)
		pf_out_true(json, "known");
	pf_out_text(json, "fingerprint", found->fingerprint);
	pf_arena_rewind(json->arena, mark);
}

static void head(struct pf_json_out *json, const struct pf_audit *audit)
{
	pf_out_text(json, "schema", "postflight.report/1");
	pf_out_line(json);
	pf_out_begin(json, "tool", '{');
	pf_out_text(json, "name", "postflight");
	pf_out_text(json, "version", PF_VERSION);
	pf_out_end(json, '}');
	pf_out_line(json);
	pf_out_text(json, "site", audit->site->name);
	pf_out_text(json, "url", audit->site->url.text);
	pf_out_line(json);
	pf_out_text(json, "started_at", pf_timestamp(json->arena, audit->started_at));
	pf_out_whole(json, "duration_ms", audit->duration_ms);
	pf_out_line(json);
	pf_out_begin(json, "vantages", '[');
	for (size_t i = 0; i < audit->vantage_count; i++) {
		const struct pf_vantage_evidence *from = &audit->vantages[i];
		pf_out_begin(json, NULL, '{');
		pf_out_text(json, "name", from->vantage->name);
		pf_out_text(json, "role", from->vantage->role);
		pf_out_text(json, "status", from->status);
		if (from->detail)
			pf_out_text(json, "detail", from->detail);
		pf_out_whole(json, "questions", (int64_t)from->count);
		pf_out_end(json, '}');
	}
	pf_out_end(json, ']');
	pf_out_line(json);
}

static void marks(struct pf_json_out *json, const struct pf_audit *audit)
{
	score(json, "score", audit->score);
	pf_out_text(json, "grade", audit->grade);
	pf_out_words(json, "grade_capped_by", audit->grade_capped_by);
	if (audit->no_grade_because)
		pf_out_text(json, "no_grade_because", audit->no_grade_because);
	ratio(json, "coverage", audit->coverage);
	pf_out_text(json, "means", "100 means: the checklist holds from where we looked, no more");
	pf_out_line(json);
	pf_out_begin(json, "unlock", '[');
	for (size_t i = 0; i < audit->unlock_count; i++) {
		pf_out_begin(json, NULL, '{');
		pf_out_text(json, "block", audit->unlock[i].block);
		pf_out_whole(json, "checks", (int64_t)audit->unlock[i].checks);
		pf_out_end(json, '}');
	}
	pf_out_end(json, ']');
	pf_out_line(json);
	pf_out_begin(json, "areas", '[');
	for (size_t i = 0; i < audit->area_count; i++) {
		pf_out_begin(json, NULL, '{');
		pf_out_text(json, "area", audit->areas[i].area);
		score(json, "score", audit->areas[i].score);
		ratio(json, "coverage", audit->areas[i].coverage);
		pf_out_end(json, '}');
	}
	pf_out_end(json, ']');
	pf_out_line(json);
}

static void matrix(struct pf_json_out *json, const struct pf_audit *audit)
{
	static const char *const expected[] = {"stay-out", "may-ask", "get-in"};
	pf_out_begin(json, "matrix", '[');
	for (size_t i = 0; i < audit->cell_count; i++) {
		const struct pf_cell *cell = &audit->cells[i];
		pf_out_begin(json, NULL, '{');
		pf_out_text(json, "service", cell->service);
		pf_out_text(json, "address", cell->address);
		pf_out_text(json, "vantage", cell->vantage);
		pf_out_text(json, "state", pf_cell_state_name(cell->state));
		pf_out_text(json, "expected", expected[cell->expected]);
		pf_out_member(json, "holds");
		fputs(cell->holds == PF_NOT_SEEN ? "null"
		      : cell->holds              ? "true"
		                                 : "false",
		      json->out);
		pf_out_end(json, '}');
	}
	pf_out_end(json, ']');
}

static void change_list(struct pf_json_out *json, const char *name, struct pf_change_list list)
{
	pf_out_begin(json, name, '[');
	for (size_t i = 0; i < list.count; i++) {
		const struct pf_change *change = &list.at[i];
		pf_out_begin(json, NULL, '{');
		pf_out_text(json, "check", change->check);
		pf_out_text(json, "subject", change->subject);
		pf_out_text(json, "vantage", change->vantage);
		pf_out_text(json, "severity", pf_severity_name(change->severity));
		pf_out_text(json, "summary", change->summary);
		pf_out_text(json, "fingerprint", change->fingerprint);
		pf_out_end(json, '}');
	}
	pf_out_end(json, ']');
}

static void changes(struct pf_json_out *json, const struct pf_changes *since)
{
	if (!since)
		return;
	pf_out_begin(json, "changes", '{');
	pf_out_text(json, "since", pf_timestamp(json->arena, since->since));
	change_list(json, "new", since->fresh);
	change_list(json, "mended", since->mended);
	change_list(json, "unseen", since->unseen);
	pf_out_whole(json, "open", (int64_t)since->open.count);
	pf_out_end(json, '}');
	pf_out_line(json);
}

/* What shows later whether this report, or the history that it is part of, was altered. */
static void history(struct pf_json_out *json, const struct pf_audit *audit)
{
	if (!audit->digest)
		return;
	pf_out_text(json, "digest", audit->digest);
	if (audit->seal) {
		pf_out_begin(json, "history", '{');
		pf_out_whole(json, "audit", audit->history_id);
		pf_out_text(json, "seal", audit->seal);
		pf_out_end(json, '}');
	}
	pf_out_line(json);
}

/* All but the findings. */
static void summary(struct pf_json_out *json, const struct pf_audit *audit,
                    const struct pf_report_style *style)
{
	static const enum pf_status statuses[] = {PF_PASS, PF_FAIL, PF_UNKNOWN, PF_SKIP, PF_WAIVED};
	head(json, audit);
	marks(json, audit);
	pf_out_begin(json, "counts", '{');
	for (size_t i = 0; i < PF_COUNT(statuses); i++)
		pf_out_whole(json, pf_status_name(statuses[i]),
		             (int64_t)audit->counts[statuses[i]]);
	pf_out_end(json, '}');
	pf_out_line(json);
	pf_out_begin(json, "notices", '[');
	for (size_t i = 0; i < audit->notice_count; i++)
		pf_out_text(json, NULL, audit->notices[i].text);
	pf_out_end(json, ']');
	pf_out_line(json);
	matrix(json, audit);
	pf_out_line(json);
	changes(json, style->past.changes);
	history(json, audit);
}

/* The audit without its findings, then each finding, told apart by "type". */
void pf_write_jsonl(struct pf_arena *arena, const struct pf_audit *audit,
                    const struct pf_report_style *style, FILE *out)
{
	struct pf_json_out json = {.out = out, .arena = arena, .one_line = true};
	pf_out_begin(&json, NULL, '{');
	pf_out_text(&json, "type", "audit");
	summary(&json, audit, style);
	fputs("}\n", out);
	for (size_t i = 0; i < audit->finding_count; i++) {
		json.comma = false;
		pf_out_begin(&json, NULL, '{');
		pf_out_text(&json, "type", "finding");
		finding(&json, audit, &audit->findings[i]);
		fputs("}\n", out);
	}
}

void pf_write_json(struct pf_arena *arena, const struct pf_audit *audit,
                   const struct pf_report_style *style, FILE *out)
{
	struct pf_json_out json = {.out = out, .arena = arena};
	pf_out_begin(&json, NULL, '{');
	summary(&json, audit, style);
	pf_out_begin(&json, "findings", '[');
	for (size_t i = 0; i < audit->finding_count; i++) {
		pf_out_line(&json);
		pf_out_begin(&json, NULL, '{');
		finding(&json, audit, &audit->findings[i]);
		pf_out_end(&json, '}');
	}
	pf_out_end(&json, ']');
	pf_out_end(&json, '}');
	fputc('\n', out);
}
