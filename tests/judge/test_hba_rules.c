/* Rules of pg_hba.conf, line by line. */
#include "rig_database.h"

PF_PROBE(hba_rules);

static const char ID[] = "databases.hba-rules";

static void expect_rule(enum pf_status status, size_t count, const char *const cells[])
{
	struct rig *rig = rig_database(&pf_probe_hba_rules);
	rig_cells(rig, count, cells);
	rig_expect(rig, ID, status);
	rig_free(rig);
}

#define RULE(status, ...)                                                                          \
	expect_rule(status, 1 + sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *), \
	            (const char *const[]){"hba.0.line=7", __VA_ARGS__})

static void databases_hba_rules__passes_for_named_addresses(void **state)
{
	(void)state;
	RULE(PF_PASS, "hba.0.type=local", "hba.0.users=postgres", "hba.0.method=peer");
	RULE(PF_PASS, "hba.0.type=hostssl", "hba.0.address=10.0.0.10",
	     "hba.0.netmask=255.255.255.255", "hba.0.method=scram-sha-256");
	RULE(PF_PASS, "hba.0.type=host", "hba.0.address=127.0.0.1", "hba.0.method=password");
}

static void databases_hba_rules__passes_for_a_wide_rule_that_rejects(void **state)
{
	(void)state;
	RULE(PF_PASS, "hba.0.type=host", "hba.0.address=all", "hba.0.method=reject");
}

static void databases_hba_rules__fails_for_trust_wherever_it_is(void **state)
{
	(void)state;
	RULE(PF_FAIL, "hba.0.type=local", "hba.0.users=all", "hba.0.method=trust");
	RULE(PF_FAIL, "hba.0.type=host", "hba.0.address=127.0.0.1", "hba.0.method=trust");
}

static void databases_hba_rules__fails_for_every_address(void **state)
{
	(void)state;
	RULE(PF_FAIL, "hba.0.type=host", "hba.0.address=all", "hba.0.method=md5");
	RULE(PF_FAIL, "hba.0.type=hostssl", "hba.0.address=0.0.0.0", "hba.0.netmask=0.0.0.0",
	     "hba.0.method=scram-sha-256");
	RULE(PF_FAIL, "hba.0.type=hostssl",
	     "hba.0.address=::", "hba.0.netmask=::", "hba.0.method=scram-sha-256");
}

static void databases_hba_rules__fails_for_clear_text_and_for_a_line_in_error(void **state)
{
	(void)state;
	RULE(PF_FAIL, "hba.0.type=host", "hba.0.address=10.0.0.10", "hba.0.method=password");
	RULE(PF_FAIL, "hba.0.problem=invalid");
}

static void databases_hba_rules__fails_for_a_later_line(void **state)
{
	(void)state;
	RULE(PF_FAIL, "hba.0.type=local", "hba.0.method=peer", "hba.1.line=9", "hba.1.type=host",
	     "hba.1.address=all", "hba.1.method=md5");
}

static void databases_hba_rules__is_unknown_when_the_role_may_not_read_them(void **state)
{
	(void)state;
	struct rig *rig = rig_database(&pf_probe_hba_rules);
	CELLS(rig, "hba.0.error=42501");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "GRANT");
	rig_refused_login(rig, "no");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "login", PF_KIND_sql, PF_worker_died);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_hba_rules__passes_for_named_addresses),
		cmocka_unit_test(databases_hba_rules__passes_for_a_wide_rule_that_rejects),
		cmocka_unit_test(databases_hba_rules__fails_for_trust_wherever_it_is),
		cmocka_unit_test(databases_hba_rules__fails_for_every_address),
		cmocka_unit_test(databases_hba_rules__fails_for_clear_text_and_for_a_line_in_error),
		cmocka_unit_test(databases_hba_rules__fails_for_a_later_line),
		cmocka_unit_test(databases_hba_rules__is_unknown_when_the_role_may_not_read_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
