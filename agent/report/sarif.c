/* SARIF 2.1.0 for code scanning: a result for each finding that fails or could not be observed, at
 * the line of the site file that asks for it. https://docs.oasis-open.org/sarif/sarif/v2.1.0/
 *
 * What GitHub demands beyond the standard is kept: a help text and a security-severity a rule, a
 * location a result, a fingerprint that stays the same from run to run.
 */
#include "report/json_out.h"
#include "report/writers.h"

#include "base/clock.h"

#include <string.h>

enum { RULE_TEXT = 1024 };

/* A kind other than "fail" has no level but "none" (section 3.27.10). */
static const char *level_of(const struct pf_finding *finding)
{
	if (finding->status == PF_UNKNOWN)
		return "none";
	return finding->severity >= PF_HIGH     ? "error"
	       : finding->severity == PF_MEDIUM ? "warning"
	                                        : "note";
}

/* On the scale of CVSS, as code scanning reads it. */
static const char *score_of(enum pf_severity severity)
{
	static const char *const scores[] = {
		[PF_INFO] = "0.1", [PF_LOW] = "3.0",      [PF_MEDIUM] = "5.0",
		[PF_HIGH] = "8.0", [PF_CRITICAL] = "9.5",
	};
	return scores[severity];
}

static void message(struct pf_json_out *json, const char *name, const char *words)
{
	pf_out_begin(json, name, '{');
	pf_out_text(json, "text", words && *words ? words : "-");
	pf_out_end(json, '}');
}

/* ---- rules ---- */

struct rules {
	const struct pf_check **at;
	size_t count, room;
};

static size_t rule_of(struct pf_arena *arena, struct rules *rules, const struct pf_check *check)
{
	for (size_t i = 0; i < rules->count; i++)
		if (strcmp(rules->at[i]->id, check->id) == 0)
			return i;
	rules->at = pf_arena_grow(arena, rules->at, rules->count, &rules->room, sizeof *rules->at);
	rules->at[rules->count] = check;
	return rules->count++;
}

static bool is_result(const struct pf_finding *finding)
{
	return finding->status == PF_FAIL || finding->status == PF_UNKNOWN ||
	       finding->status == PF_WAIVED;
}

static void rule(struct pf_json_out *json, const struct pf_check *check)
{
	struct pf_arena *arena = json->arena;
	const char *why = check->why ? check->why : check->title;
	pf_out_line(json);
	pf_out_begin(json, NULL, '{');
	pf_out_text(json, "id", check->id);
	message(json, "shortDescription", check->title);
	message(json, "fullDescription",
	        why ? pf_arena_print(arena, "%.*s", RULE_TEXT - 1, why) : NULL);
	message(json, "help",
	        pf_arena_print(arena, "%s\n\n%s", why ? why : "",
	                       check->remedy ? check->remedy : ""));
	if (check->reference)
		pf_out_text(json, "helpUri", check->reference);
	pf_out_begin(json, "properties", '{');
	pf_out_text(json, "security-severity", score_of(check->severity));
	pf_out_begin(json, "tags", '[');
	pf_out_text(json, NULL, "security");
	pf_out_text(json, NULL, "django");
	pf_out_end(json, ']');
	pf_out_end(json, '}');
	pf_out_end(json, '}');
}

/* ---- results ---- */

