/* The network worker's system call filter, by libseccomp: everything goes but what is listed, so
 * that a libc or kernel of tomorrow does not break it. */
#include "worker/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/socket.h>

/* clang-format off */
static const char *const denied[] = {
	/* Other programs, and other processes' memory. */
	"execve", "execveat", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp",
	"pidfd_getfd", "pidfd_send_signal", "kill",
#ifndef PF_SANITIZED
	"ptrace", /* LeakSanitizer traces the process it looks at */
#endif
	/* Name spaces, mounts, roots. */
	"mount", "umount", "umount2", "pivot_root", "chroot", "setns", "unshare", "move_mount",
	"open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
	"open_by_handle_at", "name_to_handle_at", "quotactl", "quotactl_fd", "swapon", "swapoff",
	/* Kernel machinery with a history of holes. */
	"bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
	"io_uring_register", "keyctl", "add_key", "request_key", "init_module", "finit_module",
	"delete_module", "create_module", "kexec_load", "kexec_file_load", "fanotify_init",
	"lookup_dcookie", "personality", "modify_ldt", "vmsplice", "remap_file_pages",
	/* The machine itself. */
	"reboot", "acct", "syslog", "iopl", "ioperm", "settimeofday", "stime", "clock_settime",
	"clock_adjtime", "clock_adjtime64", "clock_settime64", "adjtimex", "sethostname",
	"setdomainname", "vhangup", "nfsservctl",
	/* Changes to files; Landlock knows nothing of modes, owners and times. */
	"creat", "truncate", "truncate64", "mknod", "mknodat", "mkdir", "mkdirat", "rmdir",
	"unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat", "symlink",
	"symlinkat", "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown",
	"fchownat", "chown32", "fchown32", "lchown32", "utime", "utimes", "utimensat",
	"utimensat_time64", "futimesat", "setxattr", "lsetxattr", "fsetxattr", "removexattr",
	"lremovexattr", "fremovexattr", "setxattrat", "removexattrat",
};
/* clang-format on */

static bool deny(scmp_filter_ctx filter, const char *name, int error)
{
	int number = seccomp_syscall_resolve_name(name);
	if (number == __NR_SCMP_ERROR)
		return true; /* this libseccomp has never heard of it */
	int result = seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)error), number, 0);
	return result == 0 || result == -EDOM; /* EDOM: this architecture has no such call */
}

static bool deny_when(scmp_filter_ctx filter, int number, int error, struct scmp_arg_cmp argument)
{
	int result = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((unsigned)error), number, 1,
	                                    &argument);
	return result == 0 || result == -EDOM;
}

/* Opening for anything but reading. openat2 and clone3 hide their arguments from filters; libc does
 * without them. */
static bool deny_writing(scmp_filter_ctx filter)
{
	static const struct {
		unsigned mask, value;
	} flags[] = {
		{O_ACCMODE, O_WRONLY}, {O_ACCMODE, O_RDWR}, {O_CREAT, O_CREAT}, {O_TRUNC, O_TRUNC}};
	bool done = deny(filter, "openat2", ENOSYS) && deny(filter, "clone3", ENOSYS);
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		done = done &&
		       deny_when(filter, SCMP_SYS(openat), EPERM,
		                 SCMP_A2_32(SCMP_CMP_MASKED_EQ, flags[i].mask, flags[i].value)) &&
		       deny_when(filter, SCMP_SYS(open), EPERM,
		                 SCMP_A1_32(SCMP_CMP_MASKED_EQ, flags[i].mask, flags[i].value));
	return done;
}

static bool deny_namespaces(scmp_filter_ctx filter)
{
	static const unsigned flags[] = {CLONE_NEWNS,  CLONE_NEWUTS, CLONE_NEWIPC,   CLONE_NEWUSER,
	                                 CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP};
	bool done = true;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		done = done && deny_when(filter, SCMP_SYS(clone), EPERM,
		                         SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
	return done;
}

/* UNIX, IPv4, IPv6 and NETLINK (which getaddrinfo asks for our addresses) are all we speak. */
static bool deny_families(scmp_filter_ctx filter)
{
	bool done = deny_when(filter, SCMP_SYS(socket), EAFNOSUPPORT,
	                      SCMP_A0_32(SCMP_CMP_GT, AF_NETLINK, 0));
	for (unsigned family = AF_UNIX + 1; family < AF_NETLINK; family++)
		if (family != AF_INET && family != AF_INET6)
			done = done && deny_when(filter, SCMP_SYS(socket), EAFNOSUPPORT,
			                         SCMP_A0_32(SCMP_CMP_EQ, family, 0));
	return done;
}

bool pf_filter_network(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool done = filter != NULL;
	for (size_t i = 0; done && i < sizeof denied / sizeof *denied; i++)
		done = deny(filter, denied[i], EPERM);
	done = done && deny_writing(filter) && deny_namespaces(filter) && deny_families(filter);
	done = done && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return done;
}

/* clang-format off */
static const char *const sealed[] = {
	"read", "pread64", "readv", "write", "writev", "poll", "ppoll", "lseek", "_llseek", "close", "fstat", "fstat64",
	"newfstatat", "fstatat64", "statx", "mmap", "mmap2", "munmap", "mremap", "mprotect",
	"madvise", "brk", "exit", "exit_group", "rt_sigreturn", "rt_sigprocmask", "rt_sigaction",
	"sigaltstack", "clock_gettime", "clock_gettime64", "gettimeofday", "getrandom", "futex",
	"getdents64", "fcntl", "fcntl64", "getpid", "gettid", "tgkill", "sched_yield",
	"restart_syscall", "readlink", "readlinkat", "prlimit64", "sched_getaffinity",
};
/* clang-format on */

/* Reading only: the two bits of the access mode are 0, and nothing is made or cut. */
static bool allow_opening(scmp_filter_ctx filter)
{
	int result = seccomp_rule_add(
		filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
		SCMP_A2_32(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
	return result == 0;
}

bool pf_filter_sealed(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool done = filter != NULL;
	for (size_t i = 0; done && i < sizeof sealed / sizeof *sealed; i++) {
		int number = seccomp_syscall_resolve_name(sealed[i]);
		int result = number == __NR_SCMP_ERROR
		                     ? 0
		                     : seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
		done = result == 0 || result == -EDOM;
	}
	done = done && allow_opening(filter) && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return done;
}
