/* Values of the site file: a node read as the type that the schema wants. */
#ifndef PF_MODEL_VALUES_H
#define PF_MODEL_VALUES_H

#include "model/site_schema.h"
#include "model/yaml.h"

/* Reads `node` as the key's type to `at`. False: *why says what would have been right, and *where
 * is the node that is not: `node`, or an item of it. */
bool pf_value_read(struct pf_arena *arena, const struct pf_node *node, const struct pf_key *key,
                   void *at, const char **why, const struct pf_node **where) PF_MUST_USE;

/* The URL of a site: http or https, without a user and without parameters. */
bool pf_web_url_parse(struct pf_arena *arena, const char *text, struct pf_url *url,
                      const char **why) PF_MUST_USE;

/* Every role a vantage can have. */
extern const struct pf_words pf_roles;

#endif
