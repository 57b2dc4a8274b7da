/* Every database and the uploads have a fresh backup.
 *
 * What cannot be made again has to be kept twice. A good host has a set of files for each database
 * and for MEDIA_ROOT, the newest no older than it is allowed to be, in a directory that others
 * cannot enter: a dump holds every user and every password hash. Sets that a tool keeps
 * (pgBackRest, restic …) count as declared and are asked about elsewhere.
 */
#include "postflight/probe.h"

#include <string.h>

enum { LISTED = 100, HOUR = 3600, USUAL_MAX_AGE = 26 * HOUR, CLOCK_SLACK = 300 };

static struct pf_question list(struct pf_words patterns)
{
	return (struct pf_question){
		.kind = PF_KIND_file,
		.file = {.patterns = patterns, .limit = LISTED},
	};
}

static bool covers(const struct pf_site *site, const char *name)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (site->backups[i].of && strcmp(site->backups[i].of, name) == 0)
			return true;
	return false;
}

/* What no set is declared for has no files to ask about. The finding still needs somewhere to be
 * seen from, so it rides on the question about the first set of files. */
static void ask_uncovered(struct pf_asking *asking, struct pf_question anchor)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->database_count; i++) {
		const char *name = site->databases[i].name;
		if (!covers(site, name))
			pf_ask(asking, "undeclared", pf_word(asking, "database %s", name), anchor);
	}
	if (site->media.declared && !covers(site, "media"))
		pf_ask(asking, "undeclared", "media", anchor);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	const struct pf_vantage *vantage = pf_asking_vantage(asking);
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		if (set->tool || !set->files.count || !pf_vantage_in(vantage, set->on))
			continue;
		pf_ask(asking, "files", pf_word(asking, "backup %s", set->name), list(set->files));
	}
	static const char *const anywhere[] = {"/"};
	if (!site->backup_count || !pf_vantage_in(vantage, site->backups[0].on))
		return;
	struct pf_words files = site->backups[0].files;
	ask_uncovered(asking, list(files.count ? files : pf_list(asking, 1, anywhere)));
}

static const struct pf_backup *set_of(const struct pf_case *facts)
{
	const char *name = facts->subject + strlen("backup ");
	for (size_t i = 0; i < facts->site->backup_count; i++)
		if (strcmp(facts->site->backups[i].name, name) == 0)
			return &facts->site->backups[i];
	return NULL; /* the subject was made from one of them */
}

static bool is_copy(const struct pf_entry *entry)
{
	return strcmp(entry->type, "file") == 0 && entry->size > 0;
}

/* The newest file that holds anything; an empty one is no backup. NULL: none. */
static const struct pf_entry *newest(const struct pf_facts_file *seen)
{
	const struct pf_entry *found = NULL;
	for (size_t i = 0; i < seen->files.count; i++) {
		const struct pf_entry *entry = &seen->files.at[i];
		if (is_copy(entry) && (!found || entry->modified > found->modified))
			found = entry;
	}
	return found;
}

/* Only an answer that a judge may rest on comes here: listed, or found to be absent. */
static const struct pf_facts_file *listing(const struct pf_case *facts)
{
	const struct pf_answer *answer = pf_answer_of(facts, "files");
	return answer->outcome == PF_answered ? &answer->file : NULL;
}

static struct pf_verdict judge_exist(const struct pf_case *facts)
{
	const struct pf_facts_file *seen = listing(facts);
	const char *pattern = set_of(facts)->files.at[0];
	const struct pf_entry *file = seen ? newest(seen) : NULL;
	if (!seen || seen->matched == 0)
		return pf_fail(facts, "files", "no file matches %s", pattern);
	if (!file)
		return pf_fail(facts, "files",
		               "%lld match %s, and all that were looked at are empty",
		               (long long)seen->matched, pattern);
	return pf_pass(facts, "files", "%lld match %s, the newest is %s (%lld bytes)",
	               (long long)seen->matched, pattern, file->path, (long long)file->size);
}

