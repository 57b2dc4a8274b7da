/* URLs, taken apart strictly: what is odd in a site file is a mistake, not a feature. RFC 3986. */
#include "base/text.h"
#include "model/site_file.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct scheme {
	const char *name;
	int64_t port;
	enum { A_HOST, A_HOST_OR_A_SOCKET, A_FILE } of;
} schemes[] = {
	{"http", 80, A_HOST},
	{"https", 443, A_HOST},
	{"redis", 6379, A_HOST},
	{"rediss", 6379, A_HOST},
	{"memcached", 11211, A_HOST},
	{"postgresql", 5432, A_HOST_OR_A_SOCKET},
	{"postgres", 5432, A_HOST_OR_A_SOCKET},
	{"mysql", 3306, A_HOST_OR_A_SOCKET},
	{"sqlite", 0, A_FILE},
};

static const char NO_PASSWORD[] = "a password does not belong into the site file; use "
				  "password_file, password_env or password_command";

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
		if ((unsigned char)*text <= ' ' || (unsigned char)*text > '~' || *text == '\\')
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

/* What inet_aton(3) takes for an address and a reader may not: 127.1, 2130706433, 0x7f000001. */
static bool is_number(const char *label)
{
	size_t digits = strspn(label, "0123456789");
	if (*label == '0' && (label[1] == 'x' || label[1] == 'X'))
		digits = 2 + strspn(label + 2, "0123456789abcdefABCDEF");
	return *label && label[digits] == '\0';
}

bool pf_is_host(const char *text)
{
	struct in6_addr address;
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t length = strlen(text), label = 0;
	if (strchr(text, ':'))
		return inet_pton(AF_INET6, text, &address) == 1;
	if (length == 0 || length > 253 || strspn(text, allowed) != length || text[0] == '-' ||
	    text[0] == '.' || text[length - 1] == '.' || strstr(text, ".."))
		return false;
	for (const char *at = text; *at; at++) {
		label = *at == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	const char *last = strrchr(text, '.');
	return !is_number(last ? last + 1 : text) || inet_pton(AF_INET, text, &address) == 1;
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
	char *lower = pf_arena_copy_bytes(arena, host, (size_t)(end - host));
	for (char *letter = lower; *letter; letter++)
		if (*letter >= 'A' && *letter <= 'Z')
			*letter += 'a' - 'A';
	url->host = lower;
	if (!pf_is_host(url->host) || (bracketed && !strchr(url->host, ':')))
		return wrong(problem, "the host must be a name or an address (IPv6 in [ ])");
	if (*rest == '\0')
		return true;
	if (*rest != ':')
		return wrong(problem, "after the host comes nothing, or : and a port");
	return read_port(rest + 1, &url->port, problem);
}

static bool read_authority(struct pf_arena *arena, const char *authority, bool may_be_socket,
                           struct pf_url *url, const char **problem)
{
	const char *at = strrchr(authority, '@');
	if (at) {
		url->user = pf_arena_copy_bytes(arena, authority, (size_t)(at - authority));
		if (strchr(url->user, ':'))
			return wrong(problem, NO_PASSWORD);
		authority = at + 1;
	}
	if (*authority == '\0') {
		url->host = "";
		return may_be_socket || wrong(problem, "the host is missing");
	}
	return read_host(arena, authority, url, problem);
}

/* libpq and others take a password among the parameters, too. */
static bool has_password_parameter(const char *path)
{
	static const char *const names[] = {"password=", "passwd=", "sslpassword="};
	for (const char *at = strchr(path, '?'); at; at = strpbrk(at + 1, "&;"))
		for (size_t i = 0; i < sizeof names / sizeof *names; i++)
			if (strncasecmp(at + 1, names[i], strlen(names[i])) == 0)
				return true;
	return false;
}

/* A password with a slash in it ends in what looks like the path: redis://shop:12/34@cache1 */
static bool has_password_end(const struct scheme *scheme, const char *path)
{
	return scheme->of != A_FILE && memchr(path, '@', strcspn(path, "?#"));
}

bool pf_url_parse(struct pf_arena *arena, const char *text, struct pf_url *url,
                  const char **problem)
{
	const char *colon = strstr(text, "://");
	const struct scheme *scheme = colon ? scheme_named(text, (size_t)(colon - text)) : NULL;
	*url = (struct pf_url){0};
	if (!is_plain(text))
		return wrong(
			problem,
			"spaces, control characters, backslashes and letters beyond ASCII do not "
			"belong into a URL (in a host they are written as xn--..., in a path as "
			"%..)");
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
	if (strncmp(scheme->name, "http", 4) != 0 &&
	    (has_password_parameter(url->path) || has_password_end(scheme, url->path)))
		return wrong(problem, NO_PASSWORD);
	if (scheme->of != A_FILE)
		return read_authority(arena, pf_arena_copy_bytes(arena, rest, length),
		                      scheme->of == A_HOST_OR_A_SOCKET, url, problem);
	url->host = "";
	return length == 0 && url->path[1]
	               ? true
	               : wrong(problem, "sqlite:/// is followed by an absolute path");
}
