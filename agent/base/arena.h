/* Memory for a whole process or run: taken piecewise, with a limit from birth, and given back
 * whole. What is needed no longer than one line of a report is given back by rewinding. */
#ifndef PF_BASE_ARENA_H
#define PF_BASE_ARENA_H

#include "postflight/fields.h"

#include <stdarg.h>

struct pf_arena;

/* An empty arena that may hold `limit` bytes. Exceeding it, or the system's memory, ends the
 * process with a message (exit 2 in the parent; in a worker that shows as the outcome worker_died).
 * Freed whole by pf_arena_free. */
struct pf_arena *pf_arena_new(size_t limit);
void pf_arena_free(struct pf_arena *arena); /* NULL is fine */

/* `size` zeroed bytes, aligned for any object. */
void *pf_arena_take(struct pf_arena *arena, size_t size) __attribute__((malloc, returns_nonnull));

/* Room for `count` objects of `size`; a product that overflows ends the process as above. */
void *pf_arena_array(struct pf_arena *arena, size_t count, size_t size)
	__attribute__((malloc, returns_nonnull));

char *pf_arena_copy(struct pf_arena *arena, const char *text); /* NULL stays NULL */
char *pf_arena_copy_bytes(struct pf_arena *arena, const void *bytes,
                          size_t count); /* with a NUL behind */
char *pf_arena_print(struct pf_arena *arena, const char *format, ...) PF_PRINTF(2, 3);
char *pf_arena_vprint(struct pf_arena *arena, const char *format, va_list arguments)
	PF_PRINTF(2, 0);
struct pf_words pf_arena_words(struct pf_arena *arena, size_t count,
                               const char *const words[]); /* list copied, texts copied */

/* A place to rewind to. */
struct pf_arena_mark {
	void *block, *behind;
	size_t block_used, used;
};

/* Rewinding gives back all that was taken since the mark, arrays that have grown since then too.
 * Marks nest: an earlier one outlives later ones. */
struct pf_arena_mark pf_arena_mark(const struct pf_arena *arena);
void pf_arena_rewind(struct pf_arena *arena, struct pf_arena_mark mark);

/* Bytes in use. */
size_t pf_arena_used(const struct pf_arena *arena);

/* A growing array: doubles `*items` (of `*room` objects of `size`) when `count` fills it. */
void *pf_arena_grow(struct pf_arena *arena, void *items, size_t count, size_t *room, size_t size);

#endif
