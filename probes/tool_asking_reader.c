/* What the backup tools are asked, in their own words. */
#include "tool_reader.h"

#include <string.h>

enum { WORDS = 20, OUTPUT = 1024 * 1024, LOCKS = 10 };

/* A command line in the making. */
struct line {
	const char *words[WORDS];
	size_t count;
};

static void add(struct line *line, const char *word)
{
	if (line->count < WORDS)
		line->words[line->count++] = word;
}

static void add_all(struct line *line, size_t count, const char *const words[])
{
	for (size_t i = 0; i < count; i++)
		add(line, words[i]);
}

#define ADD(line, ...)                                                                             \
	do {                                                                                       \
		static const char *const literal[] = {__VA_ARGS__};                                \
		add_all(line, PF_COUNT(literal), literal);                                         \
	} while (0)

static void pgbackrest_line(struct pf_asking *asking, const struct pf_backup *set,
                            struct line *line)
{
	if (set->config)
		add(line, pf_word(asking, "--config=%s", set->config));
	add(line, pf_word(asking, "--stanza=%s", set->tool_target));
	ADD(line, "--log-level-file=off", "--log-level-console=off", "--log-level-stderr=warn");
}

static void pgbackrest_kept(struct pf_asking *asking, const struct pf_backup *set,
                            struct line *line)
{
	pgbackrest_line(asking, set, line);
	ADD(line, "--output=json", "info");
}

/* Its exit status says nothing, and without --verbose it prints nothing when all is well. */
static void pgbackrest_verified(struct pf_asking *asking, const struct pf_backup *set,
                                struct line *line)
{
	pgbackrest_line(asking, set, line);
	ADD(line, "--output=text", "--verbose", "verify");
}

static void barman_line(struct pf_asking *asking, const struct pf_backup *set, struct line *line,
                        const char *command)
{
	(void)asking;
	if (set->config) {
		add(line, "-c");
		add(line, set->config);
	}
	ADD(line, "-f", "json");
	add(line, command);
	add(line, set->tool_target);
}

static void barman_kept(struct pf_asking *asking, const struct pf_backup *set, struct line *line)
{
	barman_line(asking, set, line, "list-backup");
}

static void barman_verified(struct pf_asking *asking, const struct pf_backup *set,
                            struct line *line)
{
	barman_line(asking, set, line, "check");
}

static void restic_line(const struct pf_backup *set, struct line *line)
{
	add(line, "-r");
	add(line, set->tool_target);
	ADD(line, "--no-lock", "--no-cache", "--json");
}

static void restic_kept(struct pf_asking *asking, const struct pf_backup *set, struct line *line)
{
	(void)asking;
	restic_line(set, line);
	ADD(line, "snapshots", "--latest", "100");
	if (set->select) {
		add(line, "--tag");
		add(line, set->select);
	}
}

static void restic_verified(struct pf_asking *asking, const struct pf_backup *set,
                            struct line *line)
{
	(void)asking;
	restic_line(set, line);
	add(line, "check");
}

static void borg_kept(struct pf_asking *asking, const struct pf_backup *set, struct line *line)
{
	(void)asking;
	ADD(line, "--bypass-lock", "list", "--json", "--last", "100");
	if (set->select) {
		add(line, "--glob-archives");
		add(line, set->select);
	}
	add(line, "--");
	add(line, set->tool_target);
}

/* Its own `check` writes to the repository, even when nothing is to be mended. Reading the newest
 * archive to its end does not, and says as much of what would be restored. */
static void borg_verified(struct pf_asking *asking, const struct pf_backup *set, struct line *line)
{
	const struct pf_answer *answer =
		pf_asked(asking, "kept", pf_word(asking, "backup %s", set->name));
	struct pf_kept kept = pf_kept_read(set, answer);
	ADD(line, "--bypass-lock", "--show-rc", "extract", "--dry-run", "--");
	add(line, pf_word(asking, "%s::%s", set->tool_target, kept.name));
}

/* Is there an archive that could be read? Others need none to be named. */
static bool can_verify(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	return strcmp(set->tool, "borg") != 0 ||
	       pf_kept_read(set, pf_asked(asking, "kept", subject)).state == PF_KEPT_SOME;
}

typedef void making(struct pf_asking *asking, const struct pf_backup *set, struct line *line);

static const struct tool {
	const char *key, *name, *program, *user;
	making *kept, *verified;
	bool replays;
} tools[] = {
	{"pgbackrest", "pgBackRest", "/usr/bin/pgbackrest", "postgres", pgbackrest_kept,
         pgbackrest_verified, true},
	{"barman", "Barman", "/usr/bin/barman", "barman", barman_kept, barman_verified, true},
	{"restic", "restic", "/usr/bin/restic", NULL, restic_kept, restic_verified, false},
	{"borg", "borg", "/usr/bin/borg", NULL, borg_kept, borg_verified, false},
};

