/* Records: an audit put down for later, and the digests that show whether one was altered since. */
#include "evaluate/record.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *joined(struct pf_arena *arena, struct pf_words words)
{
	const char *list = "";
	for (size_t i = 0; i < words.count; i++)
		list = pf_arena_print(arena, "%s%s%s", list, i ? ", " : "",
		                      pf_escape_text(arena, words.at[i], 0));
	return list;
}

const char *pf_scope_of_run(struct pf_arena *arena, const struct pf_selection *selection,
                     struct pf_words from)
{
	const struct {
		const char *word;
		struct pf_words words;
	} parts[] = {{"only", selection->only}, {"skip", selection->skip}, {"from", from}};
	const char *scope = "";
	for (size_t i = 0; i < PF_COUNT(parts); i++)
		if (parts[i].words.count)
			scope = pf_arena_print(arena, "%s%s%s %s", scope, *scope ? "; " : "",
			                       parts[i].word, joined(arena, parts[i].words));
	return scope;
}

static int by_fingerprint(const void *left, const void *right)
{
	const struct pf_verdict_kept *a = left, *b = right;
	return strcmp(a->fingerprint, b->fingerprint);
}

void pf_record_sort(struct pf_verdict_kept *verdicts, size_t count)
{
	if (count)
		qsort(verdicts, count, sizeof *verdicts, by_fingerprint);
}

bool pf_status_keeps_summary(enum pf_status status)
{
	return status == PF_FAIL || status == PF_UNKNOWN || status == PF_WAIVED;
}

struct pf_record *pf_record_of(struct pf_arena *arena, const struct pf_audit *audit,
                               const char *scope)
{
	struct pf_record *record = pf_arena_take(arena, sizeof *record);
	struct pf_verdict_kept *verdicts =
		pf_arena_array(arena, audit->finding_count, sizeof *verdicts);
	for (size_t i = 0; i < audit->finding_count; i++) {
		const struct pf_finding *finding = &audit->findings[i];
		verdicts[i] = (struct pf_verdict_kept){
			.fingerprint = finding->fingerprint,
			.check = finding->check->id,
			.subject = finding->subject,
			.vantage = finding->vantage,
			.summary =
				pf_status_keeps_summary(finding->status) ? finding->summary : NULL,
			.status = finding->status,
			.severity = finding->severity,
		};
	}
	pf_record_sort(verdicts, audit->finding_count);
	*record = (struct pf_record){
		.site = audit->site->name,
		.url = audit->site->url.text,
		.scope = scope,
		.version = PF_VERSION,
		.started_at = audit->started_at,
		.duration_ms = audit->duration_ms,
		.score = audit->score,
		.grade = audit->grade,
		.coverage = (int)(audit->coverage * 10000 + 1e-6),
		.verdicts = verdicts,
		.verdict_count = audit->finding_count,
		.marks = audit->marks,
		.mark_count = audit->mark_count,
	};
	memcpy(record->counts, audit->counts, sizeof record->counts);
	record->digest = pf_record_digest(arena, record);
	return record;
}

/* Lines are told apart by their newlines, which no escaped text holds, and fields by tabs,
 * likewise. */
static const char *digest_of(struct pf_arena *arena, char *text, size_t length)
{
	const char *digest = pf_sha256(arena, text, length, 64);
	free(text);
	return digest;
}

static FILE *open_text(char **text, size_t *length)
{
	FILE *out = open_memstream(text, length);
	if (!out)
		abort(); /* out of memory: our own, shown as such */
	return out;
}

const char *pf_record_digest(struct pf_arena *arena, const struct pf_record *record)
{
	char *text;
	size_t length;
	FILE *out = open_text(&text, &length);
	fprintf(out, "postflight.audit/1\n%s\n%s\n%s\n%lld\t%lld\n", record->site, record->url,
	        record->version, (long long)record->started_at, (long long)record->duration_ms);
	fprintf(out, "%d\t%s\t%d\n", record->score, record->grade ? record->grade : "",
	        record->coverage);
	for (size_t i = 0; i < record->verdict_count; i++) {
		const struct pf_verdict_kept *kept = &record->verdicts[i];
		fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", kept->fingerprint, kept->check,
		        kept->subject, kept->vantage ? kept->vantage : "",
		        pf_status_name(kept->status), pf_severity_name(kept->severity),
		        kept->summary ? kept->summary : "");
	}
	fclose(out);
	return digest_of(arena, text, length);
}

const char *pf_record_seal(struct pf_arena *arena, const char *before,
                           const struct pf_record *record)
{
	char *text;
	size_t length;
	FILE *out = open_text(&text, &length);
	fprintf(out, "%s\n%s\n%s\n", before, record->digest, record->scope);
	for (size_t i = 0; i < record->mark_count; i++)
		fprintf(out, "%s\t%s\t%s\n", record->marks[i].kind, record->marks[i].subject,
		        record->marks[i].value);
	fclose(out);
	return digest_of(arena, text, length);
}

const struct pf_verdict_kept *pf_record_verdict(const struct pf_record *record,
                                                const char *fingerprint)
{
	struct pf_verdict_kept key = {.fingerprint = fingerprint};
	if (record->verdict_count == 0)
		return NULL;
	return bsearch(&key, record->verdicts, record->verdict_count, sizeof key, by_fingerprint);
}
