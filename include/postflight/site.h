/* What the operator says the site is: the site file, read and checked (the keys: README, "The site
 * file"). */
#ifndef POSTFLIGHT_SITE_H
#define POSTFLIGHT_SITE_H

#include "postflight/fields.h"

/* A vantage without `ssh` is this machine. */
struct pf_vantage {
	const char *name;
	const char *role;       /* "bastion", "app", "db", "outside", "backup" */
	const char *ssh;        /* [user@]host for OpenSSH; NULL: this machine */
	const char *ssh_config; /* file for ssh -F; NULL: the user's own */
	const char *command;    /* the program there, words parted by spaces; NULL: "postflight" */
	struct pf_words ports;  /* what this host offers on purpose beside the site, in decimal */
	int line;
};

/* scheme://[user@]host[:port]/path, taken apart. Port is the scheme's own when none was written. */
struct pf_url {
	const char *text; /* as written */
	const char *scheme;
	const char *user; /* NULL: none */
	const char *host; /* brackets removed */
	int64_t port;
	const char *path; /* from the first slash on; "/" when there is none */
};

/* Where a password is kept; at most one is set. It is read by the one who needs it, when it is
 * needed. */
struct pf_password_source {
	const char *file;
	const char *environment;
	const char *credential; /* of systemd's */
	struct pf_words command;
};

struct pf_app {
	bool declared;
	struct pf_words on; /* names of vantages */
	const char *project, *python, *settings, *user;
	const char *backend;  /* host:port, or unix:/path */
	const char *env_file; /* NAME=value lines that the settings need; NULL: none */
	int64_t fallback_max_age; /* of SECRET_KEY_FALLBACKS, seconds; 0: not said */
	int line;
};

/* A database or a cache. */
struct pf_service {
	const char *name;
	struct pf_url url;
	const char *username; /* NULL: the url's user, if any */
	struct pf_password_source password;
	struct pf_words allow_from; /* vantages or roles that must get in; everyone else must not */
	int line;
};

struct pf_directory {
	bool declared;
	struct pf_words on;
	const char *root, *url, *owner, *web_user;
	int line;
};

struct pf_logs {
	bool declared;
	struct pf_words on;
	struct pf_words files;
	const char *journal; /* directory of the journal, when it is not the host's own */
	int line;
};

/* A bucket of an object store that keeps a backup set. */
struct pf_bucket {
	bool declared;
	const char *bucket, *prefix; /* prefix NULL: all of it */
	struct pf_url endpoint;      /* text NULL: of Amazon's, in that region */
	const char *region;          /* NULL: us-east-1 */
	const char *access_key;      /* its name; the secret one is the password */
	struct pf_password_source password;
};

struct pf_backup {
	const char *name;
	const char *of; /* a database's name, or "media" */
	struct pf_words on;
	struct pf_words files;   /* patterns; empty when a tool keeps the set */
	const char *tool;        /* "pgbackrest", "restic", "borg", "barman", "s3"; NULL: files */
	const char *tool_target; /* its stanza, repository, server or bucket/prefix */
	struct pf_bucket s3;     /* declared when the tool is "s3" */
	int64_t max_age;         /* seconds; 0: not said, 26 hours are taken */
	int64_t keep;            /* generations; 0: not said */
	const char *restore_into;
	int64_t drill_max_age;
	/* How the tool is run on the backup host; NULL: as it comes. */
	const char *user;          /* who runs it; barman and pgbackrest have one of their own */
	const char *password_file; /* there, of a repository; read by the tool alone */
	const char *config;        /* the tool's own configuration file */
	const char *program;       /* NULL: /usr/bin/ and its name */
	const char *select;        /* restic: a tag; borg: a pattern of archive names */
	int line;
};

struct pf_waiver {
	const char *check;   /* id; may end in * */
	const char *subject; /* may hold *; NULL: any */
	const char *reason, *owner;
	const char *expires_on; /* YYYY-MM-DD */
	int64_t expires;        /* first second after the end of that day, UTC */
	int line;
};

struct pf_site {
	const char *file; /* path as given; NULL when there is only a URL */
	const char *name;
	struct pf_url url;
	int64_t http_port;         /* where plain HTTP is expected; 80 by default */
	struct pf_words hosts;     /* the url's host first */
	struct pf_words addresses; /* empty: what the names resolve to */
	const char *ca_file, *login_path, *admin_path;
	const char *history; /* "postgresql://...", a file or "none"; NULL: the usual place */
	bool allow_writes; /* consent to canary files and drills: here, or by --allow-writes */
	const struct pf_vantage *vantages;
	size_t vantage_count;
	struct pf_app app;
	const struct pf_service *databases, *caches;
	size_t database_count, cache_count;
	struct pf_directory static_files, media;
	struct pf_logs logs;
	const struct pf_backup *backups;
	size_t backup_count;
	const struct pf_waiver *waivers;
	size_t waiver_count;
};

/* The vantage of that name; NULL: none. */
const struct pf_vantage *pf_vantage_named(const struct pf_site *site, const char *name);

/* Must this vantage get in? Without allow_from: the hosts that run Django. */
bool pf_must_get_in(const struct pf_site *site, const struct pf_service *service,
                    const struct pf_vantage *vantage);

/* Is the vantage named in `list`, by its own name or by its role? */
bool pf_vantage_in(const struct pf_vantage *vantage, struct pf_words list);

#endif
