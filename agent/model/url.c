/* URLs, taken apart strictly: what is odd in a site file is a mistake, not a feature. RFC 3986. */
#include "base/text.h"
#include "model/site_file.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const struct scheme {
	const char *name;
	int64_t port;
	bool has_host;
} schemes[] = {
	{"http", 80, true},       {"https", 443, true},       {"redis", 6379, true},
	{"rediss", 6379, true},   {"memcached", 11211, true}, {"postgresql", 5432, true},
	{"postgres", 5432, true}, {"mysql", 3306, true},      {"sqlite", 0, false},
};

static const struct scheme *scheme_named(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (strlen(schemes[i].name) == length &&
		    strncmp(schemes[i].name, text, length) == 0)
			return &schemes[i];
	return NULL;
}

static bool wrong(const char **problem, const char *why)
{
	*problem = why;
	return false;
}

static bool is_plain(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f || *text == '\\')
			return false;
	return true;
}

static bool read_port(const char *text, int64_t *port, const char **problem)
{
	size_t digits = strspn(text, "0123456789");
	long value = digits && digits <= 5 ? atol(text) : 0;
	if (text[digits] != '\0' || value < 1 || value > 65535)
		return wrong(problem, "the port must be a number from 1 to 65535");
	*port = value;
	return true;
}

static bool is_host(const char *host)
{
	struct in6_addr address;
	if (strchr(host, ':'))
		return inet_pton(AF_INET6, host, &address) == 1;
	return *host &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
	               strlen(host);
}

/* "host", "host:port", "[v6]", "[v6]:port" */
static bool read_host(struct pf_arena *arena, const char *text, struct pf_url *url,
                      const char **problem)
{
	bool bracketed = text[0] == '[';
	const char *end = bracketed ? strchr(text, ']') : text + strcspn(text, ":");
	if (!end)
		return wrong(problem, "an IPv6 address ends with ]");
	const char *host = text + bracketed, *rest = end + bracketed;
	url->host = pf_arena_copy_bytes(arena, host, (size_t)(end - host));
	if (!is_host(url->host) || (bracketed && !strchr(url->host, ':')))
		return wrong(problem, "the host must be a name or an address (IPv6 in [ ])");
	if (*rest == '\0')
		return true;
	if (*rest != ':')
		return wrong(problem, "after the host comes nothing, or : and a port");
	return read_port(rest + 1, &url->port, problem);
}

static bool read_authority(struct pf_arena *arena, const char *authority, struct pf_url *url,
                           const char **problem)
{
	const char *at = strrchr(authority, '@');
	if (at) {
		url->user = pf_arena_copy_bytes(arena, authority, (size_t)(at - authority));
		if (strchr(url->user, ':'))
			return wrong(problem, "a password does not belong into the site file; use "
			                      "password_file, password_env or password_command");
		authority = at + 1;
	}
	if (*authority == '\0' && at == NULL)
		return wrong(problem, "the host is missing");
	return read_host(arena, authority, url, problem);
}

bool pf_url_parse(struct pf_arena *arena, const char *text, struct pf_url *url,
                  const char **problem)
{
	const char *colon = strstr(text, "://");
	const struct scheme *scheme = colon ? scheme_named(text, (size_t)(colon - text)) : NULL;
	*url = (struct pf_url){0};
	if (!is_plain(text))
		return wrong(problem,
		             "spaces, control characters and backslashes do not belong into a URL");
	if (!scheme)
		return wrong(problem,
		             "a URL begins with a scheme that is known here, as in https://, "
		             "postgresql://, redis://");
	url->text = pf_arena_copy(arena, text);
	url->scheme = scheme->name;
	url->port = scheme->port;
	const char *rest = colon + 3;
	size_t length = strcspn(rest, "/?#");
	if (rest[length] == '?' || rest[length] == '#')
		return wrong(problem, "a path comes before ? or #");
	url->path = rest[length] ? pf_arena_copy(arena, rest + length) : "/";
	if (scheme->has_host)
		return read_authority(arena, pf_arena_copy_bytes(arena, rest, length), url,
		                      problem);
	url->host = "";
	return length == 0 && url->path[1]
	               ? true
	               : wrong(problem, "sqlite:/// is followed by an absolute path");
}
