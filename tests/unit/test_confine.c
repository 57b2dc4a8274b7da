/* Confinement: what a confined process can no longer do, and what it still can. */
#include "base/hardening.h"
#include "rig_scratch.h"
#include "worker/confine.h"
#include "worker/filter.h"
#include "worker/landlock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <locale.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What is looked at in a process of its own; returns NULL, or what is wrong. */
typedef const char *inspection(struct scratch *scratch, const char *layers);

enum worker { NETWORK, HOST, NEITHER };

/* Confines a child as that worker, lets it look, and expects it to find nothing wrong. */
static void confined(struct scratch *scratch, enum worker worker, inspection *look)
{
	int ends[2];
	char said[512] = "";
	int status;
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		const char *layers = worker == NETWORK ? pf_confine_network(scratch->arena)
		                     : worker == HOST  ? pf_confine_host(scratch->arena)
		                                       : "";
		const char *wrong = look(scratch, layers);
		if (wrong)
			(void)!write(ends[1], wrong, strlen(wrong));
		_exit(0);
	}
	close(ends[1]);
	(void)!read(ends[0], said, sizeof said - 1);
	close(ends[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_string_equal(said, "");
	assert_int_equal(status, 0);
}

static const char *has_all_layers(struct scratch *scratch, const char *layers)
{
	(void)scratch;
	static const char *const wanted[] = {"user", "no-new-privileges", "rlimits"};
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
		if (!strstr(layers, wanted[i]))
			return wanted[i];
	if (!strstr(layers, "landlock") || !strstr(layers, "seccomp"))
		fprintf(stderr, "SKIPPED: this kernel offers only \"%s\"\n", layers);
	return NULL;
}

static void the_layers_in_effect_are_named(void **state)
{
	confined(*state, NETWORK, has_all_layers);
}

static const char *is_nobody(struct scratch *scratch, const char *layers)
{
	uid_t real, effective, saved;
	(void)layers;
	getresuid(&real, &effective, &saved);
	if (real == 0 || effective == 0 || saved == 0)
		return "still root";
	if (getegid() == 0 && getgroups(0, NULL) != 0)
		return "still in root's groups";
	if (setuid(0) == 0)
		return "could become root again";
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "may gain privileges";
	(void)scratch;
	return NULL;
}

static void the_network_worker_is_not_root_and_cannot_become_it(void **state)
{
	confined(*state, NETWORK, is_nobody);
}

static const char *cannot_execute(struct scratch *scratch, const char *layers)
{
	(void)scratch;
	if (!strstr(layers, "seccomp") && !strstr(layers, "landlock"))
		return NULL;
	char *argv[] = {(char *)"/bin/true", NULL}, *environment[] = {NULL};
	execve(argv[0], argv, environment);
	return errno == EPERM || errno == EACCES ? NULL : "execve failed, but not as denied";
}

static void the_network_worker_cannot_start_programs(void **state)
{
	confined(*state, NETWORK, cannot_execute);
}

static const char *cannot_write(struct scratch *scratch, const char *layers)
{
	const char *open_file = scratch_path(scratch, "open");
	if (!strstr(layers, "seccomp") && !strstr(layers, "landlock"))
		return NULL;
	if (open(open_file, O_WRONLY) >= 0 || open(open_file, O_RDWR) >= 0)
		return "opened a file for writing";
	if (open(open_file, O_RDONLY | O_TRUNC) >= 0)
		return "emptied a file";
	if (open(scratch_path(scratch, "new"), O_RDONLY | O_CREAT, 0600) >= 0 ||
	    mkdir(scratch_path(scratch, "dir"), 0700) == 0 ||
	    mknod(scratch_path(scratch, "fifo"), S_IFIFO | 0600, 0) == 0)
		return "made something";
	if (unlink(open_file) == 0 || rename(open_file, scratch_path(scratch, "other")) == 0)
		return "removed something";
	if (strstr(layers, "seccomp") && chmod(open_file, 0600) == 0)
		return "changed a mode";
	return NULL;
}

static void the_network_worker_changes_no_file(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(chmod(s->root, 0777), 0);
	make_file(scratch_path(s, "open"), 0666, "text");
	confined(s, NETWORK, cannot_write);
}

static const char *landlock_alone_keeps_files(struct scratch *scratch, const char *layers)
{
	(void)layers;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return pf_landlock_network() ? cannot_write(scratch, "landlock") : NULL;
}

static const char *filters_alone_keep_files(struct scratch *scratch, const char *layers)
{
	(void)layers;
	return pf_filter_network() ? cannot_write(scratch, "seccomp") : NULL;
}

static const char *filters_alone_keep_programs(struct scratch *scratch, const char *layers)
{
	(void)layers;
	return pf_filter_network() ? cannot_execute(scratch, "seccomp") : NULL;
}

static void either_layer_alone_would_do(void **state)
{
	struct scratch *s = *state;
	assert_int_equal(chmod(s->root, 0777), 0);
	make_file(scratch_path(s, "open"), 0666, "text");
	confined(s, NEITHER, landlock_alone_keeps_files);
	confined(s, NEITHER, filters_alone_keep_files);
	confined(s, NEITHER, filters_alone_keep_programs);
}

static const char *reads_little(struct scratch *scratch, const char *layers)
{
	if (strstr(layers, "landlock") && open(scratch_path(scratch, "readable"), O_RDONLY) >= 0)
		return "read a file that is none of its business";
	static const char *const needed[] = {"/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf",
	                                     "/etc/ssl/openssl.cnf", "/dev/urandom"};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (open(needed[i], O_RDONLY) < 0 && errno != ENOENT)
			return needed[i];
	DIR *certificates = opendir("/etc/ssl/certs");
	return certificates || errno == ENOENT ? NULL : "/etc/ssl/certs";
}

static void the_network_worker_reads_what_lookups_and_tls_need_and_no_more(void **state)
{
	struct scratch *s = *state;
	make_file(scratch_path(s, "readable"), 0644, "text");
	confined(s, NETWORK, reads_little);
}

static const char *looks_up_and_connects(struct scratch *scratch, const char *layers)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG}, *found;
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un path = {.sun_family = AF_UNIX};
	socklen_t size = sizeof address;
	(void)layers;
	if (getaddrinfo("localhost", "80", &hints, &found) != 0)
		return "localhost has no address";
	freeaddrinfo(found);
	int fd = socket(AF_INET, SOCK_STREAM, 0), v6 = socket(AF_INET6, SOCK_DGRAM, 0);
	if (fd < 0 || (v6 < 0 && errno != EAFNOSUPPORT))
		return "no sockets";
	address.sin_port = htons(9);
	if (connect(fd, (struct sockaddr *)&address, size) != 0 && errno != ECONNREFUSED)
		return "could not connect";
	snprintf(path.sun_path, sizeof path.sun_path, "%s/socket", scratch->root);
	int local = socket(AF_UNIX, SOCK_STREAM, 0);
	if (local < 0 || connect(local, (struct sockaddr *)&path, sizeof path) != 0)
		return "could not connect to a UNIX socket";
	return NULL;
}

