/* Groupings are sorted twice: by what makes findings belong together, to find the groups, and then
 * by where each group begins, to put them in the order of the audit. */
#include "report/grouping.h"

#include <stdlib.h>

struct item {
	const struct pf_finding *finding;
	size_t group[PF_GROUPING_LEVELS];
	size_t at; /* in the audit */
};

struct orders {
	size_t levels;
	pf_grouping_order *const *at;
};

static int by_number(size_t left, size_t right)
{
	return left < right ? -1 : left > right;
}

static int by_belonging(const void *left, const void *right, void *context)
{
	const struct item *a = left, *b = right;
	const struct orders *orders = context;
	for (size_t level = 0; level < orders->levels; level++) {
		int order = orders->at[level](a->finding, b->finding);
		if (order)
			return order;
	}
	return by_number(a->at, b->at);
}

static int by_groups(const void *left, const void *right, void *context)
{
	const struct item *a = left, *b = right;
	const struct orders *orders = context;
	for (size_t level = 0; level < orders->levels; level++) {
		int order = by_number(a->group[level], b->group[level]);
		if (order)
			return order;
	}
	return by_number(a->at, b->at);
}

/* Names the groups of one level, each after its first finding. Those of one group stand together,
 * though not the first of them first: only within the last level they are in the audit's order. */
static void name_groups(struct item *items, size_t count, const struct orders *orders, size_t level)
{
	for (size_t first = 0, end; first < count; first = end) {
		size_t name = items[first].at;
		bool same = true;
		for (end = first + 1; end < count; end++) {
			for (size_t above = 0; above <= level && same; above++)
				same = orders->at[above](items[first].finding,
				                         items[end].finding) == 0;
			if (!same)
				break;
			name = items[end].at < name ? items[end].at : name;
		}
		for (size_t i = first; i < end; i++)
			items[i].group[level] = name;
	}
}

static size_t pick(const struct pf_audit *audit, enum pf_status status, struct item *items)
{
	size_t count = 0;
	for (size_t i = 0; i < audit->finding_count; i++)
		if (audit->findings[i].status == status)
			items[count++] = (struct item){.finding = &audit->findings[i], .at = i};
	return count;
}

struct pf_grouping pf_grouping_of(struct pf_arena *arena, const struct pf_audit *audit,
                                  enum pf_status status, size_t levels,
                                  pf_grouping_order *const levels_orders[])
{
	struct orders orders = {levels, levels_orders};
	struct item *items = pf_arena_array(arena, audit->finding_count, sizeof *items);
	struct pf_grouping grouping = {.count = pick(audit, status, items), .levels = levels};
	if (grouping.count)
		qsort_r(items, grouping.count, sizeof *items, by_belonging, &orders);
	for (size_t level = 0; level < levels; level++) {
		name_groups(items, grouping.count, &orders, level);
		grouping.group[level] =
			pf_arena_array(arena, grouping.count, sizeof *grouping.group[level]);
	}
	if (grouping.count)
		qsort_r(items, grouping.count, sizeof *items, by_groups, &orders);
	grouping.at = pf_arena_array(arena, grouping.count, sizeof *grouping.at);
	for (size_t i = 0; i < grouping.count; i++) {
		grouping.at[i] = items[i].finding;
		for (size_t level = 0; level < levels; level++)
			grouping.group[level][i] = items[i].group[level];
	}
	return grouping;
}

size_t pf_grouping_end(const struct pf_grouping *grouping, size_t level, size_t first)
{
	size_t end = first + 1;
	while (end < grouping->count &&
	       grouping->group[level][end] == grouping->group[level][first])
		end++;
	return end;
}

size_t pf_grouping_groups(const struct pf_grouping *grouping, size_t level)
{
	size_t groups = 0;
	for (size_t i = 0; i < grouping->count; i = pf_grouping_end(grouping, level, i))
		groups++;
	return groups;
}
