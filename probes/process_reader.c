/* Processes and listening sockets, read. */
#include "process_reader.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* 172.16.0.0/12 and 100.64.0.0/10 by their second number. */
static bool second_between(const char *address, const char *first, long least, long most)
{
	if (!begins(address, first))
		return false;
	long second = strtol(address + strlen(first), NULL, 10);
	return second >= least && second <= most;
}

static bool is_private(const char *address)
{
	static const char *const heads[] = {"10.", "192.168.", "169.254.", "fc", "fd",
	                                    "fe8", "fe9",      "fea",      "feb"};
	for (size_t i = 0; i < PF_COUNT(heads); i++)
		if (begins(address, heads[i]))
			return true;
	return second_between(address, "172.", 16, 31) || second_between(address, "100.", 64, 127);
}

enum pf_scope pf_scope_of(const char *address)
{
	if (begins(address, "::ffff:"))
		address += strlen("::ffff:");
	if (strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0)
		return PF_SCOPE_EVERY;
	if (begins(address, "127.") || strcmp(address, "::1") == 0)
		return PF_SCOPE_LOOPBACK;
	return is_private(address) ? PF_SCOPE_PRIVATE : PF_SCOPE_PUBLIC;
}

bool pf_listener_read(const char *words, struct pf_listener *listener)
{
	const char *space = strchr(words, ' '), *colon = strrchr(words, ':');
	*listener = (struct pf_listener){0};
	if (!space || (size_t)(space - words) >= sizeof listener->protocol)
		return false;
	memcpy(listener->protocol, words, (size_t)(space - words));
	if (strcmp(listener->protocol, "unix") == 0)
		return true; /* its scope is loopback */
	if (!colon || colon < space)
		return false;
	bool bracketed = space[1] == '[' && colon[-1] == ']';
	const char *start = space + 1 + bracketed;
	size_t length = (size_t)(colon - start) - bracketed;
	if (colon < start + bracketed || length >= sizeof listener->address)
		return false;
	memcpy(listener->address, start, length);
	listener->port = strtol(colon + 1, NULL, 10);
	listener->scope = pf_scope_of(listener->address);
	return true;
}

const struct pf_process *pf_listening_on(const struct pf_facts_process *facts, const char *words)
{
	for (size_t i = 0; i < facts->processes.count; i++)
		if (pf_words_have(facts->processes.at[i].listens, words))
			return &facts->processes.at[i];
	return NULL;
}

bool pf_is_site_host(const struct pf_site *site, const struct pf_vantage *vantage)
{
	return strcmp(vantage->role, "app") == 0 || strcmp(vantage->role, "db") == 0 ||
	       strcmp(vantage->role, "backup") == 0 || pf_vantage_in(vantage, site->app.on);
}
