/* The shapes a field of a question or an answer can have, and the macros that turn kinds.def into
 * structs. */
#ifndef POSTFLIGHT_FIELDS_H
#define POSTFLIGHT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PF_PRINTF(at, first) __attribute__((format(printf, at, first)))
#define PF_MUST_USE __attribute__((warn_unused_result))

struct pf_words {
	const char *const *at;
	size_t count;
};

/* A file system entry, as statx(2) saw it. Texts are escaped; times are seconds since 1970. */
struct pf_entry {
	const char *path;
	const char *type;  /* "file", "directory", "link", "special" */
	int64_t mode;      /* permission bits, 07777 */
	const char *owner; /* name, or the number where it has none */
	const char *group;
	int64_t size;
	int64_t modified;
	const char *why; /* what the driver wants to say of it; NULL: nothing */
};

struct pf_entries {
	const struct pf_entry *at;
	size_t count;
};

/* A process, as proc(5) tells of it, or a socket whose process may not be seen. Texts are escaped.
 */
struct pf_process {
	int64_t pid; /* 0: a socket alone */
	int64_t parent;
	int64_t uid;             /* effective; of a socket alone, its owner */
	const char *user;        /* name, or the number where it has none; always there */
	const char *name;        /* as the kernel keeps it, at most 15 bytes; NULL: a socket */
	const char *program;     /* path of what it executes; NULL: may not be seen */
	const char *directory;   /* where it works; NULL: may not be seen */
	struct pf_words command; /* its command line, or the title it gave itself, in words;
	                            what looks like a secret is "[masked]" */
	struct pf_words
		capabilities;    /* effective ones, "cap_net_raw"; "all"; none: nothing special */
	struct pf_words listens; /* "tcp 10.0.0.2:6379", "tcp [::]:80", "udp 0.0.0.0:11211",
	                            "unix /run/shop.sock" */
};

struct pf_processes {
	const struct pf_process *at;
	size_t count;
};

/* Struct members, for #include "kinds.def". */
#define PF_MEMBER_TEXT(name) const char *name;
#define PF_MEMBER_WORDS(name) struct pf_words name;
#define PF_MEMBER_WHOLE(name) int64_t name;
#define PF_MEMBER_TRUTH(name) bool name;
#define PF_MEMBER_ENTRIES(name) struct pf_entries name;
#define PF_MEMBER_PROCESSES(name) struct pf_processes name;
#define PF_MEMBERS(FIELDS)                                                                         \
	FIELDS(PF_MEMBER_TEXT, PF_MEMBER_WORDS, PF_MEMBER_WHOLE, PF_MEMBER_TRUTH,                  \
	       PF_MEMBER_ENTRIES, PF_MEMBER_PROCESSES)

/* Is `word` one of `words`? */
bool pf_words_have(struct pf_words words, const char *word);

#endif
