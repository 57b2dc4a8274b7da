/* caches.whole-topology: the nodes that were named, and whether they were named at all. */
#include "rig_case.h"
#include "rig_world.h"

#include <string.h>

PF_PROBE(cache_topology);

static const char ID[] = "caches.whole-topology";

static const struct pf_service cache = {
	.name = "default",
	.url = {.scheme = "redis", .host = "cache1", .port = 6379, .path = "/1"}};

static struct rig *about(const char *subject)
{
	struct rig *rig = rig_new(&pf_probe_cache_topology);
	rig->site.caches = &cache;
	rig->site.cache_count = 1;
	rig->subject = subject;
	return rig;
}

static struct rig *node(const char *tag, enum pf_outcome outcome)
{
	struct rig *rig = about("redis://10.0.0.3:6380 (replica of redis://cache1:6379)");
	rig_put(rig, tag, PF_KIND_redis, outcome);
	return rig;
}

static void say(struct rig *rig, const char *tag, size_t count, const char *const replies[])
{
	rig_put(rig, tag, PF_KIND_redis, PF_answered)->redis.replies =
		rig_words(rig, count, replies);
}

static const char *const asks[] = {"-NOAUTH Authentication required."};
static const char *const open[] = {"+PONG", "$pf-0123abcd", "-ERR unknown command 'PFNONSENSE'"};
static const char *const sentinel[] = {"+PONG", "-ERR unknown command 'ECHO'",
                                       "-ERR unknown command 'PFNONSENSE'"};

static void caches_whole_topology__passes_when_nodes_are_shut_or_ask(void **state)
{
	(void)state;
	struct rig *rig = node("node-outside", PF_refused);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
	rig = node("node-inside", PF_refused);
	rig_expect(rig, ID, PF_PASS);
	say(rig, "node-inside", 1, asks);
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "asks for a password");
	rig_free(rig);
}

static void caches_whole_topology__fails_when_a_node_is_reached(void **state)
{
	(void)state;
	struct rig *rig = node("node-outside", PF_answered);
	say(rig, "node-outside", 1, asks);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "asks for a password");
	say(rig, "node-outside", 3, open);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "without a password");
	say(rig, "node-outside", 3, sentinel);
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
	rig = node("node-inside", PF_answered);
	say(rig, "node-inside", 3, sentinel);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "without a password");
	rig_free(rig);
}

static void caches_whole_topology__is_unknown_when_a_node_says_nothing(void **state)
{
	(void)state;
	struct rig *rig = node("node-outside", PF_stalled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "node-outside", PF_KIND_redis, PF_silent);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
	rig = node("node-inside", PF_garbled);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static struct rig *interviewed(const char *info)
{
	static const char *const commands[] = {"HELLO", "INFO replication"};
	struct rig *rig = about("redis://cache1:6379 [10.0.0.2]");
	const char *const replies[] = {"*14 $server $redis", info};
	say(rig, "interview", 2, replies);
	struct pf_question *question = rig_question(rig, "interview");
	question->redis.commands = rig_words(rig, 2, commands);
	question->redis.credentials = "caches/default";
	return rig;
}

static void caches_whole_topology__passes_when_the_server_names_its_nodes(void **state)
{
	(void)state;
	struct rig *rig = interviewed("$# Replication\\r\\nrole:master\\r\\nconnected_slaves:0");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void caches_whole_topology__is_unknown_when_the_server_may_not_say(void **state)
{
	(void)state;
	struct rig *rig = interviewed("-NOPERM this user has no permissions to run the 'info'");
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "+info");
	rig_put(rig, "interview", PF_KIND_redis, PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

/* ---- what is taught ---- */

/* The lessons of the world's app server, whose Redis says this of its replicas. */
static const char *taught(struct pf_arena *arena, const char *info)
{
	const struct world world = {.replication = info};
	const struct pf_site *site = world_site();
	const struct pf_vantage *app = pf_vantage_named(site, "app1");
	struct pf_plan *plan = world_plan(arena, &world, site, app);
	const char *text = "";
	for (size_t i = 0; i < pf_plan_lesson_count(plan); i++)
		if (strcmp(pf_plan_lesson(plan, i)->probe, "cache_topology") == 0)
			text = pf_arena_print(arena, "%s%s;", text, pf_plan_lesson(plan, i)->text);
	return text;
}

static void replicas_and_masters_are_taught_and_nonsense_is_not(void **state)
{
	(void)state;
	struct pf_arena *arena = pf_arena_new(64 * 1024 * 1024);
	assert_string_equal(taught(arena, "$role:master\\r\\nconnected_slaves:0\\r\\n"), "");
	assert_string_equal(
		taught(arena, "$role:master\\r\\nslave0:ip=10.0.0.3,port=6380,state=online\\r\\n"
	                      "slave1:ip=fd00::3,port=6381,state=online\\r\\n"),
		"replica 10.0.0.3 6380 0;replica fd00::3 6381 0;");
	assert_string_equal(taught(arena, "$role:slave\\r\\nmaster_host:10.0.0.9\\r\\n"
	                                  "master_port:6379\\r\\n"),
	                    "master 10.0.0.9 6379 0;");
	/* Its own loopback is where it was met; the rest is nobody's to knock at. */
	assert_string_equal(taught(arena, "$role:master\\r\\nslave0:ip=127.0.0.1,port=6380,"),
	                    "replica 10.203.7.20 6380 0;");
	assert_string_equal(taught(arena,
	                           "$role:master slave0:ip=169.254.169.254,port=80, "
	                           "slave1:ip=fe80::1,port=80, slave2:ip=evil.example,port=80, "
	                           "slave3:ip=10.0.0.3,port=99999, slave4:ip=,port=80,"),
	                    "");
	pf_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caches_whole_topology__passes_when_nodes_are_shut_or_ask),
		cmocka_unit_test(caches_whole_topology__fails_when_a_node_is_reached),
		cmocka_unit_test(caches_whole_topology__is_unknown_when_a_node_says_nothing),
		cmocka_unit_test(caches_whole_topology__passes_when_the_server_names_its_nodes),
		cmocka_unit_test(caches_whole_topology__is_unknown_when_the_server_may_not_say),
		cmocka_unit_test(replicas_and_masters_are_taught_and_nonsense_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
