/* The session and CSRF cookies travel over HTTPS alone and only to the site itself.
 *
 * A good host marks both Secure and SameSite=Lax or Strict, and the session cookie HttpOnly. Over
 * the wire they are known by their default names, by names that say what they are, or by their
 * shape: Django's lengths and life times. On the app host the settings are read as well, since a
 * stranger may never be given a session.
 */
#include "django_reader.h"
#include "header_reader.h"
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *admin = site->admin_path ? site->admin_path : "/admin/";
	bool https = strcmp(place->scheme, "https") == 0;
	pf_ask(asking, https ? "page" : "plain", place->subject,
	       pf_visit(asking, place, https ? site->url.path : "/"));
	if (!https)
		return;
	if (site->login_path)
		pf_ask(asking, "login", place->subject, pf_visit(asking, place, site->login_path));
	pf_ask(asking, "admin", place->subject,
	       pf_visit(asking, place, pf_word(asking, "%slogin/", admin)));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (pf_is_https(site)) {
		pf_each_place(asking, "https", site->url.host, ask_place);
		pf_each_place(asking, "http", site->url.host, ask_place);
	}
	pf_ask_settings(asking);
}

/* "sessionid=<32 bytes>; HttpOnly; Path=/; SameSite=Lax; Secure", taken apart. */
struct cookie {
	struct pf_bit name, same_site;
	size_t length; /* of the value */
	bool secure, http_only;
	struct pf_bit max_age;
};

static bool read_cookie(const char *header, struct cookie *cookie)
{
	static const char HEAD[] = "set-cookie:";
	struct pf_bit rest = pf_bit_of(header), pair, value;
	*cookie = (struct cookie){0};
	if (!pf_bit_begins(rest, HEAD))
		return false;
	rest = (struct pf_bit){rest.at + sizeof HEAD - 1, rest.length - (sizeof HEAD - 1)};
	if (!pf_bit_next(&rest, ";", &pair) || !pf_bit_next(&pair, "=", &cookie->name))
		return false;
	for (size_t i = 1; i < pair.length && pair.at[i] >= '0' && pair.at[i] <= '9'; i++)
		cookie->length = cookie->length * 10 + (size_t)(pair.at[i] - '0');
	for (struct pf_bit one; pf_bit_next(&rest, ";", &one);) {
		struct pf_bit word;
		value = one;
		if (!pf_bit_next(&value, "=", &word))
			continue;
		cookie->secure |= pf_bit_is(word, "Secure");
		cookie->http_only |= pf_bit_is(word, "HttpOnly");
		if (pf_bit_is(word, "SameSite"))
			cookie->same_site = value;
		if (pf_bit_is(word, "Max-Age"))
			cookie->max_age = value;
	}
	return true;
}

static bool mentions(struct pf_bit name, const char *part)
{
	size_t length = strlen(part);
	for (; name.length >= length; name = (struct pf_bit){name.at + 1, name.length - 1})
		if (pf_bit_begins(name, part))
			return true;
	return false;
}

/* Django's SESSION_COOKIE_AGE and CSRF_COOKIE_AGE, and the lengths of its values since 3.2. */
static bool is_csrf(const struct cookie *cookie)
{
	bool shaped = (cookie->length == 32 || cookie->length == 64) &&
	              pf_bit_is(cookie->max_age, "31449600");
	return mentions(cookie->name, "csrf") || mentions(cookie->name, "xsrf") || shaped;
}

static bool is_session(const struct cookie *cookie)
{
	bool shaped = cookie->length == 32 && pf_bit_is(cookie->max_age, "1209600");
	return !is_csrf(cookie) && (mentions(cookie->name, "sess") || shaped);
}

static bool is_strict(struct pf_bit same_site)
{
	return pf_bit_is(same_site, "Lax") || pf_bit_is(same_site, "Strict");
}

static const char *listed(const struct pf_case *facts, const char *list, const char *fault)
{
	return pf_say(facts, "%s%s%s", list, *list ? ", " : "", fault);
}

