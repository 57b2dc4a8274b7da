/* media.not-rendered and media.no-listing: uploads over the wire. */
#include "rig_case.h"

PF_PROBE(media_web);

static const char RENDERED[] = "media.not-rendered", LISTING[] = "media.no-listing";

static struct pf_facts_http *upload(struct rig *rig, const char *type, const char *header)
{
	struct pf_facts_http *facts = rig_page(rig, "media", 200, NULL);
	const char *headers[] = {pf_arena_print(rig->arena, "content-type: %s", type), header,
	                         "x-content-type-options: nosniff"};
	facts->headers = rig_words(rig, header ? 3 : 1, headers);
	rig_question(rig, "media")->http.url = "https://shop.test/media/drawing.svg";
	return facts;
}

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_media_web);
	rig_page(rig, "page", 200, "Shop");
	rig_page(rig, "listing", 403, "403 Forbidden");
	rig_question(rig, "listing")->http.url = "https://shop.test/media/";
	rig_page(rig, "absent", 404, "404 Not Found");
	upload(rig, "image/svg+xml", "content-disposition: attachment");
	return rig;
}

static void media_not_rendered__passes_when_documents_are_saved_or_boxed(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, RENDERED, PF_PASS, PF_MEDIUM, "to be saved");
	upload(rig, "text/html", "content-security-policy: default-src 'none'; sandbox");
	rig_expect_said(rig, RENDERED, PF_PASS, PF_MEDIUM, "in a sandbox");
	rig_free(rig);
}

static void media_not_rendered__passes_when_uploads_have_another_host(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig->site.media.url = "https://shop-uploads.test/";
	upload(rig, "text/html", NULL);
	rig_expect_said(rig, RENDERED, PF_PASS, PF_MEDIUM, "shop-uploads.test");
	rig->site.media.url = "https://www.shop.test/media/";
	rig_expect(rig, RENDERED, PF_FAIL);
	rig_free(rig);
}

static void media_not_rendered__fails_when_a_document_is_shown(void **state)
{
	(void)state;
	struct rig *rig = site();
	upload(rig, "image/svg+xml", NULL);
	rig_expect_said(rig, RENDERED, PF_FAIL, PF_MEDIUM, "without nosniff");
	upload(rig, "text/html",
	       "content-security-policy: sandbox allow-scripts allow-same-origin");
	rig_expect_said(rig, RENDERED, PF_FAIL, PF_MEDIUM, "neither as attachment");
	rig_free(rig);
}

static void media_not_rendered__is_unknown_when_only_an_image_is_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	upload(rig, "image/png", NULL);
	rig_expect(rig, RENDERED, PF_UNKNOWN);
	struct pf_facts_http *absent = rig_page(rig, "absent", 404, NULL);
	rig_header(rig, absent, "x-content-type-options: nosniff");
	rig_header(rig, absent, "content-disposition: attachment");
	rig_expect(rig, RENDERED, PF_PASS);
	rig_silence(rig, "page", PF_deadline);
	rig_expect(rig, RENDERED, PF_UNKNOWN);
	rig_free(rig);
}

static void media_no_listing__passes_when_it_is_refused(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, LISTING, PF_PASS);
	rig_free(rig);
}

static void media_no_listing__fails_when_uploads_are_listed(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "listing", 200, "Index of /media");
	rig_question(rig, "listing")->http.url = "https://shop.test/media/";
	rig_expect_said(rig, LISTING, PF_FAIL, PF_MEDIUM, "https://shop.test/media/ lists");
	rig_free(rig);
}

static void media_no_listing__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "listing", PF_worker_died);
	rig_expect(rig, LISTING, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(media_not_rendered__passes_when_documents_are_saved_or_boxed),
		cmocka_unit_test(media_not_rendered__passes_when_uploads_have_another_host),
		cmocka_unit_test(media_not_rendered__fails_when_a_document_is_shown),
		cmocka_unit_test(media_not_rendered__is_unknown_when_only_an_image_is_seen),
		cmocka_unit_test(media_no_listing__passes_when_it_is_refused),
		cmocka_unit_test(media_no_listing__fails_when_uploads_are_listed),
		cmocka_unit_test(media_no_listing__is_unknown_when_it_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
