/* The least that a walk can do: getdents64(2) and statx(2) of every entry below a directory, on so
 * many threads: statx_walk DIRECTORY THREADS. What the audit's own walk is measured against. */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024, MOST_THREADS = 64 };

struct folder {
	struct folder *next;
	char path[];
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct folder *waiting;
	size_t walking; /* threads that may still find folders */
	uint64_t entries, size;
} work = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static void add(const char *parent, const char *name)
{
	size_t length = strlen(parent) + strlen(name) + 2;
	struct folder *folder = malloc(sizeof *folder + length);
	if (!folder)
		abort();
	snprintf(folder->path, length, *name ? "%s/%s" : "%s%s", parent, name);
	pthread_mutex_lock(&work.lock);
	folder->next = work.waiting;
	work.waiting = folder;
	pthread_cond_signal(&work.more);
	pthread_mutex_unlock(&work.lock);
}

/* NULL: there is none, and none can come. */
static struct folder *take(void)
{
	pthread_mutex_lock(&work.lock);
	work.walking--;
	while (!work.waiting && work.walking)
		pthread_cond_wait(&work.more, &work.lock);
	struct folder *folder = work.waiting;
	if (folder) {
		work.waiting = folder->next;
		work.walking++;
	} else {
		pthread_cond_broadcast(&work.more);
	}
	pthread_mutex_unlock(&work.lock);
	return folder;
}

static void read_folder(const char *path, char *buffer, uint64_t *entries, uint64_t *size)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	long got;
	while (fd >= 0 && (got = syscall(SYS_getdents64, fd, buffer, BUFFER)) > 0)
		for (long at = 0; at < got;) {
			const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);
			struct statx seen;
			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			if (statx(fd, entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS,
			          &seen) != 0)
				continue;
			++*entries;
			*size += seen.stx_size;
			if (S_ISDIR(seen.stx_mode))
				add(path, entry->d_name);
		}
	if (fd >= 0)
		close(fd);
}

static void *walk(void *unused)
{
	char *buffer = malloc(BUFFER);
	uint64_t entries = 0, size = 0;
	(void)unused;
	if (!buffer)
		abort();
	for (struct folder *folder; (folder = take()); free(folder))
		read_folder(folder->path, buffer, &entries, &size);
	pthread_mutex_lock(&work.lock);
	work.entries += entries;
	work.size += size;
	pthread_mutex_unlock(&work.lock);
	free(buffer);
	return NULL;
}

int main(int argc, char *argv[])
{
	pthread_t threads[MOST_THREADS];
	size_t count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	if (count == 0 || count > MOST_THREADS) {
		fprintf(stderr, "usage: statx_walk DIRECTORY THREADS (1 to %d)\n", MOST_THREADS);
		return 2;
	}
	add(argv[1], "");
	work.walking = count;
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, walk, NULL) != 0)
			abort();
	for (size_t i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%llu entries, %llu bytes\n", (unsigned long long)work.entries,
	       (unsigned long long)work.size);
	return 0;
}
