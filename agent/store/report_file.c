/* Reading a JSON report back. It may come from anywhere, so every text is escaped anew. */
#include "store/report_file.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/json.h"

#include <stdlib.h>
#include <string.h>

/* A report on its way into a record; the first thing that is wrong stays. */
struct reading {
	struct pf_arena *arena;
	const char *problem;
};

static void complain(struct reading *reading, const char *name, const char *what)
{
	if (!reading->problem)
		reading->problem = pf_arena_print(reading->arena, "its `%s` is %s", name, what);
}

/* NULL: absent or null. */
static const char *optional_text(struct reading *reading, const struct pf_json *object,
                                 const char *name)
{
	const struct pf_json *member = pf_json_member(object, name);
	const char *text;
	if (!member || !pf_json_string_value(member, &text))
		return NULL;
	return pf_escape_again(reading->arena, text, 0);
}

static const char *text(struct reading *reading, const struct pf_json *object, const char *name)
{
	const char *found = optional_text(reading, object, name);
	if (!found)
		complain(reading, name, "not there");
	return found ? found : "";
}

static int64_t whole(struct reading *reading, const struct pf_json *object, const char *name,
                     int64_t otherwise)
{
	const struct pf_json *member = pf_json_member(object, name);
	int64_t number = otherwise;
	if (!member)
		complain(reading, name, "not there");
	else if (!pf_json_whole(member, &number))
		number = otherwise;
	return number;
}

/* 0.9876 as 9876. */
static int ratio(struct reading *reading, const struct pf_json *object, const char *name)
{
	const struct pf_json *member = pf_json_member(object, name);
	double value = member ? strtod(pf_json_print(reading->arena, member), NULL) : -1;
	if (!(value >= 0 && value <= 1))
		complain(reading, name, "no ratio");
	return (int)(value * 10000 + 0.5);
}

static enum pf_status status_named(struct reading *reading, const char *name)
{
	for (int status = PF_PASS; status <= PF_WAIVED; status++)
		if (strcmp(name, pf_status_name((enum pf_status)status)) == 0)
			return (enum pf_status)status;
	complain(reading, "status", "none that is known");
	return PF_UNKNOWN;
}

static enum pf_severity severity_named(struct reading *reading, const char *name)
{
	for (int severity = PF_INFO; severity <= PF_CRITICAL; severity++)
		if (strcmp(name, pf_severity_name((enum pf_severity)severity)) == 0)
			return (enum pf_severity)severity;
	complain(reading, "severity", "none that is known");
	return PF_INFO;
}

static struct pf_verdict_kept verdict(struct reading *reading, const struct pf_json *finding)
{
	struct pf_verdict_kept kept = {
		.fingerprint = text(reading, finding, "fingerprint"),
		.check = text(reading, finding, "check"),
		.subject = text(reading, finding, "subject"),
		.vantage = optional_text(reading, finding, "vantage"),
		.status = status_named(reading, text(reading, finding, "status")),
		.severity = severity_named(reading, text(reading, finding, "severity")),
	};
	if (pf_status_keeps_summary(kept.status))
		kept.summary = text(reading, finding, "summary");
	return kept;
}

static void read_findings(struct reading *reading, const struct pf_json *report,
                          struct pf_record *record)
{
	const struct pf_json *findings = pf_json_member(report, "findings");
	if (!findings || !pf_json_is_array(findings)) {
		complain(reading, "findings", "no list");
		return;
	}
	struct pf_verdict_kept *verdicts =
		pf_arena_array(reading->arena, pf_json_count(findings), sizeof *verdicts);
	for (const struct pf_json *one = pf_json_first(findings); one; one = pf_json_next(one))
		verdicts[record->verdict_count++] = verdict(reading, one);
	pf_record_sort(verdicts, record->verdict_count);
	record->verdicts = verdicts;
}

static void read_counts(struct reading *reading, const struct pf_json *report,
                        struct pf_record *record)
{
	const struct pf_json *counts = pf_json_member(report, "counts");
	for (int status = PF_PASS; status <= PF_WAIVED; status++) {
		int64_t count =
			counts ? whole(reading, counts, pf_status_name((enum pf_status)status), 0)
			       : -1;
		if (count < 0)
			complain(reading, "counts", "not complete");
		record->counts[status] = count > 0 ? (size_t)count : 0;
	}
}

static void read_report(struct reading *reading, const struct pf_json *report,
                        struct pf_record *record)
{
	const struct pf_json *tool = pf_json_member(report, "tool");
	const struct pf_json *history = pf_json_member(report, "history");
	*record = (struct pf_record){
		.site = text(reading, report, "site"),
		.url = text(reading, report, "url"),
		.version = tool ? text(reading, tool, "version") : "",
		.duration_ms = whole(reading, report, "duration_ms", 0),
		.score = (int)whole(reading, report, "score", -1),
		.grade = optional_text(reading, report, "grade"),
		.coverage = ratio(reading, report, "coverage"),
		.digest = optional_text(reading, report, "digest"),
		.scope = "",
	};
	if (history) {
		record->id = whole(reading, history, "audit", 0);
		record->seal = optional_text(reading, history, "seal");
	}
	if (!pf_timestamp_read(text(reading, report, "started_at"), &record->started_at))
		complain(reading, "started_at", "no time");
	read_counts(reading, report, record);
	read_findings(reading, report, record);
}

struct pf_record *pf_report_read(struct pf_arena *arena, const char *bytes, size_t length,
                                 const char **problem)
{
	struct reading reading = {.arena = arena};
	struct pf_record *record = pf_arena_take(arena, sizeof *record);
	*problem = "it is no JSON report of postflight's";
	if (length == 0 || bytes[0] != '{')
		return NULL;
	struct pf_json *report = pf_json_parse_file(bytes, length, problem);
	if (!report)
		return NULL;
	const char *schema =
		pf_json_is_object(report) ? optional_text(&reading, report, "schema") : NULL;
	if (!schema || strcmp(schema, "postflight.report/1") != 0)
		reading.problem = "it is no JSON report of postflight's";
	else
		read_report(&reading, report, record);
	pf_json_free(report);
	*problem = reading.problem;
	return reading.problem ? NULL : record;
}
