/* The history in SQLite: what goes in comes out, what was altered is seen, what is broken is said.
 */
#include "store/history.h"

#include "rig_scratch.h"
#include "store/report_file.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

static const struct pf_site shop = {.name = "shop", .url = {.text = "https://shop.test"}};

static struct pf_verdict_kept verdicts[] = {
	{"0001", "caches.auth", "redis://cache1:6379", "app1", "lets \\x1b in", PF_FAIL, PF_HIGH},
	{"0002", "caches.tls", "redis://cache1:6379", NULL, NULL, PF_PASS, PF_MEDIUM},
};
static struct pf_mark marks[] = {{"certificate", "https://shop.test", "aa"},
                                 {"key", "SECRET_KEY", "bb"}};

static struct pf_record *record_at(struct scratch *scratch, int64_t started_at)
{
	struct pf_record *record = pf_arena_take(scratch->arena, sizeof *record);
	*record = (struct pf_record){
		.site = "shop",
		.url = "https://shop.test",
		.scope = "",
		.version = "0.1.0",
		.started_at = started_at,
		.duration_ms = 1500,
		.score = 71,
		.grade = "C",
		.coverage = 9412,
		.counts = {[PF_PASS] = 1, [PF_FAIL] = 1},
		.verdicts = verdicts,
		.verdict_count = PF_COUNT(verdicts),
		.marks = marks,
		.mark_count = PF_COUNT(marks),
	};
	record->digest = pf_record_digest(scratch->arena, record);
	return record;
}

static struct pf_history *open_at(struct scratch *scratch, const char *name, bool write)
{
	const char *problem = NULL;
	struct pf_history *history =
		pf_history_open(scratch->arena, scratch_path(scratch, "%s", name), write, &problem);
	if (!history)
		fail_msg("%s", problem);
	return history;
}

/* A history with `count` audits, closed again. */
static void fill(struct scratch *scratch, const char *name, int count)
{
	struct pf_history *history = open_at(scratch, name, true);
	const char *problem = NULL;
	for (int i = 0; i < count; i++)
		if (!pf_history_add(history, record_at(scratch, 1800000000 + i), &problem))
			fail_msg("%s", problem);
	pf_history_close(history);
}

/* A connection of somebody else's, with a statement run; closed by the caller. */
static sqlite3 *sqlite(struct scratch *scratch, const char *name, const char *statement)
{
	sqlite3 *database;
	assert_int_equal(sqlite3_open(scratch_path(scratch, "%s", name), &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, statement, NULL, NULL, NULL), SQLITE_OK);
	return database;
}

static void alter(struct scratch *scratch, const char *name, const char *statement)
{
	sqlite3_close(sqlite(scratch, name, statement));
}

static void what_goes_in_comes_out(void **state)
{
	struct scratch *scratch = *state;
	const char *problem = NULL;
	fill(scratch, "h.db", 2);
	struct pf_history *history = open_at(scratch, "h.db", false);
	struct pf_record *record = pf_history_load(history, 2, &problem);
	assert_non_null(record);
	assert_int_equal(record->started_at, 1800000001);
	assert_int_equal(record->score, 71);
	assert_string_equal(record->grade, "C");
	assert_int_equal(record->coverage, 9412);
	assert_int_equal(record->counts[PF_FAIL], 1);
	assert_int_equal(record->verdict_count, 2);
	assert_string_equal(record->verdicts[0].summary, "lets \\x1b in");
	assert_string_equal(record->verdicts[0].vantage, "app1");
	assert_null(record->verdicts[1].vantage);
	assert_int_equal(record->mark_count, 2);
	assert_string_equal(record->digest, pf_record_digest(scratch->arena, record));
	assert_null(pf_history_load(history, 3, &problem));
	assert_null(problem);
	pf_history_close(history);
}

static void a_list_has_the_newest_of_one_site_and_scope(void **state)
{
	struct scratch *scratch = *state;
	const char *problem = NULL;
	fill(scratch, "h.db", 3);
	struct pf_history *history = open_at(scratch, "h.db", true);
	struct pf_record *part = record_at(scratch, 1800000100),
			 *other = record_at(scratch, 1800000101);
	part->scope = "only https";
	other->site = "staging";
	other->digest = pf_record_digest(scratch->arena, other);
	assert_true(pf_history_add(history, part, &problem));
	assert_true(pf_history_add(history, other, &problem));
	struct pf_records records;
	assert_true(pf_history_list(history, &shop, NULL, 10, &records, &problem));
	assert_int_equal(records.count, 4);
	assert_true(pf_history_list(history, &shop, "", 2, &records, &problem));
	assert_int_equal(records.count, 2);
	assert_int_equal(records.at[0].id, 2);
	assert_int_equal(records.at[1].id, 3);
	int64_t id = 0;
	assert_true(pf_history_find(history, other->seal, &id, &problem));
	assert_int_equal(id, 5);
	assert_true(pf_history_find(history, "no such", &id, &problem));
	assert_int_equal(id, 0);
	pf_history_close(history);
}

