/* Where copies are, by what repositories are called and what file systems are below them. */
#include "place_reader.h"

#include "tool_reader.h"

#include <string.h>

enum { HOST = 128, SHOWN = 200 };

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

bool pf_is_own_name(const char *host)
{
	return strcmp(host, "localhost") == 0 || starts(host, "127.") || strcmp(host, "::1") == 0 ||
	       strcmp(host, "[::1]") == 0;
}

/* The host in "[user@]host[:port][/...]", also in brackets. */
static void copy_host(const char *at, char *host, size_t room)
{
	const char *user = memchr(at, '@', strcspn(at, "/"));
	at = user ? user + 1 : at;
	bool in_brackets = *at == '[';
	at += in_brackets;
	size_t length = strcspn(at, in_brackets ? "]" : ":/");
	length = length < room ? length : room - 1;
	memcpy(host, at, length);
	host[length] = '\0';
}

enum pf_where pf_repository_place(const char *repository, char *host, size_t room)
{
	static const char *const with_host[] = {"sftp://", "sftp:", "ssh://", "rest:http://",
	                                        "rest:https://"};
	static const char *const objects[] = {"s3:", "b2:", "azure:", "gs:", "swift:"};
	host[0] = '\0';
	if (starts(repository, "file://") || *repository == '/')
		return PF_WHERE_HERE;
	for (size_t i = 0; i < PF_COUNT(objects); i++)
		if (starts(repository, objects[i]))
			return PF_WHERE_AWAY;
	/* It may lead anywhere, to a disk of this machine too. */
	if (starts(repository, "rclone:"))
		return PF_WHERE_UNKNOWN;
	const char *at = NULL;
	for (size_t i = 0; i < PF_COUNT(with_host) && !at; i++)
		if (starts(repository, with_host[i]))
			at = repository + strlen(with_host[i]);
	/* As scp has it: user@host:path. */
	if (!at && strchr(repository, ':') && strcspn(repository, ":") < strcspn(repository, "/"))
		at = repository;
	if (!at)
		return PF_WHERE_UNKNOWN;
	copy_host(at, host, room);
	return pf_is_own_name(host) ? PF_WHERE_HERE : PF_WHERE_AWAY;
}

/* The directory above the first wildcard. */
static const char *directory_of(struct pf_asking *asking, const char *pattern)
{
	size_t length = strcspn(pattern, "*?[\\");
	while (length > 1 && pattern[length - 1] != '/')
		length--;
	return pf_word(asking, "%.*s", (int)(length > 1 ? length - 1 : 1), pattern);
}

/* What stat(1) calls the file systems that are another machine's disks. */
static bool is_network(const char *type)
{
	static const char *const types[] = {"nfs",  "nfsd", "cifs", "smb",       "smb2",
	                                    "afs",  "ceph", "v9fs", "glusterfs", "lustre",
	                                    "gpfs", "coda", "ncp",  "novell"};
	size_t length = strcspn(type, "\\");
	for (size_t i = 0; i < PF_COUNT(types); i++)
		if (strlen(types[i]) == length && strncmp(types[i], type, length) == 0)
			return true;
	return false;
}

static bool ask_mount(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                      const char *path, struct pf_whereabouts *found)
{
	const char *const argv[] = {"/usr/bin/stat", "--file-system", "--format=%T", path};
	const char *tag = pf_word(asking, "mount %s", set->name);
	pf_ask(asking, tag, subject,
	       (struct pf_question){.kind = PF_KIND_exec,
	                            .exec = {.argv = pf_list(asking, PF_COUNT(argv), argv)}});
	const struct pf_answer *answer = pf_asked(asking, tag, subject);
	if (!answer)
		return false;
	*found = (struct pf_whereabouts){PF_WHERE_UNKNOWN, "its file system is not known", NULL};
	if (answer->outcome != PF_answered || answer->exec.status != 0 || !answer->exec.output)
		return true;
	const char *type = answer->exec.output;
	/* FUSE may be sshfs or a local disk. */
	found->where = is_network(type)       ? PF_WHERE_AWAY
	               : starts(type, "fuse") ? PF_WHERE_UNKNOWN
	                                      : PF_WHERE_HERE;
	found->words = found->where == PF_WHERE_HERE
	                       ? "on a disk"
	                       : pf_word(asking, "on %.*s", (int)strcspn(type, "\\"), type);
	return true;
}

