/* Fuzz: evidence from elsewhere, all the way to the reports. The input is a list of edits to
 * evidence that was recorded from a healthy site, so that what is changed is one answer in a whole
 * audit; or, behind 0xff, the evidence itself. Whatever a host says, the audit ends and its reports
 * are plain text. */
#include "base/text.h"
#include "model/site_file.h"
#include "report/report.h"
#include "run/evidence.h"
#include "run/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

enum { ARENA = 256 * 1024 * 1024, EDIT = 5, EDITS = 64 };

static const char folder[] = PF_SOURCE_DIR "/tests/replay/healthy/";
static const char *const vantages[] = {"bastion", "app1", "db1", "world"};

struct text {
	char *bytes;
	size_t count;
};

static struct text read_recorded(const char *name)
{
	char path[sizeof folder + 64];
	struct text text = {0};
	snprintf(path, sizeof path, "%s%s", folder, name);
	FILE *file = fopen(path, "r");
	if (!file || fseek(file, 0, SEEK_END) != 0)
		abort();
	text.count = (size_t)ftell(file);
	text.bytes = malloc(text.count + 1);
	rewind(file);
	if (!text.bytes || fread(text.bytes, 1, text.count, file) != text.count)
		abort();
	text.bytes[text.count] = '\0';
	fclose(file);
	return text;
}

/* Read once; what they hold stays as it is. */
static const struct text *recorded(size_t which)
{
	static struct text texts[PF_COUNT(vantages) + 1];
	char name[64] = "site.yaml";
	if (which < PF_COUNT(vantages))
		snprintf(name, sizeof name, "%s.jsonl", vantages[which]);
	if (!texts[which].bytes)
		texts[which] = read_recorded(name);
	return &texts[which];
}

/* Each edit: three bytes of where, one of what is done there, one of what with. */
static struct text edited(const unsigned char *edits, size_t count, const struct text *whole)
{
	struct text text = {malloc(whole->count + 1), whole->count};
	if (!text.bytes)
		abort();
	memcpy(text.bytes, whole->bytes, whole->count + 1);
	for (size_t i = 0; i + EDIT <= count && i < (size_t)EDITS * EDIT; i += EDIT) {
		size_t at = ((size_t)edits[i] << 16 | (size_t)edits[i + 1] << 8 | edits[i + 2]) %
		            text.count;
		size_t length = edits[i + 4] % (text.count - at);
		if (edits[i + 3] % 4 == 0)
			text.bytes[at] = (char)edits[i + 4];
		else if (edits[i + 3] % 4 == 1) /* digits are counts, sizes and times */
			memset(text.bytes + at, '9', strspn(text.bytes + at, "0123456789"));
		else if (edits[i + 3] % 4 == 2)
			memmove(text.bytes + at, text.bytes + at + length,
			        text.count - at - length);
		else
			memset(text.bytes + at, ' ', length);
	}
	return text;
}

static struct pf_evidence *take(struct pf_arena *arena, const struct pf_site *site,
                                const char *bytes, size_t count)
{
	struct pf_evidence *evidence = pf_evidence_new(arena, site);
	while (count > 0) {
		const char *end = memchr(bytes, '\n', count);
		size_t length = end ? (size_t)(end - bytes) : count;
		pf_evidence_take(evidence, bytes, length);
		length += end != NULL;
		bytes += length;
		count -= length;
	}
	return evidence;
}

static void check_report(struct pf_arena *arena, const struct pf_audit *audit, const char *format)
{
	const struct pf_report_style style = {.verbose = 2, .columns = 80};
	char *text = NULL;
	size_t count = 0;
	FILE *out = open_memstream(&text, &count);
	if (!out)
		abort();
	pf_writer_named(format)->write(arena, audit, &style, out);
	if (fclose(out) != 0 || strlen(text) != count || !pf_is_utf8(text, count))
		abort();
	for (size_t i = 0; i < count; i++)
		if ((unsigned char)text[i] < 0x20 && text[i] != '\n')
			abort();
	free(text);
}

static void audit(struct pf_arena *arena, const struct pf_site *site, struct pf_evidence *evidence)
{
	const struct pf_selection all = {0};
	const struct pf_vantage *vantage = pf_evidence_vantage(evidence);
	if (!vantage)
		return;
	struct pf_plan *plan =
		pf_plan_new(arena, site, vantage, pf_evidence_canary(evidence), &all);
	pf_evidence_replay(evidence, plan, PF_not_recorded, NULL);
	struct pf_vantage_evidence seen = pf_plan_evidence(plan, "complete", NULL);
	struct pf_audit *audit = pf_evaluate(arena, site, pf_probe_count, pf_probes, 1, &seen, &all, NULL,
	                                     pf_evidence_started(evidence));
	check_report(arena, audit, "text");
	check_report(arena, audit, "json");
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(ARENA);
	const struct text *site_text = recorded(PF_COUNT(vantages));
	struct pf_site site;
	struct pf_mistakes mistakes = {0};
	if (count == 0 || !pf_site_parse(arena, "site.yaml", site_text->bytes, site_text->count,
	                                 &site, &mistakes)) {
		pf_arena_free(arena);
		return count == 0 ? 0 : -1;
	}
	if (bytes[0] == 0xff) {
		audit(arena, &site, take(arena, &site, (const char *)bytes + 1, count - 1));
	} else {
		const struct text *whole = recorded(bytes[0] % PF_COUNT(vantages));
		struct text text = edited(bytes + 1, count - 1, whole);
		audit(arena, &site, take(arena, &site, text.bytes, text.count));
		free(text.bytes);
	}
	pf_arena_free(arena);
	return 0;
}
