/* DEBUG is off.
 *
 * With DEBUG on, every error page shows the code around it, the values of its variables, the URL
 * patterns and most of the settings to whoever can cause an error. A stranger can cause four kinds
 * without harm: a page that does not exist, a Host that is not allowed, a form without its token, a
 * query that cannot be decoded. A good host answers all of them with a short page. On the app host
 * the setting itself is read as well: an error page made by the front can hide the technical one.
 */
#include "django_reader.h"
#include "error_reader.h"
#include "response_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask_errors(asking, place);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
	pf_ask_settings(asking);
}

static struct pf_verdict judge_pages(const struct pf_case *facts)
{
	static const struct {
		const char *tag, *what;
	} routes[] = {
		{"missing-page", "GET of a page that does not exist"},
		{"bad-host", "GET with a Host that is not the site's"},
		{"form", "POST to the login page without a token"},
		{"broken", "GET of the login page in an encoding that decodes nothing"},
	};
	for (size_t i = 0; i < PF_COUNT(routes); i++) {
		const struct pf_answer *answer = pf_answer_of(facts, routes[i].tag);
		if (pf_is_technical(answer))
			return pf_fail(facts, routes[i].tag,
			               "%s was answered %lld with Django's technical page%s%s%s",
			               routes[i].what, (long long)answer->http.status,
			               answer->http.title ? " (title \"" : "",
			               answer->http.title ? answer->http.title : "",
			               answer->http.title ? "\")" : "");
	}
	int64_t status = pf_answer_of(facts, "missing-page")->http.status;
	if (pf_is_refusal(pf_answer_of(facts, "missing-page")))
		return pf_unknown(facts, "missing-page",
		                  "GET of a page that does not exist was answered %lld: not what "
		                  "a visitor would see",
		                  (long long)status);
	const struct pf_answer *broken = pf_answer_of(facts, "broken");
	return pf_pass(facts, "missing-page",
	               "an unknown page (answered %lld), a bad Host%s a form without its token%s "
	               "show no technical page",
	               (long long)status, pf_has_status(broken) ? "," : " and",
	               pf_has_status(broken) ? " and a query that cannot be decoded" : "");
}

static struct pf_verdict judge_setting(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *unread = pf_untold(facts, answer, "settings");
	if (unread)
		return pf_unknown(facts, "settings", "%s", unread);
	if (pf_setting_is(answer, "debug", "True"))
		return pf_fail(facts, "settings", "DEBUG is True in %s", facts->site->app.settings);
	return pf_pass(facts, "settings", "DEBUG is False in %s", facts->site->app.settings);
}

static const struct pf_check checks[] = {
	{
		.id = "debug.off",
		.severity = PF_CRITICAL,
		.seen_from = "any, app host",
		.needs = "missing-page! bad-host form? broken?",
		.judge = judge_pages,
		.title = "No error shows Django's technical page, and DEBUG is False",
		.why = "With DEBUG = True any visitor who causes an error reads source lines, "
		       "local variables, URL patterns and settings, and with them often enough to "
		       "get in. Django also keeps every SQL query in memory until the process "
		       "dies. Four errors are tried that anybody can cause without harm: an "
		       "unknown "
		       "page, a Host that is not allowed, a form without its CSRF token, and, once "
		       "in "
		       "a run, a GET of the login page in an encoding that decodes nothing (500 in "
		       "most projects; it leaves one error in the log and one mail to ADMINS). The "
		       "pages are known by what no language changes. Where the app host is a "
		       "vantage, "
		       "the setting itself is read too.",
		.remedy = "Django: in the settings that the live site runs with:\n"
			  "    DEBUG = False\n"
			  "    ALLOWED_HOSTS = ['www.example.com']\n"
			  "Django: if it comes from the environment, make absence mean False:\n"
			  "    DEBUG = os.environ.get('DJANGO_DEBUG') == '1'\n"
			  "(bool('False') is True, the classic trap.) Then restart the application "
                          "server, and change every secret that a technical page may have shown.\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#debug",
	},
	{
		.id = "debug.off",
		.severity = PF_CRITICAL,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_setting,
	},
};

const struct pf_probe pf_probe_debug = {
	.name = "debug",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
