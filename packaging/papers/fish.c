/* The completion for fish: one line an option, one line a command. */
#include "papers.h"

#include <string.h>

static void quoted(FILE *out, const char *words)
{
	fputc('\'', out);
	for (; *words; words++)
		fprintf(out, "%s%c", strchr("'\\", *words) ? "\\" : "", *words);
	fputc('\'', out);
}

static void offer(struct pf_arena *arena, FILE *out, struct pf_paper_values values, bool of_option)
{
	if (values.files)
		fputs(of_option ? " -r -F" : " -F", out);
	else if (values.folders)
		fprintf(out, "%s -a '(__fish_complete_directories (commandline -ct))'",
		        of_option ? " -x" : "");
	else if (values.sites)
		fputs(" -k -a '(__fish_complete_suffix .yaml)'", out);
	else if (values.words.count)
		fprintf(out, "%s -a '%s'", of_option ? " -x" : "",
		        pf_paper_joined(arena, values.words));
	else if (of_option)
		fputs(" -x", out);
}

/* The condition that one of these commands was typed. */
static void condition(FILE *out, unsigned commands)
{
	fputs("complete -c postflight -n '__fish_seen_subcommand_from", out);
	for (size_t i = 0; pf_paper_commands[i].name; i++)
		if (commands & 1u << i)
			fprintf(out, " %s", pf_paper_commands[i].name);
	fputc('\'', out);
}

static void option_line(struct pf_arena *arena, FILE *out, const struct pf_paper_option *option)
{
	condition(out, option->commands);
	if (option->letter)
		fprintf(out, " -s %c", option->letter);
	fprintf(out, " -l %s", option->name);
	if (option->argument)
		offer(arena, out, pf_paper_values_of(arena, option->argument), true);
	fputs(" -d ", out);
	quoted(out, option->text);
	fputc('\n', out);
}

void pf_paper_fish(struct pf_arena *arena, FILE *out)
{
	fputs("# Completion of postflight(1) for fish. Made from the program's tables; do not "
	      "edit.\ncomplete -c postflight -f\n",
	      out);
	for (const struct pf_paper_command *row = pf_paper_commands; row->name; row++) {
		fprintf(out, "complete -c postflight -n __fish_use_subcommand -a %s -d ",
		        row->name);
		quoted(out, row->purpose);
		fputc('\n', out);
	}
	for (size_t i = 0; pf_paper_commands[i].name; i++) {
		struct pf_paper_values values =
			pf_paper_arguments_of(arena, pf_paper_commands[i].arguments);
		if (!values.files && !values.folders && !values.sites && values.words.count == 0)
			continue;
		condition(out, 1u << i);
		offer(arena, out, values, false);
		fputc('\n', out);
	}
	for (const struct pf_paper_option *option = pf_paper_options; option->name; option++)
		option_line(arena, out, option);
}
