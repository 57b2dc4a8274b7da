/* The gathering: one poll over all sources, and the ladder of deadlines. */
#include "run/gather.h"

#include "base/clock.h"
#include "run/evidence.h"
#include "run/lesson_lines.h"
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

/* One gathering under way. */
struct gathering {
	struct pf_arena *arena;
	const struct pf_gather_order *order;
	struct pf_source **sources;
	struct pollfd *polls;
	struct pf_lesson_lines lines; /* lessons from elsewhere */
	int64_t paused;               /* of its lines, those that were in mind at the last pause */
	bool closed;                  /* the sources were told that nothing more is to be learned */
};

static void write_lesson(const struct gathering *gathering, struct pf_lesson lesson)
{
	FILE *evidence = gathering->order->evidence;
	if (!evidence)
		return;
	fputs(pf_evidence_lesson_line(gathering->arena, lesson), evidence);
	fflush(evidence);
}

/* What one vantage learned goes to all the others. */
static void share_lessons(const struct gathering *gathering)
{
	size_t count = gathering->order->vantage_count;
	struct pf_lesson lesson;
	for (size_t i = 0; i < count; i++) {
		struct pf_source *source = gathering->sources[i];
		for (; source->kind->lesson(source, source->shared, &lesson); source->shared++) {
			write_lesson(gathering, lesson);
			for (size_t j = 0; j < count; j++)
				if (j != i)
					gathering->sources[j]->kind->teach(gathering->sources[j],
					                                   lesson);
		}
	}
}

static void teach_all(void *context, struct pf_lesson lesson)
{
	const struct gathering *gathering = context;
	for (size_t i = 0; i < gathering->order->vantage_count; i++)
		gathering->sources[i]->kind->teach(gathering->sources[i], lesson);
}

/* All that is known is answered: says so to whoever sends lessons, and once no more can come, to
 * those who wait for them. False: that is over, too. */
static bool rest(struct gathering *gathering)
{
	if (gathering->lines.fd >= 0) {
		if (gathering->paused != (int64_t)gathering->lines.received) {
			gathering->paused = (int64_t)gathering->lines.received;
			pf_evidence_write_pause(gathering->order->evidence,
			                        gathering->lines.received);
			fflush(gathering->order->evidence);
		}
		return true;
	}
	if (gathering->closed)
		return false;
	for (size_t i = 0; i < gathering->order->vantage_count; i++)
		gathering->sources[i]->kind->close(gathering->sources[i]);
	return gathering->closed = true;
}

/* One turn: returns whether there is anything left to wait for. */
static bool turn(struct gathering *gathering)
{
	const struct pf_gather_order *order = gathering->order;
	struct pollfd *polls = gathering->polls;
	size_t total = 0;
	int64_t wake = pf_now_us() + HEARTBEAT_US;
	bool busy = false;
	share_lessons(gathering);
	if (order->soft_us < wake)
		wake = order->soft_us;
	for (size_t i = 0; i < order->vantage_count; i++) {
		struct pf_source *source = gathering->sources[i];
		int64_t next = source->done ? wake : source->kind->tick(source);
		wake = next < wake ? next : wake;
		source->poll_count = source->done ? 0 : source->kind->polls(source, polls + total);
		total += source->poll_count;
		busy |= !source->done;
	}
	if (!busy && !rest(gathering))
		return false;
	if (!busy && gathering->lines.fd < 0)
		return true;
	polls[total] = (struct pollfd){.fd = gathering->lines.fd, .events = POLLIN};
	if (poll(polls, total + 1, pf_until_ms(wake)) < 0)
		return errno == EINTR;
	if (polls[total].revents)
		pf_lesson_lines_read(gathering->arena, &gathering->lines, teach_all, gathering);
	for (size_t i = 0, at = 0; i < order->vantage_count;
	     at += gathering->sources[i++]->poll_count)
		if (gathering->sources[i]->poll_count)
			gathering->sources[i]->kind->serve(gathering->sources[i], polls + at,
			                                   gathering->sources[i]->poll_count);
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

/* Each was told to all, so any one plan knows them. */
static void keep_lessons(struct pf_arena *arena, const struct pf_plan *plan,
                         struct pf_gathered *gathered)
{
	size_t count = pf_plan_lesson_count(plan);
	struct pf_lesson *lessons = pf_arena_array(arena, count, sizeof *lessons);
	for (size_t i = 0; i < count; i++)
		lessons[i] = *pf_plan_lesson(plan, i);
	gathered->lessons = lessons;
	gathered->lesson_count = count;
}

struct pf_gathered pf_gather(struct pf_arena *arena, const struct pf_gather_order *order)
{
	size_t count = order->vantage_count;
	struct pf_source **sources = pf_arena_array(arena, count, sizeof *sources);
	struct gathering gathering = {
		.arena = arena,
		.order = order,
		.sources = sources,
		.polls =
			pf_arena_array(arena, count * PF_SOURCE_POLLS + 1, sizeof *gathering.polls),
		.lines = {.fd = order->lessons},
		.paused = -1,
	};
	for (size_t i = 0; i < count; i++)
		sources[i] = (order->vantages[i]->ssh ? pf_remote_source : pf_local_source)(
			arena, order, order->vantages[i]);
	for (size_t i = 0; i < order->known_count; i++)
		teach_all(&gathering, order->known[i]);
	while (pf_now_us() < order->soft_us && !(order->stop && *order->stop) && turn(&gathering))
		tell_progress(order, sources);
	struct pf_gathered gathered = {
		.vantages = pf_arena_array(arena, count, sizeof *gathered.vantages)};
	for (size_t i = 0; i < count; i++)
		sources[i]->kind->dismiss(sources[i]);
	for (size_t i = 0; i < count; i++) {
		struct pf_source *source = sources[i];
		source->kind->finish(source, PF_deadline, NULL);
		gathered.vantages[i] =
			pf_plan_evidence(source->plan, source->status, source->detail);
	}
	tell_progress(order, sources);
	gathered.notices = join(arena, count, sources);
	if (count)
		keep_lessons(arena, sources[0]->plan, &gathered);
	return gathered;
}
