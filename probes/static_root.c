/* STATIC_ROOT is set, is there, and is filled; MEDIA_ROOT lies apart from it and from the code.
 *
 * collectstatic copies every application's files into STATIC_ROOT, and the web server gives them
 * out. A good host has run it: the directory of the site file is the one of the settings, and there
 * are files in it. Uploads lie in a directory that holds nothing else and is in nothing else:
 * inside STATIC_ROOT they would be served as the site's own scripts, inside the project they lie
 * beside the code that Python imports, and above either everything would be served.
 */
#include "disk_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";

static bool is_here(struct pf_asking *asking, const struct pf_directory *directory)
{
	return directory->declared && directory->root &&
	       pf_vantage_in(pf_asking_vantage(asking), directory->on);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (is_here(asking, &site->static_files)) {
		pf_ask_places(asking, "places", SUBJECT);
		pf_ask(asking, "tree", SUBJECT, pf_static_tree(asking));
	}
	if (is_here(asking, &site->media))
		pf_ask_places(asking, "media-places", site->media.root);
}

static struct pf_verdict judge_defined(const struct pf_case *facts)
{
	const struct pf_answer *places = pf_answer_of(facts, "places");
	const struct pf_answer *tree = pf_answer_of(facts, "tree");
	const char *unread = pf_untold(facts, places, "places");
	const char *declared = facts->site->static_files.root;
	const char *root = unread ? NULL : pf_setting(facts, places, "static_path", 0);
	if (unread)
		return pf_unknown(facts, "places", "%s", unread);
	if (!root)
		return pf_fail(facts, "places", "STATIC_ROOT is not set");
	if (tree->outcome == PF_absent)
		return pf_fail(facts, "tree", "%s does not exist", declared);
	if (tree->tree.entries <= tree->tree.directories)
		return pf_fail(facts, "tree", "%s holds no file", declared);
	return pf_pass(facts, "tree", "STATIC_ROOT is %s, and %s holds %lld entries", root,
	               declared, (long long)tree->tree.entries);
}

static struct pf_verdict judge_separate(const struct pf_case *facts)
{
	const struct pf_answer *places = pf_answer_of(facts, "media-places");
	const char *unread = pf_untold(facts, places, "places");
	if (unread)
		return pf_unknown(facts, "media-places", "%s", unread);
	const char *media = pf_setting(facts, places, "media_path", 0);
	const char *root = pf_setting(facts, places, "static_path", 0);
	const char *project = pf_setting(facts, places, "project", 0);
	if (!media)
		return pf_unknown(facts, "media-places",
		                  "MEDIA_ROOT is not set, yet %s is declared", facts->subject);
	if (pf_is_within(root, media) || pf_is_within(media, root))
		return pf_fail(facts, "media-places", "MEDIA_ROOT %s %s STATIC_ROOT %s", media,
		               pf_is_within(root, media) ? "lies in" : "holds", root);
	if (pf_is_within(project, media) || pf_is_within(media, project))
		return pf_fail(facts, "media-places", "MEDIA_ROOT %s %s the project %s", media,
		               pf_is_within(project, media) ? "lies in" : "holds", project);
	return pf_pass(facts, "media-places",
	               "MEDIA_ROOT %s lies apart from STATIC_ROOT and the project", media);
}

static const struct pf_check checks[] = {
	{
		.id = "static.root-defined",
		.severity = PF_MEDIUM,
		.seen_from = "app host",
		.block = "static",
		.needs = "places! tree",
		.judge = judge_defined,
		.title = "STATIC_ROOT is set, exists and is filled",
		.why = "Without DEBUG, Django serves no static files: they must have been "
		       "collected "
		       "where the web server looks. An unset or empty STATIC_ROOT is a site "
		       "without styles and scripts, or one whose files come from somewhere that "
		       "nobody deploys to.",
		.remedy = "Django:\n"
			  "    STATIC_ROOT = '/srv/shop/static'\n"
			  "and at every deployment:\n"
			  "    python manage.py collectstatic --noinput\n",
		.reference =
			"https://docs.djangoproject.com/en/stable/howto/static-files/deployment/",
	},
	{
		.id = "media.separate",
		.severity = PF_HIGH,
		.seen_from = "host",
		.block = "media",
		.needs = "media-places!",
		.judge = judge_separate,
		.title = "MEDIA_ROOT lies apart from static files and code",
		.why = "What users send must not lie where trusted things do. In STATIC_ROOT it is "
		       "served with the rights and headers of the site's own scripts; in the "
		       "project an upload is one file name away from what Python imports, and a "
		       "rule that serves the uploads is one slash away from serving the settings.",
		.remedy = "Out of the code and of the static files:\n"
			  "    mkdir /var/lib/shop && mv /srv/shop/media /var/lib/shop/media\n"
			  "Django:\n"
			  "    MEDIA_ROOT = '/var/lib/shop/media'\n"
			  "nginx:\n"
			  "    location /media/ { alias /var/lib/shop/media/; }\n"
			  "Apache:\n"
			  "    Alias /media/ /var/lib/shop/media/\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/security/"
			     "#user-uploaded-content",
	},
};

const struct pf_probe pf_probe_static_root = {
	.name = "static_root",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
