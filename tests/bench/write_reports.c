/* One report of an audit with many findings, written to a file: seconds and memory.
 *
 * write_reports FORMAT FILE FINDINGS
 *
 * The checks and their words are the program's own; each finding has texts and a place of its own.
 * Prints "seconds, of them on a processor, KiB of the process at its largest, KiB of the audit
 * itself, bytes written". */
#include "base/limits.h"
#include "base/text.h"
#include "evaluate/steps.h"
#include "report/report.h"
#include "run/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum { EXCHANGES = 2000 };

static struct pf_vantage vantages[] = {{.name = "bastion", .role = "bastion"},
                                       {.name = "app1", .role = "app"},
                                       {.name = "world", .role = "outside"}};
static struct pf_waiver waiver = {.check = "media.mount",
                                  .reason = "see OPS-112",
                                  .owner = "ops@example.com",
                                  .expires_on = "2027-03-01"};
static const char site_text[] = "site: shop\nurl: https://shop.example.com\nhosts:\n"
				"  - shop.example.com\n  - www.shop.example.com\n";

static double seconds(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long largest_kib(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static const struct pf_exchange *exchange_at(struct pf_arena *arena, size_t at)
{
	static struct pf_exchange exchanges[EXCHANGES];
	static struct pf_answer answers[EXCHANGES];
	struct pf_exchange *exchange = &exchanges[at % EXCHANGES];
	struct pf_answer *answer = &answers[at % EXCHANGES];
	if (exchange->probe)
		return exchange;
	*exchange = (struct pf_exchange){
		.probe = "caches",
		.tag = "knock",
		.subject = pf_arena_print(arena, "redis://cache%zu:6379", at % EXCHANGES),
		.question = {.kind = PF_KIND_redis,
	                     .redis = {.address = "203.0.113.10", .port = 6379}},
		.answer = answer,
	};
	*answer = (struct pf_answer){.kind = PF_KIND_redis,
	                             .outcome = PF_answered,
	                             .at = 1795408260,
	                             .took_us = 1234,
	                             .detail = "the server said what it is"};
	return exchange;
}

/* As evaluate leaves them: worst first, those of one check one after another. */
static struct pf_finding finding_at(struct pf_arena *arena, const struct pf_row *row, size_t at,
                                    enum pf_status status)
{
	return (struct pf_finding){
		.check = row->words,
		.area = row->area,
		.severity = row->words->severity,
		.status = status,
		.subject = pf_arena_print(arena, "https://shop-%06zu.example.com/path", at),
		.vantage = vantages[at % PF_COUNT(vantages)].name,
		.summary = pf_arena_print(arena, "answers <b>%zu</b> | to \"everyone\" who asks",
	                                  at % 5000),
		.shown = exchange_at(arena, at),
		.waiver = status == PF_WAIVED ? &waiver : NULL,
		.fingerprint = pf_arena_print(arena, "%016zx", at),
	};
}

static void fill(struct pf_arena *arena, struct pf_audit *audit, size_t count)
{
	static const enum pf_status order[] = {PF_FAIL, PF_UNKNOWN, PF_WAIVED, PF_PASS, PF_SKIP};
	static const size_t tenths[] = {4, 2, 1, 2, 1};
	struct pf_rows rows = pf_rows_of(arena, pf_probe_count, pf_probes);
	struct pf_finding *findings = pf_arena_array(arena, count, sizeof *findings);
	size_t at = 0;
	for (size_t i = 0; i < PF_COUNT(order); i++) {
		size_t share = count * tenths[i] / 10;
		for (size_t j = 0; j < share && at < count; j++, at++) {
			const struct pf_row *row = &rows.at[j * rows.count / share];
			findings[at] = finding_at(arena, row, at, order[i]);
		}
		audit->counts[order[i]] = share;
	}
	audit->findings = findings;
	audit->finding_count = at;
}

static struct pf_audit *audit_of(struct pf_arena *arena, size_t count)
{
	static struct pf_site site = {
		.name = "shop",
		.url = {.text = "https://shop.example.com",
	                .scheme = "https",
	                .host = "shop.example.com",
	                .port = 443,
	                .path = "/"},
		.vantages = vantages,
		.vantage_count = PF_COUNT(vantages),
	};
	static struct pf_vantage_evidence evidence[PF_COUNT(vantages)];
	struct pf_audit *audit = pf_arena_take(arena, sizeof *audit);
	for (size_t i = 0; i < PF_COUNT(vantages); i++)
		evidence[i] =
			(struct pf_vantage_evidence){.vantage = &vantages[i], .status = "complete"};
	*audit = (struct pf_audit){.site = &site,
	                           .started_at = 1795408260,
	                           .duration_ms = 2140,
	                           .vantages = evidence,
	                           .vantage_count = PF_COUNT(vantages),
	                           .score = 71,
	                           .grade = "C",
	                           .coverage = 0.94};
	fill(arena, audit, count);
	return audit;
}

enum { EARLIER = 45 };

/* A past with ups, downs and an audit that saw nothing. */
static struct pf_past past_of(const struct pf_audit *audit)
{
	static struct pf_earlier audits[EARLIER];
	static struct pf_change fresh[2], mended[1];
	static struct pf_changes changes;
	for (size_t i = 0; i < EARLIER; i++)
		audits[i] = (struct pf_earlier){
			.started_at = audit->started_at - (int64_t)(EARLIER - i) * 86400,
			.score = i == 20 ? -1 : 45 + (int)(i + i * i % 11),
			.grade = "C",
			.coverage = 0.9,
			.counts = {[PF_FAIL] = EARLIER - i, [PF_UNKNOWN] = 3}};
	for (size_t i = 0; i < 3; i++) {
		const struct pf_finding *finding = &audit->findings[i * audit->finding_count / 7];
		struct pf_change *change = i < 2 ? &fresh[i] : mended;
		*change = (struct pf_change){finding->check->id, finding->subject,
		                             finding->vantage,   finding->severity,
		                             finding->summary,   finding->fingerprint};
	}
	changes = (struct pf_changes){.since = audit->started_at - 86400,
	                              .fresh = {fresh, 2},
	                              .mended = {mended, 1},
	                              .open = {fresh, 2}};
	return (struct pf_past){audits, EARLIER, &changes};
}

int main(int argc, char *argv[])
{
	const struct pf_writer *writer = argc == 4 ? pf_writer_named(argv[1]) : NULL;
	struct pf_report_style style = {.columns = 80,
	                                .fail_on = PF_HIGH,
	                                .site_path = "shop.yaml",
	                                .site_text = site_text};
	struct stat written = {0};
	const char *problem;
	if (!writer)
		return fputs("write_reports FORMAT FILE FINDINGS\n", stderr), 2;
	struct pf_arena *arena = pf_arena_new((size_t)4 * 1024 * 1024 * 1024);
	struct pf_audit *audit = audit_of(arena, strtoul(argv[3], NULL, 10));
	style.past = past_of(audit);
	long before = largest_kib();
	double start = seconds(CLOCK_MONOTONIC), busy = seconds(CLOCK_PROCESS_CPUTIME_ID);
	if (!pf_report_save(arena, audit, writer, &style, argv[2], &problem))
		return fprintf(stderr, "%s: %s\n", argv[2], problem), 1;
	double took = seconds(CLOCK_MONOTONIC) - start;
	busy = seconds(CLOCK_PROCESS_CPUTIME_ID) - busy;
	if (stat(argv[2], &written) != 0)
		return perror(argv[2]), 1;
	printf("%.3f %.3f %ld %ld %lld\n", took, busy, largest_kib(), before,
	       (long long)written.st_size);
	pf_arena_free(arena);
	return 0;
}
