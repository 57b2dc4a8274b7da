/* A command line for sh, put together word by word; what a word holds is never seen by the shell.
 */
#ifndef PF_REPORT_SHELL_LINE_H
#define PF_REPORT_SHELL_LINE_H

#include "base/arena.h"

struct pf_sh_line {
	struct pf_arena *arena;
	const char *text; /* "" to begin with */
};

/* Text of ours that sh is to read as it is. */
void pf_sh_put(struct pf_sh_line *line, const char *raw);

/* One word, quoted; an option and its value. */
void pf_sh_word(struct pf_sh_line *line, const char *text);
void pf_sh_option(struct pf_sh_line *line, const char *name, const char *value);

/* A file pattern: its *, ? and [] stay alive, everything else that is not plain is dead. */
void pf_sh_pattern(struct pf_sh_line *line, const char *text);

/* Nothing in it but letters, digits, _-./:,@%+ and the characters of `also`? */
bool pf_sh_plain(const char *text, const char *also);

/* As one word for sh: as it is when plain, else in single quotes. Control bytes are escaped before.
 */
const char *pf_sh_quoted(struct pf_arena *arena, const char *text);

/* Bytes in escaped notation as a quoted argument of printf(1); NULL: not well formed. */
const char *pf_sh_bytes(struct pf_arena *arena, const char *escaped);

#endif
