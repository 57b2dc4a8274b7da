/* Backup sets that are kept in an object store: how they are listed, and what the listing says. */
#ifndef POSTFLIGHT_OBJECT_READER_H
#define POSTFLIGHT_OBJECT_READER_H

#include "backup_reader.h"

/* Is it one? Then a copy of it is on another machine. */
bool pf_is_in_bucket(const struct pf_backup *set);

/* Has the site any? */
bool pf_has_buckets(const struct pf_site *site);

/* Lists every such set that this vantage answers for: tag "objects", and "objects-again" at the
 * next address when the first one could not be asked; the subject is "backup NAME". */
void pf_ask_objects(struct pf_asking *asking);

/* The tag of the listing of the two that came, else of the first. */
const char *pf_objects_tag(const struct pf_case *facts);

/* The listing; NULL: there is none, and *why says why in words that complete "the bucket ...". */
const struct pf_facts_s3 *pf_objects(const struct pf_case *facts, const char **why);

#endif
