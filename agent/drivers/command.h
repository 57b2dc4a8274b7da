/* Running one command to its end, its time or its limits, and leaving nothing of it behind. */
#ifndef PF_DRIVERS_COMMAND_H
#define PF_DRIVERS_COMMAND_H

#include "base/arena.h"

#include <sys/types.h>

struct pf_command {
	char *const *argv; /* argv[0] is an absolute path */
	char *const *environment;
	const char *directory;
	bool change_user;
	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t group_count;
	int input;           /* descriptor for its stdin */
	size_t limit;        /* bytes kept of each stream */
	int64_t deadline_us; /* SIGTERM then, SIGKILL a moment later */
};

/* What keeps a command from starting. */
enum pf_hurdle { PF_STARTED, PF_NO_PROCESS, PF_NO_USER, PF_NO_DIRECTORY, PF_NO_EXECUTION };

struct pf_output {
	char *bytes; /* in the arena */
	size_t count;
	uint64_t total; /* bytes it wrote, as far as we read */
};

struct pf_command_result {
	enum pf_hurdle hurdle;
	int error;                       /* errno of the hurdle */
	bool late;                       /* it had to be ended at the deadline */
	bool flooded;                    /* it had to be ended because it did not stop writing */
	bool left_behind;                /* it did not even die of SIGKILL */
	int status;                      /* as of waitpid(2) */
	struct pf_output output, errors; /* stdout, stderr */
};

/* Runs it in a process group of its own, which is killed in the end: whatever it started goes with
 * it, unless that has left the group. Nothing but stdin, stdout and stderr is inherited. */
struct pf_command_result pf_command_run(struct pf_arena *arena, const struct pf_command *command);

#endif
