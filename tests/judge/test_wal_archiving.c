/* The archiver's last word. */
#include "rig_database.h"

PF_PROBE(wal_archiving);

static const char ID[] = "backups.wal-archiving";

static void backups_wal_archiving__passes_when_the_last_word_is_a_success(void **state)
{
	(void)state;
	struct rig *rig = rig_database(&pf_probe_wal_archiving);
	CELLS(rig, "archiver.0.mode=on", "archiver.0.last_archived=1000",
	      "archiver.0.last_failed=900", "archiver.0.now=1060");
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "1 minutes ago");
	CELLS(rig, "archiver.0.mode=always", "archiver.0.last_archived=1000",
	      "archiver.0.now=1060");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void backups_wal_archiving__fails_when_it_failed_after_its_last_success(void **state)
{
	(void)state;
	struct rig *rig = rig_database(&pf_probe_wal_archiving);
	CELLS(rig, "archiver.0.mode=on", "archiver.0.last_archived=900",
	      "archiver.0.last_failed=1000", "archiver.0.now=1600");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "10 minutes");
	CELLS(rig, "archiver.0.mode=on", "archiver.0.last_failed=1000", "archiver.0.now=1600");
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void backups_wal_archiving__is_skipped_where_nothing_is_archived(void **state)
{
	(void)state;
	struct rig *rig = rig_database(&pf_probe_wal_archiving);
	CELLS(rig, "archiver.0.mode=off");
	rig_expect(rig, ID, PF_SKIP);
	rig_free(rig);
}

static void backups_wal_archiving__is_unknown_before_the_first_segment_or_unread(void **state)
{
	(void)state;
	struct rig *rig = rig_database(&pf_probe_wal_archiving);
	CELLS(rig, "archiver.0.mode=on", "archiver.0.now=1600");
	rig_expect(rig, ID, PF_UNKNOWN);
	CELLS(rig, "archiver.0.error=42501");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "login", PF_KIND_sql, PF_no_password);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_wal_archiving__passes_when_the_last_word_is_a_success),
		cmocka_unit_test(
			backups_wal_archiving__fails_when_it_failed_after_its_last_success),
		cmocka_unit_test(backups_wal_archiving__is_skipped_where_nothing_is_archived),
		cmocka_unit_test(
			backups_wal_archiving__is_unknown_before_the_first_segment_or_unread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
