/* DEBUG is off.
 *
 * With DEBUG on, every error page shows the code around it, the values of its variables, the URL
 * patterns and most of the settings to whoever can cause an error. A stranger can cause three kinds
 * without harm: a page that does not exist, a Host that is not allowed, a form without its token.
 * (A 500 cannot be had safely.) A good host answers all three with a short page. On the app host
 * the setting itself is read as well: an error page made by the front can hide the technical one.
 */
#include "django_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static const char *login_path(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (site->login_path)
		return site->login_path;
	return pf_word(asking, "%slogin/", site->admin_path ? site->admin_path : "/admin/");
}

/* A login without cookie or token: CsrfViewMiddleware answers before any view looks at it. */
static struct pf_question login_without_token(struct pf_asking *asking,
                                              const struct pf_place *place)
{
	static const char *const form[] = {"Content-Type: application/x-www-form-urlencoded"};
	struct pf_question question = pf_visit(asking, place, login_path(asking));
	question.http.method = "POST";
	question.http.headers = pf_list(asking, PF_COUNT(form), form);
	question.http.body = "";
	return question;
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *missing = pf_word(asking, "/pf-%s/", pf_canary_digits(asking));
	pf_ask(asking, "missing-page", place->subject, pf_visit(asking, place, missing));
	pf_ask(asking, "bad-host", place->subject, pf_visit_unknown_host(asking, place));
	pf_ask(asking, "form", place->subject, login_without_token(asking, place));
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
	if (status == 429 || status == 503)
		return pf_unknown(facts, "missing-page",
		                  "GET of a page that does not exist was answered %lld: not what "
		                  "a visitor would see",
		                  (long long)status);
	return pf_pass(facts, "missing-page",
	               "an unknown page (answered %lld), a bad Host and a form without its token "
	               "show no technical page",
	               (long long)status);
}

static struct pf_verdict judge_setting(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *unread = pf_settings_unread(facts, answer);
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
		.needs = "missing-page! bad-host form?",
		.judge = judge_pages,
		.title = "No error shows Django's technical page, and DEBUG is False",
		.why = "With DEBUG = True any visitor who causes an error reads source lines, "
		       "local variables, URL patterns and settings, and with them often enough to "
		       "get in. Django also keeps every SQL query in memory until the process "
		       "dies. Three errors are tried that anybody can cause without harm: an "
		       "unknown page, a Host that is not allowed, a form without its CSRF token. A "
		       "500 is not provoked. Where the app host is a vantage, the setting itself "
		       "is read too.",
		.remedy =
			"In the settings that the live site runs with:\n"
			"    DEBUG = False\n"
			"    ALLOWED_HOSTS = ['www.example.com']\n"
			"If it comes from the environment, make absence mean False:\n"
			"    DEBUG = os.environ.get('DJANGO_DEBUG') == '1'\n"
			"(bool('False') is True, the classic trap.) Then restart the application\n"
			"server, and change every secret that a technical page may have shown.",
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
