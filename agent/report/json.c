/* The JSON report, postflight.report/1 (packaging/schema): everything, in the order of the audit.
 */
#include "report/writers.h"

#include "base/clock.h"
#include "model/codec.h"

#include <string.h>

/* Of one answer. What is longer, the output of a command, is left to the evidence file. */
enum { FACTS_BYTES = 16 * 1024 };

/* JSON being written: `comma` when the next member needs one before it. */
struct json {
	FILE *out;
	struct pf_arena *arena;
	bool comma;
	bool one_line; /* no line breaks between members */
};

static void member(struct json *json, const char *name)
{
	if (json->comma)
		fputc(',', json->out);
	if (name)
		fprintf(json->out, "\"%s\":", name);
	json->comma = true;
}

static void begin(struct json *json, const char *name, char bracket)
{
	member(json, name);
	fputc(bracket, json->out);
	json->comma = false;
}

static void end(struct json *json, char bracket)
{
	fputc(bracket, json->out);
	json->comma = true;
}

static void text(struct json *json, const char *name, const char *value)
{
	member(json, name);
	fputs(value ? pf_json_string(json->arena, value) : "null", json->out);
}

static void whole(struct json *json, const char *name, int64_t value)
{
	member(json, name);
	fprintf(json->out, "%lld", (long long)value);
}

/* 0..1 with four digits, rounded down: 0.59999 must not look like the 0.6 that earns a grade. */
static void ratio(struct json *json, const char *name, double value)
{
	int digits = (int)(value * 10000 + 1e-6);
	member(json, name);
	fprintf(json->out, "%d.%04d", digits / 10000, digits % 10000);
}

static void score(struct json *json, const char *name, int value)
{
	if (value < 0)
		text(json, name, NULL);
	else
		whole(json, name, value);
}

static void line(struct json *json)
{
	if (!json->one_line)
		fputs("\n ", json->out);
}

static void words(struct json *json, const char *name, struct pf_words list)
{
	begin(json, name, '[');
	for (size_t i = 0; i < list.count; i++)
		text(json, NULL, list.at[i]);
	end(json, ']');
}

/* JSON that is written already, made fit for a page like pf_json_string's: `</` and the line
 * separators U+2028 and U+2029 can only stand inside its strings. */
static void splice(struct json *json, const char *raw, size_t length)
{
	const char *end = raw + length;
	for (const char *at = raw; at < end; at++) {
		bool separator = end - at > 2 && memcmp(at, "\xe2\x80", 2) == 0 &&
		                 (at[2] == '\xa8' || at[2] == '\xa9');
		if (separator) {
			fputs(at[2] == '\xa8' ? "\\u2028" : "\\u2029", json->out);
			at += 2;
			continue;
		}
		if (*at == '/' && at > raw && at[-1] == '<')
			fputc('\\', json->out);
		fputc(*at, json->out);
	}
}

/* The members of the answer's own "facts", inside the object that is open. */
static void facts_of(struct json *json, const struct pf_answer *answer)
{
	const char *const names[] = {"facts"};
	const char *values[] = {NULL};
	const char *problem;
	const char *written = pf_answer_write(json->arena, answer);
	if (!pf_line_split(json->arena, written, strlen(written), 1, names, values, &problem) ||
	    !values[0])
		return;
	size_t length = strlen(values[0]);
	if (length > FACTS_BYTES) {
		whole(json, "left_out_bytes", (int64_t)length);
		return;
	}
	if (length <= 2 || values[0][0] != '{')
		return;
	member(json, NULL);
	splice(json, values[0] + 1, length - 2);
}

static void evidence(struct json *json, const struct pf_exchange *exchange)
{
	const struct pf_answer *answer = exchange->answer;
	begin(json, NULL, '{');
	text(json, "probe", exchange->probe);
	text(json, "kind", pf_kind_name(exchange->question.kind));
	text(json, "tag", exchange->tag);
	text(json, "subject", exchange->subject);
	text(json, "at", answer && answer->at > 0 ? pf_timestamp(json->arena, answer->at) : NULL);
	if (answer)
		whole(json, "took_us", answer->took_us);
	begin(json, "facts", '{');
	text(json, "outcome", pf_outcome_name(answer ? answer->outcome : PF_not_recorded));
	if (answer && answer->detail)
		text(json, "detail", answer->detail);
	if (answer)
		facts_of(json, answer);
	end(json, '}');
	end(json, '}');
}

static void waiver(struct json *json, const struct pf_waiver *waived_by)
{
	begin(json, "waiver", '{');
	text(json, "check", waived_by->check);
	text(json, "subject", waived_by->subject);
	text(json, "reason", waived_by->reason);
	text(json, "owner", waived_by->owner);
	text(json, "expires", waived_by->expires_on);
	end(json, '}');
}

static const char *or_empty(const char *words_of_check)
{
	return words_of_check ? words_of_check : "";
}

/* The members of a finding, inside the object that is open. */
static void finding(struct json *json, const struct pf_audit *audit, const struct pf_finding *found)
{
	const char *command =
		found->shown ? pf_reproduce(json->arena, audit->site, found->shown) : NULL;
	text(json, "check", found->check->id);
	text(json, "area", found->area);
	text(json, "severity", pf_severity_name(found->severity));
	text(json, "status", pf_status_name(found->status));
	text(json, "subject", found->subject);
	text(json, "vantage", found->vantage);
	text(json, "title", or_empty(found->check->title));
	text(json, "summary", found->summary);
	begin(json, "evidence", '[');
	if (found->shown)
		evidence(json, found->shown);
	end(json, ']');
	text(json, "reproduce", command);
	text(json, "remedy", or_empty(found->check->remedy));
	text(json, "reference", or_empty(found->check->reference));
	if (found->waiver)
		waiver(json, found->waiver);
	text(json, "fingerprint", found->fingerprint);
}

