/* Needs: the answers a check rests on. When one is missing the judge is not asked, and this says
 * why. */
#include "evaluate/steps.h"

#include <string.h>

bool pf_need_next(const char **text, struct pf_need *need)
{
	const char *at = *text ? *text + strspn(*text, " ") : "";
	size_t length = strcspn(at, " ");
	if (length == 0)
		return false;
	*text = at + length;
	char last = at[length - 1];
	*need = (struct pf_need){
		.tag = at,
		.length = length - (last == '!' || last == '?'),
		.how = last == '!'   ? PF_NEED_ANSWERED
	               : last == '?' ? PF_NEED_OPTIONAL
	                             : PF_NEED_ASKED,
	};
	return true;
}

static bool is_tag(const struct pf_need *need, const char *tag)
{
	return strncmp(need->tag, tag, need->length) == 0 && tag[need->length] == '\0';
}

bool pf_needs_have(const char *needs, const char *tag)
{
	struct pf_need need;
	while (pf_need_next(&needs, &need))
		if (is_tag(&need, tag))
			return true;
	return false;
}

const struct pf_exchange *pf_need_exchange(const struct pf_case *facts, const struct pf_need *need)
{
	for (size_t i = 0; i < facts->count; i++)
		if (is_tag(need, facts->exchanges[i]->tag))
			return facts->exchanges[i];
	return NULL;
}

const char *pf_exchange_ending(struct pf_arena *arena, const struct pf_exchange *exchange)
{
	const struct pf_answer *answer = exchange->answer;
	if (!answer)
		return pf_arena_print(arena, "%s %s", exchange->subject,
		                      pf_outcome_sentence(PF_not_recorded));
	return pf_arena_print(arena, "%s %s%s%s", exchange->subject,
	                      pf_outcome_sentence(answer->outcome), answer->detail ? ": " : "",
	                      answer->detail ? answer->detail : "");
}

/* Why this need is not met; NULL when it is. */
static const char *unmet(const struct pf_case *facts, const struct pf_need *need,
                         const struct pf_exchange *exchange, bool silence_counts)
{
	if (need->how == PF_NEED_OPTIONAL)
		return NULL;
	if (!exchange)
		return pf_say(facts, "%s was not asked for \"%.*s\"", facts->subject,
		              (int)need->length, need->tag);
	const struct pf_answer *answer = exchange->answer;
	if (!answer || pf_outcome_is_ours(answer->outcome) ||
	    (need->how == PF_NEED_ANSWERED && answer->outcome != PF_answered))
		return pf_exchange_ending(facts->arena, exchange);
	if (pf_outcome_is_quiet(answer->outcome) && !silence_counts)
		return pf_say(facts,
		              "%s gave no answer, but nothing answers this vantage, so "
		              "silence proves nothing",
		              facts->subject);
	return NULL;
}

bool pf_is_v6_subject(const char *subject)
{
	const char *open = strchr(subject, '['), *close = open ? strchr(open, ']') : NULL;
	return close && memchr(open, ':', (size_t)(close - open));
}

bool pf_silence_counts(const struct pf_vantage_evidence *from, const struct pf_exchange *exchange)
{
	return from->control_answered &&
	       !(exchange && from->deaf[pf_is_v6_subject(exchange->subject)]);
}

const char *pf_need_unmet(const struct pf_case *facts, const struct pf_check *check,
                          const struct pf_vantage_evidence *from, const struct pf_exchange **shown)
{
	const char *needs = check->needs;
	struct pf_need need;
	*shown = NULL;
	while (pf_need_next(&needs, &need)) {
		const struct pf_exchange *exchange = pf_need_exchange(facts, &need);
		bool silence_counts =
			!check->quiet_needs_control || pf_silence_counts(from, exchange);
		const char *why = unmet(facts, &need, exchange, silence_counts);
		if (why) {
			if (exchange)
				*shown = exchange;
			return why;
		}
		if (!*shown)
			*shown = exchange;
	}
	if (check->quiet_needs_control && from->control_contradicted)
		return "a port that must be closed is open from this vantage, so its network "
		       "answers for others and proves nothing";
	return NULL;
}
