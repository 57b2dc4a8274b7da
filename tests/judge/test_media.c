/* media.not-writable-by-others and media.no-exec-bits. */
#include "rig_case.h"

PF_PROBE(media);

static const char WRITE[] = "media.not-writable-by-others", EXEC[] = "media.no-exec-bits";

static const struct pf_entry entry = {.path = "/srv/shop/x",
                                      .type = "file",
                                      .mode = 0666,
                                      .owner = "bin",
                                      .group = "bin",
                                      .why = "world-writable"};

/* A walk that found these. */
static struct pf_facts_tree *walk(struct rig *rig)
{
	rig->site.media = (struct pf_directory){
		.declared = true, .root = "/srv/shop/tree", .web_user = "www-data"};
	rig->subject = "/srv/shop/tree";
	struct pf_facts_tree *tree = &rig_put(rig, "tree", PF_KIND_tree, PF_answered)->tree;
	rig_question(rig, "tree")->tree.owner = "daemon";
	*tree = (struct pf_facts_tree){.entries = 12, .directories = 3, .examples = {&entry, 1}};
	return tree;
}

static void media_not_writable_by_others__passes_when_only_the_app_writes(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	rig_expect(rig, WRITE, PF_PASS);
	rig_free(rig);
}

static void media_not_writable_by_others__fails_when_others_may_write(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->world_writable = 1;
	rig_expect_said(rig, WRITE, PF_FAIL, PF_HIGH, "everybody (such as /srv/shop/x");
	walk(rig)->parents = (struct pf_entries){&entry, 1};
	rig_expect_said(rig, WRITE, PF_FAIL, PF_HIGH, "from above");
	walk(rig)->user_writable = 1;
	rig_expect_said(rig, WRITE, PF_FAIL, PF_MEDIUM, "the web server's user");
	walk(rig)->foreign = 4;
	rig_expect_said(rig, WRITE, PF_FAIL, PF_MEDIUM, "do not belong to daemon");
	rig_free(rig);
}

static void media_not_writable_by_others__is_unknown_when_it_was_not_read_whole(void **state)
{
	(void)state;
	static const char *const users[] = {"www-data"};
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->unknown_users = (struct pf_words){users, 1};
	rig_expect(rig, WRITE, PF_UNKNOWN);
	rig_put(rig, "tree", PF_KIND_tree, PF_partial);
	rig_expect(rig, WRITE, PF_UNKNOWN);
	rig_expect(rig, EXEC, PF_UNKNOWN);
	rig_free(rig);
}

static void media_not_writable_by_others__is_unknown_when_no_user_was_named(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	rig->site.media.web_user = NULL;
	rig_expect_said(rig, WRITE, PF_UNKNOWN, PF_HIGH, "names neither media.owner");
	rig_free(rig);
}

static void media_no_exec_bits__passes_when_there_are_none(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	rig_expect(rig, EXEC, PF_PASS);
	rig_free(rig);
}

static void media_no_exec_bits__fails_when_a_file_is_executable(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->executable = 1;
	rig_expect_said(rig, EXEC, PF_FAIL, PF_LOW, "executable bit");
	walk(rig)->setuid = 1;
	rig_expect_said(rig, EXEC, PF_FAIL, PF_HIGH, "setuid");
	rig_free(rig);
}

static void media_no_exec_bits__is_unknown_when_it_is_not_there(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	rig_put(rig, "tree", PF_KIND_tree, PF_absent);
	rig_expect(rig, EXEC, PF_UNKNOWN);
	rig_free(rig);
}

static void media_no_secrets__passes_when_there_is_none(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	rig_expect_said(rig, "media.no-secrets", PF_PASS, PF_HIGH, "none of");
	rig_free(rig);
}

static void media_no_secrets__fails_when_there_is_one(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->secrets = 1;
	rig_expect_said(rig, "media.no-secrets", PF_FAIL, PF_HIGH, "keys, dumps");
	rig_free(rig);
}

