/* postflight verify: were the history, a report or a transcript altered since they were written? */
#include "base/text.h"
#include "command/chronicle.h"
#include "command/signature.h"
#include "run/transcript.h"
#include "store/report_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void tell_fault(void *context, const char *sentence)
{
	++*(size_t *)context;
	printf("ALTERED  %s\n", sentence);
}

static int verify_history(struct pf_invocation *invocation)
{
	const char *problem, *head;
	size_t count = 0, faults = 0;
	struct pf_history *history =
		pf_history_open(invocation->arena, invocation->store, false, &problem);
	bool read =
		history && pf_history_verify(history, tell_fault, &faults, &count, &head, &problem);
	if (!read)
		pf_complain("%s", problem);
	else if (faults == 0)
		printf("intact   %s: %zu audits in one chain\n         the last seal is %s\n"
		       "         Who keeps that seal elsewhere can tell if the history was made "
		       "anew.\n",
		       pf_history_place(history), count, count ? head : "none");
	pf_history_close(history);
	return !read ? PF_EXIT_USAGE : faults ? PF_EXIT_FOUND : PF_EXIT_OK;
}

/* What the history knows of the report's seal. */
static void tell_chain(struct pf_invocation *invocation, const struct pf_record *record)
{
	const char *problem;
	int64_t id = 0;
	struct pf_history *history =
		pf_history_open(invocation->arena, invocation->store, false, &problem);
	if (!record->seal)
		puts("         It was in no history when it was written.");
	else if (!history || !pf_history_find(history, record->seal, &id, &problem))
		printf("         The history that it names cannot be read: %s\n", problem);
	else if (id == 0)
		printf("         %s has no audit with its seal.\n", pf_history_place(history));
	else
		printf("         It is audit %lld of %s.\n", (long long)id,
		       pf_history_place(history));
	pf_history_close(history);
}

static int verify_report(struct pf_invocation *invocation, const char *name,
                         const struct pf_record *record)
{
	if (!record->digest) {
		pf_complain("%s: it has no digest, so nothing can be said of it", name);
		return PF_EXIT_USAGE;
	}
	if (strcmp(record->digest, pf_record_digest(invocation->arena, record)) != 0) {
		printf("ALTERED  %s: its findings do not make its digest\n", name);
		return PF_EXIT_FOUND;
	}
	printf("intact   %s: its findings make its digest\n", name);
	tell_chain(invocation, record);
	return PF_EXIT_OK;
}

static int verify_transcript(struct pf_invocation *invocation, const char *path, const char *name)
{
	struct pf_transcript_state state;
	FILE *file = fopen(path, "re");
	bool read = file && pf_transcript_check(invocation->arena, file, &state);
	int error = errno;
	if (file)
		fclose(file);
	if (!read) {
		pf_complain("%s: %s", name, strerror(error));
		return PF_EXIT_USAGE;
	}
	if (state.lines == 0) {
		pf_complain("%s: it is empty", name);
		return PF_EXIT_USAGE;
	}
	if (state.fault) {
		printf("ALTERED  %s: %s\n", name, state.fault);
		return PF_EXIT_FOUND;
	}
	printf("intact   %s: %zu lines, each sealed to the one before\n         the last seal is "
	       "%s\n",
	       name, state.lines, state.seal);
	return pf_signature_verify(invocation->arena, path, invocation->signers);
}

static int verify_file(struct pf_invocation *invocation, const char *path)
{
	const char *text, *problem, *name = pf_escape_text(invocation->arena, path, 0);
	static const char evidence[] = "{\"postflight\":\"evidence/";
	size_t length;
	if (!pf_read_file(invocation->arena, path, &text, &length, &problem)) {
		pf_complain("%s: %s", name, problem);
		return PF_EXIT_USAGE;
	}
	if (length >= sizeof evidence - 1 && memcmp(text, evidence, sizeof evidence - 1) == 0)
		return verify_transcript(invocation, path, name);
	struct pf_record *record = pf_report_read(invocation->arena, text, length, &problem);
	if (record)
		return verify_report(invocation, name, record);
	pf_complain("%s: %s, and no transcript", name, problem);
	return PF_EXIT_USAGE;
}

int pf_do_verify(struct pf_invocation *invocation)
{
	int worst = PF_EXIT_OK;
	if (invocation->argument_count == 0)
		worst = verify_history(invocation);
	for (size_t i = 0; i < invocation->argument_count; i++) {
		int code = verify_file(invocation, invocation->arguments[i]);
		/* What was altered outweighs what could not be read. */
		if (worst != PF_EXIT_FOUND && code != PF_EXIT_OK)
			worst = code;
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return worst;
	pf_complain("standard output: %s", strerror(errno));
	return PF_EXIT_USAGE;
}
