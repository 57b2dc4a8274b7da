/* Words in HTML: nothing that comes this way is markup. */
#include "report/html_parts.h"

#include <string.h>

void pf_html_text(FILE *out, const char *words)
{
	for (; words && *words; words++) {
		if (*words == '&')
			fputs("&amp;", out);
		else if (*words == '<')
			fputs("&lt;", out);
		else if (*words == '>')
			fputs("&gt;", out);
		else if (*words == '"')
			fputs("&quot;", out);
		else if (*words == '\'')
			fputs("&#39;", out);
		else
			fputc(*words, out);
	}
}

void pf_html_element(FILE *out, const char *name, const char *words)
{
	fprintf(out, "<%s>", name);
	pf_html_text(out, words);
	fprintf(out, "</%.*s>", (int)strcspn(name, " "), name);
}

const char *pf_html_score_ink(int score)
{
	return score >= 90 ? "good" : score >= 70 ? "warn" : "bad";
}
