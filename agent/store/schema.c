/* The tables. */
#include "store/schema.h"

#include <stdlib.h>

enum { VERSION = 1 };

/* Between the two parts goes the type of a primary key that numbers itself; NULL: the table has
 * none. `keyed`: it is nothing but its key, which SQLite need not keep twice. */
static const struct {
	const char *text, *rest;
	bool keyed;
} tables[] = {
	{"CREATE TABLE IF NOT EXISTS postflight_history (version BIGINT NOT NULL, links BIGINT NOT "
         "NULL, head TEXT NOT NULL)",
         NULL, false},
	{"CREATE TABLE IF NOT EXISTS postflight_audits (id BIGINT PRIMARY KEY, site TEXT NOT NULL, "
         "url TEXT NOT NULL, scope TEXT NOT NULL, version TEXT NOT NULL, started_at BIGINT NOT "
         "NULL, duration_ms BIGINT NOT NULL, score BIGINT NOT NULL, grade TEXT, coverage BIGINT "
         "NOT NULL, passed BIGINT NOT NULL, failed BIGINT NOT NULL, unknown BIGINT NOT NULL, "
         "skipped BIGINT NOT NULL, waived BIGINT NOT NULL, digest TEXT NOT NULL, seal TEXT NOT "
         "NULL)",
         NULL, false},
	{"CREATE TABLE IF NOT EXISTS postflight_subjects (id ",
         ", fingerprint TEXT NOT NULL UNIQUE, check_id TEXT NOT NULL, subject TEXT NOT NULL, "
         "vantage TEXT)",
         false},
	{"CREATE TABLE IF NOT EXISTS postflight_verdicts (audit BIGINT NOT NULL, subject BIGINT "
         "NOT NULL, status BIGINT NOT NULL, severity BIGINT NOT NULL, summary TEXT, PRIMARY KEY "
         "(audit, subject))",
         NULL, true},
	{"CREATE TABLE IF NOT EXISTS postflight_marks (id ",
         ", kind TEXT NOT NULL, subject TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, subject, "
         "value))",
         false},
	{"CREATE TABLE IF NOT EXISTS postflight_sightings (mark BIGINT NOT NULL, audit BIGINT NOT "
         "NULL, PRIMARY KEY (mark, audit))",
         NULL, true},
	{"CREATE INDEX IF NOT EXISTS postflight_audits_of ON postflight_audits (site, url, id)",
         NULL, false},
	{"CREATE INDEX IF NOT EXISTS postflight_sightings_of ON postflight_sightings (audit)", NULL,
         false},
	{"INSERT INTO postflight_history (version, links, head) VALUES (1, 0, '')", NULL, false},
};

struct version {
	bool seen;
	long number;
};

static bool take_version(void *context, const char *const cells[])
{
	struct version *version = context;
	version->seen = true;
	version->number = cells[0] ? strtol(cells[0], NULL, 10) : 0;
	return false;
}

static bool read_version(struct pf_link *link, struct version *version)
{
	return link->kind->run(link, "SELECT version FROM postflight_history", 0, NULL,
	                       take_version, version);
}

static bool make(struct pf_link *link)
{
	struct version version = {0};
	if (!link->kind->begin(link))
		return false;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		/* Another run may have been first: its one row is the history's only one. */
		bool is_last = i + 1 == sizeof tables / sizeof tables[0];
		if (is_last && (!read_version(link, &version) || version.seen))
			break;
		const char *text = tables[i].text;
		if (tables[i].rest)
			text = pf_arena_print(link->arena, "%s%s%s", text, link->kind->id_column,
			                      tables[i].rest);
		if (tables[i].keyed)
			text = pf_arena_print(link->arena, "%s%s", text, link->kind->keyed_table);
		if (!link->kind->run(link, text, 0, NULL, NULL, NULL))
			return false;
	}
	return link->kind->commit(link);
}

/* SQLite: is there anything in the file at all? */
static bool take_any(void *context, const char *const cells[])
{
	(void)cells;
	*(bool *)context = true;
	return false;
}

bool pf_schema_ready(struct pf_link *link, bool write, const char **problem)
{
	struct version version = {0};
	bool foreign = false;
	if (read_version(link, &version) && version.seen) {
		if (version.number == VERSION)
			return true;
		*problem = pf_arena_print(link->arena,
		                          "it was written by a newer postflight (format %ld, this "
		                          "one knows %d)",
		                          version.number, VERSION);
		return false;
	}
	*problem = link->problem ? link->problem : "there is no audit in it yet";
	if (!write)
		return false;
	if (link->kind->run(link, "SELECT name FROM sqlite_master", 0, NULL, take_any, &foreign) &&
	    foreign) {
		*problem = "it is a database of something else";
		return false;
	}
	if (make(link))
		return true;
	*problem = link->problem;
	return false;
}
