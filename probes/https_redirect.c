/* Everything asked over plain HTTP is sent to HTTPS, on the same name, for good.
 *
 * A good host serves nothing over HTTP but one permanent redirect, written with its own name, for
 * every path and method: a login page forgotten there sends passwords in the clear. The first hop
 * stays on the name that was asked, or HSTS is never learnt for it. Nothing listening at all is
 * just as good.
 */
#include "response_reader.h"
#include "visit_reader.h"

#include <string.h>

static void ask_path(struct pf_asking *asking, const struct pf_place *place, const char *path)
{
	if (!path || *path != '/')
		return;
	pf_ask(asking, "path",
	       pf_word(asking, "http://%s%s [%s]", place->authority, path, place->address),
	       pf_visit(asking, place, path));
}

/* A path of this run's own is not part of the subject: a finding must be known again next time. */
static void ask_missing_path(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "path",
	       pf_word(asking, "http://%s/(no such path) [%s]", place->authority, place->address),
	       pf_visit(asking, place, pf_word(asking, "/pf-%s/", pf_canary_digits(asking))));
}

static void ask_post(struct pf_asking *asking, const struct pf_place *place)
{
	static const char *const form[] = {"Content-Type: application/x-www-form-urlencoded"};
	struct pf_question question = pf_visit(asking, place, "/");
	question.http.method = "POST";
	question.http.headers = pf_list(asking, PF_COUNT(form), form);
	question.http.body = "";
	pf_ask(asking, "post",
	       pf_word(asking, "POST http://%s/ [%s]", place->authority, place->address), question);
}

/* Django's own defaults stand in for what the site file does not say. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *files = site->static_files.url, *media = site->media.url;
	ask_path(asking, place, "/");
	ask_path(asking, place, site->admin_path ? site->admin_path : "/admin/");
	ask_path(asking, place, site->login_path ? site->login_path : "/accounts/login/");
	ask_path(asking, place, files ? files : "/static/");
	ask_path(asking, place, media ? media : "/media/");
	ask_missing_path(asking, place);
	ask_post(asking, place);
	if (pf_is_https(site))
		pf_ask(asking, "bad-host", place->subject, pf_visit_unknown_host(asking, place));
}

/* By its other names the first page alone: the rest is served by the same rules. */
static void ask_other_name(struct pf_asking *asking, const struct pf_place *place)
{
	ask_path(asking, place, "/");
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, "http", site->url.host, ask_place);
	for (size_t i = 0; i < site->hosts.count; i++)
		if (!strchr(site->hosts.at[i], '*') && site->hosts.at[i][0] != '.' &&
		    strcasecmp(site->hosts.at[i], site->url.host) != 0)
			pf_each_place(asking, "http", site->hosts.at[i], ask_other_name);
}

static const struct pf_answer *answer_of(const struct pf_case *facts, const char **tag)
{
	*tag = pf_exchange_of(facts, "post") ? "post" : "path";
	return pf_answer_of(facts, *tag);
}

static bool is_redirect(const struct pf_answer *answer)
{
	return pf_has_status(answer) && answer->http.status >= 300 && answer->http.status < 400 &&
	       answer->http.location;
}

/* Refused without a word from the application: nothing was served in the clear. 403 to a POST with
 * Django's headers is the CSRF check, so Django does answer over HTTP. */
static bool is_refusal(const struct pf_answer *answer)
{
	int64_t status = answer->http.status;
	return (status == 400 || status == 403 || status == 405 || status == 410 || status == 421 ||
	        status == 426) &&
	       !pf_has_django_headers(answer);
}

