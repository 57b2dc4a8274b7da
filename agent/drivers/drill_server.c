/* Client programs of PostgreSQL: found, started as the right account, and listened to. */
#include "drivers/drill_server.h"

#include "base/text.h"
#include "model/site_file.h"
#include "postflight/site.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT = 256 * 1024, SHOWN = 200, WORDS = 24 };

/* ---- the URL ---- */

const char *pf_drill_decoded(struct pf_arena *arena, const char *text, size_t length)
{
	char *out = pf_arena_take(arena, length + 1), *to = out;
	for (size_t i = 0; i < length; i++) {
		if (text[i] != '%') {
			*to++ = text[i];
			continue;
		}
		char digits[3] = {0}, *end;
		if (i + 2 >= length)
			return NULL;
		memcpy(digits, text + i + 1, 2);
		*to = (char)strtol(digits, &end, 16);
		if (end != digits + 2 || !*to++)
			return NULL;
		i += 2;
	}
	return out;
}

static const char *quoted(struct pf_arena *arena, const char *value)
{
	char *out = pf_arena_take(arena, 2 * strlen(value) + 3), *to = out;
	*to++ = '\'';
	for (; *value; value++) {
		if (*value == '\'' || *value == '\\')
			*to++ = '\\';
		*to++ = *value;
	}
	*to = '\'';
	return out;
}

/* One NAME=value behind the question mark. Those that could lead elsewhere, or hold a secret, are
 * not taken. */
static bool take_parameter(struct pf_drill_server *server, const char *text, size_t length,
                           const char **problem)
{
	static const char *const further[] = {"sslmode", "sslrootcert", "connect_timeout",
	                                      "hostaddr"};
	const char *equals = memchr(text, '=', length);
	size_t name_length = equals ? (size_t)(equals - text) : length;
	const char *name = pf_arena_copy_bytes(server->arena, text, name_length);
	const char *value =
		equals ? pf_drill_decoded(server->arena, equals + 1, length - name_length - 1)
		       : NULL;
	*problem = pf_arena_print(server->arena, "restore_into has a parameter %s",
	                          pf_escape_text(server->arena, name, 40));
	if (!value)
		return false;
	if (strcmp(name, "host") == 0)
		server->host = value;
	else if (strcmp(name, "port") == 0)
		server->port = value;
	else if (strcmp(name, "user") == 0)
		server->user = value;
	else if (strcmp(name, "dbname") == 0)
		server->database = value;
	else if (pf_words_have((struct pf_words){further, 4}, name))
		server->more = pf_arena_print(server->arena, "%s %s=%s", server->more, name,
		                              quoted(server->arena, value));
	else
		return false;
	return true;
}

static bool take_url(struct pf_drill_server *server, const char *into, const char **problem)
{
	struct pf_arena *arena = server->arena;
	struct pf_url url;
	*problem = "restore_into is no postgresql:// URL";
	if (!pf_url_parse(arena, into, &url, problem) ||
	    (strcmp(url.scheme, "postgresql") != 0 && strcmp(url.scheme, "postgres") != 0))
		return false;
	size_t path = strcspn(url.path, "?");
	server->host = *url.host ? url.host : NULL;
	server->port = pf_arena_print(arena, "%lld", (long long)url.port);
	server->user = url.user ? pf_drill_decoded(arena, url.user, strlen(url.user)) : NULL;
	server->database = path > 1 ? pf_drill_decoded(arena, url.path + 1, path - 1) : NULL;
	for (const char *at = url.path + path; *at;) {
		size_t length = strcspn(++at, "&");
		if (!take_parameter(server, at, length, problem))
			return false;
		at += length;
	}
	if (!server->database)
		server->database = "postgres"; /* the one that is always there to ask in */
	return true;
}

/* ---- programs and account ---- */

static bool has_tools(struct pf_arena *arena, const char *directory)
{
	return access(pf_arena_print(arena, "%s/psql", directory), X_OK) == 0 &&
	       access(pf_arena_print(arena, "%s/pg_restore", directory), X_OK) == 0;
}

