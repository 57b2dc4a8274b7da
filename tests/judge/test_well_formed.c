/* https.well-formed: peers that misbehave, and those that are only away. */
#include "rig_case.h"

PF_PROBE(well_formed);

static const char ID[] = "https.well-formed";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_well_formed);
	rig_page(rig, "page", 200, "Shop");
	rig_page(rig, "missing-page", 404, "Not Found");
	rig_put(rig, "handshake", PF_KIND_tls, PF_answered);
	return rig;
}

static void https_well_formed__passes_when_answers_end(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, ID, PF_PASS);
	rig_page(rig, "page", 502, "502 Bad Gateway");
	rig_expect(rig, ID, PF_PASS);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_redirect(rig, "plain-page", 301, "https://shop.test/");
	rig_expect(rig, ID, PF_PASS);
	rig_silence(rig, "plain-page", PF_refused);
	rig_expect(rig, ID, PF_SKIP);
	rig_free(rig);
}

static void https_well_formed__fails_when_an_answer_makes_no_sense_or_has_no_end(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "page", PF_garbled);
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "the peer misbehaves: asked for its first page");
	rig_page(rig, "page", 200, "Shop");
	rig_silence(rig, "missing-page", PF_oversized);
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "more than the limit");
	rig_page(rig, "missing-page", 404, "Not Found");
	rig_put(rig, "handshake", PF_KIND_tls, PF_oversized);
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "handshake");
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_silence(rig, "plain-page", PF_garbled);
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "over plain HTTP");
	rig_free(rig);
}

static void https_well_formed__fails_when_an_answer_begins_and_does_not_end(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_put(rig, "page", PF_KIND_http, PF_stalled)->http.began = true;
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "did not end");
	rig_free(rig);
}

static void https_well_formed__is_unknown_when_nothing_was_answered(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_stalled, PF_refused, PF_hung_up, PF_tls_failed,
	                                          PF_deadline};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = site();
		rig_silence(rig, "page", endings[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_well_formed__passes_when_answers_end),
		cmocka_unit_test(
			https_well_formed__fails_when_an_answer_makes_no_sense_or_has_no_end),
		cmocka_unit_test(https_well_formed__fails_when_an_answer_begins_and_does_not_end),
		cmocka_unit_test(https_well_formed__is_unknown_when_nothing_was_answered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