static void head(struct json *json, const struct pf_audit *audit)
{
	text(json, "schema", "postflight.report/1");
	line(json);
	begin(json, "tool", '{');
	text(json, "name", "postflight");
	text(json, "version", PF_VERSION);
	end(json, '}');
	line(json);
	text(json, "site", audit->site->name);
	text(json, "url", audit->site->url.text);
	line(json);
	text(json, "started_at", pf_timestamp(json->arena, audit->started_at));
	whole(json, "duration_ms", audit->duration_ms);
	line(json);
	begin(json, "vantages", '[');
	for (size_t i = 0; i < audit->vantage_count; i++) {
		const struct pf_vantage_evidence *from = &audit->vantages[i];
		begin(json, NULL, '{');
		text(json, "name", from->vantage->name);
		text(json, "role", from->vantage->role);
		text(json, "status", from->status);
		if (from->detail)
			text(json, "detail", from->detail);
		whole(json, "questions", (int64_t)from->count);
		end(json, '}');
	}
	end(json, ']');
	line(json);
}

static void marks(struct json *json, const struct pf_audit *audit)
{
	score(json, "score", audit->score);
	text(json, "grade", audit->grade);
	words(json, "grade_capped_by", audit->grade_capped_by);
	if (audit->no_grade_because)
		text(json, "no_grade_because", audit->no_grade_because);
	ratio(json, "coverage", audit->coverage);
	text(json, "means", "100 means: the checklist holds from where we looked, no more");
	line(json);
	begin(json, "unlock", '[');
	for (size_t i = 0; i < audit->unlock_count; i++) {
		begin(json, NULL, '{');
		text(json, "block", audit->unlock[i].block);
		whole(json, "checks", (int64_t)audit->unlock[i].checks);
		end(json, '}');
	}
	end(json, ']');
	line(json);
	begin(json, "areas", '[');
	for (size_t i = 0; i < audit->area_count; i++) {
		begin(json, NULL, '{');
		text(json, "area", audit->areas[i].area);
		score(json, "score", audit->areas[i].score);
		ratio(json, "coverage", audit->areas[i].coverage);
		end(json, '}');
	}
	end(json, ']');
	line(json);
}

static void matrix(struct json *json, const struct pf_audit *audit)
{
	static const char *const expected[] = {"stay-out", "may-ask", "get-in"};
	begin(json, "matrix", '[');
	for (size_t i = 0; i < audit->cell_count; i++) {
		const struct pf_cell *cell = &audit->cells[i];
		begin(json, NULL, '{');
		text(json, "service", cell->service);
		text(json, "address", cell->address);
		text(json, "vantage", cell->vantage);
		text(json, "state", pf_cell_state_name(cell->state));
		text(json, "expected", expected[cell->expected]);
		member(json, "holds");
		fputs(cell->holds == PF_NOT_SEEN ? "null"
		      : cell->holds              ? "true"
		                                 : "false",
		      json->out);
		end(json, '}');
	}
	end(json, ']');
}

/* All but the findings. */
static void summary(struct json *json, const struct pf_audit *audit)
{
	static const enum pf_status statuses[] = {PF_PASS, PF_FAIL, PF_UNKNOWN, PF_SKIP, PF_WAIVED};
	head(json, audit);
	marks(json, audit);
	begin(json, "counts", '{');
	for (size_t i = 0; i < PF_COUNT(statuses); i++)
		whole(json, pf_status_name(statuses[i]), (int64_t)audit->counts[statuses[i]]);
	end(json, '}');
	line(json);
	begin(json, "notices", '[');
	for (size_t i = 0; i < audit->notice_count; i++)
		text(json, NULL, audit->notices[i].text);
	end(json, ']');
	line(json);
	matrix(json, audit);
	line(json);
}

/* The audit without its findings, then each finding, told apart by "type". */
void pf_write_jsonl(struct pf_arena *arena, const struct pf_audit *audit,
                    const struct pf_report_style *style, FILE *out)
{
	struct json json = {.out = out, .arena = arena, .one_line = true};
	(void)style;
	begin(&json, NULL, '{');
	text(&json, "type", "audit");
	summary(&json, audit);
	fputs("}\n", out);
	for (size_t i = 0; i < audit->finding_count; i++) {
		json.comma = false;
		begin(&json, NULL, '{');
		text(&json, "type", "finding");
		finding(&json, audit, &audit->findings[i]);
		fputs("}\n", out);
	}
}

void pf_write_json(struct pf_arena *arena, const struct pf_audit *audit,
                   const struct pf_report_style *style, FILE *out)
{
	struct json json = {.out = out, .arena = arena};
	(void)style;
	begin(&json, NULL, '{');
	summary(&json, audit);
	begin(&json, "findings", '[');
	for (size_t i = 0; i < audit->finding_count; i++) {
		line(&json);
		begin(&json, NULL, '{');
		finding(&json, audit, &audit->findings[i]);
		end(&json, '}');
	}
	end(&json, ']');
	end(&json, '}');
	fputc('\n', out);
}