static int version_of(const char *path)
{
	const char *digits = strpbrk(path, "0123456789");
	return digits ? atoi(digits) : 0;
}

/* The newest of those that distributions keep out of PATH; a newer pg_restore reads older dumps. */
static const char *find_tools(struct pf_arena *arena)
{
	static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"};
	static const char *const plain[] = {"/usr/local/bin", "/usr/bin", "/usr/local/pgsql/bin"};
	const char *best = NULL;
	for (size_t i = 0; i < 2; i++) {
		glob_t found;
		if (glob(patterns[i], GLOB_NOSORT, NULL, &found) != 0)
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++)
			if (has_tools(arena, found.gl_pathv[j]) &&
			    (!best || version_of(found.gl_pathv[j]) > version_of(best)))
				best = pf_arena_copy(arena, found.gl_pathv[j]);
		globfree(&found);
	}
	for (size_t i = 0; !best && i < sizeof plain / sizeof *plain; i++)
		if (has_tools(arena, plain[i]))
			best = plain[i];
	return best;
}

bool pf_drill_choose_account(struct pf_drill_server *server, const char *otherwise,
                             const char **problem)
{
	struct pf_arena *arena = server->arena;
	server->account = (struct pf_user){.uid = geteuid(), .gid = getegid()};
	if (geteuid() != 0)
		return true;
	server->change_user = true;
	if (server->user && pf_user_find(arena, server->user, &server->account) &&
	    server->account.uid != 0)
		return true;
	*problem = "root runs no client of a database: name a user in restore_into that this host "
		   "has an account for";
	return otherwise && pf_user_find(arena, otherwise, &server->account) &&
	       server->account.uid != 0;
}

bool pf_drill_server_find(struct pf_arena *arena, const char *into, struct pf_drill_server *server,
                          const char **problem)
{
	*server = (struct pf_drill_server){.arena = arena, .more = ""};
	if (!take_url(server, into, problem))
		return false;
	server->tools = find_tools(arena);
	*problem = "psql and pg_restore are not installed here (package postgresql-client)";
	return server->tools && pf_drill_choose_account(server, "postgres", problem);
}

/* ---- asking ---- */

static const char *setting(struct pf_arena *arena, const char *name, const char *value)
{
	return value ? pf_arena_print(arena, " %s=%s", name, quoted(arena, value)) : "";
}

const char *pf_drill_conninfo(const struct pf_drill_server *server,
                              const struct pf_drill_login *login)
{
	struct pf_arena *arena = server->arena;
	return pf_arena_print(
		arena, "application_name='postflight'%s%s%s%s%s",
		setting(arena, "host", login->host ? login->host : server->host),
		setting(arena, "port", server->port),
		setting(arena, "user", login->user ? login->user : server->user),
		setting(arena, "dbname", login->database ? login->database : server->database),
		server->more);
}

struct pf_command_result pf_drill_tool(const struct pf_drill_server *server, const char *argv[],
                                       const char *password, int input, int64_t deadline_us)
{
	struct pf_arena *arena = server->arena;
	/* The password of a role that lives for seconds, to the tool alone: a file would have to be
	 * handed to its account, and stay when we do not. */
	char *environment[] = {(char *)"PATH=/usr/bin:/bin",
	                       (char *)"LANG=C.UTF-8",
	                       (char *)"LC_ALL=C.UTF-8",
	                       (char *)"PGCONNECT_TIMEOUT=5",
	                       (char *)"PSQLRC=/dev/null",
	                       (char *)"PSQL_HISTORY=/dev/null",
	                       (char *)"PGSYSCONFDIR=/dev/null",
	                       NULL,
	                       NULL};
	if (password)
		environment[7] = pf_arena_print(arena, "PGPASSWORD=%s", password);
	argv[0] = pf_arena_print(arena, "%s/%s", server->tools, argv[0]);
	const struct pf_command command = {
		.argv = (char *const *)argv,
		.environment = environment,
		.directory = "/",
		.change_user = server->change_user,
		.uid = server->account.uid,
		.gid = server->account.group_count ? server->account.gid
	                                           : (gid_t)server->account.uid,
		.groups = server->account.groups,
		.group_count = server->account.group_count,
		.input = input,
		.limit = OUTPUT,
		.deadline_us = deadline_us,
	};
	return pf_command_run(arena, &command);
}

