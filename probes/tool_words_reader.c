/* What came of checking, and why a tool says nothing, in words. */
#include "json_reader.h"
#include "line_reader.h"
#include "tool_reader.h"

#include <string.h>

enum { SHOWN = 160, NAMED = 3 };

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

static const char *show(const struct pf_case *facts, const char *line)
{
	size_t length = pf_line_length(line);
	return pf_say(facts, "%.*s%s", (int)(length > SHOWN ? SHOWN : length), line,
	              length > SHOWN ? "..." : "");
}

/* The first line with `words` in it; NULL: none. */
static const char *line_with(const struct pf_case *facts, const char *text, const char *words)
{
	for (const char *at = or_nothing(text); *at; at = pf_line_next(at)) {
		const char *found = strstr(at, words);
		if (!found)
			return NULL;
		if (found < at + pf_line_length(at))
			return show(facts, at);
	}
	return NULL;
}

static const char *last_line(const struct pf_case *facts, const char *text)
{
	const char *last = "";
	for (const char *at = or_nothing(text); *at; at = pf_line_next(at))
		if (pf_line_length(at))
			last = at;
	return show(facts, last);
}

/* What the tools say, whatever their version, and what it means. */
static const struct {
	int64_t status; /* -1: any */
	const char *words, *meaning;
} reasons[] = {
	{12, "", "the password is wrong"},
	{-1, "wrong password", "the password is wrong"},
	{-1, "passphrase supplied", "the password is wrong"},
	{-1, "empty password", "it asks for a password, and the set names no password_file"},
	{-1, "can not acquire a passphrase",
         "it asks for a password, and the set names no password_file"},
	{11, "", "the repository is locked"},
	{-1, "already locked", "the repository is locked"},
	{-1, "acquire the lock", "the repository is locked"},
	{-1, "[yN]", "it asks a question, and nobody is there to answer"},
	{-1, "PASSCOMMAND", "its password could not be had"},
	{-1, "password file", "its password could not be had"},
};

const char *pf_tool_untold(const struct pf_case *facts, const struct pf_backup *set,
                           const struct pf_answer *answer)
{
	const char *name = pf_tool_name(set);
	const struct pf_facts_exec *said = &answer->exec;
	const char *errors = or_nothing(said->errors);
	if (answer->outcome == PF_oversized)
		return pf_say(facts, "%s did not stop printing and was ended", name);
	if (answer->outcome != PF_answered)
		return pf_say(facts, "%s %s%s%s", name, pf_outcome_sentence(answer->outcome),
		              answer->detail ? ": " : "", or_nothing(answer->detail));
	if (said->signal)
		return pf_say(facts, "%s was ended by signal %lld", name, (long long)said->signal);
	for (size_t i = 0; said->status != 0 && i < PF_COUNT(reasons); i++)
		if ((reasons[i].status < 0 && strstr(errors, reasons[i].words)) ||
		    reasons[i].status == said->status)
			return pf_say(facts, "%s says nothing: %s", name, reasons[i].meaning);
	if (said->truncated)
		return pf_say(facts, "%s printed more than is read", name);
	const char *words = last_line(facts, *errors ? errors : said->output);
	if (!*words)
		return pf_say(facts, "%s printed nothing (status %lld), which proves nothing", name,
		              (long long)said->status);
	return pf_say(facts, "%s says (status %lld): %s", name, (long long)said->status, words);
}

static struct pf_verified told(enum pf_status status, const char *words)
{
	return (struct pf_verified){status, words};
}

/* ---- each tool ---- */

/* Lines "status: ok" or "status: error" of the stanza; each backup's own are further in. */
static struct pf_verified read_pgbackrest(const struct pf_case *facts,
                                          const struct pf_facts_exec *said)
{
	const char *ok = NULL;
	for (const char *at = or_nothing(said->output); *at; at = pf_line_next(at)) {
		if (strncmp(at, "status: error", 13) == 0) {
			const char *which = line_with(facts, said->output, "status: invalid");
			return told(PF_FAIL, which ? which : "status: error");
		}
		if (strncmp(at, "status: ok", 10) == 0)
			ok = line_with(facts, said->output, "total files checked:");
	}
	return ok ? told(PF_PASS, ok) : told(PF_UNKNOWN, NULL);
}

