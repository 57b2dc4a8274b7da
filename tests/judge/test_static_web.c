/* static.served-by-front, .no-listing, .no-sources and .caching: static files over the wire. */
#include "rig_case.h"

PF_PROBE(static_web);

static const char FRONT[] = "static.served-by-front", LISTING[] = "static.no-listing",
		  SOURCES[] = "static.no-sources", CACHING[] = "static.caching";

static void ask_url(struct rig *rig, const char *tag, const char *path)
{
	rig_question(rig, tag)->http.url = pf_arena_print(rig->arena, "https://shop.test%s", path);
}

static struct pf_facts_http *file(struct rig *rig, const char *header)
{
	struct pf_facts_http *facts = rig_page(rig, "static", 200, NULL);
	ask_url(rig, "static", "/static/shop.0123456789ab.css");
	rig_header(rig, facts, "last-modified: Mon, 23 Nov 2026 04:31:00 GMT");
	rig_header(rig, facts, header);
	return facts;
}

static struct pf_facts_http *directory(struct rig *rig, const char *tag, int status,
                                       const char *title)
{
	struct pf_facts_http *facts = rig_page(rig, tag, status, title);
	ask_url(rig, tag, "/static/");
	return facts;
}

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_static_web);
	rig_page(rig, "page", 200, "Shop");
	rig_header(rig, file(rig, "etag: \"65-1\""), "cache-control: public, max-age=31536000");
	directory(rig, "listing", 403, "403 Forbidden");
	directory(rig, "listing-below", 404, "404 Not Found");
	rig_page(rig, "stray", 404, NULL);
	rig_page(rig, "stray-hidden", 404, NULL);
	rig_page(rig, "stray-again", 404, NULL);
	rig_page(rig, "/static/manage.py", 404, NULL);
	return rig;
}

static void static_served_by_front__passes_when_a_web_server_sends_them(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect(rig, FRONT, PF_PASS);
	rig_page(rig, "static", 404, NULL);
	rig_expect(rig, FRONT, PF_SKIP);
	rig_free(rig);
}

static void static_served_by_front__fails_when_djangos_view_sends_them(void **state)
{
	(void)state;
	struct rig *rig = site();
	file(rig, "content-disposition: inline; filename=\"shop.css\"");
	rig_expect_said(rig, FRONT, PF_FAIL, PF_MEDIUM, "Django's own view");
	file(rig, "server: WSGIServer/0.2 CPython/3.11.2");
	rig_expect(rig, FRONT, PF_FAIL);
	rig_free(rig);
}

static void static_served_by_front__is_unknown_when_no_file_was_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig->site.static_files.declared = true;
	rig_page(rig, "static", 404, NULL);
	rig_expect(rig, FRONT, PF_UNKNOWN);
	rig_silence(rig, "static", PF_deadline);
	rig_expect(rig, FRONT, PF_UNKNOWN);
	rig_silence(rig, "page", PF_deadline);
	rig_expect(rig, FRONT, PF_UNKNOWN);
	rig_free(rig);
}

static void static_no_listing__passes_when_directories_are_not_listed(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, LISTING, PF_PASS, PF_MEDIUM, "403");
	directory(rig, "listing", 404, "Index of /static/");
	rig_expect(rig, LISTING, PF_PASS);
	rig_free(rig);
}

static void static_no_listing__fails_when_one_is_listed(void **state)
{
	(void)state;
	struct rig *rig = site();
	directory(rig, "listing-below", 200, "Index of /static/shop/");
	rig_expect_said(rig, LISTING, PF_FAIL, PF_MEDIUM, "lists its files");
	directory(rig, "listing-below", 404, NULL);
	rig_found(rig, directory(rig, "listing", 200, NULL), "<a href=\"../\">");
	rig_expect(rig, LISTING, PF_FAIL);
	rig_free(rig);
}

static void static_no_listing__is_unknown_when_one_was_not_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "listing-below", PF_deadline);
	rig_expect(rig, LISTING, PF_UNKNOWN);
	directory(rig, "listing-below", 404, NULL);
	directory(rig, "listing", 429, NULL);
	rig_expect(rig, LISTING, PF_UNKNOWN);
	rig_free(rig);
}

static void static_no_sources__passes_over_the_wire_when_none_is_served(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, SOURCES, PF_PASS, PF_HIGH, "none of 1 names");
	rig_free(rig);
}

static void static_no_sources__fails_over_the_wire_when_one_is_proven(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_found(rig, rig_page(rig, "/static/manage.py", 200, NULL), "DJANGO_SETTINGS_MODULE");
	rig_expect_said(rig, SOURCES, PF_FAIL, PF_HIGH, "/static/manage.py is served");
	rig_free(rig);
}

static void static_no_listing__is_unknown_when_nothing_answers(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_static_web);
	rig_silence(rig, "listing", PF_refused);
	rig_expect(rig, "static.no-listing", PF_UNKNOWN);
	rig_free(rig);
}

static void static_no_sources__is_unknown_when_the_audit_was_banned(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_page(rig, "stray-again", 403, NULL);
	rig_expect_said(rig, SOURCES, PF_UNKNOWN, PF_HIGH, "blocked");
	rig_free(rig);
}

static void static_caching__passes_when_hashed_files_live_long(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, CACHING, PF_PASS, PF_INFO, "365 days");
	ask_url(rig, "static", "/static/shop.css");
	rig_expect(rig, CACHING, PF_SKIP);
	rig_free(rig);
}

static void static_caching__fails_when_they_do_not(void **state)
{
	(void)state;
	struct rig *rig = site();
	file(rig, "cache-control: max-age=3600");
	rig_expect_said(rig, CACHING, PF_FAIL, PF_INFO, "3600 seconds");
	file(rig, "etag: \"1\"");
	rig_expect_said(rig, CACHING, PF_FAIL, PF_INFO, "says nothing");
	rig_free(rig);
}

static void static_caching__is_unknown_when_no_file_was_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "static", PF_worker_died);
	rig_expect(rig, CACHING, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(static_served_by_front__passes_when_a_web_server_sends_them),
		cmocka_unit_test(static_served_by_front__fails_when_djangos_view_sends_them),
		cmocka_unit_test(static_served_by_front__is_unknown_when_no_file_was_seen),
		cmocka_unit_test(static_no_listing__passes_when_directories_are_not_listed),
		cmocka_unit_test(static_no_listing__fails_when_one_is_listed),
		cmocka_unit_test(static_no_listing__is_unknown_when_one_was_not_seen),
		cmocka_unit_test(static_no_listing__is_unknown_when_nothing_answers),
		cmocka_unit_test(static_no_sources__passes_over_the_wire_when_none_is_served),
		cmocka_unit_test(static_no_sources__fails_over_the_wire_when_one_is_proven),
		cmocka_unit_test(static_no_sources__is_unknown_when_the_audit_was_banned),
		cmocka_unit_test(static_caching__passes_when_hashed_files_live_long),
		cmocka_unit_test(static_caching__fails_when_they_do_not),
		cmocka_unit_test(static_caching__is_unknown_when_no_file_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
