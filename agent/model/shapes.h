/* The fields of every kind of question and answer as tables, for the reader and the writer of JSON
 * Lines. */
#ifndef PF_MODEL_SHAPES_H
#define PF_MODEL_SHAPES_H

#include "postflight/answer.h"

enum pf_shape { PF_TEXT, PF_WORDS, PF_WHOLE, PF_TRUTH, PF_ENTRIES, PF_PROCESSES };

/* One field of a struct: a member of the shape's type at the offset. Lists of fields end with one
 * that has no name. */
struct pf_field {
	const char *name;
	enum pf_shape shape;
	size_t offset;
};

struct pf_kind_row {
	const char *name;
	const struct pf_field *(*ask)(void);
	const struct pf_field *(*facts)(void);
	size_t ask_offset,
		facts_offset; /* of the union's member in struct pf_question, pf_answer */
};

extern const struct pf_kind_row pf_kind_rows[PF_KIND_COUNT];

/* Of struct pf_entry and struct pf_process. */
const struct pf_field *pf_entry_fields(void);
const struct pf_field *pf_process_fields(void);

#endif
