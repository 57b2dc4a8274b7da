/* The site file: a tree of nodes laid over the schema's structs, then looked at as a whole. */
#include "model/site_file.h"

#include "base/limits.h"
#include "base/text.h"
#include "model/site_schema.h"
#include "model/values.h"
#include "model/yaml.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 60, KEYS = 32 };

struct reading {
	struct pf_arena *arena;
	struct pf_mistakes *mistakes;
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
	char *blocks = pf_arena_array(reading->arena, node->count, key->block->size);
	for (size_t i = 0; i < node->count; i++) {
		char *block = blocks + i * key->block->size;
		if (named)
			*(const char **)(void *)block =
				pf_arena_copy(reading->arena, node->keys[i]->text);
		read_block(reading, key->block, node->items[i], block);
	}
	*(const char **)(void *)(holder + key->offset) = blocks;
	*(size_t *)(void *)(holder + key->count) = node->count;
}

static void read_value(struct reading *reading, const struct pf_key *key,
                       const struct pf_node *node, char *holder)
{
	const char *why;
	if (key->type == PF_VALUE_BLOCK)
		read_block(reading, key->block, node, holder + key->offset);
	else if (key->type == PF_VALUE_BLOCKS || key->type == PF_VALUE_NAMED)
		read_blocks(reading, key, node, holder);
	else if (!pf_value_read(reading->arena, node, key, holder + key->offset, &why))
		MISTAKE(reading, node, "%s: %s", key->name, why);
}

static bool has_key(const struct pf_node *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->keys[i]->text, name) == 0)
			return true;
	return false;
}

static void read_block(struct reading *reading, const struct pf_block *block,
                       const struct pf_node *node, char *holder)
{
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
		if (key->required && !has_key(node, key->name))
			MISTAKE(reading, node, "%s needs the key \"%s\"", block->name, key->name);
}

/* What one place says must fit what another does. Lines are those of the blocks. */

static void check_vantages(struct reading *reading, const struct pf_site *site, struct pf_words on,
                           int line, const char *block)
{
	for (size_t i = 0; i < on.count; i++)
		if (!pf_vantage_named(site, on.at[i]))
			pf_mistake_add(reading->arena, reading->mistakes, line, 1,
			               "%s: on: there is no vantage \"%s\"", block,
			               pf_escape_text(reading->arena, on.at[i], SHOWN));
}

static bool is_vantage_or_role(const struct pf_site *site, const char *word)
{
	static const char *const roles[] = {"bastion", "app", "db", "outside", "backup"};
	return pf_vantage_named(site, word) || pf_words_have((struct pf_words){roles, 5}, word);
}

static void check_service(struct reading *reading, const struct pf_site *site,
                          const struct pf_service *service, const char *kind)
{
	const struct pf_password_source *password = &service->password;
	int sources = !!password->file + !!password->environment + !!password->command.count;
	for (size_t i = 0; i < service->allow_from.count; i++)
		if (!is_vantage_or_role(site, service->allow_from.at[i]))
			pf_mistake_add(
				reading->arena, reading->mistakes, service->line, 1,
				"%s: allow_from: \"%s\" is neither a vantage nor a role", kind,
				pf_escape_text(reading->arena, service->allow_from.at[i], SHOWN));
	if (sources > 1)
		pf_mistake_add(
			reading->arena, reading->mistakes, service->line, 1,
			"%s: the password comes from one place: password_file, password_env or "
			"password_command",
			kind);
}

static void check_schemes(struct reading *reading, const struct pf_service *services, size_t count,
                          bool caches)
{
	static const char *const cache_schemes[] = {"redis", "rediss", "memcached"};
	static const char *const database_schemes[] = {"postgresql", "postgres", "mysql", "sqlite"};
	struct pf_words right = caches ? (struct pf_words){cache_schemes, 3}
	                               : (struct pf_words){database_schemes, 4};
	for (size_t i = 0; i < count; i++)
		if (services[i].url.scheme && !pf_words_have(right, services[i].url.scheme))
			pf_mistake_add(reading->arena, reading->mistakes, services[i].line, 1,
			               caches ? "a cache's URL begins with redis://, rediss:// or "
			                        "memcached://"
			                      : "a database's URL begins with postgresql://, "
			                        "mysql:// or sqlite:///");
}

