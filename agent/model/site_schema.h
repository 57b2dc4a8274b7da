/* The keys of the site file, as tables: which block has which, of what type, and where it goes. */
#ifndef PF_MODEL_SITE_SCHEMA_H
#define PF_MODEL_SITE_SCHEMA_H

#include "postflight/site.h"

enum pf_value_type {
	PF_VALUE_TEXT,
	PF_VALUE_DATABASE,  /* struct pf_url of a database */
	PF_VALUE_CACHE,     /* struct pf_url of a cache */
	PF_VALUE_RESTORE,   /* text, the URL of a database server */
	PF_VALUE_ENDPOINT,  /* struct pf_url of an object store */
	PF_VALUE_WEB_URL,   /* struct pf_url, http or https */
	PF_VALUE_PATH,      /* absolute path */
	PF_VALUE_HISTORY,   /* text: absolute path, postgresql:// or none */
	PF_VALUE_LOCATION,  /* path of a URL */
	PF_VALUE_PATTERNS,  /* one absolute glob pattern, or a list of them */
	PF_VALUE_HOSTS,     /* list of host names */
	PF_VALUE_ADDRESSES, /* list of literal addresses */
	PF_VALUE_PORTS,     /* list of ports */
	PF_VALUE_VANTAGES,  /* one name of a vantage, or a list of them */
	PF_VALUE_CLIENTS,   /* the same, and roles */
	PF_VALUE_BACKED_UP, /* name of a database, or media */
	PF_VALUE_ARGV,      /* list of words */
	PF_VALUE_ROLE,
	PF_VALUE_SSH,
	PF_VALUE_BACKEND,
	PF_VALUE_PORT,
	PF_VALUE_COUNT,
	PF_VALUE_DURATION,
	PF_VALUE_TRUTH,  /* true or false */
	PF_VALUE_DATE,   /* text and, beside it, the end of that day */
	PF_VALUE_BLOCK,  /* one block */
	PF_VALUE_BLOCKS, /* list of blocks: a pointer, and their number */
	PF_VALUE_NAMED,  /* map of names to blocks: the same; the name goes to the block's first
	                    member */
	PF_VALUE_TOOL,   /* a map with one known key: its value is the tool's target */
};

struct pf_block;

struct pf_key {
	const char *name;
	const char *means; /* one clause, for errors and the manual */
	enum pf_value_type type;
	size_t offset;
	bool required;
	const struct pf_block *block; /* of a block, blocks or named */
	const char *inner;            /* of a tool: its key */
	size_t count;                 /* of blocks and named: offset of the number */
};

/* A key that means something beside others only. */
struct pf_companion {
	const char *key;
	const char *const *with; /* one of these; ended by NULL */
};

/* Keys of which a block may have one, and those that go with some of them alone. */
struct pf_choice {
	const char *what; /* "the password comes from one place" */
	bool required;
	const char *const *keys;               /* ended by NULL */
	const struct pf_companion *companions; /* ended by one without a key; NULL: none */
};

/* Keys are ended by one without a name. In a list, blocks whose first key is `name` are told apart
 * by it. */
struct pf_block {
	const char *name; /* for messages: "a database" */
	size_t size;
	size_t line;     /* offset of an int that gets the line; SIZE_MAX: none */
	size_t declared; /* offset of a bool that gets true; SIZE_MAX: none */
	const struct pf_key *keys;
	const struct pf_choice *choice; /* NULL: none */
};

extern const struct pf_block pf_site_block;

/* What is written there, for the manual: "an absolute path". */
const char *pf_value_name(enum pf_value_type type);

#endif
