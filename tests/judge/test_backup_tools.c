/* backups.tool, and what a tool's answers make of the other checks on backups. The outputs are
 * those of pgBackRest 2.45, Barman 3.4, restic 0.14 and 0.17, borg 1.2. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(backup_tools);

static const char TOOL[] = "backups.tool", EXIST[] = "backups.exist", FRESH[] = "backups.fresh",
		  KEPT[] = "backups.retention", COMPLETE[] = "backups.complete",
		  OURS[] = "backups.of-this-site";

static const struct pf_backup sets[] = {
	{.name = "pg", .of = "default", .tool = "pgbackrest", .tool_target = "shop", .keep = 2},
	{.name = "bar", .of = "default", .tool = "barman", .tool_target = "main"},
	{.name = "res", .of = "media", .tool = "restic", .tool_target = "/srv/r", .keep = 1},
	{.name = "borg", .of = "media", .tool = "borg", .tool_target = "/srv/b"},
};
static const struct pf_service databases[] = {
	{.name = "default", .url = {.scheme = "postgresql", .path = "/shop"}},
};

enum { NOW = 1795689000, HOUR = 3600 };

/* ---- what the tools print, in escaped notation ---- */

#define PG_BACKUP(label, stop, error)                                                              \
	"{\"error\":" error ",\"label\":\"" label "\",\"timestamp\":{\"start\":1,\"stop\":" stop   \
	"},\"type\":\"full\"}"
#define PG_INFO(code, message, held, backups)                                                      \
	"[{\"archive\":[],\"backup\":[" backups "],\"cipher\":\"aes-256-cbc\",\"name\":\"shop\","  \
	"\"repo\":[{\"cipher\":\"aes-256-cbc\",\"key\":1}],\"status\":{\"code\":" code             \
	",\"lock\":{\"backup\":{\"held\":" held "}},\"message\":\"" message "\"}}]"

static const char PG_TWO[] = PG_INFO("0", "ok", "false",
                                     PG_BACKUP("20261125-1F", "1795600000", "false") "," PG_BACKUP(
					     "20261126-1F", "1795685400", "false"));
static const char PG_TORN[] =
	PG_INFO("0", "ok", "false", PG_BACKUP("20261126-1F", "1795685400", "true"));
static const char PG_BUSY[] =
	PG_INFO("0", "ok", "true", PG_BACKUP("20261126-1F", "1795685400", "false"));
static const char PG_MISMATCH[] = PG_INFO("5", "database mismatch across repositories", "false",
                                          PG_BACKUP("20261126-1F", "1795685400", "false"));
static const char PG_NONE[] = PG_INFO("2", "no valid backups", "false", "");
static const char PG_FAR[] = "[{\"backup\":[],\"repo\":[{\"key\":1,\"status\":{\"code\":99,"
			     "\"message\":\"[HostConnectError] "
			     "refused\"}}],\"status\":{\"code\":99,\"message\":\"other\"}}]";
static const char PG_GOOD[] = "stanza: shop\\nstatus: ok\\n  archiveId: none found\\n  backup: "
			      "20261126-1F, status: valid, total files checked: 1325, total valid "
			      "files: 1325\\n    missing: 0\\n";
static const char PG_BAD[] = "stanza: shop\\nstatus: error\\n  backup: 20261126-1F, status: "
			     "invalid, total files checked: 1325, total valid files: 1324\\n";
static const char PG_DATABASES[] =
	"[{\"backup\":[{\"database-ref\":[{\"name\":\"postgres\",\"oid\":5},{\"name\":\"shop\","
	"\"oid\":16385}]}]}]";
static const char PG_STAGING[] =
	"[{\"backup\":[{\"database-ref\":[{\"name\":\"staging\",\"oid\":5}]}]}]";

static const char BARMAN_LIST[] =
	"{\"main\": [{\"backup_id\": \"20261126T0930\", \"end_time_timestamp\": \"1795685400\", "
	"\"status\": \"DONE\"}, {\"backup_id\": \"20261125T0930\", \"end_time_timestamp\": "
	"\"1795599000\", \"status\": \"FAILED\"}]}";
static const char BARMAN_FAILED[] =
	"{\"main\": [{\"backup_id\": \"20261126T0930\", \"status\": \"FAILED\"}, {\"backup_id\": "
	"\"20261125T0930\", \"end_time_timestamp\": \"1795599000\", \"status\": \"DONE\"}]}";
static const char BARMAN_WELL[] = "{\"main\": {\"ssh\": {\"hint\": \"\", \"status\": \"OK\"}}}";
static const char BARMAN_ILL[] =
	"{\"main\": {\"ssh\": {\"hint\": \"\", \"status\": \"OK\"}, \"receive_wal_running\": "
	"{\"hint\": \"See the log\", \"status\": \"FAILED\"}}}";

