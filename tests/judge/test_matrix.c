/* The matrix: every probe against the small world, and who gets in where. */
#include "rig_world.h"
#include "run/registry.h"

#include <string.h>

static const struct pf_cell *cell(const struct pf_audit *audit, const char *service,
                                  const char *vantage)
{
	for (size_t i = 0; i < audit->cell_count; i++)
		if (strcmp(audit->cells[i].service, service) == 0 &&
		    strcmp(audit->cells[i].vantage, vantage) == 0)
			return &audit->cells[i];
	fail_msg("no cell for %s from %s", service, vantage);
	return NULL;
}

static void expect(const struct pf_audit *audit, const char *service, const char *vantage,
                   enum pf_cell_state state, int expected, int holds)
{
	const struct pf_cell *found = cell(audit, service, vantage);
	assert_string_equal(pf_cell_state_name(found->state), pf_cell_state_name(state));
	assert_int_equal(found->expected, expected);
	assert_int_equal(found->holds, holds);
}

static void a_healthy_site_lets_the_app_in_and_nobody_else(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	const struct world world = {0};
	const struct pf_audit *audit = world_audit(arena, &world);
	static const char redis[] = "rediss://cache1:6379",
			  memcached[] = "memcached://cache1:11211",
			  postgres[] = "postgresql://db1:5432/shop";
	expect(audit, redis, "app1", PF_CELL_PASSWORD, PF_MUST_GET_IN, PF_HOLDS);
	expect(audit, redis, "bastion", PF_CELL_CLOSED, PF_MUST_STAY_OUT, PF_HOLDS);
	expect(audit, memcached, "app1", PF_CELL_OPEN, PF_MUST_GET_IN, PF_HOLDS);
	expect(audit, memcached, "bastion", PF_CELL_FILTERED, PF_MUST_STAY_OUT, PF_HOLDS);
	expect(audit, postgres, "app1", PF_CELL_PASSWORD, PF_MUST_GET_IN, PF_HOLDS);
	expect(audit, postgres, "bastion", PF_CELL_FILTERED, PF_MUST_STAY_OUT, PF_HOLDS);
	assert_string_equal(cell(audit, redis, "app1")->address, "10.203.7.20");
	pf_arena_free(arena);
}

static void what_strangers_reach_does_not_hold(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	const struct world world = {.redis_open = true, .postgres_open = true};
	const struct pf_audit *audit = world_audit(arena, &world);
	expect(audit, "rediss://cache1:6379", "bastion", PF_CELL_OPEN, PF_MUST_STAY_OUT,
	       PF_DOES_NOT_HOLD);
	expect(audit, "postgresql://db1:5432/shop", "bastion", PF_CELL_OPEN, PF_MUST_STAY_OUT,
	       PF_DOES_NOT_HOLD);
	pf_arena_free(arena);
}

static void silence_is_filtered_only_beside_a_control(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	const struct world world = {0};
	struct pf_selection all = {0};
	const struct pf_site *site = world_site();
	struct pf_vantage_evidence bastion =
		pf_plan_evidence(world_plan(arena, &world, site, pf_vantage_named(site, "bastion")),
	                         "complete", NULL);
	bastion.control_answered = false;
	const struct pf_audit *audit =
		pf_evaluate(arena, site, pf_probe_count, pf_probes, 1, &bastion, &all, NULL, 1800000000);
	expect(audit, "memcached://cache1:11211", "bastion", PF_CELL_UNKNOWN, PF_MUST_STAY_OUT,
	       PF_NOT_SEEN);
	expect(audit, "rediss://cache1:6379", "bastion", PF_CELL_CLOSED, PF_MUST_STAY_OUT,
	       PF_HOLDS);
	bastion.control_contradicted = true;
	audit = pf_evaluate(arena, site, pf_probe_count, pf_probes, 1, &bastion, &all, NULL, 1800000000);
	expect(audit, "rediss://cache1:6379", "bastion", PF_CELL_UNKNOWN, PF_MUST_STAY_OUT,
	       PF_NOT_SEEN);
	pf_arena_free(arena);
}

static void what_a_server_names_may_be_shut_to_the_app(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(256 * 1024 * 1024);
	const struct world world = {
		.replication = "$role:master\\r\\nslave0:ip=10.0.0.3,port=6380,state=online"};
	const struct pf_audit *audit = world_audit(arena, &world);
	expect(audit, "rediss://10.0.0.3:6380 (replica of rediss://cache1:6379)", "app1",
	       PF_CELL_CLOSED, PF_MAY_ASK, PF_HOLDS);
	pf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_site_lets_the_app_in_and_nobody_else),
		cmocka_unit_test(what_strangers_reach_does_not_hold),
		cmocka_unit_test(silence_is_filtered_only_beside_a_control),
		cmocka_unit_test(what_a_server_names_may_be_shut_to_the_app),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
