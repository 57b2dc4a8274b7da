/* backups.of-this-site: the newest copy of a database and those of the uploads. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(backup_pairs);

static const char OURS[] = "backups.of-this-site";

static const char *const patterns[] = {"/var/backups/shop/db-*.dump"};
static const struct pf_backup sets[] = {
	{.name = "nightly", .of = "default", .files = {patterns, 1}},
	{.name = "uploads", .of = "media", .files = {patterns, 1}},
	{.name = "pg", .of = "default", .tool = "pgbackrest", .tool_target = "shop"},
	{.name = "res", .of = "default", .tool = "restic", .tool_target = "/srv/r"},
};

enum { NOW = 1795689000, HOUR = 3600 };

static struct rig *about(const char *subject)
{
	struct rig *rig = rig_new(&pf_probe_backup_pairs);
	rig->site.backups = sets;
	rig->site.backup_count = PF_COUNT(sets);
	rig->subject = subject;
	return rig;
}

/* Dumps of an hour and of a day ago. */
static struct rig *dumped(void)
{
	static const struct pf_entry files[] = {
		{.path = "/b/2", .type = "file", .size = 9, .modified = NOW - HOUR},
		{.path = "/b/1", .type = "file", .size = 9, .modified = NOW - 25 * HOUR},
	};
	struct rig *rig = about("backup nightly");
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file =
		(struct pf_facts_file){.now = NOW, .matched = 2, .files = {files, 2}};
	return rig;
}

/* Copies of the uploads, so many hours old. */
static void uploads(struct rig *rig, int first, int second)
{
	const char *tag = pf_arena_print(rig->arena, "uploads copied at: %d %d", NOW - first * HOUR,
	                                 NOW - second * HOUR);
	rig_put(rig, tag, PF_KIND_process, PF_answered);
}

static void expect(struct rig *rig, enum pf_status status, const char *text)
{
	rig_expect(rig, OURS, status);
	assert_non_null(strstr(rig_find(rig, OURS)->summary, text));
	rig_free(rig);
}

static void backups_of_this_site__passes_a_pair_of_one_day(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	uploads(rig, 3, 50);
	expect(rig, PF_PASS, "2 h apart");
	rig = dumped();
	uploads(rig, 27, 51);
	expect(rig, PF_PASS, "26 h apart");
	/* Of several sets, the closest counts. */
	rig = dumped();
	uploads(rig, 80, 90);
	uploads(rig, 8, 32);
	expect(rig, PF_PASS, "7 h apart");
}

static void backups_of_this_site__fails_when_the_uploads_are_of_another_day(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	uploads(rig, 72, 96);
	expect(rig, PF_FAIL, "71 h apart; up to 26 h");
}

static void backups_of_this_site__is_unknown_when_one_of_the_two_was_not_seen(void **state)
{
	(void)state;
	expect(dumped(), PF_UNKNOWN, "no copy of the uploads");
	struct rig *rig = dumped();
	uploads(rig, 1, 2);
	rig->answers[0].file.files.count = 0;
	expect(rig, PF_UNKNOWN, "no copy of it");
	rig = dumped();
	rig_put(rig, "files", PF_KIND_file, PF_no_permission);
	expect(rig, PF_UNKNOWN, "not seen");
	rig = about("backup uploads");
	rig_put(rig, "files", PF_KIND_file, PF_answered);
	expect(rig, PF_SKIP, "compared");
}

#define INFO                                                                                       \
	"[{\"backup\":[{\"label\":\"F\",\"timestamp\":{\"stop\":1795340000}}],\"status\":{"        \
	"\"code\":0}}]"

static void backups_of_this_site__passes_what_goes_back_to_any_time(void **state)
{
	(void)state;
	struct rig *rig = about("backup pg");
	rig_put(rig, "kept", PF_KIND_exec, PF_answered)->exec.output = INFO;
	uploads(rig, 2, 26);
	expect(rig, PF_PASS, "can bring the database back");
	rig = about("backup res");
	rig_put(rig, "kept", PF_KIND_exec, PF_answered)->exec.output =
		"[{\"time\":\"2026-11-23T09:30:00Z\",\"short_id\":\"a\"}]";
	uploads(rig, 2, 26);
	expect(rig, PF_FAIL, "apart");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_of_this_site__passes_a_pair_of_one_day),
		cmocka_unit_test(backups_of_this_site__fails_when_the_uploads_are_of_another_day),
		cmocka_unit_test(backups_of_this_site__is_unknown_when_one_of_the_two_was_not_seen),
		cmocka_unit_test(backups_of_this_site__passes_what_goes_back_to_any_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
