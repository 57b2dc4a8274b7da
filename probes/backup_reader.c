/* Asks about backup sets, and reads what came back. */
#include "backup_reader.h"

#include <string.h>

enum { HOUR = 3600 };

bool pf_is_copy(const struct pf_entry *entry)
{
	return (strcmp(entry->type, "file") == 0 && entry->size > 0) ||
	       strcmp(entry->type, "directory") == 0;
}

const struct pf_entry *pf_newest_copy(const struct pf_facts_file *seen)
{
	const struct pf_entry *found = NULL;
	for (size_t i = 0; i < seen->files.count; i++) {
		const struct pf_entry *entry = &seen->files.at[i];
		if (pf_is_copy(entry) && (!found || entry->modified > found->modified))
			found = entry;
	}
	return found;
}

static struct pf_question list(struct pf_words patterns)
{
	return (struct pf_question){
		.kind = PF_KIND_file,
		.file = {.patterns = patterns, .limit = PF_COPIES_LISTED},
	};
}

static void ask_contents(struct pf_asking *asking, const char *subject)
{
	static const char *const tables[] = {"django_migrations"};
	const struct pf_answer *answer = pf_asked(asking, "files", subject);
	if (!answer || answer->outcome != PF_answered)
		return;
	const struct pf_entry *newest = pf_newest_copy(&answer->file);
	if (!newest)
		return;
	pf_ask(asking, "contents", subject,
	       (struct pf_question){
		       .kind = PF_KIND_archive,
		       .archive = {.path = newest->path, .look_for = pf_list(asking, 1, tables)},
	       });
}

void pf_ask_backup_files(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	pf_ask(asking, "files", subject, list(set->files));
}

void pf_ask_backup(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	pf_ask_backup_files(asking, set, subject);
	ask_contents(asking, subject);
}

void pf_ask_backups(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		if (!set->tool && set->files.count &&
		    pf_vantage_in(pf_asking_vantage(asking), set->on))
			pf_ask_backup(asking, set, pf_word(asking, "backup %s", set->name));
	}
}

bool pf_media_is_kept(const struct pf_site *site)
{
	for (size_t i = 0; i < site->backup_count && site->media.declared; i++) {
		const struct pf_backup *set = &site->backups[i];
		bool in_store = set->tool && strcmp(set->tool, "s3") == 0;
		if (strcmp(set->of, "media") == 0 && !in_store)
			return true;
	}
	return false;
}

const struct pf_backup *pf_backup_of(const struct pf_case *facts)
{
	const char *name = facts->subject + strlen("backup ");
	for (size_t i = 0; i < facts->site->backup_count; i++)
		if (strcmp(facts->site->backups[i].name, name) == 0)
			return &facts->site->backups[i];
	return NULL; /* the subject was made from one of them */
}

const char *pf_backed_up_database(const struct pf_case *facts)
{
	const struct pf_site *site = facts->site;
	const char *of = pf_backup_of(facts)->of;
	for (size_t i = 0; of && i < site->database_count; i++)
		if (strcmp(site->databases[i].name, of) == 0 &&
		    strcmp(site->databases[i].url.scheme, "sqlite") != 0)
			return site->databases[i].url.path + 1;
	return NULL;
}

const struct pf_facts_file *pf_backup_files(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "files");
	return answer->outcome == PF_answered ? &answer->file : NULL;
}

const struct pf_facts_archive *pf_backup_contents(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "contents");
	return answer && answer->outcome == PF_answered ? &answer->archive : NULL;
}

bool pf_has_file_sets(const struct pf_site *site)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (!site->backups[i].tool)
			return true;
	return false;
}
