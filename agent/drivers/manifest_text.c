/* Reading a manifest of static files. */
#include "drivers/manifest_text.h"

#include "base/text.h"
#include "model/json.h"

#include <string.h>

bool pf_manifest_name_is_inside(const char *name)
{
	if (!*name || *name == '/')
		return false;
	for (size_t length; *name; name += length + (name[length] == '/')) {
		length = strcspn(name, "/");
		if (length == 2 && strncmp(name, "..", 2) == 0)
			return false;
	}
	return true;
}

bool pf_manifest_name_is_plain(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-/";
	return *name && strspn(name, plain) == strlen(name);
}

static bool take_names(struct pf_arena *arena, const struct pf_json *paths, struct pf_words *names)
{
	const char **list = pf_arena_array(arena, pf_json_count(paths) + 1, sizeof *list), *name;
	size_t count = 0;
	for (const struct pf_json *at = pf_json_first(paths); at; at = pf_json_next(at)) {
		if (!pf_json_string_value(at, &name))
			return false;
		list[count++] = pf_arena_copy(arena, name);
	}
	*names = (struct pf_words){list, count};
	return true;
}

bool pf_manifest_read(struct pf_arena *arena, const char *bytes, size_t count,
                      struct pf_words *names, const char **version, const char **problem)
{
	struct pf_json *whole = pf_json_parse(bytes, count, problem);
	const struct pf_json *paths;
	const char *text;
	if (!whole)
		return false;
	bool right = pf_json_is_object(whole) && (paths = pf_json_member(whole, "paths")) &&
	             pf_json_is_object(paths) && pf_json_member(whole, "version") &&
	             pf_json_string_value(pf_json_member(whole, "version"), &text);
	if (right)
		*version = pf_escape_text(arena, text, 16);
	right = right && take_names(arena, paths, names);
	*problem = "it has no \"paths\" or no \"version\"";
	pf_json_free(whole);
	return right;
}
