/* Commands and options, from the tables that main.c parses with. */
#include "papers.h"

#include <stddef.h>

enum {
#define PF_COMMAND(ID, name, arguments, purpose, least, most) COMMAND_##ID,
#include "command/commands.def"
#undef PF_COMMAND
	COMMAND_COUNT
};

enum {
#define PF_COMMAND(ID, name, arguments, purpose, least, most) ID = 1 << COMMAND_##ID,
#include "command/commands.def"
#undef PF_COMMAND
	ANY = (1 << COMMAND_COUNT) - 1,
};

const struct pf_paper_command pf_paper_commands[] = {
#define PF_COMMAND(ID, name, arguments, purpose, least, most) {#name, arguments, purpose},
#include "command/commands.def"
#undef PF_COMMAND
	{NULL, NULL, NULL},
};

const struct pf_paper_option pf_paper_options[] = {
#define PF_OPTION(id, letter, name, argument, commands, text)                                      \
	{letter, name, argument, commands, text},
#include "command/options.def"
#undef PF_OPTION
	{0, NULL, NULL, 0, NULL},
};
