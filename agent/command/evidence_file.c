/* Reading evidence out of a file. */
#include "base/limits.h"
#include "base/text.h"
#include "command/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

struct pf_evidence *pf_load_evidence(struct pf_arena *arena, const struct pf_site *site,
                                     const char *path)
{
	struct pf_evidence *evidence = pf_evidence_new(arena, site);
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *line = pf_arena_take(arena, PF_LINE_BYTES);
	size_t total = 0, length;
	while (file && total < PF_EVIDENCE_BYTES && next_line(file, line, &length)) {
		total += length;
		pf_evidence_take(evidence, length <= PF_LINE_BYTES ? line : NULL, length);
	}
	bool failed = !file || ferror(file);
	if (failed)
		pf_complain("%s: %s", pf_escape_text(arena, path, 0), strerror(errno));
	if (file && file != stdin)
		fclose(file);
	return failed ? NULL : evidence;
}
