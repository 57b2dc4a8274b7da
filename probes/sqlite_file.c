/* An SQLite database is a file: who can read it has everything.
 *
 * There is no server to ask for a password, so the modes of the file, of its journals and of the
 * directories above are the only rules there are. A good host keeps it in a directory that the
 * app's user alone can enter, away from everything that a web server hands out.
 */
#include "service_reader.h"

#include <string.h>

static bool is_sqlite(const struct pf_service *database)
{
	return strcmp(database->url.scheme, "sqlite") == 0;
}

static bool has_sqlite(const struct pf_site *site)
{
	return pf_site_has(site->databases, site->database_count, is_sqlite);
}

static const char *path_of(struct pf_asking *asking, const struct pf_service *database)
{
	return pf_word(asking, "%.*s", (int)strcspn(database->url.path, "?#"), database->url.path);
}

/* The file, and what SQLite keeps beside it while it works. https://sqlite.org/tempfiles.html */
static void ask_database(struct pf_asking *asking, const struct pf_service *database)
{
	const char *path = path_of(asking, database);
	const char *const patterns[] = {path, pf_word(asking, "%s-journal", path),
	                                pf_word(asking, "%s-wal", path),
	                                pf_word(asking, "%s-shm", path)};
	pf_ask(asking, "file", pf_word(asking, "sqlite://%s", path),
	       (struct pf_question){
		       .kind = PF_KIND_file,
		       .file = {.patterns = pf_list(asking, PF_COUNT(patterns), patterns)},
	       });
}

static bool asks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	return pf_vantage_in(vantage, site->app.on);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (!asks_from(site, pf_asking_vantage(asking)))
		return;
	for (size_t i = 0; i < site->database_count; i++)
		if (is_sqlite(&site->databases[i]))
			ask_database(asking, &site->databases[i]);
}

/* Does `path` lie below `directory`? */
static bool is_below(const char *path, const char *directory)
{
	size_t length = directory ? strlen(directory) : 0;
	while (length && directory[length - 1] == '/')
		length--;
	return length && strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* The served directory that holds it; NULL: none that is declared here. */
static const char *served_from(const struct pf_case *facts, const char *path)
{
	const struct pf_directory *trees[] = {&facts->site->static_files, &facts->site->media};
	for (size_t i = 0; i < PF_COUNT(trees); i++)
		if (trees[i]->declared && pf_vantage_in(facts->vantage, trees[i]->on) &&
		    is_below(path, trees[i]->root))
			return trees[i]->root;
	return NULL;
}

/* Can those with this x bit pass every directory on the way? One not seen is taken for open. */
static bool is_open_way(const struct pf_facts_file *seen, const char *path, int64_t bit)
{
	for (size_t i = 0; i < seen->parents.count; i++)
		if ((is_below(path, seen->parents.at[i].path) ||
		     strcmp(seen->parents.at[i].path, "/") == 0) &&
		    !(seen->parents.at[i].mode & bit))
			return false;
	return true;
}

/* A group of one: root's, the owner's own, or that of the user who runs the app. */
static bool is_own_group(const struct pf_case *facts, const struct pf_entry *file)
{
	const char *user = facts->site->app.user;
	return strcmp(file->group, "root") == 0 || strcmp(file->group, file->owner) == 0 ||
	       (user && strcmp(file->group, user) == 0);
}

/* Who besides the app gets at it; NULL: nobody. */
static const char *other_reader(const struct pf_case *facts, const struct pf_facts_file *seen,
                                const struct pf_entry *file)
{
	if ((file->mode & 0006) && is_open_way(seen, file->path, 0001))
		return "everybody on this machine";
	if ((file->mode & 0060) && !is_own_group(facts, file) &&
	    is_open_way(seen, file->path, 0011))
		return "its group";
	return NULL;
}

/* A directory in which everybody may delete and rename (no sticky bit); NULL: none. */
static const struct pf_entry *loose_directory(const struct pf_facts_file *seen)
{
	for (size_t i = 0; i < seen->parents.count; i++)
		if ((seen->parents.at[i].mode & 01002) == 0002)
			return &seen->parents.at[i];
	return NULL;
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "file");
	const struct pf_facts_file *seen = &answer->file;
	const char *path = facts->subject + strlen("sqlite://");
	const char *served = served_from(facts, path);
	if (answer->outcome != PF_answered || seen->files.count == 0)
		return pf_unknown(facts, "file", "there is no such file on %s",
		                  facts->vantage->name);
	if (served)
		return pf_fail(facts, "file", "lies below %s, which the web server hands out",
		               served);
	for (size_t i = 0; i < seen->files.count; i++) {
		const struct pf_entry *file = &seen->files.at[i];
		const char *who = other_reader(facts, seen, file);
		if (who)
			return pf_fail(
				facts, "file",
				"%s (mode %04llo, owner %s, group %s) can be read or changed by %s",
				file->path, (unsigned long long)file->mode, file->owner,
				file->group, who);
	}
	const struct pf_entry *loose = loose_directory(seen);
	if (loose)
		return pf_fail(facts, "file", "everybody may replace what lies in %s (mode %04llo)",
		               loose->path, (unsigned long long)loose->mode);
	return pf_pass(facts, "file", "mode %04llo, owner %s: nobody else gets at it",
	               (unsigned long long)seen->files.at[0].mode, seen->files.at[0].owner);
}

static const struct pf_check checks[] = {
	{
		.id = "databases.sqlite-file",
		.severity = PF_HIGH,
		.seen_from = "app host",
		.block = "databases",
		.applies = has_sqlite,
		.needs = "file",
		.judge = judge,
		.title = "The SQLite database is private, and outside the directories that are "
			 "served",
		.why = "An SQLite file holds every user and every session, and no server stands "
		       "before it. Below STATIC_ROOT or MEDIA_ROOT it is one download away; with "
		       "the usual mode 0644 every other account of the machine reads it, and "
		       "whoever "
		       "can write to it or to its directory can make himself an administrator. Its "
		       "-wal, -shm and -journal files hold the same data and get the same modes.",
		.remedy = "Keep it in a directory of the app's own:\n"
			  "    install -d -o shop -g shop -m 0700 /var/lib/shop/data\n"
			  "    mv db.sqlite3 /var/lib/shop/data/ && chmod 0600 "
                          "/var/lib/shop/data/db.sqlite3\n"
			  "Django:\n"
			  "    DATABASES['default']['NAME'] = '/var/lib/shop/data/db.sqlite3'\n"
			  "systemd: in the unit of the app:\n"
			  "    [Service]\n"
			  "    UMask=0077\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#databases",
	},
};

const struct pf_probe pf_probe_sqlite_file = {
	.name = "sqlite_file",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.asks_from = asks_from,
};
