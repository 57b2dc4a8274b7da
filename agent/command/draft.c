/* Writes a site file with what was found, and beside each guess where it comes from. */
#include "command/draft.h"

#include "postflight/probe.h"

#include <ctype.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

static const char HEAD[] = "postflight ";

const char *pf_draft_fact(const struct pf_draft *draft, const char *name, size_t number)
{
	size_t length = strlen(name);
	for (const char *at = draft->facts; at && *at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, HEAD, sizeof HEAD - 1) != 0)
			continue;
		const char *word = at + sizeof HEAD - 1;
		if (strncmp(word, name, length) == 0 && word[length] == '=' && number-- == 0)
			return pf_arena_copy_bytes(draft->arena, word + length + 1,
			                           strcspn(word + length + 1, "\n"));
	}
	return NULL;
}

/* The `number`th word of a fact's value, "" when there is none. */
static const char *word_of(const struct pf_draft *draft, const char *value, size_t number)
{
	for (; number && value && *value; number--) {
		value += strcspn(value, " ");
		value += *value == ' ';
	}
	return value ? pf_arena_copy_bytes(draft->arena, value, strcspn(value, " ")) : "";
}

/* As YAML: plain where that is safe, else in double quotes (YAML 1.1, section 9.1). */
static const char *scalar(const struct pf_draft *draft, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:@-";
	if (*text && strspn(text, plain) == strlen(text) && isalnum((unsigned char)*text))
		return text;
	if (*text == '/' && strspn(text, plain) == strlen(text))
		return text;
	char *quoted = pf_arena_take(draft->arena, 2 * strlen(text) + 3), *at = quoted;
	*at++ = '"';
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			*at++ = '\\';
		if ((unsigned char)*text >= ' ')
			*at++ = *text;
	}
	*at = '"';
	return quoted;
}

static void key(const struct pf_draft *draft, FILE *out, const char *name, const char *value,
                const char *note)
{
	if (value && *value)
		fprintf(out, "  %s: %s%s%s\n", name, scalar(draft, value), note ? "   # " : "",
		        note ? note : "");
	else
		fprintf(out, "  # %s:   # not found%s%s\n", name, note ? ": " : "",
		        note ? note : "");
}

const char *pf_draft_host(const struct pf_draft *draft)
{
	const char *begin = strstr(draft->url, "://");
	begin = begin ? begin + 3 : draft->url;
	return pf_arena_copy_bytes(draft->arena, begin, strcspn(begin, "/:"));
}

static bool is_named(const struct pf_draft *draft, const char *host)
{
	for (size_t i = 0; i < draft->name_count; i++)
		if (strcmp(draft->names[i], host) == 0)
			return true;
	return false;
}

/* A whole name that is not only for this machine. */
static bool is_public(const char *host)
{
	return host[0] != '.' && host[0] != '*' && host[0] != '[' &&
	       !isdigit((unsigned char)*host) && strcmp(host, "localhost") != 0;
}

static void write_hosts(const struct pf_draft *draft, FILE *out, const char *host)
{
	const char *told;
	fprintf(out, "hosts: [%s", scalar(draft, host));
	for (size_t i = 0; (told = pf_draft_fact(draft, "allowed_host", i)) != NULL; i++)
		if (strcmp(told, host) != 0 && is_public(told) && !is_named(draft, told))
			fprintf(out, ", %s", scalar(draft, told));
	for (size_t i = 0; i < draft->name_count; i++) {
		bool again = strcmp(draft->names[i], host) == 0;
		for (size_t k = 0; k < i; k++)
			again |= strcmp(draft->names[i], draft->names[k]) == 0;
		if (!again)
			fprintf(out, ", %s", scalar(draft, draft->names[i]));
	}
	fprintf(out, "]%s%s%s\n", draft->facts || draft->name_count ? "   # " : "",
	        draft->facts ? "ALLOWED_HOSTS" : "",
	        !draft->name_count ? ""
	        : draft->facts     ? " and the front's server_name"
	                           : "the front's server_name");
}

/* Who the app's databases are verified by may have signed the site's certificate as well. */
static void write_authority(const struct pf_draft *draft, FILE *out)
{
	const char *told = pf_draft_fact(draft, "database_ca", 0);
	if (told && *told == '/')
		fprintf(out,
		        "ca_file: %s   # sslrootcert of DATABASES; trusted beside the public "
		        "authorities\n\n",
		        scalar(draft, told));
	else
		fputs("# ca_file: /etc/ssl/private-ca.pem   # if no public authority signs the "
		      "certificate\n\n",
		      out);
}

