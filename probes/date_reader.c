/* Dates of HTTP and of ISO 8601, without the C library's idea of zones and locales. */
#include "date_reader.h"

#include <string.h>

/* Two or four digits; -1: none. */
static int digits(const char *at, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++) {
		if (at[i] < '0' || at[i] > '9')
			return -1;
		value = value * 10 + (at[i] - '0');
	}
	return value;
}

/* Days since 1970-01-01 in the Gregorian calendar: the year is taken to begin in March. */
static int64_t days_of(int year, int month, int day)
{
	int64_t years = month > 2 ? year : year - 1;
	int64_t months = (month + 9) % 12;
	int64_t leaps = years / 4 - years / 100 + years / 400;
	return years * 365 + leaps + (months * 306 + 5) / 10 + day - 1 - 719468;
}

int64_t pf_date_read(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char name[4] = "";
	if (strlen(text) != 29 || strcmp(text + 25, " GMT") != 0 || text[4] != ' ')
		return 0;
	memcpy(name, text + 8, 3);
	const char *month = strstr(months, name);
	int day = digits(text + 5, 2), year = digits(text + 12, 4), hour = digits(text + 17, 2);
	int minute = digits(text + 20, 2), second = digits(text + 23, 2);
	if (!month || (month - months) % 3 != 0 || day < 1 || day > 31 || year < 1970 || hour < 0 ||
	    minute < 0 || second < 0)
		return 0;
	int64_t days = days_of(year, (int)(month - months) / 3 + 1, day);
	return days * 86400 + hour * 3600 + minute * 60 + second;
}

/* Seconds that "+01:00" is before UTC; "Z" and nothing are UTC. */
static int64_t zone_of(const char *at)
{
	int hours = *at ? digits(at + 1, 2) : -1;
	int minutes = hours >= 0 && at[3] == ':' ? digits(at + 4, 2) : 0;
	int64_t seconds = hours < 0 || minutes < 0 ? 0 : hours * 3600 + minutes * 60;
	return *at == '-' ? -seconds : *at == '+' ? seconds : 0;
}

int64_t pf_iso_read(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd";
	for (size_t i = 0; shape[i]; i++)
		if (shape[i] == 'd' ? digits(text + i, 1) < 0
		                    : text[i] != shape[i] && (shape[i] != 'T' || text[i] != ' '))
			return 0;
	int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
		return 0;
	const char *rest = text + sizeof shape - 1;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	int64_t seconds =
		digits(text + 11, 2) * 3600 + digits(text + 14, 2) * 60 + digits(text + 17, 2);
	return days_of(year, month, day) * 86400 + seconds - zone_of(rest);
}

int64_t pf_clock_off(const struct pf_answer *answer)
{
	bool seen = answer && answer->kind == PF_KIND_http && answer->http.status && answer->at;
	const char *date = seen ? pf_header(&answer->http, "date") : NULL;
	int64_t theirs = date ? pf_date_read(date) : 0;
	return theirs ? answer->at - theirs : 0;
}

enum { HOUR = 3600 };

const char *pf_age(const struct pf_case *facts, int64_t seconds)
{
	if (seconds < 2 * HOUR)
		return pf_say(facts, "%lld min", (long long)(seconds / 60));
	if (seconds < 72 * HOUR)
		return pf_say(facts, "%lld h", (long long)(seconds / HOUR));
	return pf_say(facts, "%lld days", (long long)(seconds / HOUR / 24));
}
