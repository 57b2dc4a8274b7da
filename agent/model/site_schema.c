/* The tables of the site file. README, "Auditing a site", shows one. */
#include "model/site_schema.h"

#define END                                                                                        \
	{                                                                                          \
		NULL, PF_VALUE_TEXT, 0, false, NULL, NULL, 0                                       \
	}
#define KEY(key, TYPE, member)                                                                     \
	{                                                                                          \
#key, PF_VALUE_##TYPE, offsetof(holder, member), false, NULL, NULL, 0              \
	}
#define NEEDED(key, TYPE, member)                                                                  \
	{                                                                                          \
#key, PF_VALUE_##TYPE, offsetof(holder, member), true, NULL, NULL, 0               \
	}
#define TOOL(key, inner)                                                                           \
	{                                                                                          \
#key, PF_VALUE_TOOL, offsetof(holder, tool), false, NULL, #inner, 0                \
	}
#define NONE SIZE_MAX

static const struct pf_key vantage_keys[] = {
#define holder struct pf_vantage
	NEEDED(role, ROLE, role),    KEY(ssh, SSH, ssh),       KEY(ssh_config, PATH, ssh_config),
	KEY(command, TEXT, command), KEY(ports, PORTS, ports), END,
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
	NEEDED(on, VANTAGES, on),
	KEY(project, PATH, project),
	KEY(python, PATH, python),
	KEY(settings, TEXT, settings),
	KEY(user, TEXT, user),
	KEY(backend, BACKEND, backend),
	KEY(env_file, PATH, env_file),
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
                                                 password_keys};

#define SERVICE(TYPE)                                                                              \
	NEEDED(name, TEXT, name), NEEDED(url, TYPE, url), KEY(username, TEXT, username),           \
		KEY(password_file, PATH, password.file),                                           \
		KEY(password_env, TEXT, password.environment),                                     \
		KEY(password_credential, TEXT, password.credential),                               \
		KEY(password_command, ARGV, password.command),                                     \
		KEY(allow_from, CLIENTS, allow_from), END

#define holder struct pf_service
static const struct pf_key database_keys[] = {SERVICE(DATABASE)};
static const struct pf_key cache_keys[] = {SERVICE(CACHE)};
#undef holder

static const struct pf_block database_block = {
	"a database",  sizeof(struct pf_service), offsetof(struct pf_service, line), NONE,
	database_keys, &password_choice};
static const struct pf_block cache_block = {
	"a cache",  sizeof(struct pf_service), offsetof(struct pf_service, line), NONE,
	cache_keys, &password_choice};

static const struct pf_key directory_keys[] = {
#define holder struct pf_directory
	NEEDED(on, VANTAGES, on), NEEDED(root, PATH, root),      KEY(url, LOCATION, url),
	KEY(owner, TEXT, owner),  KEY(web_user, TEXT, web_user), END,
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
	NEEDED(on, VANTAGES, on),
	NEEDED(files, PATTERNS, files),
	END,
#undef holder
};

static const struct pf_block logs_block = {"logs",
                                           sizeof(struct pf_logs),
                                           offsetof(struct pf_logs, line),
                                           offsetof(struct pf_logs, declared),
                                           logs_keys,
                                           NULL};

static const struct pf_key backup_keys[] = {
#define holder struct pf_backup
	NEEDED(name, TEXT, name),
	NEEDED(of, BACKED_UP, of),
	NEEDED(on, VANTAGES, on),
	KEY(files, PATTERNS, files),
	TOOL(pgbackrest, stanza),
	TOOL(restic, repo),
	TOOL(borg, repo),
	TOOL(barman, server),
	TOOL(s3, bucket),
	KEY(max_age, DURATION, max_age),
	KEY(keep, COUNT, keep),
	KEY(restore_into, RESTORE, restore_into),
	KEY(drill_max_age, DURATION, drill_max_age),
	END,
#undef holder
};

static const char *const kept_in[] = {"files",  "pgbackrest", "restic", "borg",
                                      "barman", "s3",         NULL};
static const struct pf_choice kept_choice = {"a backup is kept in one place", true, kept_in};

static const struct pf_block backup_block = {
	"a backup",  sizeof(struct pf_backup), offsetof(struct pf_backup, line), NONE, backup_keys,
	&kept_choice};

static const struct pf_key waiver_keys[] = {
#define holder struct pf_waiver
	NEEDED(check, TEXT, check), KEY(subject, TEXT, subject),       NEEDED(reason, TEXT, reason),
	NEEDED(owner, TEXT, owner), NEEDED(expires, DATE, expires_on), END,
#undef holder
};

static const struct pf_block waiver_block = {
	"a waiver", sizeof(struct pf_waiver), offsetof(struct pf_waiver, line), NONE, waiver_keys,
	NULL};

#define BLOCK(key, member, block)                                                                  \
	{                                                                                          \
#key, PF_VALUE_BLOCK, offsetof(holder, member), false, &block, NULL, 0             \
	}
#define BLOCKS(key, TYPE, member, number, block)                                                   \
	{                                                                                          \
#key, PF_VALUE_##TYPE, offsetof(holder, member), false, &block, NULL,              \
			offsetof(holder, number)                                                   \
	}

static const struct pf_key site_keys[] = {
#define holder struct pf_site
	KEY(site, TEXT, name),
	NEEDED(url, WEB_URL, url),
	KEY(http_port, PORT, http_port),
	KEY(hosts, HOSTS, hosts),
	KEY(addresses, ADDRESSES, addresses),
	KEY(ca_file, PATH, ca_file),
	KEY(login_path, LOCATION, login_path),
	KEY(admin_path, LOCATION, admin_path),
	KEY(allow_writes, TRUTH, allow_writes),
	BLOCKS(vantages, NAMED, vantages, vantage_count, vantage_block),
	BLOCK(app, app, app_block),
	BLOCKS(databases, BLOCKS, databases, database_count, database_block),
	BLOCKS(caches, BLOCKS, caches, cache_count, cache_block),
	BLOCK(static, static_files, static_block),
	BLOCK(media, media, media_block),
	BLOCK(logs, logs, logs_block),
	BLOCKS(backups, BLOCKS, backups, backup_count, backup_block),
	BLOCKS(waivers, BLOCKS, waivers, waiver_count, waiver_block),
	END,
#undef holder
};

const struct pf_block pf_site_block = {
	"the site file", sizeof(struct pf_site), NONE, NONE, site_keys, NULL};
