/* Restore drills, as far as they need no server: the ledger, the journal, scripts on their way into
 * psql, and copies of SQLite. */
#include "base/clock.h"
#include "drivers/drill_run.h"
#include "drivers/drill_script.h"
#include "rig_scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOW = 1800000000, DAY = 86400, SECOND_US = 1000 * 1000 };

/* ---- the ledger ---- */

static struct pf_drill_entry entry_at(int64_t at, bool restored)
{
	return (struct pf_drill_entry){.at = at,
	                               .set = "nightly",
	                               .restored = restored,
	                               .path = "/var/backups/db.dump",
	                               .size = 123,
	                               .tables = 12,
	                               .rows = 62,
	                               .migrations = -1,
	                               .error = restored ? NULL : "a \"quoted\" word"};
}

static struct pf_drill_record look(struct scratch *s, const char *set)
{
	struct pf_drill_record record;
	pf_ledger_look(s->arena, s->root, set, NOW, &record);
	return record;
}

static void what_is_added_to_the_ledger_is_read_again(void **state)
{
	struct scratch *s = *state;
	assert_false(look(s, "nightly").any);
	struct pf_drill_entry first = entry_at(NOW - 2 * DAY, true),
			      second = entry_at(NOW - DAY, false);
	assert_true(pf_ledger_add(s->arena, s->root, &first));
	assert_true(pf_ledger_add(s->arena, s->root, &second));
	struct pf_drill_record record = look(s, "nightly");
	assert_true(record.any);
	assert_false(record.last.restored);
	assert_string_equal(record.last.error, "a \"quoted\" word");
	assert_int_equal(record.last.size, 123);
	assert_int_equal(record.last.migrations, -1);
	assert_int_equal(record.restored_at, NOW - 2 * DAY);
	assert_int_equal(record.spoiled, 0);
	assert_false(look(s, "weekly").any);
}

static void a_spoilt_ledger_stops_nobody(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "drills.jsonl");
	make_file(path, 0600, "{\"schema\":\"postflight.drill/1\",\"resu");
	assert_int_equal(look(s, "nightly").spoiled, 1);
	struct pf_drill_entry entry = entry_at(NOW - DAY, true);
	assert_true(pf_ledger_add(s->arena, s->root, &entry));
	struct pf_drill_record record = look(s, "nightly");
	assert_int_equal(record.spoiled, 1);
	assert_int_equal(record.restored_at, NOW - DAY);
}

static void what_comes_from_the_future_is_not_believed(void **state)
{
	struct scratch *s = *state;
	struct pf_drill_entry entry = entry_at(NOW + DAY, true);
	assert_true(pf_ledger_add(s->arena, s->root, &entry));
	assert_false(look(s, "nightly").any);
}

static void what_is_no_ledger_says_nothing(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_path(s, "drills.jsonl");
	struct pf_drill_entry entry = entry_at(NOW - DAY, true);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(look(s, "nightly").any);
	assert_false(pf_ledger_add(s->arena, s->root, &entry));
	unlink(path);
	make_directory(path, 0700);
	assert_false(look(s, "nightly").any);
	assert_false(pf_ledger_add(s->arena, s->root, &entry));
	rmdir(path);
	make_file(scratch_path(s, "other"), 0600, "");
	make_link(path, scratch_path(s, "other"));
	assert_false(pf_ledger_add(s->arena, s->root, &entry));
	struct stat seen;
	assert_int_equal(stat(scratch_path(s, "other"), &seen), 0);
	assert_int_equal(seen.st_size, 0);
}

static void of_a_long_ledger_the_end_is_read(void **state)
{
	struct scratch *s = *state;
	for (int i = 0; i < 2000; i++) {
		struct pf_drill_entry entry = entry_at(NOW - DAY - 2000 + i, i % 2);
		assert_true(pf_ledger_add(s->arena, s->root, &entry));
	}
	struct pf_drill_record record = look(s, "nightly");
	assert_int_equal(record.last.at, NOW - DAY - 1);
	assert_int_equal(record.spoiled, 0);
}

