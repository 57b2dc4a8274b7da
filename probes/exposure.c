/* No file of the project, its history, its data or its keys can be fetched; and where the admin is.
 *
 * What lies below the directory that the web server serves is one guess away, and the guesses are
 * the same everywhere: a list of them reaches every new site within hours. A good host has none of
 * these files where it serves from. Each is believed only by its content, since a site that answers
 * every path with a page has no leak; the content itself is neither kept nor shown.
 */
#include "leak_reader.h"
#include "response_reader.h"

#include <stdlib.h>
#include <string.h>

/* Over plain HTTP some are asked for too: the likeliest always, as a redirect that all get says
 * little of a location beside it; others where plain HTTP serves anything at all. */
enum over_http { NEVER, SERVED, ALWAYS };

/* {site}: the first label of the host; {host}: all of it; {package}: of the settings module. */
static const struct {
	const char *path;
	enum pf_leak sort;
	enum over_http over_http;
} files[] = {
	{"/.env", PF_LEAK_ENVIRONMENT, ALWAYS},
	{"/.env.local", PF_LEAK_ENVIRONMENT, NEVER},
	{"/.env.production", PF_LEAK_ENVIRONMENT, NEVER},
	{"/.env.bak", PF_LEAK_ENVIRONMENT, SERVED},
	{"/.env.old", PF_LEAK_ENVIRONMENT, NEVER},
	{"/.env~", PF_LEAK_ENVIRONMENT, NEVER},
	{"/.envrc", PF_LEAK_ENVIRONMENT, NEVER},
	{"/.git/HEAD", PF_LEAK_GIT, ALWAYS},
	{"/.git/config", PF_LEAK_GIT, SERVED},
	{"/.git/index", PF_LEAK_GIT, NEVER},
	{"/.git/logs/HEAD", PF_LEAK_GIT, NEVER},
	{"/.svn/wc.db", PF_LEAK_SVN, SERVED},
	{"/.hg/requires", PF_LEAK_OTHER_VCS, NEVER},
	{"/manage.py", PF_LEAK_PYTHON, ALWAYS},
	{"/{package}/wsgi.py", PF_LEAK_PYTHON, NEVER},
	{"/{package}/urls.py", PF_LEAK_PYTHON, NEVER},
	{"/settings.py", PF_LEAK_SETTINGS, ALWAYS},
	{"/{package}/settings.py", PF_LEAK_SETTINGS, SERVED},
	{"/{settings}.py", PF_LEAK_SETTINGS, NEVER},
	{"/local_settings.py", PF_LEAK_SETTINGS, SERVED},
	{"/settings.py.bak", PF_LEAK_SETTINGS, NEVER},
	{"/settings.py.old", PF_LEAK_SETTINGS, NEVER},
	{"/settings.py~", PF_LEAK_SETTINGS, SERVED},
	{"/{package}/settings.py~", PF_LEAK_SETTINGS, NEVER},
	{"/.settings.py.swp", PF_LEAK_SWAP, SERVED},
	{"/settings.pyc", PF_LEAK_BYTECODE, NEVER},
	{"/{package}/__pycache__/settings.cpython-310.pyc", PF_LEAK_BYTECODE, NEVER},
	{"/{package}/__pycache__/settings.cpython-311.pyc", PF_LEAK_BYTECODE, NEVER},
	{"/{package}/__pycache__/settings.cpython-312.pyc", PF_LEAK_BYTECODE, NEVER},
	{"/{package}/__pycache__/settings.cpython-313.pyc", PF_LEAK_BYTECODE, NEVER},
	{"/db.sqlite3", PF_LEAK_SQLITE, ALWAYS},
	{"/db.sqlite3.bak", PF_LEAK_SQLITE, NEVER},
	{"/{site}.sqlite3", PF_LEAK_SQLITE, NEVER},
	{"/{site}.sql", PF_LEAK_DUMP, SERVED},
	{"/{site}.sql.gz", PF_LEAK_DUMP, ALWAYS},
	{"/{site}.dump", PF_LEAK_DUMP, NEVER},
	{"/{host}.sql", PF_LEAK_DUMP, NEVER},
	{"/{host}.sql.gz", PF_LEAK_DUMP, NEVER},
	{"/{database}.sql", PF_LEAK_DUMP, NEVER},
	{"/{database}.sql.gz", PF_LEAK_DUMP, SERVED},
	{"/{database}.dump", PF_LEAK_DUMP, NEVER},
	{"/backup.sql", PF_LEAK_DUMP, SERVED},
	{"/backup.sql.gz", PF_LEAK_DUMP, NEVER},
	{"/dump.sql", PF_LEAK_DUMP, SERVED},
	{"/dump.sql.gz", PF_LEAK_DUMP, NEVER},
	{"/db.sql", PF_LEAK_DUMP, NEVER},
	{"/database.sql", PF_LEAK_DUMP, NEVER},
	{"/dump.json", PF_LEAK_FIXTURE, NEVER},
	{"/{site}.zip", PF_LEAK_ARCHIVE, NEVER},
	{"/{site}.tar.gz", PF_LEAK_ARCHIVE, SERVED},
	{"/{host}.zip", PF_LEAK_ARCHIVE, NEVER},
	{"/{host}.tar.gz", PF_LEAK_ARCHIVE, NEVER},
	{"/backup.zip", PF_LEAK_ARCHIVE, SERVED},
	{"/backup.tar.gz", PF_LEAK_ARCHIVE, NEVER},
	{"/media.tar.gz", PF_LEAK_ARCHIVE, NEVER},
	{"/id_rsa", PF_LEAK_KEY, SERVED},
	{"/.ssh/id_rsa", PF_LEAK_KEY, NEVER},
	{"/.ssh/id_ed25519", PF_LEAK_KEY, NEVER},
	{"/server.key", PF_LEAK_KEY, SERVED},
	{"/privkey.pem", PF_LEAK_KEY, NEVER},
	{"/{host}.key", PF_LEAK_KEY, NEVER},
	{"/.htpasswd", PF_LEAK_PASSWORDS, SERVED},
	{"/.aws/credentials", PF_LEAK_PASSWORDS, NEVER},
	{"/docker-compose.yml", PF_LEAK_COMPOSE, SERVED},
	{"/docker-compose.yaml", PF_LEAK_COMPOSE, NEVER},
	{"/compose.yaml", PF_LEAK_COMPOSE, NEVER},
	{"/Dockerfile", PF_LEAK_COMPOSE, NEVER},
	{"/requirements.txt", PF_LEAK_PACKAGES, SERVED},
	{"/pyproject.toml", PF_LEAK_PACKAGES, NEVER},
	{"/debug.log", PF_LEAK_LOG, SERVED},
	{"/django.log", PF_LEAK_LOG, NEVER},
	{"/.vscode/sftp.json", PF_LEAK_EDITOR, NEVER},
};

