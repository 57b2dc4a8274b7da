/* caches.memcached-udp: one datagram, and what came back. */
#include "rig_case.h"

PF_PROBE(memcached_udp);

static const char ID[] = "caches.memcached-udp";

static struct rig *sent(enum pf_outcome outcome)
{
	static const struct pf_service cache = {.name = "default",
	                                        .url = {.text = "memcached://cache1:11211",
	                                                .scheme = "memcached",
	                                                .host = "cache1",
	                                                .port = 11211,
	                                                .path = "/"}};
	struct rig *rig = rig_new(&pf_probe_memcached_udp);
	rig->site.caches = &cache;
	rig->site.cache_count = 1;
	rig->subject = "udp://cache1:11211 [10.0.0.2]";
	rig_put(rig, "datagram", PF_KIND_raw, outcome);
	return rig;
}

static void caches_memcached_udp__passes_when_nothing_comes_back(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_silent, PF_refused, PF_unreachable};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = sent(endings[i]);
		rig_expect(rig, ID, PF_PASS);
		rig_free(rig);
	}
}

static void caches_memcached_udp__fails_when_the_datagram_is_answered(void **state)
{
	(void)state;
	struct rig *rig = sent(PF_answered);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "answers a datagram of bastion");
	rig_put(rig, "datagram", PF_KIND_raw, PF_oversized);
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void caches_memcached_udp__is_unknown_when_silence_has_no_control(void **state)
{
	(void)state;
	struct rig *rig = sent(PF_silent);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig->control_answered = true;
	rig_put(rig, "datagram", PF_KIND_raw, PF_no_route);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "datagram", PF_KIND_raw, PF_hung_up);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caches_memcached_udp__passes_when_nothing_comes_back),
		cmocka_unit_test(caches_memcached_udp__fails_when_the_datagram_is_answered),
		cmocka_unit_test(caches_memcached_udp__is_unknown_when_silence_has_no_control),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
