/* A leaky bucket (the generic cell rate algorithm), a window, and Retry-After. */
#include "drivers/pace.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int64_t SECOND = 1000 * 1000;
static const int64_t INTERVAL = SECOND / PF_REQUESTS_PER_SECOND;

int64_t pf_pace_next(const struct pf_pace *pace, int64_t now)
{
	int64_t rate = pace->spent_us - PF_REQUESTS_AT_ONCE * INTERVAL + INTERVAL;
	int64_t next = rate > pace->hold_us ? rate : pace->hold_us;
	return next > now ? next : now;
}

void pf_pace_spend(struct pf_pace *pace, int64_t now)
{
	if (pace->spent_us < now)
		pace->spent_us = now;
	pace->spent_us += INTERVAL;
}

size_t pf_pace_window(const struct pf_pace *pace)
{
	return pace->window ? pace->window : PF_REQUESTS_AT_FIRST;
}

void pf_pace_far(struct pf_pace *pace, int64_t round_trip)
{
	if (!pace->cut_us && round_trip >= PF_FAR_US && round_trip < PF_BRISK_US)
		pace->window = PF_IN_FLIGHT_PER_ADDRESS;
}

/* Those that were in flight when the window was cut are as slow as the one it was cut for: they say
 * nothing new. */
void pf_pace_learn(struct pf_pace *pace, int64_t started, int64_t now)
{
	size_t window = pf_pace_window(pace);
	if (now - started < PF_BRISK_US && window < PF_IN_FLIGHT_PER_ADDRESS)
		pace->window = window + 1;
	if (now - started < PF_SLOW_US || started < pace->cut_us)
		return;
	pace->window = window / 2 > PF_REQUESTS_AT_LEAST ? window / 2 : PF_REQUESTS_AT_LEAST;
	pace->cut_us = now;
}

/* The value of a header that was kept as a fact; NULL: absent. */
static const char *header(const struct pf_facts_http *facts, const char *name)
{
	size_t count = strlen(name);
	for (size_t i = 0; i < facts->headers.count; i++)
		if (strncmp(facts->headers.at[i], name, count) == 0)
			return facts->headers.at[i] + count;
	return NULL;
}

/* Delay-seconds, or an IMF-fixdate (RFC 9110, section 5.6.7); -1: neither. */
static int64_t wait_of(const char *value, int64_t wall)
{
	struct tm date = {0};
	size_t digits = strspn(value, "0123456789");
	if (digits && !value[digits])
		return digits < 10 ? atoll(value) : INT32_MAX;
	const char *end = strptime(value, "%a, %d %b %Y %H:%M:%S GMT", &date);
	if (!end || *end)
		return -1;
	int64_t until = (int64_t)timegm(&date);
	return until > wall ? until - wall : 0;
}

int64_t pf_put_off(const struct pf_facts_http *facts, int64_t wall)
{
	const char *value = header(facts, "retry-after: ");
	int64_t wait = value ? wait_of(value, wall) : -1;
	if (facts->status != 429 && (facts->status != 503 || wait < 0))
		return 0;
	return wait > 0 ? wait : PF_PUT_OFF_DEFAULT_S;
}