/* {"server": {"name of a check": {"hint": "...", "status": "OK"}, ...}} */
static struct pf_verified read_barman(const struct pf_case *facts, const struct pf_facts_exec *said)
{
	struct pf_printed root = pf_printed_root(said->output), server = {NULL}, one = {NULL}, key;
	const char *failed = NULL;
	size_t count = 0, bad = 0;
	if (!pf_printed_each(root, &server, &key) || !pf_printed_is_object(server))
		return told(PF_UNKNOWN, NULL);
	while (pf_printed_each(server, &one, &key)) {
		char name[PF_KEPT_NAME], hint[PF_KEPT_NAME];
		count++;
		if (!pf_printed_is(pf_printed_get(one, "status"), "FAILED") || bad++ >= NAMED)
			continue;
		pf_printed_text(key, name, sizeof name);
		pf_printed_text(pf_printed_get(one, "hint"), hint, sizeof hint);
		failed = pf_say(facts, "%s%s%s%s%s%s", failed ? failed : "", failed ? ", " : "",
		                name, *hint ? " (" : "", hint, *hint ? ")" : "");
	}
	if (bad)
		return told(PF_FAIL,
		            pf_say(facts, "%zu of %zu checks fail: %s", bad, count, failed));
	return count ? told(PF_PASS, pf_say(facts, "all of its %zu checks hold", count))
	             : told(PF_UNKNOWN, NULL);
}

/* Until 0.16 it prints text, then a line of JSON: both are known. */
static struct pf_verified read_restic(const struct pf_case *facts, const struct pf_facts_exec *said)
{
	const char *output = or_nothing(said->output), *errors = or_nothing(said->errors);
	const char *summary = strstr(output, "\"num_errors\":");
	bool clean = strstr(output, "no errors were found") ||
	             (summary && strncmp(summary + 13, "0", 1) == 0);
	if (strstr(errors, "repository contains errors") || (summary && !clean))
		return told(PF_FAIL, show(facts, *errors ? errors : summary));
	return said->status == 0 && clean ? told(PF_PASS, "no errors were found")
	                                  : told(PF_UNKNOWN, NULL);
}

/* Of reading an archive, or of no more than listing them. */
static struct pf_verified read_borg(const struct pf_case *facts, const struct pf_facts_exec *said)
{
	const char *errors = or_nothing(said->errors), *wrong = NULL;
	static const char *const marks[] = {"ntegrity error", "ntegrityError",
	                                    "not found in repository", "FileNotFoundError",
	                                    "chunk missing"};
	for (size_t i = 0; said->status != 0 && !wrong && i < PF_COUNT(marks); i++)
		wrong = line_with(facts, errors, marks[i]);
	if (wrong)
		return told(PF_FAIL, wrong);
	return said->status == 0 && strstr(errors, "terminating with success status")
	               ? told(PF_PASS, "its newest archive was read to its end")
	               : told(PF_UNKNOWN, NULL);
}

static const struct {
	const char *tool;
	struct pf_verified (*read)(const struct pf_case *facts, const struct pf_facts_exec *said);
} readers[] = {
	{"pgbackrest", read_pgbackrest},
	{"barman", read_barman},
	{"restic", read_restic},
	{"borg", read_borg},
};

struct pf_verified pf_verified_read(const struct pf_case *facts, const struct pf_backup *set,
                                    const struct pf_answer *answer)
{
	struct pf_verified verified = {PF_UNKNOWN, NULL};
	for (size_t i = 0; i < PF_COUNT(readers); i++)
		if (answer->outcome == PF_answered && strcmp(readers[i].tool, set->tool) == 0)
			verified = readers[i].read(facts, &answer->exec);
	if (!verified.words)
		verified.words = pf_tool_untold(facts, set, answer);
	return verified;
}