int pf_drill_statements(const char *text)
{
	size_t count = strlen(text);
	int fd = memfd_create("statements", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, text, count) != (ssize_t)count) {
		close(fd);
		return -1;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

struct pf_command_result pf_drill_psql(const struct pf_drill_server *server,
                                       const struct pf_drill_login *login, const char *sql,
                                       int64_t deadline_us, const char **said)
{
	const char *argv[WORDS] = {"psql", "-X",
	                           "-w",   "-q",
	                           "-A",   "-t",
	                           "-F",   "\x1f",
	                           "-v",   "ON_ERROR_STOP=1",
	                           "-v",   "VERBOSITY=verbose",
	                           "-d",   pf_drill_conninfo(server, login),
	                           "-f",   "-"};
	struct pf_command_result result = {.hurdle = PF_NO_PROCESS};
	int input = pf_drill_statements(sql);
	if (input >= 0)
		result = pf_drill_tool(server, argv, login->password, input, deadline_us);
	if (input >= 0)
		close(input);
	bool well = result.hurdle == PF_STARTED && !result.late && WIFEXITED(result.status) &&
	            WEXITSTATUS(result.status) == 0;
	*said = well ? NULL : pf_drill_complaint(server->arena, &result);
	return result;
}

void pf_drill_split(char *line, char *fields[PF_DRILL_FIELDS])
{
	for (size_t i = 0; i < PF_DRILL_FIELDS; i++)
		fields[i] = line ? strsep(&line, "\x1f") : (char *)"";
}

/* Without what psql and pg_restore put before it. */
static const char *bare(const char *line)
{
	static const char *const before[] = {"pg_restore: ", "psql: ", "error: "};
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		if (strncmp(line, before[i], strlen(before[i])) == 0)
			line += strlen(before[i]);
	const char *error = strstr(line, "ERROR:  "), *fatal = strstr(line, "FATAL:  ");
	return error ? error + strlen("ERROR:  ") : fatal ? fatal + strlen("FATAL:  ") : line;
}

const char *pf_drill_complaint(struct pf_arena *arena, const struct pf_command_result *result)
{
	if (result->hurdle != PF_STARTED)
		return "the program cannot be started";
	if (result->late)
		return "it did not end in time";
	char *rest = pf_arena_copy_bytes(arena, result->errors.bytes, result->errors.count);
	const char *first = NULL, *error = NULL;
	for (char *line; (line = strsep(&rest, "\n"));) {
		if (!first && *line)
			first = line;
		if (!error && (strstr(line, "ERROR:  ") || strstr(line, "FATAL:  ") ||
		               strncmp(line, "ERROR ", strlen("ERROR ")) == 0))
			error = line;
	}
	const char *shown = error ? error : first;
	return shown ? pf_escape_text(arena, bare(shown), SHOWN) : "it failed without a word";
}

/* ---- versions ---- */

const char *pf_drill_psql_version(const struct pf_drill_server *server, int64_t deadline_us)
{
	const char *argv[] = {"psql", "--version", NULL};
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct pf_command_result result = pf_drill_tool(server, argv, NULL, nothing, deadline_us);
	close(nothing);
	return pf_arena_copy_bytes(server->arena, result.output.bytes, result.output.count);
}

bool pf_drill_psql_restricts(const char *version)
{
	static const int minors[][2] = {{13, 22}, {14, 19}, {15, 14}, {16, 10}, {17, 6}};
	int major = 0, minor = 0;
	if (sscanf(version, "psql (PostgreSQL) %d.%d", &major, &minor) < 1)
		return false;
	for (size_t i = 0; i < sizeof minors / sizeof *minors; i++)
		if (major == minors[i][0])
			return minor >= minors[i][1];
	return major > 17;
}
