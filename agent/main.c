/* postflight: the command line, read into a invocation by one table of options, and handed to one
 * command. */
#include "base/clock.h"
#include "base/hardening.h"
#include "base/limits.h"
#include "base/text.h"
#include "command/command.h"
#include "run/registry.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum command_id {
#define PF_COMMAND(ID, name, arguments, purpose, least, most) COMMAND_##ID,
#include "command/commands.def"
#undef PF_COMMAND
	COMMAND_COUNT
};

/* The names that options.def uses for sets of commands. */
enum {
#define PF_COMMAND(ID, name, arguments, purpose, least, most) ID = 1 << COMMAND_##ID,
#include "command/commands.def"
#undef PF_COMMAND
	ANY = (1 << COMMAND_COUNT) - 1,
};

static const struct command {
	const char *name, *arguments, *purpose;
	size_t least, most;
	int (*run)(struct pf_invocation *invocation);
} commands[] = {
#define PF_COMMAND(ID, name, arguments, purpose, least, most)                                      \
	{#name, arguments, purpose, least, most, pf_do_##name},
#include "command/commands.def"
#undef PF_COMMAND
};

enum option_id {
	OPTION_NONE = 255, /* above every letter */
#define PF_OPTION(id, letter, name, argument, commands, text) OPTION_##id,
#include "command/options.def"
#undef PF_OPTION
};

static const struct option_row {
	int id;
	char letter;
	const char *name, *argument;
	unsigned commands;
	const char *text;
} options[] = {
#define PF_OPTION(id, letter, name, argument, commands, text)                                      \
	{OPTION_##id, letter, name, argument, commands, text},
#include "command/options.def"
#undef PF_OPTION
};

static void print_options(FILE *out, unsigned command)
{
	for (size_t i = 0; i < PF_COUNT(options); i++) {
		const struct option_row *row = &options[i];
		char left[40];
		if (!(row->commands & command))
			continue;
		snprintf(left, sizeof left, "%s%c%s--%s%s%s", row->letter ? "-" : "  ",
		         row->letter ? row->letter : ' ', row->letter ? ", " : " ", row->name,
		         row->argument ? " " : "", row->argument ? row->argument : "");
		fprintf(out, "  %-25s %s\n", left, row->text);
	}
}

static void print_help(FILE *out)
{
	fputs("postflight: audits a deployed Django site from the outside, the inside and its own "
	      "hosts\n"
	      "\nUsage: postflight COMMAND [OPTIONS] [ARGUMENTS]\n\n",
	      out);
	for (size_t i = 0; i < PF_COUNT(commands); i++) {
		char left[48];
		snprintf(left, sizeof left, "%s %s", commands[i].name, commands[i].arguments);
		fprintf(out, "  %-30s %s\n", left, commands[i].purpose);
	}
	fputs("\nOptions of run:\n", out);
	print_options(out, RUN);
	fputs("\nExit codes: 0 nothing at or above --fail-on, 1 something, 2 usage or site file, 3 "
	      "incomplete,\n"
	      "4 another run holds the lock, 128+n ended by signal n.\n",
	      out);
}

static void print_command_help(FILE *out, const struct command *command)
{
	fprintf(out, "postflight %s: %s\n\nUsage: postflight %s [OPTIONS] %s\n\n", command->name,
	        command->purpose, command->name, command->arguments);
	print_options(out, 1u << (command - commands));
}

static const struct command *command_named(const char *name)
{
	const char *names[PF_COUNT(commands)];
	for (size_t i = 0; i < PF_COUNT(commands); i++) {
		names[i] = commands[i].name;
		if (strcmp(name, names[i]) == 0)
			return &commands[i];
	}
	const char *near = pf_closest(name, PF_COUNT(commands), names);
	if (near)
		pf_complain("there is no such command; did you mean %s?", near);
	else
		pf_complain("there is no such command; postflight --help lists them");
	return NULL;
}

static bool add_word(struct pf_invocation *invocation, struct pf_words *words, const char *word)
{
	if (words->count >= PF_REPEATS) {
		pf_complain("an option is repeated more than %d times", PF_REPEATS);
		return false;
	}
	const char **list = pf_arena_array(invocation->arena, words->count + 1, sizeof *list);
	if (words->count)
		memcpy(list, words->at, words->count * sizeof *list);
	list[words->count] = word;
	*words = (struct pf_words){list, words->count + 1};
	return true;
}

/* Does any check go by this area, id or start of an id? */
static bool is_known_check(const char *prefix)
{
	struct pf_words list = {&prefix, 1};
	struct pf_selection selection = {.only = list};
	for (size_t i = 0; i < pf_probe_count; i++)
		for (size_t j = 0; j < pf_probes[i]->check_count; j++)
			if (pf_selected(&selection, pf_probes[i]->checks[j].id))
				return true;
	return false;
}

static bool add_selection(struct pf_invocation *invocation, struct pf_words *words,
                          const char *option)
{
	if (!is_known_check(optarg)) {
		pf_complain("--%s %s: no check goes by that; postflight checks lists them", option,
		            pf_escape_text(invocation->arena, optarg, 0));
		return false;
	}
	return add_word(invocation, words, optarg);
}

static bool take_severity(struct pf_invocation *invocation)
{
	if (strcmp(optarg, "never") == 0) {
		invocation->fail_on = PF_CRITICAL + 1;
		return true;
	}
	for (int severity = PF_LOW; severity <= PF_CRITICAL; severity++)
		if (strcmp(optarg, pf_severity_name((enum pf_severity)severity)) == 0) {
			invocation->fail_on = severity;
			return true;
		}
	pf_complain("--fail-on takes critical, high, medium, low or never");
	return false;
}

static bool take_deadline(struct pf_invocation *invocation)
{
	if (pf_duration_ms(optarg, &invocation->deadline_ms) && invocation->deadline_ms > 0)
		return true;
	pf_complain("--deadline takes a time such as 60s or 2m");
	return false;
}

static bool take_retry(struct pf_invocation *invocation)
{
	if (pf_duration_ms(optarg, &invocation->retry_ms))
		return true;
	pf_complain("--retry-timeout takes a time such as 90s or 2m");
	return false;
}

static bool take_site_bytes(struct pf_invocation *invocation)
{
	char *end;
	errno = 0;
	invocation->site_bytes = strtoll(optarg, &end, 10);
	bool right = !errno && end != optarg && *end == '\0' && invocation->site_bytes >= 0 &&
	             invocation->site_bytes <= PF_SITE_FILE_BYTES;
	if (!right)
		pf_complain("--site-bytes takes a number from 0 to %d", PF_SITE_FILE_BYTES);
	return right;
}

static bool take_colour(struct pf_invocation *invocation)
{
	static const char *const words[] = {"auto", "always", "never"};
	for (size_t i = 0; i < PF_COUNT(words); i++)
		if (strcmp(optarg, words[i]) == 0) {
			if (i > 0)
				invocation->style.colour = i == 1;
			return true;
		}
	pf_complain("--color takes auto, always or never");
	return false;
}

/* Formats and files pair up in the order they stand: one of each makes an output. */
static bool take_format(struct pf_invocation *invocation, size_t *formats)
{
	invocation->format = optarg;
	const struct pf_writer *writer = pf_writer_named(optarg);
	if (!writer || *formats >= PF_OUTPUTS) {
		pf_complain("--format %s: the formats are %s",
		            pf_escape_text(invocation->arena, optarg, 40),
		            pf_writer_list(invocation->arena));
		return false;
	}
	invocation->outputs[(*formats)++].writer = writer;
	return true;
}

static bool take_file(struct pf_invocation *invocation, size_t *files)
{
	if (*files >= PF_OUTPUTS || *optarg == '\0') {
		pf_complain("-o takes a file, at most %d times", PF_OUTPUTS);
		return false;
	}
	invocation->outputs[(*files)++].path = optarg;
	return true;
}

static bool pair_outputs(struct pf_invocation *invocation, size_t formats, size_t files)
{
	size_t count = formats > files ? formats : files, to_stdout = 0;
	invocation->output_count = count ? count : 1;
	for (size_t i = 0; i < invocation->output_count; i++) {
		struct pf_output *output = &invocation->outputs[i];
		output->writer = output->writer ? output->writer : pf_writer_named("text");
		output->path = output->path ? output->path : "-";
		to_stdout += strcmp(output->path, "-") == 0;
	}
	if (to_stdout > 1)
		pf_complain("more than one report would go to standard output; give each --format "
		            "its -o FILE");
	return to_stdout <= 1;
}

/* What kept the audit from being made was told on standard error; who reads the line learns that
 * much. */
static int plugin_exit(const struct pf_invocation *invocation, int code)
{
	enum { PLUGIN_UNKNOWN = 3 };
	if (code >= PF_EXIT_SIGNAL)
		return code;
	if (invocation->plugin_exit >= 0)
		return invocation->plugin_exit;
	puts("POSTFLIGHT UNKNOWN: the audit could not be made");
	return PLUGIN_UNKNOWN;
}

static const struct option_row *row_of(int id)
{
	for (size_t i = 0; i < PF_COUNT(options); i++)
		if (options[i].id == id || (options[i].letter && options[i].letter == id))
			return &options[i];
	return NULL;
}

struct parsing {
	struct pf_invocation *invocation;
	const struct command *command;
	size_t formats, files;
	bool help, version;
};

static bool take_option(struct parsing *parsing, const struct option_row *row)
{
	struct pf_invocation *invocation = parsing->invocation;
	switch (row->id) {
	case OPTION_FROM:
		return add_word(invocation, &invocation->from, optarg);
	case OPTION_AS:
		invocation->as = optarg;
		return true;
	case OPTION_PROJECT:
		invocation->project = optarg;
		return true;
	case OPTION_CANARY:
		invocation->canary = optarg;
		if (!pf_canary_is(optarg))
			pf_complain("--canary takes a name such as pf-0123abcd.invalid");
		return pf_canary_is(optarg);
	case OPTION_SITE_BYTES:
		return take_site_bytes(invocation);
	case OPTION_AFTER:
		return add_word(invocation, &invocation->after, optarg);
	case OPTION_ONLY:
		return add_selection(invocation, &invocation->selection.only, "only");
	case OPTION_SKIP:
		return add_selection(invocation, &invocation->selection.skip, "skip");
	case OPTION_FORMAT:
		return take_format(invocation, &parsing->formats);
	case OPTION_OUTPUT:
		return take_file(invocation, &parsing->files);
	case OPTION_FAIL_ON:
		return take_severity(invocation);
	case OPTION_DEADLINE:
		return take_deadline(invocation);
	case OPTION_ALLOW_WRITES:
		return invocation->allow_writes = true;
	case OPTION_BASELINE:
		invocation->baseline = optarg;
		return true;
	case OPTION_RETRY:
		return take_retry(invocation);
	case OPTION_STORE:
		invocation->store = optarg;
		return true;
	case OPTION_KEY:
		invocation->key = optarg;
		return true;
	case OPTION_SIGNERS:
		invocation->signers = optarg;
		return true;
	case OPTION_DRY_RUN:
		return invocation->dry_run = true;
	case OPTION_QUIET:
		return invocation->style.quiet = true;
	case OPTION_VERBOSE:
		invocation->style.verbose++;
		return true;
	case OPTION_COLOR:
		return take_colour(invocation);
	case OPTION_HELP:
		return parsing->help = true;
	case OPTION_VERSION:
		return parsing->version = true;
	}
	return false;
}

/* getopt_long's tables, from ours; letters and ids stay apart since ids begin above 255. */
static void make_tables(struct option longs[], char *shorts)
{
	*shorts++ = ':'; /* a missing argument is told apart, and by us */
	for (size_t i = 0; i < PF_COUNT(options); i++) {
		longs[i] = (struct option){options[i].name,
		                           options[i].argument ? required_argument : no_argument,
		                           NULL, options[i].id};
		if (options[i].letter) {
			*shorts++ = options[i].letter;
			if (options[i].argument)
				*shorts++ = ':';
		}
	}
	longs[PF_COUNT(options)] = (struct option){0};
	*shorts = '\0';
}

static bool parse(struct parsing *parsing, int count, char *words[])
{
	struct option longs[PF_COUNT(options) + 1];
	char shorts[2 * PF_COUNT(options) + 2];
	int id;
	make_tables(longs, shorts);
	opterr = 0;
	while ((id = getopt_long(count, words, shorts, longs, NULL)) != -1) {
		const struct option_row *row = id == '?' || id == ':' ? NULL : row_of(id);
		const char *given =
			pf_escape_text(parsing->invocation->arena, words[optind - 1], 60);
		if (!row) {
			pf_complain(id == ':' ? "%s needs an argument"
			                      : "%s: there is no such option",
			            given);
			return false;
		}
		if (parsing->command && !(row->commands & 1u << (parsing->command - commands))) {
			pf_complain("--%s is not an option of %s", row->name,
			            parsing->command->name);
			return false;
		}
		if (!take_option(parsing, row))
			return false;
	}
	parsing->invocation->arguments = (const char *const *)words + optind;
	parsing->invocation->argument_count = (size_t)(count - optind);
	return true;
}

/* What the terminal is like; options may overrule it. no-color.org: NO_COLOR counts when it is not
 * empty. */
static struct pf_report_style style_of_terminal(void)
{
	struct winsize size;
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");
	bool is_terminal = isatty(STDOUT_FILENO) == 1;
	struct pf_report_style style = {.columns = 80};
	style.colour = is_terminal && !(no_color && *no_color) && terminal &&
	               strcmp(terminal, "dumb") != 0;
	if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		style.columns = size.ws_col < 120 ? size.ws_col : 120;
	return style;
}

static int dispatch(struct parsing *parsing, int count, char *words[])
{
	struct pf_invocation *invocation = parsing->invocation;
	if (!parse(parsing, count, words))
		return PF_EXIT_USAGE;
	const struct command *command = parsing->command;
	if (parsing->version)
		return puts("postflight " PF_VERSION) < 0;
	if (parsing->help || !command) {
		command ? print_command_help(stdout, command)
			: print_help(parsing->help ? stdout : stderr);
		return parsing->help ? PF_EXIT_OK : PF_EXIT_USAGE;
	}
	if (invocation->argument_count < command->least ||
	    invocation->argument_count > command->most) {
		pf_complain("usage: postflight %s [OPTIONS] %s", command->name, command->arguments);
		return PF_EXIT_USAGE;
	}
	if (!(command->run == pf_do_run || command->run == pf_do_judge))
		return command->run(invocation);
	if (!pair_outputs(invocation, parsing->formats, parsing->files))
		return PF_EXIT_USAGE;
	int code = command->run(invocation);
	return pf_is_plugin(invocation) ? plugin_exit(invocation, code) : code;
}

int main(int argc, char *argv[])
{
	pf_harden_process();
	struct pf_arena *arena = pf_arena_new(PF_PARENT_ARENA);
	struct pf_invocation invocation = {
		.arena = arena,
		.site_bytes = -1,
		.fail_on = PF_HIGH,
		.plugin_exit = -1,
		.deadline_ms = PF_DEADLINE_S * 1000,
		.style = style_of_terminal(),
	};
	struct parsing parsing = {.invocation = &invocation};
	int code = PF_EXIT_USAGE;
	if (argc > 1 && argv[1][0] != '-') {
		parsing.command = command_named(argv[1]);
		if (parsing.command)
			code = dispatch(&parsing, argc - 1, argv + 1);
	} else {
		code = dispatch(&parsing, argc, argv);
	}
	if (!pf_flush_output() && code < PF_EXIT_SIGNAL)
		code = PF_EXIT_USAGE;
	pf_arena_free(arena);
	return code;
}
