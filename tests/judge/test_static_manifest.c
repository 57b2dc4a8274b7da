/* static.complete: the manifest against the disk, and a sample against the wire. */
#include "rig_case.h"

PF_PROBE(static_manifest);

static const char ID[] = "static.complete";

static const char *const sample[] = {"a.0123456789ab.css", "b.0123456789ab.js"};
static const char *const digests[] = {"da", "db"};

static struct pf_facts_http *fetched(struct rig *rig, size_t number, int status, const char *digest)
{
	const char *tag =
		pf_arena_print(rig->arena, "file %zu at https://shop.test [192.0.2.1]", number);
	struct pf_facts_http *http = rig_page(rig, tag, status, "");
	http->digest = digest;
	rig_question(rig, tag)->http.url = "https://shop.test/static/a.0123456789ab.css";
	return http;
}

static struct rig *manifest(void)
{
	struct rig *rig = rig_new(&pf_probe_static_manifest);
	rig->subject = "/srv/static";
	rig_put(rig, "places", PF_KIND_exec, PF_answered)->exec.output =
		"postflight manifest=staticfiles.json\\npostflight end=places\\n";
	rig_put(rig, "manifest", PF_KIND_manifest, PF_answered)->manifest =
		(struct pf_facts_manifest){
			.entries = 9, .sample = {sample, 2}, .digests = {digests, 2}};
	fetched(rig, 0, 200, "da");
	fetched(rig, 1, 200, "db");
	return rig;
}

static void static_complete__passes_when_disk_and_wire_agree(void **state)
{
	(void)state;
	struct rig *rig = manifest();
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "all 9 files of the manifest exist, and 2");
	rig_free(rig);
}

static void static_complete__fails_when_one_is_missing_or_another_on_the_wire(void **state)
{
	(void)state;
	struct rig *rig = manifest();
	fetched(rig, 1, 200, "other");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "not what lies on disk");
	fetched(rig, 1, 404, "other");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "status 404");
	rig_put(rig, "manifest", PF_KIND_manifest, PF_answered)->manifest =
		(struct pf_facts_manifest){.entries = 9, .missing = 2, .lacking = {sample, 2}};
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "2 of the 9 files");
	rig_put(rig, "manifest", PF_KIND_manifest, PF_absent);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "collectstatic was not run");
	rig_put(rig, "manifest", PF_KIND_manifest, PF_garbled);
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void static_complete__is_unknown_when_not_all_was_seen(void **state)
{
	(void)state;
	struct rig *rig = manifest();
	rig_silence(rig, "file 1 at https://shop.test [192.0.2.1]", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "manifest", PF_KIND_manifest, PF_no_permission);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "places", PF_KIND_exec, PF_answered)->exec.output =
		"postflight error=ImportError: x\\n";
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static void static_complete__does_not_apply_without_a_manifest(void **state)
{
	(void)state;
	struct rig *rig = manifest();
	rig_put(rig, "places", PF_KIND_exec, PF_answered)->exec.output = "postflight end=places\\n";
	rig_expect(rig, ID, PF_SKIP);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(static_complete__passes_when_disk_and_wire_agree),
		cmocka_unit_test(static_complete__fails_when_one_is_missing_or_another_on_the_wire),
		cmocka_unit_test(static_complete__is_unknown_when_not_all_was_seen),
		cmocka_unit_test(static_complete__does_not_apply_without_a_manifest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
