/* Passwords from where the site file says they are: a private file, the environment, a credential
 * of systemd's, or what a command prints. */
#include "run/credentials.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What is known of one service's password. */
struct known {
	const char *name;
	struct pf_secret *secret;
	const char *problem;
};

struct pf_credentials {
	struct pf_arena *arena;
	const struct pf_site *site;
	struct known *known;
	size_t count, room;
};

void pf_credentials_free(struct pf_credentials *credentials)
{
	for (size_t i = 0; i < credentials->count; i++)
		pf_secret_free(credentials->known[i].secret);
	credentials->count = 0;
}

const char *pf_credentials_wanted(const struct pf_question *question)
{
	switch (question->kind) {
	case PF_KIND_redis:
		return question->redis.credentials;
	case PF_KIND_sql:
		return question->sql.credentials;
	case PF_KIND_s3:
		return question->s3.credentials;
	default:
		return NULL;
	}
}

static const struct pf_service *service_named(const struct pf_service *services, size_t count,
                                              const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(services[i].name, name) == 0)
			return &services[i];
	return NULL;
}

static const struct pf_backup *backup_named(const struct pf_site *site, const char *name)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (strcmp(site->backups[i].name, name) == 0)
			return &site->backups[i];
	return NULL;
}

/* Where the password of that name is kept; NULL: the site file has nothing of that name. */
static const struct pf_password_source *find_source(const struct pf_site *site, const char *name)
{
	const struct pf_service *service = NULL;
	const struct pf_backup *set = NULL;
	if (strncmp(name, "databases/", strlen("databases/")) == 0)
		service = service_named(site->databases, site->database_count,
		                        name + strlen("databases/"));
	if (strncmp(name, "caches/", strlen("caches/")) == 0)
		service = service_named(site->caches, site->cache_count, name + strlen("caches/"));
	if (strncmp(name, "backups/", strlen("backups/")) == 0)
		set = backup_named(site, name + strlen("backups/"));
	return service ? &service->password : set ? &set->s3.password : NULL;
}

/* ---- what a command prints ---- */

/* Its standard input and error are /dev/null: it must not ask, and its words are not ours to show.
 * A group of its own, so that all of it can be ended. */
static pid_t start(char *const argv[], int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	pid_t pid = -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	errno = posix_spawnp(&pid, argv[0], &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return errno ? -1 : pid;
}

/* Everything until its end, as much as fits; false: it did not end in time. */
static bool read_out(int fd, char *bytes, size_t room, size_t *count)
{
	int64_t until = pf_now_us() + PF_PASSWORD_US;
	struct pollfd polled = {.fd = fd, .events = POLLIN};
	*count = 0;
	while (*count < room) {
		int ready = poll(&polled, 1, pf_until_ms(until));
		if (ready == 0)
			return false;
		ssize_t got = ready > 0 ? read(fd, bytes + *count, room - *count) : -1;
		if (got == 0)
			return true;
		if (got < 0 && errno != EINTR)
			return false;
		*count += got > 0 ? (size_t)got : 0;
	}
	return true;
}

static struct pf_secret *ask_command(struct pf_arena *arena, struct pf_words command,
                                     const char **problem)
{
	const char **argv = pf_arena_array(arena, command.count + 1, sizeof *argv);
	char bytes[PF_SECRET_BYTES + 2];
	size_t count = 0;
	int ends[2], status = -1;
	memcpy(argv, command.at, command.count * sizeof *argv);
	*problem = "password_command cannot be started";
	if (pipe2(ends, O_CLOEXEC) != 0)
		return NULL;
	pid_t pid = start((char *const *)argv, ends[1]);
	close(ends[1]);
	bool ended = pid > 0 && read_out(ends[0], bytes, sizeof bytes, &count);
	close(ends[0]);
	if (pid > 0) {
		if (!ended)
			kill(-pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		*problem =
			!ended ? "password_command did not end in time" : "password_command failed";
	}
	struct pf_secret *secret = NULL;
	if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		secret = pf_password_of(bytes, count);
		*problem = secret ? NULL : "password_command printed no password";
	}
	explicit_bzero(bytes, sizeof bytes);
	return secret;
}

/* ---- any source ---- */

static struct pf_secret *obtain(struct pf_arena *arena, const struct pf_password_source *source,
                                const char **problem)
{
	*problem = "the site file does not say where its password is";
	if (source->file)
		return pf_password_from_file(source->file, problem);
	if (source->environment)
		return pf_password_from_environment(source->environment, problem);
	if (source->credential)
		return pf_password_from_credential(source->credential, problem);
	return source->command.count ? ask_command(arena, source->command, problem) : NULL;
}

static void remember(struct pf_credentials *credentials, struct known known)
{
	credentials->known =
		pf_arena_grow(credentials->arena, credentials->known, credentials->count,
	                      &credentials->room, sizeof *credentials->known);
	credentials->known[credentials->count++] = known;
}

const struct pf_secret *pf_credentials_of(struct pf_credentials *credentials, const char *name,
                                          const char **problem)
{
	for (size_t i = 0; i < credentials->count; i++)
		if (strcmp(credentials->known[i].name, name) == 0) {
			*problem = credentials->known[i].problem;
			return credentials->known[i].secret;
		}
	const struct pf_password_source *source = find_source(credentials->site, name);
	struct known known = {.name = pf_arena_copy(credentials->arena, name),
	                      .problem = "the site file has no such service"};
	if (source)
		known.secret = obtain(credentials->arena, source, &known.problem);
	remember(credentials, known);
	*problem = known.problem;
	return known.secret;
}

static void read_environment(struct pf_credentials *credentials, const char *block, size_t count,
                             const struct pf_service *services)
{
	const char *problem;
	for (size_t i = 0; i < count; i++)
		if (services[i].password.environment)
			pf_credentials_of(credentials,
			                  pf_arena_print(credentials->arena, "%s/%s", block,
			                                 services[i].name),
			                  &problem);
}

static void read_backups(struct pf_credentials *credentials)
{
	const struct pf_site *site = credentials->site;
	const char *problem;
	for (size_t i = 0; i < site->backup_count; i++)
		if (site->backups[i].s3.password.environment)
			pf_credentials_of(credentials,
			                  pf_arena_print(credentials->arena, "backups/%s",
			                                 site->backups[i].name),
			                  &problem);
}

static void empty_environment(size_t count, const struct pf_service *services)
{
	for (size_t i = 0; i < count; i++)
		if (services[i].password.environment)
			unsetenv(services[i].password.environment);
}

struct pf_credentials *pf_credentials_new(struct pf_arena *arena, const struct pf_site *site)
{
	struct pf_credentials *credentials = pf_arena_take(arena, sizeof *credentials);
	*credentials = (struct pf_credentials){.arena = arena, .site = site};
	read_environment(credentials, "databases", site->database_count, site->databases);
	read_environment(credentials, "caches", site->cache_count, site->caches);
	read_backups(credentials);
	/* Only now: two services may share a variable. */
	empty_environment(site->database_count, site->databases);
	empty_environment(site->cache_count, site->caches);
	for (size_t i = 0; i < site->backup_count; i++)
		if (site->backups[i].s3.password.environment)
			unsetenv(site->backups[i].s3.password.environment);
	return credentials;
}
