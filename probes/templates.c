/* Templates: compiled once, silent about their insides, and one for each kind of error.
 */
#include "django_reader.h"

#include <string.h>

static const char SUBJECT[] = "settings";

static void ask(struct pf_asking *asking)
{
	pf_ask_settings(asking);
	pf_ask_django(asking, "deploy", SUBJECT, PF_ABOUT_PROJECT);
}

static struct pf_verdict judge_debug(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *unread = pf_untold(facts, answer, "settings");
	struct pf_fact engine;
	if (unread)
		return pf_unknown(facts, "settings", "%s", unread);
	for (size_t i = 0; pf_fact(facts, answer, "template", i, &engine); i++)
		if (strcmp(engine.word[1], "True") == 0)
			return pf_fail(facts, "settings", "OPTIONS of %s have 'debug': True",
			               engine.word[0]);
	return pf_pass(facts, "settings", "no template engine has 'debug': True of its own");
}

static struct pf_verdict judge_cached(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *unread = pf_untold(facts, answer, "settings");
	struct pf_fact engine;
	size_t count = 0;
	if (unread)
		return pf_unknown(facts, "settings", "%s", unread);
	if (pf_setting_is(answer, "debug", "True"))
		return pf_skip(facts, "settings", "DEBUG is True: that comes first");
	for (; pf_fact(facts, answer, "template", count, &engine); count++)
		if (strcmp(engine.word[2], "True") != 0)
			return pf_fail(facts, "settings",
			               "%s has loaders of its own, without the cached one",
			               engine.word[0]);
	if (count == 0)
		return pf_skip(facts, "settings", "the site has no template engine");
	return pf_pass(facts, "settings", "compiled templates are kept by all %zu engines", count);
}

static struct pf_verdict judge_errors(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "deploy");
	const char *missing = pf_setting_missing(facts, "deploy", "error_view");
	const char *plain = "";
	struct pf_fact view;
	size_t count = 0;
	if (missing)
		return pf_unknown(facts, "deploy", "%s", missing);
	for (; pf_fact(facts, answer, "error_view", count, &view); count++)
		if (strcmp(view.word[1], "default") == 0)
			plain = pf_say(facts, "%s%s%s", plain, *plain ? ", " : "",
			               strcmp(view.word[0], "csrf") == 0 ? "403 of CSRF"
			                                                 : view.word[0]);
	if (pf_setting_is(pf_answer_of(facts, "settings"), "debug", "True"))
		return pf_fail(facts, "settings",
		               "DEBUG is True: errors show technical pages instead");
	if (*plain)
		return pf_fail(facts, "deploy", "no template and no handler for %s", plain);
	return pf_pass(facts, "deploy", "all %zu errors have a template or a handler", count);
}

static const struct pf_check checks[] = {
	{
		.id = "debug.template-debug",
		.severity = PF_LOW,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_debug,
		.title = "Template engines do not run in debug mode",
		.why = "'debug': True in OPTIONS keeps source lines of every template at hand for "
		       "technical pages, costs time and memory, and stays on when DEBUG is off. "
		       "Where it is not written it follows DEBUG, which debug.off judges.",
		.remedy = "Django: take it out of the production settings:\n"
			  "    TEMPLATES[0]['OPTIONS'].pop('debug', None)\n",
		.reference = "https://docs.djangoproject.com/en/stable/topics/templates/"
			     "#django.template.backends.django.DjangoTemplates",
	},
	{
		.id = "templates.cached-loader",
		.severity = PF_LOW,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_cached,
		.title = "Compiled templates are kept",
		.why = "Without the cached loader every page reads and compiles its templates "
		       "anew. "
		       "Django wraps the loaders by itself unless OPTIONS name their own.",
		.remedy = "Django: leave 'loaders' out of OPTIONS, or wrap them:\n"
			  "    TEMPLATES[0]['OPTIONS']['loaders'] = "
			  "[('django.template.loaders.cached.Loader', [\n"
			  "        'django.template.loaders.filesystem.Loader',\n"
			  "        'django.template.loaders.app_directories.Loader'])]\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/templates/api/"
			     "#django.template.loaders.cached.Loader",
	},
	{
		.id = "error-views.custom",
		.severity = PF_LOW,
		.seen_from = "any, app host",
		.block = "app",
		.needs = "settings! deploy!",
		.judge = judge_errors,
		.title = "Errors show the site's own pages, not Django's default ones",
		.why = "The default pages are one line of English, with no way back and nobody to "
		       "turn to; the one about CSRF speaks to developers. They also tell every "
		       "scanner that this is Django with default settings. Errors that the front "
		       "answered by itself are not held against Django.",
		.remedy = "500.html is rendered without a context: keep it plain. In a folder of "
                          "templates:\n"
			  "    touch templates/400.html templates/403.html templates/404.html\n"
			  "    touch templates/500.html templates/403_csrf.html\n"
			  "Django: that folder, before those of the apps:\n"
			  "    TEMPLATES[0]['DIRS'] = [BASE_DIR / 'templates']\n"
			  "Django: or views of your own in the root URLconf:\n"
			  "    handler404 = 'shop.views.page_not_found'\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#customize-the-default-error-views",
	},
};

const struct pf_probe pf_probe_templates = {
	.name = "templates",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
