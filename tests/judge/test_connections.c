/* conn-max-age.persistent, as the database has counted it. */
#include "rig_database.h"
#include "rig_story.h"

PF_PROBE(connections);

#define SETTINGS(age)                                                                              \
	"postflight django=4.2\\npostflight database=default django.db.backends.postgresql " age   \
	" True False\\npostflight database_name=default shop\\npostflight end=settings\\n"

static const char ID[] = "conn-max-age.persistent";

static struct rig *counted(const char *transactions, const char *sessions)
{
	struct rig *rig = rig_database(&pf_probe_connections);
	CELLS(rig, pf_arena_print(rig->arena, "activity.0.transactions=%s", transactions),
	      pf_arena_print(rig->arena, "activity.0.sessions=%s", sessions));
	rig_question(rig, "login")->sql.database = "shop";
	return rig;
}

static void conn_max_age_persistent__passes_when_sessions_are_few(void **state)
{
	(void)state;
	rig_story(counted("5000", "40"), ID, PF_PASS, "5000 transactions in 40 sessions");
	struct rig *rig = counted("5000", "40");
	rig_told(rig, "kept", SETTINGS("0"));
	rig_story(rig, ID, PF_PASS, "although the settings close them");
}

static void conn_max_age_persistent__fails_when_each_query_has_its_own_session(void **state)
{
	(void)state;
	rig_story(counted("5000", "4000"), ID, PF_FAIL, "almost every query");
	struct rig *rig = counted("5000", "4000");
	rig_told(rig, "kept", SETTINGS("60"));
	rig_story(rig, ID, PF_FAIL, "although the settings keep connections");
}

static void conn_max_age_persistent__is_unknown_when_the_counts_say_little(void **state)
{
	(void)state;
	rig_story(counted("200", "1"), ID, PF_UNKNOWN, "too few");
	rig_story(counted("5000", "1500"), ID, PF_UNKNOWN, "neither for nor against");
	struct rig *rig = rig_database(&pf_probe_connections);
	CELLS(rig, "activity.0.error=42703");
	rig_question(rig, "login")->sql.database = "shop";
	rig_story(rig, ID, PF_UNKNOWN, "42703");
	rig = rig_database(&pf_probe_connections);
	rig_refused_login(rig, "no");
	rig_question(rig, "login")->sql.database = "shop";
	rig_story(rig, ID, PF_UNKNOWN, "nobody could log in");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conn_max_age_persistent__passes_when_sessions_are_few),
		cmocka_unit_test(
			conn_max_age_persistent__fails_when_each_query_has_its_own_session),
		cmocka_unit_test(conn_max_age_persistent__is_unknown_when_the_counts_say_little),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
