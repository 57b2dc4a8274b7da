/* A rough reading of HTML: the tokenization of https://html.spec.whatwg.org/multipage/parsing.html
 * as far as it finds tags, and no tree. */
#include "drivers/tags.h"

#include <string.h>
#include <strings.h>

static void skip(struct pf_span *html, size_t count)
{
	if (count > html->count)
		count = html->count;
	*html = (struct pf_span){html->at + count, html->count - count};
}

/* Behind the next `text`; to the end when there is none. */
static void skip_behind(struct pf_span *html, const char *text)
{
	size_t length = strlen(text);
	const char *found = html->count ? memmem(html->at, html->count, text, length) : NULL;
	skip(html, found ? (size_t)(found - html->at) + length : html->count);
}

static bool is_letter(char character)
{
	return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

static bool ends_name(char character)
{
	return strchr(" \t\r\n\f/>", character) != NULL; /* NUL too: a name is no place for it */
}

/* Everything up to the '>' that is not inside a quoted attribute value; false: there is none. */
static bool skip_attributes(struct pf_span *html)
{
	bool after_equals = false;
	while (html->count) {
		char here = html->at[0];
		skip(html, 1);
		if (here == '>')
			return true;
		if (after_equals && (here == '"' || here == '\'')) {
			const char quote[] = {here, '\0'};
			skip_behind(html, quote);
			after_equals = false;
		} else if (here == '=') {
			after_equals = true;
		} else if (!strchr(" \t\r\n\f", here)) {
			after_equals = false;
		}
	}
	return false;
}

/* Does the element hold text only, so that tags in it are none? */
static bool holds_text(struct pf_span name)
{
	static const char *const names[] = {"title",  "script", "style",   "textarea",
	                                    "iframe", "xmp",    "noembed", "noframes"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (pf_span_is(name, names[i]))
			return true;
	return false;
}

/* The text up to "</name", which is left where it is. */
static struct pf_span take_text(struct pf_span *html, struct pf_span name)
{
	struct pf_span rest = *html;
	while (rest.count) {
		const char *end = memmem(rest.at, rest.count, "</", 2);
		if (!end)
			break;
		skip(&rest, (size_t)(end - rest.at));
		if (rest.count > name.count + 2 && ends_name(rest.at[name.count + 2]) &&
		    strncasecmp(rest.at + 2, name.at, name.count) == 0) {
			struct pf_span text = {html->at, (size_t)(rest.at - html->at)};
			*html = rest;
			return text;
		}
		skip(&rest, 2);
	}
	struct pf_span all = *html;
	skip(html, html->count);
	return all;
}

/* At a '<': passes over it when it begins no tag. */
static bool at_tag(struct pf_span *html)
{
	if (html->count > 1 && is_letter(html->at[1]))
		return true;
	if (html->count > 2 && html->at[1] == '/' && is_letter(html->at[2]))
		return true;
	if (html->count >= 4 && memcmp(html->at, "<!--", 4) == 0) {
		skip(html, 2); /* "<!-->" is a whole comment */
		skip_behind(html, "-->");
	} else if (html->count > 1 && strchr("!?/", html->at[1]) && html->at[1]) {
		skip_behind(html, ">");
	} else {
		skip(html, 1);
	}
	return false;
}

bool pf_tag_next(struct pf_span *html, struct pf_tag *tag)
{
	for (;;) {
		const char *start = html->count ? memchr(html->at, '<', html->count) : NULL;
		if (!start)
			return false;
		skip(html, (size_t)(start - html->at));
		if (!at_tag(html))
			continue;
		*tag = (struct pf_tag){.closing = html->at[1] == '/'};
		skip(html, tag->closing ? 2 : 1);
		tag->name.at = html->at;
		while (tag->name.count < html->count && !ends_name(html->at[tag->name.count]))
			tag->name.count++;
		skip(html, tag->name.count);
		tag->attributes.at = html->at;
		if (!skip_attributes(html))
			return false;
		tag->attributes.count = (size_t)(html->at - tag->attributes.at) - 1;
		if (!tag->closing && holds_text(tag->name))
			tag->text = take_text(html, tag->name);
		return true;
	}
}

static const char SPACE[] = " \t\r\n\f";

static bool is_space(char character)
{
	return character && strchr(SPACE, character);
}

static void skip_space(struct pf_span *text)
{
	while (text->count && is_space(text->at[0]))
		skip(text, 1);
}

/* At a value: quoted, or up to the next white space. */
static struct pf_span take_value(struct pf_span *text)
{
	char quote = text->count ? text->at[0] : '\0';
	struct pf_span value = *text;
	if (quote == '"' || quote == '\'') {
		skip(text, 1);
		const char *end = text->count ? memchr(text->at, quote, text->count) : NULL;
		value = (struct pf_span){text->at, end ? (size_t)(end - text->at) : text->count};
		skip(text, value.count + 1);
		return value;
	}
	for (value.count = 0; text->count && !is_space(text->at[0]); value.count++)
		skip(text, 1);
	return value;
}

bool pf_attribute_next(struct pf_span *attributes, struct pf_span *name, struct pf_span *value)
{
	while (attributes->count && (is_space(attributes->at[0]) || attributes->at[0] == '/'))
		skip(attributes, 1);
	if (attributes->count == 0)
		return false;
	*name = (struct pf_span){attributes->at, 0};
	do { /* an '=' at the very beginning is part of the name */
		name->count++;
		skip(attributes, 1);
	} while (attributes->count && !is_space(attributes->at[0]) &&
	         !strchr("/=", attributes->at[0]));
	*value = (struct pf_span){0};
	skip_space(attributes);
	if (attributes->count && attributes->at[0] == '=') {
		skip(attributes, 1);
		skip_space(attributes);
		*value = take_value(attributes);
	}
	return true;
}

char pf_entity(struct pf_span at, size_t *length)
{
	static const struct {
		const char *entity;
		char character;
	} known[] = {{"&amp;", '&'},  {"&lt;", '<'},    {"&gt;", '>'},
	             {"&quot;", '"'}, {"&#x27;", '\''}, {"&#39;", '\''}};
	for (size_t i = 0; at.at[0] == '&' && i < sizeof known / sizeof *known; i++) {
		*length = strlen(known[i].entity);
		if (at.count >= *length && memcmp(at.at, known[i].entity, *length) == 0)
			return known[i].character;
	}
	*length = 1;
	return at.at[0];
}
