/* The newest backup is whole, and of this site.
 *
 * A file of the right name and size may end in the middle, hold a proxy's error page, or be of the
 * staging database. A good host's newest copy can be read to its last byte: its checksums hold, its
 * tables of contents are kept, the line that the dump program writes last is there.
 */
#include "backup_reader.h"

#include <string.h>

enum { PREDECESSORS = 7, SMALL = 64 * 1024 };

static void ask(struct pf_asking *asking)
{
	pf_ask_backups(asking);
}

/* Evidence leaves out what is empty. */
static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static bool is(const char *form, const char *word)
{
	return strcmp(or_nothing(form), word) == 0;
}

static bool is_script(const char *form)
{
	return is(form, "pg_dump plain") || is(form, "pg_dumpall") || is(form, "mysqldump") ||
	       is(form, "sqlite3 .dump");
}

static bool is_archive(const char *form)
{
	return is(form, "tar") || is(form, "zip");
}

static bool is_of_media(const struct pf_case *facts)
{
	const char *of = pf_backup_of(facts)->of;
	return of && strcmp(of, "media") == 0;
}

/* "gzip, pg_dump plain" */
static const char *what_it_is(const struct pf_case *facts, const struct pf_facts_archive *seen)
{
	const char *form = is(seen->form, "") ? "unknown" : seen->form;
	return seen->packing ? pf_say(facts, "%s in %s", form, seen->packing) : form;
}

/* The middle size of up to seven predecessors; 0: there are fewer than two. */
static int64_t usual_size(const struct pf_facts_file *files, const struct pf_entry *newest)
{
	int64_t sizes[PREDECESSORS];
	size_t count = 0;
	for (size_t i = 0; i < files->files.count && count < PREDECESSORS; i++) {
		const struct pf_entry *entry = &files->files.at[i];
		if (entry == newest || !is(entry->type, "file") || !entry->size)
			continue;
		size_t at = count++;
		for (; at > 0 && sizes[at - 1] > entry->size; at--)
			sizes[at] = sizes[at - 1];
		sizes[at] = entry->size;
	}
	return count < 2 ? 0 : sizes[count / 2];
}

/* What is wrong with it; NULL: nothing that was seen. */
static const char *fault(const struct pf_case *facts, const struct pf_facts_archive *seen)
{
	if (seen->suspicious.count)
		return pf_say(facts, "holds what no backup should: %s", seen->suspicious.at[0]);
	if (seen->error)
		return pf_say(facts, "is damaged: %s", seen->error);
	if (is(seen->form, "web page"))
		return pf_say(facts, "is a web page, not a backup");
	if (is(seen->form, ""))
		return pf_say(facts, "is nothing that restores a site: no dump, no archive");
	if (is_script(seen->form) && !seen->trailer && is(seen->proven, "all of it"))
		return pf_say(facts, "ends before the line that says it is complete");
	if (is_archive(seen->form) && seen->entries == 0 && !seen->table_count)
		return pf_say(facts, "is an empty archive");
	if (is_of_media(facts) && !is_archive(seen->form) && !seen->encrypted)
		return pf_say(facts, "is no archive of files but a %s", or_nothing(seen->form));
	return NULL;
}

static struct pf_verdict judge_complete(const struct pf_case *facts)
{
	const struct pf_facts_file *files = pf_backup_files(facts);
	const struct pf_facts_archive *seen = pf_backup_contents(facts);
	const struct pf_entry *newest = files ? pf_newest_copy(files) : NULL;
	if (!seen || !newest)
		return pf_unknown(facts, "files", "there is no backup that could be read");
	const char *name = newest->path, *wrong = fault(facts, seen);
	int64_t usual = usual_size(files, newest);
	if (wrong)
		return pf_fail(facts, "contents", "%s (%s) %s", name, what_it_is(facts, seen),
		               wrong);
	if (usual > SMALL && seen->size < usual / 2)
		return pf_fail(facts, "contents",
		               "%s is whole but has %lld bytes, and those before it about %lld",
		               name, (long long)seen->size, (long long)usual);
	if (seen->changing)
		return pf_unknown(facts, "contents", "%s is being written just now", name);
	if (is(seen->proven, "a part"))
		return pf_unknown(facts, "contents",
		                  "%s is too large to be read in this run's time: %lld bytes of it "
		                  "are whole (a later --deadline reads more)",
		                  name, (long long)seen->unpacked);
	if (is(seen->proven, "its head"))
		return pf_pass(
			facts, "contents",
			"%s (%s, %lld bytes): its head and size are right; what is encrypted "
			"cannot be read further",
			name, what_it_is(facts, seen), (long long)seen->size);
	return pf_pass(facts, "contents", "%s (%s) was read to its end: %lld entries, %lld tables",
	               name, what_it_is(facts, seen), (long long)seen->entries,
	               (long long)seen->table_count);
}

