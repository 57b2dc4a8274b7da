/* The rules of pg_hba.conf, as the server itself reads them.
 *
 * A good host names its app servers one by one and trusts nobody: what the firewall lets through
 * meets a second wall. pg_hba_file_rules shows the file as it is now, line by line, mistakes
 * included, to a superuser and to whoever was granted to; to others it is not known.
 */
#include "database_reader.h"

#include <string.h>

static bool is_everywhere(const char *address, const char *mask)
{
	static const char *const words[] = {"all", "0.0.0.0/0", "::/0"};
	if (mask && (strcmp(mask, "0.0.0.0") == 0 || strcmp(mask, "::") == 0))
		return true;
	for (size_t i = 0; i < PF_COUNT(words); i++)
		if (strcmp(address, words[i]) == 0)
			return true;
	return false;
}

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
	       strcmp(address, "samehost") == 0;
}

/* What is wrong with one line; NULL: nothing. A line that rejects is a wall, however wide. */
static const char *wrong_with_rule(const struct pf_case *facts, const struct pf_answer *answer,
                                   size_t row)
{
	const char *method = pf_cell(answer, "hba", row, "method");
	const char *type = pf_cell(answer, "hba", row, "type");
	const char *address = pf_cell(answer, "hba", row, "address");
	const char *mask = pf_cell(answer, "hba", row, "netmask");
	const char *users = pf_cell(answer, "hba", row, "users");
	if (pf_cell(answer, "hba", row, "problem"))
		return "cannot be read, so the server goes by what was in force before";
	if (!method || !type || strcmp(method, "reject") == 0)
		return NULL;
	bool local = strcmp(type, "local") == 0;
	if (strcmp(method, "trust") == 0)
		return pf_say(facts, "lets %s in without any proof (trust%s%s)",
		              users ? users : "somebody", address ? ", " : "",
		              address ? address : "");
	if (local || !address || is_loopback(address))
		return NULL;
	if (is_everywhere(address, mask))
		return pf_say(facts, "is for every address (%s)", address);
	if (strcmp(method, "password") == 0)
		return "asks for passwords in clear text";
	return NULL;
}

static struct pf_verdict judge_rules(const struct pf_case *facts)
{
	const char *tag = pf_login_tag(facts), *why = pf_login_unread(facts, "hba");
	const struct pf_answer *answer = pf_answer_of(facts, tag);
	if (why || !pf_cell(answer, "hba", 0, "line"))
		return pf_unknown(facts, tag,
		                  "the rules of pg_hba.conf were not seen: %s. Let the role read "
		                  "them: GRANT SELECT ON pg_hba_file_rules and GRANT EXECUTE ON "
		                  "FUNCTION pg_hba_file_rules()",
		                  why ? why : "the server told none");
	size_t row = 0;
	const char *line;
	for (; (line = pf_cell(answer, "hba", row, "line")); row++) {
		const char *wrong = wrong_with_rule(facts, answer, row);
		if (wrong)
			return pf_fail(facts, tag, "line %s of pg_hba.conf %s", line, wrong);
	}
	return pf_pass(facts, tag,
	               "none of the %zu rules of pg_hba.conf is wider than named addresses, and "
	               "none trusts",
	               row);
}

static const struct pf_check checks[] = {
	{
		.id = "databases.hba-rules",
		.severity = PF_HIGH,
		.seen_from = "db, or app with rights",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "login login-again?",
		.judge = judge_rules,
		.title = "No rule of pg_hba.conf trusts, and none is wider than named addresses",
		.why = "The firewall is one line of defence and pg_hba.conf the second; a rule for "
		       "every address leaves one. A rule with trust lets in whoever reaches it, "
		       "and on the local socket every user of that host, the web server's too. "
		       "The rules are read from pg_hba_file_rules, which a superuser sees, and "
		       "whoever was granted to.",
		.remedy = "pg_hba.conf: the whole of it for one site:\n"
			  "    local   all   postgres                 peer\n"
			  "    hostssl shop  shop      10.0.0.10/32   scram-sha-256\n"
			  "PostgreSQL: to let the app's role, or one for audits, read the rules:\n"
			  "    GRANT SELECT ON pg_hba_file_rules TO shop;\n"
			  "    GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO shop;\n",
		.reference = "https://www.postgresql.org/docs/current/auth-pg-hba-conf.html",
	},
};

const struct pf_probe pf_probe_hba_rules = {
	.name = "hba_rules",
	.ask = pf_ask_logins,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
