/* How the database asks for proof: encrypted, and in a way that gives nothing away.
 *
 * Whoever gets as far as an authentication request learns the method from its first message, and no
 * password needs to be sent for that. A good server asks with SCRAM (or wants a certificate), and
 * over plain text does not ask at all: between two machines every password, query and row would be
 * readable on the way.
 */
#include "database_reader.h"

#include <string.h>

static void ask_address(struct pf_asking *asking, const struct pf_service *database,
                        const char *address)
{
	const char *user = pf_database_user(database), *name = pf_database_name(asking, database);
	const char *subject =
		pf_word(asking, "%s [%s]", pf_database_subject(asking, database), address);
	pf_ask(asking, "tls", subject, pf_start_up(database, address, true, user, name));
	pf_ask(asking, "plain", subject, pf_start_up(database, address, false, user, name));
	if (pf_must_get_in(pf_asking_site(asking), database, pf_asking_vantage(asking)))
		return;
	pf_ask(asking, "admin-tls", subject,
	       pf_start_up(database, address, true, "postgres", "postgres"));
	pf_ask(asking, "admin-plain", subject,
	       pf_start_up(database, address, false, "postgres", "postgres"));
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->database_count; i++) {
		const struct pf_service *database = &site->databases[i];
		struct pf_words addresses;
		if (!pf_is_postgres(database) ||
		    !pf_addresses(asking, database->url.host, pf_database_subject(asking, database),
		                  &addresses))
			continue;
		for (size_t j = 0; j < addresses.count; j++)
			ask_address(asking, database, addresses.at[j]);
	}
}

/* An authentication request, and which; -1: none came. */
static int64_t method_of(const struct pf_answer *answer)
{
	bool asked = answer && answer->outcome == PF_answered && answer->postgres.message &&
	             *answer->postgres.message == 'R';
	return asked ? answer->postgres.auth : -1;
}

static const struct method {
	int64_t code;
	int severity; /* -1: fine */
	const char *words;
} methods[] = {
	{0, PF_HIGH, "asks for no proof at all (trust)"},
	{3, PF_HIGH, "asks for the password in clear text"},
	{5, PF_MEDIUM,
         "asks for an md5 of the password, which can be replayed and is soon guessed"},
	{10, -1, "asks with SCRAM"},
	{7, -1, "asks for proof by GSSAPI"},
	{9, -1, "asks for proof by SSPI"},
};

static const struct method *method_in(int64_t code)
{
	for (size_t i = 0; i < PF_COUNT(methods); i++)
		if (methods[i].code == code)
			return &methods[i];
	return NULL;
}

/* The weakest of all that was asked with. A client certificate shows as access without a question
 * only to those who have one, so it never looks like trust from here. */
static struct pf_verdict judge_method(const struct pf_case *facts)
{
	static const char *const tags[] = {"tls", "plain", "admin-tls", "admin-plain"};
	const struct method *worst = NULL;
	const char *shown = NULL;
	for (size_t i = 0; i < PF_COUNT(tags); i++) {
		const struct method *method = method_in(method_of(pf_answer_of(facts, tags[i])));
		if (!method || (worst && method->severity <= worst->severity))
			continue;
		worst = method;
		shown = tags[i];
	}
	if (!worst)
		return pf_skip(facts, "tls", "nobody is asked for proof from %s",
		               facts->vantage->name);
	const struct pf_ask_postgres *as = &pf_exchange_of(facts, shown)->question.postgres;
	const char *words = pf_say(facts, "%s, for user \"%s\", database \"%s\"%s, from %s",
	                           worst->words, as->user, as->database,
	                           as->tls ? ", over TLS" : ", without TLS", facts->vantage->name);
	if (worst->severity < 0)
		return pf_pass(facts, shown, "%s", words);
	return pf_at(pf_fail(facts, shown, "%s", words), worst->severity);
}

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

static struct pf_verdict judge_tls(const struct pf_case *facts)
{
	const struct pf_exchange *plain = pf_exchange_of(facts, "plain");
	const struct pf_answer *answer = plain->answer;
	const char *name = facts->vantage->name;
	if (!pf_vantage_in(facts->vantage, facts->site->app.on) &&
	    strcmp(facts->vantage->role, "app") != 0)
		return pf_skip(facts, "plain", "%s is no app server", name);
	if (is_loopback(plain->question.postgres.address))
		return pf_skip(facts, "plain", "the database is on the same machine as the app");
	if (method_of(answer) >= 0)
		return pf_fail(facts, "plain", "goes on without TLS from %s: plain text is taken",
		               name);
	if (answer->outcome == PF_answered)
		return pf_pass(facts, "plain", "refuses plain text from %s", name);
	return pf_unknown(facts, "plain", "%s, from %s", pf_outcome_sentence(answer->outcome),
	                  name);
}

#define CHECKLIST "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#databases"

static const struct pf_check checks[] = {
	{
		.id = "databases.tls-required",
		.severity = PF_HIGH,
		.seen_from = "app",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "plain",
		.judge = judge_tls,
		.title = "Where the database is on another machine, plain text is refused",
		.why = "Between two machines whoever is on the way reads passwords' proofs, "
		       "queries and rows, and can change them. A client that prefers TLS takes "
		       "plain text when somebody in between says there is no TLS; only a server "
		       "that refuses plain text, and a client that verifies the certificate, "
		       "leave no choice.",
		.remedy = "pg_hba.conf: hostssl instead of host:\n"
			  "    hostssl shop shop 10.0.0.10/32 scram-sha-256\n"
			  "    hostssl shop shop fd00::10/128 scram-sha-256\n"
			  "Django:\n"
			  "    DATABASES['default']['OPTIONS'] = {'sslmode': 'verify-full',\n"
			  "                                       'sslrootcert': "
                          "'/etc/ssl/db-ca.pem'}\n",
		.reference = CHECKLIST,
	},
	{
		.id = "databases.auth-method",
		.severity = PF_HIGH,
		.seen_from = "every vantage that gets that far",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "tls plain admin-tls? admin-plain?",
		.judge = judge_method,
		.title = "Whoever gets to the question is asked for proof with SCRAM",
		.why = "With trust there is no proof. In clear text the password is told to "
		       "whoever poses as the server. An md5 can be replayed by whoever has the "
		       "hash, and is guessed at billions a second. SCRAM-SHA-256 tells neither "
		       "side anything that helps the other, and with channel binding nobody can "
		       "stand in between. The weight follows the method: trust and clear text "
		       "high, md5 medium.",
		.remedy = "postgresql.conf:\n"
			  "    password_encryption = 'scram-sha-256'\n"
			  "pg_hba.conf:\n"
			  "    hostssl shop shop 10.0.0.10/32 scram-sha-256\n"
			  "Then give each role its password anew (the old verifier is an md5), "
                          "which psql asks for:\n"
			  "    psql -c '\\password shop'\n",
		.reference = "https://www.postgresql.org/docs/current/auth-password.html",
	},
};

const struct pf_probe pf_probe_database_auth = {
	.name = "database_auth",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
