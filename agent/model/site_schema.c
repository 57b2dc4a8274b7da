/* The tables of the site file. README, "Auditing a site", shows one. */
#include "model/site_schema.h"

#define END                                                                                        \
	{                                                                                          \
		NULL, NULL, PF_VALUE_TEXT, 0, false, NULL, NULL, 0                                 \
	}
#define KEY(key, TYPE, member, means)                                                              \
	{                                                                                          \
#key, means, PF_VALUE_##TYPE, offsetof(holder, member), false, NULL, NULL, 0       \
	}
#define NEEDED(key, TYPE, member, means)                                                           \
	{                                                                                          \
#key, means, PF_VALUE_##TYPE, offsetof(holder, member), true, NULL, NULL, 0        \
	}
#define TOOL(key, inner, means)                                                                    \
	{                                                                                          \
#key, means, PF_VALUE_TOOL, offsetof(holder, tool), false, NULL, #inner, 0         \
	}
#define BLOCK(key, member, block, means)                                                           \
	{                                                                                          \
#key, means, PF_VALUE_BLOCK, offsetof(holder, member), false, &block, NULL, 0      \
	}
#define NONE SIZE_MAX

static const struct pf_key vantage_keys[] = {
#define holder struct pf_vantage
	NEEDED(role, ROLE, role, "what kind of place it is: bastion, app, db, outside or backup"),
	KEY(ssh, SSH, ssh,
            "[user@]host, reached over OpenSSH, where postflight is installed too; without it, "
            "this machine"),
	KEY(ssh_config, PATH, ssh_config,
            "a file for ssh -F instead of the user's own configuration"),
	KEY(command, TEXT, command,
            "how postflight is started there, words parted by spaces (default: postflight)"),
	KEY(ports, PORTS, ports, "what this host offers to everybody on purpose, beside the site"),
	END,
#undef holder
};

static const struct pf_block vantage_block = {"a vantage",
                                              sizeof(struct pf_vantage),
                                              offsetof(struct pf_vantage, line),
                                              NONE,
                                              vantage_keys,
                                              NULL};

static const struct pf_key app_keys[] = {
#define holder struct pf_app
	NEEDED(on, VANTAGES, on, "the hosts that run Django"),
	KEY(project, PATH, project, "the directory that holds manage.py"),
	KEY(python, PATH, python,
            "the interpreter that the site runs with, usually of a virtual environment"),
	KEY(settings, TEXT, settings,
            "the settings module of production, as in shop.settings.production"),
	KEY(user, TEXT, user, "who runs the site's processes; manage.py is started as this user"),
	KEY(backend, BACKEND, backend,
            "where gunicorn, uvicorn or uWSGI listens: host:port, or the path of a socket"),
	KEY(env_file, PATH, env_file,
            "NAME=value lines that the settings need, as systemd's EnvironmentFile= has them"),
	KEY(fallback_max_age, DURATION, fallback_max_age,
            "how long a key may stay in SECRET_KEY_FALLBACKS (default: 30d)"),
	END,
#undef holder
};

static const struct pf_block app_block = {"app",
                                          sizeof(struct pf_app),
                                          offsetof(struct pf_app, line),
                                          offsetof(struct pf_app, declared),
                                          app_keys,
                                          NULL};

static const char *const password_keys[] = {"password_file", "password_env", "password_credential",
                                            "password_command", NULL};
static const struct pf_choice password_choice = {"the password comes from one place", false,
                                                 password_keys, NULL};

#define PASSWORD(what)                                                                             \
	KEY(password_file, PATH, password.file, "a private file that holds the " what),            \
		KEY(password_env, TEXT, password.environment,                                      \
	            "a variable of the environment that holds the " what),                         \
		KEY(password_credential, TEXT, password.credential,                                \
	            "a credential of systemd's (LoadCredential=) that holds the " what),           \
		KEY(password_command, ARGV, password.command,                                      \
	            "a command, as a list of words, that prints the " what)

#define SERVICE(TYPE, schemes)                                                                     \
	NEEDED(name, TEXT, name, "what it is called in reports and by backups"),                   \
		NEEDED(url, TYPE, url, schemes),                                                   \
		KEY(username, TEXT, username,                                                      \
	            "who the site logs in as, where the url does not say"),                        \
		PASSWORD("password"),                                                              \
		KEY(allow_from, CLIENTS, allow_from,                                               \
	            "vantages or roles that must get in; all others must not (default: the hosts " \
	            "that run Django)"),                                                           \
		END

#define holder struct pf_service
static const struct pf_key database_keys[] = {SERVICE(
	DATABASE, "where it is: postgresql://, mysql:// or sqlite:///, without a password")};
static const struct pf_key cache_keys[] = {
	SERVICE(CACHE, "where it is: redis://, rediss:// or memcached://, without a password")};
#undef holder

static const struct pf_block database_block = {
	"a database",  sizeof(struct pf_service), offsetof(struct pf_service, line), NONE,
	database_keys, &password_choice};
static const struct pf_block cache_block = {
	"a cache",  sizeof(struct pf_service), offsetof(struct pf_service, line), NONE,
	cache_keys, &password_choice};

