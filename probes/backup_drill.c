/* The newest backup has been restored, and not long ago.
 *
 * A file that can be read to its end may still not bring the site back: a role or an extension is
 * missing, the dump is of an empty database, a constraint does not hold. Only restoring shows. On a
 * good host that is done every week, into a database that is thrown away. Drills write, so they
 * need --allow-writes; between them their ledger speaks.
 */
#include "backup_reader.h"
#include "database_reader.h"
#include "date_reader.h"

#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, USUAL_MAX_AGE = 7 * 24 * HOUR };

static bool is_drilled(const struct pf_backup *set)
{
	return !set->tool && set->restore_into && set->of && strcmp(set->of, "media") != 0;
}

static int64_t max_age_of(const struct pf_backup *set)
{
	return set->drill_max_age ? set->drill_max_age : USUAL_MAX_AGE;
}

static void ask_drill(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	const struct pf_answer *contents = pf_asked(asking, "contents", subject);
	const struct pf_answer *files = pf_asked(asking, "files", subject);
	if (!contents)
		return;
	/* Empty when it could not be read: then the ledger alone speaks. */
	const struct pf_facts_archive *seen = &contents->archive;
	pf_ask(asking, "drill", subject,
	       (struct pf_question){
		       .kind = PF_KIND_drill,
		       .drill = {.step = "drill",
	                         .set = set->name,
	                         .into = set->restore_into,
	                         .path = pf_newest_copy(&files->file)->path,
	                         .form = seen->form,
	                         .packing = seen->packing,
	                         .bytes = seen->unpacked,
	                         .made_at = seen->dumped_at,
	                         .max_age = max_age_of(set),
	                         .of_django = strcmp(set->of, "default") == 0},
	       });
}

/* ---- what the live database has ---- */

/* Where the app gets in: tells all vantages which migration was applied last. "live 0 1690000000
 * shop.0001_initial", the database by its place in the site file. */
static void teach_live(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->database_count; i++) {
		static const char *const tags[] = {"login", "login-again"};
		const char *subject = pf_is_postgres(&site->databases[i])
		                              ? pf_database_subject(asking, &site->databases[i])
		                              : NULL;
		for (size_t j = 0; subject && j < PF_COUNT(tags); j++) {
			const struct pf_answer *answer = pf_asked(asking, tags[j], subject);
			if (!answer || answer->outcome != PF_answered)
				continue;
			const char *app = pf_cell(answer, "migration", 0, "app");
			const char *name = pf_cell(answer, "migration", 0, "name");
			int64_t applied = pf_cell_number(answer, "migration", 0, "applied", 0);
			if (app && name && applied)
				pf_teach(asking, pf_word(asking, "live %zu %lld %s.%s", i,
				                         (long long)applied, app, name));
		}
	}
}

static const char *live_of(struct pf_asking *asking, const struct pf_backup *set, int64_t *at)
{
	const struct pf_site *site = pf_asking_site(asking);
	struct pf_words lessons = pf_lessons(asking);
	for (size_t i = 0; i < lessons.count; i++) {
		char *end;
		if (strncmp(lessons.at[i], "live ", 5) != 0)
			continue;
		size_t number = strtoul(lessons.at[i] + 5, &end, 10);
		if (*end != ' ' || number >= site->database_count ||
		    strcmp(site->databases[number].name, set->of) != 0)
			continue;
		*at = strtoll(end + 1, &end, 10);
		if (*end == ' ' && *at > 0)
			return end + 1;
	}
	return NULL;
}

/* The question carries what was learnt to where it is judged. */
static void ask_live(struct pf_asking *asking, const struct pf_backup *set, const char *subject)
{
	int64_t at = 0;
	const char *live = live_of(asking, set, &at);
	if (!live)
		return;
	pf_ask(asking, "live", subject,
	       (struct pf_question){
		       .kind = PF_KIND_drill,
		       .drill = {.step = "ledger", .set = set->name, .live = live, .live_at = at},
	       });
}

