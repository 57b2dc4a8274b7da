/* backups.complete, backups.of-this-site, and what backups.fresh makes of a content's date. */
#include "rig_case.h"

PF_PROBE(backup_contents);
PF_PROBE(backups);

static const char COMPLETE[] = "backups.complete", OURS[] = "backups.of-this-site",
		  FRESH[] = "backups.fresh";

static const char *const patterns[] = {"/var/backups/shop/db-*.dump"};
static const struct pf_backup sets[] = {
	{.name = "nightly", .of = "default", .files = {patterns, 1}},
	{.name = "uploads", .of = "media", .files = {patterns, 1}},
};
static const struct pf_service databases[] = {
	{.name = "default", .url = {.scheme = "postgresql", .path = "/shop"}},
};
static const char *const shop[] = {"shop"}, *const staging[] = {"staging"};
static const char *const migrations[] = {"django_migrations"};

enum { NOW = 1800000000, HOUR = 3600, USUAL = 400 * 1000 };

static struct rig *listed(const struct pf_probe *probe, const char *subject)
{
	struct rig *rig = rig_new(probe);
	rig->site.backups = sets;
	rig->site.backup_count = 2;
	rig->site.databases = databases;
	rig->site.database_count = 1;
	rig->subject = subject;
	struct pf_entry *files = pf_arena_array(rig->arena, 3, sizeof *files);
	for (int i = 0; i < 3; i++)
		files[i] = (struct pf_entry){
			.path = pf_arena_print(rig->arena, "/var/backups/shop/db-%d.dump", 3 - i),
			.type = "file",
			.size = USUAL,
			.modified = NOW - HOUR - i * 24 * HOUR};
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file =
		(struct pf_facts_file){.now = NOW, .matched = 3, .files = {files, 3}};
	return rig;
}

/* A whole dump of the site. */
static struct pf_facts_archive *contents(struct rig *rig)
{
	struct pf_answer *answer = rig_put(rig, "contents", PF_KIND_archive, PF_answered);
	answer->archive = (struct pf_facts_archive){.form = "pg_dump custom",
	                                            .proven = "all of it",
	                                            .size = USUAL,
	                                            .table_count = 10,
	                                            .databases = {shop, 1},
	                                            .dumped_at = NOW - HOUR,
	                                            .trailer = true};
	return &answer->archive;
}

static struct rig *dumped(void)
{
	return listed(&pf_probe_backup_contents, "backup nightly");
}

static void backups_complete__passes_what_was_read_to_its_end(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	struct pf_facts_archive *seen = contents(rig);
	rig_expect_said(rig, COMPLETE, PF_PASS, PF_HIGH, "read to its end");
	seen->form = "gpg";
	seen->proven = "its head";
	seen->encrypted = true;
	rig_expect_said(rig, COMPLETE, PF_PASS, PF_HIGH, "cannot be read further");
	rig_free(rig);
}

static void backups_complete__fails_what_is_damaged(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	contents(rig)->error = "the gzip data is damaged";
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "gzip data is damaged");
	rig_free(rig);
}

static void backups_complete__fails_a_script_without_its_last_line(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	struct pf_facts_archive *seen = contents(rig);
	seen->form = "pg_dump plain";
	rig_expect(rig, COMPLETE, PF_PASS);
	seen->trailer = false;
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "complete");
	rig_free(rig);
}

static void backups_complete__fails_a_page_and_what_is_no_backup(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	struct pf_facts_archive *seen = contents(rig);
	seen->form = "web page";
	seen->packing = "gzip";
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "web page in gzip");
	seen->form = NULL;
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "nothing that restores");
	rig_free(rig);
}

static void backups_complete__fails_what_shrank_and_what_is_a_bomb(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	struct pf_facts_archive *seen = contents(rig);
	seen->size = USUAL / 2 - 1;
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "those before it");
	seen->size = USUAL / 2;
	rig_expect(rig, COMPLETE, PF_PASS);
	seen->suspicious = (struct pf_words){staging, 1};
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "no backup should");
	rig_free(rig);
}

