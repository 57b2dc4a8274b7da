/* One reader for each type of value in the site file. The schema says the type, never the way it
 * was written: a quoted number is a number where one is wanted, and `no` is a name where a name is
 * wanted. */
#include "model/values.h"

#include "base/clock.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

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

static bool read_url(struct pf_arena *arena, const struct pf_node *node, void *at, const char **why)
{
	return is_text(node) ? pf_url_parse(arena, node->text, at, why)
	                     : wrong(why, "this must be a URL");
}

static bool read_web_url(struct pf_arena *arena, const struct pf_node *node, void *at,
                         const char **why)
{
	struct pf_url *url = at;
	if (!read_url(arena, node, at, why))
		return false;
	if (strcmp(url->scheme, "https") != 0 && strcmp(url->scheme, "http") != 0)
		return wrong(why, "the site's URL begins with https:// (or http://)");
	if (url->user)
		return wrong(why, "the site's URL has no user in it");
	return true;
}

static bool read_path(struct pf_arena *arena, const struct pf_node *node, void *at,
                      const char **why)
{
	if (!is_text(node) || node->text[0] != '/')
		return wrong(why, "this must be an absolute path");
	return read_text(arena, node, at, why);
}

static bool read_location(struct pf_arena *arena, const struct pf_node *node, void *at,
                          const char **why)
{
	if (!is_text(node) || node->text[0] != '/' || strpbrk(node->text, " \\\"?#"))
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

static bool fits_host(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];
	if (inet_pton(AF_INET6, text, address) == 1)
		return true;
	if (strncmp(text, "*.", 2) == 0)
		text += 2;
	return *text &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") ==
	               strlen(text);
}

static bool fits_address(const char *text)
{
	unsigned char address[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool read_list(struct pf_arena *arena, const struct pf_node *node, text_fits *fits,
                      bool one_is_fine, void *at, const char **why, const char *what)
{
	const struct pf_node *single[] = {node};
	const struct pf_node *const *items = node->kind == PF_NODE_LIST ? node->items : single;
	size_t count = node->kind == PF_NODE_LIST ? node->count : 1;
	if ((node->kind != PF_NODE_LIST && !(one_is_fine && is_text(node))) || count == 0)
		return wrong(why, what);
	const char **words = pf_arena_array(arena, count, sizeof *words);
	for (size_t i = 0; i < count; i++) {
		if (items[i]->kind != PF_NODE_TEXT || !fits(items[i]->text))
			return wrong(why, what);
		words[i] = pf_arena_copy(arena, items[i]->text);
	}
	*(struct pf_words *)at = (struct pf_words){words, count};
	return true;
}

static bool read_role(struct pf_arena *arena, const struct pf_node *node, void *at,
                      const char **why)
{
	static const char *const roles[] = {"bastion", "app", "db", "outside", "backup"};
	if (!is_text(node) || !pf_words_have((struct pf_words){roles, 5}, node->text))
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
	if (*tool)
		return wrong(why, "a backup has one tool");
	for (size_t i = 0; i < node->count; i++) {
		bool is_prefix = strcmp(key->inner, "bucket") == 0 &&
		                 strcmp(node->keys[i]->text, "prefix") == 0;
		if (strcmp(node->keys[i]->text, key->inner) == 0 && is_text(node->items[i]))
			*target = pf_arena_copy(arena, node->items[i]->text);
		else if (!is_prefix)
			return wrong(why, right);
	}
	*tool = key->name;
	return *target ? true : wrong(why, right);
}

bool pf_value_read(struct pf_arena *arena, const struct pf_node *node, const struct pf_key *key,
                   void *at, const char **why)
{
	switch (key->type) {
	case PF_VALUE_TEXT:
		return read_text(arena, node, at, why);
	case PF_VALUE_URL:
		return read_url(arena, node, at, why);
	case PF_VALUE_WEB_URL:
		return read_web_url(arena, node, at, why);
	case PF_VALUE_PATH:
		return read_path(arena, node, at, why);
	case PF_VALUE_LOCATION:
		return read_location(arena, node, at, why);
	case PF_VALUE_PATTERNS:
		return read_list(arena, node, fits_pattern, true, at, why,
		                 "this must be an absolute path or pattern, or a list of them");
	case PF_VALUE_HOSTS:
		return read_list(arena, node, fits_host, false, at, why,
		                 "this must be a list of host names, as in [shop.example.com]");
	case PF_VALUE_ADDRESSES:
		return read_list(
			arena, node, fits_address, false, at, why,
			"this must be a list of addresses, as in [203.0.113.10, \"2001:db8::10\"]");
	case PF_VALUE_WORDS:
		return read_list(arena, node, fits_anything, true, at, why,
		                 "this must be a name or a list of names");
	case PF_VALUE_ARGV:
		return read_list(arena, node, fits_anything, false, at, why,
		                 "this must be a list: the program and its arguments");
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
		return (is_text(node) && pf_duration(node->text, at)) ||
		       wrong(why, "this must be a time, as in 26h or 7d");
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
