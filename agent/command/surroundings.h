/* What stands around a Django project on its host: the unit that starts it, the front that serves
 * it.
 */
#ifndef PF_COMMAND_SURROUNDINGS_H
#define PF_COMMAND_SURROUNDINGS_H

#include "command/draft.h"

/* Fills in what the unit says of the project, or, where there is none yet, finds it by a unit. */
void pf_ask_units(struct pf_draft *draft);

/* Fills in what nginx says of the site, once Django was asked: `path` is its configuration; NULL:
 * Debian's. */
void pf_ask_front(struct pf_draft *draft, const char *path);

#endif
