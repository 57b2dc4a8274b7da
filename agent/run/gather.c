/* The gathering: one poll over all sources, and the ladder of deadlines. */
#include "run/gather.h"

#include "base/clock.h"
#include "run/source.h"

#include <errno.h>
#include <string.h>

/* Wakes up this often whatever happens, so that a signal that came between two looks is noticed. */
enum { HEARTBEAT_US = 500 * 1000 };

static void tell_progress(const struct pf_gather_order *order, struct pf_source *const sources[])
{
	size_t asked = 0, open = 0;
	if (!order->progress)
		return;
	for (size_t i = 0; i < order->vantage_count; i++) {
		asked += pf_plan_count(sources[i]->plan);
		open += pf_plan_open(sources[i]->plan);
	}
	order->progress(order->context, asked - open, asked);
}

/* One turn: returns whether any source is still at work. */
static bool turn(const struct pf_gather_order *order, struct pf_source *const sources[],
                 struct pollfd *polls)
{
	size_t total = 0;
	int64_t wake = pf_now_us() + HEARTBEAT_US;
	bool busy = false;
	if (order->soft_us < wake)
		wake = order->soft_us;
	for (size_t i = 0; i < order->vantage_count; i++) {
		struct pf_source *source = sources[i];
		int64_t next = source->done ? wake : source->kind->tick(source);
		wake = next < wake ? next : wake;
		source->poll_count = source->done ? 0 : source->kind->polls(source, polls + total);
		total += source->poll_count;
		busy |= !source->done;
	}
	if (!busy)
		return false;
	if (poll(polls, total, pf_until_ms(wake)) < 0 && errno != EINTR)
		return false;
	for (size_t i = 0, at = 0; i < order->vantage_count; at += sources[i++]->poll_count)
		if (sources[i]->poll_count)
			sources[i]->kind->serve(sources[i], polls + at, sources[i]->poll_count);
	return true;
}

static struct pf_words join(struct pf_arena *arena, size_t count, struct pf_source *const sources[])
{
	const char **words = NULL;
	size_t used = 0, room = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sources[i]->notices.count; j++) {
			words = pf_arena_grow(arena, words, used, &room, sizeof *words);
			words[used++] = sources[i]->notices.at[j];
		}
	return (struct pf_words){words, used};
}

struct pf_gathered pf_gather(struct pf_arena *arena, const struct pf_gather_order *order)
{
	size_t count = order->vantage_count;
	struct pf_source **sources = pf_arena_array(arena, count, sizeof *sources);
	struct pollfd *polls = pf_arena_array(arena, count * PF_SOURCE_POLLS, sizeof *polls);
	for (size_t i = 0; i < count; i++)
		sources[i] = (order->vantages[i]->ssh ? pf_remote_source : pf_local_source)(
			arena, order, order->vantages[i]);
	while (pf_now_us() < order->soft_us && !(order->stop && *order->stop) &&
	       turn(order, sources, polls))
		tell_progress(order, sources);
	struct pf_gathered gathered = {
		.vantages = pf_arena_array(arena, count, sizeof *gathered.vantages)};
	for (size_t i = 0; i < count; i++) {
		struct pf_source *source = sources[i];
		source->kind->finish(source, PF_deadline, NULL);
		gathered.vantages[i] =
			pf_plan_evidence(source->plan, source->status, source->detail);
	}
	tell_progress(order, sources);
	gathered.notices = join(arena, count, sources);
	return gathered;
}