static void write_site(const struct pf_draft *draft, FILE *out)
{
	const char *host = pf_draft_host(draft), *told;
	fprintf(out,
	        "# Written by postflight init. A note beside a value says where it comes from:\n"
	        "# read them, mend what is wrong, then `postflight validate` and `postflight "
	        "run`.\n");
	fprintf(out, "site: %s\nurl: %s\n", scalar(draft, host), scalar(draft, draft->url));
	write_hosts(draft, out, host);
	if (draft->http_port && draft->http_port != 80)
		fprintf(out, "http_port: %lld   # where the front listens without TLS\n",
		        (long long)draft->http_port);
	told = pf_draft_fact(draft, "login_url", 0);
	if (told && *told == '/')
		fprintf(out, "login_path: %s   # LOGIN_URL\n", scalar(draft, told));
	fputs("# admin_path: /admin/   # where the admin is, if it was moved\n", out);
	write_authority(draft, out);
}

static void write_vantages(const struct pf_draft *draft, FILE *out)
{
	fputs("# From where the site is looked at. One outside of your network shows what "
	      "strangers\n"
	      "# see; it needs ssh and postflight there.\nvantages:\n",
	      out);
	fputs(draft->project ? "  app: {role: app}   # this machine, which runs Django\n"
	                     : "  bastion: {role: bastion}   # this machine\n",
	      out);
	fputs("  # world: {role: outside, ssh: probe@far-away.example.net}\n\n", out);
}

static void write_app(const struct pf_draft *draft, FILE *out)
{
	if (!draft->project) {
		fputs("# The hosts that run Django. Run `postflight init --project DIR` there to "
		      "have "
		      "this filled in.\n# app: {on: [app], project: /srv/shop, python: "
		      "/srv/shop/venv/bin/python,\n#       settings: shop.settings.production, "
		      "user: "
		      "shop, backend: app1:8000}\n\n",
		      out);
		return;
	}
	fputs("app:\n  on: [app]\n", out);
	key(draft, out, "project", draft->project, "holds manage.py");
	key(draft, out, "python", draft->python, draft->why_python);
	key(draft, out, "settings", draft->settings, draft->why_settings);
	key(draft, out, "user", draft->user, draft->why_user);
	key(draft, out, "backend", draft->backend,
	    draft->backend ? draft->why_backend : "no application server runs");
	if (draft->env_file)
		key(draft, out, "env_file", draft->env_file, draft->why_env_file);
	if (draft->trouble)
		fprintf(out,
		        "  # Django could not be asked: %s\n"
		        "  # env_file: /etc/shop/env   # if the settings come from there\n",
		        draft->trouble);
	fputs("\n", out);
}

/* A command that prints one value of the settings, as the site's user. */
static void write_password(const struct pf_draft *draft, FILE *out, const char *expression)
{
	fputs("    password_command:   # asks Django; a password_file is simpler\n      [", out);
	if (draft->as_root && draft->user)
		fprintf(out, "/usr/sbin/runuser, -u, %s, --, ", scalar(draft, draft->user));
	fprintf(out, "/usr/bin/env, %s, %s,\n       %s, -c, %s]\n",
	        scalar(draft,
	               pf_arena_print(draft->arena, "DJANGO_SETTINGS_MODULE=%s", draft->settings)),
	        scalar(draft, pf_arena_print(draft->arena, "PYTHONPATH=%s", draft->project)),
	        scalar(draft, draft->python), scalar(draft, expression));
}

/* The value of `name` for that alias: facts are "alias value". */
static const char *of_alias(const struct pf_draft *draft, const char *name, const char *alias)
{
	const char *told;
	size_t length = strlen(alias);
	for (size_t i = 0; (told = pf_draft_fact(draft, name, i)) != NULL; i++)
		if (strncmp(told, alias, length) == 0 && told[length] == ' ')
			return told + length + 1;
	return "";
}

static const char *database_url(const struct pf_draft *draft, const char *alias, const char *engine)
{
	const char *host = of_alias(draft, "database_host", alias);
	const char *port = of_alias(draft, "database_port", alias);
	const char *name = of_alias(draft, "database_name", alias);
	const char *user = of_alias(draft, "database_user", alias);
	if (strstr(engine, "sqlite"))
		return *name == '/' ? pf_arena_print(draft->arena, "sqlite://%s", name) : NULL;
	const char *scheme = strstr(engine, "mysql") ? "mysql" : "postgresql";
	if (strcmp(scheme, "postgresql") == 0 && !strstr(engine, "postg"))
		return NULL;
	if (!*host || *host == '/')
		return pf_arena_print(draft->arena, "%s:///%s", scheme, name);
	return pf_arena_print(draft->arena, "%s://%s%s%s%s%s/%s", scheme, user, *user ? "@" : "",
	                      host, *port ? ":" : "", port, name);
}

static bool is_word(const char *text)
{
	for (; isalnum((unsigned char)*text) || *text == '_'; text++)
		continue;
	return *text == '\0';
}

static void write_databases(const struct pf_draft *draft, FILE *out)
{
	const char *told;
	for (size_t i = 0; (told = pf_draft_fact(draft, "database", i)) != NULL; i++) {
		const char *alias = word_of(draft, told, 0), *engine = word_of(draft, told, 1);
		const char *url = database_url(draft, alias, engine);
		fprintf(out, "%s", i ? "" : "databases:   # DATABASES\n");
		if (!url || !is_word(alias)) {
			fprintf(out, "  # %s: not one that postflight knows\n", alias);
			continue;
		}
		fprintf(out, "  - name: %s\n    url: %s\n    allow_from: [app]\n", alias,
		        scalar(draft, url));
		if (!strstr(engine, "sqlite"))
			write_password(draft, out,
			               pf_arena_print(draft->arena,
			                              "from django.conf import settings; "
			                              "print(settings.DATABASES['%s']['PASSWORD'])",
			                              alias));
	}
	fputs("\n", out);
}

