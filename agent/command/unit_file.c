/* Reads systemd units: lines of Name=value, a backslash at the end carries one on. */
#include "command/unit_file.h"

#include "command/small_file.h"

#include <ctype.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

enum { WORDS = 64 };

static const char SETTINGS[] = "DJANGO_SETTINGS_MODULE=";

/* The words of a command line or of Environment=, quotes taken off (systemd.syntax(7)). */
static size_t split(struct pf_arena *arena, const char *text, const char *words[WORDS])
{
	size_t count = 0;
	while (count < WORDS) {
		text += strspn(text, " \t");
		if (!*text)
			break;
		char *word = pf_arena_take(arena, strlen(text) + 1), quote = '\0';
		size_t length = 0;
		for (; *text && (quote || !isspace((unsigned char)*text)); text++) {
			bool mark = *text == '"' || *text == '\'';
			if (quote ? *text == quote : mark)
				quote = quote ? '\0' : *text;
			else
				word[length++] = *text;
		}
		words[count++] = word;
	}
	return count;
}

/* A value with a specifier (%h, %i) is not known before systemd has filled it in. */
static const char *known(const char *value)
{
	return value && *value && !strchr(value, '%') ? value : NULL;
}

/* What follows one of these options, in a word of its own or behind "="; NULL: none of them. */
static const char *option(const char *const words[], size_t count, const char *lengthy,
                          const char *brief)
{
	size_t length = strlen(lengthy);
	for (size_t i = 1; i < count; i++) {
		bool has_brief = brief && strncmp(words[i], brief, 2) == 0 && words[i][1] != '-';
		if (strncmp(words[i], lengthy, length) == 0 && words[i][length] == '=')
			return words[i] + length + 1;
		if (has_brief && words[i][2])
			return words[i] + 2;
		if ((has_brief || strcmp(words[i], lengthy) == 0) && i + 1 < count)
			return words[i + 1];
	}
	return NULL;
}

static const char *bind_of(struct pf_arena *arena, const char *const words[], size_t count)
{
	const char *bind = option(words, count, "--bind", "-b");
	const char *socket = option(words, count, "--uds", NULL);
	const char *host = option(words, count, "--host", NULL);
	const char *port = option(words, count, "--port", "-p");
	if (bind && *bind == ':')
		return pf_arena_print(arena, "127.0.0.1%s", bind);
	if (bind && strncmp(bind, "0.0.0.0:", 8) == 0)
		return pf_arena_print(arena, "127.0.0.1:%s", bind + 8);
	if (bind)
		return bind;
	if (socket)
		return pf_arena_print(arena, "unix:%s", socket);
	return port ? pf_arena_print(arena, "%s:%s",
	                             host && strcmp(host, "0.0.0.0") != 0 ? host : "127.0.0.1",
	                             port)
	            : NULL;
}

static void read_start(struct pf_arena *arena, const char *value, struct pf_unit *unit)
{
	static const char *const servers[] = {"gunicorn", "uvicorn", "daphne", "hypercorn",
	                                      "uwsgi"};
	const char *words[WORDS];
	value += strspn(value, "@-:+!");
	size_t count = split(arena, value, words);
	if (!count)
		return;
	unit->program = known(words[0]);
	unit->serves = false;
	for (size_t i = 0; i < count && i < 4; i++)
		for (size_t k = 0; k < sizeof servers / sizeof *servers; k++)
			unit->serves |= strstr(words[i], servers[k]) != NULL;
	const char *folder = option(words, count, "--chdir", NULL);
	const char *variable = option(words, count, "--env", "-e");
	unit->directory = folder ? known(folder) : unit->directory;
	unit->bind = known(bind_of(arena, words, count));
	if (variable && strncmp(variable, SETTINGS, sizeof SETTINGS - 1) == 0)
		unit->settings = known(variable + sizeof SETTINGS - 1);
}

