/* Backup sets in an object store: what a listing proves, and what it does not. */
#include "rig_case.h"

PF_PROBE(backup_objects);

enum { NOW = 1800000000, HOUR = 3600, USUAL = 400 * 1000 };

static const struct pf_backup sets[] = {
	{.name = "far",
         .of = "default",
         .tool = "s3",
         .tool_target = "b/db/",
         .s3 = {.declared = true, .bucket = "b", .prefix = "db/"},
         .keep = 3},
};

static struct rig *listed(void)
{
	struct rig *rig = rig_new(&pf_probe_backup_objects);
	rig->site.backups = sets;
	rig->site.backup_count = 1;
	rig->subject = "backup far";
	return rig;
}

/* Three copies, an hour, a day and two days old. */
static struct pf_facts_s3 *objects(struct rig *rig)
{
	struct pf_entry *newest = pf_arena_array(rig->arena, 3, sizeof *newest);
	for (int i = 0; i < 3; i++)
		newest[i] =
			(struct pf_entry){.path = pf_arena_print(rig->arena, "db/%d.dump", 3 - i),
		                          .type = "file",
		                          .size = USUAL,
		                          .modified = NOW - HOUR - i * 24 * HOUR};
	struct pf_answer *answer = rig_put(rig, "objects", PF_KIND_s3, PF_answered);
	answer->s3 = (struct pf_facts_s3){.status = 200,
	                                  .now = NOW,
	                                  .objects = 3,
	                                  .bytes = 3 * USUAL,
	                                  .pages = 1,
	                                  .newest = {newest, 3}};
	return &answer->s3;
}

static struct pf_facts_s3 *refused(struct rig *rig, int status, const char *code)
{
	struct pf_answer *answer = rig_put(rig, "objects", PF_KIND_s3, PF_answered);
	answer->s3 = (struct pf_facts_s3){.status = status, .code = code, .now = NOW};
	return &answer->s3;
}

static void backups_in_a_bucket_pass_when_they_are_there_fresh_and_enough(void **state)
{
	(void)state;
	struct rig *rig = listed();
	objects(rig);
	rig_expect_said(rig, "backups.exist", PF_PASS, PF_CRITICAL, "3 objects in s3://b/db/");
	rig_expect(rig, "backups.fresh", PF_PASS);
	rig_expect(rig, "backups.retention", PF_PASS);
	rig_expect_said(rig, "backups.complete", PF_SKIP, PF_HIGH, "is not read");
	rig_free(rig);
}

static void backups_in_a_bucket_fail_when_nothing_is_there(void **state)
{
	(void)state;
	struct rig *rig = listed();
	refused(rig, 200, NULL);
	rig_expect_said(rig, "backups.exist", PF_FAIL, PF_CRITICAL, "there is no object");
	rig_expect(rig, "backups.fresh", PF_UNKNOWN);
	rig_expect(rig, "backups.retention", PF_UNKNOWN);
	rig_expect(rig, "backups.complete", PF_UNKNOWN);
	refused(rig, 200, NULL)->empty = 2;
	rig_expect_said(rig, "backups.exist", PF_FAIL, PF_CRITICAL, "are empty");
	refused(rig, 404, "NoSuchBucket");
	rig_expect_said(rig, "backups.exist", PF_FAIL, PF_CRITICAL, "no bucket b");
	rig_free(rig);
}

static void backups_in_a_bucket_fail_when_stale_few_or_shrunk(void **state)
{
	(void)state;
	struct rig *rig = listed();
	struct pf_facts_s3 *seen = objects(rig);
	struct pf_entry *newest = (struct pf_entry *)seen->newest.at;
	newest[0].modified = NOW - 30 * HOUR;
	rig_expect_said(rig, "backups.fresh", PF_FAIL, PF_HIGH, "30 h old");
	seen->objects = 2;
	rig_expect(rig, "backups.retention", PF_FAIL);
	newest[0].size = USUAL / 3;
	rig_expect_said(rig, "backups.complete", PF_FAIL, PF_HIGH, "those before it about");
	rig_free(rig);
}

static void backups_in_a_bucket_are_unknown_when_more_are_there_than_were_listed(void **state)
{
	(void)state;
	struct rig *rig = listed();
	struct pf_facts_s3 *seen = objects(rig);
	seen->truncated = true;
	rig_expect(rig, "backups.fresh", PF_PASS);
	seen->objects = 2;
	rig_expect(rig, "backups.retention", PF_PASS);
	((struct pf_entry *)seen->newest.at)[0].modified = NOW - 30 * HOUR;
	rig_expect_said(rig, "backups.fresh", PF_UNKNOWN, PF_HIGH, "longer prefix");
	rig_free(rig);
}

static void backups_in_a_bucket_are_unknown_when_the_clocks_differ(void **state)
{
	(void)state;
	struct rig *rig = listed();
	((struct pf_entry *)objects(rig)->newest.at)[0].modified = NOW + HOUR;
	rig_expect_said(rig, "backups.fresh", PF_UNKNOWN, PF_HIGH, "in the future");
	rig_free(rig);
}

static void backups_in_a_bucket_are_unknown_when_it_is_not_shown(void **state)
{
	(void)state;
	static const char *const ids[] = {"backups.exist", "backups.fresh", "backups.retention",
	                                  "backups.complete"};
	for (size_t i = 0; i < 4; i++) {
		struct rig *rig = listed();
		refused(rig, 403, "SignatureDoesNotMatch");
		rig_expect(rig, ids[i], PF_UNKNOWN);
		rig_put(rig, "objects", PF_KIND_s3, PF_refused);
		rig_expect(rig, ids[i], PF_UNKNOWN);
		rig_put(rig, "objects", PF_KIND_s3, PF_tls_untrusted);
		rig_expect(rig, ids[i], PF_UNKNOWN);
		rig_put(rig, "objects", PF_KIND_s3, PF_no_password);
		rig_expect(rig, ids[i], PF_UNKNOWN);
		rig_free(rig);
	}
}

static void the_address_that_answers_counts(void **state)
{
	(void)state;
	struct rig *rig = listed();
	struct pf_facts_s3 seen = *objects(rig);
	rig_put(rig, "objects", PF_KIND_s3, PF_silent);
	rig_put(rig, "objects-again", PF_KIND_s3, PF_answered)->s3 = seen;
	rig_expect(rig, "backups.exist", PF_PASS);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_in_a_bucket_pass_when_they_are_there_fresh_and_enough),
		cmocka_unit_test(backups_in_a_bucket_fail_when_nothing_is_there),
		cmocka_unit_test(backups_in_a_bucket_fail_when_stale_few_or_shrunk),
		cmocka_unit_test(
			backups_in_a_bucket_are_unknown_when_more_are_there_than_were_listed),
		cmocka_unit_test(backups_in_a_bucket_are_unknown_when_the_clocks_differ),
		cmocka_unit_test(backups_in_a_bucket_are_unknown_when_it_is_not_shown),
		cmocka_unit_test(the_address_that_answers_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
