/* The addresses in a page's tags that a browser asks for without being told to. */
#include "drivers/page_loads.h"

#include "base/text.h"
#include "drivers/tags.h"

#include <string.h>
#include <strings.h>

enum { MOST = 64, MOST_PLAIN = 32, ADDRESS_BYTES = 300, SOURCE_BYTES = 2048 };

struct loads {
	struct pf_arena *arena;
	const char *plain[MOST_PLAIN], *other[MOST];
	size_t plain_count, other_count;
};

/* https://html.spec.whatwg.org/multipage/indices.html#attributes-3, as far as browsers act on them
 * by themselves. A link depends on its rel; an <a> does not load. */
static const struct {
	const char *element, *attribute;
	bool list;       /* of addresses, each followed by a width or density: srcset */
	bool only_plain; /* told only when it is http:// */
} loading[] = {
	{"img", "src", false, false},          {"img", "srcset", true, false},
	{"source", "src", false, false},       {"source", "srcset", true, false},
	{"script", "src", false, false},       {"link", "href", false, false},
	{"iframe", "src", false, false},       {"frame", "src", false, false},
	{"embed", "src", false, false},        {"object", "data", false, false},
	{"audio", "src", false, false},        {"video", "src", false, false},
	{"video", "poster", false, false},     {"track", "src", false, false},
	{"input", "src", false, false},        {"image", "href", false, false},
	{"base", "href", false, true},         {"form", "action", false, true},
	{"button", "formaction", false, true},
};

static bool is_space(char character)
{
	return character == ' ' || (character >= '\t' && character <= '\r');
}

/* Entities decoded, white space at the ends and line breaks within taken away, as URLs are read. */
static char *read_address(struct pf_arena *arena, struct pf_span source, size_t *count)
{
	size_t used = 0, length;
	source = pf_span_trim(source);
	if (source.count > SOURCE_BYTES)
		source.count = SOURCE_BYTES;
	char *text = pf_arena_take(arena, source.count + 1);
	for (size_t i = 0; i < source.count; i += length) {
		char here = pf_entity((struct pf_span){source.at + i, source.count - i}, &length);
		if (here != '\t' && here != '\r' && here != '\n')
			text[used++] = here;
	}
	*count = used;
	return text;
}

static void add(struct loads *loads, size_t row, struct pf_span source)
{
	size_t count;
	if (source.count == 0 || (loads->plain_count == MOST_PLAIN && loads->other_count == MOST))
		return;
	char *text = read_address(loads->arena, source, &count);
	bool plain = count >= 7 && strncasecmp(text, "http://", 7) == 0;
	if (loading[row].only_plain && !plain)
		return;
	if (!count || (plain ? loads->plain_count == MOST_PLAIN : loads->other_count == MOST))
		return;
	const char *told = pf_arena_print(loads->arena, "%s %s %s", loading[row].element,
	                                  loading[row].attribute,
	                                  pf_escape(loads->arena, text, count, ADDRESS_BYTES));
	if (plain)
		loads->plain[loads->plain_count++] = told;
	else
		loads->other[loads->other_count++] = told;
}

/* "a.png 1x, b.png 2x" */
static void add_list(struct loads *loads, size_t row, struct pf_span list)
{
	for (struct pf_span one; pf_span_next(&list, &one);) {
		size_t length = 0;
		while (length < one.count && !is_space(one.at[length]))
			length++;
		add(loads, row, (struct pf_span){one.at, length});
	}
}

static struct pf_span attribute(struct pf_span attributes, const char *wanted)
{
	for (struct pf_span name, value; pf_attribute_next(&attributes, &name, &value);)
		if (pf_span_is(name, wanted))
			return value;
	return (struct pf_span){0};
}

/* Does a <link> with this rel load what it names? */
static bool rel_loads(struct pf_span rel)
{
	static const char *const loads[] = {"stylesheet",    "icon",     "preload",
	                                    "modulepreload", "manifest", "apple-touch-icon"};
	while (rel.count) {
		size_t length = 0;
		while (length < rel.count && !is_space(rel.at[length]))
			length++;
		for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
			if (pf_span_is((struct pf_span){rel.at, length}, loads[i]))
				return true;
		size_t taken = length < rel.count ? length + 1 : length;
		rel = (struct pf_span){rel.at + taken, rel.count - taken};
	}
	return false;
}

static void read_tag(struct loads *loads, const struct pf_tag *tag)
{
	if (pf_span_is(tag->name, "link") && !rel_loads(attribute(tag->attributes, "rel")))
		return;
	for (size_t i = 0; i < sizeof loading / sizeof *loading; i++) {
		if (!pf_span_is(tag->name, loading[i].element))
			continue;
		struct pf_span value = attribute(tag->attributes, loading[i].attribute);
		if (loading[i].list)
			add_list(loads, i, value);
		else
			add(loads, i, value);
	}
}

struct pf_words pf_page_loads(struct pf_arena *arena, struct pf_span html)
{
	struct loads *loads = pf_arena_take(arena, sizeof *loads);
	size_t inert = 0;
	loads->arena = arena;
	for (struct pf_tag tag; pf_tag_next(&html, &tag);) {
		if (pf_span_is(tag.name, "template") || pf_span_is(tag.name, "noscript")) {
			inert = !tag.closing ? inert + 1 : inert ? inert - 1 : 0;
			continue;
		}
		if (!tag.closing && inert == 0)
			read_tag(loads, &tag);
	}
	const char **all = pf_arena_array(arena, MOST, sizeof *all);
	size_t count = 0;
	for (size_t i = 0; i < loads->plain_count; i++)
		all[count++] = loads->plain[i];
	for (size_t i = 0; i < loads->other_count && count < MOST; i++)
		all[count++] = loads->other[i];
	return (struct pf_words){.at = all, .count = count};
}
