/* Time: the clocks of this machine, deadlines, durations and dates as people write them. */
#include "base/clock.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, WEEK = 7 * DAY };

static const int64_t TEN_YEARS = 3653LL * DAY;

int64_t pf_now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t pf_wall_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

char *pf_timestamp(struct pf_arena *arena, int64_t seconds)
{
	struct tm parts;
	time_t when = (time_t)seconds;
	if (!gmtime_r(&when, &parts) || parts.tm_year > 8099 || parts.tm_year < -1900)
		return pf_arena_copy(arena, "9999-12-31T23:59:59Z");
	char text[32];
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return pf_arena_copy(arena, text);
}

bool pf_timestamp_read(const char *text, int64_t *seconds)
{
	struct tm time = {0};
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &time);
	if (!end || *end)
		return false;
	*seconds = timegm(&time);
	return true;
}

int pf_until_ms(int64_t deadline_us)
{
	int64_t left = deadline_us - pf_now_us();
	if (left <= 0)
		return 0;
	int64_t ms = left / 1000 + (left % 1000 != 0);
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* The unit in milliseconds; 0: there is no such unit. */
static int64_t unit_ms(const char *unit)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = {{"", 1}, {"s", 1}, {"m", MINUTE}, {"h", HOUR}, {"d", DAY}, {"w", WEEK}};
	if (strcmp(unit, "ms") == 0)
		return 1;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(unit, units[i].unit) == 0)
			return units[i].seconds * 1000;
	return 0;
}

bool pf_duration_ms(const char *text, int64_t *ms)
{
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 9)
		return false;
	int64_t unit = unit_ms(text + digits);
	int64_t amount = strtoll(text, NULL, 10);
	if (unit == 0 || amount > TEN_YEARS * 1000 / unit)
		return false;
	*ms = amount * unit;
	return true;
}

bool pf_duration(const char *text, int64_t *seconds)
{
	int64_t ms;
	if (strstr(text, "ms") || !pf_duration_ms(text, &ms))
		return false;
	*seconds = ms / 1000;
	return true;
}

bool pf_end_of_day(const char *date, int64_t *seconds)
{
	static const char form[] = "dddd-dd-dd";
	for (size_t i = 0; i < sizeof form; i++)
		if (form[i] == 'd' ? date[i] < '0' || date[i] > '9' : date[i] != form[i])
			return false;
	struct tm day = {.tm_year = atoi(date) - 1900,
	                 .tm_mon = atoi(date + 5) - 1,
	                 .tm_mday = atoi(date + 8)};
	struct tm given = day;
	time_t start = timegm(&day);
	if (day.tm_year != given.tm_year || day.tm_mon != given.tm_mon ||
	    day.tm_mday != given.tm_mday)
		return false; /* timegm carried the 31st of a short month over */
	*seconds = (int64_t)start + DAY;
	return true;
}

char *pf_span(struct pf_arena *arena, int64_t seconds)
{
	static const struct {
		int64_t unit;
		const char *name;
	} units[] = {{DAY, "day"}, {HOUR, "hour"}, {MINUTE, "minute"}, {1, "second"}};
	size_t i = 0;
	while (i < 3 && seconds < 2 * units[i].unit)
		i++;
	int64_t count = seconds / units[i].unit;
	return pf_arena_print(arena, "%lld %s%s", (long long)count, units[i].name,
	                      count == 1 ? "" : "s");
}
