/* A copy of everything is on another machine, and there it is encrypted.
 *
 * A machine that burns, is stolen or is encrypted by an intruder takes the copies on it along. On a
 * good host the uploads and each database have at least one set that lies elsewhere: on another
 * machine that is not the one they come from, on a network file system, in a repository over ssh or
 * in an object store. Whoever keeps that set tells the others, so that a further copy beside the
 * original is no fault.
 */
#include "backup_reader.h"
#include "origin_reader.h"
#include "place_reader.h"
#include "tool_reader.h"

#include <string.h>

enum { LESSON = 140 };

static const char APART[] = "apart: ", BESIDE[] = "beside: ", UNCLEAR[] = "unclear: ",
		  NOTHING[] = "nothing: ";

static struct pf_question machine(void)
{
	return (struct pf_question){.kind = PF_KIND_process};
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* ---- where the copy is ---- */

/* Was a copy seen there at all? What a tool or a directory has not shown is nowhere. */
static enum pf_kept_state copy_seen(struct pf_asking *asking, const struct pf_backup *set,
                                    const char *subject)
{
	if (set->tool && !pf_is_tool_set(set))
		return PF_KEPT_SOME;
	if (set->tool) {
		pf_ask_kept(asking, set, subject);
		return pf_kept_read(set, pf_asked(asking, "kept", subject)).state;
	}
	pf_ask_backup(asking, set, subject);
	const struct pf_answer *answer = pf_asked(asking, "files", subject);
	if (!answer || pf_outcome_is_ours(answer->outcome))
		return PF_KEPT_UNTOLD;
	bool any = answer->outcome == PF_answered && pf_newest_copy(&answer->file);
	return any ? PF_KEPT_SOME : PF_KEPT_NONE;
}

/* The verdict is the judge's; what it rests on comes from several vantages, so each tells the
 * others, and it is put into the tag of one more question that is answered already. */
static void note(struct pf_asking *asking, const struct pf_original *original, const char *sort,
                 const char *words)
{
	pf_ask(asking, pf_word(asking, "%s%s", sort, words), original->subject, machine());
	pf_teach(asking, pf_word(asking, "%s|%s%.*s", original->subject, sort, LESSON, words));
}

static void heed_others(struct pf_asking *asking, const struct pf_original *original)
{
	struct pf_words lessons = pf_lessons(asking);
	size_t length = strlen(original->subject);
	for (size_t i = 0; i < lessons.count; i++)
		if (starts(lessons.at[i], original->subject) && lessons.at[i][length] == '|')
			pf_ask(asking, lessons.at[i] + length + 1, original->subject, machine());
}

static void place_set(struct pf_asking *asking, const struct pf_backup *set,
                      const struct pf_original *original, const struct pf_facts_process *here)
{
	const char *subject = pf_word(asking, "backup %s", set->name);
	struct pf_whereabouts found;
	enum pf_kept_state seen = copy_seen(asking, set, subject);
	enum pf_sameness same = pf_same_machine(asking, original, here);
	bool told = pf_whereabouts(asking, set, original->subject, &found);
	const char *at = pf_asking_vantage(asking)->name;
	if (seen == PF_KEPT_NONE)
		note(asking, original, NOTHING,
		     pf_word(asking, "%s (no copy) on %s", set->name, at));
	if (seen != PF_KEPT_SOME || !told)
		return;
	const char *words = pf_word(asking, "%s (%s) on %s", set->name, found.words, at);
	bool is_original = found.host && original->database &&
	                   strcmp(found.host, original->database->url.host) == 0;
	if (found.where == PF_WHERE_UNKNOWN && same != PF_OTHER) {
		note(asking, original, UNCLEAR, words);
	} else if ((found.where == PF_WHERE_AWAY && !is_original) || same == PF_OTHER) {
		note(asking, original, APART, words);
		pf_ask(asking, "offsite", subject, machine());
	} else if (same == PF_SAME || is_original) {
		note(asking, original, BESIDE, words);
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		struct pf_original original = pf_original_of(asking, set->of);
		pf_say_home(asking, &original);
		if (!pf_vantage_in(pf_asking_vantage(asking), set->on))
			continue;
		pf_ask(asking, "machine", original.subject, machine());
		const struct pf_answer *answer = pf_asked(asking, "machine", original.subject);
		if (answer && answer->outcome == PF_answered)
			place_set(asking, set, &original, &answer->process);
		heed_others(asking, &original);
	}
}

/* ---- judging ---- */

/* Everything noted of that sort, as a list; NULL: nothing. */
static const char *noted(const struct pf_case *facts, const char *sort)
{
	const char *all = NULL;
	for (size_t i = 0; i < facts->count; i++) {
		const char *tag = facts->exchanges[i]->tag;
		if (starts(tag, sort))
			all = pf_say(facts, "%s%s%s", all ? all : "", all ? ", " : "",
			             tag + strlen(sort));
	}
	return all;
}

/* Is that set among what was noted, in any way? */
static bool is_noted(const struct pf_case *facts, const struct pf_backup *set)
{
	const char *words = pf_say(facts, ": %s (", set->name);
	for (size_t i = 0; i < facts->count; i++)
		if (strstr(facts->exchanges[i]->tag, words))
			return true;
	return false;
}

/* The first set of the same original that nobody has seen; NULL: there is none. */
static const char *unseen_set(const struct pf_case *facts)
{
	static const char database[] = "database ";
	bool is_database = starts(facts->subject, database);
	const char *of = is_database ? facts->subject + strlen(database) : "media";
	for (size_t i = 0; i < facts->site->backup_count; i++) {
		const struct pf_backup *set = &facts->site->backups[i];
		if (strcmp(set->of, of) == 0 && !is_noted(facts, set))
			return set->name;
	}
	return NULL;
}

/* The question that shows it best: what is below the copies, else the machine's addresses. */
static const char *shown(const struct pf_case *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		const char *tag = facts->exchanges[i]->tag;
		if (starts(tag, "mount ") || starts(tag, "repositories "))
			return tag;
	}
	return "machine";
}

