/* Backups in an object store are as fresh and as many as those on disk.
 *
 * A bucket is listed with a signed request, which needs a key that may list and nothing more. What
 * is in the objects stays there: that a copy can be read to its end, or restored, is said of the
 * sets on disk.
 */
#include "date_reader.h"
#include "object_reader.h"

#include <string.h>

enum {
	HOUR = 3600,
	USUAL_MAX_AGE = 26 * HOUR,
	CLOCK_SLACK = 300,
	PREDECESSORS = 7,
	SMALL = 64 * 1024,
};

static struct pf_verdict unseen(const struct pf_case *facts, const char *why)
{
	return pf_unknown(facts, pf_objects_tag(facts), "the bucket %s %s",
	                  pf_backup_of(facts)->s3.bucket, why);
}

static const char *where(const struct pf_case *facts)
{
	const struct pf_bucket *s3 = &pf_backup_of(facts)->s3;
	return pf_say(facts, "s3://%s/%s", s3->bucket, s3->prefix ? s3->prefix : "");
}

static struct pf_verdict judge_exist(const struct pf_case *facts)
{
	const char *why, *tag = pf_objects_tag(facts);
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	if (answer->outcome == PF_answered && answer->s3.code &&
	    strcmp(answer->s3.code, "NoSuchBucket") == 0)
		return pf_fail(facts, tag, "there is no bucket %s", pf_backup_of(facts)->s3.bucket);
	const struct pf_facts_s3 *seen = pf_objects(facts, &why);
	if (!seen)
		return unseen(facts, why);
	if (!seen->objects)
		return pf_fail(facts, tag, "%s",
		               seen->empty
		                       ? pf_say(facts, "the %lld objects of %s are empty",
		                                (long long)seen->empty, where(facts))
		                       : pf_say(facts, "there is no object in %s", where(facts)));
	return pf_pass(facts, tag, "%s%lld objects in %s, the newest is %s (%lld bytes)",
	               seen->truncated ? "at least " : "", (long long)seen->objects, where(facts),
	               seen->newest.at[0].path, (long long)seen->newest.at[0].size);
}

static struct pf_verdict judge_fresh(const struct pf_case *facts)
{
	const struct pf_backup *set = pf_backup_of(facts);
	const char *why, *tag = pf_objects_tag(facts);
	const struct pf_facts_s3 *seen = pf_objects(facts, &why);
	int64_t most = set->max_age ? set->max_age : USUAL_MAX_AGE;
	if (!seen)
		return unseen(facts, why);
	if (!seen->newest.count)
		return pf_unknown(facts, tag, "there is no backup whose age could be told");
	const struct pf_entry *newest = &seen->newest.at[0];
	int64_t age = seen->now - newest->modified;
	if (age < -CLOCK_SLACK)
		return pf_unknown(facts, tag,
		                  "%s is dated %s in the future: the store's clock or ours is "
		                  "wrong",
		                  newest->path, pf_age(facts, -age));
	if (age > most && seen->truncated)
		return pf_unknown(facts, tag,
		                  "there are more objects than could be listed (%lld); give a "
		                  "longer prefix",
		                  (long long)seen->objects);
	if (age > most)
		return pf_fail(facts, tag, "the newest, %s, is %s old; at most %s is allowed",
		               newest->path, pf_age(facts, age), pf_age(facts, most));
	return pf_pass(facts, tag, "the newest, %s, is %s old; up to %s is allowed", newest->path,
	               pf_age(facts, age < 0 ? 0 : age), pf_age(facts, most));
}

static struct pf_verdict judge_retention(const struct pf_case *facts)
{
	const char *why, *tag = pf_objects_tag(facts);
	const struct pf_facts_s3 *seen = pf_objects(facts, &why);
	int64_t keep = pf_backup_of(facts)->keep;
	if (!keep)
		return pf_skip(facts, tag, "the site file does not say how many to keep");
	if (!seen)
		return unseen(facts, why);
	if (!seen->objects)
		return pf_unknown(facts, tag, "there is no backup to count");
	if (!seen->truncated && seen->objects < keep)
		return pf_fail(facts, tag, "%lld generations are there; %lld should be",
		               (long long)seen->objects, (long long)keep);
	return pf_pass(facts, tag, "%lld generations are there; %lld should be",
	               (long long)seen->objects, (long long)keep);
}

/* The middle size of up to seven predecessors; 0: there are fewer than two. */
static int64_t usual_size(struct pf_entries newest)
{
	int64_t sizes[PREDECESSORS];
	size_t count = 0;
	for (size_t i = 1; i < newest.count && count < PREDECESSORS; i++) {
		size_t at = count++;
		for (; at > 0 && sizes[at - 1] > newest.at[i].size; at--)
			sizes[at] = sizes[at - 1];
		sizes[at] = newest.at[i].size;
	}
	return count < 2 ? 0 : sizes[count / 2];
}

static struct pf_verdict judge_complete(const struct pf_case *facts)
{
	const char *why, *tag = pf_objects_tag(facts);
	const struct pf_facts_s3 *seen = pf_objects(facts, &why);
	if (!seen)
		return unseen(facts, why);
	if (!seen->newest.count)
		return pf_unknown(facts, tag, "there is no backup that could be looked at");
	int64_t usual = usual_size(seen->newest), size = seen->newest.at[0].size;
	if (usual > SMALL && size < usual / 2)
		return pf_fail(facts, tag, "%s has %lld bytes, and those before it about %lld",
		               seen->newest.at[0].path, (long long)size, (long long)usual);
	return pf_skip(facts, tag,
	               "%lld bytes, as those before it; what is in an object store is not read",
	               (long long)size);
}

#define NEEDS "objects objects-again?"

/* The words are those of the sets on disk: backups.c, backup_contents.c. */
static const struct pf_check checks[] = {
	{
		.id = "backups.exist",
		.severity = PF_CRITICAL,
		.seen_from = "backup host",
		.block = "backups",
		.needs = NEEDS,
		.judge = judge_exist,
	},
	{
		.id = "backups.fresh",
		.severity = PF_HIGH,
		.seen_from = "backup host",
		.block = "backups",
		.needs = NEEDS,
		.judge = judge_fresh,
	},
	{
		.id = "backups.retention",
		.severity = PF_LOW,
		.seen_from = "backup host",
		.block = "backups",
		.needs = NEEDS,
		.judge = judge_retention,
	},
	{
		.id = "backups.complete",
		.severity = PF_HIGH,
		.seen_from = "backup host",
		.block = "backups",
		.needs = NEEDS,
		.judge = judge_complete,
	},
};

static bool asks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (pf_is_in_bucket(&site->backups[i]) &&
		    pf_vantage_in(vantage, site->backups[i].on))
			return true;
	return false;
}

const struct pf_probe pf_probe_backup_objects = {
	.name = "backup_objects",
	.ask = pf_ask_objects,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.asks_from = asks_from,
};
