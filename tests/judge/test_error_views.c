/* error-views.custom: Django's default pages, and pages of the site's own. */
#include "rig_case.h"

PF_PROBE(error_views);

static const char ID[] = "error-views.custom";

static struct pf_facts_http *error(struct rig *rig, const char *tag, int status, const char *title,
                                   int64_t length)
{
	struct pf_facts_http *facts = rig_page(rig, tag, status, title);
	facts->length = length;
	return facts;
}

static struct rig *own_pages(void)
{
	struct rig *rig = rig_new(&pf_probe_error_views);
	error(rig, "missing-page", 404, "Nothing here", 400);
	error(rig, "form", 403, "Come back and try again", 500);
	rig_silence(rig, "bad-host", PF_hung_up);
	error(rig, "broken", 500, "Something broke", 400);
	return rig;
}

static void error_views_custom__passes_when_pages_are_the_sites_own(void **state)
{
	(void)state;
	struct rig *rig = own_pages();
	rig_expect_said(rig, ID, PF_PASS, PF_LOW, "an error of the application (500)");
	error(rig, "missing-page", 404, "Not Found", 2100);
	rig_expect(rig, ID, PF_PASS);
	error(rig, "bad-host", 400, "400 Bad Request", 150);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void error_views_custom__fails_when_one_is_djangos_default(void **state)
{
	(void)state;
	static const struct {
		const char *tag, *title, *template;
		int status;
		int64_t length;
	} pages[] = {{"missing-page", "Not Found", "404.html", 404, 179},
	             {"bad-host", "Bad Request (400)", "400.html", 400, 143},
	             {"broken", "Server Error (500)", "500.html", 500, 145}};
	for (size_t i = 0; i < PF_COUNT(pages); i++) {
		struct rig *rig = own_pages();
		error(rig, pages[i].tag, pages[i].status, pages[i].title, pages[i].length);
		rig_expect_said(rig, ID, PF_FAIL, PF_LOW, pages[i].template);
		rig_free(rig);
	}
}

static void error_views_custom__fails_when_the_csrf_page_is_djangos_in_any_language(void **state)
{
	(void)state;
	struct rig *rig = own_pages();
	rig_found(rig, error(rig, "form", 403, "403 Verboten", 1018),
	          "<meta name=\"robots\" content=\"NONE,NOARCHIVE\">");
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "403_csrf.html");
	rig_free(rig);
}

static void error_views_custom__fails_when_debug_shows_its_page_instead(void **state)
{
	(void)state;
	struct rig *rig = own_pages();
	rig_found(rig, error(rig, "missing-page", 404, "Page not found at /pf-x/", 2100),
	          "DEBUG = True</code>");
	rig_expect_said(rig, ID, PF_FAIL, PF_LOW, "technical page");
	rig_free(rig);
}

static void error_views_custom__is_unknown_when_errors_were_not_seen(void **state)
{
	(void)state;
	struct rig *rig = own_pages();
	rig_silence(rig, "missing-page", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	error(rig, "missing-page", 503, "Busy", 100);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(error_views_custom__passes_when_pages_are_the_sites_own),
		cmocka_unit_test(error_views_custom__fails_when_one_is_djangos_default),
		cmocka_unit_test(
			error_views_custom__fails_when_the_csrf_page_is_djangos_in_any_language),
		cmocka_unit_test(error_views_custom__fails_when_debug_shows_its_page_instead),
		cmocka_unit_test(error_views_custom__is_unknown_when_errors_were_not_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
