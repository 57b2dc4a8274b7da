/* Running a command: fork, drop what it must not have, execve; then listen until it is over. */
#include "drivers/command.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	FLOOD_BYTES = 64 * 1024 * 1024, /* read and dropped before we lose patience */
	GRACE_US = 300 * 1000,          /* from SIGTERM to SIGKILL */
	DEATH_US = 100 * 1000,          /* from SIGKILL to giving up on it */
	LINGER_US = 200 * 1000,         /* for those who still hold the pipes of one that is gone */
	NAP_MS = 20,                    /* between looks at a process without a pidfd */
	DESCRIPTORS = 1024,             /* what programs expect: some use select(2) */
	REPORT_FD = 3,
};

/* From the child, when it cannot start. */
struct report {
	enum pf_hurdle hurdle;
	int error;
};

struct run {
	const struct pf_command *command;
	pid_t pid;
	int pidfd, out, err, report; /* -1 once closed, or not had */
	bool exited, terminated, killed;
	int64_t kill_us, give_up_us, linger_us;
	struct pf_command_result result;
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Everything from here to `become` runs in the child of a process that may have threads: only
 * what signal-safety(7) lists is called. */
static void fail(enum pf_hurdle hurdle)
{
	struct report report = {hurdle, errno};
	(void)!write(REPORT_FD, &report, sizeof report);
	_exit(127);
}

static void soft_limit(int resource, rlim_t most)
{
	struct rlimit limit;
	if (getrlimit(resource, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max < most ? limit.rlim_max : most;
	setrlimit(resource, &limit);
}

/* Our own limits and habits are not its. */
static void reset_process(void)
{
	struct rlimit none = {0, 0};
	sigset_t empty;
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	setrlimit(RLIMIT_CORE, &none);
	soft_limit(RLIMIT_AS, RLIM_INFINITY);
	soft_limit(RLIMIT_NOFILE, DESCRIPTORS);
	umask(077);
}

static void take_descriptors(int input, int out, int err, int report)
{
	if (dup2(input, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0)
		_exit(127);
	if (report != REPORT_FD && dup3(report, REPORT_FD, O_CLOEXEC) < 0)
		_exit(127);
	closefrom(REPORT_FD + 1);
}

static void become(const struct pf_command *command, pid_t parent)
{
	if (command->change_user && (setgroups(command->group_count, command->groups) != 0 ||
	                             setresgid(command->gid, command->gid, command->gid) != 0 ||
	                             setresuid(command->uid, command->uid, command->uid) != 0))
		fail(PF_NO_USER);
	/* Whoever kills us kills it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (chdir(command->directory) != 0)
		fail(PF_NO_DIRECTORY);
	execve(command->argv[0], command->argv, command->environment);
	fail(PF_NO_EXECUTION);
}

static bool start(struct run *run)
{
	int out[2] = {-1, -1}, err[2] = {-1, -1}, report[2] = {-1, -1};
	pid_t parent = getpid(), pid = -1;
	if (pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 &&
	    pipe2(report, O_CLOEXEC) == 0)
		pid = fork();
	if (pid == 0) {
		/* A session of its own: without a terminal nothing can ask there for a password. */
		setsid();
		take_descriptors(run->command->input, out[1], err[1], report[1]);
		reset_process();
		become(run->command, parent);
	}
	run->result.error = pid < 0 ? errno : 0;
	close_end(&out[1]);
	close_end(&err[1]);
	close_end(&report[1]);
	run->pid = pid;
	run->out = out[0];
	run->err = err[0];
	run->report = report[0];
	if (pid < 0) {
		run->result.hurdle = PF_NO_PROCESS;
		return false;
	}
	run->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	fcntl(run->out, F_SETFL, O_NONBLOCK);
	fcntl(run->err, F_SETFL, O_NONBLOCK);
	return true;
}

static void read_stream(struct run *run, int *fd, struct pf_output *output)
{
	char dropped[64 * 1024];
	size_t room = run->command->limit - output->count;
	bool keeping = room > 0;
	ssize_t count = keeping ? read(*fd, output->bytes + output->count, room)
	                        : read(*fd, dropped, sizeof dropped);
	if (count > 0) {
		output->total += (uint64_t)count;
		output->count += keeping ? (size_t)count : 0;
	} else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_end(fd);
	}
}

static void read_report(struct run *run)
{
	struct report report;
	if (read(run->report, &report, sizeof report) == (ssize_t)sizeof report) {
		run->result.hurdle = report.hurdle;
		run->result.error = report.error;
	}
	close_end(&run->report);
}

/* The whole group, and the leader by itself in case there is no group yet. */
static void signal_all(const struct run *run, int number)
{
	kill(-run->pid, number);
	kill(run->pid, number);
}

/* Is it over? It stays a zombie for now, so that its number cannot become another's. */
static void look_for_end(struct run *run)
{
	siginfo_t info = {.si_pid = 0};
	int failed =
		run->exited ? 0 : waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT);
	/* It cannot be waited for where somebody set SIGCHLD to be ignored: then it is gone. */
	if (run->exited || (failed ? errno != ECHILD : info.si_pid == 0))
		return;
	run->exited = true;
	run->linger_us = pf_now_us() + LINGER_US;
	close_end(&run->pidfd);
}

static void kill_all(struct run *run)
{
	signal_all(run, SIGKILL);
	if (!run->killed)
		run->give_up_us = pf_now_us() + DEATH_US;
	run->killed = true;
}

/* What the clock and the byte count say. True: there is nothing left to wait for. */
static bool is_over(struct run *run)
{
	int64_t now = pf_now_us();
	struct pf_command_result *result = &run->result;
	bool silent = run->out < 0 && run->err < 0;
	if (run->exited && (silent || now >= run->linger_us))
		return true;
	if (result->output.total + result->errors.total > FLOOD_BYTES && !run->killed) {
		result->flooded = true;
		kill_all(run);
	}
	if (!run->exited && !run->terminated && !run->killed && now >= run->command->deadline_us) {
		result->late = run->terminated = true;
		signal_all(run, SIGTERM);
		signal_all(run, SIGCONT);
		run->kill_us = now + GRACE_US;
	}
	if (run->terminated && !run->killed && now >= run->kill_us)
		kill_all(run);
	result->left_behind = run->killed && !run->exited && now >= run->give_up_us;
	return result->left_behind;
}

static int64_t next_event(const struct run *run)
{
	return run->exited       ? run->linger_us
	       : run->killed     ? run->give_up_us
	       : run->terminated ? run->kill_us
	                         : run->command->deadline_us;
}

static void listen_once(struct run *run)
{
	struct pollfd polls[] = {
		{.fd = run->out, .events = POLLIN},
		{.fd = run->err, .events = POLLIN},
		{.fd = run->report, .events = POLLIN},
		{.fd = run->pidfd, .events = POLLIN},
	};
	int wait = pf_until_ms(next_event(run));
	if (run->pidfd < 0 && !run->exited && wait > NAP_MS)
		wait = NAP_MS;
	if (poll(polls, sizeof polls / sizeof *polls, wait) < 0)
		return;
	if (polls[0].revents)
		read_stream(run, &run->out, &run->result.output);
	if (polls[1].revents)
		read_stream(run, &run->err, &run->result.errors);
	if (polls[2].revents)
		read_report(run);
}

struct pf_command_result pf_command_run(struct pf_arena *arena, const struct pf_command *command)
{
	struct run run = {.command = command, .pidfd = -1};
	run.result.output.bytes = pf_arena_take(arena, command->limit + 1);
	run.result.errors.bytes = pf_arena_take(arena, command->limit + 1);
	if (start(&run)) {
		do {
			listen_once(&run);
			look_for_end(&run);
		} while (!is_over(&run));
		/* Also those who outlived it. */
		signal_all(&run, SIGKILL);
		run.result.status = -1;
		waitpid(run.pid, &run.result.status, run.result.left_behind ? WNOHANG : 0);
		if (run.report >= 0)
			read_report(&run);
	}
	close_end(&run.out);
	close_end(&run.err);
	close_end(&run.report);
	close_end(&run.pidfd);
	return run.result;
}