static void check_backup(struct reading *reading, const struct pf_site *site,
                         const struct pf_backup *backup)
{
	bool of_known = backup->of && strcmp(backup->of, "media") == 0;
	for (size_t i = 0; backup->of && i < site->database_count; i++)
		of_known |=
			site->databases[i].name && strcmp(site->databases[i].name, backup->of) == 0;
	if (backup->of && !of_known)
		pf_mistake_add(reading->arena, reading->mistakes, backup->line, 1,
		               "a backup: of: \"%s\" is neither a database of this file nor media",
		               pf_escape_text(reading->arena, backup->of, SHOWN));
	if ((backup->files.count > 0) == (backup->tool != NULL))
		pf_mistake_add(
			reading->arena, reading->mistakes, backup->line, 1,
			"a backup has either files, or one tool that keeps it (pgbackrest, restic, "
			"borg, barman, s3)");
	check_vantages(reading, site, backup->on, backup->line, "a backup");
}

static void check_site(struct reading *reading, const struct pf_site *site)
{
	check_vantages(reading, site, site->app.on, site->app.line, "app");
	check_vantages(reading, site, site->static_files.on, site->static_files.line, "static");
	check_vantages(reading, site, site->media.on, site->media.line, "media");
	check_vantages(reading, site, site->logs.on, site->logs.line, "logs");
	for (size_t i = 0; i < site->database_count; i++)
		check_service(reading, site, &site->databases[i], "a database");
	for (size_t i = 0; i < site->cache_count; i++)
		check_service(reading, site, &site->caches[i], "a cache");
	check_schemes(reading, site->databases, site->database_count, false);
	check_schemes(reading, site->caches, site->cache_count, true);
	for (size_t i = 0; i < site->backup_count; i++)
		check_backup(reading, site, &site->backups[i]);
}

/* The url's own host leads the list, declared or not. */
static struct pf_words hosts_of(struct pf_arena *arena, const struct pf_site *site)
{
	const char **hosts = pf_arena_array(arena, site->hosts.count + 1, sizeof *hosts);
	size_t count = 0;
	hosts[count++] = site->url.host;
	for (size_t i = 0; i < site->hosts.count; i++)
		if (strcmp(site->hosts.at[i], site->url.host) != 0)
			hosts[count++] = site->hosts.at[i];
	return (struct pf_words){hosts, count};
}

static void add_defaults(struct pf_arena *arena, struct pf_site *site)
{
	static const struct pf_vantage here = {.name = "bastion", .role = "bastion"};
	if (!site->name)
		site->name = site->url.host;
	if (!site->http_port)
		site->http_port = strcmp(site->url.scheme, "http") == 0 ? site->url.port : 80;
	if (!site->admin_path)
		site->admin_path = "/admin/";
	if (site->vantage_count == 0) {
		site->vantages = &here;
		site->vantage_count = 1;
	}
	site->hosts = hosts_of(arena, site);
}

static int by_place(const void *a, const void *b)
{
	const struct pf_mistake *left = a, *right = b;
	return left->line != right->line ? left->line - right->line : left->column - right->column;
}

bool pf_site_parse(struct pf_arena *arena, const char *name, const char *bytes, size_t count,
                   struct pf_site *site, struct pf_mistakes *mistakes)
{
	struct reading reading = {arena, mistakes};
	*site = (struct pf_site){.file = pf_arena_copy(arena, name)};
	if (count > PF_SITE_FILE_BYTES) {
		pf_mistake_add(arena, mistakes, 0, 0, "a site file is at most 1 MiB");
		return false;
	}
	const struct pf_node *root = pf_yaml_parse(arena, bytes, count, mistakes);
	if (root)
		read_block(&reading, &pf_site_block, root, (char *)site);
	if (mistakes->count == 0) {
		add_defaults(arena, site);
		check_site(&reading, site);
	}
	if (mistakes->count)
		qsort(mistakes->at, mistakes->count, sizeof *mistakes->at, by_place);
	return mistakes->count == 0;
}

bool pf_site_of_url(struct pf_arena *arena, const char *url, struct pf_site *site,
                    struct pf_mistakes *mistakes)
{
	const char *problem;
	*site = (struct pf_site){0};
	if (!pf_url_parse(arena, url, &site->url, &problem)) {
		pf_mistake_add(arena, mistakes, 0, 0, "%s", problem);
		return false;
	}
	if (strncmp(site->url.scheme, "http", 4) != 0 || site->url.user) {
		pf_mistake_add(arena, mistakes, 0, 0,
		               "the site's URL begins with https:// (or http://) and has no user");
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
