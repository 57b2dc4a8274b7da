/* Words in HTML: nothing that comes this way is markup. */
#include "report/html_parts.h"
#include "report/writers.h"

#include <string.h>

static pf_instead entities = {
	['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};

void pf_html_words(FILE *out, const char *words, size_t count)
{
	pf_put_words(out, words, count, entities);
}

void pf_html_text(FILE *out, const char *words)
{
	pf_put_text(out, words, entities);
}

void pf_html_element(FILE *out, const char *name, const char *words)
{
	fprintf(out, "<%s>", name);
	pf_html_text(out, words);
	fprintf(out, "</%.*s>", (int)strcspn(name, " "), name);
}

void pf_html_begin_table(FILE *out, const char *what, const char *look)
{
	fputs("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"", out);
	pf_html_text(out, what);
	fprintf(out, "\"><table class=\"%s\">\n", look);
}

void pf_html_end_table(FILE *out)
{
	fputs("</table></div>\n", out);
}

const char *pf_html_score_ink(int score)
{
	return score >= 90 ? "good" : score >= 70 ? "warn" : "bad";
}
