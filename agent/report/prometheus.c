/* Prometheus' text format, for node_exporter's textfile collector: https://prometheus.io/docs/
 * instrumenting/exposition_formats/
 *
 * Labels are the operator's own words (site, check ids, vantages), never a peer's, and there are no
 * timestamps: node_exporter refuses a file that has any.
 */
#include "report/seen.h"
#include "report/writers.h"

#include <string.h>

static pf_instead escapes = {['\\'] = "\\\\", ['"'] = "\\\"", ['\n'] = "\\n"};

static void label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	pf_put_text(out, value, escapes);
	fputc('"', out);
}

static void about(FILE *out, const char *name, const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void sample(FILE *out, const struct pf_audit *audit, const char *name)
{
	fprintf(out, "%s{", name);
	label(out, "site", audit->site->name);
}

static void number(FILE *out, const struct pf_audit *audit, const char *name, const char *help,
                   double value, int digits)
{
	about(out, name, help);
	sample(out, audit, name);
	fprintf(out, "} %.*f\n", digits, value);
}

static void count_findings(FILE *out, const struct pf_audit *audit)
{
	static const enum pf_status statuses[] = {PF_PASS, PF_FAIL, PF_UNKNOWN, PF_SKIP, PF_WAIVED};
	about(out, "postflight_findings", "Findings by status.");
	for (size_t i = 0; i < PF_COUNT(statuses); i++) {
		sample(out, audit, "postflight_findings");
		fputc(',', out);
		label(out, "status", pf_status_name(statuses[i]));
		fprintf(out, "} %zu\n", audit->counts[statuses[i]]);
	}
}

static void count_failures(FILE *out, const struct pf_audit *audit)
{
	size_t failed[PF_CRITICAL + 1] = {0};
	for (size_t i = 0; i < audit->finding_count; i++)
		if (audit->findings[i].status == PF_FAIL)
			failed[audit->findings[i].severity]++;
	about(out, "postflight_failures", "Findings that fail, by severity.");
	for (int severity = PF_CRITICAL; severity >= 0; severity--) {
		sample(out, audit, "postflight_failures");
		fputc(',', out);
		label(out, "severity", pf_severity_name((enum pf_severity)severity));
		fprintf(out, "} %zu\n", failed[severity]);
	}
}

/* The audit has the worst first, so the first finding of a check speaks for it. */
static void state_checks(struct pf_arena *arena, FILE *out, const struct pf_audit *audit)
{
	struct pf_seen seen = {.arena = arena};
	about(out, "postflight_check_status", "The status of a check, by its worst finding: 1.");
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		if (!pf_seen_add(&seen, finding->check->id))
			continue;
		sample(out, audit, "postflight_check_status");
		fputc(',', out);
		label(out, "check", finding->check->id);
		fputc(',', out);
		label(out, "severity", pf_severity_name(finding->severity));
		fputc(',', out);
		label(out, "status", pf_status_name(finding->status));
		fputs("} 1\n", out);
	}
}

static bool is_complete(const struct pf_vantage_evidence *from)
{
	return strcmp(from->status, "complete") == 0;
}

static bool state_vantages(FILE *out, const struct pf_audit *audit)
{
	bool all = true;
	about(out, "postflight_vantage_complete",
	      "Whether all that a vantage was asked came back.");
	for (size_t i = 0; i < audit->vantage_count; i++) {
		bool complete = is_complete(&audit->vantages[i]);
		sample(out, audit, "postflight_vantage_complete");
		fputc(',', out);
		label(out, "vantage", audit->vantages[i].vantage->name);
		fprintf(out, "} %d\n", complete);
		all = all && complete;
	}
	return all;
}

void pf_write_prometheus(struct pf_arena *arena, const struct pf_audit *audit,
                         const struct pf_report_style *style, FILE *out)
{
	double ended = (double)(audit->started_at + audit->duration_ms / 1000);
	(void)style;
	number(out, audit, "postflight_up", "Whether an audit was made.", 1, 0);
	if (audit->score >= 0)
		number(out, audit, "postflight_score", "Score of what was observed, 0 to 100.",
		       audit->score, 0);
	number(out, audit, "postflight_coverage_ratio",
	       "Weight observed of the weight that applies, 0 to 1.", audit->coverage, 4);
	count_findings(out, audit);
	count_failures(out, audit);
	state_checks(arena, out, audit);
	bool complete = state_vantages(out, audit);
	number(out, audit, "postflight_run_duration_seconds", "How long the audit took.",
	       (double)audit->duration_ms / 1e3, 3);
	number(out, audit, "postflight_last_run_timestamp_seconds", "When the audit ended.", ended,
	       0);
	if (complete)
		number(out, audit, "postflight_last_complete_run_timestamp_seconds",
		       "When the audit ended, if every vantage answered all.", ended, 0);
}