static const struct pf_key directory_keys[] = {
#define holder struct pf_directory
	NEEDED(on, VANTAGES, on, "the hosts that hold it"),
	NEEDED(root, PATH, root, "where it lies there: STATIC_ROOT or MEDIA_ROOT"),
	KEY(url, LOCATION, url, "where it is served: STATIC_URL or MEDIA_URL"),
	KEY(owner, TEXT, owner, "who may write to it"),
	KEY(web_user, TEXT, web_user, "who the web server's processes run as"),
	END,
#undef holder
};

static const struct pf_block static_block = {"static",
                                             sizeof(struct pf_directory),
                                             offsetof(struct pf_directory, line),
                                             offsetof(struct pf_directory, declared),
                                             directory_keys,
                                             NULL};
static const struct pf_block media_block = {"media",
                                            sizeof(struct pf_directory),
                                            offsetof(struct pf_directory, line),
                                            offsetof(struct pf_directory, declared),
                                            directory_keys,
                                            NULL};

static const struct pf_key logs_keys[] = {
#define holder struct pf_logs
	NEEDED(on, VANTAGES, on, "the hosts that hold them"),
	KEY(files, PATTERNS, files, "the site's own log files"),
	KEY(journal, PATH, journal,
            "the directory of the journal, where the site logs to that instead of to files"),
	END,
#undef holder
};

static const char *const logged_to[] = {"files", "journal", NULL};
static const struct pf_choice log_choice = {"a log is in files or in a journal", true, logged_to,
                                            NULL};

static const struct pf_block logs_block = {"logs",
                                           sizeof(struct pf_logs),
                                           offsetof(struct pf_logs, line),
                                           offsetof(struct pf_logs, declared),
                                           logs_keys,
                                           &log_choice};

static const struct pf_key bucket_keys[] = {
#define holder struct pf_bucket
	NEEDED(bucket, TEXT, bucket, "the bucket's name"),
	KEY(prefix, TEXT, prefix, "how the keys of the copies begin (default: all of the bucket)"),
	KEY(endpoint, ENDPOINT, endpoint,
            "the store's URL (default: Amazon's, in that region); plain http:// for private "
            "addresses alone"),
	KEY(region, TEXT, region, "the region that requests are signed for (default: us-east-1)"),
	KEY(access_key, TEXT, access_key, "the name of a key that may list the bucket"),
	PASSWORD("secret key"),
	END,
#undef holder
};

static const struct pf_block bucket_block = {"s3",        sizeof(struct pf_bucket),
                                             NONE,        offsetof(struct pf_bucket, declared),
                                             bucket_keys, &password_choice};

static const struct pf_key backup_keys[] = {
#define holder struct pf_backup
	NEEDED(name, TEXT, name, "what it is called in reports"),
	NEEDED(of, BACKED_UP, of, "the name of a database, or media"),
	NEEDED(on, VANTAGES, on, "the host that holds it"),
	KEY(files, PATTERNS, files, "the backup's files, one a generation"),
	TOOL(pgbackrest, stanza, "kept by pgBackRest, under this stanza"),
	TOOL(restic, repo, "kept by restic, in this repository"),
	TOOL(borg, repo, "kept by BorgBackup, in this repository"),
	TOOL(barman, server, "kept by Barman, for this server"),
	BLOCK(s3, s3, bucket_block, "kept in this bucket of an object store"),
	KEY(max_age, DURATION, max_age, "how old the newest may be (default: 26h)"),
	KEY(keep, COUNT, keep, "how many generations there must be"),
	KEY(restore_into, RESTORE, restore_into,
            "a server where a throw-away database may be made, to try the backup"),
	KEY(drill_max_age, DURATION, drill_max_age,
            "how long ago a restore may have been tried last"),
	KEY(user, TEXT, user,
            "who runs the tool there (default: postgres for pgBackRest, barman for Barman)"),
	KEY(password_file, PATH, password_file,
            "a file there with the repository's password, for the tool alone (restic, borg)"),
	KEY(config, PATH, config, "the tool's configuration there (pgBackRest, Barman)"),
	KEY(program, PATH, program, "the tool itself there (default: /usr/bin/ and its name)"),
	KEY(select, TEXT, select,
            "which of several in one repository: a tag (restic), a pattern of names (borg)"),
	END,
#undef holder
};

static const char *const kept_in[] = {"files",  "pgbackrest", "restic", "borg",
                                      "barman", "s3",         NULL};
static const char *const tools[] = {"pgbackrest", "restic", "borg", "barman", NULL};
static const char *const configured[] = {"pgbackrest", "barman", NULL};
static const char *const several[] = {"restic", "borg", NULL};
static const struct pf_companion backup_companions[] = {
	{"user", tools},     {"program", tools}, {"config", configured}, {"password_file", several},
	{"select", several}, {NULL, NULL},
};
static const struct pf_choice kept_choice = {"a backup is kept in one place", true, kept_in,
                                             backup_companions};

static const struct pf_block backup_block = {
	"a backup",  sizeof(struct pf_backup), offsetof(struct pf_backup, line), NONE, backup_keys,
	&kept_choice};

