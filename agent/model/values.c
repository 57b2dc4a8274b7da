/* One reader for each type of value in the site file. The schema says the type, never the way it
 * was written: a quoted number is a number where one is wanted, and `no` is a name where a name is
 * wanted. */
#include "model/values.h"

#include "base/clock.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const char *const roles[] = {"bastion", "app", "db", "outside", "backup"};
const struct pf_words pf_roles = {roles, sizeof roles / sizeof *roles};

static bool wrong(const char **why, const char *what)
{
	*why = what;
	return false;
}

static bool is_text(const struct pf_node *node)
{
	return node->kind == PF_NODE_TEXT && *node->text;
}

static bool read_text(struct pf_arena *arena, const struct pf_node *node, void *at,
                      const char **why)
{
	if (!is_text(node))
		return wrong(why, "this must be a text");
	*(const char **)at = pf_arena_copy(arena, node->text);
	return true;
}

/* A URL with one of these schemes. */
static bool read_url(struct pf_arena *arena, const struct pf_node *node, struct pf_words schemes,
                     struct pf_url *url, const char **why, const char *what)
{
	if (!is_text(node))
		return wrong(why, what);
	if (!pf_url_parse(arena, node->text, url, why))
		return false;
	return pf_words_have(schemes, url->scheme) || wrong(why, what);
}

static bool read_database(struct pf_arena *arena, const struct pf_node *node, void *at,
                          const char **why)
{
	static const char *const schemes[] = {"postgresql", "postgres", "mysql", "sqlite"};
	return read_url(arena, node, (struct pf_words){schemes, 4}, at, why,
	                "a database's URL begins with postgresql://, mysql:// or sqlite:///");
}

static bool read_cache(struct pf_arena *arena, const struct pf_node *node, void *at,
                       const char **why)
{
	static const char *const schemes[] = {"redis", "rediss", "memcached"};
	return read_url(arena, node, (struct pf_words){schemes, 3}, at, why,
	                "a cache's URL begins with redis://, rediss:// or memcached://");
}

static bool read_restore(struct pf_arena *arena, const struct pf_node *node, void *at,
                         const char **why)
{
	struct pf_url url;
	return read_database(arena, node, &url, why) && read_text(arena, node, at, why);
}

bool pf_web_url_parse(struct pf_arena *arena, const char *text, struct pf_url *url,
                      const char **why)
{
	if (!pf_url_parse(arena, text, url, why))
		return false;
	if (strcmp(url->scheme, "https") != 0 && strcmp(url->scheme, "http") != 0)
		return wrong(why, "the site's URL begins with https:// (or http://)");
	if (url->user)
		return wrong(why, "the site's URL has no user in it");
	if (strpbrk(url->path, "?#"))
		return wrong(why, "the site's URL has no ? and no # in it");
	return true;
}

/* Plain HTTP tells who listens which copies there are, and who sits in between may tell us of any:
 * it stays on this machine or in the private network, by address. RFC 1918, RFC 4193. */
static bool is_private(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (strcmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET6, host, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6) || (v6.s6_addr[0] & 0xfe) == 0xfc;
	if (inet_pton(AF_INET, host, &v4) != 1)
		return false;
	uint32_t number = ntohl(v4.s_addr);
	return number >> 24 == 127 || number >> 24 == 10 || number >> 20 == 0xac1 ||
	       number >> 16 == 0xc0a8;
}

static bool read_endpoint(struct pf_arena *arena, const struct pf_node *node, void *at,
                          const char **why)
{
	static const char *const schemes[] = {"https", "http"};
	static const char what[] = "an endpoint is a URL without a path, as in "
				   "https://s3.eu-central-1.amazonaws.com";
	struct pf_url *url = at;
	if (!read_url(arena, node, (struct pf_words){schemes, 2}, url, why, what))
		return false;
	if (url->user || strcmp(url->path, "/") != 0)
		return wrong(why, what);
	return strcmp(url->scheme, "https") == 0 || is_private(url->host) ||
	       wrong(why, "over plain http:// anybody in between can tell us of copies that are "
	                  "not there; it is taken for private addresses alone: use https://");
}

