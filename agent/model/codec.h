/* Questions and answers as JSON Lines, both ways. The only includer of cJSON besides report/json.c
 * is model/json.c. */
#ifndef PF_MODEL_CODEC_H
#define PF_MODEL_CODEC_H

#include "base/arena.h"
#include "postflight/answer.h"

/* One line of JSON without the newline: {"kind":"http","ask":{...}}; fields that are NULL, empty, 0
 * or false are left out, in the order of kinds.def, so equal questions are equal texts: this is the
 * question's key. */
char *pf_question_write(struct pf_arena *arena, const struct pf_question *question);

/* {"kind":"http","outcome":"answered","detail":..,"at":..,"took_us":..,"facts":{...}} */
char *pf_answer_write(struct pf_arena *arena, const struct pf_answer *answer);

/* The facts alone: {"server":"nginx",...} */
char *pf_facts_write(struct pf_arena *arena, const struct pf_answer *answer);

/* The reverse. Everything is copied into the arena. Texts of an answer are a stranger's and go
 * through pf_escape_again; those of a question are ours and stay as they are. False: *problem says
 * in one clause what is wrong (unknown kind or field, wrong type, too deep, trailing bytes,
 * malformed UTF-8, too long). */
bool pf_question_read(struct pf_arena *arena, const char *line, size_t length,
                      struct pf_question *question, const char **problem) PF_MUST_USE;
bool pf_answer_read(struct pf_arena *arena, const char *line, size_t length,
                    struct pf_answer *answer, const char **problem) PF_MUST_USE;

/* What a worker says that is at work and has no answer yet. */
#define PF_ALIVE "{}"

/* One line of the worker protocol and of evidence, taken apart one level down: the value of each of
 * `names` as raw JSON text (copied), NULL when absent. False as above. {"id":7,"question":{...}} */
bool pf_line_split(struct pf_arena *arena, const char *line, size_t length, size_t count,
                   const char *const names[], const char *values[],
                   const char **problem) PF_MUST_USE;

/* A JSON string with its quotes. `</`, U+2028 and U+2029 are escaped; malformed UTF-8 becomes
 * U+FFFD. */
char *pf_json_string(struct pf_arena *arena, const char *text);

/* The reverse of pf_json_string for a value from pf_line_split; false: not a JSON string. */
bool pf_json_text(struct pf_arena *arena, const char *value, const char **text) PF_MUST_USE;

#endif
