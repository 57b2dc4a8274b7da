/* Backups can be read by their owner alone.
 *
 * A dump holds every user and every password hash, without the database's own access rules. A good
 * host keeps its sets in a directory that others cannot enter, in files that others cannot read;
 * one of the two is enough.
 */
#include "backup_reader.h"
#include "postflight/probe.h"

#include <string.h>

enum { LISTED = 1000 }; /* as many as can be told (PF_FILE_ENTRIES) */

static struct pf_question list(struct pf_words patterns)
{
	return (struct pf_question){
		.kind = PF_KIND_file,
		.file = {.patterns = patterns, .limit = LISTED},
	};
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		if (!set->tool && set->files.count &&
		    pf_vantage_in(pf_asking_vantage(asking), set->on))
			pf_ask(asking, "files", pf_word(asking, "backup %s", set->name),
			       list(set->files));
	}
}

/* Only an answer that a judge may rest on comes here: listed, or found to be absent. */
static const struct pf_facts_file *listing(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "files");
	return answer->outcome == PF_answered ? &answer->file : NULL;
}

/* Is `directory` on the way to `path`? */
static bool leads_to(const char *directory, const char *path)
{
	size_t length = strlen(directory);
	while (length && directory[length - 1] == '/')
		length--;
	return strncmp(directory, path, length) == 0 && path[length] == '/';
}

/* Can those with this x bit (0010 group, 0001 others) pass every directory on the way? A way that
 * was not seen is taken for open. */
static bool is_open_way(const struct pf_facts_file *seen, const struct pf_entry *file, int64_t bits)
{
	for (size_t i = 0; i < seen->parents.count; i++) {
		const struct pf_entry *parent = &seen->parents.at[i];
		if (leads_to(parent->path, file->path) && !(parent->mode & bits))
			return false;
	}
	return true;
}

/* A group that by custom has one member: root's, or the one named like the user. */
static bool is_private_group(const struct pf_entry *file)
{
	return strcmp(file->group, "root") == 0 || strcmp(file->group, file->owner) == 0;
}

/* Who besides the owner reads or changes it; NULL: nobody. */
static const char *other_reader(const struct pf_facts_file *seen, const struct pf_entry *file)
{
	if ((file->mode & 0006) && is_open_way(seen, file, 0001))
		return "everybody on this machine";
	if ((file->mode & 0060) && !is_private_group(file) && is_open_way(seen, file, 0011))
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

static struct pf_verdict judge_private(const struct pf_case *facts)
{
	const struct pf_facts_file *seen = listing(facts);
	if (!seen || seen->matched == 0)
		return pf_unknown(facts, "files", "there is no backup whose rights could be read");
	size_t looked = 0, loose = 0, shielded = 0;
	const struct pf_entry *first = NULL;
	for (size_t i = 0; i < seen->files.count; i++) {
		const struct pf_entry *file = &seen->files.at[i];
		/* One that leads nowhere: its mode says nothing. */
		if (strcmp(file->type, "link") == 0)
			continue;
		bool open = other_reader(seen, file) != NULL;
		looked++;
		shielded += !open && (file->mode & 0006) != 0;
		if (open && loose++ == 0)
			first = file;
	}
	const struct pf_entry *directory = loose_directory(seen);
	if (first)
		return pf_fail(facts, "files",
		               "%s (mode %04llo, owner %s, group %s) can be read by %s; so can "
		               "%zu of %zu files in all",
		               first->path, (unsigned long long)first->mode, first->owner,
		               first->group, other_reader(seen, first), loose, looked);
	if (directory)
		return pf_fail(facts, "files",
		               "everybody may replace what lies in %s (mode %04llo)",
		               directory->path, (unsigned long long)directory->mode);
	if (looked == 0)
		return pf_unknown(facts, "files", "there is no backup whose rights could be read");
	if (seen->matched > (int64_t)seen->files.count)
		return pf_unknown(facts, "files",
		                  "the newest %zu of %lld files are their owner's alone; the "
		                  "others were not looked at",
		                  seen->files.count, (long long)seen->matched);
	return pf_pass(facts, "files", "%zu files are their owner's alone%s", looked,
	               shielded ? "; some have open modes, but a directory on the way is closed to "
	                          "others"
	                        : "");
}

#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#databases"

static const struct pf_check checks[] = {
	{
		.id = "backups.private",
		.severity = PF_HIGH,
		.seen_from = "backup host",
		.block = "backups",
		.applies = pf_has_file_sets,
		.needs = "files",
		.judge = judge_private,
		.title = "Backups can be read by their owner alone",
		.why = "A dump is the whole database without its access rules: users, password "
		       "hashes, sessions. Any account on the machine, the web server's included, "
		       "must find it closed. A file with open mode bits inside a directory that "
		       "others cannot enter counts as closed, and so does a group that only its "
		       "owner belongs to; a directory in which everybody may rename does not.",
		.remedy = "Readable for the one who makes them alone, with `umask 077` as the "
			  "first line of the job:\n"
			  "    chown -R backup: /var/backups/shop\n"
			  "    chmod 700 /var/backups/shop\n"
			  "    chmod 600 /var/backups/shop/*\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_backup_rights = {
	.name = "backup_rights",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
