/* backups.exist and backups.fresh: what is there, and of when. */
#include "rig_case.h"

PF_PROBE(backups);

static const char EXIST[] = "backups.exist", FRESH[] = "backups.fresh",
		  KEPT[] = "backups.retention";

static const char *const patterns[] = {"/var/backups/shop/db-*.dump"};
static const struct pf_backup sets[] = {
	{.name = "nightly", .of = "default", .files = {patterns, 1}},
};

enum { NOW = 1800000000, HOUR = 3600 };

static struct rig *backed_up(void)
{
	struct rig *rig = rig_new(&pf_probe_backups);
	rig->site.backups = sets;
	rig->site.backup_count = 1;
	rig->subject = "backup nightly";
	return rig;
}

/* Two files, the newest `hours` old and of `size` bytes. */
static void two_files(struct rig *rig, int64_t hours, int64_t size)
{
	struct pf_entry *files = pf_arena_array(rig->arena, 2, sizeof *files);
	files[0] = (struct pf_entry){.path = "/var/backups/shop/db-2.dump",
	                             .type = "file",
	                             .size = size,
	                             .modified = NOW - hours * HOUR};
	files[1] = (struct pf_entry){.path = "/var/backups/shop/db-1.dump",
	                             .type = "file",
	                             .size = 4096,
	                             .modified = NOW - 90 * HOUR};
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file =
		(struct pf_facts_file){.now = NOW, .matched = 2, .files = {files, 2}};
}

static void nothing(struct rig *rig)
{
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file = (struct pf_facts_file){.now = NOW};
}

static void backups_exist__passes_when_a_file_holds_something(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	two_files(rig, 2, 5000);
	rig_expect_said(rig, EXIST, PF_PASS, PF_CRITICAL, "db-2.dump (5000 bytes)");
	rig_free(rig);
}

static void backups_exist__fails_when_nothing_matches(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	nothing(rig);
	rig_expect_said(rig, EXIST, PF_FAIL, PF_CRITICAL, patterns[0]);
	rig_expect(rig, FRESH, PF_UNKNOWN);
	rig_put(rig, "files", PF_KIND_file, PF_absent);
	rig_expect(rig, EXIST, PF_FAIL);
	rig_free(rig);
}

static void backups_exist__fails_when_all_files_are_empty(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	two_files(rig, 2, 0);
	rig->answers[0].file.files.count = 1;
	rig_expect_said(rig, EXIST, PF_FAIL, PF_CRITICAL, "empty");
	rig_free(rig);
}

static void backups_exist__fails_when_a_database_has_no_set(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	rig->subject = "database reports";
	rig_put(rig, "undeclared", PF_KIND_file, PF_answered);
	rig_expect_said(rig, EXIST, PF_FAIL, PF_CRITICAL, "declares no backup");
	rig_free(rig);
}

static void backups_exist__is_unknown_when_the_directory_is_closed_to_us(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	rig_put(rig, "files", PF_KIND_file, PF_no_permission);
	rig_expect(rig, EXIST, PF_UNKNOWN);
	rig_expect(rig, FRESH, PF_UNKNOWN);
	rig_free(rig);
}

static void backups_fresh__passes_when_the_newest_is_young(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	two_files(rig, 25, 5000);
	rig_expect_said(rig, FRESH, PF_PASS, PF_HIGH, "25 h old; up to 26 h");
	rig_free(rig);
}

static void backups_fresh__fails_when_the_newest_is_old(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	two_files(rig, 27, 5000);
	rig_expect_said(rig, FRESH, PF_FAIL, PF_HIGH, "27 h old; at most 26 h");
	rig_free(rig);
}

static void backups_fresh__fails_when_only_an_empty_file_is_young(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	two_files(rig, 1, 0);
	rig_expect_said(rig, FRESH, PF_FAIL, PF_HIGH, "db-1.dump");
	rig_free(rig);
}

static void backups_fresh__fails_when_it_comes_from_the_future(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	two_files(rig, -48, 5000);
	rig_expect_said(rig, FRESH, PF_FAIL, PF_HIGH, "in the future");
	rig_free(rig);
}

static void backups_fresh__is_unknown_when_nothing_is_there(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	nothing(rig);
	rig_expect(rig, FRESH, PF_UNKNOWN);
	rig_free(rig);
}

/* The set, with so many generations wanted. */
static void want(struct rig *rig, int64_t keep)
{
	struct pf_backup *set = pf_arena_take(rig->arena, sizeof *set);
	*set = sets[0];
	set->keep = keep;
	rig->site.backups = set;
}

static void backups_retention__passes_when_as_many_are_there(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	two_files(rig, 2, 5000);
	rig_expect(rig, KEPT, PF_SKIP);
	want(rig, 2);
	rig_expect_said(rig, KEPT, PF_PASS, PF_LOW, "2 generations");
	rig_free(rig);
}

static void backups_retention__fails_when_fewer_hold_anything(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	want(rig, 2);
	two_files(rig, 2, 0);
	rig_expect_said(rig, KEPT, PF_FAIL, PF_LOW, "1 generations are there; 2 should be");
	rig_free(rig);
}

static void backups_retention__is_unknown_when_nothing_can_be_counted(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	want(rig, 2);
	nothing(rig);
	rig_expect(rig, KEPT, PF_UNKNOWN);
	rig_put(rig, "files", PF_KIND_file, PF_no_permission);
	rig_expect(rig, KEPT, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_exist__passes_when_a_file_holds_something),
		cmocka_unit_test(backups_exist__fails_when_nothing_matches),
		cmocka_unit_test(backups_exist__fails_when_all_files_are_empty),
		cmocka_unit_test(backups_exist__fails_when_a_database_has_no_set),
		cmocka_unit_test(backups_exist__is_unknown_when_the_directory_is_closed_to_us),
		cmocka_unit_test(backups_fresh__passes_when_the_newest_is_young),
		cmocka_unit_test(backups_fresh__fails_when_the_newest_is_old),
		cmocka_unit_test(backups_fresh__fails_when_only_an_empty_file_is_young),
		cmocka_unit_test(backups_fresh__fails_when_it_comes_from_the_future),
		cmocka_unit_test(backups_fresh__is_unknown_when_nothing_is_there),
		cmocka_unit_test(backups_retention__passes_when_as_many_are_there),
		cmocka_unit_test(backups_retention__fails_when_fewer_hold_anything),
		cmocka_unit_test(backups_retention__is_unknown_when_nothing_can_be_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
