/* databases.tls-required, as the app sees to it itself. */
#include "rig_database.h"
#include "rig_story.h"

#include <string.h>

PF_PROBE(database_clients);

#define END "postflight end=settings\\n"
#define MODE(words) "postflight database_sslmode=" words "\\n"

static const char ID[] = "databases.tls-required";

static struct rig *told(const char *lines)
{
	struct rig *rig = rig_database(&pf_probe_database_clients);
	rig->subject = "settings";
	rig_told(rig, "settings", lines);
	return rig;
}

static struct rig *login(void)
{
	return rig_database(&pf_probe_database_clients);
}

static void databases_tls_required__passes_when_the_app_verifies(void **state)
{
	(void)state;
	rig_story(told(MODE("default verify-full db1") END), ID, PF_PASS, "sslmode=verify-full");
	rig_story(told(MODE("default verify-ca db1") END), ID, PF_PASS, "sslmode=verify-ca");
}

static void databases_tls_required__fails_when_the_app_believes_anybody(void **state)
{
	(void)state;
	rig_story(told(MODE("default prefer db1") END), ID, PF_FAIL, "sslmode=prefer");
	rig_story(told(MODE("default verify-full db1") MODE("other require db2") END), ID, PF_FAIL,
	          "DATABASES['other']");
	rig_story(told(MODE("default service db1") MODE("other require db2") END), ID, PF_FAIL,
	          "DATABASES['other']");
}

static void databases_tls_required__skips_what_goes_over_no_wire(void **state)
{
	static const char *const lines[] = {
		END,
		MODE("default prefer -") END,
		MODE("default prefer /run/postgresql") END,
		MODE("default prefer 127.0.0.1") END,
		MODE("default disable localhost") END,
	};
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		rig_story(told(lines[i]), ID, PF_SKIP, "no PostgreSQL");
}

static void databases_tls_required__is_unknown_when_the_settings_do_not_tell(void **state)
{
	(void)state;
	rig_story(told("postflight error=KeyError: X\\n"), ID, PF_UNKNOWN, "KeyError");
	rig_story(told(MODE("default service db1") END), ID, PF_UNKNOWN, "service file");
	rig_story(told(MODE("default service db1") MODE("other verify-full db2") END), ID,
	          PF_UNKNOWN, "DATABASES['default']");
}

static void databases_tls_required__counts_the_sessions_there_are(void **state)
{
	(void)state;
	struct rig *rig = login();
	CELLS(rig, "sessions.0.tls=t", "sessions.0.count=3");
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "all 3");
	rig_free(rig);
	rig = login();
	CELLS(rig, "sessions.0.tls=f", "sessions.0.count=2", "sessions.1.tls=t",
	      "sessions.1.count=1");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "2 of the app's sessions");
	rig_free(rig);
	rig = login();
	CELLS(rig, "role.0.name=shop");
	rig_expect(rig, ID, PF_SKIP); /* none was seen */
	rig_free(rig);
}

static void databases_tls_required__is_unknown_when_the_sessions_were_not_seen(void **state)
{
	(void)state;
	struct rig *rig = login();
	rig_refused_login(rig, "no entry");
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(databases_tls_required__passes_when_the_app_verifies),
		cmocka_unit_test(databases_tls_required__fails_when_the_app_believes_anybody),
		cmocka_unit_test(databases_tls_required__skips_what_goes_over_no_wire),
		cmocka_unit_test(databases_tls_required__is_unknown_when_the_settings_do_not_tell),
		cmocka_unit_test(databases_tls_required__counts_the_sessions_there_are),
		cmocka_unit_test(
			databases_tls_required__is_unknown_when_the_sessions_were_not_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
