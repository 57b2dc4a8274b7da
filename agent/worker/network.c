/* The network worker: every question at once, on one loop. */
#include "worker/worker.h"

#include "base/clock.h"
#include "base/limits.h"
#include "drivers/driver.h"
#include "model/codec.h"
#include "worker/confine.h"
#include "worker/lines.h"
#include "worker/protocol.h"

#include <string.h>
#include <unistd.h>

enum { TURN_US = 2 * 1000 * 1000, GONE_EXIT = 2 };

struct network {
	struct pf_loop *loop;
	struct pf_lines *lines;
	bool ended; /* no more questions */
	bool gone;  /* nobody reads our answers */
	bool spoke; /* in this turn of the loop */
};

static void on_answer(void *context, uint64_t id, const struct pf_answer *answer)
{
	struct network *network = context;
	struct pf_arena *arena = pf_arena_new(PF_WORKER_ARENA);
	network->spoke = true;
	if (!pf_reply_write(arena, STDOUT_FILENO, id, answer))
		network->gone = true;
	pf_arena_free(arena);
}

/* Puts every question that has come in whole. Returns 0, or the exit code of a worker whose parent
 * makes no sense. */
static int take_questions(struct network *network)
{
	const char *line, *problem = "it is longer than a line may be";
	size_t length;
	enum pf_line_state state;
	while ((state = pf_lines_next(network->lines, &line, &length)) == PF_LINE_READY) {
		struct pf_arena *arena = pf_arena_new(PF_WORKER_ARENA);
		struct pf_request request;
		bool read = pf_request_read(arena, line, length, &request, &problem);
		int code = read ? 0 : pf_protocol_broken(problem);
		if (read)
			pf_loop_ask_with(network->loop, request.id, &request.question,
			                 request.secret, request.deadline_us);
		pf_arena_free(arena);
		if (code)
			return code;
	}
	network->ended = state == PF_LINE_END;
	if (state == PF_LINE_CUT)
		problem = "it ends in the middle";
	return state == PF_LINE_WAIT || state == PF_LINE_END ? 0 : pf_protocol_broken(problem);
}

/* One that waits for slow peers is told from one that hangs. */
static void say_alive(struct network *network)
{
	if (!network->spoke && pf_loop_pending(network->loop) &&
	    !pf_line_write(STDOUT_FILENO, PF_ALIVE, strlen(PF_ALIVE)))
		network->gone = true;
}

static int serve(struct network *network)
{
	int code = take_questions(network);
	while (code == 0 && !network->gone &&
	       !(network->ended && pf_loop_pending(network->loop) == 0)) {
		int watch = network->ended ? -1 : STDIN_FILENO;
		network->spoke = false;
		if (pf_loop_turn(network->loop, watch, pf_now_us() + TURN_US)) {
			pf_lines_fill(network->lines, STDIN_FILENO);
			code = take_questions(network);
		} else {
			say_alive(network);
		}
	}
	return network->gone ? GONE_EXIT : code;
}

int pf_network_worker(const char *ca_file)
{
	struct pf_arena *arena = pf_arena_new(PF_WORKER_ARENA);
	struct network network = {.lines = pf_lines_new()};
	network.loop = pf_loop_new(ca_file, on_answer, &network);
	pf_confine_network(arena);
	int code = serve(&network);
	pf_loop_free(network.loop);
	pf_lines_free(network.lines);
	pf_arena_free(arena);
	return code;
}