static void backups_complete__fails_uploads_without_files(void **state)
{
	(void)state;
	struct rig *rig = listed(&pf_probe_backup_contents, "backup uploads");
	struct pf_facts_archive *seen = contents(rig);
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "no archive of files");
	seen->form = "tar";
	seen->table_count = 0;
	rig_expect_said(rig, COMPLETE, PF_FAIL, PF_HIGH, "empty archive");
	seen->entries = 1;
	rig_expect(rig, COMPLETE, PF_PASS);
	rig_free(rig);
}

static void backups_complete__is_unknown_when_it_was_not_read_to_its_end(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	rig_expect(rig, COMPLETE, PF_UNKNOWN);
	struct pf_facts_archive *seen = contents(rig);
	seen->proven = "a part";
	rig_expect_said(rig, COMPLETE, PF_UNKNOWN, PF_HIGH, "--deadline");
	seen->proven = "all of it";
	seen->changing = true;
	rig_expect_said(rig, COMPLETE, PF_UNKNOWN, PF_HIGH, "just now");
	rig_put(rig, "contents", PF_KIND_archive, PF_worker_died);
	rig_expect(rig, COMPLETE, PF_UNKNOWN);
	rig_put(rig, "files", PF_KIND_file, PF_no_permission);
	rig_expect(rig, COMPLETE, PF_UNKNOWN);
	rig_free(rig);
}

static void backups_of_this_site__passes_the_sites_database(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	struct pf_facts_archive *seen = contents(rig);
	rig_expect_said(rig, OURS, PF_PASS, PF_MEDIUM, "shop");
	seen->databases.count = 0;
	seen->found = (struct pf_words){migrations, 1};
	rig_expect_said(rig, OURS, PF_PASS, PF_MEDIUM, "django_migrations");
	rig_free(rig);
}

static void backups_of_this_site__fails_another_database(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	struct pf_facts_archive *seen = contents(rig);
	seen->databases = (struct pf_words){staging, 1};
	rig_expect_said(rig, OURS, PF_FAIL, PF_MEDIUM, "the database staging; the site's is shop");
	seen->databases.count = 0;
	rig_expect_said(rig, OURS, PF_FAIL, PF_MEDIUM, "none of them");
	rig_free(rig);
}

static void backups_of_this_site__is_unknown_when_nothing_was_read(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	rig_expect(rig, OURS, PF_UNKNOWN);
	rig_put(rig, "files", PF_KIND_file, PF_no_permission);
	rig_expect(rig, OURS, PF_UNKNOWN);
	rig_free(rig);
}

static void backups_of_this_site__skips_what_does_not_say(void **state)
{
	(void)state;
	struct rig *rig = dumped();
	contents(rig)->encrypted = true;
	rig_expect(rig, OURS, PF_SKIP);
	rig_free(rig);
}

static void backups_fresh__fails_an_old_dump_that_was_touched(void **state)
{
	(void)state;
	struct rig *rig = listed(&pf_probe_backups, "backup nightly");
	struct pf_facts_archive *seen = contents(rig);
	rig_expect(rig, FRESH, PF_PASS);
	seen->dumped_at = NOW - 39 * HOUR; /* in some zone, 25 h ago */
	rig_expect(rig, FRESH, PF_PASS);
	seen->dumped_at = NOW - 41 * HOUR;
	rig_expect_said(rig, FRESH, PF_FAIL, PF_HIGH, "was touched 60 min ago");
	seen->dumped_at = NOW + 15 * HOUR;
	rig_expect_said(rig, FRESH, PF_FAIL, PF_HIGH, "from now");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_complete__passes_what_was_read_to_its_end),
		cmocka_unit_test(backups_complete__fails_what_is_damaged),
		cmocka_unit_test(backups_complete__fails_a_script_without_its_last_line),
		cmocka_unit_test(backups_complete__fails_a_page_and_what_is_no_backup),
		cmocka_unit_test(backups_complete__fails_what_shrank_and_what_is_a_bomb),
		cmocka_unit_test(backups_complete__fails_uploads_without_files),
		cmocka_unit_test(backups_complete__is_unknown_when_it_was_not_read_to_its_end),
		cmocka_unit_test(backups_of_this_site__passes_the_sites_database),
		cmocka_unit_test(backups_of_this_site__fails_another_database),
		cmocka_unit_test(backups_of_this_site__is_unknown_when_nothing_was_read),
		cmocka_unit_test(backups_of_this_site__skips_what_does_not_say),
		cmocka_unit_test(backups_fresh__fails_an_old_dump_that_was_touched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
