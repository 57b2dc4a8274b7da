/* Every database and the uploads have a fresh backup.
 *
 * What cannot be made again has to be kept twice. A good host has a set of files for each database
 * and for MEDIA_ROOT, the newest no older than it is allowed to be, in a directory that others
 * cannot enter: a dump holds every user and every password hash. Sets that a tool keeps
 * (pgBackRest, restic …) count as declared and are asked about elsewhere.
 */
#include "backup_reader.h"
#include "date_reader.h"

#include <string.h>

enum {
	HOUR = 3600,
	USUAL_MAX_AGE = 26 * HOUR,
	CLOCK_SLACK = 300,
	ZONES = 14 * HOUR, /* a dump names a local time, and not of which zone */
};

static struct pf_question list(struct pf_words patterns)
{
	return (struct pf_question){
		.kind = PF_KIND_file,
		.file = {.patterns = patterns, .limit = PF_COPIES_LISTED},
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
	pf_ask_backups(asking);
	static const char *const anywhere[] = {"/"};
	if (!site->backup_count || !pf_vantage_in(vantage, site->backups[0].on))
		return;
	struct pf_words files = site->backups[0].files;
	ask_uncovered(asking, list(files.count ? files : pf_list(asking, 1, anywhere)));
}

static struct pf_verdict judge_exist(const struct pf_case *facts)
{
	const struct pf_facts_file *seen = pf_backup_files(facts);
	const char *pattern = pf_backup_of(facts)->files.at[0];
	const struct pf_entry *file = seen ? pf_newest_copy(seen) : NULL;
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

static struct pf_verdict judge_fresh(const struct pf_case *facts)
{
	const struct pf_facts_file *seen = pf_backup_files(facts);
	const struct pf_entry *file = seen ? pf_newest_copy(seen) : NULL;
	const struct pf_backup *set = pf_backup_of(facts);
	int64_t most = set->max_age ? set->max_age : USUAL_MAX_AGE;
	if (!file)
		return pf_unknown(facts, "files", "there is no backup whose age could be told");
	int64_t age = seen->now - file->modified;
	if (age < -CLOCK_SLACK)
		return pf_fail(facts, "files",
		               "%s is dated %s in the future: its age cannot be believed",
		               file->path, pf_age(facts, -age));
	if (age > most)
		return pf_fail(facts, "files", "the newest, %s, is %s old; at most %s is allowed",
		               file->path, pf_age(facts, age), pf_age(facts, most));
	const struct pf_facts_archive *contents = pf_backup_contents(facts);
	int64_t made = contents ? contents->dumped_at : 0;
	if (made && made > seen->now + ZONES)
		return pf_fail(facts, "contents",
		               "%s says it was made %s from now: its age cannot be believed",
		               file->path, pf_age(facts, made - seen->now));
	if (made && seen->now - made > most + ZONES)
		return pf_fail(facts, "contents",
		               "the newest, %s, was touched %s ago, but what is in it was dumped "
		               "%s ago; at most %s is allowed",
		               file->path, pf_age(facts, age < 0 ? 0 : age),
		               pf_age(facts, seen->now - made), pf_age(facts, most));
	return pf_pass(facts, "files", "the newest, %s, is %s old; up to %s is allowed", file->path,
	               pf_age(facts, age < 0 ? 0 : age), pf_age(facts, most));
}

/* Copies that were made, links to them not counted. */
static size_t generations(const struct pf_facts_file *seen)
{
	size_t count = 0;
	for (size_t i = 0; i < seen->files.count; i++)
		count += pf_is_copy(&seen->files.at[i]);
	return count;
}

static struct pf_verdict judge_retention(const struct pf_case *facts)
{
	const struct pf_facts_file *seen = pf_backup_files(facts);
	int64_t keep = pf_backup_of(facts)->keep;
	size_t count = seen ? generations(seen) : 0;
	if (!keep)
		return pf_skip(facts, "files", "the site file does not say how many to keep");
	if (!count)
		return pf_unknown(facts, "files", "there is no backup to count");
	if (count < PF_COPIES_LISTED && (int64_t)count < keep)
		return pf_fail(facts, "files", "%zu generations are there; %lld should be", count,
		               (long long)keep);
	return pf_pass(facts, "files", "%zu generations are there; %lld should be", count,
	               (long long)keep);
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
		.remedy = "Daily, by cron or a systemd timer, as a user of its own, and then a "
			  "copy to another machine:\n"
			  "    umask 077\n"
			  "    pg_dump -Fc -f /var/backups/shop/db-$(date +%F).dump.part shop &&\n"
			  "    mv /var/backups/shop/db-$(date +%F).dump.part "
			  "/var/backups/shop/db-$(date +%F).dump\n"
			  "    tar -czf /var/backups/shop/media-$(date +%F).tar.gz -C /srv/shop "
			  "media\n"
			  "MySQL's is mysqldump --single-transaction. Then tell postflight.\n"
			  "site file:\n"
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
		.needs = "files contents?",
		.judge = judge_fresh,
		.title = "The newest backup is younger than it may be",
		.why = "A job that stopped some weeks ago is found out when its result is needed. "
		       "The age of the newest file that is not empty is told by that host's own "
		       "clock; the limit is max_age, 26 hours unless it says otherwise. A file "
		       "dated in the future proves nothing and hides its successors. Where a dump "
		       "says when it was made, that counts too: copying or touching an old one "
		       "does "
		       "not make it young.",
		.remedy = "See what the job says:\n"
			  "    systemctl status shop-backup.timer shop-backup.service\n"
			  "    journalctl -u shop-backup.service --since -3days\n"
			  "systemd: and let it say so by itself:\n"
			  "    [Unit]\n"
			  "    OnFailure=mail-to-ops@%n.service\n",
		.reference = CHECKLIST,
	},
	{
		.id = "backups.retention",
		.severity = PF_LOW,
		.seen_from = "backup host",
		.block = "backups",
		.needs = "files",
		.judge = judge_retention,
		.title = "As many generations are kept as are meant to be",
		.why = "What was deleted or spoilt last week is in none of last night's copies. "
		       "The "
		       "files of a set that hold anything are counted and compared with keep; "
		       "links "
		       "such as \"latest\" are no generation.",
		.remedy =
			"Remove by number, never by age alone, or a job that stopped removes them "
			"all:\n"
			"    ls -t /var/backups/shop/db-*.dump | tail -n +8 | xargs -r rm --\n",
		.reference = CHECKLIST,
	},
};

const struct pf_probe pf_probe_backups = {
	.name = "backups",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