static int64_t line_at(const char *text, const char *at)
{
	int64_t line = 1;
	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* Where the site file names what this is about: the server of the subject, or the block that the
 * check wants, or the whole file. */
static int64_t line_of(struct pf_arena *arena, const struct pf_report_style *style,
                       const struct pf_finding *finding)
{
	const char *text = style->site_text ? style->site_text : "";
	const char *host = strstr(finding->subject, "://"), *block = finding->check->block;
	if (host) {
		host += 3;
		const char *server = pf_arena_print(arena, "%.*s", (int)strcspn(host, "/ ["), host);
		const char *at = *server ? strstr(text, server) : NULL;
		if (at)
			return line_at(text, at);
	}
	for (const char *at = text; block && (at = strstr(at, block)); at++)
		if ((at == text || at[-1] == '\n') && at[strlen(block)] == ':')
			return line_at(text, at);
	return 1;
}

static void location(struct pf_json_out *json, const struct pf_report_style *style,
                     const struct pf_finding *finding)
{
	pf_out_begin(json, "locations", '[');
	pf_out_begin(json, NULL, '{');
	pf_out_begin(json, "physicalLocation", '{');
	pf_out_begin(json, "artifactLocation", '{');
	pf_out_text(json, "uri", style->site_path ? style->site_path : "postflight.yaml");
	pf_out_end(json, '}');
	pf_out_begin(json, "region", '{');
	pf_out_whole(json, "startLine", line_of(json->arena, style, finding));
	pf_out_end(json, '}');
	pf_out_end(json, '}');
	pf_out_begin(json, "logicalLocations", '[');
	pf_out_begin(json, NULL, '{');
	pf_out_text(json, "fullyQualifiedName", pf_where(json->arena, finding));
	pf_out_end(json, '}');
	pf_out_end(json, ']');
	pf_out_end(json, '}');
	pf_out_end(json, ']');
}

static void result(struct pf_json_out *json, const struct pf_audit *audit,
                   const struct pf_report_style *style, const struct pf_finding *finding,
                   size_t number)
{
	struct pf_arena_mark mark = pf_arena_mark(json->arena);
	const char *command =
		finding->shown ? pf_reproduce(json->arena, audit->site, finding->shown) : NULL;
	pf_out_line(json);
	pf_out_begin(json, NULL, '{');
	pf_out_text(json, "ruleId", finding->check->id);
	pf_out_whole(json, "ruleIndex", (int64_t)number);
	pf_out_text(json, "kind", finding->status == PF_UNKNOWN ? "open" : "fail");
	pf_out_text(json, "level", level_of(finding));
	message(json, "message",
	        pf_arena_print(json->arena, "%s: %s%s%s", finding->subject, finding->summary,
	                       command ? "\n\nSee it yourself:\n" : "", command ? command : ""));
	location(json, style, finding);
	if (audit->held)
		pf_out_text(json, "baselineState", finding->known ? "unchanged" : "new");
	pf_out_begin(json, "partialFingerprints", '{');
	pf_out_text(json, "primaryLocationLineHash", finding->fingerprint);
	pf_out_end(json, '}');
	if (finding->waiver) {
		pf_out_begin(json, "suppressions", '[');
		pf_out_begin(json, NULL, '{');
		pf_out_text(json, "kind", "external");
		pf_out_text(json, "justification", finding->waiver->reason);
		pf_out_end(json, '}');
		pf_out_end(json, ']');
	}
	pf_out_end(json, '}');
	pf_arena_rewind(json->arena, mark);
}

static void driver(struct pf_json_out *json, const struct rules *rules)
{
	pf_out_begin(json, "tool", '{');
	pf_out_begin(json, "driver", '{');
	pf_out_text(json, "name", "postflight");
	pf_out_text(json, "version", PF_VERSION);
	pf_out_begin(json, "rules", '[');
	for (size_t i = 0; i < rules->count; i++)
		rule(json, rules->at[i]);
	pf_out_end(json, ']');
	pf_out_end(json, '}');
	pf_out_end(json, '}');
}

static void invocation(struct pf_json_out *json, const struct pf_audit *audit)
{
	bool complete = true;
	for (size_t i = 0; i < audit->vantage_count; i++)
		complete &= strcmp(audit->vantages[i].status, "complete") == 0;
	pf_out_begin(json, "invocations", '[');
	pf_out_begin(json, NULL, '{');
	pf_out_member(json, "executionSuccessful");
	fputs(complete ? "true" : "false", json->out);
	pf_out_text(json, "startTimeUtc", pf_timestamp(json->arena, audit->started_at));
	pf_out_end(json, '}');
	pf_out_end(json, ']');
	pf_out_begin(json, "automationDetails", '{');
	pf_out_text(json, "id",
	            pf_arena_print(json->arena, "postflight/%s/%s", audit->site->name,
	                           pf_timestamp(json->arena, audit->started_at)));
	pf_out_end(json, '}');
}

void pf_write_sarif(struct pf_arena *arena, const struct pf_audit *audit,
                    const struct pf_report_style *style, FILE *out)
{
	struct pf_json_out json = {.out = out, .arena = arena};
	struct rules rules = {0};
	for (size_t i = 0; i < audit->finding_count; i++)
		if (is_result(&audit->findings[i]))
			rule_of(arena, &rules, audit->findings[i].check);
	pf_out_begin(&json, NULL, '{');
	pf_out_text(&json, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
	pf_out_text(&json, "version", "2.1.0");
	pf_out_begin(&json, "runs", '[');
	pf_out_begin(&json, NULL, '{');
	driver(&json, &rules);
	invocation(&json, audit);
	pf_out_text(&json, "columnKind", "unicodeCodePoints");
	pf_out_begin(&json, "results", '[');
	for (size_t i = 0; i < audit->finding_count; i++)
		if (is_result(&audit->findings[i]))
			result(&json, audit, style, &audit->findings[i],
			       rule_of(arena, &rules, audit->findings[i].check));
	pf_out_end(&json, ']');
	pf_out_end(&json, '}');
	pf_out_end(&json, ']');
	pf_out_end(&json, '}');
	fputc('\n', out);
}
