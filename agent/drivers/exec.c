/* The exec driver: a command of ours, what it printed and how it ended. */
#include "drivers/driver.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/access.h"
#include "drivers/command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LIMIT = 64 * 1024,
	FRAME_BYTES = 16 * 1024, /* of an answer's line, for all but the two streams */
	LAST_WORDS = 120,
};

/* One question on its way to the answer. */
struct execution {
	struct pf_arena *arena;
	const struct pf_ask_exec *ask;
	int64_t started_us;
	struct pf_command command;
	struct pf_facts_exec facts;
};

/* The one way out. Facts are kept only with outcomes that may carry them. */
static struct pf_answer end(const struct execution *execution, enum pf_outcome outcome,
                            const char *detail)
{
	struct pf_answer answer = {
		.kind = PF_KIND_exec,
		.outcome = outcome,
		.detail = pf_escape_again(execution->arena, detail, PF_DETAIL_BYTES),
		.at = pf_wall_seconds(),
		.took_us = pf_now_us() - execution->started_us,
	};
	if (outcome == PF_answered || outcome == PF_oversized)
		answer.exec = execution->facts;
	return answer;
}

/* With a NULL behind it, and room for `more` words. */
static char **list_of(struct pf_arena *arena, struct pf_words words, size_t more)
{
	char **list = pf_arena_array(arena, words.count + more + 1, sizeof *list);
	for (size_t i = 0; i < words.count; i++)
		list[i] = (char *)words.at[i];
	return list;
}

/* What was listed, and PATH and LANG unless they were listed. NULL: a word is no variable. */
static char **environment(struct pf_arena *arena, struct pf_words words)
{
	static const char path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	static const char language[] = "LANG=C.UTF-8";
	bool has_path = false, has_language = false;
	char **list = list_of(arena, words, 2);
	for (size_t i = 0; i < words.count; i++) {
		const char *equals = strchr(list[i], '=');
		if (!equals || equals == list[i])
			return NULL;
		has_path |= strncmp(list[i], "PATH=", 5) == 0;
		has_language |= strncmp(list[i], "LANG=", 5) == 0;
	}
	size_t count = words.count;
	if (!has_path)
		list[count++] = (char *)path;
	if (!has_language)
		list[count++] = (char *)language;
	return list;
}

/* NULL: all is well formed; else what is not. */
static const char *prepare(struct execution *execution)
{
	const struct pf_ask_exec *ask = execution->ask;
	struct pf_command *command = &execution->command;
	command->argv = list_of(execution->arena, ask->argv, 0);
	if (!command->argv[0] || command->argv[0][0] != '/')
		return "the command is not an absolute path";
	command->environment = environment(execution->arena, ask->environment);
	if (!command->environment)
		return "the environment holds a word that is not NAME=value";
	command->directory = ask->directory ? ask->directory : "/";
	if (command->directory[0] != '/')
		return "the directory is not an absolute path";
	command->limit = ask->limit <= 0                ? LIMIT
	                 : ask->limit < PF_OUTPUT_BYTES ? (size_t)ask->limit
	                                                : PF_OUTPUT_BYTES;
	return NULL;
}

/* Its user: ours when none is named. False: *outcome and *detail say why it cannot run as that. A
 * project's code never runs as root because nobody said as whom it is meant to. */
static bool choose_user(struct execution *execution, enum pf_outcome *outcome, const char **detail)
{
	struct pf_arena *arena = execution->arena;
	struct pf_command *command = &execution->command;
	struct pf_user user;
	if (!execution->ask->user)
		return true;
	if (!*execution->ask->user) {
		*outcome = PF_no_permission;
		*detail = "root runs no project's code, and the site file does not say which user "
			  "runs the app (user in its `app` block)";
		return geteuid() != 0;
	}
	if (!pf_user_find(arena, execution->ask->user, &user)) {
		*outcome = PF_no_program;
		*detail = pf_arena_print(arena, "there is no user %s here", user.name);
		return false;
	}
	command->change_user = user.uid != geteuid();
	if (command->change_user && geteuid() != 0) {
		*outcome = PF_no_permission;
		*detail = pf_arena_print(arena, "only root may run commands as %s", user.name);
		return false;
	}
	command->uid = user.uid;
	command->gid = user.group_count ? user.gid : (gid_t)user.uid;
	command->groups = user.groups;
	command->group_count = user.group_count;
	return true;
}

