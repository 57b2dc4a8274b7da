/* The process driver: what runs here and what it listens on, from /proc alone. Nothing is attached
 * to, signalled or asked. */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/access.h"
#include "drivers/process_text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SOCKETS = 4096,
	LISTED = 512,
	LISTENS = 64, /* sockets of one process */
	ADDRESSES = 64,
	FILE_BYTES = 16 * 1024,
	LINE_BYTES = 1024,
	PATH_SHOWN = 256,
	TEXT_BYTES =
		512 * 1024, /* of all that is listed, so that it fits into a line of evidence */
};

/* One question on its way to the answer. */
struct census {
	struct pf_arena *arena;
	const struct pf_ask_process *ask;
	int64_t started_us, deadline_us;
	struct pf_socket *sockets; /* by inode, once sorted */
	bool *owned;
	size_t socket_count;
	long first_passing, last_passing; /* ports that clients are given (ip_local_port_range) */
	char network[64];                 /* our network name space; "": not known */
	long last_capability;
	struct pf_process *listed;
	size_t listed_count, room, bytes;
	int64_t running;
	struct pf_words addresses;   /* of our interfaces */
	bool late, overfull, hidden; /* hidden: other users' processes may not be seen at all */
};

/* The one way out. Facts are kept only with outcomes that may carry them. */
static struct pf_answer end(const struct census *census, enum pf_outcome outcome,
                            const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_process,
		.outcome = outcome,
		.detail = pf_escape_again(census->arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - census->started_us,
	};
	if (outcome != PF_answered && outcome != PF_partial)
		return answer;
	answer.process.addresses = census->addresses;
	answer.process.running = census->running;
	answer.process.listening = (int64_t)census->socket_count;
	for (size_t i = 0; i < census->socket_count; i++)
		answer.process.ownerless += !census->owned[i];
	answer.process.processes = (struct pf_processes){census->listed, census->listed_count};
	return answer;
}

/* ---- files of /proc ---- */

/* The first bytes of a file, with a NUL behind; false: it cannot be read. */
static bool read_file(const char *path, char *bytes, size_t size, size_t *count)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	*count = fread(bytes, 1, size - 1, file);
	bytes[*count] = '\0';
	bool read = !ferror(file);
	fclose(file);
	return read;
}

/* What a link of /proc says; NULL: it may not be read. */
static const char *link_text(char *text, size_t size, const char *path)
{
	ssize_t length = readlink(path, text, size - 1);
	if (length < 0)
		return NULL;
	text[length] = '\0';
	return text;
}

static const char *link_shown(struct pf_arena *arena, long pid, const char *name)
{
	char path[64], text[PATH_MAX];
	snprintf(path, sizeof path, "/proc/%ld/%s", pid, name);
	return link_text(text, sizeof text, path) ? pf_escape_text(arena, text, PATH_SHOWN) : NULL;
}

/* The first one or two numbers of a file; what cannot be read stays as it was. */
static void numbers_in(const char *path, long *first, long *second)
{
	char text[LINE_BYTES];
	size_t count;
	if (read_file(path, text, sizeof text, &count))
		(void)!sscanf(text, "%ld %ld", first, second);
}

/* ---- sockets ---- */

/* A client's socket for datagrams is unconnected too: one on a port that clients are given is taken
 * for that. */
static bool is_passing(const struct census *census, enum pf_socket_table table,
                       const struct pf_socket *socket)
{
	return (table == PF_TABLE_UDP || table == PF_TABLE_UDP6) &&
	       socket->port >= census->first_passing && socket->port <= census->last_passing;
}

static bool read_table(struct census *census, enum pf_socket_table table, const char *path)
{
	char line[LINE_BYTES];
	struct pf_socket socket;
	FILE *file = fopen(path, "re");
	if (!file)
		return errno == ENOENT; /* a kernel without IPv6 has no such table */
	while (fgets(line, sizeof line, file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!pf_socket_read(census->arena, table, line, &socket) ||
		    is_passing(census, table, &socket))
			continue;
		if (census->socket_count == SOCKETS)
			census->overfull = true;
		else
			census->sockets[census->socket_count++] = socket;
	}
	bool read = !ferror(file);
	fclose(file);
	return read;
}

