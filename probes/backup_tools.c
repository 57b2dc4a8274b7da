/* Sets that a tool keeps: what pgBackRest, Barman, restic and borg say of themselves.
 *
 * Such a set is no file whose date one could look at: the tool knows what it has, and the tool
 * alone can tell whether it could give it back. A good host's tool lists young backups, finds
 * nothing wrong when it checks them, and says so when it is asked by a program.
 */
#include "backup_reader.h"
#include "date_reader.h"
#include "json_reader.h"
#include "tool_reader.h"

#include <string.h>

enum { HOUR = 3600, USUAL_MAX_AGE = 26 * HOUR, CLOCK_SLACK = 300, NAME = 80 };

/* pgBackRest names the databases in one of its backups when it is asked for that one. */
static void ask_contents(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	const struct pf_answer *answer = pf_asked(asking, "kept", subject);
	struct pf_kept kept = pf_kept_read(set, answer);
	if (strcmp(set->tool, "pgbackrest") == 0 && kept.state == PF_KEPT_SOME)
		pf_ask_kept_one(asking, set, subject, pf_word(asking, "%s", kept.name));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		if (!pf_is_tool_set(set) || !pf_vantage_in(pf_asking_vantage(asking), set->on))
			continue;
		const char *subject = pf_word(asking, "backup %s", set->name);
		pf_ask_kept(asking, set, subject);
		pf_ask_verified(asking, set, subject);
		ask_contents(asking, set, subject);
	}
}

static struct pf_kept kept_of(const struct pf_case *facts)
{
	return pf_kept_read(pf_backup_of(facts), pf_answer_of(facts, "kept"));
}

static struct pf_verdict untold(const struct pf_case *facts)
{
	struct pf_kept kept = kept_of(facts);
	if (*kept.trouble)
		return pf_unknown(facts, "kept", "%s says of itself: %s",
		                  pf_tool_name(pf_backup_of(facts)), kept.trouble);
	return pf_unknown(facts, "kept", "%s",
	                  pf_tool_untold(facts, pf_backup_of(facts), pf_answer_of(facts, "kept")));
}

static struct pf_verdict judge_exist(const struct pf_case *facts)
{
	struct pf_kept kept = kept_of(facts);
	const struct pf_backup *set = pf_backup_of(facts);
	if (kept.state == PF_KEPT_UNTOLD)
		return untold(facts);
	if (kept.state == PF_KEPT_NONE)
		return pf_fail(facts, "kept", "%s keeps no backup in %s%s%s", pf_tool_name(set),
		               set->tool_target, *kept.trouble ? ": " : "", kept.trouble);
	return pf_pass(facts, "kept", "%s keeps %zu backups in %s, the newest is %s",
	               pf_tool_name(set), kept.count, set->tool_target, kept.name);
}

static struct pf_verdict judge_fresh(const struct pf_case *facts)
{
	struct pf_kept kept = kept_of(facts);
	const struct pf_backup *set = pf_backup_of(facts);
	int64_t most = set->max_age ? set->max_age : USUAL_MAX_AGE;
	if (kept.state == PF_KEPT_UNTOLD)
		return untold(facts);
	if (!kept.newest)
		return pf_unknown(facts, "kept", "there is no backup whose age could be told");
	int64_t age = pf_answer_of(facts, "kept")->at - kept.newest;
	if (age < -CLOCK_SLACK)
		return pf_fail(facts, "kept",
		               "%s is dated %s in the future: its age cannot be believed",
		               kept.name, pf_age(facts, -age));
	age = age < 0 ? 0 : age;
	if (age > most)
		return pf_fail(facts, "kept", "the newest, %s, is %s old; at most %s is allowed",
		               kept.name, pf_age(facts, age), pf_age(facts, most));
	return pf_pass(facts, "kept", "the newest, %s, is %s old; up to %s is allowed", kept.name,
	               pf_age(facts, age), pf_age(facts, most));
}

