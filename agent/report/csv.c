/* CSV for spreadsheets (RFC 4180): one row a finding, worst first. */
#include "report/writers.h"

#include <string.h>

/* A spreadsheet takes a cell that begins like this for a formula (CWE-1236), so it gets an
 * apostrophe in front, which spreadsheets know and do not show. Full-width signs count in some. */
static bool looks_like_formula(const char *text)
{
	static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
	                                   "\xef\xbc\xa0"};
	bool looks = *text && strchr("=+-@\t\r\n", *text) != NULL;
	for (size_t i = 0; i < PF_COUNT(wide); i++)
		looks |= strncmp(text, wide[i], 3) == 0;
	return looks;
}

static pf_instead in_quotes = {['"'] = "\"\"", ['\n'] = " ", ['\r'] = " "};

static void cell(FILE *out, const char *text, bool last)
{
	fputc('"', out);
	if (text && looks_like_formula(text))
		fputc('\'', out);
	pf_put_text(out, text, in_quotes);
	fputs(last ? "\"\r\n" : "\",", out);
}

static void row(struct pf_arena *arena, const struct pf_audit *audit,
                const struct pf_finding *finding, FILE *out)
{
	struct pf_arena_mark mark = pf_arena_mark(arena);
	const char *command =
		finding->shown ? pf_reproduce(arena, audit->site, finding->shown) : NULL;
	cell(out, audit->site->name, false);
	cell(out, finding->check->id, false);
	cell(out, pf_status_name(finding->status), false);
	cell(out, pf_severity_name(finding->severity), false);
	cell(out, finding->subject, false);
	cell(out, finding->vantage, false);
	cell(out, finding->summary, false);
	cell(out, command, false);
	cell(out, finding->check->reference, false);
	cell(out, finding->fingerprint, true);
	pf_arena_rewind(arena, mark);
}

void pf_write_csv(struct pf_arena *arena, const struct pf_audit *audit,
                  const struct pf_report_style *style, FILE *out)
{
	(void)style;
	fputs("site,check,status,severity,subject,vantage,summary,reproduce,reference,fingerprint"
	      "\r\n",
	      out);
	for (size_t i = 0; i < audit->finding_count; i++)
		row(arena, audit, &audit->findings[i], out);
}