/* ---- scripts ---- */

struct out {
	char bytes[4096];
	size_t count;
};

static bool put(void *context, const char *bytes, size_t count)
{
	struct out *out = context;
	assert_true(out->count + count < sizeof out->bytes);
	memcpy(out->bytes + out->count, bytes, count);
	out->count += count;
	return true;
}

static const char *through_as(struct scratch *s, const char *text, bool *elsewhere, bool of_mysql)
{
	struct out *out = pf_arena_take(s->arena, sizeof *out);
	struct pf_script *script = pf_arena_take(s->arena, sizeof *script);
	script->put = put;
	script->context = out;
	script->of_mysql = of_mysql;
	bool going = true;
	for (const char *at = text; going && *at; at++)
		going = pf_script_feed(script, at, 1);
	if (going)
		assert_true(pf_script_end(script));
	*elsewhere = script->elsewhere;
	return out->bytes;
}

static const char *through(struct scratch *s, const char *text, bool *elsewhere)
{
	return through_as(s, text, elsewhere, false);
}

static void a_dump_of_mysql_goes_where_it_is_sent(void **state)
{
	bool elsewhere;
	assert_string_equal(
		through_as(
			*state,
			"/*M!999999\\- enable the sandbox mode */\nCREATE DATABASE /*!32312 IF NOT "
			"EXISTS*/ `shop`;\n\nUSE `shop`;\nCREATE TABLE `t` (a int);\nUSE "
			"`shop`;\nINSERT INTO `t` VALUES (1);\n",
			&elsewhere, true),
		"\nCREATE TABLE `t` (a int);\nINSERT INTO `t` VALUES (1);\n");
	assert_false(elsewhere);
	assert_string_equal(through_as(*state, "/*!50013 DEFINER=`r`@`%` SQL SECURITY DEFINER */\n",
	                               &elsewhere, true),
	                    "/*!50013                 SQL SECURITY DEFINER */\n");
	assert_string_equal(through_as(*state, "USE `shop`;\nSELECT 1;\nUSE `shop2`;\nSELECT 2;\n",
	                               &elsewhere, true),
	                    "SELECT 1;\n");
	assert_true(elsewhere);
}

static void what_is_of_roles_is_left_out_of_a_script(void **state)
{
	bool elsewhere;
	assert_string_equal(
		through(*state,
	                "\\restrict aB1\nCREATE TABLE t ();\nALTER TABLE public.t OWNER TO shop;\n"
	                "GRANT ALL ON t TO x;\nCOPY public.t (a) FROM stdin;\nGRANT a;\n"
	                "\\restrict aB1\n\\.\nREVOKE a FROM b;\nALTER TABLE t ADD b int;\n"
	                "\\unrestrict aB1\nSELECT 1",
	                &elsewhere),
		"CREATE TABLE t ();\nCOPY public.t (a) FROM stdin;\nGRANT a;\n\\restrict "
		"aB1\n\\.\nALTER TABLE t ADD b int;\nSELECT 1");
	assert_false(elsewhere);
}

static void commands_of_psql_reach_it_and_it_refuses_them(void **state)
{
	bool elsewhere;
	assert_string_equal(through(*state, "\\! id\n\\unrestrict x\nSELECT 1;\n", &elsewhere),
	                    "\\! id\n\\unrestrict x\nSELECT 1;\n");
	assert_false(elsewhere);
}

static void a_script_that_goes_elsewhere_is_stopped(void **state)
{
	static const char *const lines[] = {"\\connect shop\n", "CREATE DATABASE shop;\n",
	                                    "DROP DATABASE shop;\n", "ALTER DATABASE x SET y;\n"};
	for (size_t i = 0; i < 4; i++) {
		bool elsewhere;
		struct scratch *s = *state;
		const char *text = pf_arena_print(s->arena, "SELECT 1;\n%sSELECT 2;\n", lines[i]);
		assert_string_equal(through(s, text, &elsewhere), "SELECT 1;\n");
		assert_true(elsewhere);
	}
}

