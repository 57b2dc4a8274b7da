/* YAML through libyaml's events: no anchor is ever followed, so nothing grows beyond the file
 * itself. */
#include "model/yaml.h"

#include "base/limits.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>
#include <yaml.h>

enum { DEPTH = 16, NODES = 20000, SHOWN = 60, VALUE_BYTES = 4096 };

struct parsing {
	struct pf_arena *arena;
	struct pf_mistakes *mistakes;
	yaml_parser_t parser;
	yaml_event_t event;
	size_t nodes;
	bool failed; /* the parser cannot go on */
};

void pf_mistake_add(struct pf_arena *arena, struct pf_mistakes *mistakes, int line, int column,
                    const char *format, ...)
{
	if (mistakes->count >= PF_MISTAKES_KEPT)
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

/* Characters that no editor shows as they are, or that libyaml counts as the end of a line where an
 * editor does not: C0 but line ends and tabs, DEL, C1, U+2028, U+2029. `at` begins a well-formed
 * sequence. */
static bool is_unwritable(const char *at)
{
	unsigned char lead = (unsigned char)*at, second = (unsigned char)at[lead >= 0xc2];
	if (lead < 0x20)
		return !strchr("\t\r\n", lead) || lead == 0;
	return lead == 0x7f || (lead == 0xc2 && second < 0xa0) ||
	       strncmp(at, "\xe2\x80\xa8", 3) == 0 || strncmp(at, "\xe2\x80\xa9", 3) == 0;
}

/* Length of the well-formed character at `at`, 0 when there is none. */
static size_t character_length(const char *at, size_t left)
{
	for (size_t length = 1; length <= 4 && length <= left; length++)
		if (pf_is_utf8(at, length))
			return length;
	return 0;
}

/* The first thing that makes the bytes unreadable, so that it is said where an editor shows it.
 * libyaml would not know the column, and takes the bytes in blocks. `bytes` has a NUL behind it. */
static bool is_readable(struct parsing *parsing, const char *bytes, size_t count)
{
	int line = 1, column = 1;
	bool in_comment = false;
	for (size_t i = 0, length; i < count; i += length) {
		length = character_length(bytes + i, count - i);
		bool starts_word = i == 0 || strchr(" \t\r\n", bytes[i - 1]);
		const char *wrong = length == 0                ? "this is not UTF-8"
		                    : is_unwritable(bytes + i) ? "this is a control character"
		                    : bytes[i] == '\t' && !in_comment
		                            ? "this is a tab; YAML is indented with spaces"
		                            : NULL;
		if (wrong) {
			pf_mistake_add(parsing->arena, parsing->mistakes, line, column, "%s",
			               wrong);
			return false;
		}
		bool ends = bytes[i] == '\n' || (bytes[i] == '\r' && bytes[i + 1] != '\n');
		in_comment = !ends && (in_comment || (bytes[i] == '#' && starts_word));
		column = ends ? 1 : column + 1;
		line += ends;
	}
	return true;
}

/* libyaml's own complaint, in our words where it has none for people. */
static void note_parser_error(struct parsing *parsing)
{
	yaml_parser_t *parser = &parsing->parser;
	const char *said = parser->problem ? parser->problem : "it cannot be read";
	parsing->failed = true;
	pf_mistake_add(parsing->arena, parsing->mistakes, line_of(parser->problem_mark),
	               column_of(parser->problem_mark), "this is not YAML: %s",
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

/* The notation of the first character that is not what it looks like, or not to be seen; NULL: the
 * text is plain. A backslash is, too. */
static const char *hidden_in(struct pf_arena *arena, const char *text, size_t length)
{
	for (size_t i = 0, step; i < length; i += step) {
		step = character_length(text + i, length - i);
		const char *shown = pf_escape(arena, text + i, step ? step : 1, 0);
		if (step == 0 || (*shown == '\\' && text[i] != '\\'))
			return shown;
	}
	return NULL;
}

/* ASCII that stands for itself needs no closer look. */
static bool is_plain(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] == 0x7f)
			return false;
	return true;
}

static const struct pf_node *read_text(struct parsing *parsing, struct pf_node *node)
{
	const char *text = (const char *)parsing->event.data.scalar.value, *hidden = NULL;
	size_t length = parsing->event.data.scalar.length;
	if (length <= VALUE_BYTES && !is_plain(text, length))
		hidden = hidden_in(parsing->arena, text, length);
	if (length > VALUE_BYTES)
		complain(parsing, "this is too long; a value has at most 4096 bytes");
	else if (hidden)
		complain(parsing,
		         pf_arena_print(parsing->arena,
		                        "control and invisible characters are not allowed in a "
		                        "value, and this one holds %s",
		                        hidden));
	node->kind = hidden || length > VALUE_BYTES ? PF_NODE_BROKEN : PF_NODE_TEXT;
	node->text =
		node->kind == PF_NODE_TEXT ? pf_arena_copy_bytes(parsing->arena, text, length) : "";
	node->quoted = parsing->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
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

/* May this key and its value be added to the map? What keeps them out was noted. */
static bool is_new_key(struct parsing *parsing, const struct pf_node *map,
                       const struct pf_node *key)
{
	const char *problem = NULL;
	if (key->kind == PF_NODE_BROKEN)
		return false;
	if (key->kind != PF_NODE_TEXT)
		problem = "a key must be a plain word";
	else if (strcmp(key->text, "<<") == 0)
		problem = "merge keys (<<) are not allowed here; write the keys out";
	else if (line_of_key(map, key->text))
		problem = pf_arena_print(parsing->arena,
		                         "the key \"%s\" is there twice; the first is in line %d",
		                         pf_escape_text(parsing->arena, key->text, SHOWN),
		                         line_of_key(map, key->text));
	if (problem)
		pf_mistake_add(parsing->arena, parsing->mistakes, key->line, key->column, "%s",
		               problem);
	return problem == NULL;
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
		if (is_new_key(parsing, node, key))
			append(parsing, node, &room, key, value);
	}
	return parsing->failed ? NULL : node;
}

/* The node whose first event is at hand. NULL: the parser failed, or it is nested too deep or too
 * large to go on. */
static const struct pf_node *read_node(struct parsing *parsing, int depth)
{
	struct pf_node *node = pf_arena_take(parsing->arena, sizeof *node);
	node->line = line_of(parsing->event.start_mark);
	node->column = column_of(parsing->event.start_mark);
	refuse_features(parsing);
	if (depth > DEPTH || ++parsing->nodes > NODES) {
		complain(parsing, depth > DEPTH ? "this is nested too deep"
		                                : "this is too much: a site file has at most "
		                                  "20000 keys and values");
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
		node->kind = PF_NODE_BROKEN; /* an alias: refused above */
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
	if (root->kind != PF_NODE_BROKEN)
		pf_mistake_add(
			parsing->arena, parsing->mistakes, root->line, root->column,
			"a site file is a list of `key: value` lines, beginning with `url:`");
	return NULL;
}

const struct pf_node *pf_yaml_parse(struct pf_arena *arena, const char *bytes, size_t count,
                                    struct pf_mistakes *mistakes)
{
	struct parsing parsing = {.arena = arena, .mistakes = mistakes};
	size_t mark = count >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	const char *text = pf_arena_copy_bytes(arena, bytes + mark, count - mark);
	if (!is_readable(&parsing, text, count - mark))
		return NULL;
	if (!yaml_parser_initialize(&parsing.parser)) {
		pf_mistake_add(arena, mistakes, 0, 0, "out of memory");
		return NULL;
	}
	yaml_parser_set_encoding(&parsing.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parsing.parser, (const unsigned char *)text, count - mark);
	const struct pf_node *root = read_document(&parsing);
	yaml_event_delete(&parsing.event);
	yaml_parser_delete(&parsing.parser);
	return root;
}
