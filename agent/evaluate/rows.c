/* The rows of all probes as one list: whose words a check has, which area it is in, what unlocks
 * it. */
#include "evaluate/steps.h"

#include <string.h>

static const char *area_of(struct pf_arena *arena, const char *id)
{
	return pf_arena_copy_bytes(arena, id, strcspn(id, "."));
}

static const struct pf_check *words_of(size_t count, const struct pf_row rows[], const char *id)
{
	const struct pf_check *first = NULL;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(rows[i].check->id, id) != 0)
			continue;
		if (rows[i].check->title)
			return rows[i].check;
		if (!first)
			first = rows[i].check;
	}
	return first;
}

/* Ranks areas by where they first appear; returns how many there are. */
static size_t rank_areas(size_t count, struct pf_row rows[])
{
	size_t areas = 0;
	for (size_t i = 0; i < count; i++) {
		size_t same = 0;
		while (strcmp(rows[same].area, rows[i].area) != 0)
			same++;
		rows[i].area_rank = same == i ? areas++ : rows[same].area_rank;
	}
	return areas;
}

struct pf_rows pf_rows_of(struct pf_arena *arena, size_t probe_count,
                          const struct pf_probe *const probes[])
{
	size_t count = 0;
	for (size_t i = 0; i < probe_count; i++)
		count += probes[i]->check_count;
	struct pf_row *rows = pf_arena_array(arena, count, sizeof *rows);
	size_t used = 0;
	for (size_t i = 0; i < probe_count; i++)
		for (size_t k = 0; k < probes[i]->check_count; k++)
			rows[used++] = (struct pf_row){
				.probe = probes[i],
				.check = &probes[i]->checks[k],
				.area = area_of(arena, probes[i]->checks[k].id),
			};
	for (size_t i = 0; i < count; i++)
		rows[i].words = words_of(count, rows, rows[i].check->id);
	return (struct pf_rows){.at = rows, .count = count, .areas = rank_areas(count, rows)};
}

const struct pf_row *pf_row_named(struct pf_rows rows, const char *id)
{
	for (size_t i = 0; i < rows.count; i++)
		if (strcmp(rows.at[i].check->id, id) == 0)
			return &rows.at[i];
	return NULL;
}

bool pf_row_is_first(struct pf_rows rows, const struct pf_row *row)
{
	return pf_row_named(rows, row->check->id) == row;
}

static bool vantages_declared(const struct pf_site *site)
{
	/* Without the block there is one vantage, this machine, that stands on no line. */
	for (size_t i = 0; i < site->vantage_count; i++)
		if (site->vantages[i].line > 0)
			return true;
	return site->vantage_count > 1;
}

bool pf_block_declared(const struct pf_site *site, const char *block)
{
	const struct {
		const char *name;
		bool declared;
	} blocks[] = {
		{"app", site->app.declared},         {"databases", site->database_count > 0},
		{"caches", site->cache_count > 0},   {"static", site->static_files.declared},
		{"media", site->media.declared},     {"logs", site->logs.declared},
		{"backups", site->backup_count > 0}, {"vantages", vantages_declared(site)},
	};
	for (size_t i = 0; i < PF_COUNT(blocks); i++)
		if (strcmp(blocks[i].name, block) == 0)
			return blocks[i].declared;
	return true;
}

const char *pf_block_missing(struct pf_rows rows, const struct pf_site *site, const char *id)
{
	for (size_t i = 0; i < rows.count; i++) {
		const struct pf_check *check = rows.at[i].check;
		if (check->block && strcmp(check->id, id) == 0 &&
		    !pf_block_declared(site, check->block))
			return check->block;
	}
	return NULL;
}
