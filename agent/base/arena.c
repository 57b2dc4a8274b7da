/* The arena: a chain of blocks, freed whole or back to a mark. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 64 * 1024, OUT_OF_MEMORY_EXIT = 2 };

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) char bytes[];
};

struct pf_arena {
	struct block *blocks;
	size_t limit, used;
};

/* Out of memory is our own end, not the world's: nothing sensible can be built on half an answer.
 */
static void give_up(const char *why)
{
	static const char prefix[] = "postflight: out of memory: ";
	(void)!write(STDERR_FILENO, prefix, sizeof prefix - 1);
	(void)!write(STDERR_FILENO, why, strlen(why));
	(void)!write(STDERR_FILENO, "\n", 1);
	_exit(OUT_OF_MEMORY_EXIT);
}

struct pf_arena *pf_arena_new(size_t limit)
{
	struct pf_arena *arena = calloc(1, sizeof *arena);
	if (!arena)
		give_up("the system has none left");
	arena->limit = limit;
	return arena;
}

void pf_arena_free(struct pf_arena *arena)
{
	if (!arena)
		return;
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

/* A block with room for `size`; a large object gets a block of its own behind the current one,
 * which stays open. */
static struct block *add_block(struct pf_arena *arena, size_t size)
{
	size_t room = size > BLOCK / 4 ? size : BLOCK;
	struct block *block = malloc(sizeof *block + room);
	if (!block)
		give_up("the system has none left");
	block->size = room;
	block->used = 0;
	if (room == size && arena->blocks) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *pf_arena_take(struct pf_arena *arena, size_t size)
{
	if (size > arena->limit || arena->used > arena->limit - size)
		give_up("the limit of this process is reached");
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct block *block = arena->blocks;
	if (!block || block->size - block->used < size)
		block = add_block(arena, size);
	void *taken = block->bytes + block->used;
	block->used += size;
	arena->used += size;
	return memset(taken, 0, size);
}

void *pf_arena_array(struct pf_arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		give_up("an array too large to address was asked for");
	return pf_arena_take(arena, bytes);
}

char *pf_arena_copy(struct pf_arena *arena, const char *text)
{
	return text ? pf_arena_copy_bytes(arena, text, strlen(text)) : NULL;
}

char *pf_arena_copy_bytes(struct pf_arena *arena, const void *bytes, size_t count)
{
	char *copy = pf_arena_take(arena, count + 1);
	if (count)
		memcpy(copy, bytes, count);
	return copy;
}

char *pf_arena_vprint(struct pf_arena *arena, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0)
		give_up("a text could not be formatted");
	char *text = pf_arena_take(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	return text;
}

char *pf_arena_print(struct pf_arena *arena, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	char *text = pf_arena_vprint(arena, format, arguments);
	va_end(arguments);
	return text;
}

struct pf_words pf_arena_words(struct pf_arena *arena, size_t count, const char *const words[])
{
	const char **copies = pf_arena_array(arena, count ? count : 1, sizeof *copies);
	for (size_t i = 0; i < count; i++)
		copies[i] = pf_arena_copy(arena, words[i]);
	return (struct pf_words){copies, count};
}

struct pf_arena_mark pf_arena_mark(const struct pf_arena *arena)
{
	struct block *block = arena->blocks;
	return (struct pf_arena_mark){block, block ? block->next : NULL, block ? block->used : 0,
	                              arena->used};
}

/* Frees the blocks from *link on, up to `end`. */
static void free_until(struct block **link, const struct block *end)
{
	while (*link != end) {
		struct block *block = *link;
		*link = block->next;
		free(block);
	}
}

void pf_arena_rewind(struct pf_arena *arena, struct pf_arena_mark mark)
{
	struct block *block = mark.block;
	free_until(&arena->blocks, block);
	if (block) {
		free_until(&block->next, mark.behind); /* large objects */
		block->used = mark.block_used;
	}
	arena->used = mark.used;
}

size_t pf_arena_used(const struct pf_arena *arena)
{
	return arena->used;
}

void *pf_arena_grow(struct pf_arena *arena, void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	size_t more = *room ? *room * 2 : 16;
	void *larger = pf_arena_array(arena, more, size);
	if (count)
		memcpy(larger, items, count * size);
	*room = more;
	return larger;
}
