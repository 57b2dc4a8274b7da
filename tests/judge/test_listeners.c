/* exposure.listeners: what a host says that it listens on. */
#include "rig_case.h"

PF_PROBE(listeners);

static const char ID[] = "exposure.listeners";

static const struct pf_service redis = {
	.name = "default",
	.url = {.scheme = "rediss", .host = "cache1", .port = 6379, .path = "/1"}};

/* A host with one process that listens on one thing. */
static struct rig *listening(const char *name, const char *words)
{
	struct rig *rig = rig_new(&pf_probe_listeners);
	static const char *const addresses[] = {"10.0.0.2", "127.0.0.1"};
	rig->vantage.role = "db";
	rig->vantage.ssh = "db1";
	rig->site.caches = &redis;
	rig->site.cache_count = 1;
	rig->site.app.backend = "app1:8000";
	rig->subject = "listeners on bastion";
	struct pf_facts_process *facts =
		&rig_put(rig, "processes", PF_KIND_process, PF_answered)->process;
	struct pf_process *process = pf_arena_take(rig->arena, sizeof *process);
	*process = (struct pf_process){
		.pid = 7, .user = "redis", .name = name, .listens = rig_words(rig, 1, &words)};
	facts->processes = (struct pf_processes){process, 1};
	facts->addresses = rig_words(rig, 2, addresses);
	facts->listening = 1;
	return rig;
}

static void has_public_address(struct rig *rig)
{
	static const char *const addresses[] = {"10.0.0.2", "203.0.113.7"};
	struct pf_answer *answer = (struct pf_answer *)rig->exchanges[0].answer;
	answer->process.addresses = rig_words(rig, 2, addresses);
}

static void expect(const char *name, const char *words, bool public_host, enum pf_status status)
{
	struct rig *rig = listening(name, words);
	if (public_host)
		has_public_address(rig);
	rig_expect(rig, ID, status);
	rig_free(rig);
}

static void exposure_listeners__passes_when_stores_are_bound_to_private_addresses(void **state)
{
	(void)state;
	expect("redis-server", "tcp 10.0.0.2:6379", true, PF_PASS);
	expect("redis-server", "tcp [fd00::2]:6379", true, PF_PASS);
	expect("redis-server", "tcp 127.0.0.1:6379", true, PF_PASS);
	expect("redis-server", "tcp [::1]:6379", true, PF_PASS);
	expect("gunicorn", "unix /run/shop.sock", true, PF_PASS);
	expect("python3", "tcp 172.31.0.1:8000", true, PF_PASS);
}

static void exposure_listeners__passes_when_what_is_public_is_the_site(void **state)
{
	(void)state;
	expect("nginx", "tcp 0.0.0.0:443", true, PF_PASS);
	expect("nginx", "tcp [::]:80", true, PF_PASS);
	expect("sshd", "tcp 203.0.113.7:22", true, PF_PASS);
	/* Not reachable from the internet: this host has no public address. */
	expect("node_exporter", "tcp [::]:9100", false, PF_PASS);
	expect("dhclient", "udp 0.0.0.0:68", true, PF_PASS);
	static const char *const ports[] = {"9100"};
	struct rig *rig = listening("node_exporter", "tcp [::]:9100");
	has_public_address(rig);
	rig->vantage.ports = (struct pf_words){ports, 1};
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void exposure_listeners__fails_when_a_store_listens_on_every_address(void **state)
{
	(void)state;
	expect("redis-server", "tcp 0.0.0.0:6379", false, PF_FAIL);
	expect("python3", "tcp [::]:8000", false, PF_FAIL);
	expect("postgres", "tcp 0.0.0.0:5433", false, PF_FAIL);
	struct rig *rig = listening("redis-server", "tcp [::]:6379");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH,
	                "redis-server (user redis) on tcp [::]:6379, which is every address");
	rig_free(rig);
}

static void exposure_listeners__fails_when_something_undeclared_is_public(void **state)
{
	(void)state;
	expect("node_exporter", "tcp [::]:9100", true, PF_FAIL);
	expect("node_exporter", "tcp 203.0.113.7:9100", false, PF_FAIL);
	expect("rpcbind", "udp 0.0.0.0:111", true, PF_FAIL);
	expect(NULL, "tcp [2001:db8::1]:9100", false, PF_FAIL);
}

static void exposure_listeners__is_unknown_when_the_host_could_not_be_looked_at(void **state)
{
	(void)state;
	struct rig *rig = listening("redis-server", "tcp 127.0.0.1:6379");
	rig_put(rig, "processes", PF_KIND_process, PF_no_permission);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "processes", PF_KIND_process, PF_partial);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void what_others_could_reach_is_remembered(void **state)
{
	(void)state;
	struct rig *rig = listening("nc", "tcp 10.0.0.2:4444");
	const struct pf_audit *audit = rig_audit(rig);
	assert_int_equal(audit->mark_count, 1);
	assert_string_equal(audit->marks[0].kind, "listener");
	assert_string_equal(audit->marks[0].value, "nc (user redis) on tcp 10.0.0.2:4444");
	rig_free(rig);
	static const char *const passing[] = {"tcp 127.0.0.1:4444", "udp 10.0.0.2:50123",
	                                      "unix /run/x"};
	for (size_t i = 0; i < PF_COUNT(passing); i++) {
		rig = listening("nc", passing[i]);
		assert_int_equal(rig_audit(rig)->mark_count, 0);
		rig_free(rig);
	}
	rig = rig_new(&pf_probe_listeners);
	rig_put(rig, "processes", PF_KIND_process, PF_deadline);
	assert_int_equal(rig_audit(rig)->mark_count, 0);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			exposure_listeners__passes_when_stores_are_bound_to_private_addresses),
		cmocka_unit_test(exposure_listeners__passes_when_what_is_public_is_the_site),
		cmocka_unit_test(exposure_listeners__fails_when_a_store_listens_on_every_address),
		cmocka_unit_test(exposure_listeners__fails_when_something_undeclared_is_public),
		cmocka_unit_test(what_others_could_reach_is_remembered),
		cmocka_unit_test(
			exposure_listeners__is_unknown_when_the_host_could_not_be_looked_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
