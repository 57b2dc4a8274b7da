/* The loop: every network question of a vantage at once, on one thread.
 *
 * libcurl's multi handle does the waiting for its own transfers; all other descriptors are in one
 * epoll set, which is a descriptor itself and joins that wait. Questions queue by the address they
 * go to, so that no host meets more than PF_IN_FLIGHT_PER_ADDRESS of them at a time.
 */
#include "drivers/pace.h"
#include "drivers/transport.h"
#include "drivers/turn.h"

#include "base/clock.h"

#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static const int64_t SECOND = 1000 * 1000;

enum {
	TURN_ARENA = 32 * 1024 * 1024, /* far above what the limits of one question can add up to */
	READY_AT_ONCE = 128,
	LONGEST_WAIT_MS = 60 * 1000,
};

/* The drivers; the first that takes a question has it. */
static const struct pf_driver *const drivers[] = {
	&pf_driver_resolve, &pf_driver_http_exact, &pf_driver_http,     &pf_driver_raw,
	&pf_driver_tls,     &pf_driver_redis,      &pf_driver_postgres, &pf_driver_sql,
	&pf_driver_mysql,   &pf_driver_s3,
};

/* A turn with what the loop needs to find it again. */
struct ticket {
	struct pf_turn turn;
	struct ticket *next, *previous; /* in its place's queue, the flight or the finished */
	struct pf_loop *loop;
	struct place *place;
	const struct pf_driver *driver;
	struct pf_question *question;
	struct pf_secret *secret;
	uint64_t id;
	int fd;
	short events;
	bool asked_again;
};

struct list {
	struct ticket *first, *last;
};

/* An address that questions go to. */
struct place {
	struct place *next;
	struct list queue;
	struct pf_pace pace; /* of HTTP */
	size_t in_flight;
	bool answers; /* it has, to whatever it was */
	char address[];
};

struct pf_loop {
	struct pf_ground ground;
	pf_on_answer *on_answer;
	void *context;
	struct place *places;
	struct list flight, finished;
	size_t pending, in_flight, handed_out;
	int64_t queue_until_us; /* no question in a queue has an earlier deadline */
	int epoll_fd;
};

static void list_add(struct list *list, struct ticket *ticket)
{
	ticket->next = NULL;
	ticket->previous = list->last;
	*(list->last ? &list->last->next : &list->first) = ticket;
	list->last = ticket;
}

static void list_remove(struct list *list, struct ticket *ticket)
{
	*(ticket->previous ? &ticket->previous->next : &list->first) = ticket->next;
	*(ticket->next ? &ticket->next->previous : &list->last) = ticket->previous;
}

static struct ticket *ticket_of(struct pf_turn *turn)
{
	return (struct ticket *)turn; /* its first member */
}

/* ---- what drivers call ---- */

void pf_turn_wait(struct pf_turn *turn, int fd, short events)
{
	struct ticket *ticket = ticket_of(turn);
	int epoll_fd = ticket->loop->epoll_fd;
	struct epoll_event event = {.events = (uint32_t)events, .data.ptr = ticket};
	if (ticket->fd == fd && ticket->events == events)
		return;
	int action = ticket->fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	if (ticket->fd >= 0 && ticket->fd != fd)
		epoll_ctl(epoll_fd, EPOLL_CTL_DEL, ticket->fd, NULL);
	ticket->fd = fd;
	ticket->events = events;
	if (fd >= 0 && epoll_ctl(epoll_fd, action, fd, &event) != 0) {
		ticket->fd = -1;
		pf_turn_answer(turn, PF_no_resources, "epoll_ctl failed");
	}
}

/* ---- the life of a question ---- */

static const struct pf_driver *driver_of(const struct pf_question *question)
{
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
		if (drivers[i]->kind == question->kind &&
		    (!drivers[i]->takes || drivers[i]->takes(question)))
			return drivers[i];
	return NULL;
}

static struct place *place_of(struct pf_loop *loop, const char *address)
{
	for (struct place *place = loop->places; place; place = place->next)
		if (strcmp(place->address, address) == 0)
			return place;
	struct place *place = calloc(1, sizeof *place + strlen(address) + 1);
	if (!place)
		abort();
	strcpy(place->address, address);
	place->next = loop->places;
	return loop->places = place;
}

void pf_loop_ask(struct pf_loop *loop, uint64_t id, const struct pf_question *question,
                 int64_t deadline_us)
{
	pf_loop_ask_with(loop, id, question, NULL, deadline_us);
}