static void read_environment(struct pf_arena *arena, const char *value, struct pf_unit *unit)
{
	const char *words[WORDS];
	size_t count = split(arena, value, words);
	for (size_t i = 0; i < count; i++)
		if (strncmp(words[i], SETTINGS, sizeof SETTINGS - 1) == 0)
			unit->settings = known(words[i] + sizeof SETTINGS - 1);
}

static void read_line(struct pf_arena *arena, const char *line, struct pf_unit *unit)
{
	const char *equals = strchr(line, '=');
	size_t length = equals ? (size_t)(equals - line) : 0;
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	const char *name = pf_arena_copy_bytes(arena, line, length);
	const char *value = equals ? equals + 1 + strspn(equals + 1, " \t") : "";
	if (strcmp(name, "User") == 0)
		unit->user = known(value);
	else if (strcmp(name, "WorkingDirectory") == 0)
		unit->directory = known(value + (*value == '-'));
	else if (strcmp(name, "EnvironmentFile") == 0)
		unit->env_file = known(value + (*value == '-'));
	else if (strcmp(name, "Environment") == 0)
		read_environment(arena, value, unit);
	else if (strcmp(name, "ExecStart") == 0 && *value)
		read_start(arena, value, unit);
}

void pf_unit_read_text(struct pf_arena *arena, const char *text, struct pf_unit *unit)
{
	char *whole = pf_arena_take(arena, strlen(text) + 1);
	while (*text) {
		size_t count = 0;
		bool on = true;
		while (*text && on) {
			size_t length = strcspn(text, "\n");
			on = length && text[length - 1] == '\\' && text[length];
			memcpy(whole + count, text, length - on);
			count += length - on;
			text += length + (text[length] == '\n');
			if (on)
				whole[count++] = ' ';
		}
		while (count && isspace((unsigned char)whole[count - 1]))
			count--;
		const char *line = pf_arena_copy_bytes(arena, whole, count);
		line += strspn(line, " \t");
		if (*line && *line != '#' && *line != ';' && *line != '[')
			read_line(arena, line, unit);
	}
}

static bool holds_manage(struct pf_arena *arena, const char *folder)
{
	return folder && access(pf_arena_print(arena, "%s/manage.py", folder), F_OK) == 0;
}

static void read_drop_ins(struct pf_arena *arena, struct pf_unit *unit)
{
	glob_t found = {0};
	if (glob(pf_arena_print(arena, "%s.d/*.conf", unit->path), 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *text = pf_small_file(arena, found.gl_pathv[i]);
			if (text)
				pf_unit_read_text(arena, text, unit);
		}
	globfree(&found);
}

static bool is_of(struct pf_arena *arena, const struct pf_unit *unit, const char *project)
{
	size_t length = project ? strlen(project) : 0;
	if (!unit->serves)
		return false;
	if (!project)
		return holds_manage(arena, unit->directory);
	if (unit->directory && strncmp(unit->directory, project, length) == 0)
		return unit->directory[length] == '\0' || unit->directory[length] == '/';
	return unit->program && strncmp(unit->program, project, length) == 0;
}

bool pf_unit_find(struct pf_arena *arena, const char *const folders[], size_t count,
                  const char *project, struct pf_unit *unit)
{
	bool is_found = false;
	for (size_t f = 0; f < count && !is_found; f++) {
		glob_t found = {0};
		if (glob(pf_arena_print(arena, "%s/*.service", folders[f]), 0, NULL, &found) == 0)
			for (size_t i = 0; i < found.gl_pathc && !is_found; i++) {
				const char *text = pf_small_file(arena, found.gl_pathv[i]);
				*unit = (struct pf_unit){
					.path = pf_arena_copy(arena, found.gl_pathv[i])};
				if (!text)
					continue;
				pf_unit_read_text(arena, text, unit);
				read_drop_ins(arena, unit);
				is_found = is_of(arena, unit, project);
			}
		globfree(&found);
	}
	return is_found;
}
