/* Transcripts: the evidence of all vantages of a run in one file, each line sealed to the one
 * before it, so that a line that is altered, missing or moved later is seen.
 *
 *   {"postflight":"evidence/1",...,"seal":"64 hex digits"}
 *
 * A seal is the SHA-256 of the seal before (none: nothing), a newline, and the line without its
 * seal. A transcript is evidence like any other (run/evidence.h) and can be judged again. The last
 * seal stands for the whole: who notes or signs it can tell a transcript that was made anew. */
#ifndef PF_RUN_TRANSCRIPT_H
#define PF_RUN_TRANSCRIPT_H

#include "run/gather.h"

#include <stdio.h>

/* Writes all of it; errors are left to the caller, who checks ferror and fclose. Returns the last
 * seal. */
const char *pf_transcript_write(struct pf_arena *arena, FILE *out, const struct pf_site *site,
                                const struct pf_gathered *gathered, size_t vantage_count,
                                int64_t started_at);

struct pf_transcript_state {
	size_t lines;
	const char *seal; /* the last one; NULL: there is none */
	const char *
		fault; /* one sentence on the first line that is not as it was sealed; NULL: none */
};

/* Reads a transcript and checks every seal of it. False: it could not be read (errno). */
bool pf_transcript_check(struct pf_arena *arena, FILE *file,
                         struct pf_transcript_state *state) PF_MUST_USE;

#endif
