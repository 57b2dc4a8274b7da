/* logging.private and logging.rotated. */
#include "rig_case.h"

PF_PROBE(logs);

static const char PRIVATE[] = "logging.private", ROTATED[] = "logging.rotated";

static const struct pf_entry file = {.path = "/var/log/shop/django.log",
                                     .type = "file",
                                     .mode = 0640,
                                     .owner = "shop",
                                     .group = "adm",
                                     .size = 4711};
static const struct pf_entry open_to_all = {.path = "/var/log/shop/django.log",
                                            .type = "file",
                                            .mode = 0644,
                                            .owner = "shop",
                                            .group = "adm",
                                            .why = "everybody may read it (others)"};
static const struct pf_entry members = {.path = "/var/log/shop/django.log",
                                        .type = "file",
                                        .mode = 0640,
                                        .owner = "shop",
                                        .group = "adm",
                                        .why = "syslog may read it (group adm)"};

static struct rig *logs(void)
{
	struct rig *rig = rig_new(&pf_probe_logs);
	rig->site.logs.declared = true;
	rig->site.media.root = "/var/lib/shop/media";
	rig->subject = "/var/log/shop/django.log";
	struct pf_answer *files = rig_put(rig, "files", PF_KIND_file, PF_answered);
	files->file = (struct pf_facts_file){.matched = 1, .files = {&file, 1}};
	rig_put(rig, "older", PF_KIND_file, PF_answered);
	rig_put(rig, "logrotate", PF_KIND_exec, PF_answered)->exec.errors =
		"rotating pattern: /var/log/apt/*.log  monthly\\n"
		"considering log /var/log/shop/django.log.old\\n";
	rig_put(rig, "access", PF_KIND_access, PF_answered)->access.found =
		(struct pf_entries){&file, 1};
	return rig;
}

static void logging_private__passes_when_only_members_of_a_group_read(void **state)
{
	(void)state;
	struct rig *rig = logs();
	rig_put(rig, "access", PF_KIND_access, PF_answered)->access =
		(struct pf_facts_access){.found = {&file, 1}, .readable = {&members, 1}};
	rig_expect(rig, PRIVATE, PF_PASS);
	rig_free(rig);
}

static void logging_private__fails_when_everybody_reads_it_or_it_is_served(void **state)
{
	(void)state;
	struct rig *rig = logs();
	rig_put(rig, "access", PF_KIND_access, PF_answered)->access =
		(struct pf_facts_access){.found = {&file, 1}, .readable = {&open_to_all, 1}};
	rig_expect_said(rig, PRIVATE, PF_FAIL, PF_MEDIUM, "everybody may read it");
	rig->site.media.root = "/var/log";
	rig_expect_said(rig, PRIVATE, PF_FAIL, PF_MEDIUM, "served directory /var/log");
	rig_free(rig);
}

static void logging_private__is_unknown_when_it_is_not_there_or_not_seen(void **state)
{
	(void)state;
	struct rig *rig = logs();
	rig_put(rig, "access", PF_KIND_access, PF_no_permission);
	rig_expect(rig, PRIVATE, PF_UNKNOWN);
	rig_put(rig, "files", PF_KIND_file, PF_answered)->file = (struct pf_facts_file){0};
	rig_expect_said(rig, PRIVATE, PF_UNKNOWN, PF_MEDIUM, "no such log file");
	rig_free(rig);
}

static void logging_rotated__passes_when_something_rotates_it(void **state)
{
	(void)state;
	struct rig *rig = logs();
	rig_put(rig, "logrotate", PF_KIND_exec, PF_answered)->exec.errors =
		"considering log /var/log/shop/django.log\\n";
	rig_expect_said(rig, ROTATED, PF_PASS, PF_LOW, "logrotate's configuration");
	rig_free(rig);
	rig = logs();
	rig_put(rig, "places", PF_KIND_exec, PF_answered)->exec.output =
		"postflight log_file=logging.handlers.RotatingFileHandler "
		"/var/log/shop/django.log\\npostflight end=places\\n";
	rig_expect_said(rig, ROTATED, PF_PASS, PF_LOW, "rotating handler");
	rig_free(rig);
	rig = logs();
	rig_put(rig, "older", PF_KIND_file, PF_answered)->file =
		(struct pf_facts_file){.matched = 1, .files = {&file, 1}};
	rig_expect_said(rig, ROTATED, PF_PASS, PF_LOW, "older generations");
	rig_free(rig);
}

static void logging_rotated__fails_when_nothing_does(void **state)
{
	(void)state;
	struct rig *rig = logs();
	rig_expect_said(rig, ROTATED, PF_FAIL, PF_LOW, "4711 bytes");
	rig_put(rig, "logrotate", PF_KIND_exec, PF_no_program);
	rig_expect(rig, ROTATED, PF_FAIL);
	rig_free(rig);
}

static void logging_rotated__is_unknown_when_the_configuration_was_not_read(void **state)
{
	(void)state;
	struct rig *rig = logs();
	rig_put(rig, "logrotate", PF_KIND_exec, PF_deadline);
	rig_expect(rig, ROTATED, PF_UNKNOWN);
	rig_put(rig, "logrotate", PF_KIND_exec, PF_answered)->exec.truncated = true;
	rig_expect(rig, ROTATED, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logging_private__passes_when_only_members_of_a_group_read),
		cmocka_unit_test(logging_private__fails_when_everybody_reads_it_or_it_is_served),
		cmocka_unit_test(logging_private__is_unknown_when_it_is_not_there_or_not_seen),
		cmocka_unit_test(logging_rotated__passes_when_something_rotates_it),
		cmocka_unit_test(logging_rotated__fails_when_nothing_does),
		cmocka_unit_test(logging_rotated__is_unknown_when_the_configuration_was_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
