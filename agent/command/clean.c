/* postflight clean: remove what an interrupted run left on this machine. */
#include "command/command.h"
#include "run/sweep.h"

#include <stdio.h>
#include <string.h>

static bool is_database(const char *line)
{
	return strncmp(line, "removed database ", strlen("removed database ")) == 0 ||
	       strncmp(line, "left database ", strlen("left database ")) == 0;
}

void pf_tell_sweep(struct pf_arena *arena, const char *when)
{
	struct pf_words done = pf_sweep(arena);
	for (size_t i = 0; i < done.count; i++)
		if (strncmp(done.at[i], "held ", 5) != 0)
			pf_complain("%s %s: %s",
			            is_database(done.at[i]) ? "throw-away database"
			                                    : "canary files",
			            when, done.at[i]);
}

int pf_do_clean(struct pf_invocation *invocation)
{
	struct pf_words done = pf_sweep(invocation->arena);
	int code = PF_EXIT_OK;
	for (size_t i = 0; i < done.count; i++) {
		const char *line = done.at[i];
		if (strncmp(line, "held ", 5) == 0)
			printf("%s of runs that are under way: left to them\n", line + 5);
		else
			puts(line);
		if (strncmp(line, "removed ", 8) != 0 && strncmp(line, "held ", 5) != 0)
			code = PF_EXIT_INCOMPLETE;
	}
	if (done.count == 0)
		puts("nothing was left on this machine");
	return code;
}
