/* How a turn ends, whatever its driver. */
#include "drivers/turn.h"

#include "base/clock.h"
#include "base/text.h"
#include "drivers/pace.h"

static const int64_t SECOND = 1000 * 1000;

void pf_turn_answer(struct pf_turn *turn, enum pf_outcome outcome, const char *detail)
{
	int64_t now = pf_now_us();
	if (turn->answered)
		return;
	turn->answered = true;
	turn->answer.kind = turn->question->kind;
	turn->answer.outcome = outcome;
	turn->answer.at = pf_wall_seconds();
	turn->answer.took_us = turn->started_us ? now - turn->started_us : 0;
	if (detail && *detail)
		turn->answer.detail = pf_escape_text(turn->arena, detail, PF_DETAIL_BYTES);
}

void pf_turn_respond(struct pf_turn *turn)
{
	int64_t wait = pf_put_off(&turn->answer.http, pf_wall_seconds());
	if (wait && !turn->answered)
		turn->again_us = pf_now_us() + wait * SECOND;
	pf_turn_answer(turn, wait ? PF_blocked : PF_answered, NULL);
}

void pf_turn_late(struct pf_turn *turn, bool accepted)
{
	if (pf_now_us() >= turn->deadline_us)
		pf_turn_answer(turn, PF_deadline, NULL);
	else
		pf_turn_answer(turn, accepted ? PF_stalled : PF_silent, NULL);
}
