/* YAML through libyaml's events: no anchor is ever followed, so nothing grows beyond the file
 * itself. */
#include "model/yaml.h"

#include "base/limits.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH = 16, MISTAKES = 50, SHOWN = 60 };

struct parsing {
	struct pf_arena *arena;
	struct pf_mistakes *mistakes;
	yaml_parser_t parser;
	yaml_event_t event;
	bool failed; /* the parser cannot go on */
};

void pf_mistake_add(struct pf_arena *arena, struct pf_mistakes *mistakes, int line, int column,
                    const char *format, ...)
{
	if (mistakes->count >= MISTAKES)
		return;
	va_list arguments;
	va_start(arguments, format);
	const char *text = pf_arena_vprint(arena, format, arguments);
	va_end(arguments);
	mistakes->at = pf_arena_grow(arena, mistakes->at, mistakes->count, &mistakes->room,
	                             sizeof *mistakes->at);
	mistakes->at[mistakes->count++] = (struct pf_mistake){line, column, text};
}

static int line_of(yaml_mark_t mark)
{
	return (int)mark.line + 1;
}

static int column_of(yaml_mark_t mark)
{
	return (int)mark.column + 1;
}

/* libyaml's own complaint, in our words where it has none for people. */
static void note_parser_error(struct parsing *parsing)
{
	yaml_parser_t *parser = &parsing->parser;
	bool reader = parser->error == YAML_READER_ERROR;
	const char *said = parser->problem ? parser->problem : "this is not YAML";
	int line = line_of(reader ? parser->mark : parser->problem_mark);
	int column = reader ? 0 : column_of(parser->problem_mark);
	parsing->failed = true;
	pf_mistake_add(parsing->arena, parsing->mistakes, line, column,
	               reader ? "the file is not readable text here: %s" : "this is not YAML: %s",
	               pf_escape_text(parsing->arena, said, 0));
}

static bool next(struct parsing *parsing)
{
	yaml_event_delete(&parsing->event);
	memset(&parsing->event, 0, sizeof parsing->event);
	if (yaml_parser_parse(&parsing->parser, &parsing->event))
		return true;
	note_parser_error(parsing);
	return false;
}

static void complain(struct parsing *parsing, const char *what)
{
	pf_mistake_add(parsing->arena, parsing->mistakes, line_of(parsing->event.start_mark),
	               column_of(parsing->event.start_mark), "%s", what);
}

/* What makes one file into another, or more than it says. */
static void refuse_features(struct parsing *parsing)
{
	const yaml_event_t *event = &parsing->event;
	const yaml_char_t *anchor = NULL, *tag = NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor)
		complain(parsing, "anchors (&name) are not allowed here; write the value out");
	if (tag)
		complain(parsing, "tags (!name) are not allowed here; write the plain value");
	if (event->type == YAML_ALIAS_EVENT)
		complain(parsing, "aliases (*name) are not allowed here; write the value out");
}

static bool has_control(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return true;
	return false;
}

static const struct pf_node *read_text(struct parsing *parsing, struct pf_node *node)
{
	const char *text = (const char *)parsing->event.data.scalar.value;
	size_t length = parsing->event.data.scalar.length;
	node->kind = PF_NODE_TEXT;
	node->text = pf_arena_copy_bytes(parsing->arena, text, length);
	if (has_control(text, length)) {
		complain(parsing,
		         "control characters (line ends, tabs, NUL) are not allowed in a value");
		node->text = "";
	}
	return node;
}

static const struct pf_node *read_node(struct parsing *parsing, int depth);

static void append(struct parsing *parsing, struct pf_node *node, size_t *room,
                   const struct pf_node *key, const struct pf_node *item)
{
	size_t key_room = *room;
	if (key)
		node->keys = pf_arena_grow(parsing->arena, node->keys, node->count, &key_room,
		                           sizeof *node->keys);
	node->items =
		pf_arena_grow(parsing->arena, node->items, node->count, room, sizeof *node->items);
	if (key)
		node->keys[node->count] = key;
	node->items[node->count++] = item;
}