/* A file in memory is read to its end by whoever wants to, and nobody has to write while it is. */
static int open_input(const char *text)
{
	if (!text)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	size_t count = strlen(text);
	int fd = memfd_create("input", MFD_CLOEXEC);
	for (size_t done = 0; fd >= 0 && done < count;) {
		ssize_t written = write(fd, text + done, count - done);
		if (written < 0) {
			close(fd);
			return -1;
		}
		done += (size_t)written;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/* What a character of the notation takes as JSON: quotes and backslashes are doubled, and so may
 * be slashes. */
static size_t cost_of(char character)
{
	return character == '"' || character == '\\' || character == '/' ? 2 : 1;
}

/* The bytes in escaped notation, cut so that as JSON they take at most *room bytes, which are
 * taken off it. */
static const char *fitting(struct pf_arena *arena, const struct pf_output *output, size_t *room,
                           bool *cut)
{
	const char *text = pf_escape(arena, output->bytes, output->count, 0);
	size_t cost = 0, length = 0;
	while (text[length] && cost + cost_of(text[length]) <= *room)
		cost += cost_of(text[length++]);
	*room -= cost;
	if (!text[length])
		return text;
	*cut = true;
	return pf_escape(arena, output->bytes, output->count, length);
}

static void take_facts(struct execution *execution, const struct pf_command_result *result)
{
	struct pf_facts_exec *facts = &execution->facts;
	bool cut = result->output.total > result->output.count ||
	           result->errors.total > result->errors.count;
	facts->status = WIFEXITED(result->status) ? WEXITSTATUS(result->status) : -1;
	facts->signal = WIFSIGNALED(result->status) ? WTERMSIG(result->status) : 0;
	/* Errors first, within a quarter; what they leave is the output's. */
	size_t quarter = PF_LINE_BYTES / 4, room = PF_LINE_BYTES - quarter - FRAME_BYTES;
	facts->errors = fitting(execution->arena, &result->errors, &quarter, &cut);
	room += quarter;
	facts->output = fitting(execution->arena, &result->output, &room, &cut);
	facts->truncated = cut;
}

/* The outcome of a command that could not be started. */
static struct pf_answer end_unstarted(const struct execution *execution,
                                      const struct pf_command_result *result)
{
	struct pf_arena *arena = execution->arena;
	const char *error = pf_error_words(result->error), *what = execution->command.argv[0];
	switch (result->hurdle) {
	case PF_NO_PROCESS:
		return end(execution, PF_no_resources, error);
	case PF_NO_USER:
		return end(execution, PF_no_permission, error);
	case PF_NO_DIRECTORY:
		what = execution->command.directory;
		break;
	default:
		break;
	}
	return end(execution, PF_no_program,
	           pf_arena_print(arena, "%s: %s", pf_escape_text(arena, what, 100), error));
}

static struct pf_answer end_late(const struct execution *execution,
                                 const struct pf_command_result *result)
{
	struct pf_arena *arena = execution->arena;
	const struct pf_output *errors = &result->errors;
	const char *how = result->left_behind ? "it does not even die" : "it did not end in time";
	size_t count = errors->count < LAST_WORDS ? errors->count : LAST_WORDS;
	const char *words =
		count ? pf_escape(arena, errors->bytes + errors->count - count, count, 0) : "";
	return end(execution, PF_deadline,
	           *words ? pf_arena_print(arena, "%s: %s", how, words) : how);
}

struct pf_answer pf_exec_answer(struct pf_arena *arena, const struct pf_ask_exec *ask,
                                int64_t deadline_us)
{
	struct execution execution = {.arena = arena, .ask = ask, .started_us = pf_now_us()};
	struct pf_command *command = &execution.command;
	enum pf_outcome outcome;
	const char *problem = prepare(&execution);
	if (problem)
		return end(&execution, PF_malformed_question, problem);
	if (!choose_user(&execution, &outcome, &problem))
		return end(&execution, outcome, problem);
	command->deadline_us = deadline_us;
	command->input = open_input(ask->input);
	if (command->input < 0)
		return end(&execution, PF_no_resources, pf_error_words(errno));
	struct pf_command_result result = pf_command_run(arena, command);
	close(command->input);
	if (result.hurdle != PF_STARTED)
		return end_unstarted(&execution, &result);
	if (result.late || result.left_behind)
		return end_late(&execution, &result);
	take_facts(&execution, &result);
	return end(&execution, result.flooded ? PF_oversized : PF_answered, NULL);
}
