/* exposure.process-user: as whom the site runs, and whether it can write its own code. */
#include "rig_case.h"

PF_PROBE(site_processes);

static const char ID[] = "exposure.process-user";

static const char *const command[] = {"/usr/bin/python3", "/usr/bin/gunicorn", "shop.wsgi"};
static const char *const shell[] = {"-bash"};
static struct pf_process processes[2];

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_site_processes);
	rig->site.app = (struct pf_app){
		.declared = true, .project = "/srv/shop", .settings = "shop.settings.production"};
	rig->subject = "/srv/shop";
	processes[0] = (struct pf_process){.pid = 7,
	                                   .uid = 33,
	                                   .user = "shop",
	                                   .name = "gunicorn",
	                                   .program = "/usr/bin/python3.11",
	                                   .directory = "/",
	                                   .command = {command, 3}};
	/* An administrator who looks around is no process of the site. */
	processes[1] = (struct pf_process){.pid = 8,
	                                   .user = "root",
	                                   .name = "bash",
	                                   .program = "/usr/bin/bash",
	                                   .directory = "/srv/shop",
	                                   .command = {shell, 1}};
	rig_put(rig, "processes", PF_KIND_process, PF_answered)->process.processes =
		(struct pf_processes){processes, 2};
	rig_put(rig, "code", PF_KIND_tree, PF_answered)->tree =
		(struct pf_facts_tree){.entries = 12, .directories = 3};
	return rig;
}

static void exposure_process_user__passes_when_it_is_a_user_who_only_reads(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "1 processes");
	rig_free(rig);
}

static void exposure_process_user__fails_when_one_runs_as_root_or_nearly(void **state)
{
	(void)state;
	static const char *const capabilities[] = {"cap_dac_override"};
	struct rig *rig = site();
	processes[0].uid = 0;
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "as root");
	processes[0].uid = 33;
	processes[0].capabilities = (struct pf_words){capabilities, 1};
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "cap_dac_override");
	rig_free(rig);
}

static void exposure_process_user__fails_when_its_own_code_can_be_written(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "code", PF_KIND_tree, PF_answered)->tree =
		(struct pf_facts_tree){.entries = 12, .replaceable = 2};
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "2 files of their own code");
	rig_free(rig);
}

static void exposure_process_user__is_unknown_when_none_or_not_all_was_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "code", PF_KIND_tree, PF_partial);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "processes", PF_KIND_process, PF_answered);
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "no process");
	rig_put(rig, "processes", PF_KIND_process, PF_no_permission);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exposure_process_user__passes_when_it_is_a_user_who_only_reads),
		cmocka_unit_test(exposure_process_user__fails_when_one_runs_as_root_or_nearly),
		cmocka_unit_test(exposure_process_user__fails_when_its_own_code_can_be_written),
		cmocka_unit_test(exposure_process_user__is_unknown_when_none_or_not_all_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