static struct pf_verdict judge_retention(const struct pf_case *facts)
{
	struct pf_kept kept = kept_of(facts);
	int64_t keep = pf_backup_of(facts)->keep;
	if (!keep)
		return pf_skip(facts, "kept", "the site file does not say how many to keep");
	if (kept.state == PF_KEPT_UNTOLD)
		return untold(facts);
	if (!kept.count)
		return pf_unknown(facts, "kept", "there is no backup to count");
	if ((int64_t)kept.count < keep)
		return pf_fail(facts, "kept", "%zu backups are kept; %lld should be", kept.count,
		               (long long)keep);
	return pf_pass(facts, "kept", "%zu backups are kept; %lld should be", kept.count,
	               (long long)keep);
}

/* Is something being written to the repository, or was it left in the middle? */
static bool is_locked(const struct pf_case *facts, const struct pf_kept *kept)
{
	const struct pf_answer *locks = pf_answer_of(facts, "locks");
	return kept->busy || (locks && locks->outcome == PF_answered && locks->file.matched > 0);
}

/* Where nothing could be checked, because listing failed, that may have been for the damage. */
static struct pf_verified checked(const struct pf_case *facts)
{
	const struct pf_backup *set = pf_backup_of(facts);
	const struct pf_answer *verified = pf_answer_of(facts, "verified");
	return pf_verified_read(facts, set, verified ? verified : pf_answer_of(facts, "kept"));
}

static struct pf_verdict judge_tool(const struct pf_case *facts)
{
	const char *name = pf_tool_name(pf_backup_of(facts));
	struct pf_kept kept = kept_of(facts);
	struct pf_verified found = checked(facts);
	if (kept.state == PF_KEPT_NONE)
		return pf_unknown(facts, "kept", "%s keeps nothing that could be checked%s%s", name,
		                  *kept.trouble ? ": " : "", kept.trouble);
	if (kept.state == PF_KEPT_SOME && *kept.trouble)
		return pf_fail(facts, "kept", "%s says of itself: %s", name, kept.trouble);
	if (found.status == PF_FAIL && is_locked(facts, &kept))
		return pf_unknown(facts, "verified",
		                  "the repository is locked: a backup runs, or one broke off; what "
		                  "%s found meanwhile may be half written: %s",
		                  name, found.words);
	if (found.status == PF_FAIL)
		return pf_fail(facts, "verified", "%s found errors: %s", name, found.words);
	if (found.status == PF_UNKNOWN)
		return pf_unknown(facts, "verified", "%s", found.words);
	if (kept.state == PF_KEPT_UNTOLD)
		return untold(facts);
	return pf_pass(facts, "verified", "%s checked what it keeps: %s", name, found.words);
}

static struct pf_verdict judge_complete(const struct pf_case *facts)
{
	struct pf_kept kept = kept_of(facts);
	const struct pf_backup *set = pf_backup_of(facts);
	if (kept.state == PF_KEPT_UNTOLD)
		return untold(facts);
	if (*kept.broken)
		return pf_fail(facts, "kept", "%s says of the newest: %s", pf_tool_name(set),
		               kept.broken);
	if (kept.state == PF_KEPT_NONE)
		return pf_unknown(facts, "kept", "there is no backup that could be whole");
	struct pf_verified found = checked(facts);
	/* Its check is about the server more than about files. */
	if (strcmp(set->tool, "barman") == 0)
		return pf_pass(facts, "kept",
		               "Barman lists %s as complete; it has no way to read "
		               "it through",
		               kept.name);
	if (found.status == PF_PASS)
		return pf_pass(facts, "verified",
		               "%s is listed as complete, and %s found nothing "
		               "missing",
		               kept.name, pf_tool_name(set));
	return pf_unknown(facts, "verified", "%s is listed as complete, and %s: %s", kept.name,
	                  found.status == PF_FAIL ? "may be part of what is damaged (backups.tool)"
	                                          : "was not checked",
	                  found.words);
}

/* The databases that pgBackRest names in its newest backup. */
static struct pf_printed databases_of(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "contents");
	struct pf_printed stanza = {NULL}, backup = {NULL};
	bool usable = answer && answer->outcome == PF_answered && !answer->exec.truncated;
	struct pf_printed root = pf_printed_root(usable ? answer->exec.output : NULL);
	pf_printed_each(root, &stanza, NULL);
	pf_printed_each(pf_printed_get(stanza, "backup"), &backup, NULL);
	return pf_printed_get(backup, "database-ref");
}