static void marks_are_known_with_when_they_were_seen(void **state)
{
	struct scratch *scratch = *state;
	const char *problem = NULL;
	struct pf_memory memory = {0};
	fill(scratch, "h.db", 3);
	struct pf_history *history = open_at(scratch, "h.db", false);
	assert_true(pf_history_memory(history, "key", &memory, &problem));
	assert_int_equal(memory.count, 1);
	assert_string_equal(memory.sightings[0].site, "shop");
	assert_string_equal(memory.sightings[0].mark.value, "bb");
	assert_int_equal(memory.sightings[0].first_at, 1800000000);
	assert_int_equal(memory.sightings[0].last_at, 1800000002);
	pf_history_close(history);
}

struct faults {
	struct pf_arena *arena;
	const char *text;
};

static void take_fault(void *context, const char *sentence)
{
	struct faults *faults = context;
	faults->text = pf_arena_print(faults->arena, "%s%s. ", faults->text, sentence);
}

/* All that verify says of a history of four audits after that statement. */
static const char *verified_after(struct scratch *scratch, const char *name, const char *statement)
{
	struct faults faults = {scratch->arena, ""};
	const char *problem = NULL, *head;
	size_t count;
	fill(scratch, name, 4);
	if (*statement)
		alter(scratch, name, statement);
	struct pf_history *history = open_at(scratch, name, false);
	if (!pf_history_verify(history, take_fault, &faults, &count, &head, &problem))
		fail_msg("%s", problem);
	pf_history_close(history);
	return faults.text;
}

static void whatever_is_altered_is_seen(void **state)
{
	struct scratch *scratch = *state;
	assert_string_equal(verified_after(scratch, "0", ""), "");
	static const struct {
		const char *statement, *said;
	} deeds[] = {
		{"DELETE FROM postflight_audits WHERE id = 2", "audit 2 is missing"},
		{"DELETE FROM postflight_audits WHERE id = 4", "audit 4 is missing"},
		{"UPDATE postflight_audits SET score = 100 WHERE id = 3", "audit 3 was altered"},
		{"UPDATE postflight_verdicts SET status = 0 WHERE audit = 1",
	         "audit 1 was altered"},
		{"DELETE FROM postflight_verdicts WHERE audit = 2 AND status = 3",
	         "audit 2 was altered"},
		{"UPDATE postflight_subjects SET subject = 'x' WHERE id = 1",
	         "audit 1 was altered"},
		{"DELETE FROM postflight_sightings WHERE audit = 2", "audit 2 does not follow"},
		{"UPDATE postflight_audits SET seal = 'x' WHERE id = 2", "audit 2 does not follow"},
		{"UPDATE postflight_history SET links = 9000000000000000", "and so on"},
		{"DELETE FROM postflight_audits WHERE id = 4; UPDATE postflight_history SET links "
	         "= 3",
	         "not the one that was sealed last"},
	};
	for (size_t i = 0; i < PF_COUNT(deeds); i++) {
		const char *name = pf_arena_print(scratch->arena, "%zu.db", i);
		const char *said = verified_after(scratch, name, deeds[i].statement);
		if (!strstr(said, deeds[i].said))
			fail_msg("%s: %s", deeds[i].statement, said);
	}
}

/* Why a file is no history to write to. */
static const char *refused(struct scratch *scratch, const char *name, bool write)
{
	const char *problem = NULL;
	struct pf_history *history =
		pf_history_open(scratch->arena, scratch_path(scratch, "%s", name), write, &problem);
	assert_null(history);
	assert_non_null(problem);
	return problem;
}

static void what_is_no_history_is_left_alone(void **state)
{
	struct scratch *scratch = *state;
	make_file(scratch_path(scratch, "text"), 0600,
	          "this is no database, and it is longer than a header");
	assert_non_null(strstr(refused(scratch, "text", true), "not a database"));
	alter(scratch, "other.db", "CREATE TABLE orders (id INTEGER)");
	assert_non_null(strstr(refused(scratch, "other.db", true), "something else"));
	fill(scratch, "newer.db", 1);
	alter(scratch, "newer.db", "UPDATE postflight_history SET version = 99");
	assert_non_null(strstr(refused(scratch, "newer.db", true), "newer postflight"));
	assert_non_null(strstr(refused(scratch, "none.db", false), "unable to open"));
	make_directory(scratch_path(scratch, "folder"), 0700);
	refused(scratch, "folder", true);
	make_link(scratch_path(scratch, "link"), scratch_path(scratch, "newer.db"));
	refused(scratch, "link", true);
}

