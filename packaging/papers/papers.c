/* Writes the papers that come from the program's own tables, so that none can be stale: manual
 * pages and completions.
 *
 *   write_papers bash | zsh | fish   a completion, to standard output
 *   write_papers FRAME               a manual page: the frame, with its lines "@NAME@" filled in
 *   write_papers check               names what the tables say and the papers do not understand
 */
#include "papers.h"

#include "base/limits.h"
#include "evaluate/steps.h"
#include "report/report.h"
#include "run/registry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct part {
	const char *name;
	void (*write)(struct pf_arena *arena, FILE *out);
} parts[] = {
	{"@COMMANDS@\n", pf_paper_commands_part}, {"@OPTIONS@\n", pf_paper_options_part},
	{"@FORMATS@\n", pf_paper_formats_part},   {"@KEYS@\n", pf_paper_keys_part},
	{"@CHECKS@\n", pf_paper_checks_part},
};

static const struct part scripts[] = {
	{"bash", pf_paper_bash}, {"zsh", pf_paper_zsh}, {"fish", pf_paper_fish}};

static const struct part *part_of(const struct part *all, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].name, name) == 0)
			return &all[i];
	return NULL;
}

static bool fill_frame(struct pf_arena *arena, const char *path)
{
	FILE *frame = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	if (!frame) {
		fprintf(stderr, "write_papers: %s: %s\n", path, strerror(errno));
		return false;
	}
	while (getline(&line, &room, frame) > 0) {
		const struct part *part = part_of(parts, sizeof parts / sizeof *parts, line);
		if (part)
			part->write(arena, stdout);
		else
			fputs(line, stdout);
	}
	free(line);
	bool whole = !ferror(frame);
	fclose(frame);
	return whole;
}

/* Rows of one check share the words of the first; those of another are read by nobody. */
static bool no_words_are_lost(struct pf_arena *arena)
{
	struct pf_rows rows = pf_rows_of(arena, pf_probe_count, pf_probes);
	bool none = true;
	for (size_t i = 0; i < rows.count; i++) {
		const struct pf_row *row = &rows.at[i];
		if (row->check == row->words || !(row->check->why || row->check->remedy))
			continue;
		printf("%s: the probe %s has words of its own that nobody reads\n", row->check->id,
		       row->probe->name);
		none = false;
	}
	return none;
}

/* The help of --format names every format. */
static bool formats_are_named(void)
{
	bool all = true;
	for (const struct pf_paper_option *option = pf_paper_options; option->name; option++) {
		if (strcmp(option->name, "format") != 0)
			continue;
		for (const struct pf_writer *writer = pf_writers; writer->format; writer++) {
			if (strstr(option->text, writer->format))
				continue;
			printf("--format: its text in options.def does not name %s\n",
			       writer->format);
			all = false;
		}
	}
	return all;
}

static bool check(struct pf_arena *arena)
{
	bool known = no_words_are_lost(arena);
	known = formats_are_named() && known;
	for (const struct pf_paper_option *option = pf_paper_options; option->name; option++)
		if (option->argument && !pf_paper_values_of(arena, option->argument).known) {
			printf("--%s %s: packaging/papers/values.c does not know what that stands "
			       "for\n",
			       option->name, option->argument);
			known = false;
		}
	for (const struct pf_paper_command *command = pf_paper_commands; command->name; command++)
		if (!pf_paper_arguments_of(arena, command->arguments).known) {
			printf("%s %s: packaging/papers/values.c does not know what that stands "
			       "for\n",
			       command->name, command->arguments);
			known = false;
		}
	return pf_paper_keys_have_meanings() && known;
}

int main(int argc, char *argv[])
{
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	bool well = argc == 2;
	const struct part *script =
		well ? part_of(scripts, sizeof scripts / sizeof *scripts, argv[1]) : NULL;
	if (!well)
		fputs("write_papers bash | zsh | fish | check | FRAME\n", stderr);
	else if (script)
		script->write(arena, stdout);
	else
		well = strcmp(argv[1], "check") == 0 ? check(arena) : fill_frame(arena, argv[1]);
	pf_arena_free(arena);
	return fflush(stdout) == 0 && !ferror(stdout) && well ? 0 : 1;
}
