/* One line for Nagios, Icinga and their kin: https://www.monitoring-plugins.org/doc/guidelines.html
 */
#include "report/writers.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 3 };

/* `|` begins the figures, and a newline ends the line. */
static pf_instead blanks = {['|'] = " ", ['\n'] = " ", ['\r'] = " ", ['\t'] = " "};

static void text(FILE *out, const char *words)
{
	pf_put_text(out, words, blanks);
}

/* The first few ids that failed, each once. */
static void name_failed(FILE *out, const struct pf_audit *audit)
{
	const char *named[SHOWN];
	size_t count = 0;
	for (size_t i = 0; i < audit->finding_count && count < SHOWN; i++) {
		const char *id = audit->findings[i].check->id;
		bool known = audit->findings[i].status != PF_FAIL;
		for (size_t j = 0; j < count; j++)
			known |= strcmp(named[j], id) == 0;
		if (known)
			continue;
		fputs(count ? ", " : " (", out);
		text(out, id);
		named[count++] = id;
	}
	if (count)
		fputc(')', out);
}

int pf_nagios_exit(const struct pf_audit *audit, int fail_on)
{
	static const int codes[] = {[0] = 0, [1] = 2, [3] = 1};
	int code = pf_audit_exit(audit, fail_on);
	return code == 0 && audit->counts[PF_FAIL] ? 1 : codes[code];
}

void pf_write_nagios(struct pf_arena *arena, const struct pf_audit *audit,
                     const struct pf_report_style *style, FILE *out)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL"};
	size_t failed[PF_CRITICAL + 1] = {0};
	(void)arena;
	for (size_t i = 0; i < audit->finding_count; i++)
		if (audit->findings[i].status == PF_FAIL)
			failed[audit->findings[i].severity]++;
	fprintf(out, "POSTFLIGHT %s: ", words[pf_nagios_exit(audit, style->fail_on)]);
	text(out, audit->site->name);
	if (audit->score >= 0)
		fprintf(out, " score %d", audit->score);
	fprintf(out, ", %zu failed", audit->counts[PF_FAIL]);
	name_failed(out, audit);
	if (audit->counts[PF_UNKNOWN])
		fprintf(out, ", %zu not observed", audit->counts[PF_UNKNOWN]);
	fputs(" |", out);
	if (audit->score >= 0)
		fprintf(out, " score=%d;;;0;100", audit->score);
	else
		fputs(" score=U", out);
	fprintf(out, " coverage=%d%%;;;0;100", pf_percent(audit->coverage));
	for (int severity = PF_CRITICAL; severity >= PF_LOW; severity--)
		fprintf(out, " %s=%zu;;;0", pf_severity_name((enum pf_severity)severity),
		        failed[severity]);
	fprintf(out, " unknown=%zu;;;0 duration=%.1fs\n", audit->counts[PF_UNKNOWN],
	        (double)audit->duration_ms / 1e3);
}
