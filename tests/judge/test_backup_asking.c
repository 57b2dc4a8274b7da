/* What is asked about backups, and what becomes of the answers: places, names, times, as the probes
 * put them into tags and lessons. */
#include "rig_case.h"
#include "run/plan.h"

#include <string.h>

static const char *const on_db[] = {"db1"}, *const on_app[] = {"app1"};
static const char *const dumps[] = {"/mnt/b/db-*.dump"};
static const struct pf_vantage vantages[] = {
	{.name = "db1", .role = "db", .line = 1},
	{.name = "app1", .role = "app", .line = 2},
};
static const struct pf_service databases[] = {
	{.name = "default",
         .url = {"postgresql://shop@db1/shop", "postgresql", "shop", "db1", 5432, "/shop"}},
};

/* What the host with the set answers. */
struct host {
	struct pf_backup set;
	const char *file_system, *lines, *kept, *database_at;
};

static const char KEPT[] = "[{\"backup\":[{\"label\":\"F\",\"timestamp\":{\"stop\":1795340000}}],"
			   "\"cipher\":\"none\",\"status\":{\"code\":0}}]";

static struct pf_answer exec(const struct pf_ask_exec *ask, const struct host *host)
{
	struct pf_answer answer = {.kind = PF_KIND_exec, .outcome = PF_answered, .at = 1795343600};
	const char *program = ask->argv.at[0];
	answer.exec.output = strcmp(program, "/usr/bin/stat") == 0 ? host->file_system
	                     : strcmp(program, "/bin/grep") == 0   ? host->lines
	                                                           : host->kept;
	return answer;
}

static struct pf_answer answer_to(const struct pf_question *question, const struct host *host)
{
	static const char *const own[] = {"10.0.0.5", "127.0.0.1"};
	static const struct pf_entry files[] = {
		{.path = "/mnt/b/db 1.dump", .type = "file", .size = 9, .modified = 1795340000}};
	struct pf_answer answer = {.kind = question->kind, .outcome = PF_answered};
	switch (question->kind) {
	case PF_KIND_exec:
		return exec(&question->exec, host);
	case PF_KIND_process:
		answer.process.addresses = (struct pf_words){own, 2};
		break;
	case PF_KIND_resolve:
		answer.resolve.addresses = (struct pf_words){&host->database_at, 1};
		break;
	case PF_KIND_file:
		answer.file = (struct pf_facts_file){
			.now = 1795343600, .matched = 1, .files = {files, 1}};
		break;
	case PF_KIND_http:
		answer.http.status = 404;
		break;
	default:
		answer.outcome = PF_worker_died;
	}
	return answer;
}

struct played {
	struct pf_arena *arena;
	struct pf_plan *plan;
	struct pf_vantage_evidence evidence;
	struct pf_site site;
};

static void answer_all(struct played *played, const struct host *host)
{
	struct pf_plan *plan = played->plan;
	do {
		for (size_t i = 0; i < pf_plan_count(plan); i++) {
			struct pf_answer *answer = pf_arena_take(played->arena, sizeof *answer);
			*answer = answer_to(pf_plan_question(plan, i), host);
			pf_plan_set(plan, i, answer);
		}
	} while (pf_plan_advance(plan));
}

