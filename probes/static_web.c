/* Static files, as those who fetch them see them.
 *
 * A good host lets the web server give them out itself, by name and never by the list, nothing but
 * what collectstatic put there, and lets browsers keep those whose names change with their content.
 */
#include "header_reader.h"
#include "leak_reader.h"
#include "listing_reader.h"
#include "response_reader.h"
#include "sample_reader.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum pf_leak sort;
} sources[] = {
	{".env", PF_LEAK_ENVIRONMENT},     {".git/HEAD", PF_LEAK_GIT},
	{".git/config", PF_LEAK_GIT},      {"manage.py", PF_LEAK_PYTHON},
	{"settings.py", PF_LEAK_SETTINGS}, {"local_settings.py", PF_LEAK_SETTINGS},
	{"db.sqlite3", PF_LEAK_SQLITE},    {"db.sql", PF_LEAK_DUMP},
};

/* What a wrong STATIC_ROOT gives away; at one address, as they share the files. */
static void ask_sources(struct pf_asking *asking, const struct pf_place *place, const char *root)
{
	if (!place->first)
		return;
	pf_ask_strays(asking, place, root);
	for (size_t i = 0; i < PF_COUNT(sources); i++)
		pf_ask_leak(asking, place, pf_word(asking, "%s%s", root, sources[i].name),
		            sources[i].sort);
}

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	const char *root = pf_static_root(asking, place);
	pf_ask_sample(asking, place);
	if (!root)
		return;
	pf_ask_listing(asking, place, "listing", root, "listing-below",
	               pf_sample_path(asking, place, "static"));
	ask_sources(asking, place, root);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_url *url = &pf_asking_site(asking)->url;
	pf_each_place(asking, url->scheme, url->host, ask_place);
}

/* The static file that was fetched; NULL: *none says why there is none. */
static const struct pf_facts_http *file_of(const struct pf_case *facts, struct pf_verdict *none)
{
	const struct pf_answer *answer = pf_answer_of(facts, "static");
	const struct pf_facts_http *file = pf_sample_of(facts, "static");
	if (file)
		return file;
	if (answer && (pf_outcome_is_ours(answer->outcome) || facts->site->static_files.declared))
		*none = pf_unknown(facts, "static",
		                   "no static file was seen: the first page loads none below the "
		                   "static url, and Django's own base.css is not there");
	else
		*none = pf_skip(facts, "page", "no static file of this host is known");
	return NULL;
}

/* django.views.static.serve answers with a FileResponse: a disposition and Last-Modified, and no
 * ETag, which every web server adds to a file. */
static struct pf_verdict judge_front(const struct pf_case *facts)
{
	struct pf_verdict none;
	const struct pf_facts_http *file = file_of(facts, &none);
	if (!file)
		return none;
	const char *server = pf_header(file, "server");
	const char *disposition = pf_header(file, "content-disposition");
	if (server && strncmp(server, "WSGIServer/", 11) == 0)
		return pf_fail(facts, "static", "a static file comes from \"Server: %s\"", server);
	if (disposition && strncmp(disposition, "inline", 6) == 0 &&
	    pf_header(file, "last-modified") && !pf_header(file, "etag"))
		return pf_fail(facts, "static",
		               "a static file comes as Django's own view sends it "
		               "(Content-Disposition \"%s\", no ETag)",
		               disposition);
	return pf_pass(facts, "static", "a static file does not come from Django's view (ETag %s)",
	               pf_header(file, "etag") ? pf_header(file, "etag") : "not sent");
}

static struct pf_verdict judge_listing(const struct pf_case *facts)
{
	return pf_judge_listing(facts, "listing", "listing-below");
}

static struct pf_verdict judge_sources(const struct pf_case *facts)
{
	const char *tag = NULL, *found = pf_leak_found(facts, &tag);
	if (found)
		return pf_fail(facts, tag, "%s", found);
	const char *nothing = pf_leak_nothing(facts);
	if (nothing)
		return pf_unknown(facts, "stray", "%s", nothing);
	return pf_pass(facts, "stray", "none of %zu names of sources is served as a static file",
	               pf_leak_count(facts));
}

/* "base.0123456789ab.css", as ManifestStaticFilesStorage names them. */
static bool is_hashed(const char *url)
{
	for (const char *dot = strchr(url, '.'); dot; dot = strchr(dot + 1, '.'))
		if (strspn(dot + 1, "0123456789abcdef") == 12 && dot[13] == '.')
			return true;
	return false;
}

/* Seconds; -1: not said. RFC 9111, section 5.2.2.1. */
static long long max_age(const struct pf_case *facts, const struct pf_facts_http *file)
{
	const char *value = pf_header_all(facts, file, "cache-control");
	struct pf_bit rest = pf_bit_of(value ? value : ""), one;
	while (pf_bit_next(&rest, ",", &one))
		if (pf_bit_begins(one, "max-age="))
			return atoll(one.at + strlen("max-age="));
	return -1;
}

