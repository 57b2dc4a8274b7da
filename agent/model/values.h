/* Values of the site file: one reader a type. */
#ifndef PF_MODEL_VALUES_H
#define PF_MODEL_VALUES_H

#include "model/yaml.h"

#include "model/site_schema.h"

/* Reads a value that is not a block into `at`, an object of the type's own C type. False: *why says
 * what would have been right. */
bool pf_value_read(struct pf_arena *arena, const struct pf_node *node, const struct pf_key *key,
                   void *at, const char **why) PF_MUST_USE;

#endif
