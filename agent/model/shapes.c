/* The field tables, from kinds.def. */
#include "model/shapes.h"

/* The tables: FIELDS lists those of the struct that `holder` names in the scope at hand. */
#define FIELD(shape, name) {#name, PF_##shape, offsetof(holder, name)},
#define FIELD_TEXT(name) FIELD(TEXT, name)
#define FIELD_WORDS(name) FIELD(WORDS, name)
#define FIELD_WHOLE(name) FIELD(WHOLE, name)
#define FIELD_TRUTH(name) FIELD(TRUTH, name)
#define FIELD_ENTRIES(name) FIELD(ENTRIES, name)
#define FIELD_PROCESSES(name) FIELD(PROCESSES, name)
#define FIELDS(LIST)                                                                               \
	LIST(FIELD_TEXT, FIELD_WORDS, FIELD_WHOLE, FIELD_TRUTH, FIELD_ENTRIES, FIELD_PROCESSES)

#define PF_KIND(kind, worker, ASK, FACTS)                                                          \
	static const struct pf_field *ask_fields_of_##kind(void)                                   \
	{                                                                                          \
		typedef struct pf_ask_##kind holder;                                               \
		static const struct pf_field fields[] = {FIELDS(ASK){NULL, PF_TEXT, 0}};           \
		return fields;                                                                     \
	}                                                                                          \
	static const struct pf_field *fact_fields_of_##kind(void)                                  \
	{                                                                                          \
		typedef struct pf_facts_##kind holder;                                             \
		static const struct pf_field fields[] = {FIELDS(FACTS){NULL, PF_TEXT, 0}};         \
		return fields;                                                                     \
	}
#include "postflight/kinds.def"
#undef PF_KIND

const struct pf_kind_row pf_kind_rows[PF_KIND_COUNT] = {
#define PF_KIND(kind, worker, ASK, FACTS)                                                          \
	{#kind, ask_fields_of_##kind, fact_fields_of_##kind, offsetof(struct pf_question, kind),   \
	 offsetof(struct pf_answer, kind)},
#include "postflight/kinds.def"
#undef PF_KIND
};

#define ENTRY_FIELDS(TEXT, WORDS, WHOLE, TRUTH, ENTRIES, PROCESSES)                                \
	TEXT(path)                                                                                 \
	TEXT(type) WHOLE(mode) TEXT(owner) TEXT(group) WHOLE(size) WHOLE(modified) TEXT(why)

const struct pf_field *pf_entry_fields(void)
{
	typedef struct pf_entry holder;
	static const struct pf_field fields[] = {FIELDS(ENTRY_FIELDS){NULL, PF_TEXT, 0}};
	return fields;
}

#define PROCESS_FIELDS(TEXT, WORDS, WHOLE, TRUTH, ENTRIES, PROCESSES)                              \
	WHOLE(pid)                                                                                 \
	WHOLE(parent)                                                                              \
	WHOLE(uid) TEXT(user) TEXT(name) TEXT(program) TEXT(directory) WORDS(command)              \
		WORDS(capabilities) WORDS(listens)

const struct pf_field *pf_process_fields(void)
{
	typedef struct pf_process holder;
	static const struct pf_field fields[] = {FIELDS(PROCESS_FIELDS){NULL, PF_TEXT, 0}};
	return fields;
}
