/* The tables of a history, made where they are not there. */
#ifndef PF_STORE_SCHEMA_H
#define PF_STORE_SCHEMA_H

#include "store/link.h"

/* Is this a history that this version can use? With `write`, what is empty becomes one. False:
 * *problem says why. */
bool pf_schema_ready(struct pf_link *link, bool write, const char **problem) PF_MUST_USE;

#endif
