/* A history is opened, and audits are added to it. */
#include "base/places.h"
#include "base/text.h"
#include "store/history_parts.h"
#include "store/schema.h"

#include <stdlib.h>
#include <string.h>

bool pf_history_run(struct pf_history *history, const char *statement, size_t count,
                    const char *const values[], pf_on_row *on_row, void *context,
                    const char **problem)
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

const char *pf_history_number(struct pf_history *history, int64_t value)
{
	return pf_arena_print(history->arena, "%lld", (long long)value);
}

struct ending {
	struct pf_arena *arena;
	struct pf_chain_end *end;
};

static bool take_end(void *context, const char *const cells[])
{
	const struct ending *ending = context;
	ending->end->links = cells[0] ? strtoll(cells[0], NULL, 10) : 0;
	ending->end->seal = pf_arena_copy(ending->arena, cells[1] ? cells[1] : "");
	return false;
}

bool pf_history_end(struct pf_history *history, struct pf_chain_end *end, const char **problem)
{
	struct ending ending = {history->arena, end};
	*end = (struct pf_chain_end){.seal = ""};
	return pf_history_run(history, "SELECT links, head FROM postflight_history", 0, NULL,
	                      take_end, &ending, problem);
}

static bool add_audit(struct pf_history *history, const struct pf_record *record,
                      const char **problem)
{
	const char *const values[PF_AUDIT_CELLS] = {
		pf_history_number(history, record->id),
		record->site,
		record->url,
		record->scope,
		record->version,
		pf_history_number(history, record->started_at),
		pf_history_number(history, record->duration_ms),
		pf_history_number(history, record->score),
		record->grade,
		pf_history_number(history, record->coverage),
		pf_history_number(history, (int64_t)record->counts[PF_PASS]),
		pf_history_number(history, (int64_t)record->counts[PF_FAIL]),
		pf_history_number(history, (int64_t)record->counts[PF_UNKNOWN]),
		pf_history_number(history, (int64_t)record->counts[PF_SKIP]),
		pf_history_number(history, (int64_t)record->counts[PF_WAIVED]),
		record->digest,
		record->seal,
	};
	return pf_history_run(
		history,
		"INSERT INTO postflight_audits (" PF_AUDIT_COLUMNS
		") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
		"$16, $17)",
		PF_AUDIT_CELLS, values, NULL, NULL, problem);
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
	const char *const said[] = {pf_history_number(history, record->id),
	                            pf_history_number(history, (int64_t)kept->status),
	                            pf_history_number(history, (int64_t)kept->severity),
	                            kept->summary, kept->fingerprint};
	return pf_history_run(history, subject, 4, about, NULL, NULL, problem) &&
	       pf_history_run(history, verdict, 5, said, NULL, NULL, problem);
}

static bool add_mark(struct pf_history *history, const struct pf_record *record,
                     const struct pf_mark *mark, const char **problem)
{
	static const char known[] = "INSERT INTO postflight_marks (kind, subject, value)"
				    " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
	static const char seen[] =
		"INSERT INTO postflight_sightings (audit, mark) SELECT $1, id FROM"
		" postflight_marks WHERE kind = $2 AND subject = $3 AND value = $4";
	const char *const values[] = {pf_history_number(history, record->id), mark->kind,
	                              mark->subject, mark->value};
	return pf_history_run(history, known, 3, values + 1, NULL, NULL, problem) &&
	       pf_history_run(history, seen, 4, values, NULL, NULL, problem);
}

static bool add_all(struct pf_history *history, struct pf_record *record, const char **problem)
{
	struct pf_chain_end end;
	if (!pf_history_end(history, &end, problem))
		return false;
	record->id = end.links + 1;
	record->seal = pf_record_seal(history->arena, end.seal, record);
	if (!add_audit(history, record, problem))
		return false;
	for (size_t i = 0; i < record->verdict_count; i++)
		if (!add_verdict(history, record, &record->verdicts[i], problem))
			return false;
	for (size_t i = 0; i < record->mark_count; i++)
		if (!add_mark(history, record, &record->marks[i], problem))
			return false;
	const char *const values[] = {pf_history_number(history, record->id), record->seal};
	return pf_history_run(history, "UPDATE postflight_history SET links = $1, head = $2", 2,
	                      values, NULL, NULL, problem);
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
