/* The completion for bash: a function that looks at the word before the cursor, and at the command.
 */
#include "papers.h"

static const char head[] =
	"# Completion of postflight(1) for bash. Made from the program's tables; do not edit.\n"
	"_postflight_words()\n"
	"{\n"
	"\tCOMPREPLY=($(compgen -W \"$2\" -- \"$1\"))\n"
	"}\n"
	"\n"
	"_postflight_files()\n"
	"{\n"
	"\tlocal IFS=$'\\n'\n"
	"\tcompopt -o filenames 2>/dev/null\n"
	"\tcase $2 in\n"
	"\tfolders) COMPREPLY=($(compgen -d -- \"$1\")) ;;\n"
	"\tsites) COMPREPLY=($(compgen -f -X '!*.yaml' -- \"$1\"; compgen -d -- \"$1\")) ;;\n"
	"\t*) COMPREPLY=($(compgen -f -- \"$1\")) ;;\n"
	"\tesac\n"
	"}\n"
	"\n"
	"_postflight()\n"
	"{\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
	"command=${COMP_WORDS[1]}\n"
	"\tCOMPREPLY=()\n"
	"\tif [ \"$word\" = = ]; then # --format=text is three words here\n"
	"\t\tword=\n"
	"\telif [ \"$before\" = = ]; then\n"
	"\t\tbefore=${COMP_WORDS[COMP_CWORD-2]}\n"
	"\tfi\n";

static void offer(struct pf_arena *arena, FILE *out, struct pf_paper_values values)
{
	const char *files = values.files     ? "files"
	                    : values.folders ? "folders"
	                    : values.sites   ? "sites"
	                                     : NULL;
	if (files)
		fprintf(out, "_postflight_files \"$word\" %s", files);
	else if (values.words.count)
		fprintf(out, "_postflight_words \"$word\" '%s'",
		        pf_paper_joined(arena, values.words));
	else
		fputc(':', out);
}

static void option_arguments(struct pf_arena *arena, FILE *out)
{
	fputs("\tcase $before in\n", out);
	for (const struct pf_paper_option *option = pf_paper_options; option->name; option++) {
		if (!option->argument)
			continue;
		fputc('\t', out);
		if (option->letter)
			fprintf(out, "-%c | ", option->letter);
		fprintf(out, "--%s) ", option->name);
		offer(arena, out, pf_paper_values_of(arena, option->argument));
		fputs("; return ;;\n", out);
	}
	fputs("\tesac\n", out);
}

static void command(struct pf_arena *arena, FILE *out, size_t at)
{
	const struct pf_paper_command *row = &pf_paper_commands[at];
	fprintf(out, "\t%s)\n\t\tcase $word in\n\t\t-*) _postflight_words \"$word\" '", row->name);
	for (const struct pf_paper_option *option = pf_paper_options; option->name; option++)
		if (option->commands & 1u << at)
			fprintf(out, "--%s ", option->name);
	fputs("' ;;\n\t\t*) ", out);
	offer(arena, out, pf_paper_arguments_of(arena, row->arguments));
	fputs(" ;;\n\t\tesac\n\t\t;;\n", out);
}

void pf_paper_bash(struct pf_arena *arena, FILE *out)
{
	fputs(head, out);
	fputs("\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\t_postflight_words \"$word\" '", out);
	for (size_t i = 0; pf_paper_commands[i].name; i++)
		fprintf(out, "%s ", pf_paper_commands[i].name);
	fputs("--help --version'\n\t\treturn\n\tfi\n", out);
	option_arguments(arena, out);
	fputs("\tcase $command in\n", out);
	for (size_t i = 0; pf_paper_commands[i].name; i++)
		command(arena, out, i);
	fputs("\tesac\n}\n\ncomplete -F _postflight postflight\n", out);
}
