/* The parts of the manual that come from tables: commands, options, formats; the site file's keys;
 * the checks. */
#include "papers.h"

#include "evaluate/steps.h"
#include "model/site_schema.h"
#include "report/report.h"
#include "run/registry.h"

#include <string.h>

/* ---- postflight(1) ---- */

void pf_paper_commands_part(struct pf_arena *arena, FILE *out)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (const struct pf_paper_command *command = pf_paper_commands; command->name; command++) {
		fprintf(out, ".It Cm %s", command->name);
		if (*command->arguments) {
			fputs(" Ar", out);
			pf_mdoc_argument(out, command->arguments);
		}
		fputc('\n', out);
		pf_mdoc_sentence(arena, out, command->purpose);
	}
	fputs(".El\n", out);
}

/* "run, judge"; NULL: all of them */
static const char *commands_of(struct pf_arena *arena, const struct pf_paper_option *option)
{
	const char *names = "";
	bool all = true;
	for (size_t i = 0; pf_paper_commands[i].name; i++) {
		if (option->commands & 1u << i)
			names = pf_arena_print(arena, "%s%s%s", names, *names ? ", " : "",
			                       pf_paper_commands[i].name);
		else
			all = false;
	}
	return all ? NULL : names;
}

static void option_part(struct pf_arena *arena, FILE *out, const struct pf_paper_option *option)
{
	fputs(".It", out);
	if (option->letter)
		fprintf(out, " Fl %c ,", option->letter);
	fprintf(out, " Fl Fl %s", option->name);
	if (option->argument) {
		fputs(" Ar", out);
		pf_mdoc_argument(out, option->argument);
	}
	fputc('\n', out);
	const char *of = commands_of(arena, option);
	pf_mdoc_sentence(arena, out, option->text);
	if (of)
		pf_mdoc_text(out, pf_arena_print(arena, "(%s)", of));
}

void pf_paper_options_part(struct pf_arena *arena, FILE *out)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (const struct pf_paper_option *option = pf_paper_options; option->name; option++)
		option_part(arena, out, option);
	fputs(".El\n", out);
}

void pf_paper_formats_part(struct pf_arena *arena, FILE *out)
{
	fputs(".Bl -tag -width prometheus\n", out);
	for (const struct pf_writer *writer = pf_writers; writer->format; writer++) {
		fprintf(out, ".It Cm %s\n", writer->format);
		pf_mdoc_sentence(arena, out, writer->purpose);
	}
	fputs(".El\n", out);
}

/* ---- postflight.yaml(5) ---- */

static const char *type_of(struct pf_arena *arena, const struct pf_key *key)
{
	if (key->type == PF_VALUE_TOOL)
		return pf_arena_print(arena, "{%s: ...}", key->inner);
	return pf_value_name(key->type);
}

static void key_parts(struct pf_arena *arena, FILE *out, const struct pf_block *block)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (const struct pf_key *key = block->keys; key->name; key++) {
		fprintf(out, ".It Ic %s No (", key->name);
		fprintf(out, "%s", type_of(arena, key));
		fprintf(out, "%s)\n", key->required ? "; required" : "");
		pf_mdoc_sentence(arena, out, key->means);
	}
	fputs(".El\n", out);
	if (!block->choice)
		return;
	fputs(".Pp\n", out);
	const char *all = "";
	for (const char *const *name = block->choice->keys; *name; name++)
		all = pf_arena_print(arena, "%s%s%s", all, *all ? ", " : "", *name);
	pf_mdoc_text(out,
	             pf_arena_print(arena, "%s of %s.",
	                            block->choice->required ? "Exactly one" : "At most one", all));
}

void pf_paper_keys_part(struct pf_arena *arena, FILE *out)
{
	key_parts(arena, out, &pf_site_block);
	for (const struct pf_key *key = pf_site_block.keys; key->name; key++) {
		if (!key->block)
			continue;
		fprintf(out, ".Ss %s: %s\n", key->name,
		        key->type == PF_VALUE_BLOCK    ? "a block"
		        : key->type == PF_VALUE_BLOCKS ? "a list of blocks"
		                                       : "names, each with a block");
		key_parts(arena, out, key->block);
	}
}

static bool all_have_meanings(const struct pf_block *block)
{
	bool all = true;
	for (const struct pf_key *key = block->keys; key->name; key++) {
		bool has = key->means && *key->means;
		if (!has)
			printf("the key %s of %s: agent/model/site_schema.c does not say what it "
			       "means\n",
			       key->name, block->name);
		all = all && has && (!key->block || all_have_meanings(key->block));
	}
	return all;
}

bool pf_paper_keys_have_meanings(void)
{
	return all_have_meanings(&pf_site_block);
}

/* ---- postflight-checks(7) ---- */

/* Lines that begin with a blank are to be typed, the others are sentences. */
static void remedy_part(struct pf_arena *arena, FILE *out, const char *text)
{
	while (*text) {
		bool typed = *text == ' ' || *text == '\t';
		const char *end = text;
		while (*end && (*end == ' ' || *end == '\t') == typed) {
			end += strcspn(end, "\n");
			end += *end == '\n';
		}
		if (end == text) /* an empty line */
			end++;
		const char *part = pf_arena_copy_bytes(arena, text, (size_t)(end - text));
		if (typed) {
			pf_mdoc_literal(out, part);
		} else if (strspn(part, "\n") < strlen(part)) {
			fputs(".Pp\n", out);
			pf_mdoc_text(out, part);
		}
		text = end;
	}
}

static const char *seen_from(struct pf_arena *arena, struct pf_rows rows, const char *id)
{
	const char *places = "";
	for (size_t i = 0; i < rows.count; i++) {
		const struct pf_check *check = rows.at[i].check;
		if (strcmp(check->id, id) == 0 && check->seen_from &&
		    !strstr(places, check->seen_from))
			places = pf_arena_print(arena, "%s%s%s", places, *places ? ", " : "",
			                        check->seen_from);
	}
	return places;
}

static void check_part(struct pf_arena *arena, FILE *out, struct pf_rows rows,
                       const struct pf_check *words)
{
	fprintf(out, ".Ss %s\n", words->id);
	if (words->title)
		pf_mdoc_sentence(arena, out, words->title);
	pf_mdoc_text(out, pf_arena_print(arena, "Severity %s; seen from: %s.",
	                                 pf_severity_name(words->severity),
	                                 seen_from(arena, rows, words->id)));
	if (words->why) {
		fputs(".Pp\n", out);
		pf_mdoc_text(out, words->why);
	}
	if (words->remedy)
		remedy_part(arena, out, words->remedy);
	if (words->reference)
		fprintf(out, ".Pp\n.Lk %s\n", words->reference);
}

void pf_paper_checks_part(struct pf_arena *arena, FILE *out)
{
	struct pf_rows rows = pf_rows_of(arena, pf_probe_count, pf_probes);
	for (size_t area = 0; area < rows.areas; area++) {
		bool begun = false;
		for (size_t i = 0; i < rows.count; i++) {
			const struct pf_row *row = &rows.at[i];
			if (row->area_rank != area || !pf_row_is_first(rows, row))
				continue;
			if (!begun)
				fprintf(out, ".Sh %s\n", row->area);
			begun = true;
			check_part(arena, out, rows, row->words);
		}
	}
}