static void only_a_psql_that_can_be_restricted_is_used(void **state)
{
	(void)state;
	assert_true(pf_drill_psql_restricts("psql (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"));
	assert_true(pf_drill_psql_restricts("psql (PostgreSQL) 13.22\n"));
	assert_true(pf_drill_psql_restricts("psql (PostgreSQL) 18.0\n"));
	assert_true(pf_drill_psql_restricts("psql (PostgreSQL) 19beta1\n"));
	assert_false(pf_drill_psql_restricts("psql (PostgreSQL) 15.13\n"));
	assert_false(pf_drill_psql_restricts("psql (PostgreSQL) 12.22\n"));
	assert_false(pf_drill_psql_restricts(""));
}

/* ---- the journal, and names ---- */

static void only_names_of_ours_are_dropped(void **state)
{
	(void)state;
	assert_true(pf_drill_is_name("postflight_drill_0123456789abcdef"));
	assert_false(pf_drill_is_name("postflight_drill_0123456789abcde"));
	assert_false(pf_drill_is_name("postflight_drill_0123456789abcdef0"));
	assert_false(pf_drill_is_name("postflight_drill_0123456789abcde\""));
	assert_false(pf_drill_is_name("shop"));
	assert_false(pf_drill_is_name(""));
}

static void a_journal_that_is_not_whole_names_nothing(void **state)
{
	struct scratch *s = *state;
	const char *name, *into;
	bool with_role;
	static const char whole[] = "postflight drill 1\npostflight_drill_0123456789abcdef\n"
				    "postgresql:///\nrole\nend\n";
	assert_true(pf_drill_journal_read(s->arena, whole, &name, &into, &with_role));
	assert_string_equal(name, "postflight_drill_0123456789abcdef");
	assert_true(with_role);
	for (size_t i = 0; i < strlen(whole); i++)
		assert_false(pf_drill_journal_read(s->arena,
		                                   pf_arena_copy_bytes(s->arena, whole, i), &name,
		                                   &into, &with_role));
	assert_false(pf_drill_journal_read(s->arena,
	                                   "postflight drill 1\nshop\npostgresql:///\nrole\nend\n",
	                                   &name, &into, &with_role));
}

static void tell(void *context, const char *what, const char *problem)
{
	size_t *left = context;
	assert_non_null(strstr(what, "database postflight_drill_"));
	*left += problem != NULL;
}

static void what_cannot_be_dropped_stays_in_the_journal(void **state)
{
	struct scratch *s = *state;
	size_t left = 0;
	make_directory(scratch_path(s, "drills"), 0700);
	const char *path = scratch_path(s, "drills/postflight_drill_0123456789abcdef");
	make_file(path, 0600,
	          "postflight drill 1\npostflight_drill_0123456789abcdef\n"
	          "postgresql:///?host=/nonexistent\nno role\nend\n");
	make_file(scratch_path(s, "drills/postflight_drill_torso"), 0600, "postflight dr");
	assert_int_equal(pf_drill_sweep(s->arena, s->root, tell, &left), 0);
	assert_int_equal(left, 1);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_not_equal(access(scratch_path(s, "drills/postflight_drill_torso"), F_OK), 0);
}

/* ---- the question ---- */

static struct pf_answer ask(struct scratch *s, struct pf_ask_drill question, bool consent)
{
	if (!question.step)
		question.step = "drill";
	question.set = "nightly";
	if (!question.into)
		question.into = "sqlite:///tmp";
	question.max_age = 7 * DAY;
	return pf_drill_answer(s->arena, &question, s->root, consent, NULL,
	                       pf_now_us() + 20 * SECOND_US);
}

static const char *sqlite(struct scratch *s, const char *sql)
{
	const char *path = scratch_path(s, "copy.sqlite3");
	unlink(path);
	FILE *tool = popen(pf_arena_print(s->arena, "/usr/bin/sqlite3 '%s'", path), "w");
	assert_non_null(tool);
	fputs(sql, tool);
	assert_int_equal(pclose(tool), 0);
	return path;
}

