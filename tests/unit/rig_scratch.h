/* A directory to make things in, and who we are while we do. */
#ifndef PF_TESTS_RIG_SCRATCH_H
#define PF_TESTS_RIG_SCRATCH_H

#include "base/arena.h"

#include <sys/types.h>

struct scratch {
	struct pf_arena *arena; /* for everything a test needs */
	const char *root;       /* an empty directory that everyone may enter, below /tmp */
};

/* For cmocka's setup and teardown: *state is a struct scratch. Teardown removes whatever is there.
 */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* "<root>/<format...>" */
const char *scratch_path(const struct scratch *scratch, const char *format, ...) PF_PRINTF(2, 3);

/* Made with exactly that mode; the test fails when it cannot be. */
void make_directory(const char *path, mode_t mode);
void make_file(const char *path, mode_t mode, const char *text);
void make_link(const char *path, const char *target);

/* The name of a user who is not us and not root, in a group of the same name. */
extern const char somebody[];

/* Skips the test, and says so, unless we are root. */
void need_root(const char *what_for);

/* nobody, when we are root, until `be_ourselves`. */
void be_nobody(void);
void be_ourselves(void);

#endif
