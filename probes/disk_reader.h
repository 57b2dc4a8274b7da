/* What the settings say of files on this host: where they are to be, and which of them hold the
 * secrets. Asked of Django itself; derived facts only, no secret. */
#ifndef PF_PROBES_DISK_READER_H
#define PF_PROBES_DISK_READER_H

#include "django_reader.h"

/* Puts the question `tag` about `subject` on the vantages of app.on, if the site file says how
 * Django is run. The same words for every probe, so it is asked once. Facts, as pf_setting reads
 * them:
 *   static_path, media_path, project   absolute, without links; absent: not set
 *   manifest                           name of the manifest that collectstatic writes; absent: none
 *   log_file                           "CLASS PATH" of a handler that writes to a file
 *   secret_key_file, password_file     a file that holds SECRET_KEY, or a database's password
 *   unit_environment                   a systemd unit with one of the two in an Environment= line
 *   password                           "True": a database has one
 */
void pf_ask_places(struct pf_asking *asking, const char *tag, const char *subject);

/* The directory of this run's canary files, in MEDIA_ROOT. */
const char *pf_canary_directory(struct pf_asking *asking);

/* Is `path` the directory itself, or below it? NULL is nowhere. */
bool pf_is_within(const char *directory, const char *path);

/* The question of the tree of static files, or of uploads: the same words for every probe. */
struct pf_question pf_static_tree(struct pf_asking *asking);
struct pf_question pf_media_tree(struct pf_asking *asking);

/* All values of that fact, as a list for a question. */
struct pf_words pf_settings_list(struct pf_asking *asking, const struct pf_answer *answer,
                                 size_t count, const char *const names[]);

#endif
