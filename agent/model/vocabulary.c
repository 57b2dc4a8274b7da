/* The vocabulary's own verbs: names of kinds, outcomes and severities, and what a judge uses to
 * read and to speak. */
#include "base/arena.h"
#include "postflight/check.h"

#include <string.h>

bool pf_words_have(struct pf_words words, const char *word)
{
	for (size_t i = 0; i < words.count; i++)
		if (strcmp(words.at[i], word) == 0)
			return true;
	return false;
}

const char *pf_kind_name(enum pf_kind kind)
{
	static const char *const names[] = {
#define PF_KIND(kind, worker, ASK, FACTS) #kind,
#include "postflight/kinds.def"
#undef PF_KIND
	};
	return names[kind];
}

enum whose { PEER, OURS };

static const struct {
	const char *name, *sentence;
	enum whose whose;
} outcomes[] = {
#define PF_OUTCOME(name, whose, sentence) {#name, sentence, whose},
#include "postflight/outcome.def"
#undef PF_OUTCOME
};

const char *pf_outcome_name(enum pf_outcome outcome)
{
	return outcomes[outcome].name;
}

const char *pf_outcome_sentence(enum pf_outcome outcome)
{
	return outcomes[outcome].sentence;
}

bool pf_outcome_is_ours(enum pf_outcome outcome)
{
	return outcomes[outcome].whose == OURS;
}

bool pf_outcome_is_quiet(enum pf_outcome outcome)
{
	return outcome == PF_silent || outcome == PF_unreachable;
}

const char *pf_severity_name(enum pf_severity severity)
{
	static const char *const names[] = {"info", "low", "medium", "high", "critical"};
	return names[severity];
}

const char *pf_status_name(enum pf_status status)
{
	static const char *const names[] = {"pass", "skip", "unknown", "fail", "waived"};
	return names[status];
}

const struct pf_exchange *pf_exchange_of(const struct pf_case *facts, const char *tag)
{
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->exchanges[i]->tag, tag) == 0)
			return facts->exchanges[i];
	return NULL;
}

const struct pf_answer *pf_answer_of(const struct pf_case *facts, const char *tag)
{
	const struct pf_exchange *exchange = pf_exchange_of(facts, tag);
	return exchange ? exchange->answer : NULL;
}

const char *pf_say(const struct pf_case *facts, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = pf_arena_vprint(facts->arena, format, arguments);
	va_end(arguments);
	return text;
}

PF_PRINTF(4, 0)
static struct pf_verdict verdict_of(enum pf_status status, const struct pf_case *facts,
                                    const char *tag, const char *format, va_list arguments)
{
	return (struct pf_verdict){
		.status = status,
		.severity = -1,
		.summary = pf_arena_vprint(facts->arena, format, arguments),
		.shown = tag ? pf_exchange_of(facts, tag) : NULL,
	};
}

#define VERDICT(name, status)                                                                      \
	struct pf_verdict name(const struct pf_case *facts, const char *tag, const char *format,   \
	                       ...)                                                                \
	{                                                                                          \
		va_list arguments;                                                                 \
		va_start(arguments, format);                                                       \
		struct pf_verdict verdict = verdict_of(status, facts, tag, format, arguments);     \
		va_end(arguments);                                                                 \
		return verdict;                                                                    \
	}

VERDICT(pf_pass, PF_PASS)
VERDICT(pf_fail, PF_FAIL)
VERDICT(pf_unknown, PF_UNKNOWN)
VERDICT(pf_skip, PF_SKIP)

struct pf_verdict pf_at(struct pf_verdict verdict, int severity)
{
	verdict.severity = severity;
	return verdict;
}

const char *pf_header(const struct pf_facts_http *facts, const char *name)
{
	size_t length = strlen(name);
	for (size_t i = 0; i < facts->headers.count; i++) {
		const char *header = facts->headers.at[i];
		if (strncmp(header, name, length) == 0 && header[length] == ':')
			return header + length + 1 + strspn(header + length + 1, " ");
	}
	return NULL;
}