static bool any_drilled(const struct pf_site *site)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (is_drilled(&site->backups[i]))
			return true;
	return false;
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	if (any_drilled(site)) {
		pf_ask_logins(asking);
		teach_live(asking);
	}
	pf_ask_backups(asking);
	for (size_t i = 0; i < site->backup_count; i++) {
		const struct pf_backup *set = &site->backups[i];
		const char *subject = pf_word(asking, "backup %s", set->name);
		if (!is_drilled(set) || !pf_vantage_in(pf_asking_vantage(asking), set->on))
			continue;
		ask_drill(asking, set, subject);
		ask_live(asking, set, subject);
	}
}

static bool asks_from(const struct pf_site *site, const struct pf_vantage *vantage)
{
	for (size_t i = 0; i < site->backup_count; i++)
		if (pf_vantage_in(vantage, site->backups[i].on))
			return true;
	return false;
}

/* ---- judging ---- */

/* What was restored is older than the live database was when the copy was made; NULL: it is not, or
 * nobody knows. */
static const char *behind_live(const struct pf_case *facts, const struct pf_facts_drill *drill)
{
	const struct pf_exchange *told = pf_exchange_of(facts, "live");
	if (!told || !told->question.drill.live || !drill->migrated_at)
		return NULL;
	const struct pf_ask_drill *live = &told->question.drill;
	int64_t made = drill->modified;
	if (drill->made_at && drill->made_at < made)
		made = drill->made_at;
	/* A dump takes its time, names its own in a zone it does not say, and clocks differ. */
	if (live->live_at <= drill->migrated_at || live->live_at > made - HOUR)
		return NULL;
	return pf_say(facts,
	              "it ends with the migration %s; the live database had %s for %s when it was "
	              "made",
	              drill->migration, live->live, pf_age(facts, made - live->live_at));
}

static const char *compared(const struct pf_case *facts, const struct pf_facts_drill *drill)
{
	const struct pf_exchange *told = pf_exchange_of(facts, "live");
	if (!drill->migration)
		return "no migrations in it";
	return pf_say(facts, "newest migration %s%s", drill->migration,
	              told && told->question.drill.live
	                      ? strcmp(told->question.drill.live, drill->migration) == 0
	                                ? ", as in the live database"
	                                : ", the live one has gone on since"
	                      : ", not compared with a live database");
}

static const char *hurdle(const struct pf_facts_drill *drill)
{
	return drill->hurdle ? drill->hurdle : "none was due";
}

static struct pf_verdict judge_last(const struct pf_case *facts, const struct pf_facts_drill *drill)
{
	int64_t most = max_age_of(pf_backup_of(facts)), age = drill->now - drill->restored_at;
	const char *when = pf_age(facts, drill->now - drill->drilled_at);
	if (strcmp(drill->result, "failed") == 0)
		return pf_fail(facts, "drill", "%s did not restore (%s ago): %s",
		               drill->path ? drill->path : "the newest copy", when,
		               drill->error ? drill->error : "it is not said why");
	if (age > most)
		return pf_fail(
			facts, "drill",
			"the last drill was %s ago; at most %s are allowed, and no other was "
			"made: %s",
			pf_age(facts, age), pf_age(facts, most), hurdle(drill));
	const char *behind = behind_live(facts, drill);
	if (behind)
		return pf_fail(facts, "drill", "%s restores, but %s", drill->path, behind);
	return pf_pass(facts, "drill", "%s was restored %s ago: %lld tables, %lld rows, %s",
	               drill->path ? drill->path : "a copy", when, (long long)drill->tables,
	               (long long)drill->rows, compared(facts, drill));
}