#define SNAPSHOT(time, id) "{\"time\":\"" time "\",\"paths\":[\"/srv\"],\"short_id\":\"" id "\"}"
static const char RESTIC_ONE[] = "[" SNAPSHOT("2026-11-26T10:30:00.5+01:00", "624ba8d4") "]\\n";
static const char RESTIC_TEXT[] = "load indexes\\ncheck all packs\\n\\nno errors were found\\n";
static const char RESTIC_JSON[] = "{\"message_type\":\"summary\",\"num_errors\":0}\\n";
static const char RESTIC_BROKEN[] = "{\"message_type\":\"summary\",\"num_errors\":2}\\n";

static const char BORG_ONE[] = "{\\n \"archives\": [{\"name\": \"media-1\", \"start\": "
			       "\"2026-11-26T09:30:00.000000\"}],\\n \"encryption\": {\"mode\": "
			       "\"repokey\"}\\n}\\n";
static const char BORG_WELL[] = "terminating with success status, rc 0\\n";
static const char BORG_ILL[] = "Data integrity error: Segment entry checksum mismatch [segment 2, "
			       "offset 351]\\nTraceback (most recent call last):\\n";
static const char BORG_GONE[] = "Local Exception\\nTraceback (most recent call last):\\n"
				"FileNotFoundError: [Errno 2] No such file or directory: "
				"'/srv/b/data/0/2'\\n";

/* ---- cases ---- */

static struct rig *kept_by(const char *subject)
{
	struct rig *rig = rig_new(&pf_probe_backup_tools);
	rig->site.backups = sets;
	rig->site.backup_count = 4;
	rig->site.databases = databases;
	rig->site.database_count = 1;
	rig->subject = subject;
	return rig;
}

static struct pf_facts_exec *said(struct rig *rig, const char *tag, int status, const char *output,
                                  const char *errors)
{
	struct pf_answer *answer = rig_put(rig, tag, PF_KIND_exec, PF_answered);
	answer->at = NOW;
	answer->exec = (struct pf_facts_exec){.status = status, .output = output, .errors = errors};
	return &answer->exec;
}

static struct rig *pgbackrest(const char *info, const char *verify)
{
	struct rig *rig = kept_by("backup pg");
	said(rig, "kept", 0, info, "");
	said(rig, "verified", 0, verify, "");
	return rig;
}

static struct rig *restic(int status, const char *check, const char *errors)
{
	struct rig *rig = kept_by("backup res");
	said(rig, "kept", 0, RESTIC_ONE, "");
	said(rig, "verified", status, check, errors);
	return rig;
}

static struct rig *borg(int status, const char *errors)
{
	struct rig *rig = kept_by("backup borg");
	said(rig, "kept", 0, BORG_ONE, "");
	said(rig, "verified", status, "", errors);
	return rig;
}

static struct rig *barman(const char *list, const char *check)
{
	struct rig *rig = kept_by("backup bar");
	said(rig, "kept", 0, list, "");
	said(rig, "verified", 1, check, "");
	return rig;
}

/* Expects it of one case, which ends here. */
static void expect(struct rig *rig, const char *id, enum pf_status status, const char *text)
{
	rig_expect(rig, id, status);
	assert_non_null(strstr(rig_find(rig, id)->summary, text));
	rig_free(rig);
}

static void backups_tool__passes_what_each_tool_finds_well(void **state)
{
	(void)state;
	expect(pgbackrest(PG_TWO, PG_GOOD), TOOL, PF_PASS, "total files checked: 1325");
	expect(barman(BARMAN_LIST, BARMAN_WELL), TOOL, PF_PASS, "all of its 1 checks hold");
	expect(restic(0, RESTIC_TEXT, ""), TOOL, PF_PASS, "no errors");
	expect(restic(0, RESTIC_JSON, ""), TOOL, PF_PASS, "no errors");
	expect(borg(0, BORG_WELL), TOOL, PF_PASS, "newest archive was read to its end");
}

static void backups_tool__fails_what_a_tool_finds_damaged(void **state)
{
	(void)state;
	/* Its exit status is 0 all the same. */
	expect(pgbackrest(PG_TWO, PG_BAD), TOOL, PF_FAIL, "total valid files: 1324");
	expect(pgbackrest(PG_MISMATCH, PG_GOOD), TOOL, PF_FAIL, "database mismatch");
	expect(barman(BARMAN_LIST, BARMAN_ILL), TOOL, PF_FAIL,
	       "1 of 2 checks fail: receive_wal_running (See the log)");
	expect(restic(1, "", "pack 1: does not exist\\nFatal: repository contains errors\\n"), TOOL,
	       PF_FAIL, "pack 1: does not exist");
	expect(restic(1, RESTIC_BROKEN, ""), TOOL, PF_FAIL, "num_errors");
	expect(borg(2, BORG_ILL), TOOL, PF_FAIL, "Data integrity error");
	expect(borg(2, BORG_GONE), TOOL, PF_FAIL, "FileNotFoundError");
	/* So damaged that it cannot even be listed. */
	struct rig *rig = kept_by("backup borg");
	said(rig, "kept", 2, "", BORG_ILL);
	expect(rig, TOOL, PF_FAIL, "Data integrity error");
}

