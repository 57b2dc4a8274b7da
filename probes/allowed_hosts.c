/* A Host that nobody declared is not served the site, and does not even reach Django.
 *
 * Whatever stands in the Host header ends up in password-reset mails, redirects and caches, so a
 * good host knows its own names and nothing else. The web server is the first to say so: a default
 * server that drops what no other server claims. Django's ALLOWED_HOSTS is the second, and answers
 * 400. A name that belongs to nobody is tried on every address of the site and over both schemes.
 */
#include "plain_reader.h"
#include "response_reader.h"

static void ask_place(struct pf_asking *asking, const struct pf_place *place)
{
	static const char *const may_be_400[] = {"unknown-host"};
	pf_ask(asking, "unknown-host", place->subject, pf_visit_unknown_host(asking, place));
	pf_ask_good(asking, place, PF_COUNT(may_be_400), may_be_400);
}

static void ask_plain(struct pf_asking *asking, const struct pf_place *place)
{
	pf_ask(asking, "plain-host", place->subject, pf_visit_unknown_host(asking, place));
	pf_ask_plain_good(asking, place);
}

static void ask(struct pf_asking *asking)
{
	const struct pf_site *site = pf_asking_site(asking);
	pf_each_place(asking, site->url.scheme, site->url.host, ask_place);
	if (pf_is_https(site))
		pf_each_place(asking, "http", site->url.host, ask_plain);
}

static struct pf_verdict judge_unknown_host(const struct pf_case *facts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	const struct pf_answer *answer = pf_answer_of(facts, "unknown-host");
	enum pf_who who = pf_who_answered(&seen, answer);
	const char *words = pf_host_told(facts, "unknown-host", who);
	if (pf_is_served(who, answer))
		return pf_fail(facts, "unknown-host", "%s", words);
	return pf_pass(facts, "unknown-host", "%s", words);
}

static struct pf_verdict judge_stopped(const struct pf_case *facts)
{
	struct pf_seen seen = pf_seen_of(facts);
	const char *nothing = pf_seen_nothing(facts, &seen);
	if (nothing)
		return pf_unknown(facts, "good", "%s", nothing);
	enum pf_who who = pf_who_answered(&seen, pf_answer_of(facts, "unknown-host"));
	const char *words = pf_host_told(facts, "unknown-host", who);
	if (pf_who_is_django(who))
		return pf_fail(facts, "unknown-host", "%s", words);
	return pf_pass(facts, "unknown-host", "%s", words);
}

static struct pf_verdict judge_plain_host(const struct pf_case *facts)
{
	return pf_judge_over_http(facts, "plain-host", false);
}

static struct pf_verdict judge_plain_stopped(const struct pf_case *facts)
{
	return pf_judge_over_http(facts, "plain-host", true);
}

#define DEFAULT_SERVER                                                                             \
	"nginx: one server that takes what no other claims, for every listen, IPv6 too:\n"         \
	"    server {\n"                                                                           \
	"        listen 80 default_server;\n"                                                      \
	"        listen [::]:80 default_server;\n"                                                 \
	"        listen 443 ssl default_server;\n"                                                 \
	"        listen [::]:443 ssl default_server;\n"                                            \
	"        ssl_reject_handshake on;\n"                                                       \
	"        return 444;\n"                                                                    \
	"    }\n"                                                                                  \
	"Apache: the first virtual host of a port takes what no other claims:\n"                   \
	"    <VirtualHost *:80>\n"                                                                 \
	"        ServerName unknown.invalid\n"                                                     \
	"        Redirect 403 /\n"                                                                 \
	"    </VirtualHost>\n"

#define DJANGO_SETTING                                                                             \
	"Django: the very names, no pattern wider than the site:\n"                                \
	"    ALLOWED_HOSTS = ['www.example.com', 'example.com']\n"

#define CHECKLIST                                                                                  \
	"https://docs.djangoproject.com/en/stable/howto/deployment/checklist/#allowed-hosts"

static const struct pf_check checks[] = {
	{
		.id = "allowed-hosts.unknown-host-rejected",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "unknown-host good! good-again!",
		.judge = judge_unknown_host,
		.title = "A Host that nobody declared is not served the site",
		.why = "Django builds absolute addresses from the Host header: in password-reset "
		       "mails, redirects, canonical links. If any Host is served, a stranger can "
		       "have a reset link sent that leads to a machine of theirs, and can fill a "
		       "shared cache with pages that point there. The answer is compared with the "
		       "site's own page, by status, title and structure; a page of another kind, a "
		       "redirect to the right name or an error all count as rejected.",
		.remedy = DEFAULT_SERVER DJANGO_SETTING,
		.reference = CHECKLIST,
	},
	{
		.id = "allowed-hosts.unknown-host-rejected",
		.stall_is_unknown = true,
		.severity = PF_HIGH,
		.seen_from = "any",
		.needs = "plain-host plain-good? plain-home?",
		.quiet_needs_control = true,
		.judge = judge_plain_host,
	},
	{
		.id = "allowed-hosts.stopped-at-front",
		.stall_is_unknown = true,
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "unknown-host good! good-again! front-error?",
		.judge = judge_stopped,
		.title = "The web server itself refuses an unknown Host",
		.why = "When Django answers 400 the bad Host has passed the front. ALLOWED_HOSTS "
		       "is "
		       "then the only guard, and it guards only where code asks for the host: a "
		       "view without CommonMiddleware, a static file or another application behind "
		       "the same front is served. Every stray request also costs a worker and, "
		       "with ADMINS set, often a mail. A closed connection, 421, an error page of "
		       "the server's own and a page that is not the site's all count as stopped.",
		.remedy = DEFAULT_SERVER "Without such a server nginx gives unknown names to the "
					 "first server block it finds.\n",
		.reference = CHECKLIST,
	},
	{
		.id = "allowed-hosts.stopped-at-front",
		.stall_is_unknown = true,
		.severity = PF_MEDIUM,
		.seen_from = "any",
		.needs = "plain-host plain-good? plain-home?",
		.quiet_needs_control = true,
		.judge = judge_plain_stopped,
	},
};

const struct pf_probe pf_probe_allowed_hosts = {
	.name = "allowed_hosts",
	.ask = ask,
	.checks = checks,
	.check_count = PF_COUNT(checks),
};
