/* Pieces of the HTML report. */
#ifndef PF_REPORT_HTML_PARTS_H
#define PF_REPORT_HTML_PARTS_H

#include "report/report.h"

/* Words, as text or as the value of an attribute in double quotes; NULL: none. */
void pf_html_text(FILE *out, const char *words);

/* The first `count` bytes of them. */
void pf_html_words(FILE *out, const char *words, size_t count);

/* `name` may have attributes of ours behind it: "th scope=\"row\"". */
void pf_html_element(FILE *out, const char *name, const char *words);

/* Begins and ends a table that may be wider than the screen: it scrolls by itself, by keyboard
 * too. `what` is what it shows; `look` a class of ours. */
void pf_html_begin_table(FILE *out, const char *what, const char *look);
void pf_html_end_table(FILE *out);

/* The class that colours a score: good, warn, bad. */
const char *pf_html_score_ink(int score);

/* What has changed since the audit before, and the trend where there are two audits or more. */
void pf_html_past(struct pf_arena *arena, const struct pf_audit *audit, const struct pf_past *past,
                  FILE *out);

/* Who gets in: a table a service, where any was knocked at. */
void pf_html_matrix(const struct pf_audit *audit, FILE *out);

void pf_html_areas(const struct pf_audit *audit, FILE *out);

#endif
