/* The part of the text report that speaks of findings. */
#ifndef PF_REPORT_TEXT_FINDINGS_H
#define PF_REPORT_TEXT_FINDINGS_H

#include "report/paint.h"
#include "report/report.h"

/* Those that fail, worst first, one block a check, with its remedy. */
void pf_text_fails(const struct pf_page *page, const struct pf_audit *audit,
                   const struct pf_report_style *style);

/* Those that could not be observed, one paragraph a reason. */
void pf_text_unknowns(const struct pf_page *page, const struct pf_audit *audit);

/* Those that a waiver covers. */
void pf_text_waived(const struct pf_page *page, const struct pf_audit *audit);

/* Those of that status, under a heading, one block a check. */
void pf_text_listed(const struct pf_page *page, const struct pf_audit *audit, enum pf_status status,
                    const char *heading, enum pf_ink ink);

/* "HEADING  note" with an empty line before it. */
void pf_text_heading(const struct pf_page *page, enum pf_ink ink, const char *heading,
                     const char *note);

#endif
