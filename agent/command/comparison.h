/* What changed between two audits, as text for people and as JSON. */
#ifndef PF_COMMAND_COMPARISON_H
#define PF_COMMAND_COMPARISON_H

#include "evaluate/record.h"
#include "report/paint.h"

/* "2026-11-26 05:57" */
const char *pf_when(struct pf_arena *arena, int64_t seconds);

/* "3 new, 1 mended", or "nothing" */
const char *pf_comparison_words(struct pf_arena *arena, const struct pf_comparison *comparison);

/* The findings under a heading for each way they went; where none went one, it is left out. */
void pf_paint_comparison(const struct pf_page *page, const struct pf_comparison *comparison);

#endif