static int by_inode(const void *left, const void *right)
{
	const struct pf_socket *a = left, *b = right;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

static bool read_tables(struct census *census)
{
	static const char *const paths[] = {
		[PF_TABLE_TCP] = "/proc/self/net/tcp",   [PF_TABLE_TCP6] = "/proc/self/net/tcp6",
		[PF_TABLE_UDP] = "/proc/self/net/udp",   [PF_TABLE_UDP6] = "/proc/self/net/udp6",
		[PF_TABLE_UNIX] = "/proc/self/net/unix",
	};
	census->sockets = pf_arena_array(census->arena, SOCKETS, sizeof *census->sockets);
	census->owned = pf_arena_array(census->arena, SOCKETS, sizeof *census->owned);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (!read_table(census, (enum pf_socket_table)i, paths[i]))
			return false;
	qsort(census->sockets, census->socket_count, sizeof *census->sockets, by_inode);
	return true;
}

/* ---- processes ---- */

/* The listening sockets among a process's descriptors. */
static struct pf_words listens_of(struct census *census, long pid)
{
	const char *words[LISTENS];
	size_t count = 0;
	char path[64], text[64];
	snprintf(path, sizeof path, "/proc/%ld/fd", pid);
	DIR *listing = opendir(path);
	for (struct dirent *entry; listing && count < LISTENS && (entry = readdir(listing));) {
		unsigned long long inode;
		snprintf(path, sizeof path, "/proc/%ld/fd/%.16s", pid, entry->d_name);
		if (!link_text(text, sizeof text, path) ||
		    sscanf(text, "socket:[%llu]", &inode) != 1)
			continue;
		struct pf_socket wanted = {.inode = inode};
		const struct pf_socket *found =
			bsearch(&wanted, census->sockets, census->socket_count,
		                sizeof *census->sockets, by_inode);
		if (!found)
			continue;
		census->owned[found - census->sockets] = true;
		words[count++] = found->words;
	}
	if (listing)
		closedir(listing);
	return pf_arena_words(census->arena, count, words);
}

static bool is_elsewhere(const struct census *census, long pid)
{
	char path[64], text[64];
	snprintf(path, sizeof path, "/proc/%ld/ns/net", pid);
	return *census->network && link_text(text, sizeof text, path) &&
	       strcmp(text, census->network) != 0;
}

static size_t words_bytes(struct pf_words words)
{
	size_t bytes = 0;
	for (size_t i = 0; i < words.count; i++)
		bytes += strlen(words.at[i]) + 4;
	return bytes;
}

static void list(struct census *census, struct pf_process process)
{
	size_t bytes = 256 + words_bytes(process.command) + words_bytes(process.listens) +
	               words_bytes(process.capabilities) +
	               (process.program ? strlen(process.program) : 0) +
	               (process.directory ? strlen(process.directory) : 0);
	if (census->listed_count == LISTED || census->bytes + bytes > TEXT_BYTES) {
		census->overfull = true;
		return;
	}
	census->bytes += bytes;
	census->listed = pf_arena_grow(census->arena, census->listed, census->listed_count,
	                               &census->room, sizeof *census->listed);
	census->listed[census->listed_count++] = process;
}

/* Lists the process if it belongs to this pass: those that listen, then those that do not. One that
 * ended meanwhile is no process. */
static void look_at(struct census *census, long pid, bool quiet)
{
	struct pf_arena *arena = census->arena;
	char path[64], text[FILE_BYTES];
	struct pf_status_text status;
	size_t count;
	snprintf(path, sizeof path, "/proc/%ld/status", pid);
	if (!read_file(path, text, sizeof text, &count) || !pf_status_read(text, &status) ||
	    !status.has_memory || is_elsewhere(census, pid))
		return;
	struct pf_words listens = listens_of(census, pid);
	census->running += !quiet;
	if ((listens.count == 0) != quiet)
		return;
	snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
	if (!read_file(path, text, sizeof text, &count))
		count = 0;
	list(census, (struct pf_process){
			     .pid = pid,
			     .parent = status.parent,
			     .uid = status.uid,
			     .user = pf_owner_name(arena, (uid_t)status.uid),
			     .name = pf_escape_text(arena, status.name, sizeof status.name),
			     .program = link_shown(arena, pid, "exe"),
			     .directory = link_shown(arena, pid, "cwd"),
			     .command = pf_command_words(arena, text, count),
			     .capabilities = pf_capability_words(arena, status.capabilities,
	                                                         (int)census->last_capability),
			     .listens = listens,
		     });
}

static int by_number(const void *left, const void *right)
{
	long a = *(const long *)left, b = *(const long *)right;
	return a < b ? -1 : a > b;
}

/* Every pid there is now, in order; false: /proc cannot be read. */
static bool pids_of(struct census *census, long **pids, size_t *count)
{
	size_t room = 0;
	DIR *listing = opendir("/proc");
	*pids = NULL;
	*count = 0;
	if (!listing)
		return false;
	for (struct dirent *entry; (entry = readdir(listing));) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		*pids = pf_arena_grow(census->arena, *pids, *count, &room, sizeof **pids);
		(*pids)[(*count)++] = strtol(entry->d_name, NULL, 10);
	}
	closedir(listing);
	if (*count)
		qsort(*pids, *count, sizeof **pids, by_number);
	return *count > 0;
}