static struct pf_verdict judge_caching(const struct pf_case *facts)
{
	enum { MONTH = 30 * 24 * 3600 };
	struct pf_verdict none;
	const struct pf_facts_http *file = file_of(facts, &none);
	if (!file)
		return none;
	const char *url = pf_exchange_of(facts, "static")->question.http.url;
	long long age = max_age(facts, file);
	if (!is_hashed(url))
		return pf_skip(facts, "static", "%s has no hash in its name", url);
	if (age < MONTH)
		return pf_fail(facts, "static", "%s has a hash in its name and %s", url,
		               age < 0 ? "says nothing of how long it may be kept"
		                       : pf_say(facts, "may be kept for %lld seconds only", age));
	return pf_pass(facts, "static", "%s may be kept for %lld days", url, age / (24 * 3600));
}

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"                     \
	"#static-root-and-static-url"
#define HOWTO "https://docs.djangoproject.com/en/stable/howto/static-files/deployment/"

static const struct pf_check checks[] = {
	{
		.id = "static.served-by-front",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "page! static?",
		.judge = judge_front,
		.title = "Static files do not come from Django's own view",
		.why = "Django's view for static files is for development: its documentation "
		       "calls it grossly inefficient and probably insecure. Each stylesheet then "
		       "takes a worker that a visitor waits for. A file that the web server, a "
		       "content network or WhiteNoise gives out is recognised as such.",
		.remedy = "nginx:\n"
			  "    location /static/ { alias /srv/shop/static/; }\n"
			  "Apache:\n"
			  "    Alias /static/ /srv/shop/static/\n"
			  "or WhiteNoise in MIDDLEWARE, right after SecurityMiddleware. Take "
			  "django.views.static.serve and runserver --insecure out.\n",
		.reference = HOWTO,
	},
	{
		.id = "static.no-listing",
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "listing listing-below?",
		.judge = judge_listing,
		.title = "Directories of static files are not listed",
		.why = "A list shows what nobody links to: sources of scripts, old versions, files "
		       "put there to be fetched once. The directory itself and the one of a known "
		       "file are asked for.",
		.remedy = "nginx: the default; look for `autoindex on`:\n"
			  "    autoindex off;\n"
			  "Apache:\n"
			  "    Options -Indexes\n"
			  "Django: serve() of django.views.static without show_indexes:\n"
			  "    urlpatterns += static('/static/', "
			  "document_root=settings.STATIC_ROOT)\n",
		.reference = CHECKLIST,
	},
	{
		.id = "static.no-sources",
		.severity = PF_HIGH,
		.seen_from = "host, any",
		.needs = "stray! stray-hidden stray-again",
		.judge = judge_sources,
		.title = "No source, key or dump lies among the static files",
		.why = "What lies in STATIC_ROOT is given to everybody who asks for it by name. "
		       "Python files, .env, .git, keys and database dumps get there when "
		       "STATICFILES_DIRS or STATIC_ROOT points at the project itself, or when "
		       "somebody puts a file there to fetch it once. From outside a few names are "
		       "tried, and believed by their content alone; on the host the tree is read.",
		.remedy = "Remove them, and change what they gave away. Then find out how they "
			  "came there:\n"
			  "    python manage.py collectstatic --clear --noinput\n"
			  "    python manage.py findstatic --verbosity 2 local_settings.py\n"
			  "Django: folders of assets, not BASE_DIR:\n"
			  "    STATICFILES_DIRS = [BASE_DIR / 'assets']\n"
			  "nginx: as a second line:\n"
			  "    location ~ "
                          "/\\.(?!well-known/)|\\.(py|pyc|env|sql|dump|sqlite3|key|pem)$ { return "
			  "404; }\n"
			  "Apache: the same:\n"
			  "    RedirectMatch 404 "
			  "\"/\\.(?!well-known/)|\\.(py|pyc|env|sql|dump|sqlite3|key|pem)$\"\n",
		.reference = CHECKLIST,
	},
	{
		.id = "static.caching",
		.severity = PF_INFO,
		.seen_from = "any",
		.needs = "page! static?",
		.judge = judge_caching,
		.title = "Static files with a hash in their names may be kept for long",
		.why = "A name that changes with its content never needs to be asked for again. "
		       "Without a lifetime browsers ask for every file on every page. Counted from "
		       "30 days on; a year is usual.",
		.remedy =
			"nginx:\n"
			"    location /static/ {\n"
			"        alias /srv/shop/static/;\n"
			"        add_header Cache-Control \"public, max-age=31536000, "
			"immutable\";\n"
			"    }\n"
			"Apache:\n"
			"    <Location /static/>\n"
			"        Header set Cache-Control \"public, max-age=31536000, immutable\"\n"
			"    </Location>\n"
			"WhiteNoise does it for hashed names by itself.\n",
		.reference = "https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/"
			     "#manifeststaticfilesstorage",
	},
};

const struct pf_probe pf_probe_static_web = {
	.name = "static_web",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
