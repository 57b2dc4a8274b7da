/* Checks an HTTP question before any of it goes to libcurl, which puts what it is given on the wire
 * as it is, line ends and all. */
#include "drivers/http_question.h"

#include "drivers/transport.h"

#include <string.h>
#include <strings.h>

static bool is_clean(const char *text, bool spaces)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f || (*text == ' ' && !spaces))
			return false;
	return true;
}

/* Asking must not change anything: no other methods. */
static bool is_harmless(const char *method)
{
	static const char *const harmless[] = {"GET", "HEAD", "POST", "OPTIONS", "TRACE"};
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (strcmp(method, harmless[i]) == 0)
			return true;
	return false;
}

static bool is_header(const char *line)
{
	size_t name = strcspn(line, ":");
	return name > 0 && line[name] == ':' && is_clean(line, true) && strcspn(line, " ") > name &&
	       strncasecmp(line, "Host:", 5) != 0;
}

const char *pf_http_mistake(const struct pf_ask_http *ask)
{
	const char *method = ask->method ? ask->method : "GET";
	bool web = ask->url &&
	           (strncmp(ask->url, "http://", 7) == 0 || strncmp(ask->url, "https://", 8) == 0);
	if (!web || !is_clean(ask->url, false))
		return "not an http: or https: url";
	if (!ask->address || !is_clean(ask->address, true))
		return "no address";
	if (strncmp(ask->address, "unix:/", 6) != 0 && !pf_is_literal(ask->address))
		return "the address is not a literal one";
	if (ask->port < 0 || ask->port > 65535)
		return "no such port";
	if (!is_harmless(method) || (ask->body && strcmp(method, "POST") != 0))
		return "not a method that is asked with";
	if (ask->host && !is_clean(ask->host, true))
		return "control characters in Host";
	for (size_t i = 0; i < ask->headers.count; i++)
		if (!is_header(ask->headers.at[i]))
			return "a header that is none";
	return NULL;
}
