/* The completion for zsh: one call of _arguments a command. */
#include "papers.h"

#include <string.h>

/* Words within single quotes; a backslash before what _describe and _arguments take for theirs. */
static void quoted(FILE *out, const char *words)
{
	for (; *words; words++) {
		if (*words == '\'')
			fputs("'\\''", out);
		else
			fprintf(out, "%s%c", strchr("[]:\\", *words) ? "\\" : "", *words);
	}
}

static void action(struct pf_arena *arena, FILE *out, struct pf_paper_values values)
{
	if (values.files)
		fputs("_files", out);
	else if (values.folders)
		fputs("_files -/", out);
	else if (values.sites)
		fputs("_files -g \"*.yaml(-.)\"", out);
	else if (values.words.count)
		fprintf(out, "(%s)", pf_paper_joined(arena, values.words));
	else
		fputc(' ', out);
}

static void option_as(struct pf_arena *arena, FILE *out, const struct pf_paper_option *option,
                      const char *written)
{
	fprintf(out, " \\\n\t\t\t'*%s[", written);
	quoted(out, option->text);
	fputc(']', out);
	if (option->argument) {
		fputc(':', out);
		quoted(out, option->argument);
		fputc(':', out);
		action(arena, out, pf_paper_values_of(arena, option->argument));
	}
	fputc('\'', out);
}

static void command(struct pf_arena *arena, FILE *out, size_t at)
{
	const struct pf_paper_command *row = &pf_paper_commands[at];
	fprintf(out, "\t(%s)\n\t\t_arguments -s", row->name);
	for (const struct pf_paper_option *option = pf_paper_options; option->name; option++) {
		if (!(option->commands & 1u << at))
			continue;
		if (option->letter)
			option_as(arena, out, option, pf_arena_print(arena, "-%c", option->letter));
		option_as(
			arena, out, option,
			pf_arena_print(arena, "--%s%s", option->name, option->argument ? "=" : ""));
	}
	if (*row->arguments) {
		fputs(" \\\n\t\t\t'*:", out);
		quoted(out, row->arguments);
		fputc(':', out);
		action(arena, out, pf_paper_arguments_of(arena, row->arguments));
		fputc('\'', out);
	}
	fputs("\n\t\t;;\n", out);
}

void pf_paper_zsh(struct pf_arena *arena, FILE *out)
{
	fputs("#compdef postflight\n"
	      "# Completion of postflight(1) for zsh. Made from the program's tables; do not "
	      "edit.\n"
	      "_postflight()\n{\n\tlocal -a commands\n\tcommands=(\n",
	      out);
	for (const struct pf_paper_command *row = pf_paper_commands; row->name; row++) {
		fprintf(out, "\t\t'%s:", row->name);
		quoted(out, row->purpose);
		fputs("'\n", out);
	}
	fputs("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe -t commands command commands\n"
	      "\t\treturn\n\tfi\n\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n"
	      "\tcase $command in\n",
	      out);
	for (size_t i = 0; pf_paper_commands[i].name; i++)
		command(arena, out, i);
	fputs("\tesac\n}\n\n_postflight \"$@\"\n", out);
}
