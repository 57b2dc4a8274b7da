/* MySQL and MariaDB answer the app servers and nobody else.
 *
 * They decide by the caller's address before they say a word (error 1130), and greet everybody for
 * whom any account could be meant: one account with host '%' makes the server greet the world. A
 * good host's firewall keeps everybody but the app away from the port. Each vantage logs in as the
 * site's user and as root with no password, to the end: what hangs up after the greeting counts
 * towards max_connect_errors, after which the server shuts out the whole host. No password is ever
 * sent.
 */
#include "service_reader.h"

#include <string.h>

enum { HOST_DENIED = 1130, HOST_BLOCKED = 1129, TOO_MANY = 1040 };

static bool is_mysql(const struct pf_service *database)
{
	return pf_service_is(database, "mysql", "mysql");
}

static bool has_mysql(const struct pf_site *site)
{
	return pf_site_has(site->databases, site->database_count, is_mysql);
}

static const char *user_of(const struct pf_service *database)
{
	if (database->username)
		return database->username;
	return database->url.user ? database->url.user : "root";
}

static struct pf_question log_in(const struct pf_service *database, const char *address,
                                 const char *user)
{
	const struct pf_url *url = &database->url;
	return (struct pf_question){
		.kind = PF_KIND_mysql,
		.mysql = {.address = address,
	                  .port = url->port,
	                  .sni = strchr(url->host, ':') ? NULL : url->host,
	                  .user = user},
	};
}

static void ask_database(struct pf_asking *asking, const struct pf_service *database)
{
	bool inside = pf_must_get_in(pf_asking_site(asking), database, pf_asking_vantage(asking));
	const char *subject = pf_service_subject(asking, database);
	struct pf_words addresses;
	if (!pf_addresses(asking, database->url.host, subject, &addresses))
		return;
	for (size_t i = 0; i < addresses.count; i++) {
		const char *address = addresses.at[i];
		if (inside) {
			pf_ask(asking, pf_word(asking, "inside-%zu", i + 1), subject,
			       log_in(database, address, user_of(database)));
			continue;
		}
		const char *about = pf_word(asking, "%s [%s]", subject, address);
		pf_ask(asking, "own", about, log_in(database, address, user_of(database)));
		pf_ask(asking, "admin", about, log_in(database, address, "root"));
	}
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	for (size_t i = 0; i < site->database_count; i++)
		if (is_mysql(&site->databases[i]))
			ask_database(asking, &site->databases[i]);
}

/* Refused before the greeting: by address, or for want of room. */
static struct pf_reading read_refusal(const struct pf_case *facts,
                                      const struct pf_facts_mysql *said)
{
	const char *why = said->error == HOST_DENIED ? "has no account for this host"
	                  : said->error == HOST_BLOCKED
	                          ? "has shut this host out after failed connections"
	                  : said->error == TOO_MANY ? "has no room for another connection just now"
	                                            : "refuses";
	return (struct pf_reading){
		PF_REACH_POLICY,
		pf_say(facts, "is reached and %s (%lld)", why, (long long)said->error),
	};
}

static struct pf_reading read_login(const struct pf_case *facts, const struct pf_exchange *exchange)
{
	const struct pf_facts_mysql *said = &exchange->answer->mysql;
	const char *user = exchange->question.mysql.user;
	struct pf_reading reading;
	if (pf_read_silence(facts, exchange->answer, &reading))
		return reading;
	if (said->let_in)
		return (struct pf_reading){
			PF_REACH_OPEN,
			pf_say(facts, "lets in user \"%s\" without a password", user)};
	if (!said->greeted)
		return read_refusal(facts, said);
	return (struct pf_reading){
		PF_REACH_PASSWORD,
		pf_say(facts, "greets with version %s and wants a password of user \"%s\" (%lld)",
	               said->server_version ? said->server_version : "unknown", user,
	               (long long)said->error),
	};
}

static struct pf_verdict judge_outside(const struct pf_case *facts)
{
	struct pf_reading own = read_login(facts, pf_exchange_of(facts, "own"));
	struct pf_reading admin = read_login(facts, pf_exchange_of(facts, "admin"));
	if (admin.reach > own.reach)
		return pf_judge_outside(facts, "admin", admin);
	return pf_judge_outside(facts, "own", own);
}

/* The app gets through, and not because anybody would. */
static struct pf_verdict judge_inside(const struct pf_case *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct pf_exchange *exchange = facts->exchanges[i];
		bool said = !exchange->gate && exchange->answer &&
		            exchange->answer->outcome == PF_answered;
		if (said && exchange->answer->mysql.let_in)
			return pf_at(pf_fail(facts, exchange->tag, "%s, from %s",
			                     read_login(facts, exchange).words,
			                     facts->vantage->name),
			             PF_HIGH);
	}
	return pf_judge_inside(facts, read_login);
}

static const struct pf_check checks[] = {
	{
		.id = "databases.mysql",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "databases",
		.applies = has_mysql,
		.needs = "own admin",
		.quiet_needs_control = true,
		.judge = judge_outside,
		.title = "MySQL and MariaDB answer the app servers, and are closed to everybody "
			 "else",
		.why = "A database that strangers can reach is one guessed or leaked password away "
		       "from being theirs. One account with host '%' makes the server greet every "
		       "caller, whoever that account is meant for. The weight of a failure follows "
		       "what was seen: critical when somebody gets in without a password, high "
		       "when "
		       "the server greets and asks for one, medium when it refuses the address "
		       "(1130). An app server that cannot get in is a failure too, and so is one "
		       "that needs no password. The question is put politely: a login is ended, "
		       "not "
		       "dropped, so it does not count towards max_connect_errors.",
		.remedy =
			"Listen on the private address, name the app servers, drop the rest.\n"
			"my.cnf:\n"
			"    [mysqld]\n"
			"    bind-address = 10.0.0.2\n"
			"    require_secure_transport = ON\n"
			"MySQL:\n"
			"    CREATE USER 'shop'@'10.0.0.10' IDENTIFIED BY 'PASSWORD' REQUIRE SSL;\n"
			"    GRANT ALL ON shop.* TO 'shop'@'10.0.0.10';\n"
			"    DROP USER 'shop'@'%';\n"
			"nftables: table inet covers IPv4 and IPv6:\n"
			"    ip saddr 10.0.0.10 tcp dport 3306 accept\n"
			"    ip6 saddr fd00::10 tcp dport 3306 accept\n"
			"    tcp dport 3306 drop\n"
			"A host that was shut out (1129) comes back with FLUSH HOSTS.\n",
		.reference = "https://docs.djangoproject.com/en/stable/howto/deployment/checklist/"
			     "#databases",
	},
	{
		.id = "databases.mysql",
		.severity = PF_CRITICAL,
		.seen_from = "every vantage",
		.block = "databases",
		.applies = has_mysql,
		.needs = "inside-1?",
		.quiet_needs_control = true,
		.judge = judge_inside,
	},
};

const struct pf_probe pf_probe_mysql = {
	.name = "mysql",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
	.reach = read_login,
};