static void the_network_worker_still_looks_up_and_connects(void **state)
{
	struct scratch *s = *state;
	struct sockaddr_un path = {.sun_family = AF_UNIX};
	snprintf(path.sun_path, sizeof path.sun_path, "%s/socket", s->root);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&path, sizeof path), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(chmod(path.sun_path, 0666), 0);
	confined(s, NETWORK, looks_up_and_connects);
	close(fd);
}

static const char *machinery_is_out_of_reach(struct scratch *scratch, const char *layers)
{
	(void)scratch;
	if (!strstr(layers, "seccomp"))
		return NULL;
	if (unshare(CLONE_NEWUSER) == 0 || errno != EPERM)
		return "made a user name space";
	if (syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0 || errno != EPERM)
		return "made a user name space by clone";
	if (syscall(SYS_bpf, 0, 0, 0) >= 0 || errno != EPERM)
		return "reached bpf";
	if (syscall(SYS_io_uring_setup, 1, 0) >= 0 || errno != EPERM)
		return "reached io_uring";
	if (socket(AF_PACKET, SOCK_RAW, 0) >= 0 || socket(38 /* AF_ALG */, SOCK_SEQPACKET, 0) >= 0)
		return "made a socket of a family we do not speak";
	if (kill(getppid(), 0) == 0)
		return "could signal its parent";
#ifndef PF_SANITIZED
	if (syscall(SYS_ptrace, 0, 0, 0, 0) >= 0 || errno != EPERM)
		return "reached ptrace";
#endif
	return NULL;
}

static void the_network_worker_cannot_reach_kernel_machinery(void **state)
{
	confined(*state, NETWORK, machinery_is_out_of_reach);
}

static void *do_nothing(void *argument)
{
	return argument;
}

static const char *threads_and_memory_work(struct scratch *scratch, const char *layers)
{
	pthread_t threads[32];
	(void)scratch;
	(void)layers;
	for (size_t i = 0; i < 32; i++)
		if (pthread_create(&threads[i], NULL, do_nothing, NULL) != 0)
			return "could not start threads";
	for (size_t i = 0; i < 32; i++)
		pthread_join(threads[i], NULL);
	void *memory = malloc(100 * 1024 * 1024);
	if (!memory)
		return "could not have 100 MB";
	free(memory);
	return NULL;
}

static void the_network_worker_still_has_threads_and_memory(void **state)
{
	confined(*state, NETWORK, threads_and_memory_work);
}

static const char *limits_are_set(struct scratch *scratch, const char *layers)
{
	struct rlimit limit;
	(void)scratch;
	(void)layers;
	getrlimit(RLIMIT_CORE, &limit);
	if (limit.rlim_max != 0)
		return "may dump core";
	getrlimit(RLIMIT_FSIZE, &limit);
	if (limit.rlim_max != 0)
		return "may write files";
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < limit.rlim_max && limit.rlim_cur < 4096)
		return "has too few descriptors";
