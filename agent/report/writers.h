/* The writers themselves, one file each; writers.c lists them. */
#ifndef PF_REPORT_WRITERS_H
#define PF_REPORT_WRITERS_H

#include "report/report.h"

/* Whole per cent, rounded down: 59.9 must not look like the 60 that earns a grade. */
int pf_percent(double ratio);

/* "subject, from vantage" */
const char *pf_where(struct pf_arena *arena, const struct pf_finding *finding);

/* " (known)" behind what the baseline has just so; "" otherwise. */
const char *pf_known(const struct pf_finding *finding);

/* What stands in a format for a byte of ASCII that means something there; NULL: the byte itself. */
typedef const char *const pf_instead[128];

/* `count` bytes of words, none of which can do anything where they are read: texts are escaped
 * where they enter, and what got past that (controls but line breaks and tabs, what cannot be seen,
 * malformed UTF-8) becomes U+FFFD. */
void pf_put_words(FILE *out, const char *words, size_t count, const pf_instead instead);

/* The same for a whole text; NULL: nothing. */
void pf_put_text(FILE *out, const char *words, const pf_instead instead);

/* "2 new, 1 mended, 7 still open" */
const char *pf_change_counts(struct pf_arena *arena, const struct pf_changes *changes);

#define PF_WRITER(name)                                                                            \
	void pf_write_##name(struct pf_arena *arena, const struct pf_audit *audit,                 \
	                     const struct pf_report_style *style, FILE *out)

PF_WRITER(text);
PF_WRITER(json);
PF_WRITER(jsonl);
PF_WRITER(changes);
PF_WRITER(csv);
PF_WRITER(html);
PF_WRITER(junit);
PF_WRITER(markdown);
PF_WRITER(nagios);
PF_WRITER(prometheus);
PF_WRITER(sarif);

#endif
