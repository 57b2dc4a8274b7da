/* What the app's role may do, and how old its server is. */
#include "rig_database.h"

#include <string.h>

PF_PROBE(database_rights);

static struct rig *login(void)
{
	return rig_database(&pf_probe_database_rights);
}

/* The check is unknown for each way in which nothing of it was seen. */
static void assert_unknown_unless_seen(const char *id, const char *error_cell)
{
	struct rig *rig = login();
	rig_put(rig, "login", PF_KIND_sql, PF_deadline);
	rig_expect(rig, id, PF_UNKNOWN);
	rig_free(rig);
	rig = login();
	rig_refused_login(rig, "no entry");
	rig_expect(rig, id, PF_UNKNOWN);
	rig_free(rig);
	rig = login();
	CELLS(rig, error_cell);
	rig_expect(rig, id, PF_UNKNOWN);
	assert_non_null(strstr(rig_find(rig, id)->summary, "42501"));
	rig_free(rig);
}

static void databases_app_connects__passes_when_the_login_succeeds(void **state)
{
	(void)state;
	struct rig *rig = login();
	CELLS(rig, "role.0.name=shop");
	rig_expect_said(rig, "databases.app-connects", PF_PASS, PF_HIGH, "TLSv1.3");
	rig_free(rig);
}

static void databases_app_connects__passes_when_the_second_address_lets_it_in(void **state)
{
	(void)state;
	struct rig *rig = login();
	rig_refused_login(rig, "refused");
	struct pf_answer *again = rig_put(rig, "login-again", PF_KIND_sql, PF_answered);
	again->sql = (struct pf_facts_sql){.connected = true, .tls = "TLSv1.2"};
	rig_question(rig, "login-again")->sql = (struct pf_ask_sql){.user = "shop"};
	rig_expect_said(rig, "databases.app-connects", PF_PASS, PF_HIGH, "TLSv1.2");
	rig_free(rig);
}

static void databases_app_connects__fails_when_the_server_refuses(void **state)
{
	(void)state;
	struct rig *rig = login();
	rig_refused_login(rig, "channel binding required");
	rig_expect_said(rig, "databases.app-connects", PF_FAIL, PF_HIGH, "channel binding");
	rig_free(rig);
	rig = login();
	rig_put(rig, "login", PF_KIND_sql, PF_tls_untrusted)->detail = "self-signed";
	rig_expect_said(rig, "databases.app-connects", PF_FAIL, PF_HIGH, "self-signed");
	rig_free(rig);
}

static void databases_app_connects__is_unknown_when_the_server_cannot_bind(void **state)
{
	static const char *const pooler[] = {"SCRAM-SHA-256"};
	static const char *const server[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"};
	(void)state;
	struct rig *rig = login();
	rig_refused_login(rig, "channel binding required");
	struct pf_answer *asks = rig_put(rig, "asks", PF_KIND_postgres, PF_answered);
	asks->postgres = (struct pf_facts_postgres){
		.message = "R", .auth = 10, .mechanisms = rig_words(rig, 1, pooler)};
	rig_expect_said(rig, "databases.app-connects", PF_UNKNOWN, PF_HIGH, "poolers");
	asks->postgres.mechanisms = rig_words(rig, 2, server);
	rig_expect(rig, "databases.app-connects", PF_FAIL);
	asks->postgres = (struct pf_facts_postgres){.message = "R", .auth = 5};
	rig_expect(rig, "databases.app-connects", PF_FAIL);
	rig_free(rig);
}

static void databases_app_connects__is_unknown_without_a_password(void **state)
{
	(void)state;
	struct rig *rig = login();
	rig_put(rig, "login", PF_KIND_sql, PF_no_password);
	rig_expect(rig, "databases.app-connects", PF_UNKNOWN);
	rig_free(rig);
}

static void databases_least_privilege__passes_for_a_plain_role(void **state)
{
	(void)state;
	struct rig *rig = login();
	CELLS(rig, "role.0.name=shop", "role.0.superuser=f", "role.0.createdb=f",
	      "memberships.0.name=readers", "memberships.0.superuser=f");
	rig_expect(rig, "databases.least-privilege", PF_PASS);
	rig_free(rig);
}

static void databases_least_privilege__fails_for_each_attribute_and_membership(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"role.0.superuser=t", "role.0.createrole=t",
		"role.0.createdb=t",  "role.0.replication=t",
		"role.0.bypassrls=t", "memberships.0.name=pg_read_server_files",
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct rig *rig = login();
		CELLS(rig, "role.0.name=shop", wrong[i]);
		rig_expect(rig, "databases.least-privilege", PF_FAIL);
		rig_free(rig);
	}
	struct rig *rig = login();
	CELLS(rig, "role.0.name=shop", "memberships.0.name=readers", "memberships.0.superuser=f",
	      "memberships.1.name=boss", "memberships.1.superuser=t");
	rig_expect_said(rig, "databases.least-privilege", PF_FAIL, PF_HIGH, "boss");
	rig_free(rig);
}