void pf_loop_ask_with(struct pf_loop *loop, uint64_t id, const struct pf_question *question,
                      struct pf_secret *secret, int64_t deadline_us)
{
	struct ticket *ticket = calloc(1, sizeof *ticket);
	struct pf_question *kept = pf_question_keep(question);
	if (!ticket || !kept)
		abort(); /* the parent sees it as worker_died */
	ticket->loop = loop;
	ticket->id = id;
	ticket->fd = -1;
	ticket->question = kept;
	ticket->driver = driver_of(kept);
	ticket->turn.question = kept;
	ticket->secret = secret;
	ticket->turn.secret = secret;
	ticket->turn.ground = &loop->ground;
	ticket->turn.deadline_us = deadline_us;
	const char *address = ticket->driver ? ticket->driver->address(kept) : NULL;
	ticket->place = place_of(loop, address ? address : "");
	list_add(&ticket->place->queue, ticket);
	if (deadline_us < loop->queue_until_us)
		loop->queue_until_us = deadline_us;
	loop->pending++;
}

static bool is_http(const struct ticket *ticket)
{
	return ticket->question->kind == PF_KIND_http;
}

/* A connection and nothing else. */
static bool is_knock(const struct ticket *ticket)
{
	const struct pf_question *question = ticket->question;
	return question->kind == PF_KIND_raw && !question->raw.send && question->raw.transport &&
	       strcmp(question->raw.transport, "tcp") == 0;
}

/* The one door out: whatever came of a question leaves the loop here. */
static void hand_out(struct ticket *ticket)
{
	struct pf_loop *loop = ticket->loop;
	list_add(&loop->finished, ticket);
	loop->pending--;
	loop->handed_out++;
	loop->on_answer(loop->context, ticket->id, &ticket->turn.answer);
}

/* A peer that answers others may have been too busy, with us or with its own: it is asked once more
 * before its silence counts, while there is time for a whole exchange. */
static bool deserves_another(struct ticket *ticket)
{
	struct pf_turn *turn = &ticket->turn;
	return turn->answer.outcome == PF_stalled && ticket->place->answers &&
	       !ticket->asked_again &&
	       turn->deadline_us - pf_now_us() > ticket->loop->ground.exchange_us;
}

/* Can it be asked again when the peer says? An address that says so over and over is left alone. */
static bool may_ask_again(struct ticket *ticket)
{
	struct pf_turn *turn = &ticket->turn;
	int64_t most = turn->deadline_us < pf_now_us() + PF_PUT_OFF_S * SECOND
	                       ? turn->deadline_us
	                       : pf_now_us() + PF_PUT_OFF_S * SECOND;
	if (!turn->again_us)
		return false;
	bool may = !ticket->asked_again && turn->again_us < most;
	ticket->place->pace.refusals += !may;
	return may;
}

/* As if it had never been put; everything else that goes there waits with it. */
static void queue_again(struct ticket *ticket)
{
	struct pf_turn *turn = &ticket->turn;
	struct pf_pace *pace = &ticket->place->pace;
	if (pace->hold_us < turn->again_us)
		pace->hold_us = turn->again_us;
	pf_arena_free(turn->arena);
	*turn = (struct pf_turn){.question = turn->question,
	                         .secret = turn->secret,
	                         .ground = turn->ground,
	                         .deadline_us = turn->deadline_us};
	ticket->asked_again = true;
	list_add(&ticket->place->queue, ticket);
	if (turn->deadline_us < ticket->loop->queue_until_us)
		ticket->loop->queue_until_us = turn->deadline_us;
}

static void settle(struct ticket *ticket)
{
	if (!ticket->turn.answered)
		return;
	pf_turn_wait(&ticket->turn, -1, 0);
	ticket->driver->end(&ticket->turn);
	list_remove(&ticket->loop->flight, ticket);
	ticket->place->in_flight--;
	ticket->place->answers |= ticket->turn.answer.outcome == PF_answered;
	ticket->loop->in_flight--;
	if (is_http(ticket))
		pf_pace_learn(&ticket->place->pace, ticket->turn.started_us, pf_now_us());
	else if (is_knock(ticket) && ticket->turn.answer.outcome == PF_answered)
		pf_pace_far(&ticket->place->pace, pf_now_us() - ticket->turn.started_us);
	if (may_ask_again(ticket) || deserves_another(ticket))
		queue_again(ticket);
	else
		hand_out(ticket);
}

static bool is_shut(const struct ticket *ticket)
{
	return is_http(ticket) && ticket->place->pace.refusals >= PF_REFUSALS;
}

/* When the first of its queue may be put. */
static int64_t next_of(const struct place *place, int64_t now)
{
	const struct ticket *first = place->queue.first;
	return is_http(first) && !is_shut(first) ? pf_pace_next(&place->pace, now) : now;
}