static void a_copy_of_sqlite_is_checked_and_counted(void **state)
{
	struct scratch *s = *state;
	const char *path = sqlite(s, "CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app "
	                             "TEXT, name TEXT, applied TEXT);\n"
	                             "INSERT INTO django_migrations VALUES (1, 'shop', "
	                             "'0001_initial', '2026-11-23 04:31:00');\n"
	                             "CREATE TABLE \"odd \"\" name\" (a);\n"
	                             "INSERT INTO \"odd \"\" name\" VALUES (1), (2);\n");
	struct pf_answer answer = ask(
		s, (struct pf_ask_drill){.path = path, .form = "sqlite", .of_django = true}, true);
	assert_int_equal(answer.outcome, PF_answered);
	assert_true(answer.drill.due && answer.drill.drilled);
	assert_string_equal(answer.drill.result, "restored");
	assert_int_equal(answer.drill.tables, 2);
	assert_int_equal(answer.drill.rows, 3);
	assert_int_equal(answer.drill.migrations, 1);
	assert_string_equal(answer.drill.migration, "shop.0001_initial");
	assert_int_equal(strlen(answer.drill.digest), 64);
	assert_int_not_equal(access(scratch_path(s, "copy.sqlite3-journal"), F_OK), 0);

	/* The ledger has it now, so the next one is not due. */
	answer = ask(s, (struct pf_ask_drill){.path = path, .form = "sqlite"}, true);
	assert_false(answer.drill.due);
	assert_string_equal(answer.drill.result, "restored");
	assert_int_equal(answer.drill.rows, 3);
}

static void a_copy_that_is_damaged_or_empty_fails(void **state)
{
	struct scratch *s = *state;
	const char *path = sqlite(s, "CREATE TABLE t (a);\n");
	struct pf_ask_drill question = {.path = path, .form = "sqlite", .of_django = true};
	struct pf_answer answer = ask(s, question, true);
	assert_string_equal(answer.drill.result, "failed");
	assert_non_null(strstr(answer.drill.error, "no django_migrations"));
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	fseek(file, 100, SEEK_SET);
	fputs("spoilt, and nothing but that", file);
	fclose(file);
	answer = ask(s, question, true); /* again, since the last one failed */
	assert_true(answer.drill.due && answer.drill.drilled);
	assert_string_equal(answer.drill.result, "failed");
}

static void without_consent_the_ledger_alone_speaks(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_drill question = {.path = "/etc/hostname", .form = "sqlite"};
	struct pf_answer answer = ask(s, question, false);
	assert_true(answer.drill.no_consent);
	assert_null(answer.drill.result);
	struct pf_drill_entry entry = entry_at(pf_wall_seconds() - 30 * DAY, true);
	assert_true(pf_ledger_add(s->arena, s->root, &entry));
	answer = ask(s, question, false);
	assert_true(answer.drill.due && answer.drill.no_consent && !answer.drill.drilled);
	assert_string_equal(answer.drill.result, "restored");
	answer = ask(s, (struct pf_ask_drill){.step = "ledger"}, true);
	assert_false(answer.drill.due);
	assert_string_equal(answer.drill.result, "restored");
}

