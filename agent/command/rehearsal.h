/* A rehearsal: what would be asked, said without asking it. */
#ifndef PF_COMMAND_REHEARSAL_H
#define PF_COMMAND_REHEARSAL_H

#include "command/command.h"

/* Prints, for every vantage, how many questions of each kind would be put, and with `all` each of
 * them as a line that a person could type. Names are not looked up: one address stands for what
 * they resolve to, and questions that only certain answers lead to are not counted. Returns the
 * exit code. */
int pf_rehearse(struct pf_invocation *invocation, const struct pf_site *site, size_t count,
                const struct pf_vantage *const vantages[], bool all);

#endif
