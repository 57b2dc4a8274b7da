/* Files that hold the site's secrets are for the site alone.
 *
 * Which files those are the settings tell: Django is started as the site's user, and every file
 * that was read meanwhile and has SECRET_KEY or a database's password in it is one, be it the
 * settings module, its compiled copy, a .env, a key file or a systemd unit. A good host lets nobody
 * but the site's user (and root) read them, and nobody write them or put others in their place.
 */
#include "disk_reader.h"

#include <string.h>

/* Each secret: what findings are about, and the fact that names its files. */
static const struct secret {
	const char *subject, *fact, *places, *access;
} secrets[] = {
	{"SECRET_KEY", "secret_key_file", "key-places", "key-access"},
	{"database passwords", "password_file", "password-places", "password-access"},
};

static void ask_access(struct pf_asking *asking, const struct secret *secret)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_answer *places = pf_asked(asking, secret->places, secret->subject);
	const char *const facts[] = {secret->fact};
	const char *suspects[2];
	size_t count = 0;
	struct pf_words files = pf_settings_list(asking, places, 1, facts);
	if (files.count == 0)
		return;
	/* Where the web server runs as the app, there is no line between the two to keep. */
	const struct pf_directory *served[] = {&site->static_files, &site->media};
	for (size_t i = 0; i < PF_COUNT(served); i++) {
		const char *user = served[i]->web_user;
		struct pf_words known = {suspects, count};
		if (user && !(site->app.user && strcmp(user, site->app.user) == 0) &&
		    !pf_words_have(known, user))
			suspects[count++] = user;
	}
	pf_ask(asking, secret->access, secret->subject,
	       (struct pf_question){
		       .kind = PF_KIND_access,
		       .access = {.paths = files,
	                          .trusted =
	                                  pf_list(asking, site->app.user != NULL, &site->app.user),
	                          .suspects = pf_list(asking, count, suspects)},
	       });
}

static void ask(struct pf_asking *asking)
{
	for (size_t i = 0; i < PF_COUNT(secrets); i++) {
		pf_ask_places(asking, secrets[i].places, secrets[i].subject);
		ask_access(asking, &secrets[i]);
	}
}

/* What everybody on the machine is told by `systemctl show`; NULL: nothing. */
static const char *leaking_unit(const struct pf_case *facts, const struct pf_answer *places,
                                const char *fact)
{
	const char *unit, *file;
	for (size_t i = 0; (unit = pf_setting(facts, places, "unit_environment", i)) != NULL; i++)
		for (size_t k = 0; (file = pf_setting(facts, places, fact, k)) != NULL; k++)
			if (strcmp(unit, file) == 0)
				return unit;
	return NULL;
}

static struct pf_verdict judge(const struct pf_case *facts, const struct secret *secret,
                               const char *what)
{
	const struct pf_answer *places = pf_answer_of(facts, secret->places);
	const struct pf_answer *access = pf_answer_of(facts, secret->access);
	const char *unit = leaking_unit(facts, places, secret->fact);
	if (unit)
		return pf_fail(facts, secret->places,
		               "%s holds %s in an Environment= line, which `systemctl show` tells "
		               "everybody",
		               unit, what);
	if (!access)
		return pf_unknown(facts, secret->places,
		                  "no file that the settings were read from holds %s", what);
	if (access->outcome != PF_answered || access->access.found.count == 0)
		return pf_unknown(facts, secret->access,
		                  "who may read the files that hold %s could not be seen", what);
	const struct pf_facts_access *seen = &access->access;
	const struct pf_entry *open = seen->readable.count   ? &seen->readable.at[0]
	                              : seen->writable.count ? &seen->writable.at[0]
	                                                     : NULL;
	if (open)
		return pf_fail(facts, secret->access,
		               "%s holds %s (mode %04llo, owner %s, group %s): %s", open->path,
		               what, (unsigned long long)open->mode, open->owner, open->group,
		               open->why);
	if (seen->unknown_users.count)
		return pf_unknown(facts, secret->access, "this host knows no user \"%s\"",
		                  seen->unknown_users.at[0]);
	return pf_pass(facts, secret->access, "%s is in %s%s, for the site's user alone", what,
	               seen->found.at[0].path, seen->found.count > 1 ? " and others" : "");
}

static struct pf_verdict judge_key(const struct pf_case *facts)
{
	const char *unread = pf_untold(facts, pf_answer_of(facts, "key-places"), "places");
	return unread ? pf_unknown(facts, "key-places", "%s", unread)
	              : judge(facts, &secrets[0], "SECRET_KEY");
}

static struct pf_verdict judge_password(const struct pf_case *facts)
{
	const struct pf_answer *places = pf_answer_of(facts, "password-places");
	const char *unread = pf_untold(facts, places, "places");
	if (unread)
		return pf_unknown(facts, "password-places", "%s", unread);
	if (!pf_setting_is(places, "password", "True") &&
	    !pf_setting(facts, places, "password_file", 0))
		return pf_pass(facts, "password-places",
		               "no database of the settings has a password");
	return judge(facts, &secrets[1], "a database's password");
}

#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"

static const struct pf_check checks[] = {
	{
		.id = "secret-key.file-private",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "key-places! key-access?",
		.judge = judge_key,
		.title = "The file that holds SECRET_KEY is readable by the site's user alone",
		.why = "Whoever reads SECRET_KEY signs sessions and password resets as anybody. "
		       "Mode bits are not all: access control lists, members of the group and "
		       "every directory above count, and who may rename a directory may put "
		       "another file in the place of this one. A systemd unit with "
		       "Environment= shows it to every account through `systemctl show`.",
		.remedy = "Readable for the app's user alone, without an ACL:\n"
			  "    chown shop: /etc/shop/secret_key && chmod 600 /etc/shop/secret_key\n"
			  "    setfacl -b /etc/shop/secret_key\n"
			  "Django:\n"
			  "    SECRET_KEY = Path('/etc/shop/secret_key').read_text().strip()\n"
			  "systemd: instead of Environment=:\n"
			  "    [Service]\n"
			  "    LoadCredential=secret_key:/etc/shop/secret_key\n"
			  "and change the key, since it was there to be read.\n",
		.reference = CHECKLIST "#secret-key",
	},
	{
		.id = "databases.password-private",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "app",
		.needs = "password-places! password-access?",
		.judge = judge_password,
		.title = "Files that hold a database's password are readable by the site's user "
			 "alone",
		.why = "The password opens the whole database to whoever may connect, and on the "
		       "app's own machine everybody may. The settings, a .env, ~/.pgpass and "
		       "systemd units are looked at, with access control lists, groups and every "
		       "directory above.",
		.remedy =
			"Readable for the app's user alone:\n"
			"    chown shop: /etc/shop/db_password && chmod 600 /etc/shop/db_password\n"
			"    chmod 600 ~shop/.pgpass /srv/shop/.env\n"
			"systemd: instead of Environment=:\n"
			"    [Service]\n"
			"    LoadCredential=db_password:/etc/shop/db_password\n"
			"PostgreSQL: since the old one was there to be read:\n"
			"    ALTER ROLE shop PASSWORD 'PASSWORD';\n",
		.reference = CHECKLIST "#databases",
	},
};

const struct pf_probe pf_probe_secret_files = {
	.name = "secret_files",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
