/* Who gets in, as tables. */
#include "report/text_matrix.h"

#include "report/text_findings.h"

#include <string.h>

enum { CELL = 11, INDENT = 4, GAP = 2 };

/* A run of cells of one service, which stand together. */
struct table {
	const struct pf_cell *cells;
	size_t count;
	int widest; /* address */
};

static struct table table_at(const struct pf_audit *audit, size_t first)
{
	struct table table = {.cells = &audit->cells[first]};
	while (first + table.count < audit->cell_count &&
	       strcmp(table.cells[table.count].service, table.cells->service) == 0) {
		int width = pf_text_width(table.cells[table.count++].address);
		table.widest = width > table.widest ? width : table.widest;
	}
	return table;
}

static const struct pf_cell *cell_of(const struct table *table, const char *address,
                                     const char *vantage)
{
	for (size_t i = 0; i < table->count; i++)
		if (strcmp(table->cells[i].address, address) == 0 &&
		    strcmp(table->cells[i].vantage, vantage) == 0)
			return &table->cells[i];
	return NULL;
}

static void paint_padded(const struct pf_page *page, enum pf_ink ink, const char *text, int width)
{
	pf_paint(page, ink, text);
	pf_paint_fill(page, width - pf_text_width(text), ' ');
}

static void paint_cell(const struct pf_page *page, const struct pf_cell *cell, int width)
{
	if (!cell) {
		paint_padded(page, PF_INK_DIM, "-", width);
		return;
	}
	enum pf_ink ink = cell->holds == PF_HOLDS      ? PF_INK_GREEN
	                  : cell->holds == PF_NOT_SEEN ? PF_INK_MAGENTA
	                                               : PF_INK_RED;
	paint_padded(page, ink,
	             pf_arena_print(page->arena, "%s%s", pf_cell_state_name(cell->state),
	                            cell->holds == PF_DOES_NOT_HOLD ? " !" : ""),
	             width);
}

/* The vantages from `first` on, `count` of them. A name that is too long is cut. */
static void paint_columns(const struct pf_page *page, const struct pf_audit *audit,
                          const struct table *table, size_t first, size_t count)
{
	pf_paint_fill(page, INDENT + table->widest + GAP, ' ');
	for (size_t v = first; v < first + count; v++)
		paint_padded(page, PF_INK_DIM,
		             pf_arena_print(page->arena, "%.*s", CELL - 1,
		                            audit->vantages[v].vantage->name),
		             v + 1 < first + count ? CELL : 0);
	fputc('\n', page->out);
	for (size_t i = 0; i < table->count; i++) {
		const char *address = table->cells[i].address;
		if (i && strcmp(address, table->cells[i - 1].address) == 0)
			continue;
		pf_paint_fill(page, INDENT, ' ');
		paint_padded(page, PF_INK_PLAIN, address, table->widest + GAP);
		for (size_t v = first; v < first + count; v++)
			paint_cell(page, cell_of(table, address, audit->vantages[v].vantage->name),
			           v + 1 < first + count ? CELL : 0);
		fputc('\n', page->out);
	}
}

void pf_text_matrix(const struct pf_page *page, const struct pf_audit *audit)
{
	if (audit->cell_count == 0)
		return;
	pf_text_heading(page, PF_INK_BOLD, "WHO GETS IN", "! is not as the site file wants it");
	for (size_t i = 0; i < audit->cell_count;) {
		struct table table = table_at(audit, i);
		int room = (page->columns - INDENT - table.widest - GAP) / CELL;
		size_t across = room > 0 ? (size_t)room : 1;
		pf_paint_wrapped(page, "  ", PF_INK_PLAIN, table.cells->service);
		for (size_t v = 0; v < audit->vantage_count; v += across)
			paint_columns(page, audit, &table, v,
			              audit->vantage_count - v < across ? audit->vantage_count - v
			                                                : across);
		i += table.count;
	}
}
