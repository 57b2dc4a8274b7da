/* Lines of a dump in plain SQL: passed on, or left out. */
#include "drivers/drill_script.h"

#include <string.h>

static bool begins(const struct pf_script *script, const char *text)
{
	size_t length = strlen(text);
	return script->count >= length && memcmp(script->head, text, length) == 0;
}

static bool ends(const struct pf_script *script, const char *text)
{
	size_t length = strlen(text);
	return script->count >= length &&
	       memcmp(script->head + script->count - length, text, length) == 0;
}

static bool is(const struct pf_script *script, const char *text)
{
	return script->count == strlen(text) && begins(script, text);
}

/* The word behind `command`, if the whole line is that. */
static bool word_behind(const struct pf_script *script, const char *command,
                        char word[PF_SCRIPT_TOKEN])
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t at = strlen(command), length = script->count - at;
	if (!begins(script, command) || length == 0 || length >= PF_SCRIPT_TOKEN)
		return false;
	memcpy(word, script->head + at, length);
	word[length] = '\0';
	return strspn(word, allowed) == length;
}

/* The dump's own marks. The first token is the one that counts: what data says later is data. */
static bool is_mark(struct pf_script *script)
{
	char word[PF_SCRIPT_TOKEN];
	if (!script->token[0] && word_behind(script, "\\restrict ", word)) {
		memcpy(script->token, word, sizeof word);
		return true;
	}
	return script->token[0] && word_behind(script, "\\unrestrict ", word) &&
	       strcmp(word, script->token) == 0;
}

/* One statement on one line, as the dump programs write them. */
static bool is_of_roles(const struct pf_script *script)
{
	static const char *const statements[] = {
		"GRANT ",
		"REVOKE ",
		"ALTER DEFAULT PRIVILEGES ",
		"SET SESSION AUTHORIZATION ",
		"COMMENT ON EXTENSION ",
		"SECURITY LABEL ",
	};
	if (!ends(script, ";"))
		return false;
	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
		if (begins(script, statements[i]))
			return true;
	return begins(script, "ALTER ") &&
	       memmem(script->head, script->count, " OWNER TO ", strlen(" OWNER TO "));
}

/* As pg_dump --create and pg_dumpall write: it makes a database, and goes there. */
static bool is_elsewhere(const struct pf_script *script)
{
	static const char *const beginnings[] = {"\\connect ", "\\c ", "CREATE DATABASE ",
	                                         "DROP DATABASE ", "ALTER DATABASE "};
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (begins(script, beginnings[i]))
			return true;
	return false;
}

/* Views, triggers and routines name who they act for, which only an administrator may set: without
 * it they act for whoever restores them. */
static void blank_definer(struct pf_script *script)
{
	static const char word[] = "DEFINER=`", middle[] = "`@`";
	char *end = script->head + script->count;
	if (!begins(script, "/*!5") && !begins(script, "CREATE DEFINER"))
		return;
	char *from = memmem(script->head, script->count, word, strlen(word));
	char *host = from ? memmem(from, (size_t)(end - from), middle, strlen(middle)) : NULL;
	char *last =
		host ? memchr(host + strlen(middle), '`', (size_t)(end - host) - strlen(middle))
		     : NULL;
	if (last)
		memset(from, ' ', (size_t)(last - from) + 1);
}

/* mysqldump --databases makes the database and goes there; it is left out of one, and stops where
 * there is another. The dump's own sandbox mode is a command of the client, which runs none here.
 */
static bool passes_mysql(struct pf_script *script)
{
	size_t length = script->count;
	blank_definer(script);
	if (begins(script, "USE `") && ends(script, "`;")) {
		bool first = !script->token[0];
		if (length >= PF_SCRIPT_TOKEN)
			length = PF_SCRIPT_TOKEN - 1;
		script->elsewhere = !first && (memcmp(script->token, script->head, length) != 0 ||
		                               script->token[length]);
		if (first) {
			memcpy(script->token, script->head, length);
			script->token[length] = '\0';
		}
		return false;
	}
	return !begins(script, "CREATE DATABASE ") && !begins(script, "/*!40000 DROP DATABASE ") &&
	       !begins(script, "/*M!999999\\- enable the sandbox mode");
}

/* A whole line stands in the head, without its end: does it go on? */
static bool passes(struct pf_script *script)
{
	if (script->of_mysql)
		return passes_mysql(script);
	if (script->in_data) {
		script->in_data = !is(script, "\\.");
		return true;
	}
	if (is_mark(script) || is_of_roles(script))
		return false;
	script->in_data = begins(script, "COPY ") && ends(script, " FROM stdin;");
	script->elsewhere = is_elsewhere(script);
	return !script->elsewhere;
}

/* `whole`: the line ends here; without its end it was too long to be any of those. */
static bool decide(struct pf_script *script, bool whole)
{
	size_t all = script->count;
	if (whole && all && script->head[all - 1] == '\r')
		script->count--; /* some editors and systems end lines so */
	bool pass = whole ? passes(script) : true;
	script->count = 0;
	script->line = pass ? PF_LINE_PASSED : PF_LINE_DROPPED;
	return !script->elsewhere && (!pass || script->put(script->context, script->head, all));
}

/* Up to and with the end of the line, or all there is. */
static bool feed_line(struct pf_script *script, const char *bytes, size_t count, bool whole)
{
	size_t text = whole ? count - 1 : count;
	if (script->line == PF_LINE_HEAD) {
		size_t room = PF_SCRIPT_HEAD - script->count, part = text < room ? text : room;
		memcpy(script->head + script->count, bytes, part);
		script->count += part;
		bytes += part;
		count -= part;
		if ((whole && part == text) || part == room) {
			if (!decide(script, whole && part == text))
				return false;
		}
	}
	if (script->line == PF_LINE_PASSED && count && !script->put(script->context, bytes, count))
		return false;
	if (whole)
		script->line = PF_LINE_HEAD;
	return true;
}

bool pf_script_feed(struct pf_script *script, const char *bytes, size_t count)
{
	while (count) {
		const char *end = memchr(bytes, '\n', count);
		size_t part = end ? (size_t)(end - bytes) + 1 : count;
		if (!feed_line(script, bytes, part, end != NULL))
			return false;
		bytes += part;
		count -= part;
	}
	return true;
}

bool pf_script_end(struct pf_script *script)
{
	return script->line != PF_LINE_HEAD || script->count == 0 || decide(script, true);
}
