/* The history and the baseline of a run. */
#include "command/chronicle.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	DAY = 24 * 3600,
	BASELINE_WARN_DAYS = 60,
	BASELINE_DAYS = 90, /* then it counts no more, as a waiver that has expired */
	TREND = 60,         /* audits */
};

bool pf_read_file(struct pf_arena *arena, const char *path, const char **text, size_t *length,
                  const char **problem)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	bool regular = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
	*problem = fd < 0 ? strerror(errno) : "is no regular file";
	if (regular && status.st_size > PF_REPORT_FILE_BYTES) {
		regular = false;
		*problem = "is too large to be a report";
	}
	size_t size = regular ? (size_t)status.st_size : 0;
	char *bytes = regular ? pf_arena_take(arena, size + 1) : NULL;
	ssize_t count = 1;
	*length = 0;
	while (regular && *length < size && count != 0) {
		count = read(fd, bytes + *length, size - *length);
		if (count < 0 && errno != EINTR) {
			*problem = strerror(errno);
			regular = false;
		}
		*length += count > 0 ? (size_t)count : 0;
	}
	if (fd >= 0)
		close(fd);
	*text = bytes;
	return regular;
}

static struct pf_record *report_at(struct pf_arena *arena, const char *path)
{
	const char *text, *problem;
	size_t length;
	struct pf_record *record = NULL;
	if (pf_read_file(arena, path, &text, &length, &problem))
		record = pf_report_read(arena, text, length, &problem);
	if (!record)
		pf_complain("%s: %s", pf_escape_text(arena, path, 0), problem);
	return record;
}

bool pf_is_audit_number(const char *name)
{
	enum { DIGITS = 17 }; /* fewer than 2^63 has */
	size_t length = strspn(name, "0123456789");
	return length > 0 && length <= DIGITS && !name[length];
}

struct pf_record *pf_record_named(struct pf_invocation *invocation, struct pf_history *history,
                                  const char *name)
{
	const char *problem = NULL;
	if (!pf_is_audit_number(name))
		return report_at(invocation->arena, name);
	if (!history)
		return NULL;
	struct pf_record *record = pf_history_load(history, strtoll(name, NULL, 10), &problem);
	if (!record)
		pf_complain(
			"%s: %s", pf_history_place(history),
			problem ? problem
				: pf_arena_print(invocation->arena, "it has no audit %s", name));
	return record;
}

/* The last audit of that scope, whole. */
static struct pf_record *last(struct pf_chronicle *chronicle, const struct pf_site *site)
{
	struct pf_records found = {0};
	if (!pf_history_list(chronicle->history, site, chronicle->scope, 1, &found,
	                     &chronicle->problem) ||
	    found.count == 0)
		return NULL;
	return pf_history_load(chronicle->history, found.at[0].id, &chronicle->problem);
}

static void open_history(struct pf_invocation *invocation, const struct pf_site *site, bool write,
                         struct pf_chronicle *chronicle)
{
	const char *where = invocation->store ? invocation->store : site->history;
	if (where && strcmp(where, "none") == 0)
		return;
	chronicle->history = pf_history_open(invocation->arena, where, write, &chronicle->problem);
	if (!chronicle->history)
		return;
	chronicle->problem = chronicle->memory.problem = NULL;
	chronicle->memory.now = pf_wall_seconds();
	if (pf_history_memory(chronicle->history, PF_MARK_KEY, &chronicle->memory,
	                      &chronicle->problem))
		chronicle->before = last(chronicle, site);
	if (!chronicle->problem)
		return;
	pf_history_close(chronicle->history);
	chronicle->history = NULL;
	chronicle->memory.problem = chronicle->problem;
}

bool pf_chronicle_open(struct pf_invocation *invocation, const struct pf_site *site, bool write,
                       struct pf_chronicle *chronicle)
{
	const char *baseline = invocation->baseline;
	*chronicle = (struct pf_chronicle){.scope = pf_scope_of_run(invocation->arena,
	                                                            &invocation->selection,
	                                                            invocation->from)};
	open_history(invocation, site, write, chronicle);
	if (!baseline)
		return true;
	if (strcmp(baseline, "last") == 0) {
		chronicle->baseline = chronicle->before;
		chronicle->baseline_name = "the audit before";
		return true;
	}
	chronicle->baseline = report_at(invocation->arena, baseline);
	chronicle->baseline_name = pf_escape_text(invocation->arena, baseline, 200);
	if (chronicle->baseline)
		return true;
	pf_history_close(chronicle->history);
	chronicle->history = NULL;
	return false;
}

const struct pf_memory *pf_chronicle_memory(const struct pf_chronicle *chronicle)
{
	return chronicle->history || chronicle->memory.problem ? &chronicle->memory : NULL;
}

static bool is_known(const struct pf_record *baseline, const struct pf_finding *finding)
{
	const struct pf_verdict_kept *then = pf_record_verdict(baseline, finding->fingerprint);
	if (!then)
		return false;
	if (finding->status == PF_UNKNOWN)
		return then->status == PF_UNKNOWN;
	return finding->status == PF_FAIL && then->status == PF_FAIL &&
	       then->severity >= finding->severity;
}

/* A baseline is a promise to mend what it knows: it is reminded of, and in the end it counts no
 * more. */
