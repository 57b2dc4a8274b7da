/* The passwords of a site's services, read when a question needs one, by the process that deals
 * questions to workers. A question names the service, as in "databases/default",
 * "caches/default" or "backups/nightly"; it never holds the password, and evidence holds only
 * questions. */
#ifndef PF_RUN_CREDENTIALS_H
#define PF_RUN_CREDENTIALS_H

#include "base/arena.h"
#include "base/secret.h"
#include "postflight/question.h"
#include "postflight/site.h"

struct pf_credentials;

/* What the environment holds is read at once and taken out of it, so that no child inherits it; all
 * else is read when it is wanted. */
struct pf_credentials *pf_credentials_new(struct pf_arena *arena, const struct pf_site *site);
void pf_credentials_free(struct pf_credentials *credentials);

/* The service whose password this question needs; NULL: none. */
const char *pf_credentials_wanted(const struct pf_question *question);

/* The password of the service of that name, read once; it belongs to `credentials`. A
 * password_command has PF_PASSWORD_US to say it. NULL: it cannot be had, *problem says why, without
 * a word of it. */
const struct pf_secret *pf_credentials_of(struct pf_credentials *credentials, const char *name,
                                          const char **problem);

#endif
