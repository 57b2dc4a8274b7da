/* Fuzz: a site file. It is read whole or refused with mistakes that have a place and can be shown;
 * what was accepted can be relied on. */
#include "base/limits.h"
#include "base/text.h"
#include "model/site_file.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_mistakes(struct pf_arena *arena, const struct pf_mistakes *mistakes)
{
	must(mistakes->count > 0 && mistakes->count <= 50);
	for (size_t i = 0; i < mistakes->count; i++) {
		const struct pf_mistake *mistake = &mistakes->at[i];
		const char *line = pf_mistake_line(arena, "f", mistake);
		must(strcmp(pf_escape_again(arena, line, 0), line) == 0);
		must(mistake->line >= 0 && (mistake->line == 0) == (mistake->column == 0));
		must(i == 0 || mistakes->at[i - 1].line <= mistake->line);
	}
}

/* Shown and sent as it is: nothing but a backslash may need escaping. */
static void check_plain(struct pf_arena *arena, const char *text)
{
	char *copy = pf_arena_copy(arena, text);
	for (char *at = copy; copy && *at; at++)
		if (*at == '\\')
			*at = '/';
	must(copy && strcmp(pf_escape_text(arena, copy, 0), copy) == 0);
}

static void check_words(struct pf_arena *arena, struct pf_words words)
{
	for (size_t i = 0; i < words.count; i++)
		check_plain(arena, words.at[i]);
}

static void check_references(const struct pf_site *site, struct pf_words on)
{
	for (size_t i = 0; i < on.count; i++)
		must(pf_vantage_named(site, on.at[i]));
}

static void check_services(struct pf_arena *arena, const struct pf_service *services, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		check_plain(arena, services[i].name);
		check_plain(arena, services[i].url.text);
		must(services[i].url.host && services[i].url.path[0] == '/');
		must(!services[i].url.user || !strchr(services[i].url.user, ':'));
		must(!services[i].password.file || services[i].password.file[0] == '/');
	}
}

static void check_backups(struct pf_arena *arena, const struct pf_site *site)
{
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *backup = &site->backups[i];
		check_plain(arena, backup->name);
		must((backup->files.count > 0) == (backup->tool == NULL));
		must(!backup->tool || backup->tool_target);
		check_words(arena, backup->files);
		check_references(site, backup->on);
	}
}

static void check_site(struct pf_arena *arena, const struct pf_site *site)
{
	check_plain(arena, site->name);
	check_plain(arena, site->url.text);
	must(site->url.port >= 1 && site->url.port <= 65535 && site->http_port >= 1);
	must(site->hosts.count > 0 && strcmp(site->hosts.at[0], site->url.host) == 0);
	check_words(arena, site->hosts);
	check_words(arena, site->addresses);
	must(site->vantage_count > 0);
	for (size_t i = 0; i < site->vantage_count; i++) {
		const struct pf_vantage *vantage = &site->vantages[i];
		must(vantage->role && pf_vantage_named(site, vantage->name) == vantage);
		must(!vantage->ssh || (vantage->ssh[0] != '-' && !strpbrk(vantage->ssh, " ;$`'")));
	}
	check_references(site, site->app.on);
	check_references(site, site->static_files.on);
	check_references(site, site->media.on);
	check_references(site, site->logs.on);
	check_services(arena, site->databases, site->database_count);
	check_services(arena, site->caches, site->cache_count);
	check_backups(arena, site);
	for (size_t i = 0; i < site->waiver_count; i++)
		must(site->waivers[i].check && site->waivers[i].owner && site->waivers[i].reason &&
		     site->waivers[i].expires_on);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	struct pf_site site;
	struct pf_mistakes mistakes = {0};
	if (pf_site_parse(arena, "f", (const char *)bytes, count, &site, &mistakes))
		check_site(arena, &site);
	else
		check_mistakes(arena, &mistakes);
	pf_arena_free(arena);
	return 0;
}
