/* databases.mysql: what MySQL and MariaDB say before and after a login without a password. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(mysql);

static const char ID[] = "databases.mysql";

static struct rig *reached_by(const char *role)
{
	static const struct pf_service database = {.name = "reports",
	                                           .url = {.text = "mysql://shop@db1:3306/shop",
	                                                   .scheme = "mysql",
	                                                   .user = "shop",
	                                                   .host = "db1",
	                                                   .port = 3306,
	                                                   .path = "/shop"}};
	static const struct pf_vantage vantages[] = {{.name = "world", .role = "outside"}};
	struct rig *rig = rig_new(&pf_probe_mysql);
	rig->site.databases = &database;
	rig->site.database_count = 1;
	rig->site.vantages = vantages;
	rig->site.vantage_count = 1;
	rig->vantage.role = role;
	rig->subject =
		strcmp(role, "app") == 0 ? "mysql://db1:3306" : "mysql://db1:3306 [10.0.0.2]";
	return rig;
}

static struct pf_facts_mysql *said(struct rig *rig, const char *tag, enum pf_outcome outcome)
{
	struct pf_facts_mysql *facts = &rig_put(rig, tag, PF_KIND_mysql, outcome)->mysql;
	rig_question(rig, tag)->mysql.user = strcmp(tag, "admin") == 0 ? "root" : "shop";
	return facts;
}

static void both(struct rig *rig, struct pf_facts_mysql facts)
{
	*said(rig, "own", PF_answered) = facts;
	*said(rig, "admin", PF_answered) = facts;
}

static const struct pf_facts_mysql denied_host = {.error = 1130};
static const struct pf_facts_mysql wants_password = {.greeted = true,
                                                     .protocol = 10,
                                                     .current = true,
                                                     .server_version = "10.11.19-MariaDB",
                                                     .error = 1045,
                                                     .sqlstate = "28000"};
static const struct pf_facts_mysql let_in = {
	.greeted = true, .protocol = 10, .current = true, .let_in = true};

static void databases_mysql__passes_when_nobody_outside_gets_a_word(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_refused, PF_silent, PF_unreachable};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = reached_by("outside");
		said(rig, "own", endings[i]);
		said(rig, "admin", endings[i]);
		rig_expect(rig, ID, PF_PASS);
		rig_free(rig);
	}
}

static void databases_mysql__passes_when_the_app_is_asked_for_its_password(void **state)
{
	(void)state;
	struct rig *rig = reached_by("app");
	*said(rig, "inside-1", PF_answered) = wants_password;
	said(rig, "inside-2", PF_refused);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void databases_mysql__fails_by_how_far_a_stranger_gets(void **state)
{
	(void)state;
	struct rig *rig = reached_by("outside");
	both(rig, denied_host);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "no account for this host (1130)");
	both(rig, (struct pf_facts_mysql){.error = 1129});
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "has shut this host out");
	both(rig, wants_password);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "wants a password of user \"shop\" (1045)");
	*said(rig, "admin", PF_answered) = let_in;
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, "lets in user \"root\" without a password");
	rig_free(rig);
}

static void databases_mysql__fails_when_the_app_cannot_get_in(void **state)
{
	(void)state;
	struct rig *rig = reached_by("app");
	*said(rig, "inside-1", PF_answered) = denied_host;
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "which must get in");
	said(rig, "inside-1", PF_refused);
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void databases_mysql__fails_when_the_app_needs_no_password(void **state)
{
	(void)state;
	struct rig *rig = reached_by("app");
	*said(rig, "inside-1", PF_answered) = let_in;
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "lets in user \"shop\" without a password");
	rig_free(rig);
}

static void databases_mysql__is_unknown_when_the_port_says_nothing_known(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_hung_up, PF_stalled, PF_garbled, PF_tls_failed,
	                                          PF_no_route};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = reached_by("outside");
		said(rig, "own", endings[i]);
		said(rig, "admin", endings[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig->subject = "mysql://db1:3306";
		said(rig, "inside-1", endings[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_free(rig);
	}
}

static void databases_mysql__is_unknown_when_silence_has_no_control(void **state)
{
	(void)state;
	struct rig *rig = reached_by("outside");
	said(rig, "own", PF_silent);
	said(rig, "admin", PF_silent);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_mysql__passes_when_nobody_outside_gets_a_word),
		cmocka_unit_test(databases_mysql__passes_when_the_app_is_asked_for_its_password),
		cmocka_unit_test(databases_mysql__fails_by_how_far_a_stranger_gets),
		cmocka_unit_test(databases_mysql__fails_when_the_app_cannot_get_in),
		cmocka_unit_test(databases_mysql__fails_when_the_app_needs_no_password),
		cmocka_unit_test(databases_mysql__is_unknown_when_the_port_says_nothing_known),
		cmocka_unit_test(databases_mysql__is_unknown_when_silence_has_no_control),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
