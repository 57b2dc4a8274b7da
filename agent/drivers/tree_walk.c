/* The walk: a stack of directories to read, and as many threads as there are cores to read them.
 *
 * All that the threads touch belongs to the walk, and the last to leave frees it: one that hangs in
 * a dead file system may come back long after the answer was given.
 */
#include "drivers/tree_walk.h"

#include "base/clock.h"
#include "drivers/below.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	THREADS = 8,
	STACK_BYTES = 512 * 1024,
	LISTING_BYTES = 64 * 1024,
	WAITING_BYTES = 64 * 1024 * 1024, /* of directories found and not read yet */
	ENTRIES_A_LOOK = 64,              /* between two looks at the clock */
	PATIENCE_US = 150 * 1000,         /* past the deadline, with threads that do not return */
};

struct directory {
	struct directory *next;
	size_t bytes;
	bool open;   /* one of the users may write to it */
	char path[]; /* relative to the root; "." is the root */
};

struct batch {
	struct directory *first, *last;
	size_t count, bytes;
};

struct walker {
	struct walk *walk;
	bool finished;
	struct pf_tally tally;
	struct batch found;
	size_t looks;
	alignas(struct dirent64) char listing[LISTING_BYTES];
};

struct walk {
	int root;
	char *base; /* absolute path of the root, without a slash at its end */
	struct pf_arena *arena;
	struct pf_suspicion suspicion;
	int64_t deadline_us;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	struct batch waiting;
	unsigned busy, running, holders; /* holders: threads, and the caller while it waits */
	bool overfull;
	atomic_bool stop, late;
	unsigned count;
	struct walker own; /* the caller's, for the root */
	struct walker walkers[THREADS];
};

static void free_batch(struct batch *batch)
{
	for (struct directory *at = batch->first, *next; at; at = next) {
		next = at->next;
		free(at);
	}
	*batch = (struct batch){0};
}

