/* The catalogue of checks: `postflight checks` and `postflight explain`. */
#ifndef PF_REPORT_CATALOGUE_H
#define PF_REPORT_CATALOGUE_H

#include "postflight/probe.h"
#include "report/report.h"

/* Every check once, in the order of the registry: id, severity, where it is seen from. As JSON: an
 * array of objects with id, area, severity, seen_from, block, title, why, remedy, reference. */
void pf_checks_list(struct pf_arena *arena, FILE *out, size_t probe_count,
                    const struct pf_probe *const probes[], bool json);

/* Explains one check. False: there is no such check; then the closest id and those that begin like
 * it are named on standard error. */
bool pf_check_explain(struct pf_arena *arena, FILE *out, size_t probe_count,
                      const struct pf_probe *const probes[], const char *id,
                      const struct pf_report_style *style) PF_MUST_USE;

#endif
