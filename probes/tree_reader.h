/* Reads walks of a tree: which of the entries shown is the one to name. */
#ifndef PF_PROBES_TREE_READER_H
#define PF_PROBES_TREE_READER_H

#include "postflight/probe.h"

/* " (such as /srv/shop/media/x.jpg, owner shop, mode 0666: world-writable)": the first entry whose
 * `why` holds `trait`; without one the first of all; nothing when there is none. */
const char *pf_example(const struct pf_case *facts, struct pf_entries entries, const char *trait);

/* A probe's `marks`: the entries of the answer "tree" that have a trait, with owner and mode, and who may
 * replace the root from above, so that a later audit can say which are new. */
size_t pf_tree_marks(const struct pf_case *facts, struct pf_mark marks[]);

#endif
