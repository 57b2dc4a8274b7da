/* databases.sqlite-file: where the file lies, and who gets at it. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(sqlite_file);

static const char ID[] = "databases.sqlite-file";
static const char *const here[] = {"bastion"};

static struct rig *kept_at(const char *path, struct pf_entry file, int64_t directory)
{
	struct rig *rig = rig_new(&pf_probe_sqlite_file);
	struct pf_service *database = pf_arena_take(rig->arena, sizeof *database);
	struct pf_entry *files = pf_arena_array(rig->arena, 2, sizeof *files);
	struct pf_entry *parents = pf_arena_array(rig->arena, 2, sizeof *parents);
	*database = (struct pf_service){.name = "default",
	                                .url = {.scheme = "sqlite", .host = "", .path = path}};
	rig->site.databases = database;
	rig->site.database_count = 1;
	rig->site.app = (struct pf_app){.declared = true, .on = {here, 1}, .user = "shop"};
	rig->site.media =
		(struct pf_directory){.declared = true, .on = {here, 1}, .root = "/srv/media/"};
	rig->subject = pf_arena_print(rig->arena, "sqlite://%s", path);
	files[0] = file;
	files[0].path = path;
	files[1] = file;
	files[1].path = pf_arena_print(rig->arena, "%s-wal", path);
	files[1].mode = 0600;
	parents[0] = (struct pf_entry){
		.path = pf_arena_copy_bytes(rig->arena, path, (size_t)(strrchr(path, '/') - path)),
		.mode = directory};
	parents[1] = (struct pf_entry){.path = "/", .mode = 0755};
	rig_put(rig, "file", PF_KIND_file, PF_answered)->file =
		(struct pf_facts_file){.matched = 2, .files = {files, 2}, .parents = {parents, 2}};
	return rig;
}

static void expect(const char *path, int64_t mode, const char *group, int64_t directory,
                   enum pf_status status)
{
	struct rig *rig =
		kept_at(path, (struct pf_entry){.mode = mode, .owner = "django", .group = group},
	                directory);
	rig_expect(rig, ID, status);
	rig_free(rig);
}

static const char PATH[] = "/srv/data/db.sqlite3";

static void databases_sqlite_file__passes_when_the_app_alone_gets_at_it(void **state)
{
	(void)state;
	expect(PATH, 0600, "staff", 0755, PF_PASS);
	expect(PATH, 0660, "shop", 0755, PF_PASS);
	expect(PATH, 0660, "django", 0755, PF_PASS);
	expect(PATH, 0644, "django", 0700, PF_PASS);
	expect(PATH, 0644, "django", 0750, PF_PASS);
	expect("/srv/media-data/db.sqlite3", 0600, "django", 0755, PF_PASS);
}

static void databases_sqlite_file__fails_when_others_read_it(void **state)
{
	(void)state;
	expect(PATH, 0644, "django", 0755, PF_FAIL);
	expect(PATH, 0602, "django", 0711, PF_FAIL);
	expect(PATH, 0640, "www-data", 0755, PF_FAIL);
}

static void databases_sqlite_file__fails_when_a_journal_is_open(void **state)
{
	(void)state;
	struct rig *rig = kept_at(
		PATH, (struct pf_entry){.mode = 0600, .owner = "shop", .group = "shop"}, 0755);
	struct pf_entry *files = (struct pf_entry *)rig->answers[0].file.files.at;
	files[1].mode = 0644;
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "db.sqlite3-wal (mode 0644");
	rig_free(rig);
}

static void databases_sqlite_file__fails_when_it_is_served_or_can_be_replaced(void **state)
{
	(void)state;
	expect("/srv/media/db.sqlite3", 0600, "django", 0700, PF_FAIL);
	expect(PATH, 0600, "django", 0777, PF_FAIL);
	expect(PATH, 0600, "django", 01777, PF_PASS);
}

static void databases_sqlite_file__is_unknown_without_the_file(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_absent, PF_no_permission, PF_worker_hung};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig =
			kept_at(PATH, (struct pf_entry){.owner = "shop", .group = "shop"}, 0700);
		rig_put(rig, "file", PF_KIND_file, endings[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_put(rig, "file", PF_KIND_file, PF_answered);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_sqlite_file__passes_when_the_app_alone_gets_at_it),
		cmocka_unit_test(databases_sqlite_file__fails_when_others_read_it),
		cmocka_unit_test(databases_sqlite_file__fails_when_a_journal_is_open),
		cmocka_unit_test(databases_sqlite_file__fails_when_it_is_served_or_can_be_replaced),
		cmocka_unit_test(databases_sqlite_file__is_unknown_without_the_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