static bool still_counts(struct pf_arena *arena, const struct pf_chronicle *chronicle,
                         struct pf_audit *audit)
{
	int64_t age = audit->started_at - chronicle->baseline->started_at;
	const char *when = pf_timestamp(arena, chronicle->baseline->started_at);
	if (age > (int64_t)BASELINE_DAYS * DAY) {
		pf_audit_notice(arena, audit,
		                pf_arena_print(arena,
		                               "the baseline, %s, is of %s: after %d days it "
		                               "counts no more; mend what it knows, or make "
		                               "another",
		                               chronicle->baseline_name, when, BASELINE_DAYS));
		return false;
	}
	if (age > (int64_t)BASELINE_WARN_DAYS * DAY)
		pf_audit_notice(
			arena, audit,
			pf_arena_print(
				arena,
				"the baseline, %s, is of %s and counts until it is %d days old",
				chronicle->baseline_name, when, BASELINE_DAYS));
	return true;
}

void pf_chronicle_hold_against(struct pf_arena *arena, const struct pf_chronicle *chronicle,
                               struct pf_audit *audit)
{
	size_t known = 0;
	if (!chronicle->baseline_name)
		return;
	if (!chronicle->baseline) {
		pf_audit_notice(arena, audit,
		                "there is no earlier audit to take as the baseline: all counts");
		return;
	}
	if (!still_counts(arena, chronicle, audit))
		return;
	struct pf_finding *findings = pf_arena_array(arena, audit->finding_count, sizeof *findings);
	for (size_t i = 0; i < audit->finding_count; i++) {
		findings[i] = audit->findings[i];
		findings[i].known = is_known(chronicle->baseline, &findings[i]);
		known += findings[i].known;
	}
	audit->findings = findings;
	audit->held = true;
	pf_audit_notice(arena, audit,
	                pf_arena_print(arena,
	                               "held against %s, of %s: %zu finding%s known from there "
	                               "and fail%s no run",
	                               chronicle->baseline_name,
	                               pf_timestamp(arena, chronicle->baseline->started_at), known,
	                               known == 1 ? " is" : "s are", known == 1 ? "s" : ""));
}

static struct pf_change change_of(const struct pf_changed *one)
{
	const struct pf_verdict_kept *shown = one->after ? one->after : one->before;
	const struct pf_verdict_kept *words =
		one->after && one->after->summary ? one->after : one->before;
	return (struct pf_change){
		.check = shown->check,
		.subject = shown->subject,
		.vantage = shown->vantage,
		.severity = one->before && one->became != PF_BECAME_NEW ? one->before->severity
	                                                                : shown->severity,
		.summary = words && words->summary ? words->summary : "",
		.fingerprint = shown->fingerprint,
	};
}

static struct pf_change_list changes_that(struct pf_arena *arena,
                                          const struct pf_comparison *comparison,
                                          enum pf_became became)
{
	struct pf_change *list = pf_arena_array(arena, comparison->counts[became], sizeof *list);
	size_t count = 0;
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->at[i].became == became)
			list[count++] = change_of(&comparison->at[i]);
	return (struct pf_change_list){list, count};
}

static const struct pf_changes *changes_since(struct pf_arena *arena,
                                              const struct pf_record *before,
                                              const struct pf_record *now)
{
	struct pf_changes *changes = pf_arena_take(arena, sizeof *changes);
	const struct pf_comparison *comparison = pf_compare(arena, before, now);
	*changes = (struct pf_changes){
		.since = before->started_at,
		.fresh = changes_that(arena, comparison, PF_BECAME_NEW),
		.mended = changes_that(arena, comparison, PF_BECAME_MENDED),
		.open = changes_that(arena, comparison, PF_BECAME_OPEN),
		.unseen = changes_that(arena, comparison, PF_BECAME_UNSEEN),
	};
	return changes;
}

static void list_earlier(struct pf_arena *arena, const struct pf_chronicle *chronicle,
                         const struct pf_site *site, struct pf_past *past)
{
	struct pf_records records = {0};
	const char *problem;
	if (!pf_history_list(chronicle->history, site, chronicle->scope, TREND, &records, &problem))
		return;
	struct pf_earlier *earlier = pf_arena_array(arena, records.count, sizeof *earlier);
	for (size_t i = 0; i < records.count; i++) {
		const struct pf_record *record = &records.at[i];
		earlier[i] = (struct pf_earlier){
			.started_at = record->started_at,
			.score = record->score,
			.grade = record->grade,
			.coverage = record->coverage / 10000.0,
		};
		memcpy(earlier[i].counts, record->counts, sizeof earlier[i].counts);
	}
	past->audits = earlier;
	past->audit_count = records.count;
}

void pf_chronicle_add(struct pf_invocation *invocation, struct pf_arena *arena,
                      const struct pf_chronicle *chronicle, struct pf_audit *audit)
{
	struct pf_record *record = pf_record_of(arena, audit, chronicle->scope);
	struct pf_past *past = &invocation->style.past;
	const char *problem = chronicle->problem;
	audit->digest = record->digest;
	if (chronicle->history)
		list_earlier(arena, chronicle, audit->site, past);
	if (chronicle->before)
		past->changes = changes_since(arena, chronicle->before, record);
	if (chronicle->history && pf_history_add(chronicle->history, record, &problem)) {
		audit->history_id = record->id;
		audit->seal = record->seal;
	}
	if (problem)
		pf_audit_notice(arena, audit,
		                pf_arena_print(arena, "the history is not available: %s", problem));
}
