/* Landlock by its raw system calls: headers of stable distributions know less than their kernels.
 * https://docs.kernel.org/userspace-api/landlock.html */
#include "worker/landlock.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* As far as ABI 6; the kernel reads as much of it as we say there is. */
struct ruleset {
	uint64_t files, network, scoped;
};

struct rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

enum { VERSION_FLAG = 1, PATH_BENEATH = 1 };

static const uint64_t READ_FILE = 1 << 2, READ_DIR = 1 << 3;
static const uint64_t BIND_TCP = 1 << 0;
static const uint64_t ABSTRACT_SOCKETS = 1 << 0, SIGNALS = 1 << 1;

/* All rights over files that an ABI knows: 13 at first, then REFER, TRUNCATE, IOCTL_DEV. */
static uint64_t all_rights(int abi)
{
	int count = abi == 1 ? 13 : abi == 2 ? 14 : abi < 5 ? 15 : 16;
	return ((uint64_t)1 << count) - 1;
}

static void allow_reading(int ruleset, const char *path)
{
	struct stat seen;
	struct rule rule = {READ_FILE, open(path, O_PATH | O_CLOEXEC)};
	if (rule.parent < 0)
		return;
	if (fstat(rule.parent, &seen) == 0 && S_ISDIR(seen.st_mode))
		rule.allowed |= READ_DIR;
	syscall(SYS_landlock_add_rule, ruleset, PATH_BENEATH, &rule, 0);
	close(rule.parent);
}

/* resolv.conf is often a link to where some service keeps it, and is replaced there by another. */
static void allow_resolver(int ruleset)
{
	char real[PATH_MAX], *slash;
	if (realpath("/etc/resolv.conf", real) && (slash = strrchr(real, '/')) && slash != real) {
		*slash = '\0';
		allow_reading(ruleset, real);
	}
}

/* A set of rules that denies everything as far as the kernel knows it; -1: there is no Landlock. */
static int new_ruleset(void)
{
	struct ruleset ruleset = {0};
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_FLAG);
	if (abi < 1)
		return -1;
	ruleset.files = all_rights(abi);
	ruleset.network = abi >= 4 ? BIND_TCP : 0;
	ruleset.scoped = abi >= 6 ? ABSTRACT_SOCKETS | SIGNALS : 0;
	size_t size = abi >= 6 ? sizeof ruleset : abi >= 4 ? 16 : 8;
	return (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);
}

static bool restrict_to(int ruleset)
{
	bool done = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return done;
}

bool pf_landlock_sealed(const char *path)
{
	int ruleset = new_ruleset();
	if (ruleset < 0)
		return false;
	allow_reading(ruleset, path);
	return restrict_to(ruleset);
}

bool pf_landlock_network(void)
{
	static const char *const readable[] = {
		"/etc", "/usr", "/lib", "/lib64", "/dev/null", "/dev/random", "/dev/urandom",
		/* Local services that name lookup asks. */
		"/run/systemd/resolve", "/run/nscd", "/var/run/nscd", "/var/lib/sss",
		/* Where distributions other than Debian keep certificates and libraries. */
		"/var/lib/ca-certificates", "/nix/store", "/gnu/store", "/sys/devices/system/cpu",
		"/proc/sys/vm",
#ifdef PF_SANITIZED
		"/proc", /* the sanitizers' own needs */
#else
		"/proc/self",
#endif
	};
	int fd = new_ruleset();
	if (fd < 0)
		return false;
	for (size_t i = 0; i < sizeof readable / sizeof *readable; i++)
		allow_reading(fd, readable[i]);
	allow_resolver(fd);
	return restrict_to(fd);
}