static const struct pf_node *read_list(struct parsing *parsing, struct pf_node *node, int depth)
{
	size_t room = 0;
	node->kind = PF_NODE_LIST;
	while (next(parsing) && parsing->event.type != YAML_SEQUENCE_END_EVENT) {
		const struct pf_node *item = read_node(parsing, depth + 1);
		if (!item)
			return NULL;
		append(parsing, node, &room, NULL, item);
	}
	return parsing->failed ? NULL : node;
}

/* The line where the map has this key already; 0: nowhere. */
static int line_of_key(const struct pf_node *map, const char *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->keys[i]->text, key) == 0)
			return map->keys[i]->line;
	return 0;
}

static const struct pf_node *read_map(struct parsing *parsing, struct pf_node *node, int depth)
{
	size_t room = 0;
	node->kind = PF_NODE_MAP;
	while (next(parsing) && parsing->event.type != YAML_MAPPING_END_EVENT) {
		const struct pf_node *key = read_node(parsing, depth + 1);
		const struct pf_node *value =
			key && next(parsing) ? read_node(parsing, depth + 1) : NULL;
		if (!value)
			return NULL;
		if (key->kind != PF_NODE_TEXT) {
			pf_mistake_add(parsing->arena, parsing->mistakes, key->line, key->column,
			               "a key must be a plain word");
			continue;
		}
		int first = line_of_key(node, key->text);
		if (first)
			pf_mistake_add(parsing->arena, parsing->mistakes, key->line, key->column,
			               "the key \"%s\" is there twice; the first is in line %d",
			               pf_escape_text(parsing->arena, key->text, SHOWN), first);
		else
			append(parsing, node, &room, key, value);
	}
	return parsing->failed ? NULL : node;
}

/* The node whose first event is at hand. NULL: the parser failed, or it is nested too deep to go
 * on. */
static const struct pf_node *read_node(struct parsing *parsing, int depth)
{
	struct pf_node *node = pf_arena_take(parsing->arena, sizeof *node);
	node->line = line_of(parsing->event.start_mark);
	node->column = column_of(parsing->event.start_mark);
	refuse_features(parsing);
	if (depth > DEPTH) {
		complain(parsing, "this is nested too deep");
		parsing->failed = true;
		return NULL;
	}
	switch (parsing->event.type) {
	case YAML_SCALAR_EVENT:
		return read_text(parsing, node);
	case YAML_SEQUENCE_START_EVENT:
		return read_list(parsing, node, depth);
	case YAML_MAPPING_START_EVENT:
		return read_map(parsing, node, depth);
	default:
		node->kind = PF_NODE_TEXT; /* an alias: refused above */
		node->text = "";
		return node;
	}
}

static const struct pf_node *read_document(struct parsing *parsing)
{
	if (!next(parsing) || !next(parsing)) /* stream start, document start */
		return NULL;
	if (parsing->event.type == YAML_STREAM_END_EVENT) {
		pf_mistake_add(parsing->arena, parsing->mistakes, 0, 0,
		               "the site file is empty; it needs at least `url: https://...`");
		return NULL;
	}
	if (!next(parsing))
		return NULL;
	const struct pf_node *root = read_node(parsing, 1);
	if (!root || !next(parsing) || !next(parsing)) /* document end, and what follows */
		return NULL;
	if (parsing->event.type != YAML_STREAM_END_EVENT)
		complain(parsing, "a second document begins here; a site file has one");
	if (root->kind == PF_NODE_MAP)
		return root;
	pf_mistake_add(parsing->arena, parsing->mistakes, root->line, root->column,
	               "a site file is a list of `key: value` lines, beginning with `url:`");
	return NULL;
}

const struct pf_node *pf_yaml_parse(struct pf_arena *arena, const char *bytes, size_t count,
                                    struct pf_mistakes *mistakes)
{
	struct parsing parsing = {.arena = arena, .mistakes = mistakes};
	if (!yaml_parser_initialize(&parsing.parser)) {
		pf_mistake_add(arena, mistakes, 0, 0, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&parsing.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parsing.parser, (const unsigned char *)bytes, count);
	const struct pf_node *root = read_document(&parsing);
	yaml_event_delete(&parsing.event);
	yaml_parser_delete(&parsing.parser);
	return root;
}
