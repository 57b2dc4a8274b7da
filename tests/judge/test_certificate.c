/* https.certificate and https.certificate-expiry: trust, name, days and share of life. */
#include "rig_case.h"

PF_PROBE(certificate);

static const char ID[] = "https.certificate", EXPIRY[] = "https.certificate-expiry";

enum { NOW = 1800000000, DAY = 86400 };

static const char *const names[] = {"shop.test", "www.shop.test", "a.test", "b.test"};

static struct pf_facts_tls *show(struct rig *rig, const char *tag)
{
	struct pf_answer *answer = rig_put(rig, tag, PF_KIND_tls, PF_answered);
	answer->at = NOW;
	answer->tls = (struct pf_facts_tls){
		.version = "1.3",
		.sent = 2,
		.issuer = "CN=Some CA",
		.serial = "01",
		.fingerprint = "one",
		.names = rig_words(rig, 2, names),
		.not_before = NOW - 20 * DAY,
		.not_after = NOW + 70 * DAY,
		.key = "EC",
		.key_bits = 256,
		.signature = "ecdsa-with-SHA256",
		.name_matches = true,
	};
	return &answer->tls;
}

static void expect(struct pf_facts_tls *tls, struct rig *rig, const char *said)
{
	(void)tls;
	rig_expect_said(rig, ID, PF_FAIL, PF_CRITICAL, said);
	show(rig, "shown");
}

static void https_certificate__passes_when_it_is_trusted_for_the_name(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	show(rig, "shown");
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

/* It asks for a certificate of ours, and ends the handshake without one: it showed its own. */
static void https_certificate__passes_when_the_handshake_failed_later(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	show(rig, "shown");
	rig->answers[0].outcome = PF_tls_failed;
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_certificate__fails_when_a_browser_would_warn(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	struct pf_facts_tls *tls = show(rig, "shown");
	tls->not_after = NOW - 3 * DAY;
	tls->distrust = "certificate has expired";
	expect(tls, rig, "it expired 3 days ago");
	tls->not_before = NOW + DAY;
	expect(tls, rig, "valid only in 1 day");
	tls->name_matches = false;
	tls->names = rig_words(rig, 4, names);
	expect(tls, rig, "it is for shop.test, www.shop.test, a.test and 1 more");
	tls->distrust = "self-signed certificate";
	expect(tls, rig, "self-signed certificate");
	rig_free(rig);
}

static void https_certificate__fails_when_the_chain_is_not_complete(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	struct pf_facts_tls *tls = show(rig, "shown");
	tls->sent = 1;
	tls->distrust = "unable to get local issuer certificate";
	tls->missing_issuer = "CN=Middle CA";
	expect(tls, rig, "it is sent alone, and its issuer (CN=Middle CA)");
	tls->distrust = "unable to get local issuer certificate";
	tls->missing_issuer = "CN=Top CA";
	expect(tls, rig, "its chain of 2 ends at an issuer that is neither sent nor known here");
	rig_free(rig);
}

static void https_certificate__fails_when_key_or_signature_are_weak(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	struct pf_facts_tls *tls = show(rig, "shown");
	tls->key = "RSA";
	tls->key_bits = 1024;
	expect(tls, rig, "its RSA key has 1024 bits");
	tls->signature = "RSA-SHA1";
	expect(tls, rig, "signed with RSA-SHA1");
	tls->key = "DSA";
	tls->key_bits = 2048;
	expect(tls, rig, "DSA");
	rig_free(rig);
}

static void https_certificate__fails_when_addresses_show_different_ones(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	rig->subject = "https://shop.test";
	show(rig, "shown-1");
	struct pf_facts_tls *other = show(rig, "shown-2");
	rig_expect(rig, ID, PF_PASS);
	other->fingerprint = "two";
	other->serial = "02";
	rig_expect_said(rig, ID, PF_FAIL, PF_MEDIUM, "serial 02, not 01");
	rig_put(rig, "shown-2", PF_KIND_tls, PF_refused);
	rig_expect(rig, ID, PF_SKIP);
	rig_free(rig);
}

static void https_certificate__is_unknown_when_none_was_seen(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_tls_failed, PF_refused, PF_silent,
	                                          PF_deadline};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = rig_new(&pf_probe_certificate);
		rig_put(rig, "shown", PF_KIND_tls, endings[i]);
		rig_expect(rig, ID, PF_UNKNOWN);
		rig_expect(rig, EXPIRY, PF_UNKNOWN);
		rig_free(rig);
	}
}