static bool ends(const char *text, size_t length, const char *with)
{
	size_t ending = strlen(with);
	return length >= ending && strncmp(text + length - ending, with, ending) == 0;
}

/* One line, "repo1-host = backup1", that ends at \n in its notation. */
static void read_repository(struct pf_asking *asking, const char *line, size_t length,
                            struct pf_whereabouts *found)
{
	const char *equals = memchr(line, '=', length);
	if (!equals)
		return;
	size_t key = (size_t)(equals - line);
	while (key && line[key - 1] == ' ')
		key--;
	const char *value = equals + 1 + strspn(equals + 1, " ");
	size_t rest = value < line + length ? (size_t)(line + length - value) : 0;
	const char *text = pf_word(asking, "%.*s", (int)(rest < HOST ? rest : HOST), value);
	bool is_host = ends(line, key, "-host") && !ends(line, key, "-storage-host");
	bool is_type = ends(line, key, "-type");
	if (!*text || (!is_host && !is_type) || (is_host && pf_is_own_name(text)) ||
	    (is_type && starts(text, "posix")))
		return;
	found->where = PF_WHERE_AWAY;
	found->words = pf_word(asking, "in a repository on %s", text);
	found->host = is_host ? text : NULL;
}

/* grep shows these lines of pgBackRest's configuration and no other, for there are keys in it. */
static void ask_lines(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                      const char *tag)
{
	static const char lines[] = "^[[:space:]]*repo[0-9]*-(host|type)[[:space:]]*=";
	const char *const argv[] = {"/bin/grep", "-rhsE", lines,
	                            set->config ? set->config : "/etc/pgbackrest.conf",
	                            "/etc/pgbackrest"};
	pf_ask(asking, tag, subject,
	       (struct pf_question){.kind = PF_KIND_exec,
	                            .exec = {.argv = pf_list(asking, set->config ? 4 : 5, argv),
	                                     .user = set->user ? set->user : "postgres"}});
}

static bool ask_repositories(struct pf_asking *asking, const struct pf_backup *set,
                             const char *subject, struct pf_whereabouts *found)
{
	const char *tag = pf_word(asking, "repositories %s", set->name);
	ask_lines(asking, set, subject, tag);
	const struct pf_answer *answer = pf_asked(asking, tag, subject);
	if (!answer)
		return false;
	*found = (struct pf_whereabouts){PF_WHERE_UNKNOWN, "its configuration was not seen", NULL};
	/* 1: there is no such line, so its repository is a local one. 2: one of the files is not
	 * there, as is usual. */
	const char *lines = answer->outcome == PF_answered ? answer->exec.output : NULL;
	if (!lines || (answer->exec.status != 1 && !*lines))
		return true;
	*found = (struct pf_whereabouts){PF_WHERE_HERE, "in a local repository", NULL};
	for (const char *at = lines; at && *at;) {
		const char *end = strstr(at, "\\n");
		read_repository(asking, at, end ? (size_t)(end - at) : strlen(at), found);
		at = end ? end + 2 : NULL;
	}
	return true;
}

static const char *repository_words(struct pf_asking *asking, const char *repository)
{
	return pf_word(asking, "in %.*s", (int)strnlen(repository, SHOWN), repository);
}

bool pf_whereabouts(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                    struct pf_whereabouts *found)
{
	const char *tool = set->tool;
	char host[HOST];
	if (!tool)
		return ask_mount(asking, set, subject, directory_of(asking, set->files.at[0]),
		                 found);
	if (strcmp(tool, "s3") == 0) {
		*found = (struct pf_whereabouts){PF_WHERE_AWAY, "in an object store", NULL};
		return true;
	}
	if (strcmp(tool, "pgbackrest") == 0)
		return ask_repositories(asking, set, subject, found);
	if (strcmp(tool, "barman") == 0) {
		*found = (struct pf_whereabouts){PF_WHERE_HERE, "in Barman's own directory", NULL};
		return true;
	}
	enum pf_where where = pf_repository_place(set->tool_target, host, sizeof host);
	if (where == PF_WHERE_HERE && *set->tool_target == '/')
		return ask_mount(asking, set, subject, set->tool_target, found);
	*found = (struct pf_whereabouts){where, repository_words(asking, set->tool_target),
	                                 *host ? pf_word(asking, "%s", host) : NULL};
	return true;
}
