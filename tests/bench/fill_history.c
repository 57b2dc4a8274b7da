/* A history of many audits, for tests/bench/history_bench.py: fill_history FILE AUDITS VERDICTS
 * SITE URL */
#include "base/limits.h"
#include "store/history.h"

#include <stdio.h>
#include <stdlib.h>

/* Of every audit, one in fifty of its verdicts fails; which ones, changes from one to the next. */
static void fill(struct pf_arena *arena, struct pf_verdict_kept *verdicts, size_t count,
                 size_t audit)
{
	for (size_t i = 0; i < count; i++) {
		bool fails = (i + audit / 7) % 50 == 0;
		verdicts[i] = (struct pf_verdict_kept){
			.fingerprint = pf_arena_print(arena, "%016zx", i),
			.check = "caches.only-app-servers",
			.subject = pf_arena_print(arena, "redis://cache%zu:6379 [10.0.0.2]", i),
			.vantage = "bastion",
			.summary = fails ? "answers PING without a password, from bastion" : NULL,
			.status = fails ? PF_FAIL : PF_PASS,
			.severity = PF_HIGH,
		};
	}
}

int main(int argc, char *argv[])
{
	if (argc != 6)
		return 2;
	size_t audits = strtoul(argv[2], NULL, 10), count = strtoul(argv[3], NULL, 10);
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	const char *problem = NULL;
	struct pf_history *history = pf_history_open(arena, argv[1], true, &problem);
	for (size_t i = 0; history && i < audits; i++) {
		struct pf_arena *own = pf_arena_new(PF_PARENT_ARENA);
		struct pf_verdict_kept *verdicts = pf_arena_array(own, count, sizeof *verdicts);
		fill(own, verdicts, count, i);
		struct pf_record record = {
			.site = argv[4],
			.url = argv[5],
			.scope = "",
			.version = PF_VERSION,
			.started_at = 1700000000 + (int64_t)i * 3600,
			.score = 90,
			.grade = "C",
			.coverage = 10000,
			.counts = {[PF_PASS] = count - count / 50, [PF_FAIL] = count / 50},
			.verdicts = verdicts,
			.verdict_count = count,
		};
		record.digest = pf_record_digest(own, &record);
		if (!pf_history_add(history, &record, &problem))
			break;
		pf_arena_free(own);
	}
	pf_history_close(history);
	if (problem)
		fprintf(stderr, "%s\n", problem);
	pf_arena_free(arena);
	return problem != NULL;
}