static void life(int64_t days, int64_t left, enum pf_status status, enum pf_severity severity)
{
	struct rig *rig = rig_new(&pf_probe_certificate);
	struct pf_facts_tls *tls = show(rig, "shown");
	tls->not_after = NOW + left * DAY;
	tls->not_before = tls->not_after - days * DAY;
	rig_expect_said(rig, EXPIRY, status, severity, "");
	rig_free(rig);
}

static void https_certificate_expiry__passes_when_there_is_time(void **state)
{
	(void)state;
	life(90, 60, PF_PASS, PF_HIGH);
	life(90, 30, PF_PASS, PF_HIGH);
	life(365, 130, PF_PASS, PF_HIGH);
	life(6, 3, PF_PASS, PF_HIGH); /* made to be renewed late */
}

static void https_certificate_expiry__fails_when_it_is_late(void **state)
{
	(void)state;
	life(90, 29, PF_FAIL, PF_MEDIUM);
	life(45, 20, PF_FAIL, PF_MEDIUM);
	life(90, 6, PF_FAIL, PF_HIGH);
	life(90, -2, PF_FAIL, PF_HIGH);
	life(6, 1, PF_FAIL, PF_MEDIUM);
	life(20, 1, PF_FAIL, PF_HIGH);
}

static void https_certificate_expiry__is_unknown_when_its_dates_cannot_be_read(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	show(rig, "shown")->not_after = 0;
	rig_expect(rig, EXPIRY, PF_UNKNOWN);
	rig_free(rig);
}

/* 1800000000 is Fri, 15 Jan 2027 08:00:00 GMT. */
static void https_certificate_expiry__is_unknown_when_a_clock_is_wrong(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	struct pf_facts_tls *tls = show(rig, "shown");
	struct pf_facts_http *page = rig_page(rig, "clock", 200, "Shop");
	rig->answers[1].at = NOW;
	rig_header(rig, page, "date: Thu, 14 Jan 2027 20:00:00 GMT");
	rig_expect(rig, EXPIRY, PF_PASS);
	page->headers.count--;
	rig_header(rig, page, "date: Wed, 13 Jan 2027 07:00:00 GMT");
	rig_expect_said(rig, EXPIRY, PF_UNKNOWN, PF_HIGH, "are 2 days apart");
	rig_expect(rig, ID, PF_PASS); /* nothing there rests on the days */
	tls->not_after = NOW - DAY;
	rig_expect(rig, ID, PF_UNKNOWN);
	page->headers.count--;
	rig_header(rig, page, "date: yesterday");
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void a_certificate_is_remembered_by_its_digest(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_certificate);
	show(rig, "shown");
	const struct pf_audit *audit = rig_audit(rig);
	assert_int_equal(audit->mark_count, 1);
	assert_string_equal(audit->marks[0].value, "one, signed by CN=Some CA");
	rig_put(rig, "shown", PF_KIND_tls, PF_refused);
	assert_int_equal(rig_audit(rig)->mark_count, 0);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_certificate__passes_when_it_is_trusted_for_the_name),
		cmocka_unit_test(https_certificate__passes_when_the_handshake_failed_later),
		cmocka_unit_test(https_certificate__fails_when_a_browser_would_warn),
		cmocka_unit_test(https_certificate__fails_when_the_chain_is_not_complete),
		cmocka_unit_test(https_certificate__fails_when_key_or_signature_are_weak),
		cmocka_unit_test(https_certificate__fails_when_addresses_show_different_ones),
		cmocka_unit_test(https_certificate__is_unknown_when_none_was_seen),
		cmocka_unit_test(https_certificate_expiry__passes_when_there_is_time),
		cmocka_unit_test(https_certificate_expiry__fails_when_it_is_late),
		cmocka_unit_test(
			https_certificate_expiry__is_unknown_when_its_dates_cannot_be_read),
		cmocka_unit_test(https_certificate_expiry__is_unknown_when_a_clock_is_wrong),
		cmocka_unit_test(a_certificate_is_remembered_by_its_digest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
