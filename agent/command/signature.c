/* Signatures by ssh-keygen and minisign. */
#include "command/signature.h"

#include "base/text.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUT_BYTES = 4096, ENTRY_BYTES = 2048, NOT_STARTED = -1 };

/* What the tools need to find themselves, keys and an agent; the rest of our environment, which may
 * hold passwords, is not theirs. */
static void fill_environment(char *environment[], char room[][ENTRY_BYTES])
{
	static const char *const names[] = {"PATH", "HOME", "TERM", "SSH_AUTH_SOCK"};
	size_t count = 0;
	for (size_t i = 0; i < PF_COUNT(names); i++) {
		const char *value = getenv(names[i]);
		if (value && (size_t)snprintf(room[count], ENTRY_BYTES, "%s=%s", names[i], value) <
		                     ENTRY_BYTES) {
			environment[count] = room[count];
			count++;
		}
	}
	environment[count] = NULL;
}

/* Runs a tool with `input` (NULL: the terminal) as its standard input; its output goes to `output`
 * (NULL: nowhere). Returns its exit status; NOT_STARTED: it could not be started, or a signal ended
 * it. */
static int run(const char *const words[], const char *input, char *output)
{
	int ends[2], status;
	pid_t child;
	posix_spawn_file_actions_t actions;
	char entries[4][ENTRY_BYTES], *environment[5];
	fill_environment(environment, entries);
	if (pipe2(ends, O_CLOEXEC) != 0)
		return NOT_STARTED;
	posix_spawn_file_actions_init(&actions);
	if (input)
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	int error =
		posix_spawnp(&child, words[0], &actions, NULL, (char *const *)words, environment);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	size_t kept = 0;
	char rest[256];
	for (ssize_t count = 1; error == 0 && count != 0;) {
		bool room = output && kept < OUTPUT_BYTES - 1;
		count = read(ends[0], room ? output + kept : rest,
		             room ? OUTPUT_BYTES - 1 - kept : sizeof rest);
		if (count < 0 && errno != EINTR)
			break;
		kept += room && count > 0 ? (size_t)count : 0;
	}
	close(ends[0]);
	if (output)
		output[kept] = '\0';
	if (error != 0) {
		errno = error;
		return NOT_STARTED;
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : NOT_STARTED;
}

/* minisign's keys begin with a comment that says so. */
static bool is_minisign(const char *key)
{
	char line[32] = "";
	FILE *file = fopen(key, "re");
	bool read = file && fgets(line, sizeof line, file);
	if (file)
		fclose(file);
	return read && strncmp(line, "untrusted comment:", 18) == 0;
}

const char *pf_signature_make(struct pf_arena *arena, const char *path, const char *key)
{
	bool minisign = is_minisign(key);
	const char *const ssh_words[] = {"ssh-keygen", "-q", "-Y", "sign", "-n",
	                                 "postflight", "-f", key,  path,   NULL};
	const char *const minisign_words[] = {"minisign", "-S", "-s", key, "-m", path, NULL};
	const char *const *words = minisign ? minisign_words : ssh_words;
	int status = run(words, NULL, NULL);
	if (status == 0)
		return pf_arena_print(arena, "%s.%s", path, minisign ? "minisig" : "sig");
	pf_complain("%s did not sign it with %s%s%s", words[0], pf_escape_text(arena, key, 0),
	            status == NOT_STARTED ? ": " : "",
	            status == NOT_STARTED ? strerror(errno) : "");
	return NULL;
}

static int tell(const char *tool, int status)
{
	if (status == 0)
		puts("         and signed by a key that counts");
	else if (status == NOT_STARTED)
		pf_complain("%s: %s", tool, strerror(errno));
	else
		printf("ALTERED  its signature is not good, or not by a key that counts (%s)\n",
		       tool);
	return status == 0 ? PF_EXIT_OK : status == NOT_STARTED ? PF_EXIT_USAGE : PF_EXIT_FOUND;
}

static int verify_ssh(struct pf_arena *arena, const char *path, const char *signature,
                      const char *signers)
{
	char principal[OUTPUT_BYTES];
	const char *const find[] = {"ssh-keygen", "-Y", "find-principals", "-s",
	                            signature,    "-f", signers,           NULL};
	int status = run(find, "/dev/null", principal);
	if (status != 0)
		return tell("ssh-keygen", status);
	principal[strcspn(principal, "\n,")] = '\0';
	const char *const check[] = {
		"ssh-keygen", "-q",         "-Y", "verify",
		"-f",         signers,      "-I", pf_arena_copy(arena, principal),
		"-n",         "postflight", "-s", signature,
		NULL};
	return tell("ssh-keygen", run(check, path, NULL));
}

int pf_signature_verify(struct pf_arena *arena, const char *path, const char *signers)
{
	const char *ssh = pf_arena_print(arena, "%s.sig", path);
	const char *minisig = pf_arena_print(arena, "%s.minisig", path);
	bool has_ssh = access(ssh, R_OK) == 0, has_minisig = access(minisig, R_OK) == 0;
	if (!has_ssh && !has_minisig) {
		puts(signers ? "ALTERED  there is no signature beside it"
		             : "         There is no signature beside it.");
		return signers ? PF_EXIT_FOUND : PF_EXIT_OK;
	}
	if (!signers) {
		puts("         It is signed; --signers FILE says whose signature counts.");
		return PF_EXIT_OK;
	}
	if (!is_minisign(signers))
		return verify_ssh(arena, path, ssh, signers);
	const char *const check[] = {"minisign", "-V", "-q", "-p", signers, "-m", path, NULL};
	return tell("minisign", run(check, "/dev/null", NULL));
}
