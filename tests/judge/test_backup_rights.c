/* backups.private: who can read a dump. */
#include "rig_case.h"

PF_PROBE(backup_rights);

static const char ID[] = "backups.private";

static const char *const patterns[] = {"/var/backups/shop/db-*.dump"};
static const struct pf_backup sets[] = {
	{.name = "nightly", .of = "default", .files = {patterns, 1}},
};

static struct rig *backed_up(void)
{
	struct rig *rig = rig_new(&pf_probe_backup_rights);
	rig->site.backups = sets;
	rig->site.backup_count = 1;
	rig->subject = "backup nightly";
	return rig;
}

/* One dump of backup's in /var/backups/shop, with these modes. */
static struct rig *dump(int64_t mode, const char *group, int64_t directory)
{
	struct rig *rig = backed_up();
	struct pf_entry *file = pf_arena_take(rig->arena, sizeof *file);
	*file = (struct pf_entry){.path = "/var/backups/shop/db-1.dump",
	                          .type = "file",
	                          .mode = mode,
	                          .owner = "backup",
	                          .group = group,
	                          .size = 5000};
	struct pf_entry *parents = pf_arena_array(rig->arena, 3, sizeof *parents);
	parents[0] = (struct pf_entry){.path = "/var/backups/shop", .mode = directory};
	parents[1] = (struct pf_entry){.path = "/var/backups", .mode = 0755};
	parents[2] = (struct pf_entry){.path = "/", .mode = 0755};
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file =
		(struct pf_facts_file){.matched = 1, .files = {file, 1}, .parents = {parents, 3}};
	return rig;
}

static void expect(int64_t mode, const char *group, int64_t directory, enum pf_status status)
{
	struct rig *rig = dump(mode, group, directory);
	rig_expect(rig, ID, status);
	rig_free(rig);
}

static void backups_private__passes_when_only_the_owner_reads(void **state)
{
	(void)state;
	expect(0600, "backup", 0700, PF_PASS);
	expect(0600, "staff", 0755, PF_PASS);
	expect(0640, "backup", 0755, PF_PASS);
	expect(0640, "root", 0755, PF_PASS);
}

static void backups_private__passes_when_the_directory_is_closed(void **state)
{
	(void)state;
	struct rig *rig = dump(0644, "staff", 0700);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "a directory on the way is closed");
	rig_free(rig);
}

static void backups_private__fails_when_everybody_reads(void **state)
{
	(void)state;
	struct rig *rig = dump(0644, "backup", 0755);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "mode 0644, owner backup");
	rig_free(rig);
	expect(0604, "backup", 0711, PF_FAIL);
}

static void backups_private__fails_when_a_group_of_others_reads(void **state)
{
	(void)state;
	expect(0640, "staff", 0750, PF_FAIL);
	expect(0640, "staff", 0700, PF_PASS);
}

static void backups_private__fails_when_everybody_may_replace_it(void **state)
{
	(void)state;
	expect(0600, "backup", 0777, PF_FAIL);
	expect(0600, "backup", 01777, PF_PASS);
}

static void backups_private__is_unknown_when_there_is_none(void **state)
{
	(void)state;
	struct rig *rig = backed_up();
	rig_put(rig, "files", PF_KIND_file, PF_answered);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "files", PF_KIND_file, PF_no_permission);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void backups_private__passes_by_the_mode_of_files_not_of_links(void **state)
{
	(void)state;
	struct rig *rig = dump(0600, "backup", 0755);
	struct pf_facts_file *seen = &rig->answers[0].file;
	struct pf_entry *files = pf_arena_array(rig->arena, 2, sizeof *files);
	files[0] = seen->files.at[0];
	files[1] = files[0];
	files[1].path = "/var/backups/shop/db-gone.dump";
	files[1].type = "link";
	files[1].mode = 0777;
	seen->files = (struct pf_entries){files, 2};
	seen->matched = 2;
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "1 files are");
	rig_free(rig);
}

static void backups_private__is_unknown_when_only_links_to_nowhere_are_there(void **state)
{
	(void)state;
	struct rig *rig = dump(0777, "backup", 0755);
	((struct pf_entry *)rig->answers[0].file.files.at)->type = "link";
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "no backup whose rights");
	rig_free(rig);
}

static void backups_private__is_unknown_when_not_all_were_looked_at(void **state)
{
	(void)state;
	struct rig *rig = dump(0600, "backup", 0755);
	rig->answers[0].file.matched = 4000;
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "the newest 1 of 4000 files");
	rig_free(rig);
	rig = dump(0644, "backup", 0755);
	rig->answers[0].file.matched = 4000;
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_private__passes_when_only_the_owner_reads),
		cmocka_unit_test(backups_private__passes_when_the_directory_is_closed),
		cmocka_unit_test(backups_private__fails_when_everybody_reads),
		cmocka_unit_test(backups_private__fails_when_a_group_of_others_reads),
		cmocka_unit_test(backups_private__fails_when_everybody_may_replace_it),
		cmocka_unit_test(backups_private__is_unknown_when_there_is_none),
		cmocka_unit_test(backups_private__passes_by_the_mode_of_files_not_of_links),
		cmocka_unit_test(backups_private__is_unknown_when_only_links_to_nowhere_are_there),
		cmocka_unit_test(backups_private__is_unknown_when_not_all_were_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