static struct pf_verdict judge_of_this_site(const struct pf_case *facts)
{
	const struct pf_facts_archive *seen = pf_backup_contents(facts);
	const char *name = pf_backed_up_database(facts);
	if (!seen)
		return pf_unknown(facts, "files", "there is no backup that could be read");
	if (seen->encrypted)
		return pf_skip(facts, "contents", "what is encrypted does not say what it is of");
	if (seen->error)
		return pf_skip(facts, "contents", "a damaged backup is of nothing");
	if (is_of_media(facts))
		return pf_skip(facts, "contents", "an archive of files does not name its site");
	if (name && seen->databases.count && !pf_words_have(seen->databases, name))
		return pf_fail(facts, "contents", "it is of the database %s; the site's is %s",
		               seen->databases.at[0], name);
	if (name && seen->databases.count)
		return pf_pass(facts, "contents", "it is of the database %s", name);
	if (seen->found.count)
		return pf_pass(facts, "contents",
		               "it does not name its database, and holds django_migrations");
	if (seen->table_count && strcmp(pf_backup_of(facts)->of, "default") == 0)
		return pf_fail(facts, "contents",
		               "it makes %lld tables, and django_migrations is none of them",
		               (long long)seen->table_count);
	return pf_skip(facts, "contents", "it does not say which database it is of");
}

#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#databases"

static const struct pf_check checks[] = {
	{
		.id = "backups.complete",
		.severity = PF_HIGH,
		.seen_from = "backup host",
		.block = "backups",
		.needs = "files contents?",
		.judge = judge_complete,
		.title = "The newest backup can be read to its end",
		.why = "A full disk, a lost connection or a wrong URL leaves a file with the right "
		       "name. The newest copy of each set is read as a stream, in a process that "
		       "can "
		       "do nothing else and writes nothing: gzip, bzip2, xz and zstd are unpacked "
		       "to "
		       "their checksums, tar and zip are listed and read, PostgreSQL's own format "
		       "is "
		       "followed through all its data, scripts must end with the line that says "
		       "so. "
		       "Of what is encrypted, only head and size are judged. A copy less than half "
		       "as "
		       "large as those before it counts as broken.",
		.remedy = "Look at what the job said, run it again, and let it write under another "
			  "name until it is done:\n"
			  "    set -o pipefail\n"
			  "    pg_dump -Fc -f db.part shop && mv db.part db-$(date +%F).dump\n"
			  "    pg_restore -f /dev/null db-$(date +%F).dump     # reads all of it\n",
		.reference = "https://www.postgresql.org/docs/current/app-pgrestore.html",
	},
	{
		.id = "backups.of-this-site",
		.severity = PF_MEDIUM,
		.seen_from = "backup host",
		.block = "backups",
		.needs = "files contents?",
		.judge = judge_of_this_site,
		.title = "The backup is of this site's database, and uploads of the same day go "
			 "with it",
		.why = "A job copied from another site goes on dumping that one. The database that "
		       "a "
		       "dump names must be the one in the site file; a dump that names none must "
		       "at "
		       "least hold django_migrations; pgBackRest is asked for the databases in its "
		       "newest backup. And copies must belong together: rows name uploads, so the "
		       "newest copy of each database needs a copy of the uploads within 26 hours "
		       "of it. A day, since any two daily jobs are no further apart, whatever "
		       "their "
		       "hours, and two more for the slower of them; further apart, one of the two "
		       "jobs did not run, and what it brings back refers to files that are not "
		       "there. pgBackRest and Barman can go back to any time since their oldest "
		       "backup.",
		.remedy = "Name the database in the job, not in a service file or PGDATABASE:\n"
			  "    pg_dump -Fc -f /var/backups/shop/db-$(date +%F).dump shop\n"
			  "Copy database and uploads in one job, the database first: files that no "
                          "row names do no "
			  "harm.\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_backup_contents = {
	.name = "backup_contents",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