static struct pf_verdict judge(const struct pf_case *facts)
{
	const struct pf_backup *set = pf_backup_of(facts);
	const struct pf_answer *answer = pf_answer_of(facts, "drill");
	if (strcmp(set->of, "media") == 0)
		return pf_skip(facts, "files", "an archive of files is restored by unpacking it");
	if (!set->restore_into)
		return pf_skip(
			facts, "files",
			"the site file does not say where it may be restored (restore_into)");
	if (!answer)
		return pf_unknown(facts, "files", "there is no backup that could be restored");
	if (answer->outcome != PF_answered)
		return pf_unknown(facts, "drill", "the drill %s%s%s",
		                  pf_outcome_sentence(answer->outcome), answer->detail ? ": " : "",
		                  answer->detail ? answer->detail : "");
	const struct pf_facts_drill *drill = &answer->drill;
	if (drill->left)
		return pf_fail(facts, "drill",
		               "the throw-away database %s could not be dropped: run postflight "
		               "clean there",
		               drill->left);
	if (!drill->result && drill->no_consent)
		return pf_unknown(facts, "drill",
		                  "no drill was ever made; with --allow-writes one is made");
	if (!drill->result)
		return pf_unknown(facts, "drill", "no drill was ever made: %s", hurdle(drill));
	return judge_last(facts, drill);
}

static const struct pf_check checks[] = {
	{
		.id = "backups.restorable",
		.severity = PF_HIGH,
		.seen_from = "backup host",
		.block = "backups",
		.applies = any_drilled,
		.needs = "files drill? live?",
		.judge = judge,
		.title = "The backup was restored within the last week",
		.why = "A backup is worth what comes back from it, and only restoring shows that. "
		       "With --allow-writes (or `allow_writes: true` in the site file) the newest "
		       "copy "
		       "of each set that has restore_into is restored into a database that is made "
		       "for "
		       "it, named postflight_drill_ and 16 digits, and dropped again, also after a "
		       "crash. Tables and rows are counted, and the newest row of "
		       "django_migrations is "
		       "compared with the live one, where that is PostgreSQL. This takes time, "
		       "disk and "
		       "WAL, so it is done when the last success is older than half of "
		       "drill_max_age (7 "
		       "days unless it says otherwise) or the last drill failed; a ledger "
		       "(drills.jsonl "
		       "in the state directory of that host) speaks in between. It is not begun "
		       "without "
		       "room for three times the data, and ends with the run's deadline. A drill "
		       "that "
		       "failed, or a last success older than drill_max_age, fails; where none was "
		       "ever "
		       "made, nothing is known. Restoring runs what is in the dump: it is done by "
		       "a role "
		       "that is no superuser and owns nothing else (a superuser's restore_into has "
		       "one "
		       "made for the drill), without owners, grants, subscriptions, and commands "
		       "of psql "
		       "or mariadb. Copies of SQLite are checked where they lie.",
		.remedy =
			"On the backup host, as postgres, a role that may make databases and "
			"nothing else, named like the account that reads the backups:\n"
			"    createuser --createdb backup\n"
			"pg_hba.conf: lets that account in, beside what is there:\n"
			"    local   all   backup   peer\n"
			"site file:\n"
			"    backups:\n"
			"      - name: database\n"
			"        of: default\n"
			"        on: db1\n"
			"        files: /var/backups/shop/db-*.dump\n"
			"        restore_into: postgresql://backup@/postgres?host=/run/postgresql\n"
			"        drill_max_age: 7d\n"
			"Then once a week, with the time that restoring takes:\n"
			"    postflight run --allow-writes --deadline 30m\n"
			"What failed is seen when it is done by hand:\n"
			"    createdb trial\n"
			"    pg_restore --no-owner --no-acl --exit-on-error -d trial db.dump\n",
		.reference = "https://www.postgresql.org/docs/current/backup-dump.html"
			     "#BACKUP-DUMP-RESTORE",
	},
};

const struct pf_probe pf_probe_backup_drill = {
	.name = "backup_drill",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.asks_from = asks_from,
};