/* Takes the first question of a queue and puts it, or says at once why not. */
static void begin(struct place *place, int64_t now)
{
	struct ticket *ticket = place->queue.first;
	struct pf_turn *turn = &ticket->turn;
	struct pf_loop *loop = ticket->loop;
	list_remove(&place->queue, ticket);
	turn->arena = pf_arena_new(TURN_ARENA);
	if (now >= turn->deadline_us || !ticket->driver || is_shut(ticket)) {
		pf_turn_answer(turn,
		               !ticket->driver   ? PF_malformed_question
		               : is_shut(ticket) ? PF_blocked
		                                 : PF_deadline,
		               NULL);
		hand_out(ticket);
		return;
	}
	if (is_http(ticket))
		pf_pace_spend(&place->pace, now);
	turn->started_us = now;
	turn->limit_us = turn->deadline_us;
	if (turn->limit_us - now > loop->ground.exchange_us)
		turn->limit_us = now + loop->ground.exchange_us;
	turn->until_us = turn->limit_us;
	list_add(&loop->flight, ticket);
	place->in_flight++;
	loop->in_flight++;
	ticket->driver->start(turn);
	settle(ticket);
}

/* Has the address room for the first of its queue? */
static bool has_room(const struct place *place)
{
	size_t most = is_http(place->queue.first) ? pf_pace_window(&place->pace)
	                                          : PF_IN_FLIGHT_PER_ADDRESS;
	return place->in_flight < most;
}

static void begin_all(struct pf_loop *loop)
{
	size_t most = pf_streams_allowed();
	for (struct place *place = loop->places; place; place = place->next)
		while (place->queue.first && has_room(place) && loop->in_flight < most &&
		       next_of(place, pf_now_us()) <= pf_now_us())
			begin(place, pf_now_us());
}

/* Questions whose deadline came while they were queued are answered without being put. */
static void expire_queues(struct pf_loop *loop)
{
	int64_t now = pf_now_us(), next = INT64_MAX;
	if (now < loop->queue_until_us)
		return;
	for (struct place *place = loop->places; place; place = place->next) {
		struct list queue = place->queue;
		place->queue = (struct list){0};
		for (struct ticket *ticket = queue.first, *after; ticket; ticket = after) {
			after = ticket->next;
			list_add(&place->queue, ticket);
			if (now < ticket->turn.deadline_us) {
				next = ticket->turn.deadline_us < next ? ticket->turn.deadline_us
				                                       : next;
				continue;
			}
			list_remove(&place->queue, ticket);
			ticket->turn.arena = pf_arena_new(TURN_ARENA);
			pf_turn_answer(&ticket->turn, PF_deadline, NULL);
			hand_out(ticket);
		}
	}
	loop->queue_until_us = next;
}

/* ---- one turn of the loop ---- */

static void forget_finished(struct pf_loop *loop)
{
	for (struct ticket *ticket = loop->finished.first, *next; ticket; ticket = next) {
		next = ticket->next;
		pf_arena_free(ticket->turn.arena);
		pf_secret_free(ticket->secret);
		free(ticket->question);
		free(ticket);
	}
	loop->finished = (struct list){0};
}

static int wait_ms(const struct pf_loop *loop, int64_t until_us)
{
	int64_t first = loop->queue_until_us < until_us ? loop->queue_until_us : until_us;
	for (struct ticket *ticket = loop->flight.first; ticket; ticket = ticket->next)
		if (ticket->turn.until_us < first)
			first = ticket->turn.until_us;
	for (struct place *place = loop->places; place; place = place->next) {
		int64_t now = pf_now_us();
		int64_t next = place->queue.first ? next_of(place, now) : first;
		if (next > now && next < first) /* else it waits for room, not for time */
			first = next;
	}
	int ms = pf_until_ms(first);
	return ms < LONGEST_WAIT_MS ? ms : LONGEST_WAIT_MS;
}

/* libcurl reports of foreign descriptors only that they can be read or written, not that they hung
 * up, so what it says of them is not used. */
static void wait_for_anything(struct pf_loop *loop, int watch_fd, int64_t until_us)
{
	struct curl_waitfd extra[2] = {{.fd = loop->epoll_fd, .events = CURL_WAIT_POLLIN},
	                               {.fd = watch_fd, .events = CURL_WAIT_POLLIN}};
	curl_multi_poll(loop->ground.multi, extra, watch_fd >= 0 ? 2 : 1, wait_ms(loop, until_us),
	                NULL);
}

static void serve_transfers(struct pf_loop *loop)
{
	int running, left;
	curl_multi_perform(loop->ground.multi, &running);
	for (CURLMsg *message; (message = curl_multi_info_read(loop->ground.multi, &left));) {
		struct pf_turn *turn = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &turn);
		turn->transfer_code = (int)code;
		ticket_of(turn)->driver->advance(turn);
		settle(ticket_of(turn));
	}
}

