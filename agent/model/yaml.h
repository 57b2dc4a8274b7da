/* YAML as a small tree with lines and columns. The one file that knows libyaml. */
#ifndef PF_MODEL_YAML_H
#define PF_MODEL_YAML_H

#include "model/site_file.h"

enum pf_node_kind {
	PF_NODE_TEXT,
	PF_NODE_LIST,
	PF_NODE_MAP,
	PF_NODE_BROKEN, /* a mistake was noted already: nothing more is to be said of it */
};

enum { PF_MISTAKES_KEPT = 50 };

struct pf_node {
	enum pf_node_kind kind;
	int line, column; /* from 1 */
	const char *text; /* of a text; never with control or invisible characters */
	bool quoted;      /* of a text: in '' or "", or as a block */
	/* Items of a list, or values of a map with their keys beside them. */
	const struct pf_node **items;
	const struct pf_node **keys; /* texts */
	size_t count;
};

/* Reads one document whose root is a map; a byte order mark before it is skipped. Anchors, aliases,
 * tags, merge keys, a second document, duplicate keys, tabs, control and invisible characters,
 * malformed UTF-8, nesting beyond 16 and more than 20000 values are mistakes. NULL: there is no
 * tree; mistakes may also stand beside one. */
const struct pf_node *pf_yaml_parse(struct pf_arena *arena, const char *bytes, size_t count,
                                    struct pf_mistakes *mistakes);

/* Adds a mistake; the texts in it must be escaped. At most PF_MISTAKES_KEPT are kept. */
void pf_mistake_add(struct pf_arena *arena, struct pf_mistakes *mistakes, int line, int column,
                    const char *format, ...) PF_PRINTF(5, 6);

#endif
