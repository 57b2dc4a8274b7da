/* What the name of an entry says of it. Nothing is opened to find out more. */
#ifndef PF_DRIVERS_TREE_NAMES_H
#define PF_DRIVERS_TREE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

enum pf_name_kind {
	PF_NAME_PLAIN,
	PF_NAME_SECRET, /* keys, dumps and databases, .env, .git: what no visitor may have */
	PF_NAME_SOURCE, /* Python, and what a project's root holds */
	PF_NAME_HAZARD, /* harmless until a server executes or a browser renders it */
};

/* `name`: raw bytes, one component. `size`: of a file; many programs write documents that end in
 * .key, and no private key is larger than a few kilobytes. */
enum pf_name_kind pf_name_kind(const char *name, bool directory, uint64_t size);

/* Python that a process imports: .py, .pyc, .so, .pth. */
bool pf_name_is_code(const char *name);

#endif
