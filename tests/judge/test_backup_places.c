/* backups.offsite and backups.encrypted: what was noted of each copy's place, and how it is kept.
 */
#include "place_reader.h"
#include "rig_case.h"

PF_PROBE(backup_places);

static const char OFFSITE[] = "backups.offsite", ENCRYPTED[] = "backups.encrypted";

static const char *const patterns[] = {"/var/backups/shop/db-*.dump"};
static const struct pf_backup sets[] = {
	{.name = "nightly", .of = "default", .files = {patterns, 1}},
	{.name = "away", .of = "default", .files = {patterns, 1}},
	{.name = "borg", .of = "media", .tool = "borg", .tool_target = "ssh://b/./r"},
};

static struct rig *about(const char *subject)
{
	struct rig *rig = rig_new(&pf_probe_backup_places);
	rig->site.backups = sets;
	rig->site.backup_count = 3;
	rig->subject = subject;
	return rig;
}

/* A database with two sets, of which this is known. */
static struct rig *placed(const char *first, const char *second)
{
	struct rig *rig = about("database default");
	rig_put(rig, "machine", PF_KIND_process, PF_answered);
	if (first)
		rig_put(rig, first, PF_KIND_process, PF_answered);
	if (second)
		rig_put(rig, second, PF_KIND_process, PF_answered);
	return rig;
}

static void expect(struct rig *rig, const char *id, enum pf_status status,
                   enum pf_severity severity, const char *text)
{
	rig_expect_said(rig, id, status, severity, text);
	rig_free(rig);
}

static const char HERE[] = "beside: nightly (on a disk) on db1",
		  THERE[] = "apart: away (on a disk) on backup1",
		  BESIDE_TOO[] = "beside: away (on a disk) on db1";

static void backups_offsite__passes_when_one_copy_is_elsewhere(void **state)
{
	(void)state;
	expect(placed(HERE, THERE), OFFSITE, PF_PASS, PF_MEDIUM, "away (on a disk) on backup1");
	expect(placed(THERE, NULL), OFFSITE, PF_PASS, PF_MEDIUM, "another machine");
	expect(placed(THERE, "unclear: nightly (on fuseblk) on db1"), OFFSITE, PF_PASS, PF_MEDIUM,
	       "another machine");
}

static void backups_offsite__fails_when_all_are_beside_the_original(void **state)
{
	(void)state;
	expect(placed(HERE, BESIDE_TOO), OFFSITE, PF_FAIL, PF_MEDIUM, "nightly (on a disk) on db1");
	/* A set that keeps nothing is no copy elsewhere. */
	expect(placed(HERE, "nothing: away (no copy) on backup1"), OFFSITE, PF_FAIL, PF_MEDIUM,
	       "every copy");
}

static void backups_offsite__is_unknown_when_a_place_was_not_seen(void **state)
{
	(void)state;
	expect(placed(HERE, NULL), OFFSITE, PF_UNKNOWN, PF_MEDIUM, "away");
	expect(placed(NULL, NULL), OFFSITE, PF_UNKNOWN, PF_MEDIUM, "nightly");
	expect(placed(HERE, "unclear: away (on fuseblk) on db1"), OFFSITE, PF_UNKNOWN, PF_MEDIUM,
	       "on fuseblk");
	struct rig *rig = placed(HERE, BESIDE_TOO);
	rig_put(rig, "machine", PF_KIND_process, PF_no_permission);
	rig_expect(rig, OFFSITE, PF_UNKNOWN);
	rig_free(rig);
}

static struct rig *file_copy(const char *form, bool encrypted)
{
	struct rig *rig = about("backup away");
	rig_put(rig, "offsite", PF_KIND_process, PF_answered);
	rig_put(rig, "contents", PF_KIND_archive, PF_answered)->archive =
		(struct pf_facts_archive){.form = form, .encrypted = encrypted};
	return rig;
}

static struct rig *kept(const char *output)
{
	struct rig *rig = about("backup borg");
	rig_put(rig, "offsite", PF_KIND_process, PF_answered);
	rig_put(rig, "kept", PF_KIND_exec, PF_answered)->exec.output = output;
	return rig;
}

