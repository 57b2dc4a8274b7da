/* Records out of files: a JSON report, postflight.report/1, is as good as a row of a history. */
#ifndef PF_STORE_REPORT_FILE_H
#define PF_STORE_REPORT_FILE_H

#include "evaluate/record.h"

/* Reads a whole report. NULL: it is none, *problem says why. Its digest is the one that is written
 * in it (NULL: none is), not one made anew. */
struct pf_record *pf_report_read(struct pf_arena *arena, const char *text, size_t length,
                                 const char **problem);

#endif