static void what_cannot_be_restored_here_is_said_and_is_no_failure(void **state)
{
	struct scratch *s = *state;
	static const struct {
		const char *form, *into, *said;
	} cases[] = {
		{"age", NULL, "encrypted"},
		{"pg_dumpall", "postgresql:///", "whole cluster"},
		{"mysqldump", NULL, "no server"},
		{"mysqldump", "mysql://backup@/?socket=/nonexistent", "does not let us in"},
		{"mysqldump", "mysql://backup@/?host=/nonexistent", "parameter host"},
		{"mysqldump", "mysql:///", "names no user"},
		{"pg_dump custom", NULL, "no server"},
		{"", "postgresql:///", "no server"},
		{NULL, NULL, "could not be read"},
		{"pg_dump custom", "postgresql:///?host=/nonexistent", "does not let us in"},
		{"pg_dump custom", "postgresql:///?service=shop", "parameter service"},
		{"pg_dump custom", "postgresql:///?host=%2", "parameter host"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct pf_answer answer = ask(s,
		                              (struct pf_ask_drill){.path = "/etc/hostname",
		                                                    .form = cases[i].form,
		                                                    .into = cases[i].into},
		                              true);
		assert_int_equal(answer.outcome, PF_answered);
		assert_null(answer.drill.result);
		assert_non_null(answer.drill.hurdle);
		if (!strstr(answer.drill.hurdle, cases[i].said))
			fail_msg("%s: %s", cases[i].said, answer.drill.hurdle);
	}
}

static void no_time_no_place_and_no_sense_are_told_apart(void **state)
{
	struct scratch *s = *state;
	struct pf_ask_drill question = {.step = "drill",
	                                .set = "nightly",
	                                .into = "postgresql:///?host=/nonexistent",
	                                .path = "/etc/hostname",
	                                .form = "pg_dump custom",
	                                .max_age = DAY};
	struct pf_answer answer =
		pf_drill_answer(s->arena, &question, s->root, true, NULL, pf_now_us() + SECOND_US);
	assert_non_null(strstr(answer.drill.hurdle, "too little time"));
	answer = pf_drill_answer(s->arena, &question, NULL, true, NULL, pf_now_us() + SECOND_US);
	assert_int_equal(answer.outcome, PF_no_resources);
	question.step = "restore";
	answer = pf_drill_answer(s->arena, &question, s->root, true, NULL, pf_now_us());
	assert_int_equal(answer.outcome, PF_malformed_question);
}

static void room_is_looked_for_where_the_server_keeps_its_data(void **state)
{
	struct scratch *s = *state;
	const char *problem;
	struct pf_drill_server server = {.arena = s->arena, .host = s->root, .port = "5432"};
	assert_null(pf_drill_data_directory(&server));
	assert_true(pf_drill_has_room(s->arena, NULL, 1024, &problem));
	assert_false(pf_drill_has_room(s->arena, NULL, (int64_t)1 << 40, &problem));
	assert_non_null(strstr(problem, "cannot be seen"));
	make_file(scratch_path(s, ".s.PGSQL.5432.lock"), 0600,
	          pf_arena_print(s->arena, "1\n%s\n2\n5432\n", s->root));
	assert_string_equal(pf_drill_data_directory(&server), s->root);
	assert_true(pf_drill_has_room(s->arena, s->root, 1024, &problem));
	assert_false(pf_drill_has_room(s->arena, s->root, (int64_t)1 << 60, &problem));
	assert_non_null(strstr(problem, "are free in"));
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_is_added_to_the_ledger_is_read_again),
		IN_SCRATCH(a_spoilt_ledger_stops_nobody),
		IN_SCRATCH(what_comes_from_the_future_is_not_believed),
		IN_SCRATCH(what_is_no_ledger_says_nothing),
		IN_SCRATCH(of_a_long_ledger_the_end_is_read),
		IN_SCRATCH(what_is_of_roles_is_left_out_of_a_script),
		IN_SCRATCH(a_dump_of_mysql_goes_where_it_is_sent),
		IN_SCRATCH(commands_of_psql_reach_it_and_it_refuses_them),
		IN_SCRATCH(a_script_that_goes_elsewhere_is_stopped),
		cmocka_unit_test(only_a_psql_that_can_be_restricted_is_used),
		cmocka_unit_test(only_names_of_ours_are_dropped),
		IN_SCRATCH(a_journal_that_is_not_whole_names_nothing),
		IN_SCRATCH(what_cannot_be_dropped_stays_in_the_journal),
		IN_SCRATCH(a_copy_of_sqlite_is_checked_and_counted),
		IN_SCRATCH(a_copy_that_is_damaged_or_empty_fails),
		IN_SCRATCH(without_consent_the_ledger_alone_speaks),
		IN_SCRATCH(what_cannot_be_restored_here_is_said_and_is_no_failure),
		IN_SCRATCH(no_time_no_place_and_no_sense_are_told_apart),
		IN_SCRATCH(room_is_looked_for_where_the_server_keeps_its_data),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
