/* A turn: one question being asked, as its network driver and the loop see it. Drivers know this
 * and nothing of each other. */
#ifndef PF_DRIVERS_TURN_H
#define PF_DRIVERS_TURN_H

#include "drivers/driver.h"

struct pf_trust;

/* User-Agent of every request: who comes, and where to ask about it (RFC 9110, section 10.1.5). */
#define PF_USER_AGENT "postflight/" PF_VERSION " (+https://github.com/postflight/postflight)"

/* What all turns of a loop share. */
struct pf_ground {
	void *multi; /* libcurl's multi handle */
	struct pf_trust *trust;
	/* The limits of base/limits.h; tests shorten them. */
	int64_t connect_us, exchange_us, lookup_us;
};

struct pf_turn {
	const struct pf_question *question;
	const struct pf_secret *secret; /* that came with the question; NULL: none */
	struct pf_arena *arena;         /* of this turn alone; the answer lives in it */
	struct pf_answer answer; /* the driver fills in the facts, whatever the outcome will be */
	const struct pf_ground *ground;
	void *state; /* the driver's own */
	int64_t started_us;
	int64_t deadline_us; /* of the run, as pf_loop_ask was told */
	int64_t limit_us;    /* when this turn ends at the latest; never after deadline_us */
	int64_t until_us;    /* when `expire` is called; drivers move it, up to limit_us */
	int transfer_code;   /* CURLcode of a finished transfer */
	bool answered;
	/* The peer said to come back then; 0: it did not. The loop asks again, once, if the run has
	 * the time. */
	int64_t again_us;
};

/* A network driver. The loop calls its functions, one at a time, and none of them may block. Once
 * the turn is answered the loop calls nothing but `end`. */
struct pf_driver {
	enum pf_kind kind;
	/* Is this question its own? NULL: every one of the kind that no driver before it took. */
	bool (*takes)(const struct pf_question *question);
	/* Whom it asks, for the limit on questions in flight. */
	const char *(*address)(const struct pf_question *question);
	void (*start)(struct pf_turn *turn);
	void (*advance)(struct pf_turn *turn); /* the descriptor is ready, or the transfer ended */
	void (*expire)(struct pf_turn *turn);  /* until_us has passed: answer, or move it */
	void (*end)(struct pf_turn *turn);     /* closes what start opened, however far it came */
};

extern const struct pf_driver pf_driver_resolve, pf_driver_http, pf_driver_http_exact,
	pf_driver_raw, pf_driver_tls, pf_driver_redis, pf_driver_postgres, pf_driver_sql,
	pf_driver_mysql, pf_driver_s3;

/* Call `advance` when `fd` is ready for `events` (POLLIN, POLLOUT), instead of what was waited for
 * before. fd -1: wait for time only. */
void pf_turn_wait(struct pf_turn *turn, int fd, short events);

/* The one way a turn ends. The facts are in turn->answer; `detail` is raw text or NULL and is
 * copied, escaped and cut. The first call counts. */
void pf_turn_answer(struct pf_turn *turn, enum pf_outcome outcome, const char *detail);

/* Ends a turn with an HTTP response: `answered`, or `blocked` where it says to come back later. */
void pf_turn_respond(struct pf_turn *turn);

/* Ends a turn whose time is up: by the run's deadline if that has come, else by what the peer did
 * not do. */
void pf_turn_late(struct pf_turn *turn, bool accepted);

/* A question with its texts in one block of memory that free(3) takes back. NULL: out of memory. */
struct pf_question *pf_question_keep(const struct pf_question *question);

/* Shorter limits than those of base/limits.h, for tests. */
void pf_loop_hurry(struct pf_loop *loop, int64_t connect_us, int64_t exchange_us,
                   int64_t lookup_us);

#endif
