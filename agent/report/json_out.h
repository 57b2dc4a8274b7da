/* JSON being written, piece by piece, straight to a stream. */
#ifndef PF_REPORT_JSON_OUT_H
#define PF_REPORT_JSON_OUT_H

#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>

/* `comma` when the next member needs one before it. */
struct pf_json_out {
	FILE *out;
	struct pf_arena *arena;
	bool comma;
	bool one_line; /* no line breaks between members */
};

/* The comma and the name of a member whose value follows; name NULL: of an array. */
void pf_out_member(struct pf_json_out *json, const char *name);

/* Opens with `bracket`, '{' or '['; closes with '}' or ']'. */
void pf_out_begin(struct pf_json_out *json, const char *name, char bracket);
void pf_out_end(struct pf_json_out *json, char bracket);

void pf_out_text(struct pf_json_out *json, const char *name, const char *value); /* NULL: null */
void pf_out_whole(struct pf_json_out *json, const char *name, int64_t value);
void pf_out_true(struct pf_json_out *json, const char *name);
void pf_out_words(struct pf_json_out *json, const char *name, struct pf_words list);

/* A line break between members, unless all is to be on one line. */
void pf_out_line(struct pf_json_out *json);

#endif
