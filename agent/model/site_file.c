/* The site file: a tree of nodes laid over the schema's structs, then looked at as a whole. */
#include "model/site_file.h"

#include "base/limits.h"
#include "base/text.h"
#include "model/site_schema.h"
#include "model/values.h"
#include "model/yaml.h"

#include <string.h>
#include <strings.h>

enum { SHOWN = 60, KEYS = 32 };

/* A value that names something of another place in the file. */
struct reference {
	const struct pf_key *key;
	const struct pf_node *node;
};

struct reading {
	struct pf_arena *arena;
	struct pf_mistakes *mistakes;
	struct reference *references;
	size_t reference_count, reference_room;
};

#define MISTAKE(reading, node, ...)                                                                \
	pf_mistake_add((reading)->arena, (reading)->mistakes, (node)->line, (node)->column,        \
	               __VA_ARGS__)

static const struct pf_key *key_named(const struct pf_block *block, const char *name)
{
	for (const struct pf_key *key = block->keys; key->name; key++)
		if (strcmp(key->name, name) == 0)
			return key;
	return NULL;
}

static void refuse_key(struct reading *reading, const struct pf_block *block,
                       const struct pf_node *node)
{
	const char *names[KEYS], *shown = pf_escape_text(reading->arena, node->text, SHOWN);
	const char *all = "";
	size_t count = 0;
	for (const struct pf_key *key = block->keys; key->name && count < KEYS; key++) {
		all = pf_arena_print(reading->arena, "%s%s%s", all, count ? ", " : "", key->name);
		names[count++] = key->name;
	}
	const char *near = pf_closest(node->text, count, names);
	if (near)
		MISTAKE(reading, node, "unknown key \"%s\" in %s; did you mean \"%s\"?", shown,
		        block->name, near);
	else
		MISTAKE(reading, node, "unknown key \"%s\" in %s; it can have: %s", shown,
		        block->name, all);
}

static void read_block(struct reading *reading, const struct pf_block *block,
                       const struct pf_node *node, char *holder);

static const struct pf_node *value_of(const struct pf_node *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->keys[i]->text, name) == 0)
			return map->items[i];
	return NULL;
}

/* A name that works in a command line and in a report. */
static bool is_name(const char *text)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	return *text && *text != '-' && strspn(text, allowed) == strlen(text);
}

static void read_named(struct reading *reading, const struct pf_key *key,
                       const struct pf_node *node, char *blocks)
{
	for (size_t i = 0; i < node->count; i++) {
		char *block = blocks + i * key->block->size;
		*(const char **)(void *)block = pf_arena_copy(reading->arena, node->keys[i]->text);
		if (!is_name(node->keys[i]->text))
			MISTAKE(reading, node->keys[i],
			        "the name of %s has letters, digits and _ . - in it, as in app1",
			        key->block->name);
		read_block(reading, key->block, node->items[i], block);
	}
}

/* Findings are told apart by the names of what they are about. */
static void refuse_same_name(struct reading *reading, const struct pf_block *block,
                             const struct pf_node *node, const char *blocks, size_t at)
{
	size_t offset = block->keys[0].offset;
	const char *name = *(const char *const *)(const void *)(blocks + at * block->size + offset);
	for (size_t i = 0; i < at && name; i++) {
		const char *other =
			*(const char *const *)(const void *)(blocks + i * block->size + offset);
		if (!other || strcmp(other, name) != 0)
			continue;
		MISTAKE(reading, value_of(node->items[at], block->keys[0].name),
		        "name: \"%s\" is the name of %s before; each needs its own",
		        pf_escape_text(reading->arena, name, SHOWN), block->name);
		return;
	}
}