static const struct tool *tool_of(const struct pf_backup *set)
{
	for (size_t i = 0; set->tool && i < PF_COUNT(tools); i++)
		if (strcmp(tools[i].key, set->tool) == 0)
			return &tools[i];
	return NULL;
}

bool pf_is_tool_set(const struct pf_backup *set)
{
	return tool_of(set) != NULL;
}

bool pf_has_tool_set(const struct pf_site *site)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (pf_is_tool_set(&site->backups[i]))
			return true;
	return false;
}

bool pf_tool_replays(const struct pf_backup *set)
{
	const struct tool *tool = tool_of(set);
	return tool && tool->replays;
}

const char *pf_tool_name(const struct pf_backup *set)
{
	const struct tool *tool = tool_of(set);
	return tool ? tool->name : "no tool";
}

/* "cat 'FILE'" for those who take it apart as a shell does. */
static const char *printing(struct pf_asking *asking, const char *file)
{
	const char *quoted = "";
	for (const char *quote; (quote = strchr(file, '\'')); file = quote + 1)
		quoted = pf_word(asking, "%s%.*s'\\''", quoted, (int)(quote - file), file);
	return pf_word(asking, "/bin/cat '%s%s'", quoted, file);
}

/* By path alone: the tool reads the password, nobody else does. An ssh that would ask is to fail.
 */
static struct pf_words environment(struct pf_asking *asking, const struct pf_backup *set)
{
	const char *words[3] = {"TZ=UTC"};
	size_t count = 1;
	bool is_borg = strcmp(set->tool, "borg") == 0;
	if (set->password_file && strcmp(set->tool, "restic") == 0)
		words[count++] = pf_word(asking, "RESTIC_PASSWORD_FILE=%s", set->password_file);
	if (set->password_file && is_borg)
		words[count++] = pf_word(asking, "BORG_PASSCOMMAND=%s",
		                         printing(asking, set->password_file));
	if (is_borg)
		words[count++] = "BORG_RSH=/usr/bin/ssh -o BatchMode=yes";
	return pf_list(asking, count, words);
}

static void put(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                const char *tag, const struct line *line)
{
	const struct tool *tool = tool_of(set);
	pf_ask(asking, tag, subject,
	       (struct pf_question){
		       .kind = PF_KIND_exec,
		       .exec = {.argv = pf_list(asking, line->count, line->words),
	                        .user = set->user ? set->user : tool->user,
	                        .environment = environment(asking, set),
	                        .limit = OUTPUT,
	                        .thorough = strcmp(tag, "verified") == 0},
	       });
}

static void make_and_put(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                         const char *tag, making *make)
{
	const char *program = set->program ? set->program : tool_of(set)->program;
	struct line line = {.words = {program}, .count = 1};
	make(asking, set, &line);
	put(asking, set, subject, tag, &line);
}

void pf_ask_kept(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	const struct tool *tool = tool_of(set);
	if (tool)
		make_and_put(asking, set, subject, "kept", tool->kept);
}

void pf_ask_kept_one(struct pf_asking *asking, const struct pf_backup *set, const char *subject,
                     const char *name)
{
	const char *program = set->program ? set->program : tool_of(set)->program;
	struct line line = {.words = {program}, .count = 1};
	pgbackrest_line(asking, set, &line);
	add(&line, pf_word(asking, "--set=%s", name));
	ADD(&line, "--output=json", "info");
	put(asking, set, subject, "contents", &line);
}

/* What these two leave in a repository while they write to it. */
static void ask_locks(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	const char *repository = set->tool_target;
	bool is_borg = strcmp(set->tool, "borg") == 0;
	if (*repository != '/' || !(is_borg || strcmp(set->tool, "restic") == 0))
		return;
	const char *pattern =
		pf_word(asking, is_borg ? "%s/lock.exclusive" : "%s/locks/*", repository);
	pf_ask(asking, "locks", subject,
	       (struct pf_question){
		       .kind = PF_KIND_file,
		       .file = {.patterns = pf_list(asking, 1, &pattern), .limit = LOCKS},
	       });
}

void pf_ask_verified(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	const struct tool *tool = tool_of(set);
	if (!tool)
		return;
	if (can_verify(asking, set, subject))
		make_and_put(asking, set, subject, "verified", tool->verified);
	ask_locks(asking, set, subject);
}