/* Everything that is asked for one check from db1, with one lesson from elsewhere (NULL: none). */
static struct played *play(const struct host *host, const char *id, const char *probe,
                           const char *lesson)
{
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	struct played *played = pf_arena_take(arena, sizeof *played);
	struct pf_backup *set = pf_arena_take(arena, sizeof *set);
	const char **only = pf_arena_array(arena, 1, sizeof *only);
	struct pf_selection *selection = pf_arena_take(arena, sizeof *selection);
	*set = host->set;
	set->name = "set";
	set->on = (struct pf_words){on_db, 1};
	only[0] = id;
	selection->only = (struct pf_words){only, 1};
	*played = (struct played){
		.arena = arena,
		.site = {.name = "shop",
	                 .url = {"https://shop.test", "https", NULL, "shop.test", 443, "/"},
	                 .vantages = vantages,
	                 .vantage_count = 2,
	                 .databases = databases,
	                 .database_count = 1,
	                 .media = {.declared = true, .on = {on_app, 1}, .root = "/srv/media"},
	                 .backups = set,
	                 .backup_count = 1}};
	played->plan = pf_plan_new(arena, &played->site, &vantages[0], CANARY, selection);
	answer_all(played, host);
	if (lesson) {
		pf_plan_learn(played->plan, (struct pf_lesson){probe, lesson});
		pf_plan_advance(played->plan);
		answer_all(played, host);
	}
	played->evidence = pf_plan_evidence(played->plan, "complete", NULL);
	return played;
}

static const struct pf_exchange *tagged(const struct played *played, const char *tag)
{
	for (size_t i = 0; i < played->evidence.count; i++)
		if (strncmp(played->evidence.exchanges[i]->tag, tag, strlen(tag)) == 0)
			return played->evidence.exchanges[i];
	return NULL;
}

static bool taught(const struct played *played, const char *lesson)
{
	for (size_t i = 0; i < pf_plan_lesson_count(played->plan); i++)
		if (strstr(pf_plan_lesson(played->plan, i)->text, lesson))
			return true;
	return false;
}

/* Of the two sorts of place, it is noted as this one, and the others are told. */
static void expect_place(const struct host *host, const char *lesson, const char *note)
{
	struct played *played = play(host, "backups.offsite", "backup_places", lesson);
	assert_non_null(tagged(played, note));
	assert_true(taught(played, note));
	pf_arena_free(played->arena);
}

static const struct pf_backup files = {.of = "default", .files = {dumps, 1}};
static const struct pf_backup uploads = {.of = "media", .files = {dumps, 1}};
static const struct pf_backup cluster = {
	.of = "default", .tool = "pgbackrest", .tool_target = "shop"};
#define HERE "10.0.0.5"
#define THERE "10.0.0.9"

static void files_are_where_their_file_system_is(void **state)
{
	(void)state;
	expect_place(&(struct host){files, "ext2/ext3\\n", "", KEPT, HERE}, NULL, "beside: set");
	expect_place(&(struct host){files, "nfs\\n", "", KEPT, HERE}, NULL,
	             "apart: set (on nfs) on db1");
	expect_place(&(struct host){files, "fuseblk\\n", "", KEPT, HERE}, NULL,
	             "unclear: set (on fuseblk)");
	expect_place(&(struct host){files, "ext2/ext3\\n", "", KEPT, THERE}, NULL, "apart: set");
}

static void pgbackrest_is_where_its_configuration_says(void **state)
{
	(void)state;
	expect_place(&(struct host){cluster, "", "", KEPT, HERE}, NULL, "unclear: set");
	expect_place(&(struct host){cluster, "", "repo1-type=posix\\n", KEPT, HERE}, NULL,
	             "beside: set");
	expect_place(&(struct host){cluster, "", "repo1-host = backup1\\n", KEPT, HERE}, NULL,
	             "apart: set (in a repository on backup1)");
	expect_place(&(struct host){cluster, "", "repo1-type=posix\\nrepo2-type=s3\\n", KEPT, HERE},
	             NULL, "apart: set (in a repository on s3)");
	expect_place(&(struct host){cluster, "", "repo1-host=localhost\\n", KEPT, HERE}, NULL,
	             "beside: set");
	/* Nobody knows which it means: the database's own host. */
	expect_place(&(struct host){cluster, "", "repo1-host=db1\\n", KEPT, HERE}, NULL,
	             "beside: set");
	expect_place(&(struct host){cluster, "", "repo1-type=s3\\n", "[]", HERE}, NULL,
	             "nothing: set (no copy)");
}

