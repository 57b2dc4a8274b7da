/* What one thread of a walk has seen: counts, and the first few entries of each trait. */
#ifndef PF_DRIVERS_TREE_TALLY_H
#define PF_DRIVERS_TREE_TALLY_H

#include "base/limits.h"
#include "drivers/access.h"

/* What an entry can be blamed for, in the order that `why` says it. */
enum pf_trait {
	PF_WORLD_WRITABLE,
	PF_USER_WRITABLE,
	PF_EXECUTABLE,
	PF_SETUID,
	PF_FOREIGN,
	PF_SPECIAL,
	PF_ESCAPING,
	PF_SECRET,      /* by its name: a key, a dump, .env, .git */
	PF_SOURCE,      /* by its name: Python, what belongs into a project's root */
	PF_HAZARD,      /* by its name: would be dangerous if it were executed or rendered */
	PF_REPLACEABLE, /* code that one of the users may write or put another in the place of */
	PF_TRAITS
};

/* What is looked for. */
struct pf_suspicion {
	const struct pf_user *users;
	size_t user_count;
	bool owner_asked;
	uid_t owner;
	bool read_only;        /* nobody writes to this file system */
	const char *leave_out; /* name in the root that is not looked at; NULL: none */
};

/* Bits by enum pf_trait, all but PF_ESCAPING. `open`: one of the users may write to its directory.
 */
unsigned pf_traits_of(const struct pf_suspicion *suspicion, const char *name,
                      const struct pf_guard *entry, bool open);

struct pf_sighting {
	char *path; /* raw bytes, absolute */
	struct pf_guard entry;
	unsigned traits;
};

/* The first PF_EXAMPLES of one trait by path, sorted, so that the same tree shows the same ones
 * however the threads took turns. */
struct pf_sightings {
	struct pf_sighting at[PF_EXAMPLES];
	size_t count;
};

struct pf_tally {
	int64_t entries, directories, unreadable;
	int64_t counts[PF_TRAITS];
	struct pf_sightings examples[PF_TRAITS]; /* their paths belong to the tally */
	int error;                               /* the first errno behind `unreadable`; 0: none */
	int starved;                             /* errno of a lack of our own; 0: none */
	char *path;                              /* room for one absolute path */
	size_t path_room;
};

/* Counts the traits of an entry. `base`: absolute path of the root, without a slash at its end;
 * `directory`: relative to it, "." for the root; `name`: in that, "." for the directory itself. */
void pf_tally_count(struct pf_tally *tally, const char *base, const char *directory,
                    const char *name, const struct pf_guard *entry, unsigned traits);

/* A directory could not be read. */
void pf_tally_unreadable(struct pf_tally *tally, int error);

/* Adds `from`; paths kept are copied into the arena and are never to be freed. */
void pf_tally_merge(struct pf_arena *arena, struct pf_tally *into, const struct pf_tally *from);

void pf_tally_free(struct pf_tally *tally);

#endif
