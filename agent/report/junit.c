/* JUnit XML for continuous integration: a suite an area, a case a finding. What failed is a
 * failure, what could not be observed is an error, what is waived, known from the baseline or does
 * not apply is skipped. */
#include "report/writers.h"

#include "base/clock.h"
#include "report/seen.h"

#include <string.h>

/* XML 1.0 has no way to write most control characters, not even escaped (section 2.2): they are
 * replaced. */
static pf_instead entities = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};

static void text(FILE *out, const char *words)
{
	pf_put_text(out, words, entities);
}

static void attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	text(out, value);
	fputc('"', out);
}

static bool is_failure(const struct pf_finding *finding)
{
	return finding->status == PF_FAIL && !finding->known;
}

static bool is_error(const struct pf_finding *finding)
{
	return finding->status == PF_UNKNOWN && !finding->known;
}

struct tally {
	size_t tests, failures, errors, skipped;
};

static void count(struct tally *tally, const struct pf_finding *finding)
{
	tally->tests++;
	tally->failures += is_failure(finding);
	tally->errors += is_error(finding);
	tally->skipped += finding->status != PF_PASS && !is_failure(finding) && !is_error(finding);
}

static struct tally tally_of(const struct pf_audit *audit, const char *area)
{
	struct tally tally = {0};
	for (size_t i = 0; i < audit->finding_count; i++)
		if (!area || strcmp(audit->findings[i].area, area) == 0)
			count(&tally, &audit->findings[i]);
	return tally;
}

static void tallied(FILE *out, struct tally tally)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", tally.tests,
	        tally.failures, tally.errors, tally.skipped);
}

static const char *reason(struct pf_arena *arena, const struct pf_finding *finding)
{
	if (finding->waiver)
		return finding->waiver->reason;
	return finding->known
	               ? pf_arena_print(arena, "known from the baseline: %s", finding->summary)
	               : finding->summary;
}

static void outcome(struct pf_arena *arena, const struct pf_audit *audit,
                    const struct pf_finding *finding, FILE *out)
{
	bool failed = is_failure(finding), unseen = is_error(finding);
	const char *command =
		finding->shown ? pf_reproduce(arena, audit->site, finding->shown) : NULL;
	const char *element = failed ? "failure" : unseen ? "error" : "skipped";
	fprintf(out, "\n      <%s", element);
	attribute(out, "message", reason(arena, finding));
	if (failed)
		attribute(out, "type", pf_severity_name(finding->severity));
	if (!failed && !unseen) {
		fputs("/>\n    ", out);
		return;
	}
	fputc('>', out);
	text(out, finding->summary);
	if (failed && finding->check->remedy) {
		fputs("\n\nHow to mend it:\n", out);
		text(out, finding->check->remedy);
	}
	if (command) {
		fputs("\n\nSee it yourself:\n", out);
		text(out, command);
	}
	fprintf(out, "</%s>\n    ", element);
}

static void one_case(struct pf_arena *arena, const struct pf_audit *audit,
                     const struct pf_finding *finding, FILE *out)
{
	struct pf_arena_mark mark = pf_arena_mark(arena);
	int64_t took =
		finding->shown && finding->shown->answer ? finding->shown->answer->took_us : 0;
	fputs("    <testcase", out);
	attribute(out, "classname", finding->check->id);
	attribute(out, "name", pf_where(arena, finding));
	fprintf(out, " time=\"%.6f\">", (double)took / 1e6);
	if (finding->status != PF_PASS)
		outcome(arena, audit, finding, out);
	fputs("</testcase>\n", out);
	pf_arena_rewind(arena, mark);
}

static void one_suite(struct pf_arena *arena, const struct pf_audit *audit, const char *area,
                      FILE *out)
{
	fputs("  <testsuite", out);
	attribute(out, "name", area);
	attribute(out, "timestamp", pf_timestamp(arena, audit->started_at));
	tallied(out, tally_of(audit, area));
	fputs(" time=\"0\">\n", out);
	for (size_t i = 0; i < audit->finding_count; i++)
		if (strcmp(audit->findings[i].area, area) == 0)
			one_case(arena, audit, &audit->findings[i], out);
	fputs("  </testsuite>\n", out);
}

void pf_write_junit(struct pf_arena *arena, const struct pf_audit *audit,
                    const struct pf_report_style *style, FILE *out)
{
	struct pf_seen areas = {.arena = arena};
	(void)style;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
	attribute(out, "name", pf_arena_print(arena, "postflight %s", audit->site->name));
	tallied(out, tally_of(audit, NULL));
	fprintf(out, " time=\"%.3f\">\n", (double)audit->duration_ms / 1e3);
	for (size_t i = 0; i < audit->finding_count; i++)
		if (pf_seen_add(&areas, audit->findings[i].area))
			one_suite(arena, audit, audit->findings[i].area, out);
	fputs("</testsuites>\n", out);
}
