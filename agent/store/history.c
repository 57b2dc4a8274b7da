/* Adding to a history and reading from it. */
#include "store/history.h"

#include "base/limits.h"
#include "base/places.h"
#include "base/text.h"
#include "store/link.h"
#include "store/schema.h"

#include <stdlib.h>
#include <string.h>

enum { SIGHTINGS = 10000, COLUMNS = 17 };

#define AUDIT_COLUMNS                                                                              \
	"id, site, url, scope, version, started_at, duration_ms, score, grade, coverage, passed, " \
	"failed, unknown, skipped, waived, digest, seal"

struct pf_history {
	struct pf_arena *arena;
	struct pf_link *link;
	const char *place;
};

static bool run(struct pf_history *history, const char *statement, size_t count,
                const char *const values[], pf_on_row *on_row, void *context, const char **problem)
{
	if (history->link->kind->run(history->link, statement, count, values, on_row, context))
		return true;
	*problem = history->link->problem;
	return false;
}

static bool is_url(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

/* "postgresql://user:password@host": everybody on this machine could read it in a list of
 * processes. */
static bool holds_password(const char *url)
{
	const char *authority = strstr(url, "://") + 3;
	size_t length = strcspn(authority, "/?#");
	const char *at = memchr(authority, '@', length);
	return (at && memchr(authority, ':', (size_t)(at - authority))) ||
	       strstr(url, "password=") != NULL;
}

static struct pf_link *open_link(struct pf_arena *arena, const char *where, bool write,
                                 const char **problem)
{
	if (!is_url(where))
		return pf_sqlite_open(arena, where, write, problem);
	if (!holds_password(where))
		return pf_postgres_open(arena, where, write, problem);
	*problem = "its URL holds a password; put that into ~/.pgpass";
	return NULL;
}

struct pf_history *pf_history_open(struct pf_arena *arena, const char *where, bool write,
                                   const char **problem)
{
	struct pf_history *history = pf_arena_take(arena, sizeof *history);
	*problem = NULL;
	if (!where) {
		const char *state = pf_state_directory(arena, problem);
		if (!state)
			return NULL;
		where = pf_arena_print(arena, "%s/history.db", state);
	}
	bool secret = is_url(where) && holds_password(where);
	*history = (struct pf_history){.arena = arena,
	                               .place = secret ? "postgresql://"
	                                               : pf_escape_text(arena, where, 200)};
	history->link = open_link(arena, where, write, problem);
	bool ready = history->link && pf_schema_ready(history->link, write, problem);
	if (ready) {
		*problem = NULL;
		return history;
	}
	*problem = pf_arena_print(arena, "%s: %s", history->place, *problem);
	pf_history_close(history);
	return NULL;
}

void pf_history_close(struct pf_history *history)
{
	if (history && history->link)
		history->link->kind->close(history->link);
}

const char *pf_history_place(const struct pf_history *history)
{
	return history->place;
}

static const char *number(struct pf_history *history, int64_t value)
{
	return pf_arena_print(history->arena, "%lld", (long long)value);
}

struct head {
	struct pf_arena *arena;
	int64_t links;
	const char *seal;
};

static bool take_head(void *context, const char *const cells[])
{
	struct head *head = context;
	head->links = cells[0] ? strtoll(cells[0], NULL, 10) : 0;
	head->seal = pf_arena_copy(head->arena, cells[1] ? cells[1] : "");
	return false;
}

static bool add_audit(struct pf_history *history, const struct pf_record *record,
                      const char **problem)
{
	const char *const values[COLUMNS] = {
		number(history, record->id),
		record->site,
		record->url,
		record->scope,
		record->version,
		number(history, record->started_at),
		number(history, record->duration_ms),
		number(history, record->score),
		record->grade,
		number(history, record->coverage),
		number(history, (int64_t)record->counts[PF_PASS]),
		number(history, (int64_t)record->counts[PF_FAIL]),
		number(history, (int64_t)record->counts[PF_UNKNOWN]),
		number(history, (int64_t)record->counts[PF_SKIP]),
		number(history, (int64_t)record->counts[PF_WAIVED]),
		record->digest,
		record->seal,
	};
	return run(history,
	           "INSERT INTO postflight_audits (" AUDIT_COLUMNS
	           ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
	           "$16, $17)",
	           COLUMNS, values, NULL, NULL, problem);
}

static bool add_verdict(struct pf_history *history, const struct pf_record *record,
                        const struct pf_verdict_kept *kept, const char **problem)
{
	static const char subject[] =
		"INSERT INTO postflight_subjects (fingerprint, check_id, subject, vantage)"
		" VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
	static const char verdict[] =
		"INSERT INTO postflight_verdicts (audit, status, severity, summary, subject)"
		" SELECT $1, $2, $3, $4, id FROM postflight_subjects WHERE fingerprint = $5";
	const char *const about[] = {kept->fingerprint, kept->check, kept->subject, kept->vantage};
	const char *const said[] = {
		number(history, record->id), number(history, (int64_t)kept->status),
		number(history, (int64_t)kept->severity), kept->summary, kept->fingerprint};
	return run(history, subject, 4, about, NULL, NULL, problem) &&
	       run(history, verdict, 5, said, NULL, NULL, problem);
}

static bool add_mark(struct pf_history *history, const struct pf_record *record,
                     const struct pf_mark *mark, const char **problem)
{
	static const char known[] = "INSERT INTO postflight_marks (kind, subject, value)"
				    " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
	static const char seen[] =
		"INSERT INTO postflight_sightings (audit, mark) SELECT $1, id FROM"
		" postflight_marks WHERE kind = $2 AND subject = $3 AND value = $4";
	const char *const values[] = {number(history, record->id), mark->kind, mark->subject,
	                              mark->value};
	return run(history, known, 3, values + 1, NULL, NULL, problem) &&
	       run(history, seen, 4, values, NULL, NULL, problem);
}

static bool add_all(struct pf_history *history, struct pf_record *record, const char **problem)
{
	struct head head = {.arena = history->arena, .seal = ""};
	if (!run(history, "SELECT links, head FROM postflight_history", 0, NULL, take_head, &head,
	         problem))
		return false;
	record->id = head.links + 1;
	record->seal = pf_record_seal(history->arena, head.seal, record);
	if (!add_audit(history, record, problem))
		return false;
	for (size_t i = 0; i < record->verdict_count; i++)
		if (!add_verdict(history, record, &record->verdicts[i], problem))
			return false;
	for (size_t i = 0; i < record->mark_count; i++)
		if (!add_mark(history, record, &record->marks[i], problem))
			return false;
	const char *const values[] = {number(history, record->id), record->seal};
	return run(history, "UPDATE postflight_history SET links = $1, head = $2", 2, values, NULL,
	           NULL, problem);
}

bool pf_history_add(struct pf_history *history, struct pf_record *record, const char **problem)
{
	struct pf_link *link = history->link;
	if (link->kind->begin(link) && add_all(history, record, problem) &&
	    link->kind->commit(link))
		return true;
	*problem = pf_arena_print(history->arena, "%s: %s", history->place,
	                          link->problem ? link->problem : "it could not be written");
	record->id = 0;
	record->seal = NULL;
	return false;
}

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
	for (size_t i = 0; i < COLUMNS; i++)
		if (!cells[i] && i != 8)
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
		"SELECT * FROM (SELECT " AUDIT_COLUMNS " FROM postflight_audits WHERE site = $1 "
		"AND url = $2 ORDER BY id DESC LIMIT $3) AS "
		"newest ORDER BY id";
	static const char one[] =
		"SELECT * FROM (SELECT " AUDIT_COLUMNS
		" FROM postflight_audits WHERE site = $1 AND url = $2 AND scope = "
		"$3 ORDER BY id DESC LIMIT $4) AS newest ORDER BY id";
	const char *values[4] = {site->name, site->url.text};
	size_t count = 2;
	struct reading reading = {.arena = history->arena};
	if (scope)
		values[count++] = scope;
	values[count++] = number(history, (int64_t)limit);
	if (!run(history, scope ? one : any, count, values, take_audit, &reading, problem) ||
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
	const char *const values[] = {number(history, record->id)};
	struct reading verdicts = {.arena = history->arena}, marks = {.arena = history->arena};
	if (!run(history,
	         "SELECT s.fingerprint, s.check_id, s.subject, s.vantage, v.status, v.severity,"
	         " v.summary FROM postflight_verdicts v JOIN postflight_subjects s ON s.id = "
	         "v.subject WHERE v.audit = $1",
	         1, values, take_verdict, &verdicts, problem) ||
	    !run(history,
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
	const char *const values[] = {number(history, id)};
	struct reading reading = {.arena = history->arena};
	*problem = NULL;
	if (!run(history, "SELECT " AUDIT_COLUMNS " FROM postflight_audits WHERE id = $1", 1,
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
	return run(history, "SELECT id FROM postflight_audits WHERE seal = $1", 1, &seal, take_id,
	           id, problem);
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
	if (!run(history,
	         "SELECT a.site, a.url, m.kind, m.subject, m.value, min(a.started_at), "
	         "max(a.started_at) FROM postflight_marks m JOIN postflight_sightings s ON s.mark "
	         "= m.id JOIN postflight_audits a ON a.id = s.audit WHERE m.kind = $1 GROUP BY "
	         "a.site, a.url, m.kind, m.subject, m.value ORDER BY 6",
	         1, &kind, take_sighting, &reading, problem) ||
	    !check_rows(history, &reading, problem))
		return false;
	memory->sightings = reading.at;
	memory->count = reading.count;
	return true;
}

static bool read_head(struct pf_history *history, struct head *head, const char **problem)
{
	return run(history, "SELECT links, head FROM postflight_history", 0, NULL, take_head, head,
	           problem);
}

bool pf_history_verify(struct pf_history *history, pf_on_fault *tell, void *context, size_t *count,
                       const char **head, const char **problem)
{
	struct head end = {.arena = history->arena, .seal = ""};
	const char *before = "";
	*count = 0;
	if (!read_head(history, &end, problem))
		return false;
	for (int64_t id = 1; id <= end.links; id++) {
		struct pf_arena *arena = history->arena, *own = pf_arena_new(PF_PARENT_ARENA);
		history->arena = own;
		struct pf_record *record = pf_history_load(history, id, problem);
		history->arena = arena;
		const char *fault = NULL, *seal = NULL;
		if (!record && *problem) {
			*problem = pf_arena_copy(arena, *problem);
			pf_arena_free(own);
			return false;
		}
		if (!record)
			fault = "is missing";
		else if (strcmp(pf_record_digest(own, record), record->digest) != 0)
			fault = "was altered: its verdicts do not make its digest";
		else if (strcmp(pf_record_seal(own, before, record), record->seal) != 0)
			fault = "does not follow from the one before it";
		seal = record ? pf_arena_copy(arena, record->seal) : "";
		*count += record != NULL;
		pf_arena_free(own);
		if (fault)
			tell(context, pf_arena_print(arena, "audit %lld %s", (long long)id, fault));
		before = seal;
	}
	*head = end.seal;
	if (strcmp(before, end.seal) != 0)
		tell(context, "the newest audit is not the one that was sealed last");
	return true;
}