static void read_blocks(struct reading *reading, const struct pf_key *key,
                        const struct pf_node *node, char *holder)
{
	bool named = key->type == PF_VALUE_NAMED;
	if (node->kind != (named ? PF_NODE_MAP : PF_NODE_LIST) || node->count == 0) {
		MISTAKE(reading, node,
		        named ? "this must be names, each with a block: {bastion: {role: bastion}}"
		              : "this must be a list of blocks, each beginning with -");
		return;
	}
	const struct pf_block *block = key->block;
	char *blocks = pf_arena_array(reading->arena, node->count, block->size);
	if (named)
		read_named(reading, key, node, blocks);
	for (size_t i = 0; !named && i < node->count; i++) {
		read_block(reading, block, node->items[i], blocks + i * block->size);
		if (strcmp(block->keys[0].name, "name") == 0)
			refuse_same_name(reading, block, node, blocks, i);
	}
	*(const char **)(void *)(holder + key->offset) = blocks;
	*(size_t *)(void *)(holder + key->count) = node->count;
}

static bool is_reference(enum pf_value_type type)
{
	return type == PF_VALUE_VANTAGES || type == PF_VALUE_CLIENTS || type == PF_VALUE_BACKED_UP;
}

static void remember(struct reading *reading, const struct pf_key *key, const struct pf_node *node)
{
	reading->references =
		pf_arena_grow(reading->arena, reading->references, reading->reference_count,
	                      &reading->reference_room, sizeof *reading->references);
	reading->references[reading->reference_count++] = (struct reference){key, node};
}

/* `key:` with nothing behind it, or what YAML has for nothing. */
static bool is_nothing(const struct pf_node *node)
{
	static const char *const nothings[] = {"", "~", "null", "Null", "NULL"};
	return node->kind == PF_NODE_TEXT &&
	       (!*node->text ||
	        (!node->quoted && pf_words_have((struct pf_words){nothings, 5}, node->text)));
}

static void read_value(struct reading *reading, const struct pf_key *key,
                       const struct pf_node *node, char *holder)
{
	const char *why;
	const struct pf_node *where;
	if (node->kind == PF_NODE_BROKEN)
		return;
	if (is_nothing(node))
		MISTAKE(reading, node, "%s: there is no value; write one, or leave the key out",
		        key->name);
	else if (key->type == PF_VALUE_BLOCK)
		read_block(reading, key->block, node, holder + key->offset);
	else if (key->type == PF_VALUE_BLOCKS || key->type == PF_VALUE_NAMED)
		read_blocks(reading, key, node, holder);
	else if (pf_value_read(reading->arena, node, key, holder + key->offset, &why, &where)) {
		if (is_reference(key->type))
			remember(reading, key, node);
	} else if (where->kind != PF_NODE_BROKEN) {
		MISTAKE(reading, where, "%s: %s", key->name, why);
	}
}

/* "a, b or c" */
static const char *alternatives(struct pf_arena *arena, const char *const keys[])
{
	const char *all = "";
	for (const char *const *key = keys; *key; key++)
		all = pf_arena_print(arena, "%s%s%s", all,
		                     key == keys ? ""
		                     : key[1]    ? ", "
		                                 : " or ",
		                     *key);
	return all;
}

/* What would be ignored without a word is a mistake. */
static void check_companions(struct reading *reading, const struct pf_block *block,
                             const struct pf_node *node)
{
	for (const struct pf_companion *rule = block->choice->companions; rule && rule->key;
	     rule++) {
		bool accompanied = false;
		for (const char *const *key = rule->with; *key; key++)
			accompanied |= value_of(node, *key) != NULL;
		for (size_t i = 0; i < node->count && !accompanied; i++)
			if (strcmp(node->keys[i]->text, rule->key) == 0)
				MISTAKE(reading, node->keys[i], "%s goes with %s alone", rule->key,
				        alternatives(reading->arena, rule->with));
	}
}

/* One of the block's alternatives, and no second. */
static void check_choice(struct reading *reading, const struct pf_block *block,
                         const struct pf_node *node)
{
	const struct pf_choice *choice = block->choice;
	const char *all = alternatives(reading->arena, choice->keys);
	size_t found = 0;
	for (size_t i = 0; i < node->count; i++)
		for (const char *const *key = choice->keys; *key; key++)
			if (strcmp(node->keys[i]->text, *key) == 0 && found++ == 1)
				MISTAKE(reading, node->keys[i], "%s: %s", choice->what, all);
	if (choice->required && found == 0)
		MISTAKE(reading, node, "%s: %s", choice->what, all);
}

