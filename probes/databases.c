/* Databases answer the app servers and nobody else.
 *
 * PostgreSQL decides by address, user, database and encryption (pg_hba.conf), so it is asked as an
 * attacker would ask: with the site's own user and database and with `postgres`, plain and over
 * TLS. No password is ever sent; the first message it answers with says enough. A good host's
 * firewall keeps everybody but the app away from the port, so that pg_hba.conf is only the second
 * line.
 */
#include "database_reader.h"

#include <string.h>

static void ask_outside(struct pf_asking *asking, const struct pf_service *database,
                        const char *address)
{
	const char *user = pf_database_user(database), *name = pf_database_name(asking, database);
	const char *subject =
		pf_word(asking, "%s [%s]", pf_database_subject(asking, database), address);
	pf_ask(asking, "own-tls", subject, pf_start_up(database, address, true, user, name));
	pf_ask(asking, "own-plain", subject, pf_start_up(database, address, false, user, name));
	pf_ask(asking, "admin-tls", subject,
	       pf_start_up(database, address, true, "postgres", "postgres"));
	pf_ask(asking, "admin-plain", subject,
	       pf_start_up(database, address, false, "postgres", "postgres"));
}

static void ask_inside(struct pf_asking *asking, const struct pf_service *database,
                       const char *address, size_t number)
{
	const char *user = pf_database_user(database), *name = pf_database_name(asking, database);
	const char *subject = pf_database_subject(asking, database);
	pf_ask(asking, pf_word(asking, "inside-%zu", number), subject,
	       pf_start_up(database, address, true, user, name));
	pf_ask(asking, pf_word(asking, "inside-plain-%zu", number), subject,
	       pf_start_up(database, address, false, user, name));
}

static void ask_database(struct pf_asking *asking, const struct pf_service *database)
{
	bool inside = pf_must_get_in(pf_asking_site(asking), database, pf_asking_vantage(asking));
	struct pf_words addresses;
	if (!pf_addresses(asking, database->url.host, pf_database_subject(asking, database),
	                  &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++)
		if (inside)
			ask_inside(asking, database, addresses.at[i], i + 1);
		else
			ask_outside(asking, database, addresses.at[i]);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->database_count; i++)
		if (pf_is_postgres(&site->databases[i]))
			ask_database(asking, &site->databases[i]);
}

/* "R" with 0 ends authentication; only then does the server look for the role and the database, so
 * a rule with trust shows even where what was asked for does not exist. */
static struct pf_reading read_trust(const struct pf_case *facts, const struct pf_ask_postgres *as,
                                    const struct pf_facts_postgres *said)
{
	const char *state = said->sqlstate ? said->sqlstate : "";
	const char *how = as->tls ? ", over TLS" : ", without TLS";
	if (strcmp(state, "28000") == 0)
		return (struct pf_reading){
			PF_REACH_PASSWORD,
			pf_say(facts,
		               "asks whoever says to be user \"%s\" for no password at all, and "
		               "only "
		               "lacks that role%s",
		               as->user, how),
		};
	return (struct pf_reading){
		PF_REACH_OPEN,
		pf_say(facts, "lets in without any password for user \"%s\", database \"%s\"%s%s",
	               as->user, as->database,
	               strcmp(state, "3D000") == 0 ? " (which does not exist)" : "", how),
	};
}

static struct pf_reading read_request(const struct pf_case *facts, const struct pf_ask_postgres *as,
                                      const struct pf_facts_postgres *said)
{
	if (said->auth == 0)
		return read_trust(facts, as, said);
	const char *how = said->auth == 3    ? "asks for the password in clear text"
	                  : said->auth == 5  ? "asks for a password (md5)"
	                  : said->auth == 10 ? "asks for a password (SASL)"
	                                     : "asks for proof of identity";
	return (struct pf_reading){
		.reach = PF_REACH_PASSWORD,
		.words = pf_say(facts, "%s for user \"%s\", database \"%s\"%s", how, as->user,
	                        as->database, as->tls ? ", over TLS" : ", without TLS"),
	};
}