static void serve_descriptors(struct pf_loop *loop)
{
	struct epoll_event ready[READY_AT_ONCE];
	int count = epoll_wait(loop->epoll_fd, ready, READY_AT_ONCE, 0);
	for (int i = 0; i < count; i++) {
		struct ticket *ticket = ready[i].data.ptr;
		if (ticket->turn.answered)
			continue;
		ticket->driver->advance(&ticket->turn);
		settle(ticket);
	}
}

/* While others were served it may have connected: that this was seen late is no silence of its. */
static bool came_meanwhile(const struct ticket *ticket, int64_t now)
{
	struct pollfd watched = {.fd = ticket->fd, .events = ticket->events};
	return ticket->fd >= 0 && ticket->turn.until_us < ticket->turn.limit_us &&
	       now < ticket->turn.limit_us && poll(&watched, 1, 0) > 0;
}

static void serve_timers(struct pf_loop *loop)
{
	int64_t now = pf_now_us();
	for (struct ticket *ticket = loop->flight.first, *next; ticket; ticket = next) {
		next = ticket->next;
		if (now < ticket->turn.until_us)
			continue;
		if (came_meanwhile(ticket, now))
			ticket->driver->advance(&ticket->turn);
		else
			ticket->driver->expire(&ticket->turn);
		settle(ticket);
	}
}

bool pf_loop_turn(struct pf_loop *loop, int watch_fd, int64_t until_us)
{
	struct pollfd watched = {.fd = watch_fd, .events = POLLIN};
	forget_finished(loop);
	loop->handed_out = 0;
	for (;;) {
		expire_queues(loop);
		begin_all(loop);
		serve_transfers(loop);
		serve_descriptors(loop);
		serve_timers(loop);
		bool readable = watch_fd >= 0 && poll(&watched, 1, 0) > 0;
		bool idle = loop->pending == 0 && watch_fd < 0;
		if (readable || idle || loop->handed_out || pf_now_us() >= until_us)
			return readable;
		wait_for_anything(loop, watch_fd, until_us);
	}
}

size_t pf_loop_pending(const struct pf_loop *loop)
{
	return loop->pending;
}

/* ---- birth and end ---- */

/* Connections that wait for another question: they take descriptors from those that are asked. */
static long most_kept(void)
{
	size_t fit = pf_streams_allowed() / 2;
	return fit > PF_IN_FLIGHT_PER_ADDRESS ? PF_IN_FLIGHT_PER_ADDRESS : fit > 1 ? (long)fit : 1;
}

struct pf_loop *pf_loop_new(const char *ca_file, pf_on_answer *on_answer, void *context)
{
	struct pf_loop *loop = calloc(1, sizeof *loop);
	signal(SIGPIPE, SIG_IGN); /* OpenSSL below libcurl writes without MSG_NOSIGNAL */
	if (!loop || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		abort();
	loop->ground = (struct pf_ground){
		.multi = curl_multi_init(),
		.trust = pf_trust_new(ca_file),
		.connect_us = PF_CONNECT_US,
		.exchange_us = PF_EXCHANGE_US,
		.lookup_us = PF_LOOKUP_US,
	};
	loop->on_answer = on_answer;
	loop->context = context;
	loop->queue_until_us = INT64_MAX;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!loop->ground.multi || loop->epoll_fd < 0)
		abort();
	curl_multi_setopt(loop->ground.multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	curl_multi_setopt(loop->ground.multi, CURLMOPT_MAXCONNECTS, most_kept());
	return loop;
}

void pf_loop_hurry(struct pf_loop *loop, int64_t connect_us, int64_t exchange_us, int64_t lookup_us)
{
	loop->ground.connect_us = connect_us;
	loop->ground.exchange_us = exchange_us;
	loop->ground.lookup_us = lookup_us;
}

static void give_up_flight(struct pf_loop *loop)
{
	for (struct ticket *ticket = loop->flight.first, *next; ticket; ticket = next) {
		next = ticket->next;
		pf_turn_wait(&ticket->turn, -1, 0);
		ticket->driver->end(&ticket->turn);
		list_add(&loop->finished, ticket);
	}
}

void pf_loop_free(struct pf_loop *loop)
{
	if (!loop)
		return;
	forget_finished(loop);
	give_up_flight(loop);
	for (struct place *place = loop->places, *next; place; place = next) {
		next = place->next;
		while (place->queue.first) {
			struct ticket *ticket = place->queue.first;
			list_remove(&place->queue, ticket);
			list_add(&loop->finished, ticket);
		}
		free(place);
	}
	forget_finished(loop);
	curl_multi_cleanup(loop->ground.multi);
	pf_trust_free(loop->ground.trust);
	close(loop->epoll_fd);
	free(loop);
}