static bool read_web_url(struct pf_arena *arena, const struct pf_node *node, void *at,
                         const char **why)
{
	return is_text(node) ? pf_web_url_parse(arena, node->text, at, why)
	                     : wrong(why, "this must be a URL, as in https://shop.example.com");
}

static bool read_path(struct pf_arena *arena, const struct pf_node *node, void *at,
                      const char **why)
{
	if (!is_text(node) || node->text[0] != '/')
		return wrong(why, "this must be an absolute path");
	return read_text(arena, node, at, why);
}

/* A URL is libpq's to read: all that is said of it here is that it is one, without a password. */
static bool read_history(struct pf_arena *arena, const struct pf_node *node, void *at,
                         const char **why)
{
	bool is_url = is_text(node) && (strncmp(node->text, "postgresql://", 13) == 0 ||
	                                strncmp(node->text, "postgres://", 11) == 0);
	bool is_place = is_text(node) && (node->text[0] == '/' || strcmp(node->text, "none") == 0);
	if (!is_url && !is_place)
		return wrong(why, "this must be an absolute path, a postgresql:// URL, or none");
	if (is_url && strstr(node->text, "password="))
		return wrong(why, "a password does not belong into the site file; put it into "
		                  "~/.pgpass");
	return read_text(arena, node, at, why);
}

static bool read_location(struct pf_arena *arena, const struct pf_node *node, void *at,
                          const char **why)
{
	if (!is_text(node) || node->text[0] != '/' || node->text[1] == '/' ||
	    strpbrk(node->text, " \\\"?#"))
		return wrong(why, "this must be the path of a URL, as in /static/");
	return read_text(arena, node, at, why);
}

/* Is the text right for an item of such a list? */
typedef bool text_fits(const char *text);

static bool fits_anything(const char *text)
{
	return *text != '\0';
}

static bool fits_pattern(const char *text)
{
	return text[0] == '/';
}

/* ".example.com" and "*.example.com" stand for every name below, as in ALLOWED_HOSTS. */
static bool fits_host(const char *text)
{
	text += strncmp(text, "*.", 2) == 0;
	return text[0] == '.' ? pf_is_host(text + 1) && !strchr(text, ':') : pf_is_host(text);
}

static bool fits_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool fits_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	long port = digits && digits <= 5 && !text[digits] ? strtol(text, NULL, 10) : 0;
	return port > 0 && port < 65536 && *text != '0';
}

static const struct list {
	text_fits *fits;
	bool one_is_fine; /* a single text is a list of one */
	const char *what;
} lists[] = {
	[PF_VALUE_PATTERNS] = {fits_pattern, true,
                               "this must be an absolute path or pattern, or a list of them"},
	[PF_VALUE_HOSTS] = {fits_host, false,
                            "this must be a list of host names, as in [shop.example.com]"},
	[PF_VALUE_ADDRESSES] = {fits_address, false,
                                "this must be a list of addresses, as in [203.0.113.10, "
                                "\"2001:db8::10\"]"},
	[PF_VALUE_PORTS] = {fits_port, true, "this must be a list of ports, as in [22, 9100]"},
	[PF_VALUE_VANTAGES] = {fits_anything, true,
                               "this must be the name of a vantage or a list of them"},
	[PF_VALUE_CLIENTS] = {fits_anything, true,
                              "this must be a vantage or a role, or a list of them"},
	[PF_VALUE_ARGV] = {fits_anything, false,
                           "this must be a list: the program and its arguments"},
};

static bool read_list(struct pf_arena *arena, const struct pf_node *node, const struct list *list,
                      void *at, const char **why, const struct pf_node **where)
{
	const struct pf_node *single[] = {node};
	bool is_list = node->kind == PF_NODE_LIST;
	const struct pf_node *const *items = is_list ? node->items : single;
	size_t count = is_list ? node->count : 1;
	if ((!is_list && !(list->one_is_fine && is_text(node))) || count == 0)
		return wrong(why, list->what);
	const char **words = pf_arena_array(arena, count, sizeof *words);
	for (size_t i = 0; i < count; i++) {
		*where = items[i];
		if (items[i]->kind != PF_NODE_TEXT || !list->fits(items[i]->text))
			return wrong(why, list->what);
		words[i] = pf_arena_copy(arena, items[i]->text);
	}
	*(struct pf_words *)at = (struct pf_words){words, count};
	return true;
}

