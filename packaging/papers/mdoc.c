/* Words in mdoc(7): nothing in them is a request, and what is to be typed can be copied. */
#include "papers.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One character, which may be several bytes of well-formed UTF-8; returns how many. */
static size_t put_unicode(FILE *out, const char *at)
{
	unsigned char lead = (unsigned char)*at;
	size_t more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	uint32_t code = lead & (0x3fu >> more);
	for (size_t i = 1; i <= more; i++)
		code = code << 6 | ((unsigned char)at[i] & 0x3f);
	fprintf(out, "\\[u%04X]", (unsigned)code);
	return more + 1;
}

/* groff_char(7): what would be typeset as another character than the one to be typed. */
static const char *escape_of(char byte, bool typed)
{
	switch (byte) {
	case '\\':
		return "\\e";
	case '-':
		return typed ? "\\-" : NULL;
	case '\'':
		return typed ? "\\(aq" : NULL;
	case '`':
		return "\\(ga";
	case '^':
		return "\\(ha";
	case '~':
		return "\\(ti";
	}
	return NULL;
}

static void put(FILE *out, const char *words, size_t length, bool typed)
{
	for (size_t i = 0; i < length;) {
		const char *escape = escape_of(words[i], typed);
		if ((unsigned char)words[i] >= 0xc0) {
			i += put_unicode(out, words + i);
			continue;
		}
		if (escape)
			fputs(escape, out);
		else
			fputc(words[i], out);
		i++;
	}
}

/* A line ends with a sentence, as mdoc wants it, or where it is long enough. */
void pf_mdoc_text(FILE *out, const char *words)
{
	enum { LONG = 64 };
	size_t column = 0;
	for (words += strspn(words, " \n"); *words; words += strspn(words, " \n")) {
		size_t length = strcspn(words, " \n");
		if (column && column + length > LONG) {
			fputc('\n', out);
			column = 0;
		} else if (column) {
			fputc(' ', out);
		}
		if (column == 0 && (*words == '.' || *words == '\''))
			fputs("\\&", out);
		put(out, words, length, false);
		words += length;
		column += length + 1;
		if (words[-1] == '.' && *words) {
			fputc('\n', out);
			column = 0;
		}
	}
	if (column)
		fputc('\n', out);
}

void pf_mdoc_sentence(struct pf_arena *arena, FILE *out, const char *clause)
{
	char *sentence = pf_arena_print(arena, "%s.", clause);
	*sentence = (char)toupper((unsigned char)*sentence);
	pf_mdoc_text(out, sentence);
}

void pf_mdoc_argument(FILE *out, const char *word)
{
	fputs(" \"", out);
	for (; *word; word++) {
		if (*word == '"')
			fputs("\\(dq", out);
		else
			put(out, word, 1, true);
	}
	fputc('"', out);
}

void pf_mdoc_literal(FILE *out, const char *lines)
{
	fputs(".Bd -literal -offset indent\n", out);
	while (*lines) {
		size_t length = strcspn(lines, "\n");
		if (*lines == '.' || *lines == '\'')
			fputs("\\&", out);
		put(out, lines, length, true);
		fputc('\n', out);
		lines += length + (lines[length] == '\n');
	}
	fputs(".Ed\n", out);
}
