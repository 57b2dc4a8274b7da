/* Reading evidence out of a file. */
#include "base/limits.h"
#include "base/text.h"
#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { VANTAGES = 64 }; /* of one file */

/* The next line, without its newline; *length beyond PF_LINE_BYTES: it was too long and only its
 * beginning is there. False: no more. */
static bool next_line(FILE *file, char *line, size_t *length)
{
	int byte;
	*length = 0;
	while ((byte = getc_unlocked(file)) != EOF && byte != '\n') {
		if (*length < PF_LINE_BYTES)
			line[*length] = (char)byte;
		++*length;
	}
	return byte != EOF || *length > 0;
}

/* A further vantage begins with a head of its own, as in a transcript. */
static bool is_head(const char *line, size_t length)
{
	static const char head[] = "{\"postflight\":";
	return length >= sizeof head - 1 && memcmp(line, head, sizeof head - 1) == 0;
}

static struct pf_evidence *begin(struct pf_arena *arena, const struct pf_site *site,
                                 const char *path, struct pf_evidence_files *files)
{
	files->at = pf_arena_grow(arena, files->at, files->count, &files->room, sizeof *files->at);
	files->at[files->count].evidence = pf_evidence_new(arena, site);
	files->at[files->count].path = path;
	return files->at[files->count++].evidence;
}

bool pf_load_evidence(struct pf_arena *arena, const struct pf_site *site, const char *path,
                      struct pf_evidence_files *files)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	const char *shown = pf_escape_text(arena, path, 0);
	char *line = pf_arena_take(arena, PF_LINE_BYTES);
	size_t total = 0, length, lines = 0, vantages = 1;
	struct pf_evidence *evidence = begin(arena, site, shown, files);
	while (file && total < PF_EVIDENCE_BYTES && next_line(file, line, &length)) {
		total += length;
		if (lines++ > 0 && vantages < VANTAGES && is_head(line, length)) {
			evidence = begin(arena, site, shown, files);
			vantages++;
		}
		pf_evidence_take(evidence, length <= PF_LINE_BYTES ? line : NULL, length);
	}
	bool failed = !file || ferror(file);
	if (failed)
		pf_complain("%s: %s", shown, strerror(errno));
	if (file && file != stdin)
		fclose(file);
	return !failed;
}
