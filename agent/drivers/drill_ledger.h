/* The ledger of restore drills: JSON Lines in the state directory, one line for each drill that
 * came to an end. It is only ever added to. Whatever else lies there, or stands in it, is passed
 * over: a ledger that cannot be read says nothing, and stops nobody. */
#ifndef PF_DRIVERS_DRILL_LEDGER_H
#define PF_DRIVERS_DRILL_LEDGER_H

#include "base/arena.h"

/* One drill. Texts are escaped. */
struct pf_drill_entry {
	int64_t at;
	const char *set;
	bool restored;
	const char *path, *digest;
	int64_t size, modified, made_at;
	int64_t tables, rows, migrations, migrated_at, took_ms;
	const char *migration, *error;
};

/* What it says of one set. */
struct pf_drill_record {
	bool any;
	struct pf_drill_entry last;
	int64_t restored_at; /* the last that succeeded; 0: none */
	int64_t spoiled;     /* lines that are no entries */
};

/* Reads one line; false: it is no entry. */
bool pf_ledger_line(struct pf_arena *arena, const char *line, size_t length,
                    struct pf_drill_entry *entry) PF_MUST_USE;

/* What `bytes` of a ledger say of the set. Entries from after `now` are not believed. */
void pf_ledger_read(struct pf_arena *arena, const char *bytes, size_t count, const char *set,
                    int64_t now, struct pf_drill_record *record);

/* The same of the ledger in that directory, as far as its last 256 KiB go. */
void pf_ledger_look(struct pf_arena *arena, const char *state, const char *set, int64_t now,
                    struct pf_drill_record *record);

/* Adds a line, synced. False: errno says why not. */
bool pf_ledger_add(struct pf_arena *arena, const char *state,
                   const struct pf_drill_entry *entry) PF_MUST_USE;

#endif
