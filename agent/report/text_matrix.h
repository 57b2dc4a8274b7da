/* The part of the text report that shows who gets into which database and cache. */
#ifndef PF_REPORT_TEXT_MATRIX_H
#define PF_REPORT_TEXT_MATRIX_H

#include "report/paint.h"
#include "report/report.h"

/* A table for each service: its addresses down, the vantages across, as many as the page is wide
 * for, then the next ones below. Nothing when no service was knocked at. */
void pf_text_matrix(const struct pf_page *page, const struct pf_audit *audit);

#endif