static struct pf_verdict judge_offsite(const struct pf_case *facts)
{
	const char *apart = noted(facts, APART), *beside = noted(facts, BESIDE);
	const char *unclear = noted(facts, UNCLEAR), *unseen = unseen_set(facts);
	if (apart)
		return pf_pass(facts, shown(facts), "a copy is on another machine: %s", apart);
	if (unclear)
		return pf_unknown(facts, shown(facts),
		                  "it cannot be told where these copies are: %s", unclear);
	if (unseen)
		return pf_unknown(facts, shown(facts),
		                  "it was not seen whether there are copies in %s, or whether its "
		                  "machine is the one that they are of",
		                  unseen);
	if (beside)
		return pf_fail(facts, shown(facts),
		               "every copy that the site file names is on the machine that it is "
		               "a copy of: %s",
		               beside);
	return pf_unknown(facts, shown(facts), "there is no copy whose place could be told");
}

static struct pf_verdict by_cipher(const struct pf_case *facts)
{
	const struct pf_backup *set = pf_backup_of(facts);
	struct pf_kept kept = pf_kept_read(set, pf_answer_of(facts, "kept"));
	const char *name = pf_tool_name(set);
	if (!*kept.cipher)
		return pf_unknown(facts, "kept", "%s does not say whether it is encrypted", name);
	if (strcmp(kept.cipher, "none") == 0)
		return pf_fail(facts, "kept", "%s keeps this off-site set without encryption",
		               name);
	return pf_pass(facts, "kept", "%s keeps it encrypted: %s", name, kept.cipher);
}

