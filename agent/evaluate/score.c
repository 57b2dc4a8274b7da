/* Score, grade and coverage: how much of what applies was seen, and how much of what was seen
 * holds. */
#include "evaluate/steps.h"

#include <stdlib.h>
#include <string.h>

/* What a check weighs, and the best grade that is left when it fails. */
static const int weights[] = {
	[PF_INFO] = 0, [PF_LOW] = 1, [PF_MEDIUM] = 3, [PF_HIGH] = 8, [PF_CRITICAL] = 20};

enum grade { A_PLUS, A, B, C, D, F };
static const char *const grade_names[] = {"A+", "A", "B", "C", "D", "F"};
static const int grade_scores[] = {97, 90, 80, 70, 60, 0};
static const enum grade caps[] = {
	[PF_INFO] = A_PLUS, [PF_LOW] = A_PLUS, [PF_MEDIUM] = B, [PF_HIGH] = C, [PF_CRITICAL] = F};

enum { GRADE_COVERAGE = 60, A_PLUS_COVERAGE = 95 };

/* All findings of one check in one word: its worst finding decides. */
struct tally {
	const struct pf_row *row; /* the first of its id */
	bool failed, unknown, passed;
	enum pf_severity worst; /* of its fails */
};

struct sums {
	long passed, observed, applicable;
};

static void count_finding(struct tally *tally, const struct pf_finding *finding)
{
	tally->passed |= finding->status == PF_PASS;
	tally->unknown |= finding->status == PF_UNKNOWN;
	if (finding->status != PF_FAIL)
		return;
	if (!tally->failed || finding->severity > tally->worst)
		tally->worst = finding->severity;
	tally->failed = true;
}

static struct tally *tallies_of(struct pf_arena *arena, struct pf_rows rows,
                                const struct pf_audit *audit, size_t *count)
{
	struct tally *tallies = pf_arena_array(arena, rows.count, sizeof *tallies);
	*count = 0;
	for (size_t i = 0; i < rows.count; i++)
		if (pf_row_is_first(rows, &rows.at[i]))
			tallies[(*count)++].row = &rows.at[i];
	for (size_t i = 0; i < audit->finding_count; i++)
		for (size_t k = 0; k < *count; k++)
			if (tallies[k].row->words == audit->findings[i].check)
				count_finding(&tallies[k], &audit->findings[i]);
	return tallies;
}

static void add_weight(struct sums *sums, const struct tally *tally)
{
	int declared = weights[tally->row->words->severity];
	int weight = tally->failed ? weights[tally->worst] : declared;
	bool observed = tally->failed || (tally->passed && !tally->unknown);
	if (!observed && !tally->unknown)
		return; /* skipped or waived: does not apply */
	sums->applicable += weight;
	if (observed)
		sums->observed += weight;
	if (observed && !tally->failed)
		sums->passed += weight;
}

static int score_of(const struct sums *sums)
{
	return sums->observed ? (int)(100 * sums->passed / sums->observed) : -1;
}

static double coverage_of(const struct sums *sums)
{
	return sums->applicable ? (double)sums->observed / (double)sums->applicable : 0;
}

/* Coverage of at least so many percent, without rounding. */
static bool covers(const struct sums *sums, int percent)
{
	return 100 * sums->observed >= percent * sums->applicable;
}

static enum grade grade_of(const struct sums *sums)
{
	enum grade grade = A_PLUS;
	while (score_of(sums) < grade_scores[grade])
		grade++;
	return grade == A_PLUS && !covers(sums, A_PLUS_COVERAGE) ? A : grade;
}

/* The checks that alone hold the grade where it is, worst score or not. */
static struct pf_words capped_by(struct pf_arena *arena, size_t count, const struct tally tallies[],
                                 enum grade grade)
{
	const char **ids = pf_arena_array(arena, count, sizeof *ids);
	size_t used = 0;
	for (size_t i = 0; i < count; i++)
		if (tallies[i].failed && caps[tallies[i].worst] == grade && grade != A_PLUS)
			ids[used++] = tallies[i].row->check->id;
	return pf_arena_words(arena, used, ids);
}

static void grade(struct pf_arena *arena, struct pf_audit *audit, const struct sums *sums,
                  size_t count, const struct tally tallies[])
{
	audit->score = score_of(sums);
	audit->coverage = coverage_of(sums);
	if (sums->observed == 0)
		audit->no_grade_because = "nothing that counts could be observed";
	else if (!covers(sums, GRADE_COVERAGE))
		audit->no_grade_because = pf_arena_print(
			arena,
			"only %d %% of what applies could be observed, and a grade wants %d %%",
			(int)(100 * sums->observed / sums->applicable), GRADE_COVERAGE);
	if (audit->no_grade_because)
		return;
	enum grade best = grade_of(sums);
	for (size_t i = 0; i < count; i++)
		if (tallies[i].failed && caps[tallies[i].worst] > best)
			best = caps[tallies[i].worst];
	audit->grade = grade_names[best];
	audit->grade_capped_by = capped_by(arena, count, tallies, best);
}

/* Areas in the order of the registry; those where nothing that counts applies are left out. */
static void score_areas(struct pf_arena *arena, struct pf_rows rows, size_t count,
                        const struct tally tallies[], struct pf_audit *audit)
{
	struct pf_area *areas = pf_arena_array(arena, rows.areas, sizeof *areas);
	audit->areas = areas;
	for (size_t rank = 0; rank < rows.areas; rank++) {
		struct sums sums = {0};
		const char *name = NULL;
		for (size_t i = 0; i < count; i++) {
			if (tallies[i].row->area_rank != rank)
				continue;
			name = tallies[i].row->area;
			add_weight(&sums, &tallies[i]);
		}
		if (sums.applicable)
			areas[audit->area_count++] =
				(struct pf_area){name, score_of(&sums), coverage_of(&sums)};
	}
}

static int most_checks_first(const void *left, const void *right)
{
	const struct pf_unlock *a = left, *b = right;
	if (a->checks != b->checks)
		return a->checks < b->checks ? 1 : -1;
	return strcmp(a->block, b->block);
}

/* Which block of the site file would let how many more checks be seen. */
static void list_unlock(struct pf_arena *arena, struct pf_rows rows, struct pf_audit *audit)
{
	struct pf_unlock *unlock = pf_arena_array(arena, rows.count, sizeof *unlock);
	size_t count = 0;
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		if (finding->status != PF_SKIP || finding->shown)
			continue;
		const char *block = pf_block_missing(rows, audit->site, finding->check->id);
		if (!block)
			continue;
		size_t at = 0;
		while (at < count && strcmp(unlock[at].block, block) != 0)
			at++;
		unlock[at].block = block;
		unlock[at].checks++;
		count += at == count;
	}
	qsort(unlock, count, sizeof *unlock, most_checks_first);
	audit->unlock = unlock;
	audit->unlock_count = count;
}

void pf_score(struct pf_arena *arena, struct pf_rows rows, struct pf_audit *audit)
{
	size_t count = 0;
	struct tally *tallies = tallies_of(arena, rows, audit, &count);
	struct sums sums = {0};
	for (size_t i = 0; i < count; i++)
		add_weight(&sums, &tallies[i]);
	grade(arena, audit, &sums, count, tallies);
	score_areas(arena, rows, count, tallies, audit);
	list_unlock(arena, rows, audit);
}
