/* caches.tls: what each address speaks. */
#include "rig_case.h"

PF_PROBE(cache_tls);

static const char ID[] = "caches.tls";

static const struct pf_service cache = {
	.name = "default",
	.url = {.scheme = "rediss", .host = "cache1", .port = 6379, .path = "/1"}};

static struct rig *speaking(enum pf_outcome plain, enum pf_outcome over_tls)
{
	struct rig *rig = rig_new(&pf_probe_cache_tls);
	rig->site.caches = &cache;
	rig->site.cache_count = 1;
	rig->subject = "rediss://cache1:6379 [10.0.0.2]";
	rig_put(rig, "plain", PF_KIND_redis, plain);
	rig_question(rig, "plain")->redis.address = "10.0.0.2";
	rig_put(rig, "verified", PF_KIND_redis, over_tls);
	return rig;
}

static void caches_tls__passes_when_tls_is_trusted_and_plain_text_leads_nowhere(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_hung_up, PF_garbled, PF_refused, PF_stalled};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = speaking(endings[i], PF_answered);
		rig_expect(rig, ID, PF_PASS);
		rig_free(rig);
	}
}

static void caches_tls__fails_when_plain_text_is_answered(void **state)
{
	(void)state;
	struct rig *rig = speaking(PF_answered, PF_answered);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "speaks plain text, from bastion");
	rig_put(rig, "plain", PF_KIND_redis, PF_hung_up);
	rig_question(rig, "plain")->redis.address = "10.0.0.2";
	rig_put(rig, "usual-port", PF_KIND_redis, PF_answered);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "on port 6379");
	rig_free(rig);
}

static void caches_tls__fails_when_the_certificate_is_not_trusted(void **state)
{
	(void)state;
	struct rig *rig = speaking(PF_hung_up, PF_tls_untrusted);
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "certificate that is not trusted");
	rig_free(rig);
}

static void caches_tls__is_unknown_when_nothing_is_spoken(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_refused, PF_silent, PF_tls_failed, PF_deadline,
	                                          PF_no_route};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = speaking(PF_refused, endings[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_free(rig);
	}
	struct rig *rig = speaking(PF_deadline, PF_answered);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void caches_tls__is_skipped_on_the_same_machine(void **state)
{
	(void)state;
	struct rig *rig = speaking(PF_answered, PF_refused);
	rig_question(rig, "plain")->redis.address = "127.0.0.1";
	rig_expect_said(rig, ID, PF_SKIP, PF_MEDIUM, "same machine");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			caches_tls__passes_when_tls_is_trusted_and_plain_text_leads_nowhere),
		cmocka_unit_test(caches_tls__fails_when_plain_text_is_answered),
		cmocka_unit_test(caches_tls__fails_when_the_certificate_is_not_trusted),
		cmocka_unit_test(caches_tls__is_unknown_when_nothing_is_spoken),
		cmocka_unit_test(caches_tls__is_skipped_on_the_same_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