static void write_caches(const struct pf_draft *draft, FILE *out)
{
	const char *told;
	for (size_t i = 0; (told = pf_draft_fact(draft, "cache_url", i)) != NULL; i++) {
		const char *alias = word_of(draft, told, 0), *user = word_of(draft, told, 3);
		if (!is_word(alias))
			continue;
		fprintf(out, "%s  - name: %s\n    url: %s\n    allow_from: [app]\n",
		        i ? "" : "caches:   # CACHES\n", alias,
		        scalar(draft, word_of(draft, told, 1)));
		if (strcmp(user, "-") != 0 && *user)
			fprintf(out, "    username: %s\n", scalar(draft, user));
		if (strcmp(word_of(draft, told, 2), "True") == 0)
			write_password(
				draft, out,
				pf_arena_print(
					draft->arena,
					"from urllib.parse import urlsplit; from django.conf "
					"import settings; p = settings.CACHES['%s']['LOCATION']; "
					"print(urlsplit(p if isinstance(p, str) else "
					"p[0]).password)",
					alias));
	}
	fputs("# Redis and memcached that Django reaches otherwise than by CACHES belong here "
	      "too.\n\n",
	      out);
}

static const char *owner_of(const struct pf_draft *draft, const char *path)
{
	struct stat status;
	const struct passwd *entry;
	if (stat(path, &status) != 0 || !(entry = getpwuid(status.st_uid)))
		return NULL;
	return pf_arena_copy(draft->arena, entry->pw_name);
}

static void write_directory(const struct pf_draft *draft, FILE *out, const char *block,
                            const struct pf_draft_files *served)
{
	const char *path = served->root, *at = served->url;
	if (!served->why) {
		path = pf_draft_fact(draft, pf_arena_print(draft->arena, "%s_root", block), 0);
		at = pf_draft_fact(draft, pf_arena_print(draft->arena, "%s_url", block), 0);
	}
	if (!path || *path != '/') {
		fprintf(out, "# %s: {on: [app], root: /srv/%s, url: /%s/}\n", block, block, block);
		return;
	}
	fprintf(out, "%s:\n  on: [app]\n", block);
	key(draft, out, "root", path, served->why ? served->why : "what the settings say");
	key(draft, out, "url", at && *at == '/' ? at : NULL,
	    served->why ? served->why : "a path of this site, as the settings say");
	key(draft, out, "owner", owner_of(draft, path), "who owns it now");
	key(draft, out, "web_user", draft->web_user ? draft->web_user : "www-data",
	    draft->web_user ? draft->why_web_user : "a guess: Debian's");
}

static void write_logs(const struct pf_draft *draft, FILE *out)
{
	const char *told;
	size_t count = 0;
	for (size_t i = 0; (told = pf_draft_fact(draft, "log", i)) != NULL; i++) {
		const char *path = word_of(draft, told, 2);
		if (*path == '/')
			fprintf(out, "%s%s", count++ ? ", " : "logs: {on: [app], files: [",
			        scalar(draft, path));
	}
	fputs(count ? "]}   # LOGGING\n\n"
	            : "# logs: {on: [app], files: [/var/log/shop/*.log]}\n\n",
	      out);
}

void pf_draft_write(const struct pf_draft *draft, FILE *out)
{
	write_site(draft, out);
	write_vantages(draft, out);
	write_app(draft, out);
	if (draft->facts) {
		write_databases(draft, out);
		write_caches(draft, out);
	}
	if (draft->project) {
		write_directory(draft, out, "static", &draft->static_files);
		write_directory(draft, out, "media", &draft->media);
	}
	if (draft->facts)
		write_logs(draft, out);
	fputs("# Backups cannot be found by looking; a dozen checks wait for them. One set or more "
	      "for "
	      "each\n# database and for the uploads:\n"
	      "# backups:\n"
	      "#   - {name: database, of: default, on: app, files: "
	      "\"/var/backups/shop/db-*.dump\", "
	      "max_age: 26h, keep: 7}\n"
	      "#   - {name: uploads, of: media, on: app, files: "
	      "\"/var/backups/shop/media-*.tar.gz\", max_age: 26h}\n"
	      "# Where something else keeps them, in the place of files: pgbackrest: {stanza: "
	      "shop}, "
	      "barman: {server: shop},\n# restic: {repo: ...}, borg: {repo: ...} or s3: {bucket: "
	      "...}. "
	      "With restore_into the newest dump is tried,\n# when --allow-writes is given: "
	      "restore_into: \"postgresql://backup@/postgres?host=/run/postgresql\"\n",
	      out);
}
