/* No backup can be fetched from the site.
 *
 * A dump among the static files is the whole database for whoever guesses its name, and names with
 * a date in them are guessed. A good host keeps its sets outside of every directory that a web
 * server knows. The host that keeps a set tells what its newest file is called, and every vantage
 * asks the site for just that name where people put such files.
 */
#include "backup_reader.h"
#include "disk_reader.h"
#include "leak_reader.h"
#include "sample_reader.h"

#include <string.h>

enum { NAME = 100, SETS = 3, NAMES = 8, ROOTS = 64 };

static const char NAMED[] = "named ", AT[] = "at ";

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* ---- on the host that keeps it ---- */

/* What comes behind the directory, as part of a URL: letters that need no escaping stay. Names in
 * escaped notation with other bytes in them are left alone. */
static const char *as_url(struct pf_asking *asking, const char *path)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/~";
	const char *url = "";
	if (strlen(path) > NAME || strchr(path, '\\'))
		return NULL;
	for (; *path; path++)
		url = strchr(plain, *path)
		              ? pf_word(asking, "%s%c", url, *path)
		              : pf_word(asking, "%s%%%02X", url, (unsigned)(unsigned char)*path);
	return url;
}

/* The file that would be fetched of a copy: pg_dump's directories begin with a table of contents.
 */
static const char *file_of(struct pf_asking *asking, const struct pf_entry *copy)
{
	bool is_directory = strcmp(copy->type, "directory") == 0;
	return is_directory ? pf_word(asking, "%s/toc.dat", copy->path) : copy->path;
}

/* Its name, and where it would be if a directory of the site held it. */
static void teach_name(struct pf_asking *asking, const struct pf_entry *copy, bool guess)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_directory *directories[] = {&site->static_files, &site->media};
	const char *slash = strrchr(copy->path, '/');
	const char *path = file_of(asking, copy);
	const char *name = slash ? as_url(asking, path + (slash + 1 - copy->path)) : NULL;
	if (name && guess)
		pf_teach(asking, pf_word(asking, "%s%s", NAMED, name));
	for (size_t i = 0; i < PF_COUNT(directories); i++) {
		const char *root = directories[i]->root;
		const char *below = pf_is_within(root, path) ? path + strlen(root) : NULL;
		const char *url = below ? as_url(asking, below + strspn(below, "/")) : NULL;
		if (url)
			pf_teach(asking,
			         pf_word(asking, "%s%s %s", AT, i ? "media" : "static", url));
	}
}

/* Where the directory really is: the nearest of the directories on the way to what is in it. */
static void ask_root(struct pf_asking *asking, const char *tag, const char *subject,
                     const struct pf_directory *directory)
{
	if (!directory->declared || !pf_vantage_in(pf_asking_vantage(asking), directory->on))
		return;
	const char *pattern = pf_word(asking, "%s/*", directory->root);
	pf_ask(asking, tag, subject,
	       (struct pf_question){
		       .kind = PF_KIND_file,
		       .file = {.patterns = pf_list(asking, 1, &pattern), .limit = 1},
	       });
}

/* What the web servers of this host have as roots, where one is used to looking for that. */
static void ask_configured(struct pf_asking *asking, const char *subject)
{
	static const char *const argv[] = {
		"/bin/grep",
		"-RhsiE",
		"^[[:space:]]*(root|alias|DocumentRoot|server.document-root)[[:space:]=]",
		"/etc/nginx",
		"/etc/apache2/sites-enabled",
		"/etc/apache2/conf-enabled",
		"/etc/httpd",
		"/etc/lighttpd",
		"/etc/caddy",
	};
	pf_ask(asking, "configured", subject,
	       (struct pf_question){.kind = PF_KIND_exec,
	                            .exec = {.argv = pf_list(asking, PF_COUNT(argv), argv)}});
}

static void ask_set(struct pf_asking *asking, const struct pf_backup *set, bool guess)
{
	const struct pf_site *site = pf_asking_site(asking);
	const char *subject = pf_word(asking, "backup %s", set->name);
	pf_ask_backup_files(asking, set, subject);
	ask_root(asking, "static", subject, &site->static_files);
	ask_root(asking, "media", subject, &site->media);
	ask_configured(asking, subject);
	const struct pf_answer *answer = pf_asked(asking, "files", subject);
	const struct pf_entry *newest =
		answer && answer->outcome == PF_answered ? pf_newest_copy(&answer->file) : NULL;
	if (newest)
		teach_name(asking, newest, guess);
}

/* ---- from anywhere ---- */

static bool is_clean(const char *path)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/~%";
	return *path && strspn(path, allowed) == strlen(path) && !strstr(path, "..");
}

static void ask_name(struct pf_asking *asking, const struct pf_place *place, const char *name)
{
	const char *const directories[] = {"/", "/backups/", pf_media_root(asking, place)};
	for (size_t i = 0; i < PF_COUNT(directories); i++)
		if (directories[i])
			pf_ask_leak(asking, place, pf_word(asking, "%s%s", directories[i], name),
			            PF_LEAK_BACKUP);
}

/* "at media old/db.dump" */
static void ask_at(struct pf_asking *asking, const struct pf_place *place, const char *lesson)
{
	bool is_media = starts(lesson, "media ");
	const char *root = is_media ? pf_media_root(asking, place) : pf_static_root(asking, place);
	const char *path = strchr(lesson, ' ');
	if (root && path && is_clean(path + 1))
		pf_ask_leak(asking, place, pf_word(asking, "%s%s", root, path + 1), PF_LEAK_BACKUP);
}

/* One address is enough: all serve the same files. What was taught comes from other machines and is
 * believed only where it is a name. */
