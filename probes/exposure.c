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

/* {site}: the first label of the host; {host}: all of it; {package}: of the settings module. */
static const struct {
	const char *path;
	enum pf_leak sort;
} files[] = {
	{"/.env", PF_LEAK_ENVIRONMENT},
	{"/.env.local", PF_LEAK_ENVIRONMENT},
	{"/.env.production", PF_LEAK_ENVIRONMENT},
	{"/.env.bak", PF_LEAK_ENVIRONMENT},
	{"/.env.old", PF_LEAK_ENVIRONMENT},
	{"/.env~", PF_LEAK_ENVIRONMENT},
	{"/.envrc", PF_LEAK_ENVIRONMENT},
	{"/.git/HEAD", PF_LEAK_GIT},
	{"/.git/config", PF_LEAK_GIT},
	{"/.git/index", PF_LEAK_GIT},
	{"/.git/logs/HEAD", PF_LEAK_GIT},
	{"/.svn/wc.db", PF_LEAK_SVN},
	{"/.svn/entries", PF_LEAK_SVN},
	{"/.hg/requires", PF_LEAK_OTHER_VCS},
	{"/manage.py", PF_LEAK_PYTHON},
	{"/{package}/wsgi.py", PF_LEAK_PYTHON},
	{"/{package}/urls.py", PF_LEAK_PYTHON},
	{"/settings.py", PF_LEAK_SETTINGS},
	{"/{package}/settings.py", PF_LEAK_SETTINGS},
	{"/{settings}.py", PF_LEAK_SETTINGS},
	{"/local_settings.py", PF_LEAK_SETTINGS},
	{"/settings.py.bak", PF_LEAK_SETTINGS},
	{"/settings.py.old", PF_LEAK_SETTINGS},
	{"/settings.py~", PF_LEAK_SETTINGS},
	{"/{package}/settings.py~", PF_LEAK_SETTINGS},
	{"/.settings.py.swp", PF_LEAK_SWAP},
	{"/settings.pyc", PF_LEAK_BYTECODE},
	{"/{package}/__pycache__/settings.cpython-310.pyc", PF_LEAK_BYTECODE},
	{"/{package}/__pycache__/settings.cpython-311.pyc", PF_LEAK_BYTECODE},
	{"/{package}/__pycache__/settings.cpython-312.pyc", PF_LEAK_BYTECODE},
	{"/{package}/__pycache__/settings.cpython-313.pyc", PF_LEAK_BYTECODE},
	{"/db.sqlite3", PF_LEAK_SQLITE},
	{"/db.sqlite3.bak", PF_LEAK_SQLITE},
	{"/{site}.sqlite3", PF_LEAK_SQLITE},
	{"/{site}.sql", PF_LEAK_DUMP},
	{"/{site}.sql.gz", PF_LEAK_DUMP},
	{"/{site}.dump", PF_LEAK_DUMP},
	{"/{host}.sql", PF_LEAK_DUMP},
	{"/{host}.sql.gz", PF_LEAK_DUMP},
	{"/{database}.sql", PF_LEAK_DUMP},
	{"/{database}.sql.gz", PF_LEAK_DUMP},
	{"/{database}.dump", PF_LEAK_DUMP},
	{"/backup.sql", PF_LEAK_DUMP},
	{"/backup.sql.gz", PF_LEAK_DUMP},
	{"/dump.sql", PF_LEAK_DUMP},
	{"/dump.sql.gz", PF_LEAK_DUMP},
	{"/db.sql", PF_LEAK_DUMP},
	{"/database.sql", PF_LEAK_DUMP},
	{"/db.json", PF_LEAK_FIXTURE},
	{"/dump.json", PF_LEAK_FIXTURE},
	{"/data.json", PF_LEAK_FIXTURE},
	{"/{site}.zip", PF_LEAK_ARCHIVE},
	{"/{site}.tar.gz", PF_LEAK_ARCHIVE},
	{"/{host}.zip", PF_LEAK_ARCHIVE},
	{"/{host}.tar.gz", PF_LEAK_ARCHIVE},
	{"/backup.zip", PF_LEAK_ARCHIVE},
	{"/backup.tar.gz", PF_LEAK_ARCHIVE},
	{"/media.tar.gz", PF_LEAK_ARCHIVE},
	{"/id_rsa", PF_LEAK_KEY},
	{"/.ssh/id_rsa", PF_LEAK_KEY},
	{"/.ssh/id_ed25519", PF_LEAK_KEY},
	{"/server.key", PF_LEAK_KEY},
	{"/privkey.pem", PF_LEAK_KEY},
	{"/{host}.key", PF_LEAK_KEY},
	{"/{host}.pem", PF_LEAK_KEY},
	{"/.htpasswd", PF_LEAK_PASSWORDS},
	{"/.aws/credentials", PF_LEAK_PASSWORDS},
	{"/docker-compose.yml", PF_LEAK_COMPOSE},
	{"/docker-compose.yaml", PF_LEAK_COMPOSE},
	{"/compose.yaml", PF_LEAK_COMPOSE},
	{"/docker-compose.prod.yml", PF_LEAK_COMPOSE},
	{"/Dockerfile", PF_LEAK_COMPOSE},
	{"/requirements.txt", PF_LEAK_PACKAGES},
	{"/Pipfile", PF_LEAK_PACKAGES},
	{"/poetry.lock", PF_LEAK_PACKAGES},
	{"/pyproject.toml", PF_LEAK_PACKAGES},
	{"/debug.log", PF_LEAK_LOG},
	{"/django.log", PF_LEAK_LOG},
	{"/nohup.out", PF_LEAK_LOG},
	{"/.DS_Store", PF_LEAK_EDITOR},
	{"/.vscode/sftp.json", PF_LEAK_EDITOR},
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

/* The addresses of a name serve the same files, so one of them is asked. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	ask_admin(asking, place);
	if (!place->first)
		return;
	pf_ask_strays(asking, place, "/");
	for (size_t i = 0; i < PF_COUNT(files); i++) {
		const char *path = path_of(asking, files[i].path);
		if (path)
			pf_ask_leak(asking, place, path, files[i].sort);
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
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
		       "About eighty are asked for, by GET of the first 16 KiB, on one address "
		       "of the site, dumps and archives under the site's own names too. A path "
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