#ifndef PF_SANITIZED
	getrlimit(RLIMIT_AS, &limit);
	if (limit.rlim_max > 1024 * 1024 * 1024)
		return "may use all memory";
	if (malloc((size_t)2 * 1024 * 1024 * 1024))
		return "got two gigabytes";
#endif
	return NULL;
}

static void the_network_worker_has_limits(void **state)
{
	confined(*state, NETWORK, limits_are_set);
}

static const char *host_keeps_its_user(struct scratch *scratch, const char *layers)
{
	struct rlimit limit;
	(void)scratch;
	if (!strstr(layers, "no-new-privileges") || !strstr(layers, "rlimits"))
		return layers;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return "may gain privileges";
	getrlimit(RLIMIT_CORE, &limit);
	if (limit.rlim_max != 0)
		return "may dump core";
	execl("/bin/sh", "sh", "-c", "exit 0", (char *)NULL);
	return "could not start a program";
}

/* Root reads what it must, and can neither mount nor load nor go round the network. */
static const char *host_has_few_capabilities(struct scratch *scratch, const char *layers)
{
	(void)scratch;
	static const unsigned gone[] = {CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_SYS_MODULE, CAP_NET_RAW,
	                                CAP_SETPCAP};
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct sets[2];
	if (!strstr(layers, "capabilities") || syscall(SYS_capget, &head, sets) != 0)
		return "they were not taken away";
	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
		if ((sets[0].permitted | sets[0].effective | sets[0].inheritable) >> gone[i] & 1)
			return "one is left";
	if (geteuid() != 0)
		return NULL;
	if (prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) != 0)
		return "a program could get one back";
	return sets[0].effective >> CAP_DAC_READ_SEARCH & 1 ? NULL : "it may no longer read";
}

static void the_host_worker_has_few_capabilities(void **state)
{
	confined(*state, HOST, host_has_few_capabilities);
}

static void the_host_worker_keeps_its_user_and_may_start_programs(void **state)
{
	confined(*state, HOST, host_keeps_its_user);
}

static const char *hardened(struct scratch *scratch, const char *layers)
{
	struct rlimit limit;
	struct stat null, zero, two;
	(void)scratch;
	(void)layers;
	close(0);
	close(2);
	pf_harden_process();
	if (stat("/dev/null", &null) != 0 || fstat(0, &zero) != 0 || fstat(2, &two) != 0 ||
	    zero.st_rdev != null.st_rdev || two.st_rdev != null.st_rdev)
		return "a standard descriptor is missing";
	if (signal(SIGPIPE, SIG_DFL) != SIG_IGN)
		return "dies of SIGPIPE";
	if (umask(0) != 077)
		return "has another umask";
	getrlimit(RLIMIT_CORE, &limit);
	if (limit.rlim_cur != 0 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return "may dump core";
	return strcmp(setlocale(LC_ALL, NULL), "C.UTF-8") == 0 ? NULL : setlocale(LC_ALL, NULL);
}

static void every_process_starts_from_a_known_state(void **state)
{
	confined(*state, NEITHER, hardened);
}

static const char *empty(struct scratch *scratch, const char *layers)
{
	(void)scratch;
	(void)layers;
	setenv("PGHOSTADDR", "127.0.0.1", 1);
	setenv("SSLKEYLOGFILE", "/tmp/keys", 1);
	int pipe_end = fcntl(STDERR_FILENO, F_DUPFD, 100);
	pf_empty_environment();
	size_t count = 0;
	while (environ[count])
		count++;
	bool wrong = count != 2 || !getenv("PATH") || strcmp(getenv("LANG"), "C.UTF-8") != 0 ||
	             fcntl(pipe_end, F_GETFD) >= 0;
	/* The pipe to the test is closed now, too. */
	_exit(wrong);
}

static void the_environment_is_emptied(void **state)
{
	confined(*state, NEITHER, empty);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(the_layers_in_effect_are_named),
		IN_SCRATCH(the_network_worker_is_not_root_and_cannot_become_it),
		IN_SCRATCH(the_network_worker_cannot_start_programs),
		IN_SCRATCH(the_network_worker_changes_no_file),
		IN_SCRATCH(either_layer_alone_would_do),
		IN_SCRATCH(the_network_worker_reads_what_lookups_and_tls_need_and_no_more),
		IN_SCRATCH(the_network_worker_still_looks_up_and_connects),
		IN_SCRATCH(the_network_worker_cannot_reach_kernel_machinery),
		IN_SCRATCH(the_network_worker_still_has_threads_and_memory),
		IN_SCRATCH(the_network_worker_has_limits),
		IN_SCRATCH(the_host_worker_keeps_its_user_and_may_start_programs),
		IN_SCRATCH(the_host_worker_has_few_capabilities),
		IN_SCRATCH(every_process_starts_from_a_known_state),
		IN_SCRATCH(the_environment_is_emptied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
