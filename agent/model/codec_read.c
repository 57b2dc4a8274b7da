/* Questions and answers read from JSON Lines: one reader for every kind, driven by the field
 * tables. */
#include "base/limits.h"
#include "base/text.h"
#include "model/codec.h"
#include "model/json.h"
#include "model/shapes.h"

#include <string.h>

struct reading {
	struct pf_arena *arena;
	bool foreign; /* texts are a stranger's: escaped again */
	const char *problem;
};

static bool fail(struct reading *reading, const char *before, const char *after, const char *name)
{
	reading->problem = pf_arena_print(reading->arena, "%s%s%s", before,
	                                  pf_escape_text(reading->arena, name, 60), after);
	return false;
}

static const char *keep(struct reading *reading, const char *text)
{
	return reading->foreign ? pf_escape_again(reading->arena, text, 0)
	                        : pf_arena_copy(reading->arena, text);
}

static bool read_text(struct reading *reading, const struct pf_json *value, void *at)
{
	const char *text;
	if (!pf_json_string_value(value, &text))
		return false;
	*(const char **)at = keep(reading, text);
	return true;
}

static bool read_words(struct reading *reading, const struct pf_json *value, void *at)
{
	if (!pf_json_is_array(value))
		return false;
	const char **words =
		pf_arena_array(reading->arena, pf_json_count(value) + 1, sizeof *words);
	size_t count = 0;
	for (const struct pf_json *item = pf_json_first(value); item; item = pf_json_next(item))
		if (!read_text(reading, item, &words[count++]))
			return false;
	*(struct pf_words *)at = (struct pf_words){words, count};
	return true;
}

static bool read_struct(struct reading *reading, const struct pf_field *fields,
                        const struct pf_json *object, void *holder);

static bool read_entries(struct reading *reading, const struct pf_json *value, void *at)
{
	if (!pf_json_is_array(value))
		return false;
	struct pf_entry *entries =
		pf_arena_array(reading->arena, pf_json_count(value) + 1, sizeof *entries);
	size_t count = 0;
	for (const struct pf_json *item = pf_json_first(value); item; item = pf_json_next(item)) {
		struct pf_entry *entry = &entries[count++];
		if (!read_struct(reading, pf_entry_fields(), item, entry))
			return false;
		/* These two are always there in what a driver writes, and are relied on. */
		if (!entry->path || !entry->type)
			return fail(reading, "an entry has no ", "", entry->path ? "type" : "path");
	}
	*(struct pf_entries *)at = (struct pf_entries){entries, count};
	return true;
}

static bool read_processes(struct reading *reading, const struct pf_json *value, void *at)
{
	if (!pf_json_is_array(value))
		return false;
	struct pf_process *processes =
		pf_arena_array(reading->arena, pf_json_count(value) + 1, sizeof *processes);
	size_t count = 0;
	for (const struct pf_json *item = pf_json_first(value); item; item = pf_json_next(item)) {
		struct pf_process *process = &processes[count++];
		if (!read_struct(reading, pf_process_fields(), item, process))
			return false;
		if (!process->user)
			return fail(reading, "a process has no ", "", "user");
	}
	*(struct pf_processes *)at = (struct pf_processes){processes, count};
	return true;
}

static bool read_value(struct reading *reading, enum pf_shape shape, const struct pf_json *value,
                       void *at)
{
	switch (shape) {
	case PF_TEXT:
		return read_text(reading, value, at);
	case PF_WORDS:
		return read_words(reading, value, at);
	case PF_WHOLE:
		return pf_json_whole(value, at);
	case PF_TRUTH:
		return pf_json_truth(value, at);
	case PF_ENTRIES:
		return read_entries(reading, value, at);
	case PF_PROCESSES:
		return read_processes(reading, value, at);
	}
	return false;
}

static bool read_struct(struct reading *reading, const struct pf_field *fields,
                        const struct pf_json *object, void *holder)
{
	if (!object || !pf_json_is_object(object))
		return fail(reading, "", " is missing or is not an object", "what it says");
	for (const struct pf_json *member = pf_json_first(object); member;
	     member = pf_json_next(member)) {
		const struct pf_field *field = fields;
		while (field->name && strcmp(field->name, pf_json_name(member)) != 0)
			field++;
		if (!field->name)
			return fail(reading, "the field ", " is not known", pf_json_name(member));
		if (!read_value(reading, field->shape, member, (char *)holder + field->offset)) {
			if (!reading->problem)
				fail(reading, "the field ", " is of the wrong type", field->name);
			return false;
		}
	}
	return true;
}

static bool read_kind(struct reading *reading, const struct pf_json *line, enum pf_kind *kind)
{
	const struct pf_json *member =
		pf_json_is_object(line) ? pf_json_member(line, "kind") : NULL;
	const char *name = NULL;
	if (!member || !pf_json_string_value(member, &name))
		return fail(reading, "the ", " is missing", "kind");
	for (size_t i = 0; i < PF_KIND_COUNT; i++)
		if (strcmp(pf_kind_rows[i].name, name) == 0) {
			*kind = (enum pf_kind)i;
			return true;
		}
	return fail(reading, "the kind ", " is not known", name);
}

