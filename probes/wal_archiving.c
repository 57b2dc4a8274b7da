/* Archiving of WAL, where there is any, has not failed since it last succeeded.
 *
 * pg_stat_archiver is readable to every role and remembers the last success and the last failure; a
 * good host's last word is a success.
 */
#include "database_reader.h"

#include <string.h>

static struct pf_verdict judge_archiver(const struct pf_case *facts)
{
	const char *tag = pf_login_tag(facts), *why = pf_login_unread(facts, "archiver");
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	const char *mode = pf_cell(answer, "archiver", 0, "mode");
	if (why || !mode)
		return pf_unknown(facts, tag, "the archiver was not seen: %s",
		                  why ? why : "the server told nothing of it");
	if (strcmp(mode, "off") == 0)
		return pf_skip(facts, tag, "this server archives no WAL (archive_mode is off)");
	int64_t success = pf_cell_number(answer, "archiver", 0, "last_archived", 0);
	int64_t failure = pf_cell_number(answer, "archiver", 0, "last_failed", 0);
	int64_t now = pf_cell_number(answer, "archiver", 0, "now", 0);
	if (failure > success)
		return pf_fail(facts, tag,
		               "archiving of WAL fails since %lld minutes, and has not succeeded "
		               "after",
		               (long long)(now - failure) / 60);
	if (success == 0)
		return pf_unknown(facts, tag,
		                  "archive_mode is %s, and no WAL segment was archived yet", mode);
	return pf_pass(facts, tag, "the last WAL segment was archived %lld minutes ago",
	               (long long)(now - success) / 60);
}

static const struct pf_check checks[] = {
	{
		.id = "backups.wal-archiving",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again?",
		.judge = judge_archiver,
		.title = "Where WAL is archived, archiving works",
		.why = "Point-in-time recovery needs every WAL segment. When archive_command fails "
		       "the server keeps the segments, says so only in its log and in "
		       "pg_stat_archiver, and fills its disk until it stops; and whatever "
		       "happened since the last success cannot be brought back from the archive.",
		.remedy =
			"On the database host read the server's log for archive_command, and mend "
                        "it.\n"
			"PostgreSQL: then:\n"
			"    SELECT pg_switch_wal();\n"
			"    SELECT last_archived_time, last_failed_time FROM pg_stat_archiver;\n",
		.reference = "https://www.postgresql.org/docs/current/continuous-archiving.html",
	},
};

const struct pf_probe pf_probe_wal_archiving = {
	.name = "wal_archiving",
	.ask = pf_ask_logins,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