/* Letters that need no escaping in a path. */
static bool is_plain(const char *word)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/";
	return word && *word && strspn(word, letters) == strlen(word);
}

static const char *site_word(struct pf_asking *asking)
{
	const char *host = pf_asking_site(asking)->url.host;
	host += strncmp(host, "www.", 4) == 0 ? 4 : 0;
	return pf_word(asking, "%.*s", (int)strcspn(host, ".:"), host);
}

/* "shop/settings/production" of "shop.settings.production". */
static const char *module_path(struct pf_asking *asking, const char *module)
{
	char *path = (char *)pf_word(asking, "%s", module);
	for (char *at = path; *at; at++)
		if (*at == '.')
			*at = '/';
	return path;
}

static const char *database_word(const struct pf_site *site)
{
	return site->database_count ? site->databases[0].url.path + 1 : NULL;
}

/* What stands for a name in braces; NULL: not known. */
static const char *word_for(struct pf_asking *asking, const char *name)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *module = site->app.settings;
	if (strncmp(name, "{host}", 6) == 0)
		return site->url.host;
	if (strncmp(name, "{database}", 10) == 0)
		return database_word(site);
	if (strncmp(name, "{settings}", 10) == 0)
		return module ? module_path(asking, module) : NULL;
	if (strncmp(name, "{package}", 9) == 0 && module)
		return pf_word(asking, "%.*s", (int)strcspn(module, "."), module);
	return site_word(asking);
}

/* The path with its name filled in; NULL: that name is not known here, or odd. */
static const char *path_of(struct pf_asking *asking, const char *pattern)
{
	const char *open = strchr(pattern, '{');
	const char *word = open ? word_for(asking, open) : NULL;
	if (!open)
		return pattern;
	if (!is_plain(word))
		return NULL;
	return pf_word(asking, "%.*s%s%s", (int)(open - pattern), pattern, word,
	               strchr(open, '}') + 1);
}

