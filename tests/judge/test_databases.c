/* databases.only-app-servers: how far PostgreSQL lets somebody come. */
#include "rig_case.h"

PF_PROBE(databases);

static const char ID[] = "databases.only-app-servers";

static const struct pf_service database = {.name = "default",
                                           .url = {.text = "postgresql://shop@db1:5432/shop",
                                                   .scheme = "postgresql",
                                                   .user = "shop",
                                                   .host = "db1",
                                                   .port = 5432,
                                                   .path = "/shop"}};

static void put(struct rig *rig, const char *tag, enum pf_outcome outcome)
{
	rig_put(rig, tag, PF_KIND_postgres, outcome);
	rig_question(rig, tag)->postgres =
		(struct pf_ask_postgres){.user = "shop", .database = "shop", .tls = tag[4] == 't'};
}

static struct rig *kept(const char *subject)
{
	struct rig *rig = rig_new(&pf_probe_databases);
	rig->site.databases = &database;
	rig->site.database_count = 1;
	rig->subject = subject;
	return rig;
}

/* All four questions end so. */
static struct rig *outside(enum pf_outcome outcome)
{
	struct rig *rig = kept("postgresql://db1:5432/shop [10.0.0.2]");
	put(rig, "own-tls", outcome);
	put(rig, "own-plain", outcome);
	put(rig, "admin-tls", outcome);
	put(rig, "admin-plain", outcome);
	return rig;
}

static void request(struct rig *rig, const char *tag, int64_t auth)
{
	put(rig, tag, PF_answered);
	struct pf_facts_postgres *said =
		&rig_put(rig, tag, PF_KIND_postgres, PF_answered)->postgres;
	*said = (struct pf_facts_postgres){.message = "R", .auth = auth};
	rig_question(rig, tag)->postgres =
		(struct pf_ask_postgres){.user = "shop", .database = "shop"};
}

static void error(struct rig *rig, const char *tag, const char *state, const char *routine)
{
	request(rig, tag, 0);
	for (size_t i = 0; i < rig->count; i++)
		if (rig->answers[i].postgres.message && rig->exchanges[i].tag == tag)
			rig->answers[i].postgres = (struct pf_facts_postgres){
				.message = "E", .sqlstate = state, .routine = routine};
}

/* Let in by the rule, and sent away for want of what was asked for. */
static void request_then_error(struct rig *rig, const char *tag, const char *state)
{
	request(rig, tag, 0);
	for (size_t i = 0; i < rig->count; i++)
		if (rig->exchanges[i].tag == tag)
			rig->answers[i].postgres.sqlstate = state;
}

static void databases_only_app_servers__passes_when_the_port_is_closed(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_refused);
	rig_expect_said(rig, ID, PF_PASS, PF_CRITICAL, "refused the connection");
	rig_free(rig);
	rig = outside(PF_silent);
	rig_expect(rig, ID, PF_PASS);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void databases_only_app_servers__fails_when_it_lets_in(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	static const char TLS[] = "own-tls", PLAIN[] = "own-plain", ADMIN[] = "admin-tls";
	error(rig, TLS, "28000", "ClientAuthentication");
	error(rig, PLAIN, "28000", "ClientAuthentication");
	request(rig, ADMIN, 0);
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "lets in without any password");
	request_then_error(rig, ADMIN, "3D000");
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "does not exist");
	request_then_error(rig, ADMIN, "28000");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "only lacks that role");
	rig_free(rig);
}

static void databases_only_app_servers__fails_when_it_asks_for_a_password(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	request(rig, "own-tls", 10);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "asks for a password (SASL)");
	request(rig, "own-plain", 3);
	request(rig, "own-tls", 5);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "md5");
	rig_free(rig);
}

static void databases_only_app_servers__fails_when_pg_hba_refuses(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_answered);
	static const char TLS[] = "own-tls", PLAIN[] = "own-plain";
	error(rig, TLS, "28000", "ClientAuthentication");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "pg_hba.conf");
	error(rig, TLS, "53300", "ProcArrayAdd");
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "no room");
	error(rig, PLAIN, "3D000", NULL); /* a pooler, before it asks anything */
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "is reached");
	rig_free(rig);
}

static void databases_only_app_servers__is_unknown_when_it_accepts_and_hangs_up(void **state)
{
	(void)state;
	struct rig *rig = outside(PF_hung_up);
	rig_expect(rig, ID, PF_UNKNOWN);
	put(rig, "admin-plain", PF_worker_died);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static struct rig *inside(void)
{
	struct rig *rig = kept("postgresql://db1:5432/shop");
	put(rig, "inside-1", PF_refused);
	put(rig, "inside-plain-1", PF_refused);
	return rig;
}

static void databases_only_app_servers__passes_when_the_app_gets_as_far_as_its_password(
	void **state)
{
	(void)state;
	struct rig *rig = inside();
	static const char PLAIN[] = "inside-plain-1";
	error(rig, PLAIN, "28000", "ClientAuthentication");
	request(rig, "inside-1", 10);
	rig_expect_said(rig, ID, PF_PASS, PF_CRITICAL, "the app gets through");
	rig_free(rig);
}

static void databases_only_app_servers__fails_when_the_app_is_locked_out(void **state)
{
	(void)state;
	struct rig *rig = inside();
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "must get in");
	static const char TLS[] = "inside-1", PLAIN[] = "inside-plain-1";
	error(rig, TLS, "28000", "ClientAuthentication");
	error(rig, PLAIN, "28000", "ClientAuthentication");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "refuses by pg_hba.conf");
	rig_free(rig);
}

static void databases_only_app_servers__is_unknown_when_the_app_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = inside();
	put(rig, "inside-1", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_only_app_servers__passes_when_the_port_is_closed),
		cmocka_unit_test(databases_only_app_servers__fails_when_it_lets_in),
		cmocka_unit_test(databases_only_app_servers__fails_when_it_asks_for_a_password),
		cmocka_unit_test(databases_only_app_servers__fails_when_pg_hba_refuses),
		cmocka_unit_test(
			databases_only_app_servers__is_unknown_when_it_accepts_and_hangs_up),
		cmocka_unit_test(
			databases_only_app_servers__passes_when_the_app_gets_as_far_as_its_password),
		cmocka_unit_test(databases_only_app_servers__fails_when_the_app_is_locked_out),
		cmocka_unit_test(databases_only_app_servers__is_unknown_when_the_app_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
