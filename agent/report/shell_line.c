/* Words for sh, and bytes for printf(1). */
#include "report/shell_line.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

void pf_sh_put(struct pf_sh_line *line, const char *raw)
{
	line->text = pf_arena_print(line->arena, "%s%s%s", line->text, *line->text ? " " : "", raw);
}

static bool needs_escaping(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at < 0x20 || *at >= 0x7f)
			return true;
	return false;
}

bool pf_sh_plain(const char *text, const char *also)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:,@%+";
	for (; *text; text++)
		if (!strchr(plain, *text) && !strchr(also, *text))
			return false;
	return true;
}

const char *pf_sh_quoted(struct pf_arena *arena, const char *text)
{
	if (needs_escaping(text))
		text = pf_escape_again(arena, text, 0);
	if (*text && pf_sh_plain(text, ""))
		return text;
	char *out = pf_arena_take(arena, strlen(text) * 4 + 3), *at = out;
	*at++ = '\'';
	for (; *text; text++) {
		if (*text == '\'')
			at = stpcpy(at, "'\\''");
		else
			*at++ = *text;
	}
	*at++ = '\'';
	return out;
}

void pf_sh_word(struct pf_sh_line *line, const char *text)
{
	pf_sh_put(line, pf_sh_quoted(line->arena, text));
}

void pf_sh_option(struct pf_sh_line *line, const char *name, const char *value)
{
	pf_sh_put(line, name);
	pf_sh_word(line, value);
}

void pf_sh_pattern(struct pf_sh_line *line, const char *text)
{
	if (needs_escaping(text))
		text = pf_escape_again(line->arena, text, 0);
	char *out = pf_arena_take(line->arena, strlen(text) * 2 + 1), *at = out;
	for (; *text; text++) {
		if (!pf_sh_plain((char[]){*text, '\0'}, "*?[]"))
			*at++ = '\\';
		*at++ = *text;
	}
	pf_sh_put(line, out);
}

const char *pf_sh_bytes(struct pf_arena *arena, const char *escaped)
{
	char *bytes;
	size_t count;
	if (!pf_unescape(arena, escaped, &bytes, &count))
		return NULL;
	char *out = pf_arena_take(arena, count * 4 + 3), *at = out;
	*at++ = '\'';
	for (size_t i = 0; i < count; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		if (byte == '\r' || byte == '\n')
			at = stpcpy(at, byte == '\r' ? "\\r" : "\\n");
		else if (byte == '%')
			at = stpcpy(at, "%%");
		else if (byte < 0x20 || byte >= 0x7f || byte == '\'' || byte == '\\' ||
		         (i == 0 && byte == '-'))
			at += sprintf(at, "\\%03o", byte);
		else
			*at++ = (char)byte;
	}
	*at++ = '\'';
	return out;
}
