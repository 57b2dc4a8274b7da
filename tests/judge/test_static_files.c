/* static.not-writable: who may write what visitors run. */
#include "rig_case.h"

PF_PROBE(static_files);

static const char ID[] = "static.not-writable";

static const struct pf_entry entry = {.path = "/srv/shop/x",
                                      .type = "file",
                                      .mode = 0666,
                                      .owner = "bin",
                                      .group = "bin",
                                      .why = "world-writable"};

/* A walk that found these. */
static struct pf_facts_tree *walk(struct rig *rig)
{
	rig->site.static_files = (struct pf_directory){
		.declared = true, .root = "/srv/shop/tree", .web_user = "www-data"};
	rig->subject = "/srv/shop/tree";
	struct pf_facts_tree *tree = &rig_put(rig, "tree", PF_KIND_tree, PF_answered)->tree;
	rig_question(rig, "tree")->tree.owner = "daemon";
	*tree = (struct pf_facts_tree){.entries = 12, .directories = 3, .examples = {&entry, 1}};
	return tree;
}

static void static_not_writable__passes_when_nobody_who_serves_may_write(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "none of 12 entries");
	rig_free(rig);
}

static void static_not_writable__fails_when_the_world_or_a_user_may_write(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig)->world_writable = 2;
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "/srv/shop/x");
	walk(rig)->user_writable = 1;
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "the web server's or the app's user");
	rig_free(rig);
}

static void static_not_writable__fails_when_it_can_be_replaced_from_above(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig)->parents = (struct pf_entries){&entry, 1};
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "from above");
	rig_free(rig);
}

static void static_not_writable__is_unknown_when_it_was_not_read_whole(void **state)
{
	(void)state;
	static const char *const users[] = {"www-data"};
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig)->unknown_users = (struct pf_words){users, 1};
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "www-data");
	rig_put(rig, "tree", PF_KIND_tree, PF_partial);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "tree", PF_KIND_tree, PF_absent);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void static_not_writable__is_unknown_when_no_user_was_named(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig);
	rig->site.static_files.web_user = NULL;
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "names neither static.web_user");
	rig_free(rig);
}

static void static_no_sources__passes_when_there_is_none(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig);
	rig_expect_said(rig, "static.no-sources", PF_PASS, PF_HIGH, "none of 12 entries");
	rig_free(rig);
}

static void static_no_sources__fails_when_there_is_one(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig)->sources = 1;
	rig_expect_said(rig, "static.no-sources", PF_FAIL, PF_HIGH, "sources of the project");
	rig_free(rig);
}

static void static_no_sources__is_unknown_when_not_all_was_read(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig)->sources = 1;
	rig_put(rig, "tree", PF_KIND_tree, PF_partial);
	rig_expect(rig, "static.no-sources", PF_UNKNOWN);
	rig_free(rig);
}

static void static_no_escape__passes_when_there_is_none(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig);
	rig_expect_said(rig, "static.no-escape", PF_PASS, PF_HIGH, "no symbolic link");
	rig_free(rig);
}

static void static_no_escape__fails_when_there_is_one(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig)->escaping = 1;
	rig_expect_said(rig, "static.no-escape", PF_FAIL, PF_HIGH, "lead out");
	rig_free(rig);
}

static void static_no_escape__is_unknown_when_not_all_was_read(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_files);
	walk(rig)->escaping = 1;
	rig_put(rig, "tree", PF_KIND_tree, PF_partial);
	rig_expect(rig, "static.no-escape", PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(static_not_writable__passes_when_nobody_who_serves_may_write),
		cmocka_unit_test(static_not_writable__fails_when_the_world_or_a_user_may_write),
		cmocka_unit_test(static_not_writable__fails_when_it_can_be_replaced_from_above),
		cmocka_unit_test(static_not_writable__is_unknown_when_it_was_not_read_whole),
		cmocka_unit_test(static_not_writable__is_unknown_when_no_user_was_named),
		cmocka_unit_test(static_no_sources__passes_when_there_is_none),
		cmocka_unit_test(static_no_sources__fails_when_there_is_one),
		cmocka_unit_test(static_no_sources__is_unknown_when_not_all_was_read),
		cmocka_unit_test(static_no_escape__passes_when_there_is_none),
		cmocka_unit_test(static_no_escape__fails_when_there_is_one),
		cmocka_unit_test(static_no_escape__is_unknown_when_not_all_was_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
