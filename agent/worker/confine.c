/* Confinement: what workers give up before they meet strangers. */
#include "worker/confine.h"

#include "worker/filter.h"
#include "worker/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	NOBODY = 65534,
	DESCRIPTORS_LEAST = 4096,
	DESCRIPTORS_MOST = 65536,
	ADDRESS_SPACE = 1024 * 1024 * 1024,
	SEALED_SPACE = 512 * 1024 * 1024, /* xz -9 takes 65 MiB of it, zstd --long=27 twice that */
	THREAD_STACK = 512 * 1024,        /* of resolver threads: address space is scarce */
	HEAPS = 2,
	LARGE_BLOCK = 64 * 1024,
};

/* Never above the hard limit, which only root could lift. */
static bool limit_to(int resource, rlim_t most)
{
	struct rlimit limit;
	if (getrlimit(resource, &limit) != 0)
		return false;
	limit.rlim_cur = limit.rlim_max = limit.rlim_max < most ? limit.rlim_max : most;
	return setrlimit(resource, &limit) == 0;
}

/* As many descriptors as we may have, within reason. */
static void raise_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	if (limit.rlim_max < DESCRIPTORS_LEAST) {
		struct rlimit higher = {DESCRIPTORS_LEAST, DESCRIPTORS_LEAST};
		if (setrlimit(RLIMIT_NOFILE, &higher) == 0)
			return;
	}
	rlim_t most = limit.rlim_max < DESCRIPTORS_MOST ? limit.rlim_max : DESCRIPTORS_MOST;
	if (limit.rlim_cur < most) {
		limit.rlim_cur = most;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static bool limit_network(void)
{
	bool done = limit_to(RLIMIT_CORE, 0);
	raise_descriptors();
	/* Without this a write to a file would kill us; with it, it fails. */
	signal(SIGXFSZ, SIG_IGN);
	done &= limit_to(RLIMIT_FSIZE, 0);
#ifndef PF_SANITIZED
	/* Heaps and stacks of threads are reserved by the tens of megabytes otherwise. */
	pthread_attr_t attributes;
	mallopt(M_ARENA_MAX, HEAPS);
	/* Large blocks go back to the system when they are freed, however many there were. */
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK);
	pthread_setattr_default_np(&attributes);
	pthread_attr_destroy(&attributes);
	done &= limit_to(RLIMIT_AS, ADDRESS_SPACE);
#endif
	return done;
}

/* Root becomes nobody; anyone else stays who it is. True: we are not root. */
static bool leave_root(void)
{
	if (geteuid() != 0)
		return true;
	/* In a user namespace groups may be locked; what is left of them is then harmless. */
	(void)!setgroups(0, NULL);
	return setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0 &&
	       setuid(0) != 0;
}

const char *pf_confine_network(struct pf_arena *arena)
{
	bool limits = limit_network();
	bool user = leave_root();
	prctl(PR_SET_DUMPABLE, 0); /* changing the user may have set it anew */
	bool privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	bool files = pf_landlock_network();
	bool calls = pf_filter_network();
	const char *layers = pf_arena_print(
		arena, "%s%s%s%s%s", user ? " user" : "", privileges ? " no-new-privileges" : "",
		limits ? " rlimits" : "", files ? " landlock" : "", calls ? " seccomp" : "");
	return *layers ? layers + 1 : layers;
}

/* Of root's powers those that looking at files and processes takes, running what is the site's as
 * its user, and planting canaries that are that user's. capabilities(7) */
static bool keep_few_capabilities(void)
{
	static const unsigned kept[] = {CAP_CHOWN,  CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
	                                CAP_FOWNER, CAP_FSETID,       CAP_KILL,
	                                CAP_SETGID, CAP_SETUID,       CAP_SYS_PTRACE};
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct sets[2] = {0};
	uint64_t keep = 0;
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		keep |= (uint64_t)1 << kept[i];
	if (syscall(SYS_capget, &head, sets) != 0)
		return false;
	/* What a program that we run could get back; only root may drop it, others cannot use it.
	 */
	for (unsigned one = 0; one < 64 && prctl(PR_CAPBSET_READ, one, 0, 0, 0) >= 0; one++)
		if (!(keep >> one & 1))
			prctl(PR_CAPBSET_DROP, one, 0, 0, 0);
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		sets[i].permitted &= (uint32_t)(keep >> 32 * i);
		sets[i].effective &= (uint32_t)(keep >> 32 * i);
		sets[i].inheritable = 0;
	}
	return syscall(SYS_capset, &head, sets) == 0;
}

const char *pf_confine_host(struct pf_arena *arena)
{
	bool privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	bool limits = limit_to(RLIMIT_CORE, 0);
	raise_descriptors();
#ifndef PF_SANITIZED
	/* The soft one only: commands that we run get theirs back. */
	struct rlimit space;
	if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_max > ADDRESS_SPACE) {
		space.rlim_cur = ADDRESS_SPACE;
		limits &= setrlimit(RLIMIT_AS, &space) == 0;
	}
#endif
	bool few = keep_few_capabilities(); /* last: raising limits takes one that goes */
	return pf_arena_print(arena, "%s%s%s", privileges ? "no-new-privileges" : "",
	                      limits ? " rlimits" : "", few ? " capabilities" : "");
}

const char *pf_confine_sealed(struct pf_arena *arena, const char *path)
{
	tzset(); /* dumps name local times, and the file that explains them is out of reach then */
	signal(SIGXFSZ, SIG_IGN);
	bool limits = limit_to(RLIMIT_CORE, 0) && limit_to(RLIMIT_FSIZE, 0);
#ifndef PF_SANITIZED
	limits &= limit_to(RLIMIT_AS, SEALED_SPACE);
#endif
	prctl(PR_SET_DUMPABLE, 0);
	bool privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
	bool files = pf_landlock_sealed(path);
	bool calls = pf_filter_sealed();
	return pf_arena_print(arena, "%s%s%s%s", privileges ? "no-new-privileges" : "",
	                      limits ? " rlimits" : "", files ? " landlock" : "",
	                      calls ? " seccomp" : "");
}