static const struct pf_key waiver_keys[] = {
#define holder struct pf_waiver
	NEEDED(check, TEXT, check, "the check's id; it may end in *"),
	KEY(subject, TEXT, subject, "what the finding is about; it may hold * (default: anything)"),
	NEEDED(reason, TEXT, reason, "why this is as it should be"),
	NEEDED(owner, TEXT, owner, "who answers for it"),
	NEEDED(expires, DATE, expires_on, "the last day that it holds, in UTC"),
	END,
#undef holder
};

static const struct pf_block waiver_block = {
	"a waiver", sizeof(struct pf_waiver), offsetof(struct pf_waiver, line), NONE, waiver_keys,
	NULL};

#define BLOCKS(key, TYPE, member, number, block, means)                                            \
	{                                                                                          \
#key, means, PF_VALUE_##TYPE, offsetof(holder, member), false, &block, NULL,       \
			offsetof(holder, number)                                                   \
	}

static const struct pf_key site_keys[] = {
#define holder struct pf_site
	KEY(site, TEXT, name, "its name in reports and in the history (default: the url's host)"),
	NEEDED(url, WEB_URL, url, "where the site is; all that is needed"),
	KEY(http_port, PORT, http_port, "where plain HTTP is expected (default: 80)"),
	KEY(hosts, HOSTS, hosts,
            "every host that it should answer for; .example.com stands for all names below"),
	KEY(addresses, ADDRESSES, addresses,
            "where to look for it (default: every address that the names resolve to)"),
	KEY(ca_file, PATH, ca_file,
            "certificates to trust, where no public authority has signed the site's"),
	KEY(login_path, LOCATION, login_path,
            "the page of the login form (default: LOGIN_URL, or the admin's)"),
	KEY(admin_path, LOCATION, admin_path, "where the admin is (default: /admin/)"),
	KEY(allow_writes, TRUTH, allow_writes,
            "consent to canary files and restore drills, as --allow-writes gives it"),
	KEY(history, HISTORY, history,
            "where earlier audits are kept (default: history.db in the state directory)"),
	BLOCKS(vantages, NAMED, vantages, vantage_count, vantage_block,
               "from where the site is looked at, by name (default: this machine alone, as "
               "bastion)"),
	BLOCK(app, app, app_block, "the hosts that run Django"),
	BLOCKS(databases, BLOCKS, databases, database_count, database_block, "each database"),
	BLOCKS(caches, BLOCKS, caches, cache_count, cache_block, "each cache"),
	BLOCK(static, static_files, static_block, "the static files"),
	BLOCK(media, media, media_block, "the uploaded files"),
	BLOCK(logs, logs, logs_block, "the log files"),
	BLOCKS(backups, BLOCKS, backups, backup_count, backup_block, "each set of backups"),
	BLOCKS(waivers, BLOCKS, waivers, waiver_count, waiver_block,
               "findings that are known, and wanted so for now"),
	END,
#undef holder
};

const struct pf_block pf_site_block = {
	"the site file", sizeof(struct pf_site), NONE, NONE, site_keys, NULL};

const char *pf_value_name(enum pf_value_type type)
{
	static const char *const names[] = {
		[PF_VALUE_TEXT] = "text",
		[PF_VALUE_DATABASE] = "URL of a database",
		[PF_VALUE_CACHE] = "URL of a cache",
		[PF_VALUE_RESTORE] = "URL of a database server",
		[PF_VALUE_ENDPOINT] = "URL without a path, https:// or http://",
		[PF_VALUE_WEB_URL] = "URL, https:// or http://",
		[PF_VALUE_PATH] = "absolute path",
		[PF_VALUE_HISTORY] = "absolute path, postgresql:// URL, or none",
		[PF_VALUE_LOCATION] = "path of a URL",
		[PF_VALUE_PATTERNS] = "absolute path or pattern, or a list of them",
		[PF_VALUE_HOSTS] = "list of host names",
		[PF_VALUE_ADDRESSES] = "list of addresses",
		[PF_VALUE_PORTS] = "port, or a list of them",
		[PF_VALUE_VANTAGES] = "name of a vantage, or a list of them",
		[PF_VALUE_CLIENTS] = "vantage or role, or a list of them",
		[PF_VALUE_BACKED_UP] = "name of a database, or media",
		[PF_VALUE_ARGV] = "list of words",
		[PF_VALUE_ROLE] = "bastion, app, db, outside or backup",
		[PF_VALUE_SSH] = "destination for ssh",
		[PF_VALUE_BACKEND] = "host:port, or absolute path",
		[PF_VALUE_PORT] = "port",
		[PF_VALUE_COUNT] = "number",
		[PF_VALUE_DURATION] = "time, as in 26h or 7d",
		[PF_VALUE_TRUTH] = "true or false",
		[PF_VALUE_DATE] = "day, as in 2027-03-01",
		[PF_VALUE_BLOCK] = "block",
		[PF_VALUE_BLOCKS] = "list of blocks",
		[PF_VALUE_NAMED] = "names, each with a block",
		[PF_VALUE_TOOL] = "block with one key",
	};
	return names[type];
}