static void uploads_are_where_their_machine_says_that_it_is(void **state)
{
	(void)state;
	struct host host = {uploads, "ext2/ext3\\n", "", KEPT, HERE};
	expect_place(&host, "home of media: 10.0.0.7 ", "apart: set");
	expect_place(&host, "home of media: 10.0.0.5 ", "beside: set");
	struct played *played = play(&host, "backups.offsite", "backup_places", NULL);
	assert_null(tagged(played, "apart"));
	assert_null(tagged(played, "beside"));
	pf_arena_free(played->arena);
}

static void passwords_stay_with_the_tool(void **state)
{
	(void)state;
	struct host host = {.set = {.of = "media",
	                            .tool = "borg",
	                            .tool_target = "/srv/b",
	                            .password_file = "/etc/it's.pw",
	                            .select = "media-*"},
	                    .kept = "{\"archives\": [{\"name\": \"media-1\", \"start\": "
	                            "\"2026-11-26T09:30:00.0\"}]}"};
	struct played *played = play(&host, "backups.tool", NULL, NULL);
	const struct pf_ask_exec *asked = &tagged(played, "kept")->question.exec;
	assert_true(
		pf_words_have(asked->environment, "BORG_PASSCOMMAND=/bin/cat '/etc/it'\\''s.pw'"));
	assert_true(pf_words_have(asked->argv, "--bypass-lock"));
	assert_true(pf_words_have(asked->argv, "media-*"));
	assert_null(asked->user);
	assert_false(asked->thorough);
	/* Of its own check, the repository would not be the same after. */
	const struct pf_ask_exec *read = &tagged(played, "verified")->question.exec;
	assert_true(read->thorough);
	assert_true(pf_words_have(read->argv, "--dry-run"));
	assert_true(pf_words_have(read->argv, "/srv/b::media-1"));
	assert_string_equal(tagged(played, "locks")->question.file.patterns.at[0],
	                    "/srv/b/lock.exclusive");
	pf_arena_free(played->arena);
	host.kept = "{\"archives\": []}";
	played = play(&host, "backups.tool", NULL, NULL);
	assert_null(tagged(played, "verified"));
	pf_arena_free(played->arena);
	host.set.tool = "restic";
	host.set.program = "/usr/local/bin/restic";
	host.set.user = "backup";
	played = play(&host, "backups.tool", NULL, NULL);
	asked = &tagged(played, "kept")->question.exec;
	assert_true(pf_words_have(asked->environment, "RESTIC_PASSWORD_FILE=/etc/it's.pw"));
	assert_true(pf_words_have(asked->argv, "--no-lock"));
	assert_string_equal(asked->argv.at[0], "/usr/local/bin/restic");
	assert_string_equal(asked->user, "backup");
	pf_arena_free(played->arena);
}

static void real_names_are_asked_for_and_others_are_not(void **state)
{
	(void)state;
	struct host host = {files, "ext2/ext3\\n", "", KEPT, HERE};
	struct played *played = play(&host, "backups.not-served", "backup_served", NULL);
	assert_true(taught(played, "named db%201.dump"));
	assert_non_null(tagged(played, "/media/db%201.dump"));
	assert_non_null(tagged(played, "/db%201.dump"));
	pf_arena_free(played->arena);
	played = play(&host, "backups.not-served", "backup_served", "named ../../etc/passwd");
	assert_null(tagged(played, "/../"));
	pf_arena_free(played->arena);
	played = play(&host, "backups.not-served", "backup_served", "named a b\\r\\nHost: x");
	assert_null(tagged(played, "/a"));
	pf_arena_free(played->arena);
	played = play(&host, "backups.not-served", "backup_served", "at media old/a.dump");
	assert_non_null(tagged(played, "/media/old/a.dump"));
	pf_arena_free(played->arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_where_their_file_system_is),
		cmocka_unit_test(pgbackrest_is_where_its_configuration_says),
		cmocka_unit_test(uploads_are_where_their_machine_says_that_it_is),
		cmocka_unit_test(passwords_stay_with_the_tool),
		cmocka_unit_test(real_names_are_asked_for_and_others_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
