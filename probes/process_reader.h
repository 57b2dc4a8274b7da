/* What a host says of itself: processes, and the sockets they listen on, taken apart. */
#ifndef PF_PROBES_PROCESS_READER_H
#define PF_PROBES_PROCESS_READER_H

#include "postflight/probe.h"

/* Whom an address is for. */
enum pf_scope {
	PF_SCOPE_LOOPBACK, /* 127.0.0.0/8, ::1, a unix socket */
	PF_SCOPE_PRIVATE,  /* RFC 1918, RFC 6598, RFC 4193, link-local */
	PF_SCOPE_PUBLIC,
	PF_SCOPE_EVERY, /* 0.0.0.0, :: : every address that the host has or will have */
};

struct pf_listener {
	char protocol[8]; /* "tcp", "udp", "unix" */
	char address[64]; /* without brackets; "" for unix */
	int64_t port;     /* 0 for unix */
	enum pf_scope scope;
};

/* One of the words in `listens` of a process. False: not one of them. */
bool pf_listener_read(const char *words, struct pf_listener *listener) PF_MUST_USE;

/* Of a literal address. */
enum pf_scope pf_scope_of(const char *address);

/* Does a process of this host's answer listen on that, in the very words? NULL: none does. */
const struct pf_process *pf_listening_on(const struct pf_facts_process *facts, const char *words);

/* Is this vantage one of the machines that the site runs on? */
bool pf_is_site_host(const struct pf_site *site, const struct pf_vantage *vantage);

#endif