static struct pf_verdict judge_all(const struct pf_case *facts)
{
	const char *tag;
	const struct pf_answer *answer = answer_of(facts, &tag);
	if (!pf_is_https(facts->site))
		return pf_fail(facts, tag,
		               "the site's own address is %s: there is no HTTPS to go to",
		               facts->site->url.text);
	bool shut = answer->outcome == PF_refused || answer->outcome == PF_hung_up ||
	            pf_outcome_is_quiet(answer->outcome);
	if (!pf_has_status(answer) && !shut)
		return pf_unknown(facts, tag, "what port %lld serves was not seen: it %s",
		                  (long long)facts->site->http_port,
		                  pf_outcome_sentence(answer->outcome));
	if (!pf_has_status(answer))
		return pf_pass(facts, tag, "nothing is served on port %lld: it %s",
		               (long long)facts->site->http_port,
		               pf_outcome_sentence(answer->outcome));
	long long status = answer->http.status;
	if (is_redirect(answer)) {
		struct pf_target target = pf_target_of(facts, answer->http.location);
		if (strcmp(target.scheme, "https") == 0)
			return pf_pass(facts, tag, "answered %lld, Location \"%s\"", status,
			               answer->http.location);
		return pf_fail(facts, tag, "answered %lld, Location \"%s\": not to HTTPS", status,
		               answer->http.location);
	}
	if (status == 429 || status >= 500)
		return pf_unknown(facts, tag, "answered %lld: not what a visitor would be served",
		                  status);
	if (is_refusal(answer))
		return pf_pass(facts, tag, "refused over plain HTTP with %lld", status);
	return pf_fail(facts, tag, "answered %lld over plain HTTP instead of a redirect%s%s%s",
	               status, answer->http.title ? " (title \"" : "",
	               answer->http.title ? answer->http.title : "",
	               answer->http.title ? "\")" : "");
}

/* An alias that leaps to a name of the site's own is a bad habit; anything else may be anybody's.
 */
static struct pf_verdict judge_leap(const struct pf_case *facts, const char *tag, const char *asked,
                                    const struct pf_target *target)
{
	bool alias = strcasecmp(asked, facts->site->url.host) != 0;
	bool ours = pf_words_have(facts->site->hosts, target->host);
	return pf_at(pf_fail(facts, tag,
	                     "the first hop leaves %s before HSTS is learnt for it (Location "
	                     "\"%s\")",
	                     asked, pf_answer_of(facts, tag)->http.location),
	             alias && ours ? PF_LOW : PF_HIGH);
}

/* An absolute Location is judged; a relative one stays where it is, which is judged above. */
static struct pf_verdict judge_same_host(const struct pf_case *facts)
{
	const char *tag;
	const struct pf_answer *answer = answer_of(facts, &tag);
	if (!is_redirect(answer))
		return pf_skip(facts, tag, "there is no redirect over plain HTTP");
	const char *location = answer->http.location;
	const char *asked = pf_target_of(facts, pf_exchange_of(facts, tag)->question.http.url).host;
	struct pf_target target = pf_target_of(facts, location);
	if (!*target.host)
		return pf_skip(facts, tag, "the redirect names no host (Location \"%s\")",
		               location);
	if (strcmp(target.scheme, "https") != 0)
		return pf_fail(facts, tag, "the first hop is back to plain HTTP (Location \"%s\")",
		               location);
	if (strcasecmp(target.host, asked) != 0)
		return judge_leap(facts, tag, asked, &target);
	return pf_pass(facts, tag, "the first hop is \"%s\"", location);
}

static struct pf_verdict judge_bad_host(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "bad-host");
	if (!is_redirect(answer))
		return pf_pass(facts, "bad-host",
		               "an unknown Host over plain HTTP is not redirected");
	const char *location = answer->http.location;
	if (pf_echo_of(facts, answer, facts->canary))
		return pf_fail(facts, "bad-host",
		               "an unknown Host over plain HTTP is redirected to itself (Location "
		               "\"%s\")",
		               location);
	return pf_pass(facts, "bad-host", "an unknown Host over plain HTTP is redirected to \"%s\"",
	               location);
}