static const char *faults_of(const struct pf_case *facts, const struct cookie *cookie, bool session)
{
	const char *list = "";
	if (!cookie->secure)
		list = listed(facts, list, "without Secure");
	if (session && !cookie->http_only)
		list = listed(facts, list, "without HttpOnly");
	if (!cookie->same_site.length)
		list = listed(facts, list, "without SameSite");
	else if (!is_strict(cookie->same_site))
		list = listed(facts, list,
		              pf_say(facts, "with SameSite=%.*s", (int)cookie->same_site.length,
		                     cookie->same_site.at));
	return list;
}

/* Every cookie of that sort in the answers to these tags. */
static struct pf_verdict judge_wire(const struct pf_case *facts, bool session, size_t count,
                                    const char *const tags[])
{
	const char *seen = NULL;
	for (size_t t = 0; t < count; t++) {
		const struct pf_answer *answer = pf_answer_of(facts, tags[t]);
		for (size_t i = 0; pf_has_status(answer) && i < answer->http.headers.count; i++) {
			struct cookie cookie;
			if (!read_cookie(answer->http.headers.at[i], &cookie) ||
			    !(session ? is_session(&cookie) : is_csrf(&cookie)))
				continue;
			const char *faults = faults_of(facts, &cookie, session);
			if (*faults)
				return pf_fail(facts, tags[t], "the cookie \"%.*s\" is set %s",
				               (int)cookie.name.length, cookie.name.at, faults);
			seen = pf_say(facts, "%.*s", (int)cookie.name.length, cookie.name.at);
		}
	}
	for (size_t t = 0; t < count; t++) {
		const struct pf_answer *answer = pf_answer_of(facts, tags[t]);
		if (answer && pf_outcome_is_ours(answer->outcome))
			return pf_unknown(facts, tags[t], "one of the pages %s",
			                  pf_outcome_sentence(answer->outcome));
	}
	if (!seen)
		return pf_skip(facts, tags[0],
		               "no %s cookie is set for a visitor who does not "
		               "log in",
		               session ? "session" : "CSRF");
	return pf_pass(facts, tags[0], "the cookie \"%s\" is set with all it needs", seen);
}

static const char *const secure_tags[] = {"page", "login", "admin"};
static const char *const plain_tags[] = {"plain"};

static struct pf_verdict judge_session(const struct pf_case *facts)
{
	return judge_wire(facts, true, PF_COUNT(secure_tags), secure_tags);
}

static struct pf_verdict judge_csrf(const struct pf_case *facts)
{
	return judge_wire(facts, false, PF_COUNT(secure_tags), secure_tags);
}

static struct pf_verdict judge_plain_session(const struct pf_case *facts)
{
	return judge_wire(facts, true, PF_COUNT(plain_tags), plain_tags);
}

static struct pf_verdict judge_plain_csrf(const struct pf_case *facts)
{
	return judge_wire(facts, false, PF_COUNT(plain_tags), plain_tags);
}

/* The settings say it too, for the cookie that nobody was given. */
static struct pf_verdict judge_settings(const struct pf_case *facts, bool session)
{
	const struct pf_answer *answer = pf_answer_of(facts, "settings");
	const char *unread = pf_untold(facts, answer, "settings"), *list = "";
	const char *which = session ? "session_cookie" : "csrf_cookie";
	const char *upper = session ? "SESSION_COOKIE" : "CSRF_COOKIE";
	if (unread)
		return pf_unknown(facts, "settings", "%s", unread);
	if (!session && pf_setting_is(answer, "csrf_use_sessions", "True"))
		return pf_skip(facts, "settings",
		               "CSRF_USE_SESSIONS is True: there is no such cookie");
	const char *same_site = pf_setting(facts, answer, pf_say(facts, "%s_samesite", which), 0);
	if (!same_site)
		return pf_unknown(facts, "settings", "the settings say nothing of %s_*", upper);
	if (!pf_setting_is(answer, pf_say(facts, "%s_secure", which), "True"))
		list = listed(facts, list, pf_say(facts, "%s_SECURE is False", upper));
	if (session && !pf_setting_is(answer, "session_cookie_httponly", "True"))
		list = listed(facts, list, "SESSION_COOKIE_HTTPONLY is False");
	if (!is_strict(pf_bit_of(same_site)))
		list = listed(facts, list, pf_say(facts, "%s_SAMESITE is %s", upper, same_site));
	if (*list)
		return pf_fail(facts, "settings", "%s in %s", list, facts->site->app.settings);
	return pf_pass(facts, "settings", "%s_SECURE%s and SAMESITE=%s in %s", upper,
	               session ? ", HTTPONLY" : "", same_site, facts->site->app.settings);
}

