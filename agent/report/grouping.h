/* Groupings: the findings of one status, put in the order in which people read them. */
#ifndef PF_REPORT_GROUPING_H
#define PF_REPORT_GROUPING_H

#include "evaluate/audit.h"

enum { PF_GROUPING_LEVELS = 3 };

/* Do two findings belong together? Below, at or above 0, as strcmp has it, so that they can be
 * sorted; 0: they do. */
typedef int pf_grouping_order(const struct pf_finding *left, const struct pf_finding *right);

/* Sorted so that what belongs together at level 0 stands together, within it what belongs together
 * at level 1, and so on; groups stand in the order of their first findings in the audit. */
struct pf_grouping {
	const struct pf_finding **at;
	size_t count;
	size_t levels;
	/* By level: where in the audit the group's first finding stands, which is its name. */
	size_t *group[PF_GROUPING_LEVELS];
};

struct pf_grouping pf_grouping_of(struct pf_arena *arena, const struct pf_audit *audit,
                                  enum pf_status status, size_t levels,
                                  pf_grouping_order *const orders[]);

/* Where the group of grouping.at[first] ends. */
size_t pf_grouping_end(const struct pf_grouping *grouping, size_t level, size_t first);

size_t pf_grouping_groups(const struct pf_grouping *grouping, size_t level);

#endif