static void media_no_secrets__is_unknown_when_not_all_was_read(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->secrets = 1;
	rig_put(rig, "tree", PF_KIND_tree, PF_partial);
	rig_expect(rig, "media.no-secrets", PF_UNKNOWN);
	rig_free(rig);
}

static void media_no_escape__passes_when_there_is_none(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	rig_expect_said(rig, "media.no-escape", PF_PASS, PF_HIGH, "no symbolic link");
	rig_free(rig);
}

static void media_no_escape__fails_when_there_is_one(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->escaping = 1;
	rig_expect_said(rig, "media.no-escape", PF_FAIL, PF_HIGH, "lead out");
	rig_free(rig);
}

static void media_no_escape__is_unknown_when_not_all_was_read(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->escaping = 1;
	rig_put(rig, "tree", PF_KIND_tree, PF_partial);
	rig_expect(rig, "media.no-escape", PF_UNKNOWN);
	rig_free(rig);
}

static void media_mount__passes_when_nothing_is_started_there(void **state)
{
	(void)state;
	static const char *const options[] = {"nosuid", "nodev", "noexec"};
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->mount = (struct pf_words){options, 3};
	rig_expect_said(rig, "media.mount", PF_PASS, PF_INFO, "mounted nosuid and noexec");
	rig_free(rig);
}

static void media_mount__fails_when_an_option_is_missing(void **state)
{
	(void)state;
	static const char *const options[] = {"nosuid"};
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig)->mount = (struct pf_words){options, 1};
	rig_expect_said(rig, "media.mount", PF_FAIL, PF_INFO, "without noexec");
	walk(rig);
	rig_expect_said(rig, "media.mount", PF_FAIL, PF_INFO, "without nosuid and noexec");
	rig_free(rig);
}

static void media_mount__is_unknown_when_it_was_not_seen(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	rig_put(rig, "tree", PF_KIND_tree, PF_no_permission);
	rig_expect(rig, "media.mount", PF_UNKNOWN);
	rig_free(rig);
}

static void entries_with_a_trait_are_remembered_with_owner_and_mode(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_media);
	walk(rig);
	const struct pf_audit *audit = rig_audit(rig);
	assert_int_equal(audit->mark_count, 1);
	assert_string_equal(audit->marks[0].value,
	                    "/srv/shop/x, owner bin, mode 0666: world-writable");
	rig_put(rig, "tree", PF_KIND_tree, PF_deadline);
	assert_int_equal(rig_audit(rig)->mark_count, 0);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_not_writable_by_others__passes_when_only_the_app_writes),
		cmocka_unit_test(media_not_writable_by_others__fails_when_others_may_write),
		cmocka_unit_test(
			media_not_writable_by_others__is_unknown_when_it_was_not_read_whole),
		cmocka_unit_test(media_not_writable_by_others__is_unknown_when_no_user_was_named),
		cmocka_unit_test(media_no_exec_bits__passes_when_there_are_none),
		cmocka_unit_test(media_no_exec_bits__fails_when_a_file_is_executable),
		cmocka_unit_test(media_no_exec_bits__is_unknown_when_it_is_not_there),
		cmocka_unit_test(media_no_secrets__passes_when_there_is_none),
		cmocka_unit_test(media_no_secrets__fails_when_there_is_one),
		cmocka_unit_test(media_no_secrets__is_unknown_when_not_all_was_read),
		cmocka_unit_test(media_no_escape__passes_when_there_is_none),
		cmocka_unit_test(media_no_escape__fails_when_there_is_one),
		cmocka_unit_test(media_no_escape__is_unknown_when_not_all_was_read),
		cmocka_unit_test(media_mount__passes_when_nothing_is_started_there),
		cmocka_unit_test(media_mount__fails_when_an_option_is_missing),
		cmocka_unit_test(media_mount__is_unknown_when_it_was_not_seen),
		cmocka_unit_test(entries_with_a_trait_are_remembered_with_owner_and_mode),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
