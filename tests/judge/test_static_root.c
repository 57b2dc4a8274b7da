/* static.root-defined and media.separate: what the settings say of directories. */
#include "rig_case.h"

PF_PROBE(static_root);

static const char DEFINED[] = "static.root-defined", SEPARATE[] = "media.separate";

#define STATIC "postflight static_path=/var/www/shop/static\\n"
#define MEDIA "postflight media_path=/var/lib/shop/media\\n"
#define PROJECT "postflight project=/srv/shop\\n"
#define END "postflight end=places\\n"

static struct rig *settings(const char *tag, const char *subject, const char *output)
{
	struct rig *rig = rig_new(&pf_probe_static_root);
	rig->site.static_files =
		(struct pf_directory){.declared = true, .root = "/var/www/shop/static"};
	rig->site.media = (struct pf_directory){.declared = true, .root = "/var/lib/shop/media"};
	rig->subject = subject;
	rig_put(rig, tag, PF_KIND_exec, PF_answered)->exec.output = output;
	return rig;
}

static struct pf_facts_tree *filled(struct rig *rig)
{
	struct pf_facts_tree *tree = &rig_put(rig, "tree", PF_KIND_tree, PF_answered)->tree;
	*tree = (struct pf_facts_tree){.entries = 12, .directories = 3};
	return tree;
}

static void static_root_defined__passes_when_it_is_set_and_filled(void **state)
{
	(void)state;
	struct rig *rig = settings("places", "settings", STATIC MEDIA PROJECT END);
	filled(rig);
	rig_expect_said(rig, DEFINED, PF_PASS, PF_MEDIUM, "holds 12 entries");
	rig_free(rig);
}

static void static_root_defined__fails_when_it_is_unset_absent_or_empty(void **state)
{
	(void)state;
	struct rig *rig = settings("places", "settings", MEDIA PROJECT END);
	filled(rig);
	rig_expect_said(rig, DEFINED, PF_FAIL, PF_MEDIUM, "not set");
	rig_put(rig, "places", PF_KIND_exec, PF_answered)->exec.output = STATIC END;
	filled(rig)->entries = 3;
	rig_expect_said(rig, DEFINED, PF_FAIL, PF_MEDIUM, "holds no file");
	rig_put(rig, "tree", PF_KIND_tree, PF_absent);
	rig_expect_said(rig, DEFINED, PF_FAIL, PF_MEDIUM, "does not exist");
	rig_free(rig);
}

static void static_root_defined__is_unknown_when_the_settings_were_not_read(void **state)
{
	(void)state;
	struct rig *rig = settings("places", "settings", STATIC);
	filled(rig);
	rig_expect(rig, DEFINED, PF_UNKNOWN);
	rig_put(rig, "places", PF_KIND_exec, PF_no_program);
	rig_expect(rig, DEFINED, PF_UNKNOWN);
	rig_free(rig);
}

static void media_separate__passes_when_it_lies_by_itself(void **state)
{
	(void)state;
	struct rig *rig = settings("media-places", "/var/lib/shop/media", STATIC MEDIA PROJECT END);
	rig_expect(rig, SEPARATE, PF_PASS);
	rig_free(rig);
}

static void media_separate__fails_when_it_is_in_or_above_another(void **state)
{
	(void)state;
	struct rig *rig =
		settings("media-places", "/var/lib/shop/media",
	                 "postflight media_path=/var/www/shop/static/media\\n" STATIC PROJECT END);
	rig_expect_said(rig, SEPARATE, PF_FAIL, PF_HIGH, "lies in STATIC_ROOT");
	rig_put(rig, "media-places", PF_KIND_exec, PF_answered)->exec.output =
		"postflight media_path=/var/www/shop\\n" STATIC PROJECT END;
	rig_expect_said(rig, SEPARATE, PF_FAIL, PF_HIGH, "holds STATIC_ROOT");
	rig_put(rig, "media-places", PF_KIND_exec, PF_answered)->exec.output =
		"postflight media_path=/srv/shop/media\\n" STATIC PROJECT END;
	rig_expect_said(rig, SEPARATE, PF_FAIL, PF_HIGH, "lies in the project");
	rig_put(rig, "media-places", PF_KIND_exec, PF_answered)->exec.output =
		"postflight media_path=/srv/shop-media\\n" STATIC PROJECT END;
	rig_expect(rig, SEPARATE, PF_PASS);
	rig_free(rig);
}

static void media_separate__is_unknown_when_the_settings_name_none(void **state)
{
	(void)state;
	struct rig *rig = settings("media-places", "/var/lib/shop/media", STATIC PROJECT END);
	rig_expect(rig, SEPARATE, PF_UNKNOWN);
	rig_put(rig, "media-places", PF_KIND_exec, PF_deadline);
	rig_expect(rig, SEPARATE, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(static_root_defined__passes_when_it_is_set_and_filled),
		cmocka_unit_test(static_root_defined__fails_when_it_is_unset_absent_or_empty),
		cmocka_unit_test(static_root_defined__is_unknown_when_the_settings_were_not_read),
		cmocka_unit_test(media_separate__passes_when_it_lies_by_itself),
		cmocka_unit_test(media_separate__fails_when_it_is_in_or_above_another),
		cmocka_unit_test(media_separate__is_unknown_when_the_settings_name_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