static void backups_tool__is_unknown_when_an_empty_answer_proves_nothing(void **state)
{
	(void)state;
	expect(pgbackrest(PG_TWO, ""), TOOL, PF_UNKNOWN, "printed nothing");
	expect(pgbackrest(PG_TWO, "stanza: shop\\nstatus: ok\\n"), TOOL, PF_UNKNOWN, "status: ok");
	expect(pgbackrest("", PG_GOOD), TOOL, PF_UNKNOWN, "printed nothing");
	expect(restic(0, "", ""), TOOL, PF_UNKNOWN, "printed nothing");
	expect(borg(0, ""), TOOL, PF_UNKNOWN, "printed nothing");
	expect(barman(BARMAN_LIST, "{\"main\": {}}"), TOOL, PF_UNKNOWN, "Barman says");
	expect(pgbackrest(PG_NONE, ""), TOOL, PF_UNKNOWN, "no valid backups");
}

static void backups_tool__is_unknown_when_it_cannot_get_in(void **state)
{
	(void)state;
	expect(restic(1, "", "Fatal: wrong password or no key found\\n"), TOOL, PF_UNKNOWN,
	       "the password is wrong");
	expect(restic(12, "", "Fatal: no\\n"), TOOL, PF_UNKNOWN, "the password is wrong");
	expect(restic(11, "", "unable to create lock\\n"), TOOL, PF_UNKNOWN, "locked");
	expect(restic(1, "", "Fatal: an empty password is not a password\\n"), TOOL, PF_UNKNOWN,
	       "password_file");
	expect(borg(2, "Do you want to continue? [yN] Aborting.\\n"), TOOL, PF_UNKNOWN,
	       "asks a question");
	expect(borg(2, "Failed to create/acquire the lock /srv/b/lock.exclusive (timeout).\\n"),
	       TOOL, PF_UNKNOWN, "locked");
}

static void backups_tool__is_unknown_when_it_floods_or_dies_or_is_late(void **state)
{
	(void)state;
	struct rig *rig = restic(0, "", "");
	rig_put(rig, "verified", PF_KIND_exec, PF_oversized);
	expect(rig, TOOL, PF_UNKNOWN, "did not stop printing");
	rig = restic(0, "", "");
	said(rig, "verified", -1, "", "")->signal = 9;
	expect(rig, TOOL, PF_UNKNOWN, "signal 9");
	rig = restic(0, RESTIC_TEXT, "");
	rig_put(rig, "verified", PF_KIND_exec, PF_deadline);
	expect(rig, TOOL, PF_UNKNOWN, "deadline");
	rig = restic(0, RESTIC_TEXT, "");
	said(rig, "kept", 0, RESTIC_ONE, "")->truncated = true;
	expect(rig, EXIST, PF_UNKNOWN, "printed more");
}

static void backups_tool__is_unknown_when_damage_may_be_a_backup_under_way(void **state)
{
	(void)state;
	struct rig *rig = borg(2, BORG_ILL);
	rig_put(rig, "locks", PF_KIND_file, PF_answered)->file.matched = 1;
	rig_expect_said(rig, TOOL, PF_UNKNOWN, PF_HIGH, "half written");
	rig_put(rig, "locks", PF_KIND_file, PF_absent);
	expect(rig, TOOL, PF_FAIL, "integrity");
	expect(pgbackrest(PG_BUSY, PG_BAD), TOOL, PF_UNKNOWN, "half written");
}

static void backups_exist__passes_and_fails_by_what_a_tool_lists(void **state)
{
	(void)state;
	expect(pgbackrest(PG_TWO, ""), EXIST, PF_PASS, "2 backups in shop, the newest is 20261126");
	expect(pgbackrest(PG_NONE, ""), EXIST, PF_FAIL, "no valid backups");
	expect(pgbackrest("[]", ""), EXIST, PF_FAIL, "no such stanza");
	/* What cannot be reached is not empty. */
	expect(pgbackrest(PG_FAR, ""), EXIST, PF_UNKNOWN, "HostConnectError");
	expect(pgbackrest(PG_FAR, PG_GOOD), TOOL, PF_UNKNOWN, "HostConnectError");
	expect(barman("{\"_ERROR\": [\"Unknown server 'main'\"]}", "{}"), EXIST, PF_FAIL,
	       "Unknown server");
	struct rig *rig = restic(0, "", "");
	said(rig, "kept", 0, "[]\\n", "");
	expect(rig, EXIST, PF_FAIL, "keeps no backup");
	rig = restic(0, "", "");
	said(rig, "kept", 1, "",
	     "Fatal: unable to open config file: stat /srv/r/config: no such "
	     "file or directory\\n");
	expect(rig, EXIST, PF_FAIL, "no such repository");
	rig = restic(0, "", "");
	said(rig, "kept", 1, "", "Fatal: unable to open config file: dial tcp: refused\\n");
	expect(rig, EXIST, PF_UNKNOWN, "refused");
	rig = borg(2, "");
	said(rig, "kept", 2, "", "Repository /srv/b does not exist.\\n");
	expect(rig, EXIST, PF_FAIL, "no such repository");
}

