/* What proc(5) says of processes and sockets, as text to be read. Names, paths and command lines in
 * it are chosen by whoever runs the process, so they are strangers' text. No I/O. */
#ifndef PF_DRIVERS_PROCESS_TEXT_H
#define PF_DRIVERS_PROCESS_TEXT_H

#include "base/arena.h"

enum pf_socket_table { PF_TABLE_TCP, PF_TABLE_TCP6, PF_TABLE_UDP, PF_TABLE_UDP6, PF_TABLE_UNIX };

struct pf_socket {
	const char *words; /* "tcp [::]:80", escaped */
	uint64_t inode;
	int64_t uid; /* its owner; 0 for unix sockets, whose table does not tell */
	int64_t port;
};

/* One line of /proc/net/{tcp,tcp6,udp,udp6,unix}, without its newline. True: a socket that takes
 * connections, or datagrams from anyone; false: another socket, a heading, or no such line. */
bool pf_socket_read(struct pf_arena *arena, enum pf_socket_table table, const char *line,
                    struct pf_socket *socket) PF_MUST_USE;

/* What /proc/PID/status is read for. */
struct pf_status_text {
	char name[64]; /* as it stands there, with the kernel's own escapes */
	int64_t parent, uid;
	uint64_t capabilities; /* effective, bit by number */
	bool has_memory;       /* false: a kernel thread or a zombie */
};

/* False: not the text of a status file. */
bool pf_status_read(const char *text, struct pf_status_text *status) PF_MUST_USE;

/* Effective capabilities by name (capabilities(7)): "all" when none of those up to `last` is
 * missing; numbers that have no name here are "cap_41". */
struct pf_words pf_capability_words(struct pf_arena *arena, uint64_t bits, int last);

/* The words of a command line (/proc/PID/cmdline: each ended by a NUL), escaped, at most 24 of 200
 * bytes. A process that gave itself a title has one long word: it is cut at its spaces. Values that
 * are secrets by their name ("--requirepass x", "DB_PASSWORD=x", "scheme://user:x@host") or by
 * their looks are "[masked]". */
struct pf_words pf_command_words(struct pf_arena *arena, const char *bytes, size_t count);

#endif
