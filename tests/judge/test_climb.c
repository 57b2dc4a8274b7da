/* static.no-escape and media.no-escape over the wire: the same file by the way above. */
#include "rig_case.h"

#include <string.h>

PF_PROBE(climb);

static const char STATIC[] = "static.no-escape", MEDIA[] = "media.no-escape";

static void set_url(struct rig *rig, const char *tag, const char *path)
{
	rig_question(rig, tag)->http.url = pf_arena_print(rig->arena, "https://shop.test%s", path);
}

static struct rig *shut(const char *root)
{
	struct rig *rig = rig_new(&pf_probe_climb);
	const char *tag = strcmp(root, "static") == 0 ? "static-above" : "media-above";
	const char *same = strcmp(root, "static") == 0 ? "static-same" : "media-same";
	rig->subject = pf_arena_print(rig->arena, "https://shop.test/%s/ [10.203.7.10]", root);
	rig_page(rig, tag, 404, "404 Not Found");
	rig_page(rig, "stray", 404, "404 Not Found");
	rig_page(rig, "stray-again", 404, "404 Not Found");
	rig_page(rig, root, 200, "a file");
	rig_page(rig, same, 404, "404 Not Found");
	set_url(rig, root, pf_arena_print(rig->arena, "/%s/a.css", root));
	set_url(rig, same, pf_arena_print(rig->arena, "/%s../%s/a.css", root, root));
	return rig;
}

static void static_no_escape__passes_when_the_way_above_is_shut(void **state)
{
	(void)state;
	struct rig *rig = shut("static");
	rig_expect(rig, STATIC, PF_PASS);
	rig_page(rig, "static-same", 200, "another page"); /* answers everything */
	rig_expect(rig, STATIC, PF_PASS);
	rig_free(rig);
}

static void static_no_escape__fails_when_the_file_comes_by_the_way_above(void **state)
{
	(void)state;
	struct rig *rig = shut("static");
	struct pf_facts_http *same = rig_page(rig, "static-same", 200, "a file");
	same->digest = rig->answers[3].http.digest;
	set_url(rig, "static-same", "/static../static/a.css");
	rig_expect_said(rig, STATIC, PF_FAIL, PF_HIGH, "/static../static/a.css is the same");
	rig_free(rig);
}

static void static_no_escape__fails_when_a_file_above_is_proven(void **state)
{
	(void)state;
	static const char *const look_for[] = {"DJANGO_SETTINGS_MODULE"};
	struct rig *rig = shut("static");
	rig_found(rig, rig_page(rig, "/static../manage.py", 200, NULL), look_for[0]);
	rig_expect_said(rig, STATIC, PF_FAIL, PF_HIGH, "/static../manage.py is served");
	rig_free(rig);
}

static void static_no_escape__is_unknown_when_the_way_was_not_tried(void **state)
{
	(void)state;
	struct rig *rig = shut("static");
	rig_silence(rig, "static-same", PF_deadline);
	rig_expect(rig, STATIC, PF_UNKNOWN);
	rig_page(rig, "static-same", 404, NULL);
	rig_page(rig, "stray-again", 429, "Slow down");
	rig_page(rig, "/static../manage.py", 403, NULL);
	rig_expect_said(rig, STATIC, PF_UNKNOWN, PF_HIGH, "blocked");
	rig_silence(rig, "static-above", PF_worker_died);
	rig_expect(rig, STATIC, PF_UNKNOWN);
	rig_free(rig);
}

static void media_no_escape__passes_when_the_way_above_is_shut(void **state)
{
	(void)state;
	struct rig *rig = shut("media");
	rig_expect(rig, MEDIA, PF_PASS);
	rig_free(rig);
}

static void media_no_escape__fails_when_the_upload_comes_by_the_way_above(void **state)
{
	(void)state;
	struct rig *rig = shut("media");
	rig_page(rig, "media-same", 200, "a file")->digest = rig->answers[3].http.digest;
	set_url(rig, "media-same", "/media../media/a.css");
	rig_expect_said(rig, MEDIA, PF_FAIL, PF_HIGH, "above its directory");
	rig_free(rig);
}

static void media_no_escape__is_unknown_when_it_was_not_asked(void **state)
{
	(void)state;
	struct rig *rig = shut("media");
	rig_silence(rig, "media-above", PF_deadline);
	rig_expect(rig, MEDIA, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(static_no_escape__passes_when_the_way_above_is_shut),
		cmocka_unit_test(static_no_escape__fails_when_the_file_comes_by_the_way_above),
		cmocka_unit_test(static_no_escape__fails_when_a_file_above_is_proven),
		cmocka_unit_test(static_no_escape__is_unknown_when_the_way_was_not_tried),
		cmocka_unit_test(media_no_escape__passes_when_the_way_above_is_shut),
		cmocka_unit_test(media_no_escape__fails_when_the_upload_comes_by_the_way_above),
		cmocka_unit_test(media_no_escape__is_unknown_when_it_was_not_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
