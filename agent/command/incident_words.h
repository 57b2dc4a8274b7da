/* An incident in words. */
#ifndef PF_COMMAND_INCIDENT_WORDS_H
#define PF_COMMAND_INCIDENT_WORDS_H

#include "command/command.h"
#include "store/history.h"

/* Writes to standard output. `usable`: the checks that were looked at, those an intruder has most
 * use of first; `history`: to say what changed, or NULL. */
void pf_incident_tell(struct pf_invocation *invocation, struct pf_history *history,
                      const struct pf_audit *audit, struct pf_words usable);

#endif
