/* The tables of sockets and the status files of proc(5). */
#include "drivers/process_text.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SHOWN = 256, STATE_LISTEN = 0x0a, STATE_UNCONNECTED = 0x07 };

static const long ACCEPTS_CONNECTIONS = 0x10000; /* __SO_ACCEPTCON, in the flags of unix sockets */

/* ---- sockets ---- */

/* Addresses stand there as the words of memory that they are, each in the machine's own order. */
static bool read_address(const char *hex, int family, unsigned char bytes[16])
{
	size_t words = family == AF_INET ? 1 : 4;
	if (strspn(hex, "0123456789ABCDEFabcdef") != words * 8)
		return false;
	for (size_t i = 0; i < words; i++) {
		char digits[9] = "";
		memcpy(digits, hex + i * 8, 8);
		uint32_t word = (uint32_t)strtoul(digits, NULL, 16);
		memcpy(bytes + i * 4, &word, sizeof word);
	}
	return true;
}

static bool read_internet(struct pf_arena *arena, enum pf_socket_table table, const char *line,
                          struct pf_socket *socket)
{
	char hex[33], shown[INET6_ADDRSTRLEN];
	unsigned port, state, uid;
	unsigned long long inode;
	unsigned char bytes[16];
	bool six = table == PF_TABLE_TCP6 || table == PF_TABLE_UDP6;
	bool udp = table == PF_TABLE_UDP || table == PF_TABLE_UDP6;
	int family = six ? AF_INET6 : AF_INET;
	if (sscanf(line, " %*u: %32[0-9A-Fa-f]:%4x %*s %2x %*s %*s %*s %u %*u %llu", hex, &port,
	           &state, &uid, &inode) != 5 ||
	    !read_address(hex, family, bytes) || !inet_ntop(family, bytes, shown, sizeof shown))
		return false;
	*socket = (struct pf_socket){
		.words = pf_arena_print(arena, six ? "%s [%s]:%u" : "%s %s:%u", udp ? "udp" : "tcp",
	                                shown, port),
		.inode = inode,
		.uid = uid,
		.port = port,
	};
	return state == (udp ? STATE_UNCONNECTED : STATE_LISTEN);
}

static bool read_unix(struct pf_arena *arena, const char *line, struct pf_socket *socket)
{
	unsigned long long inode;
	unsigned long flags;
	int path = 0;
	if (sscanf(line, "%*x: %*x %*x %lx %*x %*x %llu %n", &flags, &inode, &path) != 2 || !path ||
	    !(flags & (unsigned long)ACCEPTS_CONNECTIONS) || !line[path])
		return false;
	*socket = (struct pf_socket){
		.words = pf_arena_print(arena, "unix %s",
	                                pf_escape_text(arena, line + path, PATH_SHOWN)),
		.inode = inode,
	};
	return true;
}

bool pf_socket_read(struct pf_arena *arena, enum pf_socket_table table, const char *line,
                    struct pf_socket *socket)
{
	*socket = (struct pf_socket){0};
	return table == PF_TABLE_UNIX ? read_unix(arena, line, socket)
	                              : read_internet(arena, table, line, socket);
}

/* ---- status ---- */

/* The rest of the line that begins so; NULL: there is none. */
static const char *line_of(const char *text, const char *begins)
{
	size_t length = strlen(begins);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, begins, length) == 0)
			return line + length;
	}
	return NULL;
}

bool pf_status_read(const char *text, struct pf_status_text *status)
{
	const char *name = line_of(text, "Name:\t"), *parent = line_of(text, "PPid:\t"),
		   *uids = line_of(text, "Uid:\t"), *capabilities = line_of(text, "CapEff:\t");
	unsigned effective;
	*status = (struct pf_status_text){0};
	if (!name || !parent || !uids || sscanf(uids, "%*u %u", &effective) != 1)
		return false;
	snprintf(status->name, sizeof status->name, "%.*s", (int)strcspn(name, "\n"), name);
	status->parent = strtol(parent, NULL, 10);
	status->uid = effective;
	status->capabilities = capabilities ? strtoull(capabilities, NULL, 16) : 0;
	status->has_memory = line_of(text, "VmSize:") != NULL;
	return true;
}

/* ---- capabilities ---- */

/* By number, linux/capability.h. */
static const char *const capability_names[] = {
	"chown",
	"dac_override",
	"dac_read_search",
	"fowner",
	"fsetid",
	"kill",
	"setgid",
	"setuid",
	"setpcap",
	"linux_immutable",
	"net_bind_service",
	"net_broadcast",
	"net_admin",
	"net_raw",
	"ipc_lock",
	"ipc_owner",
	"sys_module",
	"sys_rawio",
	"sys_chroot",
	"sys_ptrace",
	"sys_pacct",
	"sys_admin",
	"sys_boot",
	"sys_nice",
	"sys_resource",
	"sys_time",
	"sys_tty_config",
	"mknod",
	"lease",
	"audit_write",
	"audit_control",
	"setfcap",
	"mac_override",
	"mac_admin",
	"syslog",
	"wake_alarm",
	"block_suspend",
	"audit_read",
	"perfmon",
	"bpf",
	"checkpoint_restore",
};

enum { NAMED = sizeof capability_names / sizeof *capability_names, BITS = 64 };

struct pf_words pf_capability_words(struct pf_arena *arena, uint64_t bits, int last)
{
	const char *words[BITS];
	size_t count = 0;
	bool missing = false;
	for (int i = 0; i < BITS; i++) {
		bool has = bits >> i & 1;
		missing |= !has && i <= last;
		if (has && i < NAMED)
			words[count++] = pf_arena_print(arena, "cap_%s", capability_names[i]);
		else if (has)
			words[count++] = pf_arena_print(arena, "cap_%d", i);
	}
	if (count && !missing) {
		words[0] = "all";
		count = 1;
	}
	return pf_arena_words(arena, count, words);
}