static bool read_role(struct pf_arena *arena, const struct pf_node *node, void *at,
                      const char **why)
{
	if (!is_text(node) || !pf_words_have(pf_roles, node->text))
		return wrong(why, "a role is one of bastion, app, db, outside, backup");
	return read_text(arena, node, at, why);
}

/* What ssh(1) takes for a destination, and no shell or option could take for something else. */
static bool read_ssh(struct pf_arena *arena, const struct pf_node *node, void *at, const char **why)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:@-";
	if (!is_text(node) || node->text[0] == '-' ||
	    strspn(node->text, allowed) != strlen(node->text))
		return wrong(why, "this must be a destination for ssh, as in deploy@app1");
	return read_text(arena, node, at, why);
}

static bool read_backend(struct pf_arena *arena, const struct pf_node *node, void *at,
                         const char **why)
{
	struct pf_url url;
	const char *problem;
	if (is_text(node) && node->text[0] == '/') {
		*(const char **)at = pf_arena_print(arena, "unix:%s", node->text);
		return true;
	}
	const char *text = is_text(node) ? node->text : "";
	if (strncmp(text, "unix:/", 6) != 0 &&
	    (strchr(text, '/') || strchr(text, '@') || !strrchr(text, ':') ||
	     strspn(strrchr(text, ':') + 1, "0123456789") == 0 ||
	     !pf_url_parse(arena, pf_arena_print(arena, "http://%s/", text), &url, &problem)))
		return wrong(why, "this must be host:port, or the path of a socket");
	return read_text(arena, node, at, why);
}

static bool read_truth(const struct pf_node *node, void *at)
{
	const char *text = is_text(node) && !node->quoted ? node->text : "";
	*(bool *)at = strcmp(text, "true") == 0;
	return *(bool *)at || strcmp(text, "false") == 0;
}

static bool read_whole(const struct pf_node *node, int64_t least, int64_t most, void *at)
{
	const char *text = is_text(node) ? node->text : "";
	size_t digits = strspn(text, "0123456789");
	int64_t value = digits && digits < 10 && text[digits] == '\0' ? atoll(text) : -1;
	if (value < least || value > most)
		return false;
	*(int64_t *)at = value;
	return true;
}

/* No time at all would read as one that was not said. */
static bool read_duration(const struct pf_node *node, void *at)
{
	int64_t seconds;
	if (!is_text(node) || !pf_duration(node->text, &seconds) || seconds == 0)
		return false;
	*(int64_t *)at = seconds;
	return true;
}

/* The text, and the end of the day in the member behind it. */
static bool read_date(struct pf_arena *arena, const struct pf_node *node, void *at,
                      const char **why)
{
	int64_t *end = (int64_t *)(void *)((const char **)at + 1);
	if (!is_text(node) || !pf_end_of_day(node->text, end))
		return wrong(why, "this must be a day, as in 2027-03-01");
	return read_text(arena, node, at, why);
}

/* tool: {stanza: shop}. The tool's name is the key's, its target goes to the member behind. */
static bool read_tool(struct pf_arena *arena, const struct pf_node *node, const struct pf_key *key,
                      void *at, const char **why)
{
	const char **tool = at, **target = tool + 1;
	const char *right =
		pf_arena_print(arena, "this must be %s: {%s: ...}", key->name, key->inner);
	if (node->kind != PF_NODE_MAP)
		return wrong(why, right);
	for (size_t i = 0; i < node->count; i++) {
		if (!is_text(node->items[i]) || strcmp(node->keys[i]->text, key->inner) != 0)
			return wrong(why, right);
		*target = pf_arena_copy(arena, node->items[i]->text);
	}
	if (!*target)
		return wrong(why, right);
	*tool = key->name;
	return true;
}