#define BORG(mode)                                                                                 \
	"{\"archives\": [{\"name\": \"a\", \"start\": \"2026-11-26T09:30:00.0\"}], "               \
	"\"encryption\": {\"mode\": \"" mode "\"}}"

static void backups_encrypted__passes_what_says_so(void **state)
{
	(void)state;
	expect(file_copy("age", true), ENCRYPTED, PF_PASS, PF_LOW, "age");
	expect(kept(BORG("repokey-blake2")), ENCRYPTED, PF_PASS, PF_LOW, "repokey-blake2");
}

static void backups_encrypted__fails_what_lies_there_as_it_is(void **state)
{
	(void)state;
	expect(file_copy("pg_dump custom", false), ENCRYPTED, PF_FAIL, PF_LOW, "pg_dump custom");
	expect(kept(BORG("none")), ENCRYPTED, PF_FAIL, PF_LOW, "without encryption");
	/* Signed, but for everybody to read. */
	expect(kept(BORG("authenticated-blake2")), ENCRYPTED, PF_FAIL, PF_LOW, "without");
}

static void backups_encrypted__is_unknown_when_nothing_was_read(void **state)
{
	(void)state;
	expect(kept(""), ENCRYPTED, PF_UNKNOWN, PF_LOW, "does not say");
	struct rig *rig = file_copy("", false);
	rig->answers[1].archive.error = "it ends in the middle";
	expect(rig, ENCRYPTED, PF_UNKNOWN, PF_LOW, "damaged");
	rig = about("backup away");
	rig_put(rig, "offsite", PF_KIND_process, PF_answered);
	expect(rig, ENCRYPTED, PF_UNKNOWN, PF_LOW, "no backup");
}

static void backups_encrypted__skips_what_is_at_home(void **state)
{
	(void)state;
	struct rig *rig = about("backup nightly");
	rig_put(rig, "files", PF_KIND_file, PF_answered);
	rig_expect(rig, ENCRYPTED, PF_SKIP);
	rig_free(rig);
}

static void a_repository_names_its_place(void **state)
{
	(void)state;
	static const struct {
		const char *repository, *host;
		enum pf_where where;
	} cases[] = {
		{"/srv/r", "", PF_WHERE_HERE},
		{"file:///srv/r", "", PF_WHERE_HERE},
		{"ssh://borg@backup1:22/./r", "backup1", PF_WHERE_AWAY},
		{"borg@backup1:r", "backup1", PF_WHERE_AWAY},
		{"sftp:borg@[fd00::1]:/r", "fd00::1", PF_WHERE_AWAY},
		{"sftp://localhost/r", "localhost", PF_WHERE_HERE},
		{"rest:https://backup1:8000/", "backup1", PF_WHERE_AWAY},
		{"rest:http://127.0.0.1:8000/", "127.0.0.1", PF_WHERE_HERE},
		{"s3:https://s3.example/b", "", PF_WHERE_AWAY},
		{"b2:bucket:r", "", PF_WHERE_AWAY},
		{"rclone:disk:r", "", PF_WHERE_UNKNOWN},
		{"relative/r", "", PF_WHERE_UNKNOWN},
	};
	for (size_t i = 0; i < PF_COUNT(cases); i++) {
		char host[32];
		assert_int_equal(pf_repository_place(cases[i].repository, host, sizeof host),
		                 cases[i].where);
		assert_string_equal(host, cases[i].host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_offsite__passes_when_one_copy_is_elsewhere),
		cmocka_unit_test(backups_offsite__fails_when_all_are_beside_the_original),
		cmocka_unit_test(backups_offsite__is_unknown_when_a_place_was_not_seen),
		cmocka_unit_test(backups_encrypted__passes_what_says_so),
		cmocka_unit_test(backups_encrypted__fails_what_lies_there_as_it_is),
		cmocka_unit_test(backups_encrypted__is_unknown_when_nothing_was_read),
		cmocka_unit_test(backups_encrypted__skips_what_is_at_home),
		cmocka_unit_test(a_repository_names_its_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
