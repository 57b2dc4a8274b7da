/* Paint: columns, colours and wrapping for what people read. */
#include "report/paint.h"

#include "base/text.h"

#include <string.h>

static const char *const codes[] = {
	[PF_INK_PLAIN] = "",
	[PF_INK_BOLD] = "\033[1m",
	[PF_INK_DIM] = "\033[2m",
	[PF_INK_GREEN] = "\033[32m",
	[PF_INK_YELLOW] = "\033[33m",
	[PF_INK_RED] = "\033[1;31m",
	[PF_INK_CYAN] = "\033[36m",
	[PF_INK_MAGENTA] = "\033[35m",
	[PF_INK_ALARM] = "\033[1;37;41m",
};

enum pf_ink pf_severity_ink(enum pf_severity severity)
{
	static const enum pf_ink inks[] = {PF_INK_DIM, PF_INK_CYAN, PF_INK_YELLOW, PF_INK_RED,
	                                   PF_INK_ALARM};
	return inks[severity];
}

/* East Asian wide and emoji take two columns, combining marks none (Unicode UAX 11, coarsely). */
static int columns_of(uint32_t code)
{
	static const struct {
		uint32_t first, last;
		int columns;
	} ranges[] = {
		{0x300, 0x36f, 0},     {0x1ab0, 0x1aff, 0},   {0x20d0, 0x20ff, 0},
		{0x1100, 0x115f, 2},   {0x2e80, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},
		{0xf900, 0xfaff, 2},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},
		{0x1f300, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return ranges[i].columns;
	return 1;
}

/* Steps over one character of well-formed UTF-8. */
static int step(const char **at)
{
	const unsigned char *byte = (const unsigned char *)*at;
	int more = *byte < 0xc0 ? 0 : *byte < 0xe0 ? 1 : *byte < 0xf0 ? 2 : 3;
	uint32_t code = more ? *byte & (0x3fu >> more) : *byte;
	for (++*at; more > 0 && (**at & 0xc0) == 0x80; --more, ++*at)
		code = code << 6 | ((unsigned char)**at & 0x3f);
	return columns_of(code);
}

int pf_text_width(const char *text)
{
	int width = 0;
	while (*text)
		width += step(&text);
	return width;
}

static void put(const struct pf_page *page, enum pf_ink ink, const char *text, size_t bytes)
{
	bool coloured = page->colour && ink != PF_INK_PLAIN && bytes > 0;
	fprintf(page->out, "%s%.*s%s", coloured ? codes[ink] : "", (int)bytes, text,
	        coloured ? "\033[0m" : "");
}

/* Texts of ours may hold line breaks and backslashes that are meant; this is for those that may
 * not: already escaped ones come through unchanged. */
static const char *harmless(const struct pf_page *page, const char *text)
{
	return text ? pf_escape_again(page->arena, text, 0) : "";
}

void pf_paint(const struct pf_page *page, enum pf_ink ink, const char *text)
{
	const char *safe = harmless(page, text);
	put(page, ink, safe, strlen(safe));
}

void pf_paint_fill(const struct pf_page *page, int count, char filling)
{
	for (int i = 0; i < count; i++)
		fputc(filling, page->out);
}

/* Bytes of the longest beginning of `text` that fits into `room` columns and ends before a space;
 * where no word fits, as much of it as does. *next is where the following line begins. */
static size_t line_of(const char *text, int room, const char **next)
{
	const char *at = text, *space = NULL;
	for (int used = 0; *at;) {
		const char *here = at;
		if (*here == ' ')
			space = here;
		used += step(&at);
		if (used <= room)
			continue;
		const char *end = space && space > text ? space : here > text ? here : at;
		*next = end + strspn(end, " ");
		return (size_t)(end - text);
	}
	*next = at;
	return (size_t)(at - text);
}

enum { NARROWEST = 20 };

static void put_wrapped(const struct pf_page *page, int indent, enum pf_ink ink, const char *text)
{
	int room = page->columns - indent < NARROWEST ? NARROWEST : page->columns - indent;
	do {
		const char *next;
		size_t bytes = line_of(text, room, &next);
		put(page, ink, text, bytes);
		fputc('\n', page->out);
		if (*next)
			pf_paint_fill(page, indent, ' ');
		text = next;
	} while (*text);
}

void pf_paint_wrapped(const struct pf_page *page, const char *lead, enum pf_ink ink,
                      const char *text)
{
	const char *before = harmless(page, lead);
	put(page, PF_INK_PLAIN, before, strlen(before));
	put_wrapped(page, pf_text_width(before), ink, harmless(page, text));
}

void pf_paint_verbatim(const struct pf_page *page, int indent, const char *text)
{
	pf_paint_fill(page, indent, ' ');
	fprintf(page->out, "%s\n", text);
}

void pf_paint_remedy(const struct pf_page *page, int indent, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *line = pf_arena_copy_bytes(page->arena, text, length);
		text += length + (text[length] == '\n');
		if (length == 0) {
			fputc('\n', page->out);
			continue;
		}
		if (*line == ' ' || *line == '\t') {
			pf_paint_verbatim(page, indent, line);
			continue;
		}
		pf_paint_fill(page, indent, ' ');
		put_wrapped(page, indent, PF_INK_PLAIN, line);
	}
}

static const char *repeated(struct pf_arena *arena, const char *text, int count)
{
	char *out = pf_arena_take(arena, strlen(text) * (size_t)count + 1), *at = out;
	for (int i = 0; i < count; i++)
		at = stpcpy(at, text);
	return out;
}

void pf_paint_bar(const struct pf_page *page, enum pf_ink ink, int width, int percent)
{
	/* On a terminal blocks, in mails and logs plain ASCII. */
	const char *full = page->colour ? "\u2588" : "#", *empty = page->colour ? "\u2591" : "-";
	int filled = percent < 0 ? 0 : (percent * width + 50) / 100;
	if (filled == width && percent < 100)
		filled = width - 1;
	put(page, ink, repeated(page->arena, full, filled), strlen(full) * (size_t)filled);
	put(page, PF_INK_DIM, repeated(page->arena, empty, width - filled),
	    strlen(empty) * (size_t)(width - filled));
}

const char *pf_plural(struct pf_arena *arena, size_t count, const char *noun)
{
	return pf_arena_print(arena, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}