static void read_block(struct reading *reading, const struct pf_block *block,
                       const struct pf_node *node, char *holder)
{
	if (node->kind == PF_NODE_BROKEN)
		return;
	if (node->kind != PF_NODE_MAP) {
		MISTAKE(reading, node, "%s must be a block of keys, as in {%s: ...}", block->name,
		        block->keys[0].name);
		return;
	}
	if (block->line != SIZE_MAX)
		*(int *)(void *)(holder + block->line) = node->line;
	if (block->declared != SIZE_MAX)
		*(bool *)(holder + block->declared) = true;
	for (size_t i = 0; i < node->count; i++) {
		const struct pf_key *key = key_named(block, node->keys[i]->text);
		if (key)
			read_value(reading, key, node->items[i], holder);
		else
			refuse_key(reading, block, node->keys[i]);
	}
	for (const struct pf_key *key = block->keys; key->name; key++)
		if (key->required && !value_of(node, key->name))
			MISTAKE(reading, node, "%s needs the key \"%s\": %s", block->name,
			        key->name, key->means);
	if (!block->choice)
		return;
	check_choice(reading, block, node);
	check_companions(reading, block, node);
}

/* What one place says must fit what another does. */

struct names {
	struct pf_words vantages, clients, backed_up;
};

/* Everything a reference may name; `clients` begins with the vantages. */
static struct names names_of(struct pf_arena *arena, const struct pf_site *site)
{
	size_t vantages = 0, clients, databases = 0;
	const char **client =
		pf_arena_array(arena, site->vantage_count + pf_roles.count, sizeof *client);
	const char **database = pf_arena_array(arena, site->database_count + 1, sizeof *database);
	while (vantages < site->vantage_count) {
		client[vantages] = site->vantages[vantages].name;
		vantages++;
	}
	clients = vantages;
	for (size_t i = 0; i < pf_roles.count; i++)
		client[clients++] = pf_roles.at[i];
	for (size_t i = 0; i < site->database_count; i++)
		if (site->databases[i].name)
			database[databases++] = site->databases[i].name;
	database[databases++] = "media";
	return (struct names){{client, vantages}, {client, clients}, {database, databases}};
}

