/* Reading from a history. What is in it may have been written by others: texts are escaped anew,
 * and a row that no version writes ends the reading. */
#include "base/text.h"
#include "store/history_parts.h"

#include <stdlib.h>
#include <string.h>

enum { SIGHTINGS = 10000 };

/* Rows of an answer on their way into a list. */
struct reading {
	struct pf_arena *arena;
	void *at;
	size_t count, room;
	bool broken; /* a row that no version writes */
};

static int64_t whole(const char *cell)
{
	return cell ? strtoll(cell, NULL, 10) : 0;
}

static const char *text(struct reading *reading, const char *cell)
{
	return cell ? pf_escape_again(reading->arena, cell, 0) : NULL;
}

static bool take_audit(void *context, const char *const cells[])
{
	struct reading *reading = context;
	reading->at = pf_arena_grow(reading->arena, reading->at, reading->count, &reading->room,
	                            sizeof(struct pf_record));
	struct pf_record *record = (struct pf_record *)reading->at + reading->count++;
	for (size_t i = 0; i < PF_AUDIT_CELLS; i++)
		if (!cells[i] && i != PF_GRADE_CELL)
			reading->broken = true;
	*record = (struct pf_record){
		.id = whole(cells[0]),
		.site = text(reading, cells[1]),
		.url = text(reading, cells[2]),
		.scope = text(reading, cells[3]),
		.version = text(reading, cells[4]),
		.started_at = whole(cells[5]),
		.duration_ms = whole(cells[6]),
		.score = (int)whole(cells[7]),
		.grade = text(reading, cells[8]),
		.coverage = (int)whole(cells[9]),
		.digest = text(reading, cells[15]),
		.seal = text(reading, cells[16]),
	};
	static const enum pf_status order[] = {PF_PASS, PF_FAIL, PF_UNKNOWN, PF_SKIP, PF_WAIVED};
	for (size_t i = 0; i < 5; i++)
		record->counts[order[i]] = (size_t)whole(cells[10 + i]);
	return !reading->broken;
}

static bool check_rows(struct pf_history *history, const struct reading *reading,
                       const char **problem)
{
	if (reading->broken)
		*problem = pf_arena_print(history->arena,
		                          "%s: it holds what no postflight writes there",
		                          history->place);
	return !reading->broken;
}

bool pf_history_list(struct pf_history *history, const struct pf_site *site, const char *scope,
                     size_t limit, struct pf_records *records, const char **problem)
{
	static const char any[] =
		"SELECT * FROM (SELECT " PF_AUDIT_COLUMNS " FROM postflight_audits WHERE site = $1 "
		"AND url = $2 ORDER BY id DESC LIMIT $3) AS "
		"newest ORDER BY id";
	static const char one[] =
		"SELECT * FROM (SELECT " PF_AUDIT_COLUMNS
		" FROM postflight_audits WHERE site = $1 AND url = $2 AND scope = "
		"$3 ORDER BY id DESC LIMIT $4) AS newest ORDER BY id";
	const char *values[4] = {site->name, site->url.text};
	size_t count = 2;
	struct reading reading = {.arena = history->arena};
	if (scope)
		values[count++] = scope;
	values[count++] = pf_history_number(history, (int64_t)limit);
	if (!pf_history_run(history, scope ? one : any, count, values, take_audit, &reading,
	                    problem) ||
	    !check_rows(history, &reading, problem))
		return false;
	*records = (struct pf_records){reading.at, reading.count};
	return true;
}

static bool take_verdict(void *context, const char *const cells[])
{
	struct reading *reading = context;
	int64_t status = whole(cells[4]), severity = whole(cells[5]);
	if (!cells[0] || !cells[1] || !cells[2] || status < PF_PASS || status > PF_WAIVED ||
	    severity < PF_INFO || severity > PF_CRITICAL) {
		reading->broken = true;
		return false;
	}
	reading->at = pf_arena_grow(reading->arena, reading->at, reading->count, &reading->room,
	                            sizeof(struct pf_verdict_kept));
	((struct pf_verdict_kept *)reading->at)[reading->count++] = (struct pf_verdict_kept){
		.fingerprint = text(reading, cells[0]),
		.check = text(reading, cells[1]),
		.subject = text(reading, cells[2]),
		.vantage = text(reading, cells[3]),
		.status = (enum pf_status)status,
		.severity = (enum pf_severity)severity,
		.summary = text(reading, cells[6]),
	};
	return true;
}