/* Django's own login page, by what no language and no version changes. */
static const char LOGIN_FORM[] = "id=\"login-form\"", LOGIN_SHEET[] = "admin/css/login";

static const char DEFAULT_ADMIN[] = "/admin/";

static void ask_login(struct pf_asking *asking, const struct pf_place *place, const char *tag,
                      const char *path)
{
	struct pf_question login = pf_visit(asking, place, pf_word(asking, "%slogin/", path));
	pf_look_for(asking, &login, LOGIN_FORM);
	pf_look_for(asking, &login, LOGIN_SHEET);
	pf_ask(asking, tag, place->subject, login);
}

static void ask_admin(struct pf_asking *asking, const struct pf_place *place)
{
	const char *path = pf_asking_site(asking)->admin_path;
	ask_login(asking, place, "admin-login", path ? path : DEFAULT_ADMIN);
	if (path && strcmp(path, DEFAULT_ADMIN) != 0)
		ask_login(asking, place, "admin-default", DEFAULT_ADMIN);
}

static void ask_files(struct pf_asking *asking, const struct pf_place *place, enum over_http least)
{
	for (size_t i = 0; i < PF_COUNT(files); i++) {
		const char *path = path_of(asking, files[i].path);
		if (path && files[i].over_http >= least)
			pf_ask_leak(asking, place, path, files[i].sort);
	}
}

/* The addresses of a name serve the same files, so one of them is asked. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	ask_admin(asking, place);
	if (!place->first)
		return;
	pf_ask_strays(asking, place, "/");
	ask_files(asking, place, NEVER);
}

/* What listens for plain HTTP may serve another directory. */
static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	if (!place->first)
		return;
	pf_ask_plain_stray(asking, place);
	const struct pf_answer *stray = pf_asked(asking, "plain-stray", place->subject);
	bool serves = pf_has_status(stray) && !stray->http.location;
	ask_files(asking, place, serves ? SERVED : ALWAYS);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
}

static struct pf_verdict judge_files(const struct pf_case *facts)
{
	const char *tag = NULL, *found = pf_leak_found(facts, &tag);
	if (found)
		return pf_fail(facts, tag, "%s", found);
	const char *nothing = pf_leak_nothing(facts);
	if (nothing)
		return pf_unknown(facts, "stray-again", "%s", nothing);
	return pf_pass(facts, "stray", "none of %zu paths holds what its name promises",
	               pf_leak_count(facts));
}

static struct pf_verdict judge_plain(const struct pf_case *facts)
{
	const struct pf_answer *stray = pf_answer_of(facts, "plain-stray");
	const char *tag = NULL, *found = pf_leak_found(facts, &tag);
	if (found)
		return pf_fail(facts, tag, "over plain HTTP %s", found);
	if (!pf_has_status(stray))
		return pf_pass(facts, "plain-stray", "plain HTTP %s",
		               pf_outcome_sentence(stray->outcome));
	const char *nothing = pf_leak_nothing(facts);
	if (nothing)
		return pf_unknown(facts, "plain-stray", "over plain HTTP %s", nothing);
	return pf_pass(facts, "plain-stray",
	               "over plain HTTP none of %zu paths holds what its name promises",
	               pf_leak_count(facts));
}

static bool is_admin(const struct pf_answer *answer)
{
	return pf_has_status(answer) && answer->http.status == 200 &&
	       (pf_words_have(answer->http.found_in_body, LOGIN_FORM) ||
	        pf_words_have(answer->http.found_in_body, LOGIN_SHEET));
}

static struct pf_verdict judge_admin(const struct pf_case *facts)
{
	const struct pf_exchange *login = pf_exchange_of(facts, "admin-login");
	const char *url = login->question.http.url, *name = facts->vantage->name;
	if (is_admin(pf_answer_of(facts, "admin-default")))
		return pf_fail(facts, "admin-default",
		               "the admin answers %s at %s too, not only at the admin_path of the "
		               "site file",
		               name, DEFAULT_ADMIN);
	if (is_admin(login->answer))
		return pf_pass(facts, "admin-login", "the admin answers %s (role %s) at %s", name,
		               facts->vantage->role, url);
	const char *ending = pf_outcome_sentence(login->answer->outcome);
	if (login->answer->outcome == PF_hung_up)
		return pf_pass(facts, "admin-login", "no admin is seen from %s: %s %s", name, url,
		               ending);
	if (!pf_has_status(login->answer))
		return pf_unknown(facts, "admin-login", "%s %s", url, ending);
	if (pf_is_refusal(login->answer))
		return pf_unknown(facts, "admin-login",
		                  "%s was answered %lld: not what a visitor would see", url,
		                  (long long)login->answer->http.status);
	return pf_pass(facts, "admin-login", "no admin is seen from %s: %s was answered %lld", name,
	               url, (long long)login->answer->http.status);
}