static struct pf_verdict judge_undeclared(const struct pf_case *facts)
{
	return pf_fail(facts, "undeclared", "the site file declares no backup of it");
}

/* "3 h", "12 days" */
static const char *span(const struct pf_case *facts, int64_t seconds)
{
	if (seconds < 2 * HOUR)
		return pf_say(facts, "%lld min", (long long)(seconds / 60));
	if (seconds < 72 * HOUR)
		return pf_say(facts, "%lld h", (long long)(seconds / HOUR));
	return pf_say(facts, "%lld days", (long long)(seconds / HOUR / 24));
}

static struct pf_verdict judge_fresh(const struct pf_case *facts)
{
	const struct pf_facts_file *seen = listing(facts);
	const struct pf_entry *file = seen ? newest(seen) : NULL;
	const struct pf_backup *set = set_of(facts);
	int64_t most = set->max_age ? set->max_age : USUAL_MAX_AGE;
	if (!file)
		return pf_unknown(facts, "files", "there is no backup whose age could be told");
	int64_t age = seen->now - file->modified;
	if (age < -CLOCK_SLACK)
		return pf_fail(facts, "files",
		               "%s is dated %s in the future: its age cannot be believed",
		               file->path, span(facts, -age));
	if (age > most)
		return pf_fail(facts, "files", "the newest, %s, is %s old; at most %s is allowed",
		               file->path, span(facts, age), span(facts, most));
	return pf_pass(facts, "files", "the newest, %s, is %s old; up to %s is allowed", file->path,
	               span(facts, age < 0 ? 0 : age), span(facts, most));
}

#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#databases"

static const struct pf_check checks[] = {
	{
		.id = "backups.exist",
		.severity = PF_CRITICAL,
		.seen_from = "backup host",
		.block = "backups",
		.needs = "files",
		.judge = judge_exist,
		.title = "Every database, and the uploads, have a backup",
		.why = "Without one, a failed disk, a wrong migration or a stranger with five "
		       "minutes "
		       "ends the site. Each database of the site file and its media need a set; a "
		       "set whose files are missing or all empty is none.",
		.remedy = "Daily, by cron or a systemd timer, as a user of its own:\n"
			  "    umask 077\n"
			  "    pg_dump -Fc -f /var/backups/shop/db-$(date +%F).dump.part shop &&\n"
			  "    mv /var/backups/shop/db-$(date +%F).dump.part "
			  "/var/backups/shop/db-$(date +%F).dump\n"
			  "    tar -czf /var/backups/shop/media-$(date +%F).tar.gz -C /srv/shop "
			  "media\n"
			  "and copy them to another machine. Then tell postflight, in the site "
			  "file:\n"
			  "    backups:\n"
			  "      - name: database\n"
			  "        of: default\n"
			  "        on: db1\n"
			  "        files: /var/backups/shop/db-*.dump\n",
		.reference = CHECKLIST,
	},
	{
		.id = "backups.exist",
		.severity = PF_CRITICAL,
		.seen_from = "backup host",
		.block = "backups",
		.needs = "undeclared?",
		.judge = judge_undeclared,
	},
	{
		.id = "backups.fresh",
		.severity = PF_HIGH,
		.seen_from = "backup host",
		.block = "backups",
		.needs = "files",
		.judge = judge_fresh,
		.title = "The newest backup is younger than it may be",
		.why = "A job that stopped some weeks ago is found out when its result is needed. "
		       "The age of the newest file that is not empty is told by that host's own "
		       "clock; the limit is max_age, 26 hours unless it says otherwise. A file "
		       "dated in the future proves nothing and hides its successors.",
		.remedy = "See what the job says, and let it say so by itself:\n"
			  "    systemctl status shop-backup.timer shop-backup.service\n"
			  "    journalctl -u shop-backup.service --since -3days\n"
			  "In the unit:  OnFailure=mail-to-ops@%n.service\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_backups = {
	.name = "backups",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