static bool take_mark(void *context, const char *const cells[])
{
	struct reading *reading = context;
	reading->at = pf_arena_grow(reading->arena, reading->at, reading->count, &reading->room,
	                            sizeof(struct pf_mark));
	reading->broken |= !cells[0] || !cells[1] || !cells[2];
	((struct pf_mark *)reading->at)[reading->count++] = (struct pf_mark){
		text(reading, cells[0]), text(reading, cells[1]), text(reading, cells[2])};
	return !reading->broken;
}

static bool load_rest(struct pf_history *history, struct pf_record *record, const char **problem)
{
	const char *const values[] = {pf_history_number(history, record->id)};
	struct reading verdicts = {.arena = history->arena}, marks = {.arena = history->arena};
	if (!pf_history_run(
		    history,
		    "SELECT s.fingerprint, s.check_id, s.subject, s.vantage, v.status, v.severity,"
		    " v.summary FROM postflight_verdicts v JOIN postflight_subjects s ON s.id = "
		    "v.subject WHERE v.audit = $1",
		    1, values, take_verdict, &verdicts, problem) ||
	    !pf_history_run(history,
	                    "SELECT m.kind, m.subject, m.value FROM postflight_sightings s JOIN "
	                    "postflight_marks m ON m.id = s.mark WHERE s.audit = $1",
	                    1, values, take_mark, &marks, problem) ||
	    !check_rows(history, &verdicts, problem) || !check_rows(history, &marks, problem))
		return false;
	pf_record_sort(verdicts.at, verdicts.count);
	pf_marks_sort(marks.at, &marks.count);
	record->verdicts = verdicts.at;
	record->verdict_count = verdicts.count;
	record->marks = marks.at;
	record->mark_count = marks.count;
	return true;
}

struct pf_record *pf_history_load(struct pf_history *history, int64_t id, const char **problem)
{
	const char *const values[] = {pf_history_number(history, id)};
	struct reading reading = {.arena = history->arena};
	*problem = NULL;
	if (!pf_history_run(history,
	                    "SELECT " PF_AUDIT_COLUMNS " FROM postflight_audits WHERE id = $1", 1,
	                    values, take_audit, &reading, problem) ||
	    !check_rows(history, &reading, problem) || reading.count == 0 ||
	    !load_rest(history, reading.at, problem))
		return NULL;
	return reading.at;
}

static bool take_id(void *context, const char *const cells[])
{
	*(int64_t *)context = whole(cells[0]);
	return false;
}

bool pf_history_find(struct pf_history *history, const char *seal, int64_t *id,
                     const char **problem)
{
	*id = 0;
	return pf_history_run(history, "SELECT id FROM postflight_audits WHERE seal = $1", 1, &seal,
	                      take_id, id, problem);
}

static bool take_sighting(void *context, const char *const cells[])
{
	struct reading *reading = context;
	if (reading->count == SIGHTINGS)
		return false;
	reading->at = pf_arena_grow(reading->arena, reading->at, reading->count, &reading->room,
	                            sizeof(struct pf_sighting));
	for (size_t i = 0; i < 5; i++)
		reading->broken |= !cells[i];
	((struct pf_sighting *)reading->at)[reading->count++] = (struct pf_sighting){
		.site = text(reading, cells[0]),
		.url = text(reading, cells[1]),
		.mark = {text(reading, cells[2]), text(reading, cells[3]), text(reading, cells[4])},
		.first_at = whole(cells[5]),
		.last_at = whole(cells[6]),
	};
	return !reading->broken;
}

bool pf_history_memory(struct pf_history *history, const char *kind, struct pf_memory *memory,
                       const char **problem)
{
	struct reading reading = {.arena = history->arena};
	if (!pf_history_run(
		    history,
		    "SELECT a.site, a.url, m.kind, m.subject, m.value, min(a.started_at), "
		    "max(a.started_at) FROM postflight_marks m JOIN postflight_sightings s ON "
	            "s.mark "
		    "= m.id JOIN postflight_audits a ON a.id = s.audit WHERE m.kind = $1 GROUP BY "
		    "a.site, a.url, m.kind, m.subject, m.value ORDER BY 6",
		    1, &kind, take_sighting, &reading, problem) ||
	    !check_rows(history, &reading, problem))
		return false;
	memory->sightings = reading.at;
	memory->count = reading.count;
	return true;
}