static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	struct pf_words lessons = pf_lessons(asking);
	if (!place->first || !lessons.count)
		return;
	size_t names = 0;
	pf_ask_strays(asking, place, "/");
	for (size_t i = 0; i < lessons.count; i++) {
		const char *lesson = lessons.at[i];
		const char *name = starts(lesson, NAMED) ? lesson + strlen(NAMED) : "";
		if (is_clean(name) && names++ < NAMES)
			ask_name(asking, place, name);
		else if (starts(lesson, AT))
			ask_at(asking, place, lesson + strlen(AT));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	size_t sets = 0;
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		if (set->tool || !set->files.count)
			continue;
		/* Of which sets the names are tried is settled by the site file, so that every
		 * vantage asks the same whatever it is told first. */
		bool guess = sets++ < SETS;
		if (pf_vantage_in(pf_asking_vantage(asking), set->on))
			ask_set(asking, set, guess);
	}
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
}

/* ---- judging ---- */

/* The directory that was asked for with all in it, without links; NULL: it is not there. */
static const char *real_root(const struct pf_case *facts, const char *tag)
{
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	bool seen = answer && answer->outcome == PF_answered && answer->file.parents.count;
	return seen ? answer->file.parents.at[0].path : NULL;
}

static bool is_on_the_way(const struct pf_facts_file *seen, const char *root, size_t length)
{
	for (size_t i = 0; i < seen->parents.count; i++)
		if (strlen(seen->parents.at[i].path) == length &&
		    strncmp(seen->parents.at[i].path, root, length) == 0)
			return true;
	return false;
}

/* The path in a line of configuration: its last word that begins with a slash. Its length; 0: none.
 */
static size_t root_in(const char *line, size_t length, const char **root)
{
	size_t found = 0;
	for (size_t i = 1; i < length; i++) {
		if (line[i] != '/' || !strchr(" \t\"'=", line[i - 1]))
			continue;
		*root = line + i;
		found = strcspn(line + i, " ;\"'\\");
		i += found;
	}
	while (found > 1 && (*root)[found - 1] == '/')
		found--;
	return found;
}

/* A root of a web server's configuration above these files; NULL: none. */
static const char *configured_root(const struct pf_case *facts, const struct pf_facts_file *seen)
{
	const struct pf_answer *answer = pf_answer_of(facts, "configured");
	if (!answer || answer->outcome != PF_answered || !answer->exec.output)
		return NULL;
	const char *at = answer->exec.output;
	for (size_t i = 0; *at && i < ROOTS; i++) {
		const char *end = strstr(at, "\\n"), *root = NULL;
		size_t length = end ? (size_t)(end - at) : strlen(at);
		size_t found = root_in(at, length, &root);
		if (found > 1 && is_on_the_way(seen, root, found))
			return pf_say(facts, "%.*s", (int)found, root);
		at += length + (end ? 2 : 0);
	}
	return NULL;
}

static struct pf_verdict judge_host(const struct pf_case *facts)
{
	const struct pf_facts_file *seen = pf_backup_files(facts);
	const char *roots[] = {real_root(facts, "static"), real_root(facts, "media"), NULL};
	const struct pf_entry *newest = seen ? pf_newest_copy(seen) : NULL;
	if (!newest)
		return pf_skip(facts, "files", "there is no file that could be fetched");
	roots[2] = configured_root(facts, seen);
	for (size_t i = 0; i < PF_COUNT(roots); i++)
		if (roots[i] && is_on_the_way(seen, roots[i], strlen(roots[i])))
			return pf_fail(facts, "files",
			               "%s and its like lie in %s, which a web server serves",
			               newest->path, roots[i]);
	return pf_pass(facts, "files", "%s and its like lie in no directory of the site's",
	               newest->path);
}

static struct pf_verdict judge_web(const struct pf_case *facts)
{
	const char *tag = NULL, *found = pf_leak_found(facts, &tag);
	if (found)
		return pf_fail(facts, tag, "%s", found);
	const char *nothing = pf_leak_nothing(facts);
	if (nothing)
		return pf_unknown(facts, "stray-again", "%s", nothing);
	return pf_pass(facts, "stray",
	               "none of %zu places where the newest backups might be is served",
	               pf_leak_count(facts));
}

static const struct pf_check checks[] = {
	{
		.id = "backups.not-served",
		.severity = PF_CRITICAL,
		.seen_from = "backup host, any",
		.block = "backups",
		.applies = pf_has_file_sets,
		.needs = "files static? media? configured?",
		.judge = judge_host,
		.title = "No backup can be fetched from the site",
		.why = "A dump is every user and every password hash in one request. It is served "
		       "when a job writes into a directory that the web server knows, or when "
		       "somebody puts a copy there \"for a moment\". On the host, the real "
		       "directories of each set are compared with those of static, media and of "
		       "the web servers' configuration. From every vantage, the real names of the "
		       "newest files of the first three sets are asked for below /, /backups/ and "
		       "the uploads: their first 16 KiB, which are believed only if they "
		       "begin like a dump or an archive and a path that cannot exist does not. "
		       "Nothing of it is kept. If this fails, count every password and every "
		       "session in it as known.",
		.remedy =
			"Take them out of what is served, and see who fetched them:\n"
			"    mv /srv/shop/static/*.dump /var/backups/shop/\n"
			"    chmod 700 /var/backups/shop\n"
			"    zgrep -h '[.]dump' /var/log/nginx/access.log*\n"
			"Then let all users log in anew, and change their passwords and the site's "
			"keys.\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#databases",
	},
	{
		.id = "backups.not-served",
		.severity = PF_CRITICAL,
		.seen_from = "any",
		.block = "backups",
		.applies = pf_has_file_sets,
		.needs = "stray! stray-hidden stray-again",
		.judge = judge_web,
	},
};

const struct pf_probe pf_probe_backup_served = {
	.name = "backup_served",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