static struct pf_reading read_error(const struct pf_case *facts, const struct pf_ask_postgres *as,
                                    const struct pf_facts_postgres *said)
{
	const char *state = said->sqlstate ? said->sqlstate : "without SQLSTATE";
	const char *how = strcmp(state, "28000") == 0   ? "is reached and refuses by pg_hba.conf"
	                  : strcmp(state, "53300") == 0 ? "is reached and has no room for another "
	                                                  "connection just now"
	                                                : "is reached and refuses";
	return (struct pf_reading){
		PF_REACH_POLICY,
		pf_say(facts, "%s (%s) user \"%s\", database \"%s\"%s", how, state, as->user,
	               as->database, as->tls ? ", over TLS" : ", without TLS"),
	};
}

static struct pf_reading read_database(const struct pf_case *facts,
                                       const struct pf_exchange *exchange)
{
	struct pf_reading reading;
	const struct pf_facts_postgres *said = &exchange->answer->postgres;
	if (pf_read_silence(facts, exchange->answer, &reading))
		return reading;
	if (said->message && *said->message == 'R')
		return read_request(facts, &exchange->question.postgres, said);
	if (said->message && *said->message == 'E')
		return read_error(facts, &exchange->question.postgres, said);
	return (struct pf_reading){
		PF_REACH_UNCLEAR,
		said->tls && *said->tls == 'N' ? "is reached and has no TLS"
					       : "accepted the connection and said nothing known",
	};
}

static struct pf_verdict judge_outside(const struct pf_case *facts)
{
	static const char *const tags[] = {"own-tls", "own-plain", "admin-tls", "admin-plain"};
	struct pf_reading worst = {0};
	const char *shown = NULL;
	for (size_t i = 0; i < PF_COUNT(tags); i++) {
		struct pf_reading reading = read_database(facts, pf_exchange_of(facts, tags[i]));
		if (shown && reading.reach <= worst.reach)
			continue;
		worst = reading;
		shown = tags[i];
	}
	return pf_judge_outside(facts, shown, worst);
}

static struct pf_verdict judge_inside(const struct pf_case *facts)
{
	return pf_judge_inside(facts, read_database);
}

static const struct pf_check checks[] = {
	{
		.id = "databases.only-app-servers",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "own-tls own-plain admin-tls admin-plain",
		.quiet_needs_control = true,
		.judge = judge_outside,
		.title = "The databases answer the app servers, and are closed to everybody else",
		.why = "A database that strangers can reach is one guessed or leaked password away "
		       "from being theirs, and its unpatched flaws are in reach without any. The "
		       "weight of a failure follows what was seen: critical when it lets in, high "
		       "when it asks for a password, medium when pg_hba.conf refuses, since then a "
		       "single line stands between. An app server that cannot get in is a failure "
		       "too. A port that accepts and says nothing is reported as not known, never "
		       "as closed.",
		.remedy = "Listen on the private address, name the app servers, drop the rest.\n"
			  "postgresql.conf:\n"
			  "    listen_addresses = '10.0.0.2, fd00::2'\n"
			  "pg_hba.conf: no line with 0.0.0.0/0, ::/0, all or trust:\n"
			  "    hostssl shop shop 10.0.0.10/32 scram-sha-256\n"
			  "    hostssl shop shop fd00::10/128 scram-sha-256\n"
			  "nftables: table inet covers IPv4 and IPv6:\n"
			  "    ip saddr 10.0.0.10 tcp dport 5432 accept\n"
			  "    ip6 saddr fd00::10 tcp dport 5432 accept\n"
			  "    tcp dport 5432 drop\n"
			  "Docker publishes ports past the host's firewall: write "
                          "127.0.0.1:5432:5432.\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#databases",
	},
	{
		.id = "databases.only-app-servers",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "databases",
		.applies = pf_has_postgres,
		.needs = "inside-1?",
		.quiet_needs_control = true,
		.judge = judge_inside,
	},
};

const struct pf_probe pf_probe_databases = {
	.name = "databases",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.reach = read_database,
};