static void backups_fresh__reads_each_tools_clock(void **state)
{
	(void)state;
	expect(pgbackrest(PG_TWO, ""), FRESH, PF_PASS, "60 min old");
	expect(barman(BARMAN_LIST, "{}"), FRESH, PF_PASS, "60 min old");
	expect(restic(0, "", ""), FRESH, PF_PASS, "60 min old");
	expect(borg(0, ""), FRESH, PF_PASS, "60 min old");
	struct rig *rig = borg(0, "");
	rig_put(rig, "kept", PF_KIND_exec, PF_answered)->at = NOW + 30 * HOUR;
	rig->answers[0].exec.output = BORG_ONE;
	expect(rig, FRESH, PF_FAIL, "31 h old; at most 26 h");
	rig = borg(0, "");
	said(rig, "kept", 0, BORG_ONE, "");
	rig->answers[0].at = NOW - 5 * HOUR;
	expect(rig, FRESH, PF_FAIL, "in the future");
	expect(pgbackrest(PG_NONE, ""), FRESH, PF_UNKNOWN, "no backup");
}

static void backups_retention__counts_what_is_whole(void **state)
{
	(void)state;
	expect(pgbackrest(PG_TWO, ""), KEPT, PF_PASS, "2 backups are kept");
	expect(pgbackrest(PG_BUSY, ""), KEPT, PF_FAIL, "1 backups are kept; 2 should be");
	expect(barman(BARMAN_LIST, ""), KEPT, PF_SKIP, "how many");
	expect(pgbackrest("", ""), KEPT, PF_UNKNOWN, "nothing");
}

static void backups_complete__believes_the_tool_about_its_newest(void **state)
{
	(void)state;
	expect(pgbackrest(PG_TWO, PG_GOOD), COMPLETE, PF_PASS, "20261126-1F");
	expect(pgbackrest(PG_TORN, PG_GOOD), COMPLETE, PF_FAIL, "wrong checksums");
	expect(pgbackrest(PG_TWO, PG_BAD), COMPLETE, PF_UNKNOWN, "may be part of");
	expect(barman(BARMAN_LIST, BARMAN_ILL), COMPLETE, PF_PASS, "20261126T0930");
	expect(barman(BARMAN_FAILED, BARMAN_WELL), COMPLETE, PF_FAIL, "last attempt failed");
	expect(borg(0, ""), COMPLETE, PF_UNKNOWN, "was not checked");
	expect(pgbackrest(PG_NONE, ""), COMPLETE, PF_UNKNOWN, "no backup");
}

static void backups_of_this_site__asks_pgbackrest_for_the_databases(void **state)
{
	(void)state;
	struct rig *rig = pgbackrest(PG_TWO, PG_GOOD);
	rig_expect(rig, OURS, PF_UNKNOWN);
	said(rig, "contents", 0, PG_DATABASES, "");
	rig_expect_said(rig, OURS, PF_PASS, PF_MEDIUM, "shop is in it");
	said(rig, "contents", 0, PG_STAGING, "");
	expect(rig, OURS, PF_FAIL, "not in it, but: staging");
	expect(restic(0, "", ""), OURS, PF_SKIP, "does not say");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(backups_tool__passes_what_each_tool_finds_well),
		cmocka_unit_test(backups_tool__fails_what_a_tool_finds_damaged),
		cmocka_unit_test(backups_tool__is_unknown_when_an_empty_answer_proves_nothing),
		cmocka_unit_test(backups_tool__is_unknown_when_it_cannot_get_in),
		cmocka_unit_test(backups_tool__is_unknown_when_it_floods_or_dies_or_is_late),
		cmocka_unit_test(backups_tool__is_unknown_when_damage_may_be_a_backup_under_way),
		cmocka_unit_test(backups_exist__passes_and_fails_by_what_a_tool_lists),
		cmocka_unit_test(backups_fresh__reads_each_tools_clock),
		cmocka_unit_test(backups_retention__counts_what_is_whole),
		cmocka_unit_test(backups_complete__believes_the_tool_about_its_newest),
		cmocka_unit_test(backups_of_this_site__asks_pgbackrest_for_the_databases),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
