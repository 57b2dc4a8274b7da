/* The copies of database and uploads belong together.
 *
 * A database that is brought back names files: those that came after the last copy of the uploads
 * are gone, and every page that shows one is broken. On a good host both are copied by the same
 * timer, so the newest copy of each database has uploads of the same day beside it. The copies may
 * be on different machines: who keeps the uploads tells the others of when they are.
 */
#include "backup_reader.h"
#include "date_reader.h"
#include "tool_reader.h"

#include <stdlib.h>
#include <string.h>

/* A nightly job and one at any other hour of the day are at most a day apart, and the slower of the
 * two may take its time. */
enum { HOUR = 3600, MARGIN = 26 * HOUR, TOLD = 16 };

static const char HEAD[] = "uploads copied at:";

static bool is_of_media(const struct pf_backup *set)
{
	return strcmp(set->of, "media") == 0;
}

/* The times of what files there are, newest first as they are listed. */
static const char *file_times(struct pf_asking *asking, const struct pf_answer *answer)
{
	const char *times = "";
	size_t told = 0;
	bool usable = answer && answer->outcome == PF_answered;
	for (size_t i = 0; usable && i < answer->file.files.count && told < TOLD; i++) {
		const struct pf_entry *entry = &answer->file.files.at[i];
		if (!pf_is_copy(entry))
			continue;
		times = pf_word(asking, "%s %lld", times, (long long)entry->modified);
		told++;
	}
	return times;
}

static const char *kept_times(struct pf_asking *asking, const struct pf_backup *set,
                              const struct pf_answer *answer)
{
	struct pf_kept kept = pf_kept_read(set, answer);
	const char *times = "";
	for (size_t i = 0; i < PF_KEPT_TIMES && kept.times[i]; i++)
		times = pf_word(asking, "%s %lld", times, (long long)kept.times[i]);
	return times;
}

/* Asks for the set's list, and says when its copies were made; "": not known yet, or none. */
static const char *times_of(struct pf_asking *asking, const struct pf_backup *set,
                            const char *subject)
{
	if (pf_is_tool_set(set)) {
		pf_ask_kept(asking, set, subject);
		return kept_times(asking, set, pf_asked(asking, "kept", subject));
	}
	if (set->tool)
		return "";
	pf_ask_backup_files(asking, set, subject);
	return file_times(asking, pf_asked(asking, "files", subject));
}

/* What was taught of the uploads goes into the tag of a question that is answered already, where
 * the judge finds it. */
static void note_uploads(struct pf_asking *asking, const char *subject)
{
	struct pf_words lessons = pf_lessons(asking);
	for (size_t i = 0; i < lessons.count; i++)
		if (strncmp(lessons.at[i], HEAD, sizeof HEAD - 1) == 0)
			pf_ask(asking, lessons.at[i], subject,
			       (struct pf_question){.kind = PF_KIND_process});
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (!pf_media_is_kept(site))
		return;
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		if (!pf_vantage_in(pf_asking_vantage(asking), set->on))
			continue;
		const char *subject = pf_word(asking, "backup %s", set->name);
		const char *times = times_of(asking, set, subject);
		if (is_of_media(set) && *times)
			pf_teach(asking, pf_word(asking, "%s%s", HEAD, times));
		else if (!is_of_media(set))
			note_uploads(asking, subject);
	}
}

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

/* The copy of the uploads that is closest to that time; 0: none is known. */
static int64_t closest_uploads(const struct pf_case *facts, int64_t when)
{
	int64_t found = 0;
	for (size_t i = 0; i < facts->count; i++) {
		const char *at = facts->exchanges[i]->tag;
		if (strncmp(at, HEAD, sizeof HEAD - 1) != 0)
			continue;
		char *end;
		for (at += sizeof HEAD - 1;; at = end) {
			int64_t time = strtoll(at, &end, 10);
			if (end == at)
				break;
			if (!found || distance(time, when) < distance(found, when))
				found = time;
		}
	}
	return found;
}

static struct pf_verdict judge_pair(const struct pf_case *facts)
{
	const struct pf_backup *set = pf_backup_of(facts);
	const char *tag = set->tool ? "kept" : "files";
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	if (is_of_media(set))
		return pf_skip(facts, tag, "the databases' copies are compared with it");
	if (!answer || pf_outcome_is_ours(answer->outcome))
		return pf_unknown(facts, tag, "its copies were not seen");
	struct pf_kept kept = {0};
	const struct pf_entry *file = NULL;
	if (set->tool)
		kept = pf_kept_read(set, answer);
	else if (answer->outcome == PF_answered)
		file = pf_newest_copy(&answer->file);
	int64_t newest = set->tool ? kept.newest : file ? file->modified : 0;
	int64_t uploads = closest_uploads(facts, newest);
	if (!newest || !uploads)
		return pf_unknown(facts, tag, "no copy of %s was seen whose time could be compared",
		                  newest ? "the uploads" : "it");
	if (pf_tool_replays(set) && kept.oldest <= uploads)
		return pf_pass(facts, tag,
		               "%s can bring the database back as it was when the uploads were "
		               "copied",
		               pf_tool_name(set));
	int64_t apart = distance(newest, uploads);
	if (apart > MARGIN)
		return pf_fail(
			facts, tag,
			"the newest copy of the database and the copy of the uploads that is "
			"closest to it are %s apart; up to %s is allowed",
			pf_age(facts, apart), pf_age(facts, MARGIN));
	return pf_pass(facts, tag, "its newest copy and one of the uploads are %s apart",
	               pf_age(facts, apart));
}

static const struct pf_check checks[] = {
	{
		.id = "backups.of-this-site",
		.severity = PF_MEDIUM,
		.seen_from = "backup host",
		.block = "backups",
		.needs = "files? kept?",
		.judge = judge_pair,
	},
};

const struct pf_probe pf_probe_backup_pairs = {
	.name = "backup_pairs",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
