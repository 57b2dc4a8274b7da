/* No tool of a developer's answers on the live site.
 *
 * A toolbar, a profiler or a console is worse than a technical page: it answers whenever it is
 * asked, and some run what they are sent. A good host has none of them installed, or answers their
 * paths like any other that does not exist. Each is known by words that only its own answer holds,
 * compared with a path that cannot exist; nothing is ever sent to a console.
 */
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

/* What is asked on the first page is a query; none has its own mark in its path, which pages echo.
 */
static const struct tool {
	const char *tag, *path, *name, *mark;
} tools[] = {
	/* JSON of debug_toolbar/views.py, the same in every language. */
	{"toolbar", "/__debug__/render_panel/?store_id=pf&request_id=pf&panel_id=VersionsPanel",
         "django-debug-toolbar", "\"scripts\":"},
	/* silk/templates/silk/base.html */
	{"silk", "/silk/", "django-silk, with every request and its SQL,", "Silky"},
	/* werkzeug/debug: its page, and its script at any path. */
	{"console", "/console", "Werkzeug's console", "CONSOLE_MODE"},
	{"debugger", "?__debugger__=yes&cmd=resource&f=debugger.js", "Werkzeug's debugger",
         "CONSOLE_MODE"},
	/* A stream without an end; its beginning is enough. */
	{"reload", "/__reload__/events/", "django-browser-reload", "\"versionId\""},
	{"pyinstrument", "?profile", "the profiler pyinstrument", "pyinstrument"},
	{"cprofile", "?prof", "a profiler (cProfile)", " function calls"},
};

/* What such tools put into every page. */
static const struct {
	const char *mark, *name;
} traces[] = {
	{"id=\"djDebug\"", "django-debug-toolbar"},
	{"django-browser-reload/reload-listener", "django-browser-reload"},
	{"/livereload.js", "livereload"},
};

enum { MARKS = PF_COUNT(tools) + PF_COUNT(traces) };

static struct pf_question looking(struct pf_asking *asking, const struct pf_place *place,
                                  const char *path)
{
	struct pf_question question = pf_visit(asking, place, path);
	const char *marks[MARKS];
	size_t count = 0;
	for (size_t i = 0; i < PF_COUNT(tools); i++)
		marks[count++] = tools[i].mark;
	for (size_t i = 0; i < PF_COUNT(traces); i++)
		marks[count++] = traces[i].mark;
	question.http.look_for = pf_list(asking, count, marks);
	return question;
}

/* The addresses of a name run the same application, so one of them is asked. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *home = pf_asking_site(asking)->url.path;
	const char *missing = pf_word(asking, "/pf-%s/", pf_canary_digits(asking));
	if (!place->first)
		return;
	pf_ask(asking, "home", place->subject, looking(asking, place, home));
	pf_ask(asking, "missing", place->subject, looking(asking, place, missing));
	for (size_t i = 0; i < PF_COUNT(tools); i++) {
		const char *path = tools[i].path;
		if (*path == '?')
			path = pf_word(asking, "%s%s", home, path);
		pf_ask(asking, tools[i].tag, place->subject, looking(asking, place, path));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

static bool holds(const struct pf_case *facts, const char *tag, const char *mark)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	return pf_has_status(answer) && answer->http.status == 200 &&
	       pf_words_have(answer->http.found_in_body, mark);
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	for (size_t i = 0; i < PF_COUNT(traces); i++)
		if (holds(facts, "home", traces[i].mark))
			return pf_fail(facts, "home", "the first page carries %s", traces[i].name);
	for (size_t i = 0; i < PF_COUNT(tools); i++) {
		const struct tool *tool = &tools[i];
		if (holds(facts, tool->tag, tool->mark) && !holds(facts, "home", tool->mark) &&
		    !holds(facts, "missing", tool->mark))
			return pf_fail(facts, tool->tag, "%s answers at %s", tool->name,
			               pf_exchange_of(facts, tool->tag)->question.http.url);
	}
	int64_t status = pf_answer_of(facts, "missing")->http.status;
	if (status == 403 || pf_is_refusal(pf_answer_of(facts, "missing")))
		return pf_unknown(facts, "missing",
		                  "a path that does not exist was answered %lld: a firewall may "
		                  "answer for the tools as well",
		                  (long long)status);
	return pf_pass(facts, "missing",
	               "neither the first page nor %zu addresses of tools show one",
	               PF_COUNT(tools));
}

static const struct pf_check checks[] = {
	{
		.id = "debug.tools-absent",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs =
			"missing! home! toolbar silk console debugger reload pyinstrument cprofile",
		.judge = judge,
		.title = "No debug toolbar, profiler, console or reloader answers",
		.why = "The toolbar shows settings, headers and SQL; silk keeps whole requests "
		       "with their cookies and passwords; Werkzeug's console runs Python for "
		       "whoever guesses a PIN made of things that other leaks tell; profilers and "
		       "reloaders tie up a worker for each who asks. They are looked for at the "
		       "paths their documentation gives, by words only their own answers hold.",
		.remedy =
			"Keep them out of what the live site installs and loads.\n"
			"Django: in settings/development.py, not in base.py:\n"
			"    INSTALLED_APPS += ['debug_toolbar', 'silk', 'django_browser_reload']\n"
			"Django: in urls.py:\n"
			"    if settings.DEBUG:\n"
			"        urlpatterns += debug_toolbar_urls()\n"
			"and in a requirements file of its own. A profiler that must run live "
                        "belongs behind a login for staff (SILKY_AUTHENTICATION, "
                        "SILKY_AUTHORISATION).\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#debug",
	},
};

const struct pf_probe pf_probe_debug_tools = {
	.name = "debug_tools",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
