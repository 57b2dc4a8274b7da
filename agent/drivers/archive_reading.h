/* One backup being read: what its readers share, and the readers of contents. */
#ifndef PF_DRIVERS_ARCHIVE_READING_H
#define PF_DRIVERS_ARCHIVE_READING_H

#include "drivers/archive_stream.h"
#include "postflight/answer.h"

enum { PF_TABLES_SHOWN = 100, PF_DATABASES_SHOWN = 20, PF_SUSPICIOUS_SHOWN = 20 };

struct pf_reading {
	struct pf_arena *arena;
	const struct pf_ask_archive *ask;
	struct pf_facts_archive facts; /* its lists have room for as many as are shown */
};

/* Empty facts with room for their lists. */
void pf_reading_begin(struct pf_reading *reading, struct pf_arena *arena,
                      const struct pf_ask_archive *ask);

/* Each notes one more, escaped, as far as there is room. */
void pf_reading_table(struct pf_reading *reading, const char *name, size_t length);
void pf_reading_database(struct pf_reading *reading, const char *name, size_t length);
void pf_reading_suspicious(struct pf_reading *reading, const char *words);

/* The first thing found wrong is kept. `words` is escaped here. */
void pf_reading_broken(struct pf_reading *reading, const char *words);

/* Notes the name among `found` if it was looked for: the whole of it, or its last components. */
void pf_reading_look(struct pf_reading *reading, const char *name, size_t length);

/* Reads the whole stream and says what it is: sets `form` ("" when it is nothing we know) and all
 * that goes with it. What breaks is in facts.error or, when it is the stream, in stream->error. */
void pf_content_read(struct pf_reading *reading, struct pf_flow *stream);

/* PostgreSQL's own archive, from its magic on: the head, the table of contents and, of a custom
 * format, all data to the end (src/bin/pg_dump/pg_backup_archiver.c, versions 1.10 to 1.16).
 * `files` (NULL: not wanted) is called with the name of each file that a directory format must
 * have. */
struct pf_dump_files {
	void (*name)(struct pf_dump_files *files, const char *name);
};
void pf_dump_read(struct pf_reading *reading, struct pf_flow *stream, struct pf_dump_files *files);

/* SQL as the dump programs write it, line by line; `form` is set already. */
void pf_sql_read(struct pf_reading *reading, struct pf_flow *stream);

#endif