static void check_reference(struct reading *reading, const struct pf_key *key,
                            const struct pf_node *node, const struct names *names)
{
	bool vantages = key->type == PF_VALUE_VANTAGES, clients = key->type == PF_VALUE_CLIENTS;
	struct pf_words known = vantages  ? names->vantages
	                        : clients ? names->clients
	                                  : names->backed_up;
	const char *what = vantages  ? "not a vantage of this file"
	                   : clients ? "neither a vantage of this file nor a role"
	                             : "neither a database of this file nor media";
	/* The nearest of thousands of names takes its time; it is not looked for in vain. */
	if (node->kind != PF_NODE_TEXT || reading->mistakes->count >= PF_MISTAKES_KEPT ||
	    pf_words_have(known, node->text))
		return;
	const char *near = pf_closest(node->text, known.count, known.at);
	near = near ? pf_escape_text(reading->arena, near, SHOWN) : NULL;
	MISTAKE(reading, node, "%s: \"%s\" is %s%s%s%s", key->name,
	        pf_escape_text(reading->arena, node->text, SHOWN), what,
	        near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static void check_references(struct reading *reading, const struct pf_site *site)
{
	struct names names = names_of(reading->arena, site);
	for (size_t i = 0; i < reading->reference_count; i++) {
		const struct reference *reference = &reading->references[i];
		const struct pf_node *node = reference->node;
		check_reference(reading, reference->key, node, &names);
		for (size_t item = 0; node->kind == PF_NODE_LIST && item < node->count; item++)
			check_reference(reading, reference->key, node->items[item], &names);
	}
}

/* `first` and then `more`, each name or address once, whatever its case. */
static struct pf_words once_each(struct pf_arena *arena, const char *first, struct pf_words more)
{
	const char **words = pf_arena_array(arena, more.count + 1, sizeof *words);
	size_t count = 0;
	if (first)
		words[count++] = first;
	for (size_t i = 0; i < more.count; i++) {
		size_t known = 0;
		while (known < count && strcasecmp(words[known], more.at[i]) != 0)
			known++;
		if (known == count)
			words[count++] = more.at[i];
	}
	return (struct pf_words){words, count};
}

static void add_this_machine(struct pf_site *site)
{
	static const struct pf_vantage here = {.name = "bastion", .role = "bastion"};
	if (site->vantage_count)
		return;
	site->vantages = &here;
	site->vantage_count = 1;
}

/* An object store is a tool like others, to those who do not list it. */
static void name_buckets(struct pf_arena *arena, struct pf_site *site)
{
	for (size_t i = 0; i < site->backup_count; i++) {
		struct pf_backup *set = (struct pf_backup *)&site->backups[i]; /* ours to fill in */
		struct pf_bucket *s3 = &set->s3;
		if (!s3->declared)
			continue;
		set->tool = "s3";
		set->tool_target = s3->prefix
		                           ? pf_arena_print(arena, "%s/%s", s3->bucket, s3->prefix)
		                           : s3->bucket;
	}
}

static void add_defaults(struct pf_arena *arena, struct pf_site *site)
{
	name_buckets(arena, site);
	if (!site->name)
		site->name = site->url.host;
	if (!site->http_port)
		site->http_port = strcmp(site->url.scheme, "http") == 0 ? site->url.port : 80;
	if (!site->admin_path)
		site->admin_path = "/admin/";
	add_this_machine(site);
	/* The url's own host leads the list, declared or not. */
	site->hosts = once_each(arena, site->url.host, site->hosts);
	site->addresses = once_each(arena, NULL, site->addresses);
}

static bool is_behind(const struct pf_mistake *left, const struct pf_mistake *right)
{
	return left->line != right->line ? left->line > right->line : left->column > right->column;
}

/* They are few, and those of one place keep their order, as qsort(3) does not promise. */
static void sort_by_place(struct pf_mistakes *mistakes)
{
	for (size_t i = 1; i < mistakes->count; i++) {
		struct pf_mistake mistake = mistakes->at[i];
		size_t to = i;
		for (; to > 0 && is_behind(&mistakes->at[to - 1], &mistake); to--)
			mistakes->at[to] = mistakes->at[to - 1];
		mistakes->at[to] = mistake;
	}
}

bool pf_site_parse(struct pf_arena *arena, const char *name, const char *bytes, size_t count,
                   struct pf_site *site, struct pf_mistakes *mistakes)
{
	struct reading reading = {.arena = arena, .mistakes = mistakes};
	*site = (struct pf_site){.file = pf_arena_copy(arena, name)};
	if (count > PF_SITE_FILE_BYTES) {
		pf_mistake_add(arena, mistakes, 0, 0, "a site file is at most 1 MiB");
		return false;
	}
	const struct pf_node *root = pf_yaml_parse(arena, bytes, count, mistakes);
	if (root) {
		read_block(&reading, &pf_site_block, root, (char *)site);
		add_this_machine(site);
		check_references(&reading, site);
	}
	if (mistakes->count == 0)
		add_defaults(arena, site);
	else
		sort_by_place(mistakes);
	return mistakes->count == 0;
}

bool pf_site_of_url(struct pf_arena *arena, const char *url, struct pf_site *site,
                    struct pf_mistakes *mistakes)
{
	const char *problem;
	*site = (struct pf_site){0};
	if (!pf_web_url_parse(arena, url, &site->url, &problem)) {
		pf_mistake_add(arena, mistakes, 0, 0, "%s", problem);
		return false;
	}
	add_defaults(arena, site);
	return true;
}

char *pf_mistake_line(struct pf_arena *arena, const char *file, const struct pf_mistake *mistake)
{
	if (mistake->line == 0)
		return pf_arena_print(arena, "%s: %s", file, mistake->text);
	if (mistake->column == 0)
		return pf_arena_print(arena, "%s:%d: %s", file, mistake->line, mistake->text);
	return pf_arena_print(arena, "%s:%d:%d: %s", file, mistake->line, mistake->column,
	                      mistake->text);
}