/* It was there when its name was read, and is not, or is something else, now. */
static bool is_gone(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

static void find_directory(struct walker *walker, const char *directory, const char *name,
                           bool open)
{
	bool top = strcmp(directory, ".") == 0;
	size_t length = top ? 0 : strlen(directory) + 1;
	size_t bytes = sizeof(struct directory) + length + strlen(name) + 1;
	struct directory *found = malloc(bytes);
	if (!found) {
		pf_tally_unreadable(&walker->tally, ENOMEM);
		return;
	}
	found->next = walker->found.first;
	found->bytes = bytes;
	found->open = open;
	char *end = top ? found->path : stpcpy(stpcpy(found->path, directory), "/");
	strcpy(end, name);
	if (!walker->found.first)
		walker->found.last = found;
	walker->found.first = found;
	walker->found.count++;
	walker->found.bytes += bytes;
}

/* Hands the directories found on to whoever is free; the lock is held. */
static void hand_on(struct walker *walker)
{
	struct walk *walk = walker->walk;
	struct batch *found = &walker->found, *waiting = &walk->waiting;
	if (!found->first)
		return;
	if (waiting->bytes + found->bytes > WAITING_BYTES) {
		walk->overfull = true;
		walker->tally.unreadable += (int64_t)found->count;
		free_batch(found);
		return;
	}
	found->last->next = waiting->first;
	waiting->first = found->first;
	waiting->bytes += found->bytes;
	*found = (struct batch){0};
	pthread_cond_broadcast(&walk->work);
}

/* One entry; returns 0, or the errno that says its directory is not readable after all. */
static int visit(struct walker *walker, const struct directory *from, int holder, const char *name)
{
	const struct walk *walk = walker->walk;
	const char *directory = from->path;
	struct pf_guard entry;
	struct statx *seen = &entry.seen;
	entry.read_only = walk->suspicion.read_only;
	if (statx(holder, name, PF_STATX_LINK, PF_STATX_MASK, seen) != 0 ||
	    !pf_guard_list(holder, name, PF_WRITE, &entry)) {
		walker->tally.entries += !is_gone(errno);
		return is_gone(errno) ? 0 : errno;
	}
	unsigned traits = pf_traits_of(&walk->suspicion, name, &entry, from->open);
	walker->tally.entries++;
	if (S_ISLNK(seen->stx_mode) &&
	    pf_below_leads_out(walk->root, walk->base, holder, directory, name))
		traits |= 1u << PF_ESCAPING;
	pf_tally_count(&walker->tally, walk->base, directory, name, &entry, traits);
	if (!S_ISDIR(seen->stx_mode))
		return 0;
	walker->tally.directories++;
	/* Reading it would mount what belongs there, which is not ours to do. */
	if (seen->stx_attributes & STATX_ATTR_AUTOMOUNT)
		pf_tally_unreadable(&walker->tally, EREMOTE);
	else
		find_directory(walker, directory, name, traits & 1u << PF_USER_WRITABLE);
	return 0;
}

static bool must_stop(struct walker *walker)
{
	struct walk *walk = walker->walk;
	if (walker->looks++ % ENTRIES_A_LOOK == 0 && pf_now_us() >= walk->deadline_us) {
		atomic_store(&walk->late, true);
		atomic_store(&walk->stop, true);
	}
	return atomic_load_explicit(&walk->stop, memory_order_relaxed);
}

static bool is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static bool is_left_out(const struct walk *walk, const struct directory *directory,
                        const char *name)
{
	const char *left_out = walk->suspicion.leave_out;
	return is_dots(name) ||
	       (left_out && strcmp(directory->path, ".") == 0 && strcmp(name, left_out) == 0);
}

static int visit_listed(struct walker *walker, const struct directory *directory, int holder,
                        ssize_t bytes)
{
	int error = 0;
	for (ssize_t at = 0; at < bytes && !must_stop(walker);) {
		const struct dirent64 *entry = (const void *)(walker->listing + at);
		int trouble = is_left_out(walker->walk, directory, entry->d_name)
		                      ? 0
		                      : visit(walker, directory, holder, entry->d_name);
		error = error ? error : trouble;
		at += entry->d_reclen;
	}
	return error;
}

static void read_directory(struct walker *walker, const struct directory *directory)
{
	struct walk *walk = walker->walk;
	int fd = pf_below_open(walk->root, directory->path);
	int error = fd < 0 ? errno : 0;
	ssize_t bytes = 0;
	while (fd >= 0 && !must_stop(walker) &&
	       (bytes = getdents64(fd, walker->listing, LISTING_BYTES)) > 0) {
		int trouble = visit_listed(walker, directory, fd, bytes);
		error = error ? error : trouble;
		pthread_mutex_lock(&walk->lock);
		hand_on(walker);
		pthread_mutex_unlock(&walk->lock);
	}
	if (bytes < 0)
		error = errno;
	if (error && !is_gone(error))
		pf_tally_unreadable(&walker->tally, error);
	if (fd >= 0)
		close(fd);
}

/* The next directory, as long as there is one or may still be one; the lock is held. */
static struct directory *take_directory(struct walk *walk)
{
	while (!walk->waiting.first && walk->busy > 0 && !atomic_load(&walk->stop))
		pthread_cond_wait(&walk->work, &walk->lock);
	struct directory *next = walk->waiting.first;
	if (!next || atomic_load(&walk->stop))
		return NULL;
	walk->waiting.first = next->next;
	walk->waiting.bytes -= next->bytes;
	return next;
}

/* Lets go of the lock and of the walk, which goes with its last holder. */
static void leave(struct walk *walk)
{
	bool last = --walk->holders == 0;
	pthread_mutex_unlock(&walk->lock);
	if (!last)
		return;
	free_batch(&walk->waiting);
	pf_tally_free(&walk->own.tally);
	for (unsigned i = 0; i < THREADS; i++)
		pf_tally_free(&walk->walkers[i].tally);
	pthread_mutex_destroy(&walk->lock);
	pthread_cond_destroy(&walk->work);
	pthread_cond_destroy(&walk->done);
	pf_arena_free(walk->arena);
	close(walk->root);
	free(walk);
}

static void *run_walker(void *argument)
{
	struct walker *walker = argument;
	struct walk *walk = walker->walk;
	struct directory *next;
	pthread_mutex_lock(&walk->lock);
	while ((next = take_directory(walk))) {
		walk->busy++;
		pthread_mutex_unlock(&walk->lock);
		read_directory(walker, next);
		free(next);
		pthread_mutex_lock(&walk->lock);
		walk->busy--;
	}
	walker->finished = true;
	walk->running--;
	pthread_cond_broadcast(&walk->work);
	pthread_cond_signal(&walk->done);
	leave(walk);
	return NULL;
}

static struct pf_suspicion copy_suspicion(struct pf_arena *arena, const struct pf_suspicion *from)
{
	struct pf_suspicion copy = *from;
	struct pf_user *users = pf_arena_array(arena, from->user_count + 1, sizeof *users);
	for (size_t i = 0; i < from->user_count; i++) {
		size_t count = from->users[i].group_count;
		gid_t *groups = pf_arena_array(arena, count + 1, sizeof *groups);
		users[i] = from->users[i];
		users[i].groups = groups;
		for (size_t k = 0; k < count; k++)
			groups[k] = from->users[i].groups[k];
	}
	copy.users = users;
	copy.leave_out = pf_arena_copy(arena, from->leave_out);
	return copy;
}

static struct walk *new_walk(int root, const char *base, const struct pf_suspicion *suspicion,
                             int64_t deadline_us)
{
	pthread_condattr_t monotonic;
	struct walk *walk = calloc(1, sizeof *walk);
	if (!walk)
		return NULL;
	walk->root = root;
	walk->arena = pf_arena_new(PF_WORKER_ARENA);
	walk->base = pf_arena_copy(walk->arena, base);
	for (size_t end = strlen(base); end && walk->base[end - 1] == '/'; end--)
		walk->base[end - 1] = '\0';
	walk->suspicion = copy_suspicion(walk->arena, suspicion);
	walk->deadline_us = deadline_us;
	walk->holders = 1;
	pthread_mutex_init(&walk->lock, NULL);
	pthread_cond_init(&walk->work, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&walk->done, &monotonic);
	pthread_condattr_destroy(&monotonic);
	walk->own.walk = walk;
	for (unsigned i = 0; i < THREADS; i++)
		walk->walkers[i].walk = walk;
	return walk;
}

static unsigned cores(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : THREADS;
	return count < 1 ? 1 : count > THREADS ? THREADS : (unsigned)count;
}

/* Starts the threads; the lock is held. Returns 0, or why not even one could be started. */
static int start_walkers(struct walk *walk)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error = 0;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	for (unsigned wanted = cores(); walk->count < wanted && error == 0;) {
		error = pthread_create(&thread, &attributes, run_walker,
		                       &walk->walkers[walk->count]);
		walk->count += error == 0;
	}
	pthread_attr_destroy(&attributes);
	walk->running = walk->count;
	walk->holders += walk->count;
	return walk->count ? 0 : error;
}

