/* Fuzz: a JSON report read back. It becomes a record whose texts can be shown, or is refused with a
 * reason; whatever became one can be compared and has a digest. */
#include "base/limits.h"
#include "base/text.h"
#include "store/report_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(struct pf_arena *arena, const char *text)
{
	must(strcmp(pf_escape_again(arena, text, 0), text) == 0);
}

static void check_verdict(struct pf_arena *arena, const struct pf_record *record, size_t at)
{
	const struct pf_verdict_kept *kept = &record->verdicts[at];
	check_text(arena, kept->fingerprint);
	check_text(arena, kept->check);
	check_text(arena, kept->subject);
	if (kept->vantage)
		check_text(arena, kept->vantage);
	must((kept->summary != NULL) == pf_status_keeps_summary(kept->status));
	must(at == 0 || strcmp(record->verdicts[at - 1].fingerprint, kept->fingerprint) <= 0);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	const char *problem = NULL, *text = pf_arena_copy_bytes(arena, bytes, count);
	struct pf_record *record = pf_report_read(arena, text, count, &problem);
	must((record == NULL) == (problem != NULL));
	if (record) {
		check_text(arena, record->site);
		check_text(arena, record->url);
		for (size_t i = 0; i < record->verdict_count; i++)
			check_verdict(arena, record, i);
		must(strlen(pf_record_digest(arena, record)) == 64);
		struct pf_comparison *same = pf_compare(arena, record, record);
		must(same->counts[PF_BECAME_NEW] == 0 && same->counts[PF_BECAME_MENDED] == 0);
	}
	pf_arena_free(arena);
	return 0;
}