/* Do pf_url_parse's own words come first? */
static bool is_url(enum pf_value_type type)
{
	return type == PF_VALUE_DATABASE || type == PF_VALUE_CACHE || type == PF_VALUE_RESTORE ||
	       type == PF_VALUE_ENDPOINT || type == PF_VALUE_WEB_URL;
}

/* scheme://user:password@ in any text: a repository, an argument of a command. */
static bool holds_password(const char *text)
{
	for (const char *at = strstr(text, "://"); at; at = strstr(at, "://")) {
		at += 3;
		const char *user_ends = memrchr(at, '@', strcspn(at, "/?# "));
		if (user_ends && memchr(at, ':', (size_t)(user_ends - at)))
			return true;
	}
	return false;
}

/* The first text in the node that has a password in it; NULL: none. */
static const struct pf_node *find_password(const struct pf_node *node)
{
	const struct pf_node *found = NULL;
	if (node->kind == PF_NODE_TEXT)
		return holds_password(node->text) ? node : NULL;
	for (size_t i = 0; i < node->count && !found; i++)
		found = find_password(node->items[i]);
	return found;
}

bool pf_value_read(struct pf_arena *arena, const struct pf_node *node, const struct pf_key *key,
                   void *at, const char **why, const struct pf_node **where)
{
	const struct pf_node *password = is_url(key->type) ? NULL : find_password(node);
	*where = password ? password : node;
	if (password)
		return wrong(why, "a password does not belong into the site file; keep it where "
		                  "the one who needs it reads it itself");
	switch (key->type) {
	case PF_VALUE_TEXT:
	case PF_VALUE_BACKED_UP:
		return read_text(arena, node, at, why);
	case PF_VALUE_DATABASE:
		return read_database(arena, node, at, why);
	case PF_VALUE_CACHE:
		return read_cache(arena, node, at, why);
	case PF_VALUE_RESTORE:
		return read_restore(arena, node, at, why);
	case PF_VALUE_ENDPOINT:
		return read_endpoint(arena, node, at, why);
	case PF_VALUE_WEB_URL:
		return read_web_url(arena, node, at, why);
	case PF_VALUE_PATH:
		return read_path(arena, node, at, why);
	case PF_VALUE_HISTORY:
		return read_history(arena, node, at, why);
	case PF_VALUE_LOCATION:
		return read_location(arena, node, at, why);
	case PF_VALUE_PATTERNS:
	case PF_VALUE_HOSTS:
	case PF_VALUE_ADDRESSES:
	case PF_VALUE_PORTS:
	case PF_VALUE_VANTAGES:
	case PF_VALUE_CLIENTS:
	case PF_VALUE_ARGV:
		return read_list(arena, node, &lists[key->type], at, why, where);
	case PF_VALUE_ROLE:
		return read_role(arena, node, at, why);
	case PF_VALUE_SSH:
		return read_ssh(arena, node, at, why);
	case PF_VALUE_BACKEND:
		return read_backend(arena, node, at, why);
	case PF_VALUE_PORT:
		return read_whole(node, 1, 65535, at) ||
		       wrong(why, "this must be a port, from 1 to 65535");
	case PF_VALUE_COUNT:
		return read_whole(node, 1, 100000, at) ||
		       wrong(why, "this must be a number, 1 or more");
	case PF_VALUE_DURATION:
		return read_duration(node, at) ||
		       wrong(why, "this must be a time, as in 26h or 7d");
	case PF_VALUE_TRUTH:
		return read_truth(node, at) || wrong(why, "this must be true or false");
	case PF_VALUE_DATE:
		return read_date(arena, node, at, why);
	case PF_VALUE_TOOL:
		return read_tool(arena, node, key, at, why);
	case PF_VALUE_BLOCK:
	case PF_VALUE_BLOCKS:
	case PF_VALUE_NAMED:
		break;
	}
	return wrong(why, "this must be a block");
}