static void pass(struct census *census, const long *pids, size_t count, bool quiet)
{
	for (size_t i = 0; i < count && !census->late; i++) {
		look_at(census, pids[i], quiet);
		census->late = pf_now_us() >= census->deadline_us;
	}
}

/* The sockets that no process was seen to hold. */
static void list_ownerless(struct census *census)
{
	for (size_t i = 0; i < census->socket_count; i++) {
		const struct pf_socket *socket = &census->sockets[i];
		if (census->owned[i])
			continue;
		list(census, (struct pf_process){
				     .uid = socket->uid,
				     .user = pf_owner_name(census->arena, (uid_t)socket->uid),
				     .listens = pf_arena_words(census->arena, 1, &socket->words),
			     });
	}
}

/* With hidepid (proc(5)) the processes of others are not there for us, the first one of all. */
static bool others_are_hidden(void)
{
	struct stat seen;
	char text[FILE_BYTES];
	size_t count;
	return geteuid() != 0 && (stat("/proc/1", &seen) != 0 ||
	                          !read_file("/proc/1/status", text, sizeof text, &count));
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static struct pf_words own_addresses(struct pf_arena *arena)
{
	const char *words[ADDRESSES];
	size_t count = 0;
	struct ifaddrs *all = NULL;
	if (getifaddrs(&all) != 0)
		return (struct pf_words){0};
	for (struct ifaddrs *at = all; at && count < ADDRESSES; at = at->ifa_next) {
		char text[INET6_ADDRSTRLEN];
		if (!at->ifa_addr)
			continue;
		const void *bytes = NULL;
		if (at->ifa_addr->sa_family == AF_INET)
			bytes = &((struct sockaddr_in *)(void *)at->ifa_addr)->sin_addr;
		else if (at->ifa_addr->sa_family == AF_INET6)
			bytes = &((struct sockaddr_in6 *)(void *)at->ifa_addr)->sin6_addr;
		if (bytes && inet_ntop(at->ifa_addr->sa_family, bytes, text, sizeof text))
			words[count++] = pf_arena_copy(arena, text);
	}
	freeifaddrs(all);
	if (count)
		qsort(words, count, sizeof *words, by_text);
	return pf_arena_words(arena, count, words);
}

static void look_around(struct census *census)
{
	long none;
	census->first_passing = 32768;
	census->last_passing = 60999;
	census->last_capability = 40;
	numbers_in("/proc/sys/net/ipv4/ip_local_port_range", &census->first_passing,
	           &census->last_passing);
	numbers_in("/proc/sys/kernel/cap_last_cap", &census->last_capability, &none);
	if (!link_text(census->network, sizeof census->network, "/proc/self/ns/net"))
		census->network[0] = '\0';
	census->hidden = others_are_hidden();
	census->addresses = own_addresses(census->arena);
}

struct pf_answer pf_process_answer(struct pf_arena *arena, const struct pf_ask_process *ask,
                                   int64_t deadline_us)
{
	struct census census = {
		.arena = arena, .ask = ask, .started_us = pf_now_us(), .deadline_us = deadline_us};
	long *pids;
	size_t count;
	look_around(&census);
	if (!read_tables(&census))
		return end(&census, PF_no_permission, "/proc/net cannot be read");
	if (!pids_of(&census, &pids, &count))
		return end(&census, PF_no_permission, "/proc cannot be read");
	pass(&census, pids, count, false);
	list_ownerless(&census);
	if (ask->all)
		pass(&census, pids, count, true);
	if (census.late)
		return end(&census, PF_deadline, "there are too many processes to look at in time");
	if (census.hidden)
		return end(&census, PF_partial, "/proc shows other users' processes to root alone");
	if (census.overfull)
		return end(&census, PF_partial, "more processes or sockets than are listed");
	return end(&census, PF_answered, NULL);
}
