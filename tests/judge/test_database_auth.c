/* How a database asks for proof, and over what. */
#include "rig_database.h"

PF_PROBE(database_auth);

static const char METHOD[] = "databases.auth-method", TLS[] = "databases.tls-required";

static void put(struct rig *rig, const char *tag, enum pf_outcome outcome)
{
	rig_put(rig, tag, PF_KIND_postgres, outcome);
	rig_question(rig, tag)->postgres = (struct pf_ask_postgres){
		.user = "shop", .database = "shop", .address = "10.0.0.2", .tls = tag[0] == 't'};
}

static void request(struct rig *rig, const char *tag, int64_t auth)
{
	put(rig, tag, PF_answered);
	rig_put(rig, tag, PF_KIND_postgres, PF_answered)->postgres =
		(struct pf_facts_postgres){.message = "R", .auth = auth};
	rig_question(rig, tag)->postgres =
		(struct pf_ask_postgres){.user = "shop", .database = "shop", .address = "10.0.0.2"};
}

static void refusal(struct rig *rig, const char *tag)
{
	put(rig, tag, PF_answered);
	rig_put(rig, tag, PF_KIND_postgres, PF_answered)->postgres =
		(struct pf_facts_postgres){.message = "E", .sqlstate = "28000"};
	rig_question(rig, tag)->postgres =
		(struct pf_ask_postgres){.user = "shop", .database = "shop", .address = "10.0.0.2"};
}

static struct rig *asked_with(int64_t tls)
{
	struct rig *rig = rig_database(&pf_probe_database_auth);
	request(rig, "tls", tls);
	refusal(rig, "plain");
	return rig;
}

static void databases_auth_method__passes_for_scram(void **state)
{
	(void)state;
	struct rig *rig = asked_with(10);
	rig_expect_said(rig, METHOD, PF_PASS, PF_HIGH, "SCRAM");
	rig_free(rig);
}

static void databases_auth_method__fails_by_the_weakest_that_was_asked(void **state)
{
	(void)state;
	struct rig *rig = asked_with(5);
	rig_expect_said(rig, METHOD, PF_FAIL, PF_MEDIUM, "md5");
	rig_free(rig);
	rig = asked_with(10);
	request(rig, "plain", 3);
	rig_expect_said(rig, METHOD, PF_FAIL, PF_HIGH, "clear text");
	rig_free(rig);
	rig = asked_with(10);
	request(rig, "admin-plain", 0);
	rig_expect_said(rig, METHOD, PF_FAIL, PF_HIGH, "trust");
	rig_free(rig);
}

static void databases_auth_method__is_skipped_where_nobody_is_asked(void **state)
{
	(void)state;
	struct rig *rig = rig_database(&pf_probe_database_auth);
	put(rig, "tls", PF_silent);
	put(rig, "plain", PF_refused);
	rig_expect(rig, METHOD, PF_SKIP);
	rig_free(rig);
}

static void databases_auth_method__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	static const char *const tags[] = {"tls", "plain"};
	for (size_t i = 0; i < 2; i++) {
		struct rig *rig = asked_with(10);
		put(rig, tags[i], PF_deadline);
		rig_expect(rig, METHOD, PF_UNKNOWN);
		rig_free(rig);
	}
}

static void databases_tls_required__passes_when_plain_text_is_refused(void **state)
{
	(void)state;
	struct rig *rig = asked_with(10);
	rig_expect(rig, TLS, PF_PASS);
	rig_free(rig);
}

static void databases_tls_required__fails_when_plain_text_is_taken(void **state)
{
	(void)state;
	struct rig *rig = asked_with(10);
	request(rig, "plain", 10);
	rig_expect(rig, TLS, PF_FAIL);
	rig_free(rig);
}

static void databases_tls_required__is_skipped_on_loopback_and_elsewhere(void **state)
{
	(void)state;
	struct rig *rig = asked_with(10);
	request(rig, "plain", 10);
	rig_question(rig, "plain")->postgres.address = "127.0.0.1";
	rig_expect(rig, TLS, PF_SKIP);
	rig_free(rig);
	rig = asked_with(10);
	rig->vantage.role = "bastion";
	rig_expect(rig, TLS, PF_SKIP);
	rig_free(rig);
}

static void databases_tls_required__is_unknown_when_nothing_was_said(void **state)
{
	(void)state;
	static const enum pf_outcome outcomes[] = {PF_deadline, PF_stalled, PF_hung_up, PF_silent};
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
		struct rig *rig = asked_with(10);
		put(rig, "plain", outcomes[i]);
		rig_expect(rig, TLS, PF_UNKNOWN);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_auth_method__passes_for_scram),
		cmocka_unit_test(databases_auth_method__fails_by_the_weakest_that_was_asked),
		cmocka_unit_test(databases_auth_method__is_skipped_where_nobody_is_asked),
		cmocka_unit_test(databases_auth_method__is_unknown_when_it_was_not_asked),
		cmocka_unit_test(databases_tls_required__passes_when_plain_text_is_refused),
		cmocka_unit_test(databases_tls_required__fails_when_plain_text_is_taken),
		cmocka_unit_test(databases_tls_required__is_skipped_on_loopback_and_elsewhere),
		cmocka_unit_test(databases_tls_required__is_unknown_when_nothing_was_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
