/* backups.restorable: what the last restore drill proves. */
#include "rig_case.h"

PF_PROBE(backup_drill);

static const char ID[] = "backups.restorable";

enum { NOW = 1800000000, HOUR = 3600, DAY = 24 * HOUR };

static const struct pf_service databases[] = {
	{.name = "default", .url = {.scheme = "postgresql", .path = "/shop"}},
};

static const struct pf_backup sets[] = {
	{.name = "nightly", .of = "default", .restore_into = "postgresql:///"},
	{.name = "idle", .of = "default"},
	{.name = "uploads", .of = "media", .restore_into = "postgresql:///"},
};

static struct rig *of_set(const char *subject)
{
	struct rig *rig = rig_new(&pf_probe_backup_drill);
	rig->site.backups = sets;
	rig->site.backup_count = 3;
	rig->site.databases = databases;
	rig->site.database_count = 1;
	rig->subject = subject;
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file.now = NOW;
	return rig;
}

/* Restored an hour ago, from a dump that was made two hours ago. */
static struct pf_facts_drill *drilled(struct rig *rig)
{
	struct pf_answer *answer = rig_put(rig, "drill", PF_KIND_drill, PF_answered);
	answer->drill = (struct pf_facts_drill){.now = NOW,
	                                        .result = "restored",
	                                        .drilled_at = NOW - HOUR,
	                                        .restored_at = NOW - HOUR,
	                                        .path = "/var/backups/db.dump",
	                                        .modified = NOW - 2 * HOUR,
	                                        .tables = 12,
	                                        .rows = 62,
	                                        .migrations = 19,
	                                        .migration = "shop.0002_price",
	                                        .migrated_at = NOW - 9 * DAY};
	return &answer->drill;
}

static void live(struct rig *rig, const char *migration, int64_t at)
{
	rig_put(rig, "live", PF_KIND_drill, PF_answered);
	rig_question(rig, "live")->drill =
		(struct pf_ask_drill){.step = "ledger", .live = migration, .live_at = at};
}

static void backups_restorable__passes_after_a_drill_of_late(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	drilled(rig);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH,
	                "12 tables, 62 rows, newest migration "
	                "shop.0002_price, not compared");
	live(rig, "shop.0002_price", NOW - 9 * DAY);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "as in the live database");
	live(rig, "shop.0003_tax", NOW - HOUR);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "the live one has gone on since");
	rig_free(rig);
}

static void backups_restorable__passes_by_the_ledger_without_consent(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	struct pf_facts_drill *drill = drilled(rig);
	drill->due = drill->no_consent = true;
	drill->hurdle = "a drill writes, and that needs --allow-writes";
	drill->restored_at = drill->drilled_at = NOW - 6 * DAY;
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void backups_restorable__fails_when_it_did_not_restore(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	struct pf_facts_drill *drill = drilled(rig);
	drill->result = "failed";
	drill->error = "could not read from input file";
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "could not read from input file");
	rig_free(rig);
}

static void backups_restorable__fails_when_the_last_success_is_too_old(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	struct pf_facts_drill *drill = drilled(rig);
	drill->restored_at = drill->drilled_at = NOW - 8 * DAY;
	drill->hurdle = "a drill writes, and that needs --allow-writes";
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "8 days ago; at most 7 days are allowed");
	rig_free(rig);
}

static void backups_restorable__fails_when_it_lacks_a_migration_of_its_time(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	struct pf_facts_drill *drill = drilled(rig);
	live(rig, "shop.0003_tax", NOW - 3 * DAY);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "the live database had shop.0003_tax");
	drill->made_at = NOW - 5 * DAY; /* an old dump, copied since: not that */
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void backups_restorable__fails_when_a_database_was_left(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	drilled(rig)->left = "postflight_drill_0123456789abcdef";
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "postflight clean");
	rig_free(rig);
}

static void backups_restorable__is_unknown_when_no_drill_was_ever_made(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	struct pf_answer *answer = rig_put(rig, "drill", PF_KIND_drill, PF_answered);
	answer->drill.no_consent = true;
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "--allow-writes");
	answer->drill.no_consent = false;
	answer->drill.hurdle = "it is encrypted";
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "it is encrypted");
	rig_free(rig);
}

static void backups_restorable__is_unknown_without_an_answer(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup nightly");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "no backup that could be restored");
	rig_put(rig, "drill", PF_KIND_drill, PF_worker_died);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "drill", PF_KIND_drill, PF_no_resources);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "files", PF_KIND_file, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void backups_restorable__is_skipped_where_nothing_can_be_restored(void **state)
{
	(void)state;
	struct rig *rig = of_set("backup idle");
	rig_expect_said(rig, ID, PF_SKIP, PF_HIGH, "restore_into");
	rig_free(rig);
	rig = of_set("backup uploads");
	rig_expect_said(rig, ID, PF_SKIP, PF_HIGH, "unpacking");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_restorable__passes_after_a_drill_of_late),
		cmocka_unit_test(backups_restorable__passes_by_the_ledger_without_consent),
		cmocka_unit_test(backups_restorable__fails_when_it_did_not_restore),
		cmocka_unit_test(backups_restorable__fails_when_the_last_success_is_too_old),
		cmocka_unit_test(backups_restorable__fails_when_it_lacks_a_migration_of_its_time),
		cmocka_unit_test(backups_restorable__fails_when_a_database_was_left),
		cmocka_unit_test(backups_restorable__is_unknown_when_no_drill_was_ever_made),
		cmocka_unit_test(backups_restorable__is_unknown_without_an_answer),
		cmocka_unit_test(backups_restorable__is_skipped_where_nothing_can_be_restored),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
