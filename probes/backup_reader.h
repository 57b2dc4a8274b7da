/* Backup sets: what is asked about each, and what was seen of the newest copy. */
#ifndef POSTFLIGHT_BACKUP_READER_H
#define POSTFLIGHT_BACKUP_READER_H

#include "postflight/probe.h"

enum { PF_COPIES_LISTED = 100 };

/* Lists the files of every set that this vantage keeps ("files", about "backup NAME") and, once
 * they are listed, reads the newest copy ("contents", the same subject). */
void pf_ask_backups(struct pf_asking *asking);

/* The same of one set of files, or only its list. */
void pf_ask_backup_files(struct pf_asking *asking, const struct pf_backup *set,
                         const char *subject);
void pf_ask_backup(struct pf_asking *asking, const struct pf_backup *set, const char *subject);

/* Are there uploads, and a set for them whose times can be had? */
bool pf_media_is_kept(const struct pf_site *site);

/* The set a finding is about. */
const struct pf_backup *pf_backup_of(const struct pf_case *facts);

/* The name of the database that the set is of; NULL: it is of none that has a name. */
const char *pf_backed_up_database(const struct pf_case *facts);

/* A file or directory that holds anything: an empty one is no copy, and neither is a link. */
bool pf_is_copy(const struct pf_entry *entry);

/* The newest copy; NULL: none. */
const struct pf_entry *pf_newest_copy(const struct pf_facts_file *seen);

/* The listing; NULL: the directory is not there. The judge needs "files". */
const struct pf_facts_file *pf_backup_files(const struct pf_case *facts);

/* What was read of the newest copy; NULL: nothing was. */
const struct pf_facts_archive *pf_backup_contents(const struct pf_case *facts);

/* Is there a set of files, which no tool and no object store keeps? A check's `applies`. */
bool pf_has_file_sets(const struct pf_site *site);

#endif
