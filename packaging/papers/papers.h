/* What the papers are made of: the tables of the program, as the manual and the completions see
 * them. */
#ifndef PF_PAPERS_H
#define PF_PAPERS_H

#include "base/arena.h"

#include <stdio.h>

struct pf_paper_command {
	const char *name, *arguments, *purpose;
};

struct pf_paper_option {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: a switch */
	unsigned commands;    /* bit n: of the nth command */
	const char *text;
};

/* Both ended by one without a name. */
extern const struct pf_paper_command pf_paper_commands[];
extern const struct pf_paper_option pf_paper_options[];

/* What can stand for an argument as the tables name it: "FILE", "AREA|ID", "FILE|last". */
struct pf_paper_values {
	bool files, folders, sites; /* sites: files that end in .yaml */
	struct pf_words words;
	bool known; /* false: the name says nothing to us, see values.c */
};

struct pf_paper_values pf_paper_values_of(struct pf_arena *arena, const char *argument);

/* Those of a command's own arguments: "SITE.yaml FILE...". */
struct pf_paper_values pf_paper_arguments_of(struct pf_arena *arena, const char *arguments);

/* Words, parted by spaces. */
const char *pf_paper_joined(struct pf_arena *arena, struct pf_words words);

/* The papers. Each writes one of them. */
void pf_paper_bash(struct pf_arena *arena, FILE *out);
void pf_paper_zsh(struct pf_arena *arena, FILE *out);
void pf_paper_fish(struct pf_arena *arena, FILE *out);

/* False: a key of the site file has no meaning in the table; it was named. */
bool pf_paper_keys_have_meanings(void);

/* What stands for a line "@NAME@" of a manual page's frame, in mdoc. */
void pf_paper_commands_part(struct pf_arena *arena, FILE *out);
void pf_paper_options_part(struct pf_arena *arena, FILE *out);
void pf_paper_formats_part(struct pf_arena *arena, FILE *out);
void pf_paper_keys_part(struct pf_arena *arena, FILE *out);
void pf_paper_checks_part(struct pf_arena *arena, FILE *out);

/* mdoc: words in running text; a clause of a table, made a sentence; one argument of a macro; lines
 * that are kept as they are. */
void pf_mdoc_text(FILE *out, const char *words);
void pf_mdoc_sentence(struct pf_arena *arena, FILE *out, const char *clause);
void pf_mdoc_argument(FILE *out, const char *word);
void pf_mdoc_literal(FILE *out, const char *lines);

#endif