/* Waits until all are back or patience is at its end; the lock is held. */
static void await_walkers(struct walk *walk)
{
	int64_t until = walk->deadline_us + PATIENCE_US;
	struct timespec when = {until / 1000000, until % 1000000 * 1000};
	int error = 0;
	while (walk->running > 0 && error == 0)
		error = pthread_cond_timedwait(&walk->done, &walk->lock, &when);
	if (walk->running == 0)
		return;
	atomic_store(&walk->late, true);
	atomic_store(&walk->stop, true);
	pthread_cond_broadcast(&walk->work);
}

/* What was seen by those who came back; the others keep what is theirs. The lock is held. */
static void collect(struct pf_arena *arena, struct walk *walk, struct pf_walk_result *result)
{
	pf_tally_merge(arena, &result->tally, &walk->own.tally);
	for (unsigned i = 0; i < walk->count; i++) {
		if (walk->walkers[i].finished)
			pf_tally_merge(arena, &result->tally, &walk->walkers[i].tally);
		else
			result->stuck++;
	}
	result->late = atomic_load(&walk->late);
	result->overfull = walk->overfull;
}

struct pf_walk_result pf_walk(struct pf_arena *arena, int root, const char *base,
                              const struct pf_guard *top, const struct pf_suspicion *suspicion,
                              int64_t deadline_us)
{
	struct pf_walk_result result = {0};
	struct walk *walk = new_walk(root, base, suspicion, deadline_us);
	if (!walk) {
		close(root);
		result.tally.starved = ENOMEM;
		return result;
	}
	struct walker *own = &walk->own;
	own->tally.entries = own->tally.directories = 1;
	unsigned traits = pf_traits_of(suspicion, ".", top, false);
	pf_tally_count(&own->tally, walk->base, ".", ".", top, traits);
	find_directory(own, ".", ".", traits & 1u << PF_USER_WRITABLE);
	pthread_mutex_lock(&walk->lock);
	hand_on(own);
	int error = start_walkers(walk);
	if (error)
		own->tally.starved = error;
	await_walkers(walk);
	collect(arena, walk, &result);
	leave(walk);
	return result;
}