static struct pf_verdict judge_session_setting(const struct pf_case *facts)
{
	return judge_settings(facts, true);
}

static struct pf_verdict judge_csrf_setting(const struct pf_case *facts)
{
	return judge_settings(facts, false);
}

#define WHERE                                                                                      \
	"The site's first page, its login page and the admin's are looked at over HTTPS, the "     \
	"first "                                                                                   \
	"page over HTTP too; a cookie is known by its name (sessionid, csrftoken, any with sess "  \
	"or "                                                                                      \
	"csrf in it) or by the length and life that Django gives it. Its value is never kept. On " \
	"the "                                                                                     \
	"app host the settings are read as well. "
#define SETTINGS "https://docs.djangoproject.com/en/stable/ref/settings/"

static const struct pf_check checks[] = {
	{
		.id = "https.session-cookie",
		.severity = PF_HIGH,
		.seen_from = "any, app host",
		.needs = "page! login? admin?",
		.judge = judge_session,
		.title = "The session cookie is Secure, HttpOnly and SameSite",
		.why = "Whoever has the session cookie is the user. Without Secure the browser "
		       "sends "
		       "it with the first plain HTTP request that anybody can provoke; without "
		       "HttpOnly one injected script reads it; without SameSite other sites can "
		       "act "
		       "with it. " WHERE,
		.remedy = "Django:\n"
			  "    SESSION_COOKIE_SECURE = True\n"
			  "    SESSION_COOKIE_HTTPONLY = True    # the default\n"
			  "    SESSION_COOKIE_SAMESITE = 'Lax'   # the default\n"
			  "A front must not rewrite Set-Cookie: look for proxy_cookie_flags "
                          "(nginx) or Header edit Set-Cookie (Apache).\n",
		.reference = SETTINGS "#session-cookie-secure",
	},
	{
		.id = "https.session-cookie",
		.severity = PF_HIGH,
		.seen_from = "any, app host",
		.needs = "plain",
		.judge = judge_plain_session,
	},
	{
		.id = "https.session-cookie",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_session_setting,
	},
	{
		.id = "https.csrf-cookie",
		.severity = PF_HIGH,
		.seen_from = "any, app host",
		.needs = "page! login? admin?",
		.judge = judge_csrf,
		.title = "The CSRF cookie is Secure and SameSite",
		.why = "A CSRF cookie that also travels over HTTP can be read on the way, or "
		       "replaced "
		       "by one that a stranger knows, and then their form passes for the site's "
		       "own. "
		       "It need not be HttpOnly: scripts of the site may have to read it. " WHERE,
		.remedy = "Django:\n"
			  "    CSRF_COOKIE_SECURE = True\n"
			  "    CSRF_COOKIE_SAMESITE = 'Lax'   # the default\n"
			  "Django: or keep the token in the session:\n"
			  "    CSRF_USE_SESSIONS = True\n",
		.reference = SETTINGS "#csrf-cookie-secure",
	},
	{
		.id = "https.csrf-cookie",
		.severity = PF_HIGH,
		.seen_from = "any, app host",
		.needs = "plain",
		.judge = judge_plain_csrf,
	},
	{
		.id = "https.csrf-cookie",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "settings!",
		.judge = judge_csrf_setting,
	},
};

const struct pf_probe pf_probe_cookies = {
	.name = "cookies",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