static struct pf_verdict judge_of_this_site(const struct pf_case *facts)
{
	const struct pf_backup *set = pf_backup_of(facts);
	const char *database = pf_backed_up_database(facts), *others = "";
	struct pf_printed list = databases_of(facts), one = {NULL};
	if (strcmp(set->tool, "pgbackrest") != 0 || !database)
		return pf_skip(facts, "kept", "%s does not say what its backups are of",
		               pf_tool_name(set));
	if (kept_of(facts).state == PF_KEPT_UNTOLD)
		return untold(facts);
	if (!pf_printed_is_list(list))
		return pf_unknown(facts, "contents",
		                  "pgBackRest names no databases in its newest backup");
	while (pf_printed_each(list, &one, NULL)) {
		char name[NAME];
		if (pf_printed_is(pf_printed_get(one, "name"), database))
			return pf_pass(facts, "contents", "the database %s is in it", database);
		pf_printed_text(pf_printed_get(one, "name"), name, sizeof name);
		others = pf_say(facts, "%s%s%s", others, *others ? ", " : "", name);
	}
	return pf_fail(facts, "contents", "the database %s is not in it, but: %s", database,
	               *others ? others : "none");
}

#define SEEN_FROM .seen_from = "backup host", .block = "backups"

static const struct pf_check checks[] = {
	{
		.id = "backups.tool",
		.severity = PF_HIGH,
		SEEN_FROM,
		.applies = pf_has_tool_set,
		.needs = "kept verified? locks?",
		.judge = judge_tool,
		.title = "The backup tool finds nothing wrong with what it keeps",
		.why = "A repository rots like any file, and the tool that wrote it is the only "
		       "one "
		       "that can tell. It is run on the backup host as the set's user, in its "
		       "machine-readable form: `pgbackrest info` and `verify`, `barman "
		       "list-backup` and `check`, `restic snapshots` and `check`, `borg list` and "
		       "`extract --dry-run` of the newest archive (its `check` writes to the "
		       "repository). Nothing is locked, changed or repaired. pgBackRest ends with "
		       "status 0 whatever it found, so its words count; an empty answer proves "
		       "nothing; a tool that asks for a password, meets a lock or is not done in "
		       "time (30 s, or half of what is left of the run: a later --deadline gives "
		       "it "
		       "more) leaves this unknown. restic checks structure and references here, "
		       "not "
		       "every byte of the data.",
		.remedy =
			"Run the same by hand, as the same user, and read all that it says:\n"
			"    sudo -u postgres pgbackrest --stanza=shop --output=text --verbose "
			"verify\n"
			"    sudo -u barman barman check main\n"
			"    restic -r /srv/restic/shop check --read-data-subset=1/7\n"
			"    borg check --verify-data /srv/borg/shop\n"
			"A damaged repository is not mended in place: begin a new one, make a full "
			"backup into it, and keep the old one until the new one was restored from. "
			"What a tool needs to be told is in its set.\n"
			"site file:\n"
			"    backups:\n"
			"      - name: uploads\n"
			"        of: media\n"
			"        on: backup1\n"
			"        borg: {repo: /srv/borg/shop}\n"
			"        user: backup\n"
			"        password_file: /etc/borg/shop.pw\n"
			"        select: media-*\n",
		.reference = "https://pgbackrest.org/command.html#command-verify",
	},
	{.id = "backups.exist",
         .severity = PF_CRITICAL,
         SEEN_FROM,
         .needs = "kept",
         .judge = judge_exist},
	{.id = "backups.fresh",
         .severity = PF_HIGH,
         SEEN_FROM,
         .needs = "kept",
         .judge = judge_fresh},
	{.id = "backups.retention",
         .severity = PF_LOW,
         SEEN_FROM,
         .needs = "kept",
         .judge = judge_retention},
	{.id = "backups.complete",
         .severity = PF_HIGH,
         SEEN_FROM,
         .needs = "kept verified?",
         .judge = judge_complete},
	{.id = "backups.of-this-site",
         .severity = PF_MEDIUM,
         SEEN_FROM,
         .needs = "kept contents?",
         .judge = judge_of_this_site},
};

const struct pf_probe pf_probe_backup_tools = {
	.name = "backup_tools",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
