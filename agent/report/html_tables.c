/* The tables of the HTML report: who gets in, and the areas. */
#include "report/html_parts.h"
#include "report/writers.h"

#include <string.h>

static void matrix_head(const struct pf_audit *audit, const char *service, FILE *out)
{
	pf_html_begin_table(out, service, "matrix");
	pf_html_element(out, "caption", service);
	fputs("\n<tr><th scope=\"col\">address</th>", out);
	for (size_t i = 0; i < audit->vantage_count; i++)
		pf_html_element(out, "th scope=\"col\"", audit->vantages[i].vantage->name);
	fputs("</tr>\n", out);
}

static const struct pf_cell *cell_at(const struct pf_audit *audit, const struct pf_cell *row,
                                     const char *vantage)
{
	for (size_t i = 0; i < audit->cell_count; i++) {
		const struct pf_cell *cell = &audit->cells[i];
		if (strcmp(cell->service, row->service) == 0 &&
		    strcmp(cell->address, row->address) == 0 && strcmp(cell->vantage, vantage) == 0)
			return cell;
	}
	return NULL;
}

static void matrix_row(const struct pf_audit *audit, const struct pf_cell *row, FILE *out)
{
	fputs("<tr>", out);
	pf_html_element(out, "th scope=\"row\"", row->address);
	for (size_t i = 0; i < audit->vantage_count; i++) {
		const struct pf_cell *cell = cell_at(audit, row, audit->vantages[i].vantage->name);
		const char *ink = !cell || cell->holds == PF_NOT_SEEN ? "odd"
		                  : cell->holds                       ? "good"
		                                                      : "bad";
		fprintf(out, "<td class=\"%s\">%s%s</td>", ink,
		        cell ? pf_cell_state_name(cell->state) : "not asked",
		        cell && cell->holds == PF_DOES_NOT_HOLD ? " (wrong)" : "");
	}
	fputs("</tr>\n", out);
}

void pf_html_matrix(const struct pf_audit *audit, FILE *out)
{
	const struct pf_cell *last = NULL;
	if (audit->cell_count == 0)
		return;
	fputs("<h2>Who gets in</h2>\n", out);
	for (size_t i = 0; i < audit->cell_count; i++) {
		const struct pf_cell *cell = &audit->cells[i];
		bool new_service = !last || strcmp(last->service, cell->service) != 0;
		if (new_service && last)
			pf_html_end_table(out);
		if (new_service)
			matrix_head(audit, cell->service, out);
		if (new_service || strcmp(last->address, cell->address) != 0)
			matrix_row(audit, cell, out);
		last = cell;
	}
	pf_html_end_table(out);
}

void pf_html_areas(const struct pf_audit *audit, FILE *out)
{
	fputs("<h2>Areas</h2>\n", out);
	pf_html_begin_table(out, "Areas", "areas");
	fputs("<tr><th scope=\"col\">area</th><th scope=\"col\">score</th>"
	      "<th scope=\"col\">of what was seen</th><th scope=\"col\">coverage</th></tr>\n",
	      out);

	for (size_t i = 0; i < audit->area_count; i++) {
		const struct pf_area *area = &audit->areas[i];
		int score = area->score < 0 ? 0 : area->score;
		fputs("<tr>", out);
		pf_html_element(out, "th scope=\"row\"", area->area);
		if (area->score < 0)
			fputs("<td>none</td>", out);
		else
			fprintf(out, "<td>%d</td>", score);
		fprintf(out,
		        "<td><svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" "
		        "aria-hidden=\"true\"><rect width=\"100\" height=\"8\"/><rect class=\"%s\" "
		        "width=\"%d\" height=\"8\"/></svg></td><td>%d %%</td></tr>\n",
		        score >= 90   ? "full"
		        : score >= 70 ? "some"
		                      : "low",
		        score, pf_percent(area->coverage));
	}
	pf_html_end_table(out);
}
