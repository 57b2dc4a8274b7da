/* Words in HTML: nothing that comes this way is markup. */
#include "report/html_parts.h"

#include <string.h>

static const char *entity_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

void pf_html_words(FILE *out, const char *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *entity = entity_of(words[i]);
		if (entity)
			fputs(entity, out);
		else
			fputc(words[i], out);
	}
}

void pf_html_text(FILE *out, const char *words)
{
	if (words)
		pf_html_words(out, words, strlen(words));
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