static struct pf_verdict judge_encrypted(const struct pf_case *facts)
{
	const struct pf_answer *kept = pf_answer_of(facts, "kept");
	if (!pf_answer_of(facts, "offsite"))
		return pf_skip(facts, kept ? "kept" : "files",
		               "it is not known to be an off-site copy (backups.offsite)");
	if (kept)
		return by_cipher(facts);
	if (pf_backup_of(facts)->tool)
		return pf_skip(facts, "offsite", "what is in an object store is not read");
	const struct pf_facts_archive *seen = pf_backup_contents(facts);
	if (!seen)
		return pf_unknown(facts, "contents", "there is no backup that could be read");
	if (seen->encrypted)
		return pf_pass(facts, "contents", "the newest copy is encrypted (%s)",
		               seen->form ? seen->form : "in its own way");
	if (seen->error || !seen->form)
		return pf_unknown(facts, "contents", "what is damaged does not say what it was");
	return pf_fail(facts, "contents",
	               "the newest copy lies on another machine as it is, for whoever gets at it: "
	               "%s",
	               seen->form);
}

static bool is_set(const struct pf_site *site)
{
	return site->backup_count > 0;
}

static const struct pf_check checks[] = {
	{
		.id = "backups.offsite",
		.severity = PF_MEDIUM,
		.seen_from = "backup host",
		.block = "backups",
		.applies = is_set,
		.needs = "machine",
		.judge = judge_offsite,
		.title = "At least one copy of everything is on another machine",
		.why = "A fire, a thief, a landlord, or an intruder who encrypts what he finds "
		       "takes "
		       "the copies along that lie beside the original. Of the uploads and of each "
		       "database, one set must be on a machine that is not theirs: kept by another "
		       "host of the site file (whose addresses are not those of the original's), "
		       "on "
		       "a network file system, in a repository over ssh, or in an object store. "
		       "Only what the site file names is known here: a copy that something else "
		       "takes away is to be declared as a set of its own, so that its age is "
		       "watched too. What cannot be told (a FUSE mount, rclone) is unknown.",
		.remedy = "Let another machine fetch the copies, so that this one cannot delete "
			  "them, or write to a repository elsewhere:\n"
			  "    rsync -a db1:/var/backups/shop/ /srv/backups/shop/\n"
			  "    restic -r sftp:backup@backup1:/srv/restic backup /srv/shop/media\n"
			  "Then tell postflight.\n"
			  "site file:\n"
			  "    backups:\n"
			  "      - name: elsewhere\n"
			  "        of: default\n"
			  "        on: backup1\n"
			  "        files: /srv/backups/shop/db-*.dump\n",
		.reference = "https://www.cisa.gov/audiences/small-and-medium-businesses/"
			     "secure-your-business/back-up-business-data",
	},
	{
		.id = "backups.encrypted",
		.severity = PF_LOW,
		.seen_from = "backup host",
		.block = "backups",
		.applies = is_set,
		.needs = "offsite? files? contents? kept?",
		.judge = judge_encrypted,
		.title = "Copies on other machines are encrypted",
		.why = "A copy elsewhere is read by whoever runs, rents or inherits that machine. "
		       "restic encrypts always, borg and pgBackRest where they were told to "
		       "(`repokey`, `repo1-cipher-type`); of files, the newest must be one of age, "
		       "gpg or openssl. Barman keeps its backups as they are. A disk that is "
		       "encrypted as a whole is not seen here: waive this check for it.",
		.remedy = "Encrypt before it leaves, for a key that is not on the machine it goes "
                          "to, "
			  "and keep that key in a third place:\n"
			  "    pg_dump -Fc shop | age -R /etc/backup/recipients -o db-$(date "
                          "+%F).dump.age\n"
			  "    borg init --encryption repokey-blake2 backup1:shop\n"
			  "pgBackRest has repo1-cipher-type=aes-256-cbc in pgbackrest.conf; restic "
                          "always "
			  "encrypts.\n",
		.reference =
			"https://pgbackrest.org/user-guide.html#quickstart/configure-encryption",
	},
};

const struct pf_probe pf_probe_backup_places = {
	.name = "backup_places",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