static size_t marks(const struct pf_case *facts, struct pf_mark out[])
{
	static const char *const tags[] = {"admin-login", "admin-default"};
	size_t count = 0;
	for (size_t i = 0; i < PF_COUNT(tags); i++) {
		const struct pf_exchange *exchange = pf_exchange_of(facts, tags[i]);
		if (exchange && is_admin(exchange->answer))
			out[count++] = (struct pf_mark){"admin", facts->subject,
			                                pf_say(facts, "answers %s at %s",
			                                       facts->vantage->name,
			                                       exchange->question.http.url)};
	}
	return count;
}

static const struct pf_check checks[] = {
	{
		.id = "exposure.files",
		.severity = PF_CRITICAL,
		.seen_from = "any",
		.needs = "stray! stray-hidden stray-again",
		.judge = judge_files,
		.title = "No file of the project, its history, its data or its keys can be fetched",
		.why = "A .env or a settings file holds SECRET_KEY and the database's password; a "
		       ".git directory holds every version of all of them; a dump holds the "
		       "users. Lists of these paths are tried on every new name within hours. "
		       "About seventy are asked for, by GET of the first 16 KiB, on one address "
		       "of the site, dumps and archives under the site's own names too, the "
		       "likeliest of them over plain HTTP as well. A path "
		       "counts only when its content proves it (a magic number, words that only "
		       "such a file holds), and when a path that cannot exist does not show the "
		       "same; so a catch-all page, a redirect to the login or a firewall's page is "
		       "no finding. What was read is neither kept nor shown. If this fails, "
		       "count what was in the file as known to strangers: change every secret.",
		.remedy = "Serve nothing from the project's directory: only STATIC_ROOT and "
			  "MEDIA_ROOT, by locations of their own, and pass the rest to Django.\n"
			  "nginx (certbot needs .well-known):\n"
			  "    location ~ /\\.(?!well-known/) { return 404; }\n"
			  "    location ~* \\.(py|pyc|sqlite3|sql|gz|zip|bak|old|swp|key|pem)$ { "
			  "return 404; }\n"
			  "Apache:\n"
			  "    RedirectMatch 404 \"/\\.(?!well-known/)\"\n"
			  "    RedirectMatch 404 "
			  "\"(?i)\\.(py|pyc|sqlite3|sql|gz|zip|bak|old|swp|key|pem)$\"\n"
			  "Then change what was in it: SECRET_KEY, passwords of databases, keys.\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#critical-settings",
	},
	{
		.id = "exposure.files",
		.severity = PF_CRITICAL,
		.seen_from = "any",
		.needs = "plain-stray plain-stray-again?",
		.quiet_needs_control = true,
		.stall_is_unknown = true,
		.judge = judge_plain,
	},
	{
		.id = "exposure.admin",
		.severity = PF_INFO,
		.seen_from = "any",
		.needs = "admin-login admin-default?",
		.judge = judge_admin,
		.title = "Where the admin answers is known and meant",
		.why = "The admin is the door through which a guessed or stolen password does "
		       "most. This says from which vantage its login page is to be had, so that "
		       "you can tell whether that is meant; it is never scored. It is recognised "
		       "by its form, whatever its language and title. If the site file names "
		       "another "
		       "admin_path, /admin/ is tried as well: an admin that was moved should not "
		       "answer at its old door.",
		.remedy = "site file: where it is:\n"
			  "    admin_path: /office/\n"
			  "nginx: if only some networks should see it:\n"
			  "    location /admin/ {\n"
			  "        allow 192.0.2.0/24;\n"
			  "        deny all;\n"
			  "        proxy_pass http://unix:/run/shop/gunicorn.sock;\n"
			  "    }\n"
			  "Apache: the same:\n"
			  "    <Location /admin/>\n"
			  "        Require ip 192.0.2.0/24\n"
			  "    </Location>\n"
			  "and a second factor (django-otp, django-two-factor-auth) for those who "
			  "do.\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/contrib/admin/",
	},
};

const struct pf_probe pf_probe_exposure = {
	.name = "exposure",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.marks = marks,
};