static struct pf_verdict judge_permanent(const struct pf_case *facts)
{
	const char *tag;
	const struct pf_answer *answer = answer_of(facts, &tag);
	if (!is_redirect(answer) ||
	    strcmp(pf_target_of(facts, answer->http.location).scheme, "https") != 0)
		return pf_skip(facts, tag, "there is no redirect to HTTPS");
	long long status = answer->http.status;
	if (status == 301 || status == 308)
		return pf_pass(facts, tag, "redirected with %lld", status);
	return pf_fail(facts, tag, "redirected with %lld, which browsers ask for anew each time",
	               status);
}

#define REDIRECT                                                                                   \
	"nginx, one server on port 80 for each name, and nothing else in it:\n"                    \
	"    server {\n"                                                                           \
	"        listen 80;\n"                                                                     \
	"        listen [::]:80;\n"                                                                \
	"        server_name www.example.com;\n"                                                   \
	"        return 301 https://www.example.com$request_uri;\n"                                \
	"    }\n"                                                                                  \
	"Apache:\n"                                                                                \
	"    <VirtualHost *:80>\n"                                                                 \
	"        ServerName www.example.com\n"                                                     \
	"        Redirect permanent / https://www.example.com/\n"                                  \
	"    </VirtualHost>\n"

#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#https"

static const struct pf_check checks[] = {
	{
		.id = "https.redirect-all",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "path",
		.quiet_needs_control = true,
		.judge = judge_all,
		.title = "Every page asked over plain HTTP redirects to HTTPS",
		.why = "One page that still answers over HTTP is enough: whoever sits on the way "
		       "reads the session cookie or the password that goes with it, or puts a form "
		       "of their own in its place. The admin, the login page, static and media "
		       "files, an unknown page and a POST are tried, on every address, and the "
		       "first page "
		       "by every other name. A closed "
		       "port is as good as a redirect, and so is a refusal by the web server.",
		.remedy = REDIRECT
		"Django, as a second guard behind a front that ends TLS:\n"
		"    SECURE_SSL_REDIRECT = True\n"
		"    SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')\n",
		.reference = CHECKLIST,
	},
	{
		.id = "https.redirect-all",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "post",
		.quiet_needs_control = true,
		.judge = judge_all,
	},
	{
		.id = "https.redirect-same-host",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "path",
		.judge = judge_same_host,
		.title = "The redirect goes to HTTPS on the same name, never to one from the "
			 "request",
		.why = "Strict-Transport-Security only counts for the name that sent it over "
		       "HTTPS. "
		       "http://example.com that leaps straight to https://www.example.com leaves "
		       "example.com unprotected for ever: go to https://example.com first, then "
		       "on. A hop to plain HTTP never arrives, and a redirect that repeats the "
		       "Host "
		       "of the request sends visitors wherever a stranger likes.",
		.remedy = REDIRECT "The name is written out: $host is what the client sent.\n"
				   "Django:\n"
				   "    SECURE_SSL_HOST = 'www.example.com'\n",
		.reference = CHECKLIST,
	},
	{
		.id = "https.redirect-same-host",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "post",
		.judge = judge_same_host,
	},
	{
		.id = "https.redirect-same-host",
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "bad-host",
		.quiet_needs_control = true,
		.judge = judge_bad_host,
	},
	{
		.id = "https.redirect-permanent",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "path",
		.judge = judge_permanent,
		.title = "The redirect to HTTPS is permanent",
		.why = "After a 301 or 308 a browser goes to HTTPS by itself the next time; a 302 "
		       "is "
		       "asked for in the clear on every visit, which is one more chance for "
		       "somebody on the way. 308 also keeps a POST a POST.",
		.remedy = REDIRECT,
		.reference = CHECKLIST,
	},
	{
		.id = "https.redirect-permanent",
		.severity = PF_LOW,
		.seen_from = "any",
		.needs = "post",
		.judge = judge_permanent,
	},
};

const struct pf_probe pf_probe_https_redirect = {
	.name = "https_redirect",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