static void databases_least_privilege__is_unknown_unless_the_role_was_seen(void **state)
{
	(void)state;
	assert_unknown_unless_seen("databases.least-privilege", "role.0.error=42501");
}

static void databases_public_schema__passes_when_only_the_owner_creates(void **state)
{
	(void)state;
	struct rig *rig = login();
	CELLS(rig, "public_schema.0.create=f");
	rig_expect(rig, "databases.public-schema", PF_PASS);
	rig_free(rig);
}

static void databases_public_schema__fails_when_everybody_creates(void **state)
{
	(void)state;
	struct rig *rig = login();
	CELLS(rig, "public_schema.0.create=t");
	rig_expect(rig, "databases.public-schema", PF_FAIL);
	rig_free(rig);
}

static void databases_public_schema__is_unknown_unless_it_was_seen(void **state)
{
	(void)state;
	assert_unknown_unless_seen("databases.public-schema", "public_schema.0.error=42501");
}

static void expect_version(const char *number, const char *name, enum pf_status status)
{
	struct rig *rig = login();
	CELLS(rig, number, name);
	rig_expect(rig, "databases.supported-version", status);
	rig_free(rig);
}

static void databases_supported_version__passes_while_there_are_fixes(void **state)
{
	(void)state;
	expect_version("version.0.number=150020", "version.0.name=15.20", PF_PASS);
	expect_version("version.0.number=180001", "version.0.name=18.1", PF_PASS);
	expect_version("version.0.number=190000", "version.0.name=19.0", PF_PASS);
}

static void databases_supported_version__fails_after_the_last_fix(void **state)
{
	(void)state;
	expect_version("version.0.number=120022", "version.0.name=12.22", PF_FAIL);
	expect_version("version.0.number=140025", "version.0.name=14.25", PF_FAIL);
	expect_version("version.0.number=90624", "version.0.name=9.6.24", PF_FAIL);
}

static void databases_supported_version__is_unknown_unless_it_was_told(void **state)
{
	(void)state;
	assert_unknown_unless_seen("databases.supported-version", "version.0.error=42501");
	expect_version("version.0.number=many", "version.0.name=x", PF_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_app_connects__passes_when_the_login_succeeds),
		cmocka_unit_test(databases_app_connects__passes_when_the_second_address_lets_it_in),
		cmocka_unit_test(databases_app_connects__fails_when_the_server_refuses),
		cmocka_unit_test(databases_app_connects__is_unknown_when_the_server_cannot_bind),
		cmocka_unit_test(databases_app_connects__is_unknown_without_a_password),
		cmocka_unit_test(databases_least_privilege__passes_for_a_plain_role),
		cmocka_unit_test(
			databases_least_privilege__fails_for_each_attribute_and_membership),
		cmocka_unit_test(databases_least_privilege__is_unknown_unless_the_role_was_seen),
		cmocka_unit_test(databases_public_schema__passes_when_only_the_owner_creates),
		cmocka_unit_test(databases_public_schema__fails_when_everybody_creates),
		cmocka_unit_test(databases_public_schema__is_unknown_unless_it_was_seen),
		cmocka_unit_test(databases_supported_version__passes_while_there_are_fixes),
		cmocka_unit_test(databases_supported_version__fails_after_the_last_fix),
		cmocka_unit_test(databases_supported_version__is_unknown_unless_it_was_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