static void a_torn_file_is_an_error_and_not_an_audit(void **state)
{
	struct scratch *scratch = *state;
	const char *problem = NULL;
	struct pf_records records;
	fill(scratch, "h.db", 200);
	const char *path = scratch_path(scratch, "h.db");
	FILE *file = fopen(path, "r+e");
	assert_non_null(file);
	for (long at = 4096; fseek(file, at, SEEK_SET) == 0 && at < 40 * 4096; at += 512)
		fputs("torn torn torn torn torn torn torn torn torn torn", file);
	assert_int_equal(fclose(file), 0);
	struct pf_history *history = pf_history_open(scratch->arena, path, true, &problem);
	bool read = history && pf_history_list(history, &shop, "", 10, &records, &problem) &&
	            pf_history_add(history, record_at(scratch, 1), &problem);
	assert_false(read);
	assert_non_null(problem);
	pf_history_close(history);
}

static void a_locked_history_is_waited_for_and_then_given_up(void **state)
{
	struct scratch *scratch = *state;
	const char *problem = NULL;
	fill(scratch, "h.db", 1);
	sqlite3 *holder = sqlite(scratch, "h.db", "BEGIN EXCLUSIVE");
	struct pf_history *history =
		pf_history_open(scratch->arena, scratch_path(scratch, "h.db"), true, &problem);
	assert_null(history);
	assert_non_null(strstr(problem, "locked"));
	sqlite3_close(holder);
}

static void a_full_disk_leaves_the_history_as_it_was(void **state)
{
	struct scratch *scratch = *state;
	const char *problem = NULL, *head;
	struct faults faults = {scratch->arena, ""};
	size_t count = 0;
	fill(scratch, "h.db", 3);
	struct stat before;
	assert_int_equal(stat(scratch_path(scratch, "h.db"), &before), 0);
	struct pf_history *history = open_at(scratch, "h.db", true);
	struct rlimit old, tight;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tight = old;
	tight.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN); /* as the program has it */
	struct pf_record *record = record_at(scratch, 1800000500);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	bool added = pf_history_add(history, record, &problem);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_false(added);
	assert_non_null(problem);
	assert_null(record->seal);
	pf_history_close(history);
	history = open_at(scratch, "h.db", false);
	assert_true(pf_history_verify(history, take_fault, &faults, &count, &head, &problem));
	assert_int_equal(count, 3);
	assert_string_equal(faults.text, "");
	pf_history_close(history);
}

static void a_history_is_for_its_owner_alone(void **state)
{
	struct scratch *scratch = *state;
	struct stat status;
	fill(scratch, "h.db", 1);
	assert_int_equal(stat(scratch_path(scratch, "h.db"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void a_password_in_a_url_is_refused_and_not_repeated(void **state)
{
	struct scratch *scratch = *state;
	static const char *const urls[] = {"postgresql://shop:hunter2hunter2@127.0.0.1:1/x",
	                                   "postgresql://127.0.0.1:1/x?password=hunter2hunter2"};
	for (size_t i = 0; i < PF_COUNT(urls); i++) {
		const char *problem = NULL;
		assert_null(pf_history_open(scratch->arena, urls[i], true, &problem));
		assert_non_null(strstr(problem, "password"));
		assert_null(strstr(problem, "hunter2"));
	}
}

static void a_report_that_is_none_is_told_why(void **state)
{
	struct scratch *scratch = *state;
	static const char *const texts[] = {"",
	                                    "[]",
	                                    "{}",
	                                    "x",
	                                    "{\"schema\":\"postflight.report/2\"}",
	                                    "{\"schema\":\"postflight.report/1\"}",
	                                    "{\"schema\":\"postflight.report/1\",\"site\":1}"};
	for (size_t i = 0; i < PF_COUNT(texts); i++) {
		const char *problem = NULL;
		assert_null(pf_report_read(scratch->arena, texts[i], strlen(texts[i]), &problem));
		assert_non_null(problem);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_goes_in_comes_out),
		TEST(a_list_has_the_newest_of_one_site_and_scope),
		TEST(marks_are_known_with_when_they_were_seen),
		TEST(whatever_is_altered_is_seen),
		TEST(what_is_no_history_is_left_alone),
		TEST(a_torn_file_is_an_error_and_not_an_audit),
		TEST(a_locked_history_is_waited_for_and_then_given_up),
		TEST(a_full_disk_leaves_the_history_as_it_was),
		TEST(a_history_is_for_its_owner_alone),
		TEST(a_password_in_a_url_is_refused_and_not_repeated),
		TEST(a_report_that_is_none_is_told_why),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
