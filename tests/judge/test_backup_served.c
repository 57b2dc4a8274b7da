/* backups.not-served: where the files really lie, and what is answered under their names. */
#include "rig_case.h"

PF_PROBE(backup_served);

static const char ID[] = "backups.not-served";

static const char *const patterns[] = {"/var/backups/shop/db-*.dump"};
static const struct pf_backup sets[] = {
	{.name = "nightly", .of = "default", .files = {patterns, 1}},
};

/* Dumps in that directory, without links. */
static struct rig *dumped(const char *directory)
{
	static const struct pf_entry files[] = {
		{.path = "/var/backups/shop/db-1.dump", .type = "file", .size = 9},
	};
	struct rig *rig = rig_new(&pf_probe_backup_served);
	rig->site.backups = sets;
	rig->site.backup_count = 1;
	rig->subject = "backup nightly";
	struct pf_entry *parents = pf_arena_array(rig->arena, 3, sizeof *parents);
	parents[0] = (struct pf_entry){.path = directory, .type = "directory"};
	parents[1] = (struct pf_entry){.path = "/var", .type = "directory"};
	parents[2] = (struct pf_entry){.path = "/", .type = "directory"};
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file =
		(struct pf_facts_file){.matched = 1, .files = {files, 1}, .parents = {parents, 3}};
	return rig;
}

static void root(struct rig *rig, const char *tag, const char *path)
{
	struct pf_entry *parents = pf_arena_array(rig->arena, 2, sizeof *parents);
	parents[0] = (struct pf_entry){.path = path, .type = "directory"};
	parents[1] = (struct pf_entry){.path = "/", .type = "directory"};
	rig_put(rig, tag, PF_KIND_file, PF_answered)->file.parents =
		(struct pf_entries){parents, 2};
}

static void expect(struct rig *rig, enum pf_status status, const char *text)
{
	rig_expect_said(rig, ID, status, PF_CRITICAL, text);
	rig_free(rig);
}

static void backups_not_served__passes_files_apart_from_what_is_served(void **state)
{
	(void)state;
	expect(dumped("/var/backups/shop"), PF_PASS, "db-1.dump and its like lie in no");
	struct rig *rig = dumped("/var/backups/shop");
	root(rig, "static", "/var/www/shop/static");
	root(rig, "media", "/var/backups/shop2");
	rig_put(rig, "configured", PF_KIND_exec, PF_answered)->exec.output =
		"    root /var/www/html;\\n\\troot /;\\nalias /var/backups/sho;\\n# root\\n";
	expect(rig, PF_PASS, "in no directory");
}

static void backups_not_served__fails_files_below_a_served_directory(void **state)
{
	(void)state;
	struct rig *rig = dumped("/srv/static");
	root(rig, "static", "/srv/static");
	expect(rig, PF_FAIL, "lie in /srv/static, which a web server serves");
	rig = dumped("/srv/m/old");
	root(rig, "media", "/var");
	expect(rig, PF_FAIL, "lie in /var,");
	static const char *const lines[] = {
		"    root /srv/www;\\n", "\\tDocumentRoot \"/srv/www\"\\n", "alias /srv/www/;\\n",
		"server.document-root = \"/srv/www\""};
	for (size_t i = 0; i < PF_COUNT(lines); i++) {
		rig = dumped("/srv/www");
		rig_put(rig, "configured", PF_KIND_exec, PF_answered)->exec.output = lines[i];
		expect(rig, PF_FAIL, "lie in /srv/www,");
	}
}

static void backups_not_served__is_unknown_when_no_file_was_seen(void **state)
{
	(void)state;
	struct rig *rig = dumped("/var/backups/shop");
	rig->answers[0].file.files.count = 0;
	expect(rig, PF_SKIP, "no file");
	rig = dumped("/var/backups/shop");
	rig_put(rig, "files", PF_KIND_file, PF_no_permission);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

/* A site that answers names with what it has not. */
static struct rig *asked(void)
{
	struct rig *rig = rig_new(&pf_probe_backup_served);
	rig->site.backups = sets;
	rig->site.backup_count = 1;
	rig_page(rig, "stray", 404, "Not Found");
	rig_page(rig, "stray-hidden", 404, "Not Found");
	rig_page(rig, "stray-again", 404, "Not Found");
	rig_page(rig, "/db-1.dump", 404, "Not Found");
	rig_page(rig, "/media/db-1.dump", 404, "Not Found");
	return rig;
}

static void backups_not_served__passes_when_no_name_answers_with_a_backup(void **state)
{
	(void)state;
	expect(asked(), PF_PASS, "none of 2 places");
	struct rig *rig = asked();
	rig_page(rig, "/db-1.dump", 200, "Help");
	expect(rig, PF_PASS, "none of 2");
}

static void backups_not_served__fails_when_a_name_answers_with_one(void **state)
{
	(void)state;
	static const char *const magic[] = {"PGDMP"};
	struct rig *rig = asked();
	rig_page(rig, "/media/db-1.dump", 206, NULL)->begins_with = rig_words(rig, 1, magic);
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "/media/db-1.dump is served");
	/* Not when everything begins so. */
	rig_page(rig, "stray", 200, NULL)->begins_with = rig_words(rig, 1, magic);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void backups_not_served__is_unknown_when_the_site_stopped_answering(void **state)
{
	(void)state;
	struct rig *rig = asked();
	rig_page(rig, "stray-again", 429, "Too many");
	expect(rig, PF_UNKNOWN, "blocked");
	rig = asked();
	rig_silence(rig, "/db-1.dump", PF_deadline);
	expect(rig, PF_UNKNOWN, "1 of 2 paths");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_not_served__passes_files_apart_from_what_is_served),
		cmocka_unit_test(backups_not_served__fails_files_below_a_served_directory),
		cmocka_unit_test(backups_not_served__is_unknown_when_no_file_was_seen),
		cmocka_unit_test(backups_not_served__passes_when_no_name_answers_with_a_backup),
		cmocka_unit_test(backups_not_served__fails_when_a_name_answers_with_one),
		cmocka_unit_test(backups_not_served__is_unknown_when_the_site_stopped_answering),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