static bool read_outcome(struct reading *reading, const struct pf_json *line,
                         enum pf_outcome *outcome)
{
	const struct pf_json *member = pf_json_member(line, "outcome");
	const char *name = NULL;
	if (!member || !pf_json_string_value(member, &name))
		return fail(reading, "the ", " is missing", "outcome");
	for (size_t i = 0; i < PF_OUTCOME_COUNT; i++)
		if (strcmp(pf_outcome_name((enum pf_outcome)i), name) == 0) {
			*outcome = (enum pf_outcome)i;
			return true;
		}
	return fail(reading, "the outcome ", " is not known", name);
}

/* Only these members, each at most once (the parser saw to that). */
static bool has_only(struct reading *reading, const struct pf_json *object, size_t count,
                     const char *const names[])
{
	for (const struct pf_json *member = pf_json_first(object); member;
	     member = pf_json_next(member))
		if (!pf_words_have((struct pf_words){names, count}, pf_json_name(member)))
			return fail(reading, "the field ", " is not known", pf_json_name(member));
	return true;
}

static bool read_question(struct reading *reading, const struct pf_json *line,
                          struct pf_question *question)
{
	static const char *const names[] = {"kind", "ask"};
	if (!read_kind(reading, line, &question->kind) || !has_only(reading, line, 2, names))
		return false;
	const struct pf_kind_row *kind = &pf_kind_rows[question->kind];
	return read_struct(reading, kind->ask(), pf_json_member(line, "ask"),
	                   (char *)question + kind->ask_offset);
}

static bool read_answer(struct reading *reading, const struct pf_json *line,
                        struct pf_answer *answer)
{
	static const char *const names[] = {"kind", "outcome", "detail", "at", "took_us", "facts"};
	if (!read_kind(reading, line, &answer->kind) || !has_only(reading, line, 6, names) ||
	    !read_outcome(reading, line, &answer->outcome))
		return false;
	const struct pf_json *detail = pf_json_member(line, "detail");
	if (detail && !read_text(reading, detail, &answer->detail))
		return fail(reading, "the field ", " is of the wrong type", "detail");
	const struct pf_json *at = pf_json_member(line, "at"),
			     *took = pf_json_member(line, "took_us");
	if (!at || !took || !pf_json_whole(at, &answer->at) ||
	    !pf_json_whole(took, &answer->took_us))
		return fail(reading, "", " is missing or wrong", "the time");
	const struct pf_kind_row *kind = &pf_kind_rows[answer->kind];
	return read_struct(reading, kind->facts(), pf_json_member(line, "facts"),
	                   (char *)answer + kind->facts_offset);
}

static struct pf_json *parse_line(const char *line, size_t length, const char **problem)
{
	*problem = length > PF_LINE_BYTES ? "it is longer than 1 MiB" : NULL;
	struct pf_json *value = *problem ? NULL : pf_json_parse(line, length, problem);
	if (value && !pf_json_is_object(value)) {
		pf_json_free(value);
		value = NULL;
		*problem = "it is not an object";
	}
	return value;
}

bool pf_question_read(struct pf_arena *arena, const char *line, size_t length,
                      struct pf_question *question, const char **problem)
{
	struct reading reading = {.arena = arena};
	struct pf_json *value = parse_line(line, length, problem);
	*question = (struct pf_question){0};
	bool read = value && read_question(&reading, value, question);
	pf_json_free(value);
	if (value && !read)
		*problem = reading.problem;
	return read;
}

bool pf_answer_read(struct pf_arena *arena, const char *line, size_t length,
                    struct pf_answer *answer, const char **problem)
{
	struct reading reading = {.arena = arena, .foreign = true};
	struct pf_json *value = parse_line(line, length, problem);
	*answer = (struct pf_answer){0};
	bool read = value && read_answer(&reading, value, answer);
	pf_json_free(value);
	if (value && !read)
		*problem = reading.problem;
	return read;
}

bool pf_line_split(struct pf_arena *arena, const char *line, size_t length, size_t count,
                   const char *const names[], const char *values[], const char **problem)
{
	struct pf_json *object = parse_line(line, length, problem);
	if (!object)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct pf_json *member = pf_json_member(object, names[i]);
		values[i] = member ? pf_json_print(arena, member) : NULL;
	}
	pf_json_free(object);
	return true;
}

bool pf_json_text(struct pf_arena *arena, const char *value, const char **text)
{
	const char *problem, *string;
	struct pf_json *parsed = pf_json_parse(value, strlen(value), &problem);
	bool is_text = parsed && pf_json_string_value(parsed, &string);
	if (is_text)
		*text = pf_arena_copy(arena, string);
	pf_json_free(parsed);
	return is_text;
}
