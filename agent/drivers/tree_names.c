/* Names of entries, told apart by their ends. */
#include "drivers/tree_names.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { KEY_BYTES = 16 * 1024 };

static const char *const secret_directories[] = {".git", ".svn", ".hg",    ".bzr",
                                                 ".ssh", ".aws", ".gnupg", NULL};
static const char *const secret_names[] = {
	".git",   ".env",       ".pgpass",     ".my.cnf",      ".netrc",           ".htpasswd",
	"id_rsa", "id_dsa",     "id_ecdsa",    "id_ed25519",   ".git-credentials", "secret_key",
	"shadow", "secret.txt", "secrets.yml", "secrets.yaml", "secrets.json",     NULL};
static const char *const secret_ends[] = {".sql",     ".sql.gz", ".sql.bz2", ".sql.xz", ".sql.zst",
                                          ".dump",    ".dmp",    ".pgdump",  ".sqlite", ".sqlite3",
                                          ".rdb",     ".kdbx",   ".ppk",     ".env",    ".sql.zip",
                                          ".dump.gz", NULL};
static const char *const key_ends[] = {".key", ".pem", ".p12", ".pfx", ".jks", ".keystore", NULL};
static const char *const examples_of_env[] = {".env.example", ".env.sample", ".env.template",
                                              ".env.dist", NULL};
static const char *const source_names[] = {"requirements.txt",
                                           "pyproject.toml",
                                           "Pipfile",
                                           "Pipfile.lock",
                                           "poetry.lock",
                                           "Dockerfile",
                                           "docker-compose.yml",
                                           "docker-compose.yaml",
                                           "compose.yaml",
                                           "uwsgi.ini",
                                           NULL};
static const char *const source_ends[] = {".py", ".pyc", ".pyo", ".pyx", NULL};
static const char *const code_ends[] = {".py", ".pyc", ".so", ".pth", NULL};
static const char *const hazard_ends[] = {
	".php",  ".phtml", ".php3",  ".php4",  ".php5",     ".php7",     ".php8",
	".phar", ".phps",  ".pht",   ".shtml", ".shtm",     ".stm",      ".cgi",
	".pl",   ".jsp",   ".jspx",  ".asp",   ".aspx",     ".svg",      ".svgz",
	".html", ".htm",   ".xhtml", ".xht",   ".htaccess", ".user.ini", NULL};

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/* `at`: the first character that tells most of the list apart. Looked at first, since a walk asks
 * this many times of every file. */
static bool is_listed(const char *name, size_t at, const char *const list[])
{
	char letter = lower(name[at]);
	for (; *list; list++)
		if (lower((*list)[at]) == letter && strcasecmp(name, *list) == 0)
			return true;
	return false;
}

static bool is_one_of(const char *name, const char *const list[])
{
	return is_listed(name, 0, list);
}

/* Every end in a list begins with a dot. */
static bool ends_with_one_of(const char *name, const char *const list[])
{
	for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.'))
		if (is_listed(dot, 1, list))
			return true;
	return false;
}

static bool is_env(const char *name)
{
	return strncasecmp(name, ".env.", 5) == 0 && !is_one_of(name, examples_of_env);
}

static bool is_plain(const char *name)
{
	return strpbrk(name, ".") == NULL && !is_one_of(name, secret_names) &&
	       !is_one_of(name, source_names);
}

enum pf_name_kind pf_name_kind(const char *name, bool directory, uint64_t size)
{
	if (directory)
		return is_one_of(name, secret_directories) ? PF_NAME_SECRET : PF_NAME_PLAIN;
	if (is_plain(name))
		return PF_NAME_PLAIN;
	if (is_one_of(name, secret_names) || is_env(name) || ends_with_one_of(name, secret_ends) ||
	    (size <= KEY_BYTES && ends_with_one_of(name, key_ends)))
		return PF_NAME_SECRET;
	if (is_one_of(name, source_names) || ends_with_one_of(name, source_ends))
		return PF_NAME_SOURCE;
	return ends_with_one_of(name, hazard_ends) ? PF_NAME_HAZARD : PF_NAME_PLAIN;
}

bool pf_name_is_code(const char *name)
{
	return ends_with_one_of(name, code_ends);
}
